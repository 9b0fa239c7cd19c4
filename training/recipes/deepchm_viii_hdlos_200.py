"""DeepCHM VIII: HDLos with rho = 2."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VIII",
    title="HDLos with rho = 2",
    settings={"hdlos_rho": 2.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.56},
)
