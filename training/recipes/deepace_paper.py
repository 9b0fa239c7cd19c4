"""DeepACE as its paper trains it."""

from ._bases import DEEPACE

RECIPE = DEEPACE.replace(title="DeepACE, as in the paper")
