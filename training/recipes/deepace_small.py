"""DeepACE for two processor cores: a ResNet-50 C2–C4 in the place of VGG-16, all other parts as in the paper."""

from ._bases import DEEPACE, SMALL

RECIPE = DEEPACE.replace(title="DeepACE, small", **SMALL)
