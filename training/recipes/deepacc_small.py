"""DeepACC for two processor cores: ResNet-50 C2–C4 and one level, with every component of the paper."""

from ._bases import DEEPACC, SMALL

RECIPE = DEEPACC.replace(title="DeepACC, small", **SMALL)
