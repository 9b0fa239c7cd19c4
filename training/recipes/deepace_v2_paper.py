"""DeepACEv2 as its paper trains it."""

from ._bases import DEEPACE_V2

RECIPE = DEEPACE_V2.replace(title="DeepACEv2, as in the paper")
