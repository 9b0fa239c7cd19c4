"""DeepACE on the shared trunk: the body stays as it is, pyramid and heads are trained (two cores, minutes)."""

from ._bases import DEEPACE, ON_TRUNK

RECIPE = DEEPACE.but(title="DeepACE on the shared trunk", **ON_TRUNK, width_tolerance=0.35).but(
    settings={"clip_above": None}  # the trunk never saw clipped pictures
)
