"""DeepACC 2: Faster R-CNN."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(
    table="DeepACC 2",
    title="Faster R-CNN",
    settings={"separate": False, "aam": False, "siamese": False, "gia": False},
    paper={"map50": 91.6, "mapmax": 88.97, "aer_paper": 16.84, "acc_deepacc": 84.4},
)
