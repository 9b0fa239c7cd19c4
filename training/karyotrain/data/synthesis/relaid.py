"""Whole cells laid out anew from straightened chromosomes, each cell in one look, with exact truth.

``python -m karyotrain.data.synthesis.relaid --straight FOLDER --cells 500 --empty 60 --output FOLDER`` writes a case of
them, from which a finder can learn beside real cells (``train_finder --extra``). Crops are those of
karyotrain.data.straight_crops, of cells that are not held out; a cell has the chromosomes of one cell of one
laboratory. Fields without a metaphase hold nuclei, specks and print, and no truth.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.cell_looks import CellLook, FloatImage, changed, draw_look, photographed
from karyotrain.data.errors import DataError
from karyotrain.data.straight_crops import CELL, CONFIDENCE, FOUND, LABEL, StraightCropSet, laboratories
from karyotrain.data.synthesis.layout import add_absorbance
from karyotrain.data.synthesis.optics import add_nucleus, smooth_field
from karyotrain.data.synthesis.truth import Placed, SyntheticCell, cell_truth, write_case
from karyoview.core.chromosome import CLASSES

SHARES: Final = MappingProxyType({"taichung": 0.48, "padova": 0.3, "pampaj": 0.22})
"""How often each laboratory's cells are laid out, of those that are there; others as often as OTHER_SHARE says."""
OTHER_SHARE: Final = 0.08
_THIRD_COPY: Final = 0.12  # of the cells have one chromosome more, of any class
_FEWEST, _MOST = 30, 60  # chromosomes of a cell; a slide of several cells has more, and two of each class are taken
_USABLE, _CLEAR = 60, 90  # percent of mask confidence
_ROOM: Final = {"apart": 6.5, "touching": 3.6, "crossing": 2.6}  # area of the spread by that of the chromosomes
_MOST_COVERED: Final = {"apart": 0.0, "touching": 0.06, "crossing": 0.3}  # of a chromosome, by those before it
_GAP: Final = 3  # px around chromosomes that lie apart
_TRIES: Final = 300
_DARKEST: Final = 0.95  # of the light that one chromosome holds back
_LEAST_PIXELS: Final = 20  # of a chromosome's mask
_AXIS_POINTS: Final = 24
_EMPTY_SIDE: Final = (300, 700)  # px
_SIGNS: Final = tuple("0123456789ABKMX.-/ ")
_FONTS: Final = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)


def lay_out(
    crops: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.integer],
    look: CellLook,
    rng: np.random.Generator,
    info: Mapping[str, object] = MappingProxyType({}),
) -> SyntheticCell:
    """A cell of straight chromosomes ``crops`` (N, 2, 256, 64) uint8 of classes ``labels`` (N,) in one look.

    The truth's masks are whole where another chromosome lies over them, its boxes their bounds; which end of an axis
    is p is not known. A chromosome that finds no place is left out of picture and truth.
    """
    items = []
    for crop, label in zip(crops, labels.tolist(), strict=True):
        straight = changed(crop, look, centromere=rng.uniform(-0.4, 0.4), widening=rng.uniform(0.94, 1.06))
        if straight is not None and (item := _bent(*straight, look, rng, label)) is not None:
            items.append(item)
    if not items:
        raise DataError("None of the crops shows a chromosome; cut them again.")
    placed, shape = _spread(items, look, rng)
    absorbance = np.zeros(shape, np.float32)
    for item in placed:
        add_absorbance(absorbance, item)
    return SyntheticCell(
        _photograph(absorbance, look, rng), cell_truth(placed, shape), info=MappingProxyType(dict(info))
    )


def empty_field(rng: np.random.Generator) -> SyntheticCell:
    """A field without a metaphase: ground, nuclei, specks, print; nothing in its truth."""
    look = replace(draw_look(rng), nuclei=int(rng.integers(0, 7)), specks=int(rng.integers(0, 60)))
    side = int(rng.uniform(*_EMPTY_SIDE))
    return SyntheticCell(_photograph(np.zeros((int(0.8 * side), side), np.float32), look, rng), ())


