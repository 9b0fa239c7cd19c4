"""From what DeepCHM's network says of a picture to rotated boxes, in numpy: places, anchors, votes and suppression.

Whoever runs the network gives :class:`ReadMaps`: the skeleton map, and the heads' answers at the places asked for.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from karyoview.core.geometry import capsule_bounds
from karyoview.detectors.nms import Array, IntArray
from karyoview.detectors.rotated_config import STRIDE, DeepCHMConfig
from karyoview.detectors.rotated_nms import rotated_nms, soft_rotated_nms, vote
from karyoview.detectors.tta_transforms import TTATransform

_VOTE_GAIN: Final = 4.2
_MAX_LOG: Final = 4.0


@dataclass(frozen=True, slots=True)
class ReadMaps:
    """What a network says of one picture: ``skeleton`` (H/4, W/4) in [0, 1], and what it answers at places (K, 2) y, x.

    ``at_places`` gives, of the A anchors of each place, logits (K·A, 2), offsets (K·A, 5) and, where there is such a
    head, the logits (K·A, 1) of the arms being turned.
    """

    skeleton: Array
    at_places: Callable[[IntArray], list[Array]]


class Candidates(NamedTuple):
    """The best ``boxes`` (N, 5) in network pixels, their ``scores`` and ``polarity`` (N,) in [0, 1]."""

    boxes: Array
    scores: Array
    polarity: Array


@functools.cache
def place_anchors(sides: tuple[tuple[float, float], ...], angle_step: float) -> Array:
    """Width, length and angle (A, 3) float32 of the anchors of one place.

    Each (width, length) of ``sides`` stands at 0 … <180° by ``angle_step``.
    """
    angles = np.arange(0.0, 180.0, angle_step) * (math.pi / 180)
    return np.array([(w, h, a) for w, h in sides for a in angles], np.float32)


def candidates(config: DeepCHMConfig, maps: ReadMaps) -> Candidates:
    """What a network proposes in one picture."""
    base = place_anchors(config.anchor_sides, config.angle_step)
    places = _places(config, maps.skeleton)
    if len(places) == 0:
        return Candidates(np.zeros((0, 5), np.float32), np.zeros(0, np.float32), np.zeros(0, np.float32))
    logits, offsets, *turns = maps.at_places(places)
    scores = _sigmoid(logits[:, 1] - logits[:, 0])
    rows = np.flatnonzero(scores >= config.score_threshold)
    if len(rows) > config.candidates:
        rows = np.sort(rows[np.argsort(-scores[rows], kind="stable")[: config.candidates]])
    centres = places[rows // len(base)][:, ::-1].astype(np.float32) * STRIDE
    turned = _sigmoid(turns[0][rows, 0]) if turns else np.full(len(rows), 0.5, np.float32)
    boxes = decode(offsets[rows], np.concatenate([centres, base[rows % len(base)]], 1), turned > 0.5)
    return Candidates(boxes, scores[rows], np.abs(turned - 0.5) + 0.5)


def _places(config: DeepCHMConfig, skeleton: Array) -> IntArray:
    """Places (K, 2) y, x that are asked about: on skeletons (Eq. 3), the strongest where they are too many; or all."""
    if not config.sgach:
        return np.argwhere(np.ones(skeleton.shape, bool))
    places = np.argwhere(skeleton >= config.place_threshold)
    if len(places) > config.most_places:
        strength = skeleton[places[:, 0], places[:, 1]]
        places = places[np.sort(np.argsort(-strength, kind="stable")[: config.most_places])]
    return places


def decode(offsets: Array, anchors: Array, polarity: Array) -> Array:
    """Boxes (P, 5) from offsets and anchors (P, 5), turned where ``polarity`` (P,); as nets.rotated_coder.decode."""
    sides = anchors[:, 2:4]
    scale = np.stack([sides.max(1), sides.min(1)], 1)
    size = sides * np.exp(offsets[:, 2:4].clip(-_MAX_LOG, _MAX_LOG))
    angle = anchors[:, 4] + offsets[:, 4] + np.float32(math.pi) * polarity
    angle = angle - 2 * math.pi * np.ceil(angle / (2 * math.pi) - 0.5)
    return np.concatenate([anchors[:, :2] + offsets[:, :2] * scale, size, angle[:, None]], 1)


def in_image(found: Candidates, size: tuple[int, int], transform: TTATransform) -> Candidates:
    """Candidates of an augmented view whose height and width are ``size``, in the image itself; p stays p."""
    x, y, w, h, angle = found.boxes.T
    if transform.flip_y:
        y, angle = size[0] - y, math.pi - angle
    if transform.flip_x:
        x, angle = size[1] - x, -angle
    if transform.transposed:
        x, y, angle = y, x, -math.pi / 2 - angle
    return found._replace(boxes=np.stack([x, y, w, h, angle], 1))


def chosen(config: DeepCHMConfig, views: Sequence[Candidates]) -> Candidates:
    """What is left of the candidates of all augmented views after voting and suppression, by falling score."""
    boxes, scores, polarity = (np.concatenate(parts) for parts in zip(*views, strict=True))
    if config.voting:
        view = np.repeat(np.arange(len(views)), [len(one.scores) for one in views])
        seeds, boxes, scores, support = vote(boxes, scores, view)
        scores, polarity = scores * agreement(boxes, support), polarity[seeds]
    if config.nms == "soft":
        kept, values = soft_rotated_nms(
            boxes, scores, sigma=config.nms_sigma, min_score=config.score_threshold, most=config.max_detections
        )
        return Candidates(boxes[kept], values, polarity[kept])
    kept = rotated_nms(boxes, scores, config.nms_threshold)[: config.max_detections]
    return Candidates(boxes[kept], scores[kept], polarity[kept])


def finished(found: Candidates, size: tuple[int, int], before: tuple[int, int]) -> dict[str, Array]:
    """Boxes of a picture read at ``size`` in the pixels it had ``before``, with their capsules' horizontal bounds."""
    boxes = found.boxes.copy()
    boxes[:, :4] *= (before[0] / size[0] + before[1] / size[1]) / 2
    bounds = capsule_bounds(boxes).clip(0, [before[1], before[0]] * 2).astype(np.float32)
    labels = np.ones(len(boxes), np.int64)
    return {"boxes": boxes, "scores": found.scores, "polarity": found.polarity, "bounds": bounds, "labels": labels}


def agreement(boxes: Array, support: Array) -> Array:
    """What the ``support`` (N,) of voted boxes (N, 5) is worth, (N,) in [0, 1): long ones have more places to speak."""
    return np.asarray(1.0 - np.exp(-_VOTE_GAIN * support / np.sqrt(boxes[:, 3].clip(1.0))))


def _sigmoid(logits: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-logits.clip(-80.0, 80.0))))
