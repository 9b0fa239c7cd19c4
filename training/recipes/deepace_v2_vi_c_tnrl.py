"""DeepACEv2 VI: + HNAS + TNRL."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VI",
    title="+ HNAS + TNRL",
    settings={"template": False, "nms": "hard"},
    paper={"wcr": 63.76, "aer": 1.52, "acc": 98.49, "f1": 99.24, "ap50": 99.36, "mr2": 15.89},
)
