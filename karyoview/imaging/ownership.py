"""Whose pixels are whose: a small learned network looks at each rotated box's surroundings in the box's own frame.

What it sees is how dark a pixel is, how far it lies from the axis of the box and from those of all other
boxes, and which boxes cover it; what it says is how likely the pixel is the chromosome's own. At a crossing
both chromosomes may have a pixel. The frame has eight columns for a typical chromosome's width. It runs in
numpy, since this layer knows no torch; karyotrain.engines.train_ownership teaches it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from karyoview._resources import resource
from karyoview.core.geometry import corners
from karyoview.imaging.masks import BoolArray, Foreground

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]

WEIGHTS: Final = "ownership.safetensors"
PIXELS: Final = "pixels.weight"  # of the odds, a constant, and of pixel_terms
COLUMNS: Final = 8  # of the frame for a typical width
CHANNELS: Final = 6
WIDTHS: Final = (24, 36)  # channels of the two scales
_MARGIN: Final = 4  # columns and rows about the box
_LARGEST: Final = (176, 112)  # rows and columns of a frame
_STEP: Final = 2  # pixels of the picture for one of the maps of axes
_SPUR: Final = 0.35  # widths of a chromosome below which a part of a mask is a spur
_UNSURE: Final = 0.5  # how certain a mask is of which the network says nothing
_FEWEST: Final = 12  # pixels of a mask
_FAR: Final = 2.0  # breadths of a box from which an axis counts as far
_LEVELS: Final = (0.0, -1.5, -3.0)  # log odds of own pixels; the later ones where a box is not filled
_GRAIN: Final = 0.5  # px
_SHORT: Final = 0.18  # widths that a mask may keep away from the sides of its box
_BACK: Final = 0.5  # widths behind a mask's end from which less is asked for where it keeps away from a side
_UNDECIDED: Final = 4.0  # log odds beyond which the picture's own pixels change nothing
_PIXEL_TERMS: Final = 7


@dataclass(frozen=True, slots=True)
class Frame:
    """A box's own frame: its ``row`` cx, cy, w, h, angle in pixels, ``shape`` and frame pixels per pixel ``zoom``."""

    row: FloatArray
    shape: tuple[int, int]
    zoom: float

    @classmethod
    def of(cls, row: FloatArray, width: float) -> Frame:
        """The frame about a box in a picture whose chromosomes are ``width`` pixels wide."""
        zoom = COLUMNS / width
        need = np.array([row[3], row[2]]) * zoom + 2 * _MARGIN
        if (need > _LARGEST).any():
            zoom *= float((np.array(_LARGEST) / need).min())
            need = np.minimum(np.array([row[3], row[2]]) * zoom + 2 * _MARGIN, _LARGEST)
        rows, columns = (int(np.ceil(v / 4)) * 4 for v in need)
        return cls(row, (rows, columns), zoom)

    def places(self) -> tuple[Float32Array, Float32Array, Float32Array, Float32Array]:
        """Of the frame's pixels: along (h, 1) and across (1, w) from the box's middle in pixels, x and y (h, w)."""
        h, w = self.shape
        along = ((np.arange(h, dtype=np.float32) + 0.5 - h / 2) / self.zoom)[:, None].astype(np.float32)
        across = ((np.arange(w, dtype=np.float32) + 0.5 - w / 2) / self.zoom)[None].astype(np.float32)
        s, c = np.float32(np.sin(self.row[4])), np.float32(np.cos(self.row[4]))
        x = np.float32(self.row[0] - 0.5) + across * c - along * s
        y = np.float32(self.row[1] - 0.5) + across * s + along * c
        return along, across, x, y


