"""DeepCHM VI: with intersections."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VI",
    title="with intersections",
    settings={"edges": False},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.24, "precision": 94.25, "recall": 93.19, "f1": 93.52, "mfps": 2.54},
)
