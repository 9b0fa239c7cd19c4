"""DeepCHM: as its paper trains it, for two cores, and its tables (of I and II what torchvision has the parts for)."""

from typing import Any

from karyotrain.engines.recipe import Recipe, table
from karyotrain.trainer.schedule import Schedule

from ._bases import SMALL

BASE = Recipe(
    engine="deepchm", title="DeepCHM", augmentation="deepchm", optimiser="adam", lr=1e-4, weight_decay=0.0, batch=1,
    epochs=120, clip_norm=None, schedule=Schedule("exponential", warmup=0, gamma=0.96, every_epochs=1),
)  # fmt: skip
FIGURES = "ap50_all_point precision recall f1 mfps mod"
ANY = {"rule": "any"}
iii, iv, v, vi, vii, viii = (
    table(BASE, f"DeepCHM {name}", figures, evaluation=ANY)
    for name, figures in (
        ("III", FIGURES), ("IV", FIGURES), ("V", FIGURES), ("VI", FIGURES.removesuffix(" mod")), ("VII", FIGURES),
        ("VIII", "ap50_all_point"),
    )
)  # fmt: skip
HORIZONTAL = Recipe(
    engine="deepace-v2", title="Faster R-CNN", preset="pyramid", augmentation="deepace-v2", batch=1, epochs=12,
    lr=0.02 / 16, schedule=Schedule("step", warmup=500, milestones=(8 / 12, 11 / 12), gamma=0.1),
    settings={"sampler": "uniform", "repulsion": "none", "template": False, "nms": "hard"},
)  # fmt: skip
"""The toolbox's settings for horizontal boxes on a ResNet-50."""
RETINANET = HORIZONTAL.replace(lr=0.01 / 16, settings={"one_stage": True})


def only(*parts: str) -> dict[str, Any]:
    """Settings in which, of the paper's parts, the baseline has just these; it draws its negatives at random."""
    sampler = next((part for part in parts if part in ("dasmp", "ohem", "hnas")), "random")
    return {part: part in parts for part in ("pminf", "sgach", "hdlos")} | {"sampler": sampler}


ALL_PARTS = (93.53, 94.71, 93.51, 94.11, 2.31, 97.13)
ANGLES = {
    5: (92.99, 94.83, 93.01, 93.86, 2.23, 97.03), 10: (93.36, 94.63, 93.47, 93.99, 2.34, 97.08), 15: ALL_PARTS,
    20: (93.52, 94.96, 93.09, 93.96, 2.16, 97.11), 30: (93.41, 94.84, 92.94, 93.82, 2.21, 97.09),
    45: (92.4, 92.89, 92.65, 92.7, 2.16, 97.06), 60: (92.2, 92.29, 92.01, 92.14, 2.67, 97.03),
}  # fmt: skip
"""Of table IV, by the degrees between anchors."""
PLACES = {
    0.1: (93.42, 94.89, 93.45, 94.12, 2.21, 97.09), 0.2: ALL_PARTS, 0.3: (93.36, 94.59, 93.32, 93.9, 2.35, 97.16),
    0.4: (93.03, 94.39, 93.27, 93.77, 2.43, 97.09), 0.5: (92.83, 94.36, 93.16, 93.7, 2.45, 97.14),
    0.6: (92.1, 93.89, 93.37, 93.58, 2.7, 97.03),
}  # fmt: skip
"""Of table V, by the least saliency of a skeleton where anchors are laid."""
RHO = {
    "dasmp": {0.25: 93.45, 0.5: 93.52, 1.0: 93.51, 2.0: 93.59, 4.0: 93.53},
    "hdlos": {0.25: 93.6, 0.5: 93.61, 1.0: 93.53, 2.0: 93.56, 4.0: 93.44},
}
"""Of table VIII, the AP at each ρ."""

