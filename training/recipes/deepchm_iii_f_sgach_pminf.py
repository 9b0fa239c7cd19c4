"""DeepCHM III: SGAch + PMInf."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM III",
    title="SGAch + PMInf",
    settings={"pminf": True, "sgach": True, "hdlos": False, "sampler": "random"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.62, "precision": 94.53, "recall": 93.01, "f1": 93.75, "mfps": 2.39, "mod": 97.21},
)