def _bent(dark: FloatImage, mask: FloatImage, look: CellLook, rng: np.random.Generator, label: int) -> Placed | None:
    """The straight chromosome turned to any direction and, where it is long, bent; about (0, 0)."""
    height, width = dark.shape
    bend = float(rng.normal(0, look.bend)) * height * 0.35 if height > 3 * width else 0.0
    side = int(math.hypot(height, width + 2 * (int(abs(bend)) + 3))) + 6
    turn = rng.uniform(0, 2 * math.pi)
    cos, sin = math.cos(turn), math.sin(turn)
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32) + np.float32(0.5 - side / 2)
    y = cos * rows - sin * columns
    x = cos * columns + sin * rows - _sag(y / (height / 2), bend)
    map_x, map_y = (x + (width / 2 - 0.5)).astype(np.float32), (y + (height / 2 - 0.5)).astype(np.float32)
    turned, share = (cv2.remap(a, map_x, map_y, cv2.INTER_LINEAR, borderValue=0) for a in (dark, mask))
    own = np.asarray(share > 0.5, dtype=np.bool_)
    if own.sum() < _LEAST_PIXELS:
        return None
    inside = np.flatnonzero((mask > 0.5).any(1))
    along = np.linspace(inside[0], inside[-1] + 1, _AXIS_POINTS) - height / 2
    across = _sag(along / (height / 2), bend)
    axis = np.stack([cos * across - sin * along, sin * across + cos * along], 1) + side / 2
    absorbance = -np.log1p(-np.clip(turned, 0, _DARKEST))
    return Placed(label, absorbance.astype(np.float32), own, (0, 0), axis, None, polarity_known=False)


def _sag(along: npt.NDArray[np.floating], bend: float) -> npt.NDArray[np.floating]:
    """How far (px) the axis of a chromosome lies aside at ``along`` (−1 … 1) of its length."""
    return bend * (along * along - 0.33) * 0.5


def _spread(items: Sequence[Placed], look: CellLook, rng: np.random.Generator) -> tuple[list[Placed], tuple[int, int]]:
    """The chromosomes in their places and the (height, width) of the picture; the largest are laid first."""
    reach = math.sqrt(sum(int(i.mask.sum()) for i in items) * _ROOM[look.arrangement] / math.pi)
    width = int(2 * reach * rng.uniform(1.15, 1.7) + 6 * look.width)
    shape = int(width * rng.uniform(0.75, 1.05)), width
    taken = np.zeros(shape, np.bool_)
    placed = []
    for item in sorted(items, key=lambda i: -int(i.mask.sum())):
        at = _free_place(item.mask, taken, look.arrangement, reach, rng)
        if at is None:
            continue
        there = item.moved(*at)
        ys, xs = np.nonzero(item.mask)
        taken[ys + at[1], xs + at[0]] = True
        placed.append(there)
    return placed, shape


def _free_place(
    mask: npt.NDArray[np.bool_],
    taken: npt.NDArray[np.bool_],
    arrangement: str,
    reach: float,
    rng: np.random.Generator,
) -> tuple[int, int] | None:
    """Left upper pixel (x, y) for a mask where it is whole in the picture and not too much covered, if there is one."""
    height, width = taken.shape
    side = len(mask)
    test = mask
    if arrangement == "apart":
        test = cv2.dilate(mask.astype(np.uint8), np.ones((2 * _GAP + 1, 2 * _GAP + 1))) > 0
    ys, xs = np.nonzero(mask)
    test_ys, test_xs = np.nonzero(test)
    most = _MOST_COVERED[arrangement] * len(ys)
    for number in range(_TRIES):
        angle, radius = rng.uniform(0, 2 * math.pi), reach * (0.8 + number / 200) * math.sqrt(rng.random())
        x = int(width / 2 + radius * math.cos(angle) - side / 2)
        y = int(height / 2 + 0.9 * radius * math.sin(angle) - side / 2)
        if x + xs.min() < 0 or y + ys.min() < 0 or x + xs.max() >= width or y + ys.max() >= height:
            continue
        rows, columns = np.clip(test_ys + y, 0, height - 1), np.clip(test_xs + x, 0, width - 1)
        if taken[rows, columns].sum() <= most:
            return x, y
    return None


