"""DeepACC as its paper trains it."""

from ._bases import DEEPACC

RECIPE = DEEPACC.replace(title="DeepACC, as in the paper")
