"""DeepCHM III: baseline."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM III",
    title="baseline",
    settings={"pminf": False, "sgach": False, "hdlos": False, "sampler": "random"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 88.68, "precision": 91.66, "recall": 91.21, "f1": 91.43, "mfps": 3.7, "mod": 96.97},
)
