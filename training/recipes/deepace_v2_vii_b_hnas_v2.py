"""DeepACEv2 VII: HNAS as in DeepACEv2."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VII",
    title="HNAS as in DeepACEv2",
    paper={"wcr": 68.0, "aer": 1.36, "acc": 98.64, "f1": 99.32, "ap50": 99.41, "mr2": 17.46},
)
