"""DeepACEv2 on the shared trunk: the body stays as it is, pyramid and heads are trained (two cores, minutes)."""

from ._bases import DEEPACE_V2, ON_TRUNK

RECIPE = DEEPACE_V2.replace(title="DeepACEv2 on the shared trunk", **ON_TRUNK)
