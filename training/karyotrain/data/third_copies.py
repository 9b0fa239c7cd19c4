"""Real cells with one more chromosome: an isolated real homologue of another case pasted into free ground.

``karyotrain.engines.train_cell_context --third`` teaches with such cells of the training cases that a third copy
counts as two do,
and ``karyotrain.studies.trisomy`` measures it with such cells of the fit cases or of ``val``. What is
pasted stays on the disk of whoever owns the pictures.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.cells import Cell
from karyotrain.data.coco import read_coco, subset
from karyotrain.data.errors import DataError
from karyotrain.data.synthesis.library import PasteLibrary, Piece
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import iou_xyxy
from karyoview.imaging.masks import find_foreground

EXTRA: Final = ("13", "18", "21", "X", "Y")
"""The chromosomes whose third copy (of Y the second) is met in people."""
EXTRA_LABELS: Final = tuple(i for i, c in enumerate(CLASSES) if c.label in EXTRA)
_GAP: Final = 7  # px between the pasted chromosome and everything else
_BEYOND: Final = 30  # px around the hull of the cell's boxes, where a chromosome still belongs to the cell
_DARK: Final = 0.3  # of the way from ground to chromosome: a nucleus or a blot
_DARKEST: Final = 2.2  # absorbance; no stain is darker


@dataclass(frozen=True, slots=True, eq=False)
class Pasted:
    """A ``cell`` with one more chromosome than ``before``: ``label`` its class 0–23, ``place`` its row among the
    boxes, ``source`` the picture that it was cut from."""

    before: Cell
    cell: Cell
    label: int
    place: int
    source: str


def margin_of(cells: Sequence[Cell], library: PasteLibrary, pieces: int = 200) -> float:
    """How far (px, median over sides) the boxes of ``cells`` stand off the masks of the chromosomes cut from them."""
    known = {Path(c.name).stem: c for c in cells}
    off = []
    for index in np.linspace(0, len(library.labels) - 1, min(pieces, len(library.labels))).astype(int):
        piece = library.piece(int(index))
        cell = known.get(Path(library.names[piece.picture]).stem)
        if cell is None:
            continue
        ys, xs = np.nonzero(piece.mask)
        x, y = piece.place
        own = np.array([xs.min() + x, ys.min() + y, xs.max() + x + 1, ys.max() + y + 1], np.float64)
        box = cell.boxes[iou_xyxy(own[None], cell.boxes)[0].argmax()]
        off.append(np.concatenate([own[:2] - box[:2], box[2:] - own[2:]]))
    return float(np.median(off)) if off else 0.0


def paste_one(
    cell: Cell, library: PasteLibrary, label: int, rng: np.random.Generator, tries: int = 12, margin: float = 0.0
) -> Pasted | None:
    """The cell with one more isolated chromosome of class ``label`` from another case; None where there is no room.

    The piece is brought to the cell's scale and tone, turned by quarters and mirrored; light is absorbed by it
    as by the others. It lies on light ground among the other chromosomes, where a homologue of the cell would.
    Its box stands ``margin`` px off its mask, as the cell's other boxes do.
    """
    own = next((i for i, name in enumerate(library.names) if Path(name).stem == Path(cell.name).stem), None)
    foreign = [
        i
        for i in np.flatnonzero(library.labels == label)
        if _case_of(library.names[library.pictures[i]]) != _case_of(cell.name)
    ]
    if own is None or not foreign or library.scales[own] <= 0:
        return None
    free = np.asarray(cv2.distanceTransform(np.pad(1 - _taken(cell), 1), cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)
    for index in rng.choice(foreign, min(tries, len(foreign)), replace=False):
        piece = library.piece(int(index))
        ratio = float(np.clip(library.scales[own] / library.scales[piece.picture], 0.75, 1.33))
        tone = float(np.clip(library.tones[own] / max(library.tones[piece.picture], 0.05), 0.5, 2.0))
        absorbance, mask = _fitted(piece, ratio, tone, rng)
        corner = _room_for(mask, free, rng)
        if corner is not None:
            return _laid(cell, absorbance, mask, corner, label, library.names[piece.picture], margin)
    return None


def _taken(cell: Cell) -> npt.NDArray[np.uint8]:
    """1 where nothing may be pasted (H, W): chromosomes and their boxes, whatever is dark, and outside the spread."""
    front = find_foreground(cell.pixels, cell.boxes).mask.astype(np.uint8)
    boxed = np.zeros_like(front)
    for x1, y1, x2, y2 in np.rint(cell.boxes).astype(int).tolist():
        boxed[max(y1, 0) : y2, max(x1, 0) : x2] = 1
    ground = np.median(cell.pixels[(front | boxed) == 0])
    stained = np.median(cell.pixels[(front & boxed) > 0]) if (front & boxed).any() else 0.0
    # a nucleus is no foreground by itself, but nobody would see a chromosome that lies on it
    dark = cv2.GaussianBlur(cell.pixels, (0, 0), 2.0) < ground - _DARK * (ground - stained)
    corners = cell.boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 1, 2)
    spread = np.zeros_like(front)
    cv2.fillConvexPoly(spread, cv2.convexHull(np.rint(corners).astype(np.int32)), 1)
    reach = 2 * _BEYOND + 1
    wide = cv2.dilate(spread, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    return np.asarray(np.maximum.reduce([front, boxed, dark.astype(np.uint8), 1 - wide]), np.uint8)


def _case_of(name: str) -> str:
    """The case of an image of this data set: its number less the last digit."""
    return Path(name).stem[:-1]


def _fitted(
    piece: Piece, ratio: float, tone: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    soft = cv2.GaussianBlur(cv2.dilate(piece.mask.astype(np.float32), np.ones((5, 5))), (0, 0), 1.0)
    shape = max(round(piece.mask.shape[1] * ratio), 4), max(round(piece.mask.shape[0] * ratio), 4)
    absorbance = cv2.resize(piece.absorbance * soft, shape, interpolation=cv2.INTER_CUBIC) * np.float32(tone)
    mask = cv2.resize(piece.mask.astype(np.uint8), shape, interpolation=cv2.INTER_NEAREST) > 0
    turns, mirror = int(rng.integers(4)), rng.random() < 0.5
    absorbance, mask = np.rot90(absorbance, turns), np.rot90(mask, turns)
    if mirror:
        absorbance, mask = absorbance[:, ::-1], mask[:, ::-1]
    return np.ascontiguousarray(absorbance, np.float32), np.ascontiguousarray(mask)


def _room_for(
    mask: npt.NDArray[np.bool_], free: npt.NDArray[np.float32], rng: np.random.Generator
) -> tuple[int, int] | None:
    """Where (x, y) the crop may lie so that its mask keeps the gap to what is there and to the frame."""
    h, w = mask.shape
    if free.shape[0] < h or free.shape[1] < w:
        return None
    taken = (free < _GAP).astype(np.float32)
    taken[:3], taken[-3:], taken[:, :3], taken[:, -3:] = 1, 1, 1, 1
    touched = cv2.matchTemplate(taken, mask.astype(np.float32), cv2.TM_CCORR)
    ys, xs = np.nonzero(touched < 0.5)
    if len(ys) == 0:
        return None
    pick = int(rng.integers(len(ys)))
    return int(xs[pick]), int(ys[pick])


def _laid(
    cell: Cell, absorbance: npt.NDArray[np.float32], mask: npt.NDArray[np.bool_], corner: tuple[int, int],
    label: int, source: str, margin: float,
) -> Pasted:  # fmt: skip
    x, y = corner
    h, w = mask.shape
    pixels = cell.pixels.astype(np.float32)
    part = pixels[y : y + h, x : x + w]
    part *= np.exp(-np.clip(absorbance, 0, _DARKEST))
    ys, xs = np.nonzero(mask)
    box = np.array([[xs.min() + x, ys.min() + y, xs.max() + x + 1, ys.max() + y + 1]], np.float64)
    box += margin * np.array([-1, -1, 1, 1])
    box = box.clip(0, np.tile(cell.pixels.shape[::-1], 2))
    changed = replace(
        cell,
        pixels=np.clip(np.rint(pixels), 0, 255).astype(np.uint8),
        boxes=np.concatenate([cell.boxes, box]),
        labels=np.append(cell.labels, label),
    )
    return Pasted(cell, changed, label, len(cell.labels), source)


def pasted_cells(
    cells: Sequence[Cell], library: PasteLibrary, labels: Sequence[int], wanted: int | None = None, seed: int = 0
) -> tuple[list[Pasted], int]:
    """Up to ``wanted`` cells (None: all) with one more chromosome, the classes ``labels`` in turn; and how many had
    no room, or no piece, for it."""
    made: list[Pasted] = []
    refused, margin = 0, margin_of(cells, library)
    for i, cell in enumerate(cells):
        if len(made) == wanted:
            break
        one = paste_one(cell, library, labels[len(made) % len(labels)], np.random.default_rng((seed, i)), margin=margin)
        if one is None:
            refused += 1
        else:
            made.append(one)
    return made, refused


def library_of(data: Path, split: str, cells: Sequence[Cell], folder: Path, workers: int = 1) -> PasteLibrary:
    """The isolated chromosomes of just these ``cells`` of a split of ``data``, cut into ``folder`` or read from it.

    Raises DataError where ``data`` is no set with a COCO file of that split.
    """
    listed = data / ("val.json" if split == "val" else "train.json")
    if not listed.is_file():
        raise DataError(
            f"{listed} is missing; homologues are cut from a data set with train.json, val.json and images/."
        )
    names = {c.name for c in cells}
    document = subset(read_coco(listed), lambda image: image["file_name"] in names)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{split}-cells.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return PasteLibrary.build(data / "images", path, folder, workers=workers)
