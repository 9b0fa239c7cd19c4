"""How far a cell looks from those that the classifier learnt from: stain, contraction and camera together.

The classifier's embeddings of one cell's chromosomes are averaged; that mean moves with the look of the picture and
hardly with which chromosomes are there. It is compared with the means of the laboratories that are known.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn

from karyoview.detectors.nets.classifier import EMBEDDING_DIM

MAX_LABORATORIES: Final = 8
_FEWEST: Final = 12  # chromosomes, of fewer the mean says little


class Appearance(nn.Module):
    """Looks that are known.

    Buffers, float32: ``means`` (8, 256) of the laboratories, ``known`` (8,) 1 where a row is taken, else 0; ``scale``
    (256,) the spread over known cells; ``usual`` () the distance within which 99 % of known cells lie.
    """

    means: Tensor
    known: Tensor
    scale: Tensor
    usual: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("means", torch.zeros(MAX_LABORATORIES, EMBEDDING_DIM))
        self.register_buffer("known", torch.zeros(MAX_LABORATORIES))
        self.register_buffer("scale", torch.ones(EMBEDDING_DIM))
        self.register_buffer("usual", torch.ones(()))

    def distances(self, embeddings: Tensor) -> Tensor:
        """Root mean square distances (8,) of a cell's embeddings (N, 256) from each laboratory, by ``scale``; of
        rows that are free they are infinite."""
        mean = embeddings.float().mean(0)
        distances = ((self.means - mean) / self.scale).square().mean(1).sqrt()
        return torch.where(self.known > 0, distances, torch.inf)

    def novelty(self, embeddings: Tensor) -> float | None:
        """How far a cell's embeddings (N, 256) are from the nearest known look; above 1 it is new to the engine.

        None where the cell has too few chromosomes, or no look is known.
        """
        if len(embeddings) < _FEWEST:
            return None
        nearest = float(self.distances(embeddings).min() / self.usual)
        return nearest if nearest < float("inf") else None
