"""DeepACC 1: (d) siamese."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(
    table="DeepACC 1",
    title="(d) siamese",
    settings={"separate": True, "aam": False, "siamese": True, "gia": False},
    paper={"map50": 91.24, "mapmax": 88.63, "aer_paper": 17.73, "acc_deepacc": 83.56},
)
