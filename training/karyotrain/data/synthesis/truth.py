"""What is exactly known of a made cell, and how it is written beside the pictures.

Coordinates are pixels with the left upper corner of the picture at (0, 0), so that the centre of
the first pixel is (0.5, 0.5) and boxes run along pixel edges, as in COCO.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.coco import CocoDocument
from karyoview.core.chromosome import CLASS_NAMES, CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box, box_from_corners
from karyoview.core.runlength import encode_mask
from karyoview.io.atomic import write_atomic

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Below this aspect the long side says little, and the line between the arms decides what is "along".
_CLEAR_ASPECT: Final = 1.25


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """One chromosome in its place, before the cell is put together.

    ``absorbance`` and ``mask`` are (h, w) float32 and bool with their left upper pixel at
    ``offset`` (x, y); ``axis`` is (K, 2) x, y from p to q; ``centromere`` None where it is unknown.
    """

    label: int
    absorbance: npt.NDArray[np.float32]
    mask: BoolArray
    offset: tuple[int, int]
    axis: FloatArray
    centromere: tuple[float, float] | None = None
    polarity_known: bool = True
    source: str = ""

    def moved(self, dx: int, dy: int) -> Placed:
        """The same chromosome moved by whole pixels."""
        centre = None if self.centromere is None else (self.centromere[0] + dx, self.centromere[1] + dy)
        offset = (self.offset[0] + dx, self.offset[1] + dy)
        return replace(self, offset=offset, axis=self.axis + np.array([dx, dy]), centromere=centre)

    def window(self, top: int, bottom: int, left: int, right: int) -> Placed:
        """The part of its crop in these rows and columns, in the same place."""
        part = np.s_[top:bottom, left:right]
        offset = (self.offset[0] + left, self.offset[1] + top)
        return replace(self, absorbance=self.absorbance[part], mask=self.mask[part], offset=offset)

    def trimmed(self, margin: int = 0) -> Placed:
        """The crop cut to the mask and ``margin`` px around it."""
        rows, columns = np.flatnonzero(self.mask.any(1)), np.flatnonzero(self.mask.any(0))
        top, left = max(int(rows[0]) - margin, 0), max(int(columns[0]) - margin, 0)
        return self.window(top, int(rows[-1]) + 1 + margin, left, int(columns[-1]) + 1 + margin)


@dataclass(frozen=True, slots=True, eq=False)
class ChromosomeTruth:
    """What is known of one chromosome of a made cell.

    ``label`` is the class index 0–23; ``mask`` (h, w) bool is whole where another chromosome lies
    over it, its left upper pixel at ``offset`` (x, y). ``axis`` is (K, 2) x, y from p to q. ``box``
    is the rectangle of least area around the mask, ``horizontal`` its horizontal box.
    ``overlap_pixels`` counts mask pixels that other chromosomes share, ``crossings`` holds
    (x, y, other) where two axes cross. Without ``polarity_known`` axis and box are right up to π.
    """

    label: int
    mask: BoolArray
    offset: tuple[int, int]
    axis: FloatArray
    centromere: tuple[float, float] | None
    box: Box
    horizontal: Box
    overlap_pixels: int
    crossings: tuple[tuple[float, float, int], ...] = ()
    polarity_known: bool = True
    source: str = ""

    def full_mask(self, shape: tuple[int, int]) -> BoolArray:
        """The mask in the whole picture, (H, W) bool."""
        full = np.zeros(shape, dtype=bool)
        h, w = self.mask.shape
        x, y = self.offset
        full[y : y + h, x : x + w] = self.mask
        return full


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticCell:
    """A made metaphase: ``image`` (H, W) uint8 or uint16, its truth, and how it was made."""

    image: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
    truth: tuple[ChromosomeTruth, ...]
    karyotype: str = ""
    info: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def boxes(self) -> FloatArray:
        """Horizontal boxes (N, 4) x1, y1, x2, y2 in pixels."""
        return np.asarray([t.horizontal.to_xyxy() for t in self.truth], dtype=np.float64).reshape(-1, 4)

    def labels(self) -> npt.NDArray[np.int64]:
        """Class indices (N,) int64."""
        return np.asarray([t.label for t in self.truth], dtype=np.int64)

    def severe_overlap(self) -> float:
        """The share of truths whose horizontal box has Σ IoG ≥ 0.5 with the other boxes."""
        return float(np.mean(sum_iog(self.boxes()) >= 0.5)) if self.truth else 0.0


def sum_iog(boxes: FloatArray) -> FloatArray:
    """For each horizontal box (N, 4), the intersections with the others by its own area, summed."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = np.prod(np.clip(high - low, 0.0, None), -1)
    np.fill_diagonal(common, 0.0)
    return np.asarray(common.sum(1) / np.maximum(np.prod(boxes[:, 2:] - boxes[:, :2], 1), 1e-9), dtype=np.float64)


