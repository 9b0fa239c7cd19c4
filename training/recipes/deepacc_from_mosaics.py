"""DeepACC at a scale at which bands are seen, on a trunk that mosaics taught (karyotrain.engines.pretrain_mosaics)."""

from karyotrain.engines.pretrain_mosaics import BAND_SCALE
from karyotrain.trainer.recipe import Schedule

from ._bases import DEEPACC, SMALL

RECIPE = DEEPACC.replace(
    title="DeepACC from mosaics",
    **{
        **SMALL,
        "settings": {**BAND_SCALE, "trainable_stages": 1},
        "optimiser": "adam",
        "lr": 2e-4,
        "weight_decay": 0.0,
        "batch": 2,
        "micro": 2,
        "ema": 0.99,
        "width_tolerance": 0.35,
        "chromosome_width": 11.25,  # the scale of BAND_SCALE for chromosomes of the usual 15 px
        "schedule": Schedule("cosine", warmup=30, gamma=0.02),
    },
)
