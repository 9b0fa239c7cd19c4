"""DeepCHM VI: skeletons only."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VI",
    title="skeletons only",
    settings={"edges": False, "intersections": False},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 91.82, "precision": 94.39, "recall": 92.5, "f1": 93.37, "mfps": 2.43},
)
