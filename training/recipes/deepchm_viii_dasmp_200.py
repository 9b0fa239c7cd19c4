"""DeepCHM VIII: DASmp with rho = 2."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VIII",
    title="DASmp with rho = 2",
    settings={"dasmp_rho": 2.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.59},
)
