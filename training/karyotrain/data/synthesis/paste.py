"""Cells pasted together from real chromosomes: real texture with exact truth.

Isolated chromosomes of many cells of one set are brought to one scale and tone, bent, turned,
mirrored and laid on a real background; where they touch or cross, absorbance adds, as light does.
Which end is p is not known, so axis and angle are right up to π (``polarity_known`` is False).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.synthesis.axis import STEP, Axis, axis_from_curvature, bent_axis, frame_of
from karyotrain.data.synthesis.layout import add_absorbance, bounds_of, spread_out
from karyotrain.data.synthesis.library import PasteLibrary, Piece
from karyotrain.data.synthesis.optics import coded
from karyotrain.data.synthesis.truth import Placed, SyntheticCell, cell_truth
from karyoview.core.chromosome import expected_copies
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.axis import smooth_line

__all__ = ["PasteLibrary", "make_pasted_cell"]

FloatArray = npt.NDArray[np.float64]

_CROWDING: Final = 1.45  # about half of the boxes then overlap severely
_DARKEST: Final = 2.2  # absorbance that no pile of chromosomes exceeds on these cameras


def make_pasted_cell(
    library: PasteLibrary, seed: int, *, crowding: float | None = None, counts: Sequence[int] | None = None
) -> SyntheticCell:
    """A cell of real chromosomes, the same for the same library and ``seed``.

    ``counts`` are copies of the 24 classes (46 of one sex by default, at times one more or less);
    ``crowding`` as in :func:`spread_out` (drawn by default so that about half of the boxes overlap
    severely). The image is (H, W) uint8, as large as its cell.
    """
    rng = np.random.default_rng([seed, 20])
    ground_index = int(rng.integers(len(library.backgrounds)))
    picture = int(library.backgrounds[ground_index])
    scale, tone = float(library.scales[picture]), float(np.clip(library.tones[picture], 0.25, 0.75))
    copies = _copies(rng, counts)
    items, used = [], set[int]()
    bend = math.exp(rng.normal(-0.1, 0.35))
    for label, count in enumerate(copies):
        for _ in range(count):
            index = _choose(rng, library, label, scale, tone, used)
            if index is None:
                continue
            used.add(index)
            piece = library.piece(index)
            ratio = float(np.clip(scale / library.scales[piece.picture], 0.8, 1.25)) * math.exp(rng.normal(0, 0.03))
            # A cell is stained evenly: bring each chromosome near its tone, and leave some of its own.
            own = max(float(np.median(piece.absorbance[piece.mask])), 0.1)
            strength = float(np.clip((tone / own) ** 0.8, 0.5, 1.8)) * math.exp(rng.normal(0, 0.05))
            source = f"{library.names[piece.picture]}@{piece.place[0]},{piece.place[1]}"
            item = _relaid(rng, piece, ratio, bend, source)
            stained = item.absorbance * np.float32(strength)
            items.append(replace(item, label=label, absorbance=stained))
    if not items:
        raise KaryoViewError("The library holds no chromosome of the classes asked for; build it from more pictures.")
    density = math.exp(rng.normal(math.log(_CROWDING), 0.28)) if crowding is None else crowding
    placed = spread_out(rng, [item.trimmed(4) for item in items], density, crossing=float(rng.uniform(0.4, 0.95)))
    x1, y1, x2, y2 = bounds_of(placed)
    margins = [int(rng.integers(8, 60)) if rng.random() < 0.9 else -int(rng.integers(0, 16)) for _ in range(4)]
    shape = (y2 - y1 + margins[1] + margins[3], x2 - x1 + margins[0] + margins[2])
    placed = [p.moved(margins[0] - x1, margins[1] - y1) for p in placed]
    absorbance = np.zeros(shape, dtype=np.float32)
    for item in placed:
        add_absorbance(absorbance, item)
    ground = _ground(rng, library.background(ground_index), shape, absorbance)
    total = np.where(absorbance > 0, _DARKEST * np.tanh(absorbance / _DARKEST), absorbance)
    image = np.clip(np.rint(ground * np.exp(-total)), 0, 255).astype(np.uint8)
    if rng.random() < 0.5:  # everything in one picture went through one encoder
        image = coded(image, "jpeg" if rng.random() < 0.5 else "webp", int(rng.integers(78, 96)))
    info: Mapping[str, object] = MappingProxyType(
        {"seed": seed, "library": library.digest, "background": library.names[picture], "crowding": round(density, 3)}
    )
    return SyntheticCell(image, cell_truth([p.trimmed() for p in placed], shape), "", info)


def _copies(rng: np.random.Generator, counts: Sequence[int] | None) -> list[int]:
    if counts is not None:
        return [int(c) for c in counts]
    female = rng.random() < 0.5
    copies = list(expected_copies("female" if female else "male"))
    if rng.random() < 0.15:
        copies[int(rng.integers(22))] += 1 if rng.random() < 0.5 else -1
    return copies


def _choose(
    rng: np.random.Generator, library: PasteLibrary, label: int, scale: float, tone: float, used: set[int]
) -> int | None:
    """A piece of the class, likelier from pictures of about the same scale and tone; None where there is none."""
    found = np.flatnonzero(library.labels == label)
    if len(found) == 0:
        return None
    pictures = library.pictures[found]
    scales, tones = np.maximum(library.scales[pictures], 1.0), np.maximum(library.tones[pictures], 0.05)
    likely = np.exp(-0.5 * (np.log(scales / scale) / 0.12) ** 2 - 0.5 * (np.log(tones / tone) / 0.25) ** 2) + 1e-6
    likely *= np.where(np.isin(found, list(used)), 1e-4, 1.0)
    place = int(np.searchsorted(np.cumsum(likely), rng.random() * likely.sum(), side="right"))
    return int(found[min(place, len(found) - 1)])


@dataclass(frozen=True, slots=True)
class _Strip:
    """The source axis of a piece with its outward runs: points and normals every ``STEP``, and where the ends lie."""

    points: FloatArray
    normals: FloatArray
    start: float
    length: float
    curvature: FloatArray
    heading: float


def _strip(piece: Piece) -> _Strip:
    """A centre line through the whole piece: the middle of the medial axis, run on straight to the mask's ends."""
    width = 2 * float(cv2.distanceTransform(np.pad(piece.mask, 1).astype(np.uint8), cv2.DIST_L2, 5).max())
    line = piece.axis
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    trim = min(0.45 * width, 0.3 * along[-1])
    places = np.linspace(trim, along[-1] - trim, max(int((along[-1] - 2 * trim) / 2), 4))
    middle = np.stack([np.interp(places, along, line[:, k]) for k in (0, 1)], 1)
    middle = smooth_line(middle, STEP, 0.35 * width)
    steps = max(int(1.6 * width / STEP), 8)
    back = max(min(int(0.5 * width / STEP), len(middle) - 1), 1)
    first, last = middle[0] - middle[back], middle[-1] - middle[-1 - back]
    first, last = first / max(np.hypot(*first), 1e-9), last / max(np.hypot(*last), 1e-9)
    runs = np.arange(1, steps + 1)[:, None] * STEP
    points = np.concatenate([(middle[0] + runs * first)[::-1], middle, middle[-1] + runs * last])
    gaps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    even = np.arange(0, gaps[-1], STEP)
    points = np.stack([np.interp(even, gaps, points[:, k]) for k in (0, 1)], 1)
    h, w = piece.mask.shape
    x, y = np.clip(points[:, 0].astype(int), 0, w - 1), np.clip(points[:, 1].astype(int), 0, h - 1)
    inside = np.flatnonzero(piece.mask[y, x])
    begin, end = int(inside[0]), int(inside[-1])
    ahead = cv2.blur(np.gradient(points, axis=0), (1, 7), borderType=cv2.BORDER_REPLICATE)
    ahead /= np.maximum(np.hypot(ahead[:, 0], ahead[:, 1]), 1e-9)[:, None]
    angle = np.unwrap(np.arctan2(ahead[begin : end + 1, 1], ahead[begin : end + 1, 0]))
    curvature = np.gradient(angle) / STEP if len(angle) > 2 else np.zeros(2)
    normals = np.stack([ahead[:, 1], -ahead[:, 0]], 1)
    return _Strip(points, normals, begin * STEP, (end - begin) * STEP, curvature, float(angle[len(angle) // 2]))


def _relaid(rng: np.random.Generator, piece: Piece, ratio: float, bend: float, source: str) -> Placed:
    """The piece about (0, 0), scaled by ``ratio``, turned, mirrored at times and often bent anew."""
    strip = _strip(piece)
    width = 2 * float(cv2.distanceTransform(np.pad(piece.mask, 1).astype(np.uint8), cv2.DIST_L2, 5).max()) * ratio
    length = strip.length * ratio
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    axis = _target_axis(rng, strip, length, width, ratio, bend, mirror)
    frame = frame_of(axis, 0.8 * width + 3)
    stretch = length / max(axis.length, 1e-6)
    along = strip.start + frame.along * np.float32(stretch / ratio)
    across = frame.across * np.float32(mirror / ratio)
    place = np.clip(along / STEP, 0, len(strip.points) - 1.001)
    low = place.astype(np.int32)
    share = (place - low)[..., None]
    points = strip.points[low] * (1 - share) + strip.points[low + 1] * share
    normals = strip.normals[low] * (1 - share) + strip.normals[low + 1] * share
    at = (points + normals * across[..., None] - 0.5).astype(np.float32)
    # The piece ends with its mask; a soft rim of two pixels keeps its own blur.
    whole = piece.mask.astype(np.float32)
    rim = cv2.GaussianBlur(cv2.dilate(whole, np.ones((5, 5), np.uint8)), (0, 0), 1.0)
    wanted = (piece.absorbance * rim).astype(np.float32)
    outside = (along < 0) | (along > (len(strip.points) - 1) * STEP)
    absorbed = cv2.remap(wanted, at[..., 0], at[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)
    inside = cv2.remap(whole, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    mask = (inside > 0.5) & ~outside
    absorbance = np.where(outside, 0, np.asarray(absorbed, np.float32))
    return Placed(piece.label, absorbance, _largest(mask), frame.offset, axis.subsampled(), None, False, source)


def _target_axis(
    rng: np.random.Generator, strip: _Strip, length: float, width: float, ratio: float, bend: float, mirror: float
) -> Axis:
    heading = rng.uniform(-math.pi, math.pi)
    own = mirror * strip.curvature / ratio
    if rng.random() < 0.4:
        return axis_from_curvature(own, length, heading)
    fresh = bent_axis(rng, length, width, bend)
    angle = np.unwrap(np.arctan2(fresh.tangents[:, 1], fresh.tangents[:, 0]))
    extra = np.interp(np.linspace(0, 1, len(own)), np.linspace(0, 1, len(angle)), np.gradient(angle) / STEP)
    mixed = own * rng.uniform(0.2, 1.0) + extra * rng.uniform(0.4, 1.0)
    return axis_from_curvature(np.clip(mixed, -1.1 / width, 1.1 / width), length, heading)


def _largest(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    if count <= 2:
        return mask
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), dtype=bool)


def _ground(
    rng: np.random.Generator, ground: npt.NDArray[np.uint8], shape: tuple[int, int], absorbance: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """A part of a real background of that shape, turned and mirrored, its nuclei mostly clear of the chromosomes."""
    ground = np.rot90(ground, int(rng.integers(4)))
    ground = np.ascontiguousarray(ground[:, ::-1] if rng.random() < 0.5 else ground)
    enlarge = max(shape[0] / ground.shape[0], shape[1] / ground.shape[1], 1.0)
    if enlarge > 1.0:
        size = (math.ceil(ground.shape[1] * enlarge), math.ceil(ground.shape[0] * enlarge))
        ground = np.asarray(cv2.resize(ground, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    dark = (ground < float(np.median(ground)) - 35)[::4, ::4]
    own = absorbance[::4, ::4] > 0.15
    best, least = (0, 0), math.inf
    for _ in range(60):
        y = int(rng.integers(ground.shape[0] - shape[0] + 1))
        x = int(rng.integers(ground.shape[1] - shape[1] + 1))
        part = dark[y // 4 : y // 4 + own.shape[0], x // 4 : x // 4 + own.shape[1]]
        cost = float((part & own[: part.shape[0], : part.shape[1]]).sum())
        if cost < least:
            best, least = (y, x), cost
    y, x = best
    return ground[y : y + shape[0], x : x + shape[1]].astype(np.float32)
