"""DeepACEv2: as its paper trains it, for two cores, on the shared trunk, and the rows of its tables.

The template module of DeepACE (table IX) is not there: no text describes it.
"""

from karyotrain.engines.recipe import Recipe, table

from ._bases import FROM_SIXTEEN, ON_TRUNK, SMALL

BASE = Recipe(
    engine="deepace-v2", title="DeepACEv2", augmentation="deepace-v2", batch=2, epochs=24, schedule=FROM_SIXTEEN,
    lr=0.02 * 2 / 16,  # 0.02 is the toolbox's rate for 16 images
)  # fmt: skip
HARD, SOFT = {"nms": "hard"}, {"nms": "soft"}
TNRL = {"template": False, **HARD}
HNAS = {"repulsion": "none", **TNRL}
FASTER_RCNN = {"sampler": "uniform", **HNAS}
SOFT_RCNN = {**FASTER_RCNN, **SOFT}
OF_RCNN, OF_HARD, OF_TM = (f"deepace-v2/{row}" for row in ("ii_a_faster_rcnn", "ii_c_hard", "vi_d_template"))
"""Rows whose weights others share."""
SIX = "wcr aer acc f1 ap50 mr2"
ii, vi, vii, ix = (table(BASE, f"DeepACEv2 {name}", SIX) for name in ("II", "VI", "VII", "IX"))
iii = table(BASE, "DeepACEv2 III", "wcr aer f1 ap50")
v = table(BASE, "DeepACEv2 V", "severe_f1 severe_precision severe_recall severe_acc")
viii = table(BASE, "DeepACEv2 VIII", "ap50 ap75")
x = table(BASE, "DeepACEv2 X", "precision recall")
ALL_PARTS, EG = (71.39, 1.17, 98.84, 99.42, 99.6, 14.52), (68.0, 1.36, 98.64, 99.32, 99.41, 17.46)
TEMPLATE = (63.42, 1.51, 98.5, 99.25, 99.34, 16.83)
SEVERE = "on severely overlapping chromosomes"

RECIPES = {
    "paper": BASE.replace(title="DeepACEv2, as in the paper"),
    # ResNet-50 C2–C4, with every component of the paper
    "small": BASE.replace(title="DeepACEv2, small", **SMALL),
    "on_trunk": BASE.replace(title="DeepACEv2 on the shared trunk", **ON_TRUNK),
    "ii_a_faster_rcnn": ii("Faster R-CNN", (61.21, 1.43, 98.58, 99.29, 99.39, 12.13), **FASTER_RCNN),
    "ii_b_soft": ii("Faster R-CNN with Soft-NMS", (68.48, 1.22, 98.79, 99.39, 99.58, 18.99), OF_RCNN, **SOFT_RCNN),
    "ii_c_hard": ii("DeepACEv2 with hard NMS", (66.02, 1.31, 98.69, 99.34, 99.44, 13.29), **HARD),
    "ii_d_soft": ii("DeepACEv2 with Soft-NMS", (70.67, 1.18, 98.82, 99.41, 99.58, 15.24), OF_HARD, **SOFT),
    "ii_e_eg": ii("DeepACEv2", ALL_PARTS, OF_HARD),
    "iii_c_deepace_v2": iii("DeepACEv2", (71.39, 1.17, 99.42, 99.6)),  # its other rows are DeepACE's
    "v_a_faster_rcnn": v(f"Faster R-CNN {SEVERE}", (96.84, 97.93, 95.78, 93.87), **FASTER_RCNN),
    "v_b_deepace_v2": v(f"DeepACEv2 {SEVERE}", (97.93, 98.77, 97.1, 95.94)),
    "vi_a_single": vi("single level", (62.18, 1.62, 98.29, 99.19, 99.19, 23.94), **FASTER_RCNN),
    "vi_b_hnas": vi("+ HNAS", (62.79, 1.5, 98.5, 99.25, 99.32, 18.41), **HNAS),
    "vi_c_tnrl": vi("+ HNAS + TNRL", (63.76, 1.52, 98.49, 99.24, 99.36, 15.89), **TNRL),
    "vi_d_template": vi("+ HNAS + TNRL + TM", TEMPLATE, **HARD),
    "vi_e_soft": vi("+ HNAS + TNRL + TM, Soft-NMS", (67.45, 1.38, 98.63, 99.31, 99.4, 18.32), OF_TM, **SOFT),
    "vi_f_eg": vi("+ HNAS + TNRL + TM, EG-NMS", EG, OF_TM),
    "vii_a_hnas_v1": vii("HNAS as in DeepACE", (64.69, 1.47, 98.55, 99.27, 99.54, 22.77), sampler="hnas_v1"),
    "vii_b_hnas_v2": vii("HNAS as in DeepACEv2", EG),
    "viii_a_without": viii("HNAS without TNRL", (99.32, 98.57), **HNAS),
    "viii_b_with": viii("HNAS with TNRL", (99.35, 98.67), **TNRL),
    "ix_b_template": ix("template module as in DeepACEv2", TEMPLATE, **HARD),
    "x_a_soft": x("Soft-NMS", (99.5, 99.12), **SOFT),
    "x_b_eg": x("embedding-guided NMS", (99.49, 99.15), "deepace-v2/x_a_soft"),
}
