"""The cell decides together: each outlined region is judged and named with all others of its cell in view.

Whether a region is a chromosome depends on what else claims its pixels, and which chromosome it is
depends on how long, how wide and how banded its companions are. Attention over the regions of one
cell, with what lies between each two as a bias, moves the score and the class of each. The idea of
attention over a cell's chromosomes is KaryoNet's; bias and loudest word are ours.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from karyoview.core.chromosome import CLASSES
from karyoview.detectors.nets.classifier import EMBEDDING_DIM
from karyoview.detectors.rescoring import CONTEXT_FEATURES, PAIR_FEATURES, SCORE_FEATURES

NODE_FEATURE_DIM = len(SCORE_FEATURES) + len(CONTEXT_FEATURES)
"""Numbers known of each region by itself: evidence, then standing (detectors.rescoring)."""
ROI_FEATURE_DIM = 512
"""Numbers that the finder's head has of each region."""
_WIDTH, _HEADS, _WORD = 96, 4, 32


class _Layer(nn.Module):
    """One round of attention, biased by what lies between, and a small network on each region."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = nn.LayerNorm(_WIDTH), nn.LayerNorm(_WIDTH)
        self.ask, self.give = nn.Linear(_WIDTH, 3 * _WIDTH), nn.Linear(_WIDTH, _WIDTH)
        self.bias = nn.Sequential(nn.Linear(len(PAIR_FEATURES), 16), nn.ReLU(), nn.Linear(16, _HEADS))
        self.said, self.take = nn.Linear(len(PAIR_FEATURES), _WORD), nn.Linear(_WORD, _WIDTH)
        self.think = nn.Sequential(nn.Linear(_WIDTH, 2 * _WIDTH), nn.GELU(), nn.Linear(2 * _WIDTH, _WIDTH))

    def forward(self, mind: Tensor, between: Tensor) -> Tensor:
        n = len(mind)
        query, key, value = self.ask(self.before(mind)).view(n, 3, _HEADS, _WIDTH // _HEADS).unbind(1)
        weight = torch.einsum("ihd,jhd->ijh", query, key) / math.sqrt(_WIDTH // _HEADS) + self.bias(between)
        weight = weight.softmax(1)
        heard = torch.einsum("ijh,jhd->ihd", weight, value).reshape(n, _WIDTH)
        # beside the average, the strongest single word: one cover is enough to make a region a double
        loudest = torch.relu(self.said(between)).amax(1)
        mind = mind + self.give(heard) + self.take(loudest)
        return mind + self.think(self.after(mind))


class CellContext(nn.Module):
    """Log odds (N,) that each region is one chromosome, and log probabilities (N, 24) of its class.

    ``forward(own (N, 12), log_probs (N, 24), embeddings (N, 256), felt (N, 512), between (N, N, 8))``,
    float32; ``embeddings`` are the naming network's and ``felt`` the finder's features. Before training it
    repeats the finder's score and the naming network's classes.
    """

    def __init__(self, layers: int = 2) -> None:
        super().__init__()
        self.own, self.named = nn.Linear(NODE_FEATURE_DIM, _WIDTH), nn.Linear(len(CLASSES), _WIDTH)
        self.seen = nn.Sequential(nn.LayerNorm(EMBEDDING_DIM), nn.Linear(EMBEDDING_DIM, _WIDTH))
        self.felt = nn.Sequential(nn.LayerNorm(ROI_FEATURE_DIM), nn.Linear(ROI_FEATURE_DIM, _WIDTH))
        self.layers = nn.ModuleList(_Layer() for _ in range(layers))
        self.end = nn.LayerNorm(_WIDTH)
        self.whole, self.name = nn.Linear(_WIDTH, 1), nn.Linear(_WIDTH, len(CLASSES))
        for last in (self.whole, self.name):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(
        self, own: Tensor, log_probs: Tensor, embeddings: Tensor, felt: Tensor, between: Tensor
    ) -> tuple[Tensor, Tensor]:
        mind = self.own(own) + self.named(log_probs.exp()) + self.seen(embeddings) + self.felt(felt)
        for layer in self.layers:
            mind = layer(mind, between)
        mind = self.end(mind)
        return own[:, 0] + self.whole(mind)[:, 0], (log_probs + self.name(mind)).log_softmax(1)
