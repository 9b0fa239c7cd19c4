"""DeepACC 2: DeepACC."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(
    table="DeepACC 2",
    title="DeepACC",
    paper={"map50": 91.88, "mapmax": 89.8, "aer_paper": 15.45, "acc_deepacc": 85.54},
)
