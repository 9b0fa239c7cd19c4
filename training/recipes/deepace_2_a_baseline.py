"""DeepACE 2: DeepACE without HNAS and TNRL."""

from ._bases import DEEPACE

RECIPE = DEEPACE.replace(
    table="DeepACE 2",
    title="DeepACE without HNAS and TNRL",
    settings={"sampler": "uniform", "repulsion": "none"},
    paper={"ap50": 95.12, "wcr": 7, "aer": 8.15},
)
