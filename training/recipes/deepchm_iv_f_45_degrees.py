"""DeepCHM IV: anchors every 45 degrees."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM IV",
    title="anchors every 45 degrees",
    settings={"angle_step": 45.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 92.4, "precision": 92.89, "recall": 92.65, "f1": 92.7, "mfps": 2.16, "mod": 97.06},
)
