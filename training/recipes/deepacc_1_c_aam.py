"""DeepACC 1: (c) AAM."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(
    table="DeepACC 1",
    title="(c) AAM",
    settings={"separate": True, "aam": True, "siamese": False, "gia": False},
    paper={"map50": 87.76, "mapmax": 87.23, "aer_paper": 17.64, "acc_deepacc": 83.8},
)
