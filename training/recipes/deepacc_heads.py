"""DeepACC further, its trunk at rest: pyramid, proposals and heads learn from kept maps (untried on real cells)."""

from .deepacc_from_mosaics import RECIPE as _FROM_MOSAICS

RECIPE = _FROM_MOSAICS.replace(
    title="DeepACC's heads, from mosaics", settings={"trainable_stages": 0}, micro=1, cached_views=1, images=1000
)
