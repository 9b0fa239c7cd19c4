"""DeepACC as its paper trains it."""

from ._bases import DEEPACC

RECIPE = DEEPACC.but(title="DeepACC, as in the paper")
