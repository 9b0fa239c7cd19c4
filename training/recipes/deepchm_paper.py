"""DeepCHM as its paper trains it."""

from ._bases import DEEPCHM

RECIPE = DEEPCHM.replace(title="DeepCHM, as in the paper")