RECIPES = {
    "paper": BASE.replace(title="DeepCHM, as in the paper"),
    # ResNet-50 C2–C4, with every component of the paper
    "small": BASE.replace(title="DeepCHM, small", **{**SMALL, "lr": 4e-4, "clip_norm": 35.0, "width_tolerance": 1.0}),
    **{
        f"{name.lower()}_{key}": table(base, f"DeepCHM {name}", columns, evaluation=ANY)(title, printed)
        for key, title, base, own, complete in (
            ("a_retinanet", "RetinaNet", RETINANET, (73.12, 83.11, 88.11, 85.34, 9.04, 86.44), 1.51),
            ("b_faster_rcnn", "Faster R-CNN", HORIZONTAL, (73.22, 91.32, 77.62, 83.7, 3.31, 90.49), 0.38),
            ("c_deepchm", "DeepCHM", BASE, ALL_PARTS, 21.89),
        )
        for name, columns, printed in (("I", FIGURES, own), ("II", "recall_100", (complete,)))
    },
    "iii_a_baseline": iii("baseline", (88.68, 91.66, 91.21, 91.43, 3.7, 96.97), **only()),
    "iii_b_pminf": iii("baseline + PMInf", (89.42, 92.66, 91.19, 91.92, 3.21, 97.02), **only("pminf")),
    "iii_c_hdlos": iii("baseline + HDLos", (89.6, 91.21, 92.38, 91.8, 3.27, 97.0), **only("hdlos")),
    "iii_d_dasmp": iii("baseline + DASmp", (91.88, 91.88, 92.93, 92.4, 3.35, 97.0), **only("dasmp")),
    "iii_e_sgach": iii("baseline + SGAch", (92.57, 94.74, 92.56, 93.63, 2.16, 97.17), **only("sgach")),
    "iii_f_sgach_pminf": iii("SGAch + PMInf", (92.62, 94.53, 93.01, 93.75, 2.39, 97.21), **only("sgach", "pminf")),
    "iii_g_sgach_hdlos": iii("SGAch + HDLos", (92.96, 95.0, 93.07, 94.02, 2.17, 97.16), **only("sgach", "hdlos")),
    "iii_h_sgach_dasmp": iii("SGAch + DASmp", (92.94, 95.11, 93.01, 94.05, 2.12, 97.18), **only("sgach", "dasmp")),
    "iii_i_all": iii("DeepCHM", ALL_PARTS),
    **{
        f"iv_{row}_{step}_degrees": iv(f"anchors every {step} degrees", figures, angle_step=float(step))
        for row, (step, figures) in zip("abcdefg", ANGLES.items(), strict=True)
    },
    **{
        f"v_{row}_places_{10 * least:02.0f}": v(f"anchors on skeletons >= {least}", figures, place_threshold=least)
        for row, (least, figures) in zip("abcdef", PLACES.items(), strict=True)
    },
    "vi_a_skeleton": vi("skeletons only", (91.82, 94.39, 92.5, 93.37, 2.43), edges=False, intersections=False),
    "vi_b_edges": vi("with edges", (92.66, 94.58, 93.33, 94.06, 2.15), intersections=False),
    "vi_c_intersections": vi("with intersections", (92.24, 94.25, 93.19, 93.52, 2.54), edges=False),
    "vi_d_both": vi("with both", ALL_PARTS[:-1]),
    **{
        f"vii_{row}_{sampler}": vii(f"SGAch + {title}", figures, **only("sgach", sampler))
        for row, sampler, title, figures in (
            ("a", "dasmp", "DASmp", (92.94, 95.11, 93.01, 94.05, 2.12, 97.21)),
            ("b", "ohem", "OHEM", (91.72, 95.62, 90.48, 92.98, 1.83, 97.24)),
            ("c", "hnas", "HNAS", (92.14, 94.27, 92.73, 93.48, 2.04, 97.16)),
        )
    },
    **{
        f"viii_{part}_{100 * rho:03.0f}": viii(f"{title} with rho = {rho:g}", (ap,), **{f"{part}_rho": rho})
        for part, title in (("dasmp", "DASmp"), ("hdlos", "HDLos"))
        for rho, ap in RHO[part].items()
    },
}
