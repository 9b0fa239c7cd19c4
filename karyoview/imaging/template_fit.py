"""A template's place made exact: position, angle, zoom and bend by Gauss–Newton steps on the grey values.

A chromosome that a program straightened lies bent in its metaphase. Its template is laid along a line whose direction
changes with the place along its length, s in [−1, 1], by a sum of the Legendre polynomials of degrees 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.imaging.correlation_search import Candidate, Float32Array, Template

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

TERMS: Final = 3
"""Terms of a bend."""
_ALONG: Final = np.linspace(-1.5, 1.5, 97)
_STEPS: Final = np.array([0.5, 0.5, 0.02, 0.01, 0.04, 0.04, 0.04])
_LARGEST: Final = np.array([4.0, 4.0, 0.15, 0.06, 0.5, 0.4, 0.3])
_BENDS: Final = (1.0, 0.6, 0.4)  # usual size of the terms
_TOGETHER: Final = 6.0  # pixels that say the same: grey levels are blurred over about so many
_STRAIGHT: Final = (0.0,) * TERMS


def bend_terms(s: FloatArray) -> FloatArray:
    """The turn in radians that each term of a bend adds at places (N,) along the length, (TERMS, N)."""
    return np.stack([s, (3 * s**2 - 1) / 2, (5 * s**3 - 3 * s) / 2])


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """How a template lies: its centre ``x``, ``y`` in metaphase px, ``angle`` clockwise, zoom, terms of its bend."""

    x: float
    y: float
    angle: float
    zoom: float
    bend: tuple[float, ...] = _STRAIGHT

    def vector(self, zoom: float) -> FloatArray:
        """x, y, angle, log of the zoom over ``zoom``, and the bend."""
        return np.array([self.x, self.y, self.angle, np.log(self.zoom / zoom), *self.bend])

    def places(self, points: FloatArray, half: float) -> FloatArray:
        """Where points (N, 2) x, y from the template's centre lie, (N, 2) in metaphase px.

        ``half`` is half the template's length in its own pixels.
        """
        if any(self.bend):
            points = bent(points, half, self.bend)
        c, s = self.zoom * np.cos(self.angle), self.zoom * np.sin(self.angle)
        return np.asarray(points @ np.array([[c, s], [-s, c]]) + (self.x, self.y))


def bent(points: FloatArray, half: float, bend: tuple[float, ...]) -> FloatArray:
    """Points (N, 2) of an upright template laid along the line of ``bend``; its centre stays."""
    turn = np.array(bend) @ bend_terms(np.clip(_ALONG, -1.1, 1.1))
    step = half * (_ALONG[1] - _ALONG[0])
    line = np.stack([-np.sin(turn), np.cos(turn)], 1)
    way = np.concatenate([np.zeros((1, 2)), np.cumsum((line[1:] + line[:-1]) / 2 * step, 0)])
    way -= way[len(_ALONG) // 2]
    s = points[:, 1] / half
    angle = np.interp(s, _ALONG, turn)
    x = np.interp(s, _ALONG, way[:, 0]) + points[:, 0] * np.cos(angle)
    y = np.interp(s, _ALONG, way[:, 1]) + points[:, 0] * np.sin(angle)
    return np.stack([x, y], 1)


class FitLevel:
    """A metaphase at one size with its gradients, and how templates are sampled for it."""

    def __init__(self, depth: Float32Array, factor: float, blur: float) -> None:
        """``depth`` (H, W) float32; ``factor`` how much smaller it is seen (0 to 1), ``blur`` σ in small px."""
        small = cv2.resize(depth, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) if factor < 1 else depth
        self.factor = factor
        self.blur = blur
        self.depth = np.asarray(cv2.GaussianBlur(small, (0, 0), blur) if blur > 0 else small, np.float32)
        self.across = np.asarray(cv2.Scharr(self.depth, cv2.CV_32F, 1, 0) / 32, np.float32)
        self.down = np.asarray(cv2.Scharr(self.depth, cv2.CV_32F, 0, 1) / 32, np.float32)

    def sampled(self, template: Template, zoom: float) -> Samples:
        """About one sample for each small pixel of the metaphase."""
        every = 1.0 / (zoom * self.factor)
        h, w = template.own.shape
        sigma = np.hypot(max(0.45 * every, 0.3), self.blur * every)
        depth = cv2.GaussianBlur(template.depth, (0, 0), sigma)
        ys = np.arange(every / 2, h, every)
        xs = np.arange(every / 2, w, every)
        grid = np.stack(np.meshgrid(xs, ys), -1).reshape(-1, 2)
        at = (grid - 0.5).astype(np.float32)
        values = cv2.remap(depth, at[:, 0], at[:, 1], cv2.INTER_LINEAR).ravel()
        weights = cv2.remap(template.weight, at[:, 0], at[:, 1], cv2.INTER_LINEAR).ravel()
        keep = weights > 0.1
        rows = np.flatnonzero(template.own.any(1))
        return Samples(
            grid[keep] - (w / 2, h / 2), values[keep].astype(np.float64), weights[keep].astype(np.float64),
            float(rows[-1] - rows[0] + 1) / 2,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """A template as points (N, 2) from its centre in its own px, with depths (N,), weights (N,), half its length."""

    points: FloatArray
    values: FloatArray
    weights: FloatArray
    half: float


def correlation(level: FitLevel, samples: Samples, pose: Pose) -> float:
    """Weighted normalised correlation at a pose, in [−1, 1]."""
    seen = _seen(level.depth, level.factor, pose.places(samples.points, samples.half))
    return _correlation(seen, samples)


def fit(
    level: FitLevel, samples: Samples, start: Pose, zoom: float, *, bends: float = 0.0, steps: int = 8,
    loose: float = 0.02,
) -> tuple[Pose, float]:  # fmt: skip
    """The pose of best correlation near ``start``, and that correlation.

    ``zoom`` is the common zoom, of which a chromosome's own differs by a share of about ``loose``. ``bends``
    above 0 fits the terms of the bend too, 1 being as free as a long chromosome is.
    """
    free = 4 + TERMS if bends > 0 else 4
    spread = np.array([np.inf, np.inf, np.inf, loose, *(bends * np.array(_BENDS))])[:free]
    vector = start.vector(zoom)
    best = correlation(level, samples, start)
    damping = 0.0
    for _ in range(steps):
        pose = _pose(vector, zoom)
        change = _step(level, samples, pose, vector, zoom, spread, damping)
        if change is None:
            break
        tried = vector.copy()
        tried[:free] += np.clip(change, -_LARGEST[:free], _LARGEST[:free])
        value = correlation(level, samples, _pose(tried, zoom))
        if value <= best - 1e-5:
            if damping > 0:
                break
            damping = 1.0
            continue
        gain, best, vector, damping = value - best, value, tried, 0.0
        if gain < 2e-4:
            break
    return _pose(vector, zoom), best


def _pose(vector: FloatArray, zoom: float) -> Pose:
    x, y, angle, larger, *bend = vector.tolist()
    return Pose(x, y, angle, float(zoom * np.exp(larger)), tuple(bend))


def _step(
    level: FitLevel, samples: Samples, pose: Pose, vector: FloatArray, zoom: float, spread: FloatArray, damping: float
) -> FloatArray | None:
    """The Gauss–Newton step of the pose's first ``len(spread)`` values; grey scale and offset are solved with it."""
    at = pose.places(samples.points, samples.half)
    seen = _seen(level.depth, level.factor, at)
    across, down = (_seen(g, level.factor, at) * level.factor for g in (level.across, level.down))
    weights = samples.weights
    total = weights.sum()
    mean_seen, mean_own = float(weights @ seen / total), float(weights @ samples.values / total)
    power = float(weights @ (seen - mean_seen) ** 2)
    if power < 1e-6:
        return None
    scale = float(weights @ ((seen - mean_seen) * (samples.values - mean_own))) / power
    if scale <= 0:
        return None
    rest = samples.values - mean_own - scale * (seen - mean_seen)
    columns = [scale * across, scale * down]
    for k in range(2, len(spread)):
        moved = vector.copy()
        moved[k] += _STEPS[k]
        by = (_pose(moved, zoom).places(samples.points, samples.half) - at) / _STEPS[k]
        columns.append(scale * (across * by[:, 0] + down * by[:, 1]))
    jacobian = np.stack([*columns, seen - mean_seen, np.ones(len(seen))], 1)
    weighted = jacobian * weights[:, None]
    normal = weighted.T @ jacobian
    right = weighted.T @ rest
    noise = max(float(weights @ rest**2) / total, 1.0)
    count = len(spread)
    prior = np.where(np.isfinite(spread), _TOGETHER * noise / np.minimum(spread, 1e6) ** 2, 0.0)
    normal[range(count), range(count)] += prior
    right[:count] -= prior * vector[:count]
    normal[range(len(normal)), range(len(normal))] *= 1.001 + damping
    try:
        return np.asarray(np.linalg.solve(normal, right)[:count])
    except np.linalg.LinAlgError:
        return None


