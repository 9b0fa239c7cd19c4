"""DeepCHM VII: SGAch + DASmp."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VII",
    title="SGAch + DASmp",
    settings={"pminf": False, "sgach": True, "hdlos": False, "sampler": "dasmp"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.94, "precision": 95.11, "recall": 93.01, "f1": 94.05, "mfps": 2.12, "mod": 97.21},
)
