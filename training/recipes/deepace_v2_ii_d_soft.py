"""DeepACEv2 II: DeepACEv2 with Soft-NMS."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 II",
    title="DeepACEv2 with Soft-NMS",
    settings={"nms": "soft"},
    weights_of="deepace_v2_ii_c_hard",
    paper={"wcr": 70.67, "aer": 1.18, "acc": 98.82, "f1": 99.41, "ap50": 99.58, "mr2": 15.24},
)
