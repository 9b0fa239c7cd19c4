"""DeepCHM III: baseline + PMInf."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM III",
    title="baseline + PMInf",
    settings={"pminf": True, "sgach": False, "hdlos": False, "sampler": "random"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 89.42, "precision": 92.66, "recall": 91.19, "f1": 91.92, "mfps": 3.21, "mod": 97.02},
)
