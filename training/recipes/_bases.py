"""What the recipes of several engines share."""

from karyotrain.trainer.schedule import Schedule

FROM_SIXTEEN = Schedule("step", warmup=500, milestones=(16 / 24, 22 / 24), gamma=0.1)
"""×0.1 after epochs 16 and 22 of 24, 500 steps of warm-up (the toolbox that the papers used)."""

SMALL = {
    "preset": "small", "augmentation": "strong", "batch": 4, "micro": 2, "ema": 0.998, "chromosome_width": 10.5,
    "epochs": 12.0, "lr": 0.01, "schedule": Schedule("cosine", warmup=200, gamma=0.02), "eval_images": 60,
}  # fmt: skip
"""For two processor cores, and for a graphics card in minutes."""
ON_TRUNK = {
    **SMALL, "batch": 2, "micro": 1, "cached_views": 1, "images": 1000, "lr": 0.005,
    "schedule": Schedule("cosine", warmup=30, gamma=0.02), "settings": {"trainable_stages": 0},
}  # fmt: skip
"""Start from a trained trunk and its pyramid: one changed form of each cell, whose maps are kept, and a short rise."""
