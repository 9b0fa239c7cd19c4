"""DeepCHM IV: anchors every 30 degrees."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM IV",
    title="anchors every 30 degrees",
    settings={"angle_step": 30.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.41, "precision": 94.84, "recall": 92.94, "f1": 93.82, "mfps": 2.21, "mod": 97.09},
)
