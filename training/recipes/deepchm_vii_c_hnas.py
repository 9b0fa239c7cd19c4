"""DeepCHM VII: SGAch + HNAS."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VII",
    title="SGAch + HNAS",
    settings={"pminf": False, "sgach": True, "hdlos": False, "sampler": "hnas"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.14, "precision": 94.27, "recall": 92.73, "f1": 93.48, "mfps": 2.04, "mod": 97.16},
)
