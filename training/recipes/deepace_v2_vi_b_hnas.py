"""DeepACEv2 VI: + HNAS."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VI",
    title="+ HNAS",
    settings={"repulsion": "none", "template": False, "nms": "hard"},
    paper={"wcr": 62.79, "aer": 1.5, "acc": 98.5, "f1": 99.25, "ap50": 99.32, "mr2": 18.41},
)
