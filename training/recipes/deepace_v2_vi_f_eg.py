"""DeepACEv2 VI: + HNAS + TNRL + TM, EG-NMS."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VI",
    title="+ HNAS + TNRL + TM, EG-NMS",
    weights_of="deepace_v2_vi_d_template",
    paper={"wcr": 68.0, "aer": 1.36, "acc": 98.64, "f1": 99.32, "ap50": 99.41, "mr2": 17.46},
)
