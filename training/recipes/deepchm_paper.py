"""DeepCHM as its paper trains it."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.but(title="DeepCHM, as in the paper")
