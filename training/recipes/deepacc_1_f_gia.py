"""DeepACC 1: (f) AAM, siamese and GIA."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(
    table="DeepACC 1",
    title="(f) AAM, siamese and GIA",
    paper={"map50": 91.43, "mapmax": 89.38, "aer_paper": 16.22, "acc_deepacc": 84.85},
)
