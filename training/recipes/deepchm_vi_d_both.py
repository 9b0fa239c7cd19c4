"""DeepCHM VI: with both."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM VI",
    title="with both",
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.53, "precision": 94.71, "recall": 93.51, "f1": 94.11, "mfps": 2.31},
)
