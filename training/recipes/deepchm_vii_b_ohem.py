"""DeepCHM VII: SGAch + OHEM."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VII",
    title="SGAch + OHEM",
    settings={"pminf": False, "sgach": True, "hdlos": False, "sampler": "ohem"},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 91.72, "precision": 95.62, "recall": 90.48, "f1": 92.98, "mfps": 1.83, "mod": 97.24},
)
