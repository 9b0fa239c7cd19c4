"""DeepACE's own heads alone: trunk, pyramid and proposals stay as they are (two cores, minutes).

Its convolutional heads are all that the shared trunk cannot give it; deepace_on_trunk goes on from here.
"""

from .deepace_on_trunk import RECIPE as _ON_TRUNK

RECIPE = _ON_TRUNK.but(
    title="DeepACE's heads on the shared trunk",
    settings={"train_pyramid": False, "train_proposals": False},
    lr=0.01,
)
