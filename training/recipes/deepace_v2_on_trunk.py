"""DeepACEv2 on the shared trunk: the body stays as it is, pyramid and heads are trained (two cores, minutes)."""

from ._bases import DEEPACE_V2, SMALL

RECIPE = DEEPACE_V2.but(title="DeepACEv2 on the shared trunk", **SMALL, settings={"trainable_stages": 0})