def least_box(mask: BoolArray, offset: tuple[int, int], axis: FloatArray) -> Box:
    """The rectangle of least area around a mask, its angle by the axis (short arm up at 0)."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    points = np.concatenate([c.reshape(-1, 2) for c in contours]).astype(np.float32)
    spread = np.concatenate([points + d for d in ((0, 0), (1, 0), (0, 1), (1, 1))]).astype(np.float32)
    quad = cv2.boxPoints(cv2.minAreaRect(spread)).astype(np.float64) + offset
    third = max(len(axis) // 3, 1)
    towards_p = axis[:third].mean(0) - axis[-third:].mean(0)
    sides = quad[1] - quad[0], quad[2] - quad[1]
    lengths = [math.hypot(*s) for s in sides]
    if max(lengths) >= _CLEAR_ASPECT * min(lengths):
        along = int(lengths[1] > lengths[0])
    else:
        along = int(abs(towards_p @ sides[1]) / lengths[1] > abs(towards_p @ sides[0]) / lengths[0])
    # Turn the quadrilateral until it reads p-left, p-right, q-right, q-left.
    quad = np.roll(quad, -1, 0) if along == 0 else quad
    quad = quad if towards_p @ (quad[0] - quad[3]) >= 0 else np.roll(quad, 2, 0)
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    if across[0] * down[1] - across[1] * down[0] < 0:
        quad = quad[[1, 0, 3, 2]]
    return box_from_corners(quad)


def cell_truth(
    placed: Sequence[Placed], shape: tuple[int, int], least_visible: float = 0.3
) -> tuple[ChromosomeTruth, ...]:
    """The truth of placed chromosomes in a picture (H, W); what lies outside the frame is cut off.

    Chromosomes of which less than ``least_visible`` of the mask is in the frame are left out.
    """
    kept = [c for item in placed if (c := _cut(item, shape, least_visible)) is not None]
    cover = np.zeros(shape, dtype=np.uint8)
    for item in kept:
        h, w = item.mask.shape
        cover[item.offset[1] : item.offset[1] + h, item.offset[0] : item.offset[0] + w] += item.mask
    crossings = _crossings([item.axis for item in kept])
    found = []
    for i, item in enumerate(kept):
        (h, w), (x, y) = item.mask.shape, item.offset
        shared = int((item.mask & (cover[y : y + h, x : x + w] > 1)).sum())
        found.append(
            ChromosomeTruth(
                item.label, item.mask, item.offset, item.axis, item.centromere,
                least_box(item.mask, item.offset, item.axis), Box.from_xyxy(x, y, x + w, y + h),
                shared, crossings[i], item.polarity_known, item.source,
            )
        )  # fmt: skip
    return tuple(found)


def _cut(item: Placed, shape: tuple[int, int], least_visible: float) -> Placed | None:
    """The part of a chromosome inside the frame, its mask trimmed to its own bounds."""
    h, w = item.mask.shape
    x, y = item.offset
    top, left, bottom, right = max(-y, 0), max(-x, 0), min(shape[0] - y, h), min(shape[1] - x, w)
    if bottom <= top or right <= left:
        return None
    inside = item.window(top, bottom, left, right)
    return None if inside.mask.sum() < max(least_visible * item.mask.sum(), 20) else inside.trimmed()


def _crossings(axes: Sequence[FloatArray]) -> list[tuple[tuple[float, float, int], ...]]:
    """For each axis the points (x, y, other) where another axis crosses it."""
    found: list[list[tuple[float, float, int]]] = [[] for _ in axes]
    lows, highs = [a.min(0) for a in axes], [a.max(0) for a in axes]
    for i in range(len(axes)):
        for j in range(i + 1, len(axes)):
            if (lows[i] > highs[j]).any() or (lows[j] > highs[i]).any():
                continue
            for x, y in _line_crossings(axes[i], axes[j]):
                found[i].append((x, y, j))
                found[j].append((x, y, i))
    return [tuple(rows) for rows in found]


def _line_crossings(a: FloatArray, b: FloatArray) -> list[tuple[float, float]]:
    """Points where the segments of two polylines cross."""
    p, r = a[:-1, None], np.diff(a, axis=0)[:, None]
    q, s = b[None, :-1], np.diff(b, axis=0)[None]
    cross = r[..., 0] * s[..., 1] - r[..., 1] * s[..., 0]
    gap = q - p
    safe = np.where(np.abs(cross) < 1e-12, np.inf, cross)
    t = (gap[..., 0] * s[..., 1] - gap[..., 1] * s[..., 0]) / safe
    u = (gap[..., 0] * r[..., 1] - gap[..., 1] * r[..., 0]) / safe
    rows, columns = np.nonzero((t >= 0) & (t < 1) & (u >= 0) & (u < 1) & np.isfinite(safe))
    return [tuple((a[i] + t[i, j] * (a[i + 1] - a[i])).tolist()) for i, j in zip(rows, columns, strict=True)]


class CocoTruth(CocoDocument):
    """The truth of a case as a COCO document, cell by cell.

    Beside the usual fields each annotation has ``rotated_box`` (cx, cy, w, h, angle as in
    karyoview.core.geometry), ``axis`` from p to q, ``centromere``, ``overlap_pixels`` and
    ``crossings`` as (x, y, id of the other annotation).
    """

    def add(self, cell: SyntheticCell, name: str) -> None:
        """Add one cell under its file name."""
        size, first = (int(cell.image.shape[0]), int(cell.image.shape[1])), len(self.annotations) + 1
        self.add_image(name, size, karyotype=cell.karyotype, **cell.info)
        for item in cell.truth:
            self.add_box(item.horizontal.to_xyxy(), item.label, **_known(item, size, first))

    def to_dict(self) -> dict[str, Any]:
        """The whole document, with the 24 classes as categories 1–24."""
        categories = [{"id": c.index + 1, "name": c.name, "supercategory": "chromosome"} for c in CLASSES]
        return super().to_dict() | {"categories": categories}


def _known(item: ChromosomeTruth, size: tuple[int, int], first: int) -> dict[str, Any]:
    """What is known of a chromosome beside box and class; ``first`` is the id of its cell's first annotation."""
    box = item.box
    row: dict[str, Any] = {
        "area": int(item.mask.sum()),
        "segmentation": {"size": list(size), "counts": encode_mask(item.full_mask(size))},
        "rotated_box": [*(round(v, 3) for v in (box.cx, box.cy, box.w, box.h)), round(box.angle, 6)],
        "axis": [[round(x, 2), round(y, 2)] for x, y in item.axis.tolist()],
        "overlap_pixels": item.overlap_pixels,
        "crossings": [[round(x, 2), round(y, 2), first + other] for x, y, other in item.crossings],
    }
    if item.centromere is not None:
        row["centromere"] = [round(v, 2) for v in item.centromere]
    if not item.polarity_known:
        row["polarity_known"] = False
    if item.source:
        row["source"] = item.source
    return row


