"""DeepACE 3: Faster R-CNN + HNAS with RL, counted at IoU 0.50 to 0.85."""

from ._bases import DEEPACE

RECIPE = DEEPACE.replace(
    table="DeepACE 3",
    title="Faster R-CNN + HNAS with RL, counted at IoU 0.50 to 0.85",
    settings={"heads": "fc", "repulsion": "rl"},
    thresholds=(0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85),
    paper={"mean_wcr": 34.7, "mean_aer": 12.96},
)
