"""DeepACE 2: DeepACE with HNAS and TNRL."""

from ._bases import DEEPACE

RECIPE = DEEPACE.replace(
    table="DeepACE 2",
    title="DeepACE with HNAS and TNRL",
    paper={"ap50": 98.45, "wcr": 48, "aer": 2.49},
)
