"""DeepCHM VI: with edges."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VI",
    title="with edges",
    settings={"intersections": False},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.66, "precision": 94.58, "recall": 93.33, "f1": 94.06, "mfps": 2.15},
)
