"""DeepCHM VIII: DASmp with rho = 4."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VIII",
    title="DASmp with rho = 4",
    settings={"dasmp_rho": 4.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.53},
)
