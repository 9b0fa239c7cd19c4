"""DeepCHM IV: anchors every 20 degrees."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM IV",
    title="anchors every 20 degrees",
    settings={"angle_step": 20.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.52, "precision": 94.96, "recall": 93.09, "f1": 93.96, "mfps": 2.16, "mod": 97.11},
)
