"""Changes of a labelled cell that leave its labels true: flips, turns, scale, contrast, blur, noise.

One affine map carries pixels, boxes, centre lines and masks. A horizontal box follows flips and
quarter turns exactly; under any other turn it is made anew from the known rotated box, through its
capsule. A cell that has a box without a known rotated one is therefore turned by quarters only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.dataset import Sample
from karyoview.core.geometry import capsule_bounds
from karyoview.core.runlength import encode_mask

Affine = npt.NDArray[np.float64]  # (2, 3), x right, y down, borders of pixels at whole numbers


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How a cell may change; the default changes nothing.

    ``flip_x``, ``flip_y``, ``turn`` and ``rotate`` are probabilities (of a mirrored left and right,
    top and bottom, a random quarter turn, a turn by any angle); ``scale`` the largest |ln factor|;
    ``contrast`` the largest change of gain, ``brightness`` of grey values (0–255); ``blur`` the
    largest sigma in pixels with probability ``blur_chance``; ``noise`` the largest sigma in grey values.
    """

    flip_x: float = 0.0
    flip_y: float = 0.0
    turn: float = 0.0
    rotate: float = 0.0
    scale: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    blur: float = 0.0
    blur_chance: float = 0.2
    noise: float = 0.0

    def __call__(self, sample: Sample, rng: np.random.Generator) -> Sample:
        """A changed copy; the same ``rng`` state gives the same copy. ``sample`` is left as it is."""
        # Every draw happens whatever the probabilities, so that switching one off leaves the others' values.
        draws = rng.random(10)
        matrix = np.eye(2)
        if draws[0] < self.flip_x:
            matrix = np.diag([-1.0, 1.0]) @ matrix
        if draws[1] < self.flip_y:
            matrix = np.diag([1.0, -1.0]) @ matrix
        if draws[2] < self.turn:
            matrix = _rotation(np.pi / 2 * int(4 * draws[3])) @ matrix
        free = draws[4] < self.rotate and bool(sample.rotated_valid.all()) and len(sample.boxes) > 0
        if free:
            matrix = _rotation(2 * np.pi * draws[5]) @ matrix
        matrix = matrix * float(np.exp(self.scale * (2 * draws[6] - 1)))
        changed = transform(sample, matrix) if not np.array_equal(matrix, np.eye(2)) else sample
        grey = self._tones(changed.pixels, draws[7:], rng)
        return changed if grey is None else replace(changed, pixels=grey)

    def _tones(
        self, pixels: npt.NDArray[np.uint8], draws: npt.NDArray[np.float64], rng: np.random.Generator
    ) -> npt.NDArray[np.uint8] | None:
        if not (self.contrast or self.brightness or self.blur or self.noise):
            return None
        background = float(np.median(pixels))
        gain, shift = 1 + self.contrast * (2 * draws[0] - 1), self.brightness * (2 * draws[1] - 1)
        grey = (pixels.astype(np.float32) - background) * np.float32(gain) + np.float32(background + shift)
        if draws[2] < self.blur_chance and self.blur:
            sigma = self.blur * (0.4 + 0.6 * draws[2] / self.blur_chance)
            grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), sigma), np.float32)
        if self.noise:
            grey += rng.normal(0.0, self.noise * rng.random(), grey.shape).astype(np.float32)
        return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


NONE: Final = Augmentation()
_ANY_WAY: Final = Augmentation(flip_x=0.5, flip_y=0.5, turn=1.0)
PRESETS: Final[Mapping[str, Augmentation]] = MappingProxyType(
    {
        "none": NONE,
        "deepace": Augmentation(flip_x=0.5, flip_y=0.5),
        "deepace-v2": Augmentation(flip_x=0.5),
        "deepacc": Augmentation(flip_x=0.5),
        "deepchm": Augmentation(flip_x=0.5, flip_y=0.5, turn=0.5, rotate=0.5),
        "strong": replace(_ANY_WAY, rotate=0.5, scale=0.15, contrast=0.25, brightness=15.0, blur=1.0, noise=4.0),
        "laboratory": replace(
            _ANY_WAY, rotate=0.3, scale=0.12, contrast=0.12, brightness=6.0, blur=0.7, blur_chance=0.1, noise=2.0
        ),
    }
)
"""The papers' own (DeepACE, DeepACEv2, DeepACC, DeepCHM) and ours: ``strong``, and ``laboratory`` for a few
cells whose look is what there is to learn."""


