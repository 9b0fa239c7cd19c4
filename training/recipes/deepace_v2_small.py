"""DeepACEv2 for two processor cores: ResNet-50 C2–C4, with every component of the paper."""

from ._bases import DEEPACE_V2, SMALL

RECIPE = DEEPACE_V2.replace(title="DeepACEv2, small", **SMALL)
