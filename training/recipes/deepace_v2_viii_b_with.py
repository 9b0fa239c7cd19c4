"""DeepACEv2 VIII: HNAS with TNRL."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VIII",
    title="HNAS with TNRL",
    settings={"template": False, "nms": "hard"},
    paper={"ap50": 99.35, "ap75": 98.67},
)
