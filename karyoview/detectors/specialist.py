"""Weights for cells of one look beside those for all looks, and by which of them a cell is read.

An engine that is taught every laboratory's cells reads those of any one a little worse than an engine that knows no
others. Weights of the default engine may hold a specialist: a second set of its networks, taught on one look alone
(tensors ``specialist.…``, its configuration in the card's ``specialist``). Which set reads a cell is told by the
chromosomes that lie alone in it, before anything is searched for: a linear function of their mean embedding, by the
specialist's classifier, says whether they are of its look. So what a picture gets depends on that picture only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from karyoview.detectors.weights_reading import StoredWeights
from karyoview.imaging.connected_pieces import lone_pieces
from karyoview.imaging.masks import InstanceMask, masks_from_boxes

Weights = TypeVar("Weights", bound=StoredWeights[Any])

PREFIX: Final = "specialist."
KEY: Final = "specialist"
"""Under which its ``config`` stands in a card."""
FEWEST_PIECES: Final = 8
"""Of fewer chromosomes that lie alone a cell's look is not judged."""
_MOST_PIECES: Final = 24  # more tell no more


def general_weights(weights: Weights) -> Weights:
    """The weights without their specialist."""
    tensors = {name: value for name, value in weights.tensors.items() if not name.startswith(PREFIX)}
    return weights if len(tensors) == len(weights.tensors) else replace(weights, tensors=tensors)


def specialist_weights(weights: Weights) -> Weights | None:
    """The specialist that the weights hold, as weights of its own; None where they hold none."""
    tensors = {k.removeprefix(PREFIX): v for k, v in weights.tensors.items() if k.startswith(PREFIX)}
    own: Mapping[str, Any] | None = weights.card.get(KEY)
    if not tensors or own is None:
        return None
    stored = {**weights.card["weights"], "hash": hashlib.sha256((weights.hash + KEY).encode()).hexdigest()}
    return replace(weights, tensors=tensors, card={**weights.card, **own, "weights": stored}, hash=stored["hash"])


def with_specialist(
    general: StoredWeights[Any], specialist: StoredWeights[Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tensors and card of ``general`` weights that hold ``specialist``, ready to be saved."""
    tensors = dict(general_weights(general).tensors) | {PREFIX + k: v for k, v in specialist.tensors.items()}
    card = {k: v for k, v in general.card.items() if k != "weights"}
    # scores of both are cut at one threshold
    card[KEY] = {"config": dict(specialist.card["config"])}
    return tensors, card


def lone_chromosomes(cell: npt.NDArray[np.uint8]) -> list[InstanceMask]:
    """Outlines of pieces of (H, W) uint8 ``cell``, dark on light, that lie alone and may be chromosomes, at most 24.

    Those of middling size are taken: the smallest may be specks and the largest clusters.
    """
    boxes = lone_pieces(cell)
    if len(boxes) < FEWEST_PIECES:
        return []
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    middling = np.argsort(np.abs(np.log(area / np.median(area))), kind="stable")[:_MOST_PIECES]
    return masks_from_boxes(cell, boxes[np.sort(middling)])
