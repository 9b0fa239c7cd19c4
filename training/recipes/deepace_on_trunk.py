"""DeepACE on the shared trunk: the body stays as it is, pyramid and heads are trained (two cores, minutes).

Its class branch weighs channels apart and joins them in one linear layer at the end, so the pyramid must
learn what it needs: with the pyramid at rest, 64 channels and SGD its losses did not fall in 350 steps.
Hence Adam, and twice the channels of the other engines.
"""

from ._bases import DEEPACE, ON_TRUNK

RECIPE = DEEPACE.replace(title="DeepACE on the shared trunk", **ON_TRUNK, width_tolerance=0.35).replace(
    settings={"clip_above": None, "roi_channels": 128},  # the trunk never saw clipped pictures
    optimiser="adam",
    lr=5e-4,
    weight_decay=0.0,
)