_ENCODINGS: Final = {
    "png": (".png", [cv2.IMWRITE_PNG_COMPRESSION, 9]),
    "webp": (".webp", [cv2.IMWRITE_WEBP_QUALITY, 88]),
    "tif": (".tif", []),
}


def write_case(
    folder: Path, cells: Iterable[SyntheticCell], *, form: str = "png", info: Mapping[str, Any] | None = None
) -> Path:
    """Write the pictures as an ordinary case folder and ``truth.json`` beside them; returns the truth's path.

    ``cells`` may be a generator: each is written as it comes. ``form`` is png, webp (8 bit only) or
    tif. Nothing is written as review. Raises KaryoViewError for a folder that is not empty, another
    form, or 16 bit as webp.
    """
    if form not in _ENCODINGS:
        raise KaryoViewError(f"There is no picture form {form!r}; choose one of {', '.join(_ENCODINGS)}.")
    suffix, options = _ENCODINGS[form]
    folder = Path(folder)
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir())):
        raise KaryoViewError(f"{folder} is not empty; choose a new folder for the synthetic case.")
    folder.mkdir(parents=True, exist_ok=True)
    truth = CocoTruth(info=dict(info or {}))
    for number, cell in enumerate(cells, start=1):
        if form == "webp" and cell.image.dtype != np.uint8:
            raise KaryoViewError("WebP holds 8 bits a pixel; write 16 bit cells as png or tif.")
        name = f"cell-{number:03d}{suffix}"
        good, data = cv2.imencode(suffix, np.ascontiguousarray(cell.image), options)
        if not good:
            raise KaryoViewError(f"{folder / name} could not be encoded as {form}; choose another form.")
        write_atomic(folder / name, data.tobytes())
        truth.add(cell, name)
    path = folder / "truth.json"
    write_atomic(path, (json.dumps(truth.to_dict(), separators=(",", ":"), ensure_ascii=False) + "\n").encode())
    return path


def truth_hash(cell: SyntheticCell) -> str:
    """SHA-256 of a cell's truth: classes, masks in place, and box, axis and centromere to a tenth of a pixel."""
    digest = hashlib.sha256(f"{cell.image.shape} {cell.karyotype}".encode())
    for item in cell.truth:
        digest.update(f"{CLASS_NAMES[item.label]} {item.offset} {item.mask.shape} {item.overlap_pixels}".encode())
        digest.update(np.packbits(item.mask).tobytes())
        ends = np.rint(np.array([item.axis[0], item.axis[-1], item.centromere or (0.0, 0.0)]) * 10).astype(np.int64)
        digest.update(ends.tobytes())
    return digest.hexdigest()
