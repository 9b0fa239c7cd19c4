"""DeepACE 2: DeepACE with HNAS."""

from ._bases import DEEPACE

RECIPE = DEEPACE.replace(
    table="DeepACE 2",
    title="DeepACE with HNAS",
    settings={"repulsion": "none"},
    paper={"ap50": 98.43, "wcr": 49, "aer": 2.5},
)
