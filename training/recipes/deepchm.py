"""DeepCHM: as its paper trains it, for two cores, and every row of its tables III to VIII."""

from karyotrain.engines.recipe import Recipe, table
from karyotrain.trainer.schedule import Schedule

from ._bases import SMALL

BASE = Recipe(
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
ANY = {"rule": "any"}
table_iii = table(BASE, "DeepCHM III", "ap50_all_point precision recall f1 mfps mod", evaluation=ANY)
table_iv = table(BASE, "DeepCHM IV", "ap50_all_point precision recall f1 mfps mod", evaluation=ANY)
table_v = table(BASE, "DeepCHM V", "ap50_all_point precision recall f1 mfps mod", evaluation=ANY)
table_vi = table(BASE, "DeepCHM VI", "ap50_all_point precision recall f1 mfps", evaluation=ANY)
table_vii = table(BASE, "DeepCHM VII", "ap50_all_point precision recall f1 mfps mod", evaluation=ANY)
table_viii = table(BASE, "DeepCHM VIII", "ap50_all_point", evaluation=ANY)

RECIPES = {
    "paper": BASE.replace(title="DeepCHM, as in the paper"),
    # ResNet-50 C2–C4, with every component of the paper
    "small": BASE.replace(title="DeepCHM, small", **{**SMALL, "lr": 4e-4, "clip_norm": 35.0, "width_tolerance": 1.0}),
    # DeepCHM III
    "iii_a_baseline": table_iii(
        "baseline", (88.68, 91.66, 91.21, 91.43, 3.7, 96.97), pminf=False, sgach=False, hdlos=False, sampler="random"
    ),
    "iii_b_pminf": table_iii(
        "baseline + PMInf",
        (89.42, 92.66, 91.19, 91.92, 3.21, 97.02),
        pminf=True,
        sgach=False,
        hdlos=False,
        sampler="random",
    ),
    "iii_c_hdlos": table_iii(
        "baseline + HDLos",
        (89.6, 91.21, 92.38, 91.8, 3.27, 97.0),
        pminf=False,
        sgach=False,
        hdlos=True,
        sampler="random",
    ),
    "iii_d_dasmp": table_iii(
        "baseline + DASmp",
        (91.88, 91.88, 92.93, 92.4, 3.35, 97.0),
        pminf=False,
        sgach=False,
        hdlos=False,
        sampler="dasmp",
    ),
    "iii_e_sgach": table_iii(
        "baseline + SGAch",
        (92.57, 94.74, 92.56, 93.63, 2.16, 97.17),
        pminf=False,
        sgach=True,
        hdlos=False,
        sampler="random",
    ),
    "iii_f_sgach_pminf": table_iii(
        "SGAch + PMInf",
        (92.62, 94.53, 93.01, 93.75, 2.39, 97.21),
        pminf=True,
        sgach=True,
        hdlos=False,
        sampler="random",
    ),
    "iii_g_sgach_hdlos": table_iii(
        "SGAch + HDLos", (92.96, 95.0, 93.07, 94.02, 2.17, 97.16), pminf=False, sgach=True, hdlos=True, sampler="random"
    ),
    "iii_h_sgach_dasmp": table_iii(
        "SGAch + DASmp",
        (92.94, 95.11, 93.01, 94.05, 2.12, 97.18),
        pminf=False,
        sgach=True,
        hdlos=False,
        sampler="dasmp",
    ),
    "iii_i_all": table_iii("DeepCHM", (93.53, 94.71, 93.51, 94.11, 2.31, 97.13)),
    # DeepCHM IV
    "iv_a_5_degrees": table_iv("anchors every 5 degrees", (92.99, 94.83, 93.01, 93.86, 2.23, 97.03), angle_step=5.0),
    "iv_b_10_degrees": table_iv("anchors every 10 degrees", (93.36, 94.63, 93.47, 93.99, 2.34, 97.08), angle_step=10.0),
    "iv_c_15_degrees": table_iv("anchors every 15 degrees", (93.53, 94.71, 93.51, 94.11, 2.31, 97.13), angle_step=15.0),
    "iv_d_20_degrees": table_iv("anchors every 20 degrees", (93.52, 94.96, 93.09, 93.96, 2.16, 97.11), angle_step=20.0),
    "iv_e_30_degrees": table_iv("anchors every 30 degrees", (93.41, 94.84, 92.94, 93.82, 2.21, 97.09), angle_step=30.0),
    "iv_f_45_degrees": table_iv("anchors every 45 degrees", (92.4, 92.89, 92.65, 92.7, 2.16, 97.06), angle_step=45.0),
    "iv_g_60_degrees": table_iv("anchors every 60 degrees", (92.2, 92.29, 92.01, 92.14, 2.67, 97.03), angle_step=60.0),
    # DeepCHM V
    "v_a_places_01": table_v(
        "anchors where the skeleton is at least 0.1", (93.42, 94.89, 93.45, 94.12, 2.21, 97.09), place_threshold=0.1
    ),
    "v_b_places_02": table_v(
        "anchors where the skeleton is at least 0.2", (93.53, 94.71, 93.51, 94.11, 2.31, 97.13), place_threshold=0.2
    ),
    "v_c_places_03": table_v(
        "anchors where the skeleton is at least 0.3", (93.36, 94.59, 93.32, 93.9, 2.35, 97.16), place_threshold=0.3
    ),
    "v_d_places_04": table_v(
        "anchors where the skeleton is at least 0.4", (93.03, 94.39, 93.27, 93.77, 2.43, 97.09), place_threshold=0.4
    ),
    "v_e_places_05": table_v(
        "anchors where the skeleton is at least 0.5", (92.83, 94.36, 93.16, 93.7, 2.45, 97.14), place_threshold=0.5
    ),
    "v_f_places_06": table_v(
        "anchors where the skeleton is at least 0.6", (92.1, 93.89, 93.37, 93.58, 2.7, 97.03), place_threshold=0.6
    ),
    # DeepCHM VI
    "vi_a_skeleton": table_vi("skeletons only", (91.82, 94.39, 92.5, 93.37, 2.43), edges=False, intersections=False),
    "vi_b_edges": table_vi("with edges", (92.66, 94.58, 93.33, 94.06, 2.15), intersections=False),
    "vi_c_intersections": table_vi("with intersections", (92.24, 94.25, 93.19, 93.52, 2.54), edges=False),
    "vi_d_both": table_vi("with both", (93.53, 94.71, 93.51, 94.11, 2.31)),
    # DeepCHM VII
    "vii_a_dasmp": table_vii(
        "SGAch + DASmp",
        (92.94, 95.11, 93.01, 94.05, 2.12, 97.21),
        pminf=False,
        sgach=True,
        hdlos=False,
        sampler="dasmp",
    ),
    "vii_b_ohem": table_vii(
        "SGAch + OHEM", (91.72, 95.62, 90.48, 92.98, 1.83, 97.24), pminf=False, sgach=True, hdlos=False, sampler="ohem"
    ),
    "vii_c_hnas": table_vii(
        "SGAch + HNAS", (92.14, 94.27, 92.73, 93.48, 2.04, 97.16), pminf=False, sgach=True, hdlos=False, sampler="hnas"
    ),
    # DeepCHM VIII
    "viii_dasmp_025": table_viii("DASmp with rho = 0.25", (93.45,), dasmp_rho=0.25),
    "viii_dasmp_050": table_viii("DASmp with rho = 0.5", (93.52,), dasmp_rho=0.5),
    "viii_dasmp_100": table_viii("DASmp with rho = 1", (93.51,), dasmp_rho=1.0),
    "viii_dasmp_200": table_viii("DASmp with rho = 2", (93.59,), dasmp_rho=2.0),
    "viii_dasmp_400": table_viii("DASmp with rho = 4", (93.53,), dasmp_rho=4.0),
    "viii_hdlos_025": table_viii("HDLos with rho = 0.25", (93.6,), hdlos_rho=0.25),
    "viii_hdlos_050": table_viii("HDLos with rho = 0.5", (93.61,), hdlos_rho=0.5),
    "viii_hdlos_100": table_viii("HDLos with rho = 1", (93.53,), hdlos_rho=1.0),
    "viii_hdlos_200": table_viii("HDLos with rho = 2", (93.56,), hdlos_rho=2.0),
    "viii_hdlos_400": table_viii("HDLos with rho = 4", (93.44,), hdlos_rho=4.0),
}
