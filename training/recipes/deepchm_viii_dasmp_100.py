"""DeepCHM VIII: DASmp with rho = 1."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VIII",
    title="DASmp with rho = 1",
    settings={"dasmp_rho": 1.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.51},
)
