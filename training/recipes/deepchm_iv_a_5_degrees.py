"""DeepCHM IV: anchors every 5 degrees."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM IV",
    title="anchors every 5 degrees",
    settings={"angle_step": 5.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.99, "precision": 94.83, "recall": 93.01, "f1": 93.86, "mfps": 2.23, "mod": 97.03},
)
