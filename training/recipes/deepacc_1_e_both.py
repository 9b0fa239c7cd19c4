"""DeepACC 1: (e) AAM and siamese."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(
    table="DeepACC 1",
    title="(e) AAM and siamese",
    settings={"gia": False},
    paper={"map50": 91.28, "mapmax": 89.13, "aer_paper": 16.56, "acc_deepacc": 84.56},
)
