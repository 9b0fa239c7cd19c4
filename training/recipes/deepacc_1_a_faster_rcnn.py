"""DeepACC 1: (a) Faster R-CNN."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(
    table="DeepACC 1",
    title="(a) Faster R-CNN",
    settings={"separate": False, "aam": False, "siamese": False, "gia": False},
    paper={"map50": 90.82, "mapmax": 88.1, "aer_paper": 18.09, "acc_deepacc": 83.34},
)
