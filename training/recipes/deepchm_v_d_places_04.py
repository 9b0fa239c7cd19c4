"""DeepCHM V: anchors where the skeleton is at least 0.4."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM V",
    title="anchors where the skeleton is at least 0.4",
    settings={"place_threshold": 0.4},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.03, "precision": 94.39, "recall": 93.27, "f1": 93.77, "mfps": 2.43, "mod": 97.09},
)
