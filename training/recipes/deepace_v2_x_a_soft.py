"""DeepACEv2 X: Soft-NMS."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 X",
    title="Soft-NMS",
    settings={"nms": "soft"},
    paper={"precision": 99.5, "recall": 99.12},
)
