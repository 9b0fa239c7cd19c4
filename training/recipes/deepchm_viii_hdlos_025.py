"""DeepCHM VIII: HDLos with rho = 0.25."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VIII",
    title="HDLos with rho = 0.25",
    settings={"hdlos_rho": 0.25},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.6},
)
