"""DeepACEv2 VI: single level."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VI",
    title="single level",
    settings={"sampler": "uniform", "repulsion": "none", "template": False, "nms": "hard"},
    paper={"wcr": 62.18, "aer": 1.62, "acc": 98.29, "f1": 99.19, "ap50": 99.19, "mr2": 23.94},
)
