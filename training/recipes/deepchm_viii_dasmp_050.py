"""DeepCHM VIII: DASmp with rho = 0.5."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VIII",
    title="DASmp with rho = 0.5",
    settings={"dasmp_rho": 0.5},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.52},
)
