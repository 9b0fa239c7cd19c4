"""DeepCHM V: anchors where the skeleton is at least 0.6."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM V",
    title="anchors where the skeleton is at least 0.6",
    settings={"place_threshold": 0.6},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.1, "precision": 93.89, "recall": 93.37, "f1": 93.58, "mfps": 2.7, "mod": 97.03},
)
