"""DeepCHM IV: anchors every 10 degrees."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(
    table="DeepCHM IV",
    title="anchors every 10 degrees",
    settings={"angle_step": 10.0},
    evaluation={"rule": "any"},
    paper={"ap50_all_point": 93.36, "precision": 94.63, "recall": 93.47, "f1": 93.99, "mfps": 2.34, "mod": 97.08},
)
