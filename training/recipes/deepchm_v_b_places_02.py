"""DeepCHM V: anchors where the skeleton is at least 0.2."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM V",
    title="anchors where the skeleton is at least 0.2",
    settings={"place_threshold": 0.2},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.53, "precision": 94.71, "recall": 93.51, "f1": 94.11, "mfps": 2.31, "mod": 97.13},
)