def transform(sample: Sample, matrix: Affine, margin: float = 8.0) -> Sample:
    """The cell under a similarity ``matrix`` (2, 2), on a canvas that holds it.

    Flips and quarter turns are exact and keep the whole picture. Under another angle the canvas
    holds all boxes and ``margin`` pixels, and what was outside the picture is background. Raises
    ValueError for a matrix that is no similarity, or an angle for which a rotated box is not known.
    """
    factor = float(np.sqrt(abs(np.linalg.det(matrix))))
    if not np.allclose(matrix @ matrix.T, factor**2 * np.eye(2), atol=1e-6 * max(factor**2, 1.0)):
        raise ValueError("the map is no similarity")
    straight = bool(np.isclose(np.abs(matrix), factor, atol=1e-9).any())
    if not straight and not sample.rotated_valid.all():
        raise ValueError(f"{sample.name}: a turn by this angle needs the rotated box of every chromosome")
    rotated = _rotated_boxes(sample.rotated.astype(np.float64), matrix)
    if straight:
        boxes = _horizontal_boxes(sample.boxes.astype(np.float64), matrix)
        height, width = sample.pixels.shape
        low, high = _horizontal_boxes(np.array([[0, 0, width, height]], np.float64), matrix)[0].reshape(2, 2)
    else:
        boxes = capsule_bounds(rotated)
        low, high = boxes[:, :2].min(0) - margin, boxes[:, 2:].max(0) + margin
    size = np.maximum(np.rint(high - low), 8).astype(int)
    affine = np.concatenate([matrix, -low[:, None]], 1)
    rotated[:, :2] -= low
    boxes = boxes - np.tile(low, 2)
    upright = np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2], boxes[:, :1] * 0], 1)
    rotated = np.where(sample.rotated_valid[:, None], rotated, upright)
    return replace(
        sample,
        pixels=_warp(sample.pixels, affine, size, factor, straight, float(np.median(sample.pixels))),
        boxes=np.clip(boxes, 0, np.tile(size, 2)).astype(np.float32),
        rotated=rotated.astype(np.float32),
        axes=tuple((a @ matrix.T - low).astype(np.float32) for a in sample.axes),
        scale=sample.scale * factor,
        **_warped_masks(sample, affine, size, factor, straight),
    )


def _rotation(angle: float) -> npt.NDArray[np.float64]:
    """Clockwise on the screen by ``angle``; quarter turns are exact."""
    c, s = np.cos(angle), np.sin(angle)
    if np.isclose(angle / (np.pi / 2), round(angle / (np.pi / 2)), atol=1e-12):
        c, s = round(c), round(s)
    return np.array([[c, -s], [s, c]], np.float64)


def _rotated_boxes(boxes: npt.NDArray[np.float64], matrix: Affine) -> npt.NDArray[np.float64]:
    """(N, 5) boxes under a similarity: the direction to p goes with the map, also through a mirror."""
    factor = np.sqrt(abs(np.linalg.det(matrix)))
    direction = np.stack([np.sin(boxes[:, 4]), -np.cos(boxes[:, 4])], 1) @ matrix.T
    angle = np.arctan2(direction[:, 0], -direction[:, 1])
    return np.concatenate([boxes[:, :2] @ matrix.T, factor * boxes[:, 2:4], angle[:, None]], 1)


def _horizontal_boxes(boxes: npt.NDArray[np.float64], matrix: Affine) -> npt.NDArray[np.float64]:
    a, b = boxes[:, :2] @ matrix.T, boxes[:, 2:] @ matrix.T
    return np.concatenate([np.minimum(a, b), np.maximum(a, b)], 1)


def _warp(
    pixels: npt.NDArray[np.uint8],
    affine: Affine,
    size: npt.NDArray[np.int64],
    factor: float,
    straight: bool,
    fill: float,
    nearest: bool = False,
) -> npt.NDArray[np.uint8]:
    if straight:  # whole pixels move; only a scale, if any, is interpolated
        unit = np.rint(affine[:, :2] / factor).astype(int)
        turned = pixels.T if unit[0, 0] == 0 else pixels
        first_x, first_y = (unit[0, 1], unit[1, 0]) if unit[0, 0] == 0 else (unit[0, 0], unit[1, 1])
        turned = np.ascontiguousarray(turned[::first_y, ::first_x])
        if turned.shape == (size[1], size[0]):
            return turned
        kind = cv2.INTER_NEAREST if nearest else cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(turned, (int(size[0]), int(size[1])), interpolation=kind), np.uint8)
    centred = affine.copy()  # OpenCV counts from the centres of pixels
    centred[:, 2] += affine[:, :2] @ (0.5, 0.5) - 0.5
    kind = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    warped = cv2.warpAffine(pixels, centred, (int(size[0]), int(size[1])), flags=kind, borderValue=fill)
    return np.asarray(warped, np.uint8)


def _warped_masks(
    sample: Sample, affine: Affine, size: npt.NDArray[np.int64], factor: float, straight: bool
) -> dict[str, Any]:
    if not sample.masks:
        return {}
    planes = [_warp(m, affine, size, factor, straight, 0.0, nearest=True) for m in sample.decoded_masks()]
    return {"masks": tuple(encode_mask(p) if p.any() else "" for p in planes), "mask_size": planes[0].shape}
