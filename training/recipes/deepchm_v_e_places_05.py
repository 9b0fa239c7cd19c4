"""DeepCHM V: anchors where the skeleton is at least 0.5."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM V",
    title="anchors where the skeleton is at least 0.5",
    settings={"place_threshold": 0.5},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.83, "precision": 94.36, "recall": 93.16, "f1": 93.7, "mfps": 2.45, "mod": 97.14},
)
