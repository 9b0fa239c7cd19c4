"""DeepCHM III: baseline + DASmp."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM III",
    title="baseline + DASmp",
    settings={"pminf": False, "sgach": False, "hdlos": False, "sampler": "dasmp"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 91.88, "precision": 91.88, "recall": 92.93, "f1": 92.4, "mfps": 3.35, "mod": 97.0},
)
