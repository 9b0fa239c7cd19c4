"""DeepACE 3: DeepACE + HNAS with TNRL, counted at IoU 0.50 to 0.85."""

from ._bases import DEEPACE

RECIPE = DEEPACE.replace(
    table="DeepACE 3",
    title="DeepACE + HNAS with TNRL, counted at IoU 0.50 to 0.85",
    settings={"heads": "conv", "repulsion": "tnrl"},
    thresholds=(0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85),
    paper={"mean_wcr": 37.08, "mean_aer": 11.84},
)
