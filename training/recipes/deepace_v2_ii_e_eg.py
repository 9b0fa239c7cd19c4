"""DeepACEv2 II: DeepACEv2."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 II",
    title="DeepACEv2",
    weights_of="deepace_v2_ii_c_hard",
    paper={"wcr": 71.39, "aer": 1.17, "acc": 98.84, "f1": 99.42, "ap50": 99.6, "mr2": 14.52},
)
