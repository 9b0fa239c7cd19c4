"""DeepACEv2 VIII: HNAS without TNRL."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 VIII",
    title="HNAS without TNRL",
    settings={"repulsion": "none", "template": False, "nms": "hard"},
    paper={"ap50": 99.32, "ap75": 98.57},
)
