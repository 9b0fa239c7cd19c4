"""DeepACEv2: as its paper trains it, for two cores, on the shared trunk, and every row of its tables."""

from karyotrain.engines.recipe import Recipe, table

from ._bases import FROM_SIXTEEN, ON_TRUNK, SMALL

BASE = Recipe(
    engine="deepace-v2", title="DeepACEv2", augmentation="deepace-v2", batch=2, epochs=24, schedule=FROM_SIXTEEN,
    lr=0.02 * 2 / 16,  # 0.02 is the toolbox's rate for 16 images
)  # fmt: skip
FASTER_RCNN = {"sampler": "uniform", "repulsion": "none", "template": False}
HARD_RCNN, HARD, TEMPLATE = (f"deepace-v2/{row}" for row in ("ii_a_faster_rcnn", "ii_c_hard", "vi_d_template"))
"""Rows whose weights others share."""
table_ii = table(BASE, "DeepACEv2 II", "wcr aer acc f1 ap50 mr2")
table_v = table(BASE, "DeepACEv2 V", "severe_f1 severe_precision severe_recall severe_acc")
table_vi = table(BASE, "DeepACEv2 VI", "wcr aer acc f1 ap50 mr2")
table_vii = table(BASE, "DeepACEv2 VII", "wcr aer acc f1 ap50 mr2")
table_viii = table(BASE, "DeepACEv2 VIII", "ap50 ap75")
table_x = table(BASE, "DeepACEv2 X", "precision recall")

RECIPES = {
    "paper": BASE.replace(title="DeepACEv2, as in the paper"),
    # ResNet-50 C2–C4, with every component of the paper
    "small": BASE.replace(title="DeepACEv2, small", **SMALL),
    "on_trunk": BASE.replace(title="DeepACEv2 on the shared trunk", **ON_TRUNK),
    # DeepACEv2 II
    "ii_a_faster_rcnn": table_ii("Faster R-CNN", (61.21, 1.43, 98.58, 99.29, 99.39, 12.13), **FASTER_RCNN, nms="hard"),
    "ii_b_soft": table_ii(
        "Faster R-CNN with Soft-NMS",
        (68.48, 1.22, 98.79, 99.39, 99.58, 18.99),
        weights_of=HARD_RCNN,
        **FASTER_RCNN,
        nms="soft",
    ),
    "ii_c_hard": table_ii("DeepACEv2 with hard NMS", (66.02, 1.31, 98.69, 99.34, 99.44, 13.29), nms="hard"),
    "ii_d_soft": table_ii(
        "DeepACEv2 with Soft-NMS", (70.67, 1.18, 98.82, 99.41, 99.58, 15.24), weights_of=HARD, nms="soft"
    ),
    "ii_e_eg": table_ii("DeepACEv2", (71.39, 1.17, 98.84, 99.42, 99.6, 14.52), weights_of=HARD),
    # DeepACEv2 V
    "v_a_faster_rcnn": table_v(
        "Faster R-CNN on severely overlapping chromosomes", (96.84, 97.93, 95.78, 93.87), **FASTER_RCNN, nms="hard"
    ),
    "v_b_deepace_v2": table_v("DeepACEv2 on severely overlapping chromosomes", (97.93, 98.77, 97.1, 95.94)),
    # DeepACEv2 VI
    "vi_a_single": table_vi("single level", (62.18, 1.62, 98.29, 99.19, 99.19, 23.94), **FASTER_RCNN, nms="hard"),
    "vi_b_hnas": table_vi(
        "+ HNAS", (62.79, 1.5, 98.5, 99.25, 99.32, 18.41), repulsion="none", template=False, nms="hard"
    ),
    "vi_c_tnrl": table_vi("+ HNAS + TNRL", (63.76, 1.52, 98.49, 99.24, 99.36, 15.89), template=False, nms="hard"),
    "vi_d_template": table_vi("+ HNAS + TNRL + TM", (63.42, 1.51, 98.5, 99.25, 99.34, 16.83), nms="hard"),
    "vi_e_soft": table_vi(
        "+ HNAS + TNRL + TM, Soft-NMS", (67.45, 1.38, 98.63, 99.31, 99.4, 18.32), weights_of=TEMPLATE, nms="soft"
    ),
    "vi_f_eg": table_vi("+ HNAS + TNRL + TM, EG-NMS", (68.0, 1.36, 98.64, 99.32, 99.41, 17.46), weights_of=TEMPLATE),
    # DeepACEv2 VII
    "vii_a_hnas_v1": table_vii("HNAS as in DeepACE", (64.69, 1.47, 98.55, 99.27, 99.54, 22.77), sampler="hnas_v1"),
    "vii_b_hnas_v2": table_vii("HNAS as in DeepACEv2", (68.0, 1.36, 98.64, 99.32, 99.41, 17.46)),
    # DeepACEv2 VIII
    "viii_a_without": table_viii("HNAS without TNRL", (99.32, 98.57), repulsion="none", template=False, nms="hard"),
    "viii_b_with": table_viii("HNAS with TNRL", (99.35, 98.67), template=False, nms="hard"),
    # DeepACEv2 X
    "x_a_soft": table_x("Soft-NMS", (99.5, 99.12), nms="soft"),
    "x_b_eg": table_x("embedding-guided NMS", (99.49, 99.15), weights_of="deepace-v2/x_a_soft"),
}
