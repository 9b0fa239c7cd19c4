"""DeepACC: as its paper trains it, for two cores, on the shared trunk, from mosaics, and all rows of its tables."""

from karyotrain.engines.pretrain_mosaics import BAND_SCALE
from karyotrain.engines.recipe import Recipe, table
from karyotrain.trainer.schedule import Schedule

from ._bases import FROM_SIXTEEN, ON_TRUNK, SMALL

BASE = Recipe(
    engine="deepacc", title="DeepACC", augmentation="deepacc", lr=0.02 / 16, batch=1, epochs=24, schedule=FROM_SIXTEEN,
)  # fmt: skip
FROM_MOSAICS = BASE.replace(**SMALL).replace(
    title="DeepACC from mosaics", settings={**BAND_SCALE, "trainable_stages": 1}, optimiser="adam", lr=2e-4,
    weight_decay=0.0, batch=2, micro=2, ema=0.99, width_tolerance=0.35,
    chromosome_width=11.25,  # the scale of BAND_SCALE for chromosomes of the usual 15 px
    schedule=Schedule("cosine", warmup=30, gamma=0.02),
)  # fmt: skip
"""At a scale at which bands are seen, on a trunk that mosaics taught (karyotrain.engines.pretrain_mosaics)."""
table_1, table_2 = (table(BASE, f"DeepACC {n}", "map50 mapmax aer_paper acc_deepacc") for n in (1, 2))


def only(*parts: str) -> dict[str, bool]:
    """Settings that add just these parts of the paper to Faster R-CNN."""
    return {part: part in parts for part in ("separate", "aam", "siamese", "gia")}


RECIPES = {
    "paper": BASE.replace(title="DeepACC, as in the paper"),
    # ResNet-50 C2–C4 and one level, with every component of the paper
    "small": BASE.replace(title="DeepACC, small", **SMALL),
    "on_trunk": BASE.replace(title="DeepACC on the shared trunk", **ON_TRUNK),
    "from_mosaics": FROM_MOSAICS,
    # pyramid, proposals and heads learn from kept maps (untried on real cells)
    "heads": FROM_MOSAICS.replace(
        title="DeepACC's heads, from mosaics", settings={"trainable_stages": 0}, micro=1, cached_views=1, images=1000
    ),
    "1_a_faster_rcnn": table_1("(a) Faster R-CNN", (90.82, 88.1, 18.09, 83.34), **only()),
    "1_b_separate": table_1("(b) separate branches", (90.89, 88.23, 18.09, 83.33), **only("separate")),
    "1_c_aam": table_1("(c) AAM", (87.76, 87.23, 17.64, 83.8), **only("separate", "aam")),
    "1_d_siamese": table_1("(d) siamese", (91.24, 88.63, 17.73, 83.56), **only("separate", "siamese")),
    "1_e_both": table_1("(e) AAM and siamese", (91.28, 89.13, 16.56, 84.56), gia=False),
    "1_f_gia": table_1("(f) AAM, siamese and GIA", (91.43, 89.38, 16.22, 84.85)),
    "2_0_retinanet": table_2("RetinaNet", (91.31, 88.57, 19.74, 82.0), one_stage=True, **only()),
    "2_a_faster_rcnn": table_2("Faster R-CNN", (91.6, 88.97, 16.84, 84.4), **only()),
    "2_b_deepacc": table_2("DeepACC", (91.88, 89.8, 15.45, 85.54)),
}
