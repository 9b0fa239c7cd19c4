"""The papers' own settings, from which every row of their tables differs in a word or two."""

from karyotrain.trainer.recipe import Recipe, Schedule

FROM_SIXTEEN = Schedule("step", warmup=500, milestones=(16 / 24, 22 / 24), gamma=0.1)
"""×0.1 after epochs 16 and 22 of 24, 500 steps of warm-up (the toolbox that the papers used)."""

DEEPACE = Recipe(
    engine="deepace",
    title="DeepACE",
    augmentation="deepace",
    lr=0.001,
    batch=1,
    steps=100_000,
    schedule=Schedule("step", warmup=500, milestones=(0.4, 0.8), gamma=0.1),
)
DEEPACE_V2 = Recipe(
    engine="deepace-v2",
    title="DeepACEv2",
    augmentation="deepace-v2",
    lr=0.02 * 2 / 16,  # 0.02 is the toolbox's rate for 16 images
    batch=2,
    epochs=24,
    schedule=FROM_SIXTEEN,
)
DEEPACC = Recipe(
    engine="deepacc",
    title="DeepACC",
    augmentation="deepacc",
    lr=0.02 / 16,
    batch=1,
    epochs=24,
    schedule=FROM_SIXTEEN,
)
DEEPCHM = Recipe(
    engine="deepchm",
    title="DeepCHM",
    augmentation="deepchm",
    optimiser="adam",
    lr=1e-4,
    weight_decay=0.0,
    batch=1,
    epochs=120,
    clip_norm=None,
    schedule=Schedule("exponential", warmup=0, gamma=0.96, every=518),
)
SMALL = {
    "preset": "small",
    "augmentation": "strong",
    "batch": 4,
    "micro": 2,
    "ema": 0.998,
    "chromosome_width": 10.5,
    "epochs": 12.0,
    "lr": 0.01,
    "schedule": Schedule("cosine", warmup=200, gamma=0.02),
    "eval_images": 60,
}
"""For two processor cores, and for a graphics card in minutes."""
ON_TRUNK = {
    **SMALL,
    "batch": 2,
    "micro": 1,
    "cached_views": 1,
    "images": 1000,
    "lr": 0.005,
    "schedule": Schedule("cosine", warmup=30, gamma=0.02),
    "settings": {"trainable_stages": 0},
}
"""Start from a trained trunk and its pyramid: one changed form of each cell, whose maps are kept, and a short rise."""
