"""DeepCHM V: anchors where the skeleton is at least 0.1."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM V",
    title="anchors where the skeleton is at least 0.1",
    settings={"place_threshold": 0.1},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.42, "precision": 94.89, "recall": 93.45, "f1": 94.12, "mfps": 2.21, "mod": 97.09},
)
