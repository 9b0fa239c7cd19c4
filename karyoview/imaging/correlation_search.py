"""Where a chromosome cut from a print may lie in a metaphase: weighted normalised cross-correlation at every angle.

The weights are the chromosome's own pixels and a narrow rim of ground, so that neighbours in the metaphase, which lie
outside of them, do not count. Everything is small here (a chromosome about six pixels wide) and goes by way of
Fourier transforms, those of the metaphase being shared by all chromosomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import scipy.fft

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Float32Array = npt.NDArray[np.float32]

RIM: Final = 0.3  # weight of the ground around a chromosome; neighbours may lie there
_RIM_WIDTH: Final = 0.16  # of a chromosome's width
_BATCH: Final = 20
_PEAKS: Final = 3  # an angle


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """A chromosome to look for: ``depth`` (h, w) float32 of ink with a rim of ground, ``weight`` (h, w) float32.

    ``own`` (h, w) bool is the chromosome's own pixels. The centre of the frame is the point that is placed.
    """

    depth: Float32Array
    weight: Float32Array
    own: BoolArray

    @classmethod
    def cut(cls, depth: Float32Array, own: BoolArray, width: float) -> Template:
        """The template of ``own`` (h, w) pixels in ``depth`` (h, w), chromosomes being ``width`` px wide."""
        rim = max(round(_RIM_WIDTH * width), 2)
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * rim + 1, 2 * rim + 1))
        inside = np.pad(own, rim)
        around = cv2.dilate(inside.astype(np.uint8), kernel) > 0
        weight = np.where(inside, 1.0, np.where(around, RIM, 0.0)).astype(np.float32)
        return cls(np.where(inside, np.pad(depth, rim), 0).astype(np.float32), weight, inside)

    def mirrored(self) -> Template:
        """The same left to right."""
        depth, weight = (np.ascontiguousarray(a[:, ::-1]) for a in (self.depth, self.weight))
        return Template(depth, weight, np.ascontiguousarray(self.own[:, ::-1]))

    def turned(self, zoom: float, angle: float) -> tuple[Float32Array, Float32Array]:
        """Depth and weight at ``zoom``, turned clockwise by ``angle`` radians, in the middle of odd square frames."""
        h, w = self.own.shape
        side = int(np.ceil(np.hypot(h, w) * zoom)) | 1
        c, s = zoom * np.cos(angle), zoom * np.sin(angle)
        matrix = np.array([[c, -s, 0.0], [s, c, 0.0]])
        matrix[:, 2] = (side - 1) / 2 - matrix[:, :2] @ [(w - 1) / 2, (h - 1) / 2]
        depth = cv2.GaussianBlur(self.depth, (0, 0), 0.4 / zoom) if zoom < 0.7 else self.depth
        weight = cv2.GaussianBlur(self.weight, (0, 0), 0.3 / zoom) if zoom < 0.7 else self.weight
        return (
            np.asarray(cv2.warpAffine(depth, matrix, (side, side)), np.float32),
            np.asarray(cv2.warpAffine(weight, matrix, (side, side)), np.float32),
        )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place in the metaphase: the template's centre ``x``, ``y`` in its pixels, ``angle`` clockwise in radians.

    ``correlation`` is that of the small pictures, in [−1, 1].
    """

    x: float
    y: float
    angle: float
    correlation: float


class CorrelationSearch:
    """A metaphase made small, with the transforms that every correlation shares."""

    def __init__(self, depth: Float32Array, factor: float) -> None:
        """``depth`` (H, W) float32 is the metaphase's ink, ``factor`` how much smaller it is searched (0 to 1)."""
        self.factor = factor
        self.depth = np.asarray(cv2.resize(depth, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.float32)
        self._size = (0, 0)
        self._first = self._second = np.zeros((0, 0), np.complex64)

    def _prepare(self, side: int) -> None:
        """Room for templates of ``side`` px: shifts wrap around into ground."""
        h, w = (scipy.fft.next_fast_len(n + side, real=True) for n in self.depth.shape)
        if h <= self._size[0] and w <= self._size[1]:
            return
        self._size = (max(h, self._size[0]), max(w, self._size[1]))
        self._first = scipy.fft.rfft2(self.depth, self._size)
        self._second = scipy.fft.rfft2(self.depth**2, self._size)

    def candidates(self, template: Template, zoom: float, angles: FloatArray, count: int) -> list[Candidate]:
        """The best ``count`` places of a template at ``zoom`` (metaphase px a template px), best first.

        ``angles`` (A,) are radians. Near neighbours of a better place are left out.
        """
        found: list[Candidate] = []
        for start in range(0, len(angles), _BATCH):
            batch = angles[start : start + _BATCH]
            turned = [template.turned(zoom * self.factor, float(a)) for a in batch]
            stack = self._correlations(np.stack([t[0] for t in turned]), np.stack([t[1] for t in turned]))
            for angle, plane in zip(batch, stack, strict=True):
                found += self._peaks(plane, float(angle))
        kept: list[Candidate] = []
        near = 3.0 / self.factor
        for place in sorted(found, key=lambda c: -c.correlation):
            if len(kept) == count:
                break
            if all(np.hypot(place.x - k.x, place.y - k.y) > near or np.cos(place.angle - k.angle) < 0.9 for k in kept):
                kept.append(place)
        return kept

    def _peaks(self, plane: Float32Array, angle: float) -> list[Candidate]:
        found = []
        for _ in range(_PEAKS):
            y, x = np.unravel_index(int(plane.argmax()), plane.shape)
            value = float(plane[y, x])
            found.append(Candidate((x + 0.5) / self.factor, (y + 0.5) / self.factor, angle, value))
            plane[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4] = -1
        return found

    def _correlations(self, depth: Float32Array, weight: Float32Array) -> Float32Array:
        """Weighted correlations (A, H, W) of templates (A, s, s) with the middle of each at each pixel."""
        self._prepare(depth.shape[-1])
        total = weight.sum((1, 2), keepdims=True)
        pattern = (depth - (depth * weight).sum((1, 2), keepdims=True) / total) * weight
        norm = np.sqrt((pattern**2 / np.maximum(weight, 1e-6)).sum((1, 2), keepdims=True))
        seen, own = (np.conj(scipy.fft.rfft2(a, self._size)) for a in (pattern, weight))
        cross, mean, squares = (
            scipy.fft.irfft2(f, self._size) for f in (self._first * seen, self._first * own, self._second * own)
        )
        # Where there is nearly no ink, noise correlates as well as anything.
        least = 25.0 * total
        value = cross / (np.sqrt(np.maximum(squares - mean**2 / total, least)) * np.maximum(norm, 1e-6))
        half = depth.shape[-1] // 2
        # A correlation at shift s has the template's corner there; its middle lies half a side further.
        value = np.roll(value, (half, half), (1, 2))
        h, w = self.depth.shape
        return np.asarray(value[:, :h, :w], np.float32)
