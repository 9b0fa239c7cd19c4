"""Sizes that the default engine's networks were made for, which its stages must know too; without torch."""

from __future__ import annotations

from typing import Final

CHROMOSOME_WIDTH: Final = 9.6
"""Median chromosome width in pixels at the scale that the finder works on."""
CROP_SHAPE: Final = (2, 192, 32)
"""Of a straightened crop: darkness and own mask, rows along the axis, columns."""
EMBEDDING_DIM: Final = 256
"""Of the classifier's embeddings."""
MAX_REGIONS: Final = 150
"""Regions of one cell that are kept at most."""
MAX_CANDIDATES: Final = 200
"""Regions of one cell that the learned NMS is asked about at most."""
DUPLICATE_CANDIDATE_IOU: Final = 0.8
"""IoU from which a worse region is dropped before the learned NMS is asked."""
MIN_CANDIDATE_SCORE: Final = 0.02
"""Score from which the learned NMS is asked about a region."""
