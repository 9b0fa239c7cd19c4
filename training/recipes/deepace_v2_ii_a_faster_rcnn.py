"""DeepACEv2 II: Faster R-CNN."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 II",
    title="Faster R-CNN",
    settings={"sampler": "uniform", "repulsion": "none", "template": False, "nms": "hard"},
    paper={"wcr": 61.21, "aer": 1.43, "acc": 98.58, "f1": 99.29, "ap50": 99.39, "mr2": 12.13},
)