def _photograph(absorbance: FloatImage, look: CellLook, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """The picture of chromosomes with what else lies on the slide or was printed on the picture."""
    shape = absorbance.shape[0], absorbance.shape[1]
    taken = absorbance > 0.05
    _add_nuclei(absorbance, taken, look, rng)
    dark = 1 - np.exp(-absorbance)
    for _ in range(look.specks):
        radius = look.width * rng.uniform(0.06, 0.5)
        at = _clear_of(taken, radius + 1, rng)
        if at is not None:
            size = int(8 * radius) + 4, int(8 * radius * rng.uniform(0.4, 1)) + 4
            speck = np.zeros(shape, np.float32)
            centre = int(8 * at[0]), int(8 * at[1])
            cv2.ellipse(speck, centre, size, rng.uniform(0, 180), 0, 360, 1.0, -1, shift=3)
            dark = np.maximum(dark, cv2.GaussianBlur(speck, (0, 0), 0.6) * np.float32(rng.uniform(0.2, 0.9)))
    _print(dark, look, rng)
    if look.halo:
        light = np.clip(cv2.GaussianBlur(dark, (0, 0), 0.4 * look.width) - dark, 0, 1)
        dark = dark - np.float32(0.25 * look.halo) * light
    ground = look.ground + look.uneven * smooth_field(rng, shape, 2)
    return photographed(ground * (1 - dark), look, rng)


def _add_nuclei(absorbance: FloatImage, taken: npt.NDArray[np.bool_], look: CellLook, rng: np.random.Generator) -> None:
    for _ in range(look.nuclei):
        radius = look.width * rng.uniform(1.3, 5.5)
        at = _clear_of(taken, radius, rng)
        if at is not None:
            add_nucleus(rng, absorbance, at, radius, -math.log(1 - rng.uniform(0.2, 0.65)))


def _clear_of(taken: npt.NDArray[np.bool_], radius: float, rng: np.random.Generator) -> tuple[float, float] | None:
    """A point (x, y) whose square of ``radius`` px holds no chromosome, if one is soon found."""
    for _ in range(60):
        x, y = rng.uniform(0, taken.shape[1]), rng.uniform(0, taken.shape[0])
        rows = slice(max(int(y - radius), 0), int(y + radius) + 1)
        if not taken[rows, max(int(x - radius), 0) : int(x + radius) + 1].any():
            return x, y
    return None


def _print(dark: FloatImage, look: CellLook, rng: np.random.Generator) -> None:
    """Text and scale bar in place, at the edges of the picture."""
    height, width = dark.shape
    if look.text:
        text = "".join(rng.choice(_SIGNS, int(rng.integers(2, 14))))
        place = int(rng.uniform(2, 0.6 * width)), int(rng.choice([0.06 * height + 12, height - 8]))
        page = np.zeros((height, width), np.uint8)
        font = _FONTS[int(rng.integers(len(_FONTS)))]
        cv2.putText(page, text, place, font, rng.uniform(0.4, 1.2), 255, int(rng.integers(1, 3)), cv2.LINE_AA)
        np.maximum(dark, page.astype(np.float32) * np.float32(rng.uniform(0.5, 1) / 255), out=dark)
    if look.scale_bar:
        x, y = int(rng.uniform(5, 0.7 * width)), int(height - rng.uniform(6, 25))
        far = x + int(rng.uniform(3, 9) * look.width), y + int(rng.integers(2, 7))
        cv2.rectangle(dark, (x, y), far, 1.0, -1)


@dataclass(frozen=True, slots=True, eq=False)
class CellCrops:
    """The straightened cells of one laboratory, of those held out or of the others.

    ``cells`` are the rows of each cell's chromosomes in ``crops``, ``clear`` for each class 0–23 the rows of clear
    crops, which stand in for chromosomes whose outline is doubtful.
    """

    crops: StraightCropSet
    cells: tuple[npt.NDArray[np.intp], ...]
    clear: tuple[npt.NDArray[np.intp], ...]

    @classmethod
    def of(cls, crops: StraightCropSet, *, held: bool = False) -> CellCrops:
        """All whole cells of ``crops``, held out or not."""
        table = crops.table
        chromosomes = (table[:, LABEL] < len(CLASSES)) & (crops.held == held)
        shown = np.flatnonzero(chromosomes & (table[:, FOUND] == 0) & crops.native)
        order = shown[np.argsort(crops.groups[shown], kind="stable")]
        groups = np.split(order, np.flatnonzero(np.diff(crops.groups[order])) + 1) if len(order) else []
        clear = chromosomes & (table[:, CONFIDENCE] >= _CLEAR)
        by_class = tuple(np.flatnonzero(clear & (table[:, LABEL] == label)) for label in range(len(CLASSES)))
        return cls(crops, tuple(rows for rows in groups if len(rows) >= _FEWEST), by_class)

    def draw(self, rng: np.random.Generator) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.int32]]:
        """Rows of the chromosomes of one cell, and their classes."""
        rows = self.cells[int(rng.integers(len(self.cells)))]
        if len(rows) > _MOST:
            rows = self._of_slide(rows, rng)
        labels = self.crops.table[rows, LABEL]
        drawn = rows.copy()
        for place in np.flatnonzero(self.crops.table[rows, CONFIDENCE] < _USABLE):
            others = self.clear[labels[place]]
            if len(others):
                drawn[place] = others[int(rng.integers(len(others)))]
        if rng.random() < _THIRD_COPY:
            label = int(rng.integers(len(CLASSES)))
            others = self.clear[label]
            if len(others):
                return np.append(drawn, others[int(rng.integers(len(others)))]), np.append(labels, np.int32(label))
        return drawn, labels

    def _of_slide(self, rows: npt.NDArray[np.intp], rng: np.random.Generator) -> npt.NDArray[np.intp]:
        labels = self.crops.table[rows, LABEL]
        picked = []
        for label in range(len(CLASSES)):
            same = rows[labels == label]
            copies = min(2 if label < len(CLASSES) - 2 else 1, len(same))
            picked.append(rng.choice(same, copies, replace=False))
        return np.concatenate(picked)


