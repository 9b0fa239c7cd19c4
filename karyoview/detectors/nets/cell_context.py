"""The cell decides together: each outlined region is judged and named with all others of its cell in view.

A pre-norm transformer over the regions of one cell (KaryoNet's idea of attention over a cell's
chromosomes), in which what lies between two regions biases their attention and, max-pooled over the
others, is a message of its own: whether a region is a chromosome depends on what else claims its
pixels, and which one it is on how long, wide and banded its companions are.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from karyoview.core.chromosome import CLASSES
from karyoview.detectors.nets.classifier import EMBEDDING_DIM
from karyoview.detectors.rescoring import CONTEXT_FEATURES, PAIR_FEATURES, SCORE_FEATURES

NODE_FEATURE_DIM = len(SCORE_FEATURES) + len(CONTEXT_FEATURES)
"""Features of each region by itself: score features, then context features (detectors.rescoring)."""
ROI_FEATURE_DIM = 512
"""Features that the finder's head has of each region."""
_HIDDEN_DIM, _HEADS, _EDGE_DIM = 96, 4, 32


class _Layer(nn.Module):
    """One pre-norm transformer layer with an edge bias and a max-pooled edge message."""

    def __init__(self) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(_HIDDEN_DIM), nn.LayerNorm(_HIDDEN_DIM)
        self.qkv, self.out_proj = nn.Linear(_HIDDEN_DIM, 3 * _HIDDEN_DIM), nn.Linear(_HIDDEN_DIM, _HIDDEN_DIM)
        self.edge_bias = nn.Sequential(nn.Linear(len(PAIR_FEATURES), 16), nn.ReLU(), nn.Linear(16, _HEADS))
        self.edge_in, self.edge_out = nn.Linear(len(PAIR_FEATURES), _EDGE_DIM), nn.Linear(_EDGE_DIM, _HIDDEN_DIM)
        self.mlp = nn.Sequential(
            nn.Linear(_HIDDEN_DIM, 2 * _HIDDEN_DIM), nn.GELU(), nn.Linear(2 * _HIDDEN_DIM, _HIDDEN_DIM)
        )

    def forward(self, hidden: Tensor, pair_features: Tensor) -> Tensor:
        n, head_dim = hidden.shape[0], _HIDDEN_DIM // _HEADS
        query, key, value = self.qkv(self.norm1(hidden)).view(n, 3, _HEADS, head_dim).unbind(1)
        logits = torch.einsum("ihd,jhd->ijh", query, key) / math.sqrt(head_dim) + self.edge_bias(pair_features)
        attended = torch.einsum("ijh,jhd->ihd", logits.softmax(1), value).reshape(n, _HIDDEN_DIM)
        # beside the average, the strongest single edge: one cover is enough to make a region a double
        max_pooled = torch.relu(self.edge_in(pair_features)).amax(1)
        hidden = hidden + self.out_proj(attended) + self.edge_out(max_pooled)
        return hidden + self.mlp(self.norm2(hidden))


class CellContext(nn.Module):
    """Log odds (N,) that each region is one chromosome, and log probabilities (N, 24) of its class.

    ``forward(node_features (N, 12), log_probs (N, 24), embeddings (N, 256), roi_features (N, 512),
    pair_features (N, N, 8))``, float32; ``embeddings`` are the classifier's and ``roi_features`` the
    finder's. Before training it repeats the finder's score and the classifier's classes.
    """

    def __init__(self, layers: int = 2) -> None:
        super().__init__()
        self.node_in, self.class_in = nn.Linear(NODE_FEATURE_DIM, _HIDDEN_DIM), nn.Linear(len(CLASSES), _HIDDEN_DIM)
        self.embedding_in = nn.Sequential(nn.LayerNorm(EMBEDDING_DIM), nn.Linear(EMBEDDING_DIM, _HIDDEN_DIM))
        self.roi_in = nn.Sequential(nn.LayerNorm(ROI_FEATURE_DIM), nn.Linear(ROI_FEATURE_DIM, _HIDDEN_DIM))
        self.layers = nn.ModuleList(_Layer() for _ in range(layers))
        self.norm = nn.LayerNorm(_HIDDEN_DIM)
        self.score_out, self.class_out = nn.Linear(_HIDDEN_DIM, 1), nn.Linear(_HIDDEN_DIM, len(CLASSES))
        for last in (self.score_out, self.class_out):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)

    def forward(
        self, node_features: Tensor, log_probs: Tensor, embeddings: Tensor, roi_features: Tensor, pair_features: Tensor
    ) -> tuple[Tensor, Tensor]:
        hidden = self.node_in(node_features) + self.class_in(log_probs.exp())
        hidden = hidden + self.embedding_in(embeddings) + self.roi_in(roi_features)
        for layer in self.layers:
            hidden = layer(hidden, pair_features)
        hidden = self.norm(hidden)
        return node_features[:, 0] + self.score_out(hidden)[:, 0], (log_probs + self.class_out(hidden)).log_softmax(1)
