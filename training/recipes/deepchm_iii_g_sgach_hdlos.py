"""DeepCHM III: SGAch + HDLos."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM III",
    title="SGAch + HDLos",
    settings={"pminf": False, "sgach": True, "hdlos": True, "sampler": "random"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.96, "precision": 95.0, "recall": 93.07, "f1": 94.02, "mfps": 2.17, "mod": 97.16},
)
