"""DeepACC on the shared trunk: the body stays as it is, pyramid and heads are trained (two cores, minutes)."""

from ._bases import DEEPACC, ON_TRUNK

RECIPE = DEEPACC.replace(title="DeepACC on the shared trunk", **ON_TRUNK)
