"""DeepCHM IV: anchors every 60 degrees."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM IV",
    title="anchors every 60 degrees",
    settings={"angle_step": 60.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.2, "precision": 92.29, "recall": 92.01, "f1": 92.14, "mfps": 2.67, "mod": 97.03},
)
