"""DeepACEv2 II: DeepACEv2 with hard NMS."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 II",
    title="DeepACEv2 with hard NMS",
    settings={"nms": "hard"},
    paper={"wcr": 66.02, "aer": 1.31, "acc": 98.69, "f1": 99.34, "ap50": 99.44, "mr2": 13.29},
)