class Surroundings:
    """The maps of a cell from which frames are cut: (H, W) ``depth``, and of all boxes (N, 5) the nearest axes."""

    def __init__(self, front: Foreground, rows: FloatArray) -> None:
        self.front, self.rows = front, rows
        self.dark = np.minimum(_relative_depth(front) / 2, np.float32(1.5))
        self.ground: Float32Array = front.mask.astype(np.float32)
        shape = tuple(-(-n // _STEP) for n in front.mask.shape)
        self.first = np.full(shape, _FAR, np.float32)
        self.second = np.full(shape, _FAR, np.float32)
        self.nearest = np.full(shape, -1, np.int16)
        self.cover = np.zeros(shape, np.float32)
        for i, row in enumerate(rows):
            self._add(i, row)

    def _add(self, i: int, row: FloatArray) -> None:
        breadth = self.breadth(row)
        points = corners(row[None])[0]
        reach = (_FAR - 0.5) * breadth
        x1, y1 = (max(int((points[:, k].min() - reach) / _STEP), 0) for k in (0, 1))
        x2, y2 = (int((points[:, k].max() + reach) / _STEP) + 1 for k in (0, 1))
        part = np.s_[y1 : min(y2, self.first.shape[0]), x1 : min(x2, self.first.shape[1])]
        first = self.first[part]
        if first.size == 0:
            return
        dx = ((np.arange(first.shape[1], dtype=np.float32) + x1) * _STEP + 0.5 * _STEP - np.float32(row[0]))[None]
        dy = ((np.arange(first.shape[0], dtype=np.float32) + y1) * _STEP + 0.5 * _STEP - np.float32(row[1]))[:, None]
        s, c = np.float32(np.sin(row[4])), np.float32(np.cos(row[4]))
        along, across = np.abs(dy * c - dx * s), np.abs(dx * c + dy * s)
        self.cover[part] += (along <= row[3] / 2) & (across <= row[2] / 2)
        far = _axis_distance(along, across, row) / np.float32(breadth)
        nearer = far < first
        second = self.second[part]
        np.copyto(second, np.where(nearer, first, np.minimum(second, far)))
        np.copyto(first, far, where=nearer)
        self.nearest[part][nearer] = i

    def breadth(self, row: FloatArray) -> float:
        """A box's breadth, not less than six tenths of the typical width."""
        return max(float(min(row[2], row[3])), 0.6 * self.front.width)

    def frame(self, i: int, row: FloatArray | None = None) -> tuple[Frame, Float32Array]:
        """What the network sees of box ``i`` (as ``row``, where it is moved a little): (channels, h, w) float32."""
        own = self.rows[i] if row is None else row
        frame = Frame.of(own, self.front.width)
        along, across, x, y = frame.places()
        seen = np.empty((CHANNELS, *frame.shape), np.float32)
        seen[0] = cv2.remap(self.dark, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        seen[1] = cv2.remap(self.ground, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        v, u = np.abs(along), np.abs(across)
        seen[2] = np.minimum(_axis_distance(v, u, own) / np.float32(self.breadth(own)), _FAR) / _FAR
        seen[3] = np.clip(np.maximum(v - own[3] / 2, u - own[2] / 2) / self.front.width, -1, 1)
        ix = np.clip((x / _STEP).astype(np.int32), 0, self.first.shape[1] - 1)
        iy = np.clip((y / _STEP).astype(np.int32), 0, self.first.shape[0] - 1)
        seen[4] = np.where(self.nearest[iy, ix] == i, self.second[iy, ix], self.first[iy, ix]) / _FAR
        seen[5] = np.clip(self.cover[iy, ix] - (seen[3] <= 0), 0, 3) / 3
        return frame, seen


def _relative_depth(front: Foreground) -> Float32Array:
    """Depth below the background (H, W) in that of the chromosomes' middle."""
    inside = front.depth[front.mask]
    usual = max(float(np.median(inside)), 1.0) if inside.size else 1.0
    return front.depth / np.float32(usual)


def pixel_terms(front: Foreground) -> list[Float32Array]:
    """What the picture's own pixels (H, W) say of where chromosomes end: a frame's pixels are coarser than these.

    Depth, the same cut at two heights (rims are pale), depth about the pixel, and the foreground.
    """
    dark = _relative_depth(front)
    about: Float32Array = cv2.GaussianBlur(dark, (0, 0), 0.12 * front.width).astype(np.float32)
    low, middle = (np.minimum(dark, np.float32(most)) for most in (0.3, 0.6))
    return [dark, middle, low, about, front.mask.astype(np.float32)]


def _axis_distance(along: Float32Array, across: Float32Array, row: FloatArray) -> Float32Array:
    """Distance to a box's axis, half its width left off at both ends, from absolute distances along and across."""
    short, long = min(row[2], row[3]), max(row[2], row[3])
    if row[2] > row[3]:
        along, across = across, along
    beyond = np.maximum(along - np.float32((long - short) / 2), 0)
    return np.asarray(np.hypot(across, beyond), dtype=np.float32)


class OwnershipNet:
    """A U-net of two scales in numpy, over blocks of 2 × 2 frame pixels: 3 × 3 kernels, zero outside, ReLU.

    The blocks keep it quick: what is near lies in the channels, and the widest maps have a quarter of the pixels.
    """

    STAGES: Final = (("half1", 1), ("half2", 1), ("quarter1", 1), ("quarter2", 2), ("quarter3", 1), ("up", 1))
    """Each convolution and how far apart its taps lie."""

    def __init__(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.kernels: dict[str, tuple[Float32Array, Float32Array]] = {}
        for name in [*(name for name, _ in self.STAGES), "out"]:
            weight = np.asarray(tensors[f"{name}.weight"], dtype=np.float32)
            # (outputs, inputs, 3, 3) → rows in the order in which patches are laid out
            flat = np.ascontiguousarray(weight.transpose(2, 3, 1, 0).reshape(-1, weight.shape[0]))
            self.kernels[name] = (flat, np.asarray(tensors[f"{name}.bias"], dtype=np.float32))
        known = tensors.get(PIXELS)
        self.pixels: Float32Array = np.eye(1, _PIXEL_TERMS, dtype=np.float32)[0]
        if known is not None and np.shape(known) == (_PIXEL_TERMS,):
            self.pixels = np.asarray(known, dtype=np.float32)

    def pixel_odds(self, front: Foreground) -> Float32Array:
        """What the picture's pixels (H, W) add to the network's log odds times the first of ``pixels``."""
        total = np.full(front.mask.shape, self.pixels[1], np.float32)
        if self.pixels[2:].any():
            for weight, term in zip(self.pixels[2:], pixel_terms(front), strict=True):
                total += weight * term
        return total

    def __call__(self, seen: Float32Array) -> Float32Array:
        """Log odds (N, h, w) of frames (N, channels, h, w) whose sides are multiples of 4."""
        n, c, h, w = seen.shape
        blocks = seen.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 2, 4, 1, 3, 5).reshape(n, h // 2, w // 2, 4 * c)
        stages = dict(self.STAGES)
        half = self._convolve("half2", self._convolve("half1", blocks))
        x = (half[:, ::2, ::2] + half[:, 1::2, ::2] + half[:, ::2, 1::2] + half[:, 1::2, 1::2]) * np.float32(0.25)
        for name in ("quarter1", "quarter2", "quarter3"):
            x = self._convolve(name, x, stages[name])
        x = self._convolve("up", np.concatenate([x.repeat(2, axis=1).repeat(2, axis=2), half], -1))
        kernel, bias = self.kernels["out"]
        odds = (x.reshape(-1, x.shape[-1]) @ kernel + bias).reshape(n, h // 2, w // 2, 2, 2)
        return np.ascontiguousarray(odds.transpose(0, 1, 3, 2, 4).reshape(n, h, w))

    def _convolve(self, name: str, x: Float32Array, apart: int = 1) -> Float32Array:
        kernel, bias = self.kernels[name]
        n, h, w, c = x.shape
        padded = np.zeros((n, h + 2 * apart, w + 2 * apart, c), np.float32)
        padded[:, apart:-apart, apart:-apart] = x
        patches = np.empty((n, h, w, 9 * c), np.float32)
        for k in range(9):
            dy, dx = (apart * step for step in divmod(k, 3))
            patches[..., k * c : (k + 1) * c] = padded[:, dy : dy + h, dx : dx + w]
        found = patches.reshape(-1, 9 * c) @ kernel
        found += bias
        np.maximum(found, 0, out=found)
        return found.reshape(n, h, w, -1)


@lru_cache(maxsize=1)
def shipped_net() -> OwnershipNet | None:
    """The network that comes with the program; None where its file is missing or of another network."""
    try:
        return OwnershipNet(load_file(resource("weights", WEIGHTS)))
    except (OSError, SafetensorError, KeyError, ValueError):
        return None


def own_masks(front: Foreground, rows: FloatArray, net: OwnershipNet) -> dict[int, tuple[BoolArray, int, int, float]]:
    """For each of the boxes (N, 5) a mask crop, its left upper pixel x, y, and how certain it is (0.5–1).

    Boxes for which the network finds nothing are left out.
    """
    around, pixel_odds = Surroundings(front, rows), net.pixel_odds(front)
    groups: dict[tuple[int, int], list[tuple[int, Frame, Float32Array]]] = {}
    for i in range(len(rows)):
        frame, seen = around.frame(i)
        groups.setdefault(frame.shape, []).append((i, frame, seen))
    found = {}
    for members in groups.values():
        for (i, frame, _), odds in zip(members, net(np.stack([seen for *_, seen in members])), strict=True):
            mask = mask_in_picture(odds, frame, pixel_odds, float(net.pixels[0]))
            if mask is not None and mask[0].sum() >= _FEWEST:
                sure = odds[odds > 0]  # none where the picture's own pixels alone made the mask
                found[i] = (*mask, float((1 / (1 + np.exp(-sure))).mean()) if sure.size else _UNSURE)
    return found


def mask_in_picture(
    odds: Float32Array, frame: Frame, pixel_odds: Float32Array, weight: float
) -> tuple[BoolArray, int, int] | None:
    """Log odds of a frame, and of the picture's pixels, as the largest piece of a mask: crop and left upper pixel."""
    (x1, y1, x2, y2), placed = in_picture(odds, frame, pixel_odds.shape)
    if placed is None:
        return None
    # outlines are smooth: what single pixels say is grain
    odds_here = cv2.GaussianBlur(placed * np.float32(weight) + pixel_odds[y1:y2, x1:x2], (0, 0), _GRAIN)
    # thin spurs are what is left of a neighbour's rim; stalks are wider
    side = max(round(_SPUR * COLUMNS / frame.zoom) | 1, 3)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    best: tuple[BoolArray, int, int] | None = None
    for level in _LEVELS:
        own = (odds_here > level) & (placed > level - _UNDECIDED)
        best = _largest_piece(cv2.morphologyEx(own.astype(np.uint8), cv2.MORPH_OPEN, kernel), x1, y1)
        if best is not None:
            break
    if best is None:
        return None
    unit = COLUMNS / frame.zoom
    short = _missing(best, frame.row)
    for level in _LEVELS[1:]:
        if short.max() <= _SHORT * unit:
            break
        # an end that lies on another chromosome is doubtful: there, and only there, less is asked for
        own |= (odds_here > level) & (placed > level - _UNDECIDED) & _beside(short, frame.row, (x1, y1, x2, y2), unit)
        found = _largest_piece(cv2.morphologyEx(own.astype(np.uint8), cv2.MORPH_OPEN, kernel), x1, y1)
        if found is not None:
            best, short = found, _missing(found, frame.row)
    return best


def _beside(short: FloatArray, row: FloatArray, crop: tuple[int, int, int, int], unit: float) -> BoolArray:
    """Pixels of a crop x1, y1, x2, y2 that lie beside a side of the box which a mask keeps away from."""
    x1, y1, x2, y2 = crop
    s, c = np.sin(row[4]), np.cos(row[4])
    dx = (np.arange(x1, x2, dtype=np.float32) + np.float32(0.5 - row[0]))[None]
    dy = (np.arange(y1, y2, dtype=np.float32) + np.float32(0.5 - row[1]))[:, None]
    along, across = dy * np.float32(c) - dx * np.float32(s), dx * np.float32(c) + dy * np.float32(s)
    inside: BoolArray = np.zeros(along.shape, np.bool_)
    for missing, place, half in zip(short, (along, -along, across, -across), row[[3, 3, 2, 2]] / 2, strict=True):
        if missing > _SHORT * unit:
            inside |= place > np.float32(half - missing - _BACK * unit)
    return inside


def _largest_piece(inside: npt.NDArray[np.generic], x: int, y: int) -> tuple[BoolArray, int, int] | None:
    """The largest piece of a mask whose left upper pixel is x, y: crop and left upper pixel."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.asarray(inside, np.uint8), connectivity=8)
    if count < 2:
        return None
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    left, top, wide, high, _ = stats[best]
    crop = labels[top : top + high, left : left + wide] == best
    return np.ascontiguousarray(crop), x + int(left), y + int(top)


def _missing(found: tuple[BoolArray, int, int], row: FloatArray) -> FloatArray:
    """By how many pixels a mask keeps away from the lower, upper, right and left side of its box, (4,)."""
    mask, x, y = found
    ys, xs = np.nonzero(mask)
    dx, dy = xs + (x + 0.5 - row[0]), ys + (y + 0.5 - row[1])
    s, c = np.sin(row[4]), np.cos(row[4])
    along, across = dy * c - dx * s, dx * c + dy * s
    half = row[[3, 3, 2, 2]] / 2
    return np.asarray(half - [along.max(), -along.min(), across.max(), -across.min()], np.float64)


def in_picture(
    odds: Float32Array, frame: Frame, shape: tuple[int, ...]
) -> tuple[tuple[int, int, int, int], Float32Array | None]:
    """Log odds (h, w) of a frame in the pixels of a picture ``shape``: x1, y1, x2, y2 of the crop, and the crop.

    None where the frame lies outside the picture.
    """
    h, w = frame.shape
    reach = np.array([w, h]) / frame.zoom
    points = corners(np.array([[*frame.row[:2], *reach, frame.row[4]]]))[0]
    x1, y1 = (int(np.clip(np.floor(points[:, k].min()), 0, shape[1 - k] - 1)) for k in (0, 1))
    x2, y2 = (int(np.clip(np.ceil(points[:, k].max()) + 1, 1, shape[1 - k])) for k in (0, 1))
    if x2 <= x1 or y2 <= y1:
        return (x1, y1, x2, y2), None
    s, c, k = np.sin(frame.row[4]), np.cos(frame.row[4]), frame.zoom
    cx, cy = frame.row[0] - 0.5, frame.row[1] - 0.5
    # from a pixel of the crop to a place in the frame, as cv2.warpAffine takes it
    matrix = np.array(
        [
            [k * c, k * s, k * (c * (x1 - cx) + s * (y1 - cy)) + w / 2 - 0.5],
            [-k * s, k * c, k * (-s * (x1 - cx) + c * (y1 - cy)) + h / 2 - 0.5],
        ]
    )
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    placed = cv2.warpAffine(odds, matrix, (x2 - x1, y2 - y1), flags=flags, borderValue=-2 * _UNDECIDED)
    return (x1, y1, x2, y2), placed.astype(np.float32, copy=False)
