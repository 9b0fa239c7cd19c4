"""DeepACEv2 VI: + HNAS + TNRL + TM, Soft-NMS."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VI",
    title="+ HNAS + TNRL + TM, Soft-NMS",
    settings={"nms": "soft"},
    weights_of="deepace_v2_vi_d_template",
    paper={"wcr": 67.45, "aer": 1.38, "acc": 98.63, "f1": 99.31, "ap50": 99.4, "mr2": 18.32},
)
