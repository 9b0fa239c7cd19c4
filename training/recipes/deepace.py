"""DeepACE: as its paper trains it, for two cores, on the shared trunk, and every row of its tables 2 and 3."""

from karyotrain.engines.recipe import Recipe, table
from karyotrain.trainer.schedule import Schedule

from ._bases import ON_TRUNK, SMALL

BASE = Recipe(
    engine="deepace", title="DeepACE", augmentation="deepace", lr=0.001, batch=1, steps=100_000,
    schedule=Schedule("step", warmup=500, milestones=(0.4, 0.8), gamma=0.1),
)  # fmt: skip
FASTER_RCNN = {"heads": "fc", "nms": "hard", "rpn_test_nms": "hard", "sampler": "uniform", "repulsion": "none"}
IOUS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85)
COUNTED = ", counted at IoU 0.50 to 0.85"
table_2 = table(BASE, "DeepACE 2", "ap50 wcr aer")
table_v2_iii = table(BASE, "DeepACEv2 III", "wcr aer f1 ap50")
table_3 = table(BASE, "DeepACE 3", "mean_wcr mean_aer", thresholds=IOUS)

RECIPES = {
    "paper": BASE.replace(title="DeepACE, as in the paper"),
    # a ResNet-50 C2–C4 in the place of VGG-16, all other parts as in the paper
    "small": BASE.replace(title="DeepACE, small", **SMALL),
    # The class branch weighs channels apart and joins them in one linear layer at the end, so the pyramid must learn
    # what it needs: with the pyramid at rest, 64 channels and SGD its losses did not fall in 350 steps. Hence Adam,
    # and twice the channels of the other engines. The trunk never saw clipped pictures.
    "on_trunk": BASE.replace(title="DeepACE on the shared trunk", **ON_TRUNK, width_tolerance=0.35).replace(
        settings={"clip_above": None, "roi_channels": 128}, optimiser="adam", lr=5e-4, weight_decay=0.0
    ),
    "2_a_baseline": table_2("DeepACE without HNAS and TNRL", (95.12, 7, 8.15), sampler="uniform", repulsion="none"),
    "2_b_tnrl": table_2("DeepACE with TNRL", (95.25, 9.5, 8.05), sampler="uniform"),
    "2_c_hnas": table_2("DeepACE with HNAS", (98.43, 49, 2.5), repulsion="none"),
    "2_d_both": table_2("DeepACE with HNAS and TNRL", (98.45, 48, 2.49)),
    "3_a_conv_none": table_3(f"DeepACE + HNAS with L{COUNTED}", (34.8, 13.41), heads="conv", repulsion="none"),
    "3_b_conv_rl": table_3(f"DeepACE + HNAS with RL{COUNTED}", (33.6, 12.82), heads="conv", repulsion="rl"),
    "3_c_conv_tnrl": table_3(f"DeepACE + HNAS with TNRL{COUNTED}", (37.08, 11.84), heads="conv", repulsion="tnrl"),
    "3_d_fc_none": table_3(f"Faster R-CNN + HNAS with L{COUNTED}", (31.3, 13.21), heads="fc", repulsion="none"),
    "3_e_fc_rl": table_3(f"Faster R-CNN + HNAS with RL{COUNTED}", (34.7, 12.96), heads="fc", repulsion="rl"),
    "3_f_fc_tnrl": table_3(f"Faster R-CNN + HNAS with TNRL{COUNTED}", (35.58, 12.93), heads="fc", repulsion="tnrl"),
    # DeepACE and its baseline in the second paper, whose pictures are not clipped
    "v2_iii_a_faster_rcnn": table_v2_iii(
        "Faster R-CNN on VGG-16", (39.64, 2.44, 98.79, 99.03), clip_above=None, **FASTER_RCNN
    ),
    "v2_iii_b_deepace": table_v2_iii("DeepACE", (47.63, 2.39, 98.81, 99.45)),
}
