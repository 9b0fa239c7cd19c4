"""DeepCHM's focal loss on the two-way softmax: FL = −2(1−p_t)⁴ ln p_t (constants from the released code)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def focal_loss(logits: Tensor, positive: bool, alpha: float = 2.0, gamma: float = 4.0) -> Tensor:
    """FL (M,) of anchors whose ``logits`` (M, 2) are (background, chromosome), all of one truth; in float32."""
    log_p = F.log_softmax(logits.float(), dim=1)[:, 1 if positive else 0]
    return -alpha * (1 - log_p.exp()) ** gamma * log_p
