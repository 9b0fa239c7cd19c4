"""DeepACC 1: (b) separate branches."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(
    table="DeepACC 1",
    title="(b) separate branches",
    settings={"separate": True, "aam": False, "siamese": False, "gia": False},
    paper={"map50": 90.89, "mapmax": 88.23, "aer_paper": 18.09, "acc_deepacc": 83.33},
)
