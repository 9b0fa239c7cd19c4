"""DeepCHM III: DeepCHM."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM III",
    title="DeepCHM",
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.53, "precision": 94.71, "recall": 93.51, "f1": 94.11, "mfps": 2.31, "mod": 97.13},
)
