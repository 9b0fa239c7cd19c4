"""DeepACEv2 V: Faster R-CNN on severely overlapping chromosomes."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 V",
    title="Faster R-CNN on severely overlapping chromosomes",
    settings={"sampler": "uniform", "repulsion": "none", "template": False, "nms": "hard"},
    paper={"severe_f1": 96.84, "severe_precision": 97.93, "severe_recall": 95.78, "severe_acc": 93.87},
)
