"""DeepCHM III: baseline + HDLos."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM III",
    title="baseline + HDLos",
    settings={"pminf": False, "sgach": False, "hdlos": True, "sampler": "random"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 89.6, "precision": 91.21, "recall": 92.38, "f1": 91.8, "mfps": 3.27, "mod": 97.0},
)
