"""DeepACEv2 II: Faster R-CNN with Soft-NMS."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 II",
    title="Faster R-CNN with Soft-NMS",
    settings={"sampler": "uniform", "repulsion": "none", "template": False, "nms": "soft"},
    weights_of="deepace_v2_ii_a_faster_rcnn",
    paper={"wcr": 68.48, "aer": 1.22, "acc": 98.79, "f1": 99.39, "ap50": 99.58, "mr2": 18.99},
)
