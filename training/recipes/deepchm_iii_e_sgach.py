"""DeepCHM III: baseline + SGAch."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM III",
    title="baseline + SGAch",
    settings={"pminf": False, "sgach": True, "hdlos": False, "sampler": "random"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.57, "precision": 94.74, "recall": 92.56, "f1": 93.63, "mfps": 2.16, "mod": 97.17},
)
