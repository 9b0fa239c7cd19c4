"""DeepACEv2 X: embedding-guided NMS."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 X",
    title="embedding-guided NMS",
    weights_of="deepace_v2_x_a_soft",
    paper={"precision": 99.49, "recall": 99.15},
)
