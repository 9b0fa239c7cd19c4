"""DeepCHM for two processor cores: ResNet-50 C2–C4, with every component of the paper."""

from ._bases import DEEPCHM, SMALL

RECIPE = DEEPCHM.replace(title="DeepCHM, small", **{**SMALL, "lr": 4e-4, "clip_norm": 35.0, "width_tolerance": 1.0})
