"""Straightened chromosomes at their own scale, cut once from the cells of several laboratories.

``python -m karyotrain.data.straight_crops --data FOLDER --labs FOLDER --engine FILE --drawn 100 --output FOLDER``
writes shards ``LABORATORY-SPLIT-000.crops.npy``: (N, 2, 256, 64) uint8, darkness and mask, with one zoom along and
across the axis, at which the cell's median chromosome is NATIVE_WIDTH wide. What trains on them chooses scale and look
afterwards (karyotrain.data.crop_looks, karyotrain.data.synthesis.relaid). ``.table.npy`` beside it is (N, 7) int32,
its columns CELL … SQUEEZE. Finished shards are kept, so a stopped run goes on.

``--labs`` is a folder with ``labs.csv`` (lab, split, cell, class, file) and pictures of lone chromosomes, dark on
white; laboratories of which a row has another split than ``train`` are measured on and never cut.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.crops import JITTER, NOTHING
from karyotrain.data.dataset import Sample, load
from karyotrain.data.errors import DataError
from karyotrain.data.synthesis import SyntheticCell, drawn_cell
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import iou_xyxy
from karyoview.core.matching import match_one
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.karyoview_engine import load as load_engine
from karyoview.detectors.weights import load_weights
from karyoview.imaging.aligned import CellScale, aligned_crop, axis_length, cell_scale, chromosome_axis, rows_per_pixel
from karyoview.imaging.masks import InstanceMask, masks_from_boxes

HEIGHT, WIDTH = 256, 64  # px
NATIVE_WIDTH: Final = 16.0
"""Pixels that the median chromosome of a cell is wide in these crops."""
CELL, LABEL, CONFIDENCE, FOUND, LENGTH, BREADTH, SQUEEZE = range(7)
"""Columns of a table: place of the cell in its set; class index 0–23 or NOTHING; mask confidence in percent; 1 where a
finder found the region, 0 where a box of the truth was outlined; median axis length and median width of the cell's
chromosomes in hundredths of a row; rows per native row in thousandths (less than 1000 where it was too long)."""
MEASURED_ONLY: Final = ("xu",)
"""Laboratories that no training reads, whatever a folder holds."""
UNDECIDED: Final = -2
"""The label of a region that teaches nothing: it covers a chromosome in part."""
_FINEST_ZOOM: Final = 2.5  # crop pixels per image pixel; more shows nothing
_HOME: Final = "taichung"
_FOUND_EVERY: Final = {"fit": 3, "train": 6}  # of so many cells the engine's own regions are cut, of others the truth's
_CUT_BY: Final = "python -m karyotrain.data.straight_crops"
_SHARD: Final = 200  # cells
_GAP: Final = 12  # px between lone chromosomes on a canvas
_WHITE: Final = 245  # grey level from which a laboratory's lone pictures show no chromosome
_HELD_EVERY, _HELD_REMAINDER = 7, 3  # cells of a laboratory that no batch shows
_HELD_SLIDES: Final = {"pampaj": (2, 5)}  # of few slides whole ones are held out
_DRAWN_SEED: Final = 7_000_000
_NATIVE_SHARE: Final = 0.985  # of the native scale, from which a crop counts as shown at it
_LABELS: Final = {each.label: index for index, each in enumerate(CLASSES)}
_CLEAR_FROM: Final = 0.4  # IoU with a chromosome, up to which a region is none


class Straightened(NamedTuple):
    """``crops`` (N, 2, 256, 64) uint8 and ``rows`` (N, 7) int32 of their table."""

    crops: npt.NDArray[np.uint8]
    rows: npt.NDArray[np.int32]


def held_out(laboratory: str, cells: npt.ArrayLike, split: str = "all") -> npt.NDArray[np.bool_]:
    """Which of the ``cells`` (N,) of a laboratory's split are measured on: no batch, and no cell laid anew, shows them.

    All of the split ``fit``, none of ``train``; where a laboratory is not split, some of its cells or slides.
    """
    places = np.asarray(cells)
    if split != "all":
        return np.full(places.shape, split == "fit")
    if laboratory in _HELD_SLIDES:
        return np.isin(places, _HELD_SLIDES[laboratory])
    return np.asarray(places % _HELD_EVERY == _HELD_REMAINDER)


class StraightCropSet:
    """Memory-mapped shards of one laboratory; rows are addressed by one index.

    ``table`` (N, 7) int32 with the columns of this module, ``held`` (N,) bool of held-out cells, ``groups`` (N,) a
    number for each cell, ``native`` (N,) bool of crops that are shown at the native scale.
    """

    def __init__(self, folder: Path, laboratory: str) -> None:
        paths = sorted(folder.glob(f"{laboratory}-*-*.table.npy"))
        if not paths or laboratory in MEASURED_ONLY:
            raise DataError(
                f"{folder}: no crops of {laboratory}; cut them with python -m karyotrain.data.straight_crops."
            )
        tables = [np.load(path) for path in paths]
        self.laboratory = laboratory
        self.crops = [np.load(str(p).replace(".table.npy", ".crops.npy"), mmap_mode="r") for p in paths]
        self.starts = np.cumsum([0] + [len(t) for t in tables])
        self.table: npt.NDArray[np.int32] = np.concatenate(tables)
        splits = [path.name.rsplit("-", 2)[1] for path in paths]
        self.held = np.concatenate(
            [held_out(laboratory, t[:, CELL], split) for t, split in zip(tables, splits, strict=True)]
        )
        names = np.concatenate([[f"{split} {c}" for c in t[:, CELL]] for t, split in zip(tables, splits, strict=True)])
        self.groups = np.unique(names, return_inverse=True)[1]
        scale = self.table[:, SQUEEZE] / 1000.0 * self.table[:, BREADTH] / 100.0
        self.native = scale >= _NATIVE_SHARE * NATIVE_WIDTH

    def read(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.uint8]:
        """Crops (len(rows), 2, 256, 64) uint8."""
        shard = np.searchsorted(self.starts, rows, "right") - 1
        return np.stack([self.crops[s][row - self.starts[s]] for s, row in zip(shard, rows, strict=True)])


def laboratories(folder: Path) -> list[str]:
    """Names of the laboratories of which ``folder`` has crops, sorted, without those that are only measured on."""
    found = {path.name.rsplit("-", 2)[0] for path in folder.glob("*-*-*.table.npy")}
    return sorted(found - set(MEASURED_ONLY))


def fingerprint(folder: Path) -> str:
    """Eight characters for the shards in ``folder``: of other shards they are others."""
    listed = [f"{path.name} {path.stat().st_size}" for path in sorted(folder.glob("*.table.npy"))]
    return hashlib.sha256("\n".join(listed).encode()).hexdigest()[:8]


def straighten(
    image: npt.NDArray[np.uint8],
    masks: Sequence[InstanceMask],
    labels: npt.ArrayLike,
    *,
    cell: int,
    found: bool = False,
) -> Straightened:
    """The chromosomes of (H, W) uint8 ``image`` straightened; those labelled UNDECIDED are left out.

    ``masks`` and ``labels`` (N,) belong together; all masks, the undecided too, give the cell's medians.
    """
    if not masks:
        return Straightened(np.zeros((0, 2, HEIGHT, WIDTH), np.uint8), np.zeros((0, 7), np.int32))
    greys = cell_scale(image, masks)
    lengths = np.array([axis_length(chromosome_axis(m)) for m in masks])
    widths = np.array([m.mask.sum() for m in masks]) / np.maximum(lengths, 1.0)
    zoom = min(NATIVE_WIDTH / max(float(np.median(widths)), 1.0), _FINEST_ZOOM)
    scale = CellScale(zoom, greys.background, greys.contrast)
    crops, rows = [], []
    for mask, label in zip(masks, np.asarray(labels).tolist(), strict=True):
        if label == UNDECIDED:
            continue
        crops.append(aligned_crop(image, mask, scale, (HEIGHT, WIDTH)))
        squeeze = rows_per_pixel(mask, scale, HEIGHT) / zoom
        medians = (100 * zoom * float(np.median(lengths)), 100 * zoom * float(np.median(widths)))
        rows.append((cell, label, 100 * mask.confidence, found, *medians, 1000 * squeeze))
    return Straightened(
        np.stack(crops) if crops else np.zeros((0, 2, HEIGHT, WIDTH), np.uint8),
        np.rint(np.array(rows, np.float64).reshape(-1, 7)).astype(np.int32),
    )


def of_regions(engine: KaryoViewEngine, sample: Sample, cell: int) -> Straightened:
    """What the engine finds in a labelled cell: chromosomes by their class, and regions that are none."""
    regions = engine.regions(sample.pixels)
    count = len(regions.masks)
    overlap = iou_xyxy(regions.boxes[:count], sample.boxes.astype(np.float64))
    matched = match_one(overlap, regions.scores[:count], 0.5)
    nothing = (matched < 0) & (overlap.max(1, initial=0.0) < _CLEAR_FROM)
    labels = np.where(matched >= 0, sample.labels[np.maximum(matched, 0)], np.where(nothing, NOTHING, UNDECIDED))
    return straighten(sample.pixels, regions.masks, labels, cell=cell, found=True)


def of_boxes(sample: Sample, cell: int) -> Straightened:
    """Every chromosome of a labelled cell, outlined in its box of the truth, moved as if it had been detected."""
    jitter = np.random.default_rng(cell).normal(0, JITTER, sample.boxes.shape)
    masks = masks_from_boxes(sample.pixels, sample.boxes.astype(np.float64) + jitter)
    return straighten(sample.pixels, masks, sample.labels, cell=cell)


def of_made_cell(made: SyntheticCell, cell: int = 0) -> Straightened:
    """Every chromosome of a made 8-bit cell, by its exact mask and axis: the short arm is up."""
    masks = [
        InstanceMask(t.mask, *t.offset, 1.0, t.overlap_pixels == 0, t.overlap_pixels == 0, t.box, t.axis)
        for t in made.truth
    ]  # fmt: skip
    return straighten(made.image.astype(np.uint8), masks, made.labels(), cell=cell)


def of_pictures(pictures: Sequence[npt.NDArray[np.uint8]], labels: Sequence[int], cell: int) -> Straightened:
    """Lone chromosomes of one cell, each in a grey picture of its own, dark on white."""
    sides = np.array([p.shape for p in pictures])
    canvas = np.full((sides[:, 0].max() + _GAP, (sides[:, 1] + _GAP).sum() + _GAP // 2), 255, np.uint8)
    boxes, known, x, y = [], [], _GAP // 2, _GAP // 2
    for picture, label in zip(pictures, labels, strict=True):
        height, width = picture.shape
        canvas[y : y + height, x : x + width] = picture
        count, _, stats, _ = cv2.connectedComponentsWithStats((picture < _WHITE).astype(np.uint8))
        if count > 1:
            left, top, w, h, _ = stats[1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))]
            boxes.append((x + left - 1, y + top - 1, x + left + w + 1, y + top + h + 1))
            known.append(label)
        x += width + _GAP
    # outlines are found at about the width that their constants are made for
    depth = cv2.distanceTransform((canvas < _WHITE).astype(np.uint8), cv2.DIST_L2, 3)
    factor = NATIVE_WIDTH / (2 * float(np.percentile(depth[depth > 0], 90)))
    scaled = cv2.resize(
        canvas, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    ).astype(np.uint8)
    return straighten(scaled, masks_from_boxes(scaled, np.array(boxes, np.float64) * factor), known, cell=cell)


def cut_shards(name: str, cells: Sequence[int], output: Path, straightened: Callable[[int], Straightened]) -> None:
    """Write what ``look`` gives of the ``cells`` into shards ``name-000`` and so on; finished ones are kept."""
    output.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(cells), _SHARD):
        stem = output / f"{name}-{start // _SHARD:03d}"
        if stem.with_suffix(".table.npy").exists():
            continue
        cut = [straightened(cell) for cell in cells[start : start + _SHARD]]
        for suffix, value in (
            (".crops.npy", np.concatenate([c.crops for c in cut])),
            (".table.npy", np.concatenate([c.rows for c in cut])),
        ):
            with open(stem.with_suffix(".part"), "wb") as file:
                np.save(file, value)
            os.replace(stem.with_suffix(".part"), stem.with_suffix(suffix))
        print(f"{stem.name}: {min(start + _SHARD, len(cells))} of {len(cells)} cells", flush=True)


def cut_home(data: Path, split: str, engine: KaryoViewEngine | None, output: Path, limit: int | None = None) -> None:
    """Cut a split of a labelled set; of some of its cells the regions of ``engine`` (None: of none)."""
    cells = load(data, split, limit=limit).with_boxes(classes=True)
    order = np.random.default_rng(11).permutation(len(cells)).tolist()

    def straightened(place: int) -> Straightened:
        if engine is not None and place % _FOUND_EVERY[split] == 0:
            return of_regions(engine, cells[place], place)
        return of_boxes(cells[place], place)

    cut_shards(f"{_HOME}-{split}", order, output, straightened)


def cut_laboratories(labs: Path, output: Path) -> list[str]:
    """Cut every laboratory of ``labs.csv`` whose rows are all of the split ``train``; → their names."""
    by_laboratory: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    splits: dict[str, set[str]] = defaultdict(set)
    with open(labs / "labs.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_laboratory[row["lab"]][row["cell"]].append(row)
            splits[row["lab"]].add(row["split"])
    names = sorted(name for name, found in splits.items() if found == {"train"} and name not in MEASURED_ONLY)
    for name in names:
        cells = [rows for _, rows in sorted(by_laboratory[name].items())]
        cut_shards(f"{name}-all", range(len(cells)), output, partial(_of_rows, labs, cells))
    return names


def _of_rows(labs: Path, cells: Sequence[Iterable[dict[str, str]]], cell: int) -> Straightened:
    pictures, labels = [], []
    for row in cells[cell]:
        picture = cv2.imread(str(labs / row["file"]), cv2.IMREAD_GRAYSCALE)
        if picture is None:
            raise DataError(f"{labs / row['file']} cannot be read; labs.csv names it.")
        pictures.append(picture.astype(np.uint8))
        labels.append(_LABELS[row["class"]])
    return of_pictures(pictures, labels, cell)


def cut_drawn(count: int, output: Path) -> None:
    """Cut ``count`` cells that the generator draws."""
    cut_shards("drawn-all", range(count), output, lambda i: of_made_cell(drawn_cell(i, _DRAWN_SEED), i))


def main(arguments: Sequence[str] | None = None) -> int:
    """Cut the crops of all that is given; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="labelled cells; the fit cases are held out")
    parser.add_argument("--labs", type=Path, help="folder with labs.csv: lone chromosomes of other laboratories")
    parser.add_argument("--drawn", type=int, default=0, help="cells that the generator draws")
    parser.add_argument("--engine", type=Path, help="weights of the default engine; of some cells its regions are cut")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="cells of each split of --data")
    args = parser.parse_args(arguments)
    if args.labs is not None:
        cut_laboratories(args.labs, args.output)
    if args.drawn:
        cut_drawn(args.drawn, args.output)
    if args.data is not None:
        engine = None
        if args.engine is not None:
            engine = load_engine(
                load_weights(args.engine), device="auto", settings={"quality": "fast", "precision": "bf16"}
            )
        for split in ("fit", "train"):
            cut_home(args.data, split, engine, args.output, args.limit)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
