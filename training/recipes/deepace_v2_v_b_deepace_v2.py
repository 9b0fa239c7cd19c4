"""DeepACEv2 V: DeepACEv2 on severely overlapping chromosomes."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(
    table="DeepACEv2 V",
    title="DeepACEv2 on severely overlapping chromosomes",
    paper={"severe_f1": 97.93, "severe_precision": 98.77, "severe_recall": 97.1, "severe_acc": 95.94},
)
