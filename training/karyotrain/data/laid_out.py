"""Cells laid out from one laboratory's labelled crops, with exact boxes and classes.

``labs.csv`` in the folder of the crops has the columns lab, cell, class and file; a crop is 8-bit, dark on white, with
its neighbours cut away. The crops of a cell are turned at random, brought to a usual width and laid apart or touching.
Where a source names the slide only, whole cells are drawn from its crops. The same arguments give the same cells.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.cells import Cell
from karyotrain.data.errors import DataError
from karyoview.core.chromosome import parse_class

GreyArray = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]

CELL_LABORATORIES: Final = ("padova", "xu")
"""Laboratories whose crops name their cell; of the others they name the slide."""
HELD_OUT_CELLS: Final = (7, 3)
"""Of the sorted cells of a laboratory those whose index leaves this rest by this number are never learnt from."""
HELD_OUT_SLIDES: Final = (2, 5)
"""Indices of the slides, sorted by name, that are never learnt from."""
USUAL_WIDTH: Final = 16.0
"""Median chromosome width of a laid-out cell in px."""
FRAME: Final = (760, 860)
"""Height and width of a laid-out cell in px."""
WHOLE: Final = range(40, 51)
"""Crops that a cell may have to be taken for whole."""
_PAPER: Final = 245  # greys from here on are the white of a cut-out
_TRIES: Final = 400


@dataclass(frozen=True, slots=True)
class Crop:
    """One labelled crop: the ``path`` of its picture and its class as the source writes it (1 … 22, X, Y)."""

    path: Path
    name: str


def read_crops(labs: Path) -> dict[str, dict[str, list[Crop]]]:
    """Crops by laboratory and by cell (or slide), in the order of ``labs.csv``. Raises DataError without it."""
    table = labs / "labs.csv"
    if not table.is_file():
        raise DataError(f"{table} is not there; name the folder that holds labs.csv and its crops.")
    found: dict[str, dict[str, list[Crop]]] = defaultdict(lambda: defaultdict(list))
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found[row["lab"]][row["cell"]].append(Crop(labs / row["file"], row["class"]))
    return {lab: dict(cells) for lab, cells in found.items()}


def held_out(lab: str, names: Collection[str]) -> list[str]:
    """The cells or slides of a laboratory that no training may see, of all its ``names``."""
    ordered = sorted(names)
    if lab in CELL_LABORATORIES:
        number, rest = HELD_OUT_CELLS
        return [name for i, name in enumerate(ordered) if i % number == rest]
    return [name for i, name in enumerate(ordered) if i in HELD_OUT_SLIDES]


def laid_out_cells(
    labs: Path, lab: str, *, gap: int, limit: int | None = None, names: Collection[str] | None = None
) -> Iterator[Cell]:
    """At most ``limit`` cells of one laboratory, only of the cells or slides ``names`` where they are given.

    ``gap`` in px: chromosomes keep this distance where it is above 0, and may cross by it where it is below. The
    first cells are the same whatever the limit is. Raises DataError for an unknown laboratory.
    """
    crops = read_crops(labs)
    if lab not in crops:
        raise DataError(f"{labs / 'labs.csv'} has no crops of {lab}; there are {', '.join(sorted(crops))}.")
    own = {name: found for name, found in crops[lab].items() if names is None or name in names}
    rng = random.Random(lab)
    cells = _whole_cells(own) if lab in CELL_LABORATORIES else _drawn_from_slides(own, rng)
    rng.shuffle(cells)
    for name, chosen in cells[:limit]:
        yield _lay_out(f"{lab}-{name}", chosen, rng, gap)


def _whole_cells(crops: dict[str, list[Crop]]) -> list[tuple[str, list[Crop]]]:
    return [(name, found) for name, found in sorted(crops.items()) if len(found) in WHOLE]


def _drawn_from_slides(crops: dict[str, list[Crop]], rng: random.Random) -> list[tuple[str, list[Crop]]]:
    """As many cells of 46 as the crops of each slide are enough for, no crop in two of them but for a lone X."""
    cells = []
    for slide, found in sorted(crops.items()):
        pool: dict[str, list[Crop]] = defaultdict(list)
        for crop in found:
            pool[crop.name].append(crop)
        for same in pool.values():
            rng.shuffle(same)
        k = 0
        while all(len(pool[str(i)]) >= 2 * k + 2 for i in range(1, 23)):
            pairs = [crop for i in range(1, 23) for crop in pool[str(i)][2 * k : 2 * k + 2]]
            first = [pool["X"][k % len(pool["X"])]] if pool["X"] else []
            second = pool["Y"][k : k + 1] or (pool["X"][k + 1 : k + 2] if pool["X"] else [])
            cells.append((f"{slide}.{k}", pairs + first + second))
            k += 1
    return cells


def _lay_out(name: str, crops: Sequence[Crop], rng: random.Random, gap: int) -> Cell:
    """One cell on white; the longest chromosomes are laid first, one that finds no place is left out."""
    pictures = [(crop.name, _read(crop.path)) for crop in crops]
    usual = float(np.median([_width(grey) for _, grey in pictures])) or USUAL_WIDTH
    height, width = FRAME
    light, taken = np.full(FRAME, 255, np.float32), np.zeros(FRAME, np.uint8)
    boxes, labels = [], []
    for label, grey in sorted(pictures, key=lambda p: -p[1].shape[0]):
        tile, mask = _turned(grey, USUAL_WIDTH / usual, rng.uniform(0, 360))
        if not mask.any():
            continue
        side = len(mask)
        kept = _kept_clear(mask, gap)
        for spread in range(_TRIES):
            angle, reach = rng.uniform(0, 6.283), (140 + spread) * rng.random() ** 0.5
            x = int(width / 2 + reach * np.cos(angle) - side / 2)
            y = int(height / 2 + reach * np.sin(angle) * 0.9 - side / 2)
            if not (0 <= x < width - side and 0 <= y < height - side):
                continue
            place = np.s_[y : y + side, x : x + side]
            if not (taken[place] & kept).any():
                break
        else:
            continue
        taken[place] |= mask
        light[place] = np.where(mask, light[place] * tile / 255, light[place])
        rows, columns = np.where(mask)
        boxes.append((x + columns.min(), y + rows.min(), x + columns.max() + 1, y + rows.max() + 1))
        labels.append(_index(label))
    pixels = np.clip(light, 0, 255).astype(np.uint8)
    return Cell(name, name, pixels, np.array(boxes, np.float64).reshape(-1, 4), np.array(labels, np.int64))


def _read(path: Path) -> GreyArray:
    grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if grey is None:
        raise DataError(f"{path} cannot be read; copy the crops again.")
    return np.asarray(grey, np.uint8)


def _index(name: str) -> int:
    known = parse_class(name)
    if known is None:
        raise DataError(f"labs.csv names the class {name!r}; it must be 1 to 22, X or Y.")
    return known.index


def _mask(grey: GreyArray) -> BoolArray:
    """The largest piece that is not paper, (H, W) bool."""
    dark = (grey < _PAPER).astype(np.uint8)
    pieces, places, facts, _ = cv2.connectedComponentsWithStats(dark)
    return places == 1 + int(np.argmax(facts[1:, cv2.CC_STAT_AREA])) if pieces > 1 else dark > 0


def _width(grey: GreyArray) -> float:
    """Width of the chromosome of a crop in px, 0 where there is none."""
    mask = _mask(grey)
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 3)
    return 2 * float(np.percentile(inside[mask], 95)) if mask.any() else 0.0


def _turned(grey: GreyArray, scale: float, degrees: float) -> tuple[GreyArray, BoolArray]:
    """The chromosome of a crop turned and scaled on a square of white, and its mask, both (S, S)."""
    mask = _mask(grey).astype(np.uint8)
    height, width = grey.shape
    side = int(np.hypot(height, width) * scale) + 6
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] = matrix[:, 2] + (side / 2 - np.array([width / 2, height / 2]))
    kind = cv2.INTER_AREA if scale < 0.6 else cv2.INTER_LINEAR
    alone = np.where(mask > 0, grey, 255).astype(np.uint8)
    tile = cv2.warpAffine(alone, matrix, (side, side), flags=kind, borderValue=(255,))
    return np.asarray(tile, np.uint8), cv2.warpAffine(mask * 255, matrix, (side, side)) > 127


def _kept_clear(mask: BoolArray, gap: int) -> GreyArray:
    """Where no other chromosome may lie: the mask grown by ``gap`` px, or shrunk by it below 0."""
    own = mask.astype(np.uint8)
    if gap == 0:
        return own
    kernel = np.ones((2 * abs(gap) + 1,) * 2)
    return np.asarray(cv2.dilate(own, kernel) if gap > 0 else cv2.erode(own, kernel), np.uint8)
