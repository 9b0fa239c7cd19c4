"""DeepACEv2 VI: + HNAS + TNRL + TM."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VI",
    title="+ HNAS + TNRL + TM",
    settings={"nms": "hard"},
    paper={"wcr": 63.42, "aer": 1.51, "acc": 98.5, "f1": 99.25, "ap50": 99.34, "mr2": 16.83},
)