def _seen(picture: Float32Array, factor: float, at: FloatArray) -> FloatArray:
    """A small picture at metaphase places (N, 2), ground beyond it."""
    spots = (at * factor - 0.5).astype(np.float32)
    drawn = cv2.remap(picture, spots[:, 0], spots[:, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return drawn.ravel().astype(np.float64)


def _correlation(seen: FloatArray, samples: Samples) -> float:
    weights = samples.weights
    total = weights.sum()
    a, b = seen - weights @ seen / total, samples.values - weights @ samples.values / total
    power = float(weights @ a**2) * float(weights @ b**2)
    return float(weights @ (a * b)) / max(float(np.sqrt(power)), 1e-6)


def start_of(candidate: Candidate, zoom: float) -> Pose:
    """The pose of a coarse candidate."""
    return Pose(candidate.x, candidate.y, candidate.angle, zoom)


def drawn_mask(own: BoolArray, pose: Pose, shape: tuple[int, int]) -> BoolArray:
    """The template's own pixels (h, w) in a metaphase of ``shape`` (H, W), bool."""
    h, w = own.shape
    every = min(0.5 / pose.zoom, 1.0)
    grid = np.stack(np.meshgrid(np.arange(every / 2, w, every), np.arange(every / 2, h, every)), -1).reshape(-1, 2)
    inside = own[np.minimum(grid[:, 1].astype(int), h - 1), np.minimum(grid[:, 0].astype(int), w - 1)]
    rows = np.flatnonzero(own.any(1))
    at = pose.places(grid[inside] - (w / 2, h / 2), float(rows[-1] - rows[0] + 1) / 2)
    spots = np.floor(at).astype(int)
    good = (spots >= 0).all(1) & (spots[:, 0] < shape[1]) & (spots[:, 1] < shape[0])
    mask = np.zeros(shape, bool)
    mask[spots[good, 1], spots[good, 0]] = True
    return mask