def relaid_cells(
    folder: Path,
    count: int,
    *,
    first: int = 0,
    seed: int = 6,
    held: bool = False,
    look_of: Callable[[np.random.Generator], CellLook] = draw_look,
) -> Iterator[SyntheticCell]:
    """``count`` cells laid out from the crops in ``folder``, each a function of ``seed`` and its number alone.

    ``look_of`` draws the look of each.

    Numbers run from ``first``. Chromosomes are of cells that are held out with ``held``, else of the others only.
    DataError where there is no whole cell.
    """
    sources = [CellCrops.of(StraightCropSet(folder, name), held=held) for name in laboratories(folder)]
    sources = [source for source in sources if source.cells]
    if not sources:
        raise DataError(f"{folder}: no whole cells; cut them with python -m karyotrain.data.straight_crops.")
    shares = np.array([SHARES.get(source.crops.laboratory, OTHER_SHARE) for source in sources])
    for number in range(first, first + count):
        rng = np.random.default_rng((seed, number, held))
        source = sources[int(rng.choice(len(sources), p=shares / shares.sum()))]
        rows, labels = source.draw(rng)
        info = {"laboratory": source.crops.laboratory, "cells": np.unique(source.crops.table[rows, CELL]).tolist()}
        yield lay_out(source.crops.read(rows), labels, look_of(rng), rng, info)


def empty_fields(count: int, *, seed: int = 8) -> Iterator[SyntheticCell]:
    """``count`` fields without a metaphase, each a function of ``seed`` and its number alone."""
    for number in range(count):
        yield empty_field(np.random.default_rng((seed, number)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a case of cells laid out anew; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--straight", type=Path, required=True, help="folder of karyotrain.data.straight_crops")
    parser.add_argument("--cells", type=int, default=500)
    parser.add_argument("--empty", type=int, default=0, help="fields without a metaphase")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--held", action="store_true", help="of the cells that are held out, for figures")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args(arguments)

    def made() -> Iterator[SyntheticCell]:
        yield from relaid_cells(args.straight, args.cells, seed=args.seed, held=args.held)
        yield from empty_fields(args.empty)

    info = {"description": "Cells laid out anew from straightened chromosomes.", "seed": args.seed}
    print(write_case(args.output, made(), info=info))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
