"""DeepACE 2: DeepACE with TNRL."""

from ._bases import DEEPACE

RECIPE = DEEPACE.replace(
    table="DeepACE 2",
    title="DeepACE with TNRL",
    settings={"sampler": "uniform"},
    paper={"ap50": 95.25, "wcr": 9.5, "aer": 8.05},
)
