"""DeepCHM V: anchors where the skeleton is at least 0.3."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM V",
    title="anchors where the skeleton is at least 0.3",
    settings={"place_threshold": 0.3},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.36, "precision": 94.59, "recall": 93.32, "f1": 93.9, "mfps": 2.35, "mod": 97.16},
)
