"""Whether a third copy is found and named as well as two: ``python -m karyotrain.studies.trisomy --data FOLDER``.

Nothing is trained here (karyotrain.studies.folds trains five small engines for it). The listed numerical
abnormalities are judged only where the shipped engine did not learn from them: in the held-back ``fit`` cases
and in ``val``. They are few, so cells of ``--split`` also get one more isolated
homologue of 13, 18, 21, X or Y, a real one from another case of that split, and are compared with
themselves without it. Counts come with n and a 95 % interval.
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data import fit_cases
from karyotrain.studies.common import (
    Cell,
    ask,
    labelled_cells,
    load_everything,
    publish,
    share,
    study_parser,
    use_threads,
)
from karyotrain.synthesis.library import PasteLibrary, Piece
from karyoview.core.chromosome import CLASSES, parse_class
from karyoview.core.geometry import iou_xyxy
from karyoview.core.matching import match_one
from karyoview.core.metrics import ImagePrediction
from karyoview.detectors.protocol import Detector
from karyoview.imaging.masks import find_foreground

EXTRA: Final = ("13", "18", "21", "X", "Y")
_GAP: Final = 7  # px between the pasted chromosome and everything else
_DARKEST: Final = 2.2


@dataclass(frozen=True, slots=True, eq=False)
class Pasted:
    """A ``cell`` with one more chromosome than ``before``: ``label`` its class, ``place`` its row among the boxes."""

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
    as by the others. Its box stands ``margin`` px off its mask, as the cell's other boxes do.
    """
    own = next((i for i, name in enumerate(library.names) if Path(name).stem == Path(cell.name).stem), None)
    foreign = [
        i
        for i in np.flatnonzero(library.labels == label)
        if _case_of(library.names[library.pictures[i]]) != _case_of(cell.name)
    ]
    if own is None or not foreign or library.scales[own] <= 0:
        return None
    front = find_foreground(cell.pixels, cell.boxes).mask.astype(np.uint8)
    for x1, y1, x2, y2 in np.rint(cell.boxes).astype(int).tolist():
        front[max(y1, 0) : y2, max(x1, 0) : x2] = 1
    free = cv2.distanceTransform(np.pad(1 - front, 1), cv2.DIST_L2, 5)[1:-1, 1:-1]
    for index in rng.choice(foreign, min(tries, len(foreign)), replace=False):
        piece = library.piece(int(index))
        ratio = float(np.clip(library.scales[own] / library.scales[piece.picture], 0.75, 1.33))
        tone = float(np.clip(library.tones[own] / max(library.tones[piece.picture], 0.05), 0.5, 2.0))
        absorbance, mask = _fitted(piece, ratio, tone, rng)
        corner = _room_for(mask, free, rng)
        if corner is not None:
            return _laid(cell, absorbance, mask, corner, label, library.names[piece.picture], margin)
    return None


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


@dataclass(frozen=True, slots=True)
class Seen:
    """What an engine made of one class of a cell: whether the ``marked`` chromosome was found and named, whether it
    counted as many of the class as there are, and how many of the class were found and named."""

    found: bool
    named: bool
    counted: bool
    right: int
    of: int


def look(said: ImagePrediction, cell: Cell, label: int, cut: float, marked: int | None = None) -> Seen:
    """Judge one class of a cell at the operating threshold; ``marked`` is the row of the chromosome in question."""
    kept = said.keep(said.scores >= cut)
    taken = match_one(iou_xyxy(kept.boxes, cell.boxes), kept.scores, 0.5)
    of_class = np.flatnonzero(cell.labels == label)
    name = {int(t): int(kept.labels[p]) for p, t in enumerate(taken) if t >= 0}
    right = sum(name.get(int(t)) == label for t in of_class)
    counted = int((kept.labels == label).sum()) == len(of_class)
    found = marked in name if marked is not None else bool(right)
    named = name.get(marked) == label if marked is not None else bool(right)
    return Seen(found, named, counted, right, len(of_class))


def pasted_cells(cells: Sequence[Cell], library: PasteLibrary, wanted: int, seed: int = 0) -> tuple[list[Pasted], int]:
    """Up to ``wanted`` cells with one more chromosome, the classes of EXTRA in turn; and how many had no room."""
    labels = [item.index for name in EXTRA if (item := parse_class(name)) is not None]
    made, refused, margin = [], 0, margin_of(cells, library)
    for i, cell in enumerate(cells):
        if len(made) == wanted:
            break
        one = paste_one(cell, library, labels[len(made) % len(labels)], np.random.default_rng((seed, i)), margin=margin)
        if one is None:
            refused += 1
        else:
            made.append(one)
    return made, refused


def listed_cells(data: Path) -> tuple[list[Cell], dict[str, str]]:
    """The listed numerical abnormalities that no shipped engine learnt from, and what is said of each."""
    with (data / "cases.csv").open(encoding="utf-8") as stream:
        said = {r["image"]: r for r in csv.DictReader(stream) if r["abnormality"] == "number"}
    document = json.loads((data / "train.json").read_text(encoding="utf-8"))
    held_back = fit_cases(i["case"] for i in document["images"])
    kept = {k: r for k, r in said.items() if r["split"] == "val" or r["case"] in held_back}
    cells = [c for split in ("fit", "val") for c in labelled_cells(data, split, None) if Path(c.name).stem in kept]
    return cells, {k: r["description"] for k, r in kept.items()}


def study_listed(engine: Detector, data: Path) -> dict[str, Any]:
    """Figures over the listed cells: classes with more or fewer than two copies, counted right or not."""
    cells, described = listed_cells(data)
    cut = engine.info.operating_threshold
    rows = []
    for said, cell in zip(ask(engine, cells)[0], cells, strict=True):
        kept = said.keep(said.scores >= cut)
        known = parse_class(described[Path(cell.name).stem].upper())
        row: dict[str, Any] = {
            "image": cell.name, "described": described[Path(cell.name).stem], "truths": len(cell.labels),
            "count_right": len(kept.labels) == len(cell.labels),
        }  # fmt: skip
        if known is not None:
            seen = look(said, cell, known.index, cut)
            row |= {"class": known.label, "copies": seen.of, "named": seen.right, "class_counted": seen.counted}
        rows.append(row)
    return {"cells": rows}


def study_pasted(engine: Detector, made: Sequence[Pasted]) -> dict[str, Any]:
    """Sums over pasted cells and the same cells without the paste: found, named, class counted, copies named."""
    cut = engine.info.operating_threshold
    after = [
        look(p, m.cell, m.label, cut, m.place)
        for p, m in zip(ask(engine, [m.cell for m in made])[0], made, strict=True)
    ]
    before = [
        look(p, m.before, m.label, cut) for p, m in zip(ask(engine, [m.before for m in made])[0], made, strict=True)
    ]
    rows: dict[str, Any] = {}
    for name in ("all", *EXTRA):
        mine = [i for i, m in enumerate(made) if name in ("all", CLASSES[m.label].label)]
        rows[name] = {
            "cells": len(mine),
            "extra_found": sum(after[i].found for i in mine),
            "extra_named": sum(after[i].named for i in mine),
            "class_counted_with": sum(after[i].counted for i in mine),
            "class_counted_without": sum(before[i].counted for i in mine),
            "named_with": [sum(after[i].right for i in mine), sum(after[i].of for i in mine)],
            "named_without": [sum(before[i].right for i in mine), sum(before[i].of for i in mine)],
            "difference": paired([after[i].counted for i in mine], [before[i].counted for i in mine]),
        }
    return rows


def paired(after: Sequence[bool], before: Sequence[bool]) -> list[float]:
    """Mean of ``after`` less ``before`` and its 95 % interval over cells (bootstrap); zeros for no cell."""
    change = np.asarray(after, float) - np.asarray(before, float)
    if not len(change):
        return [0.0, 0.0, 0.0]
    draws = np.random.default_rng(0).integers(0, len(change), (2000, len(change)))
    low, high = np.quantile(change[draws].mean(1), (0.025, 0.975))
    return [float(change.mean()), float(low), float(high)]


def say(rows: Mapping[str, Any]) -> str:
    """The sums as sentences, each with n and its interval."""
    lines = []
    for name, r in rows.items():
        n = r["cells"]
        lines.append(f"third copy of {name}: found {share(r['extra_found'], n)}; named {share(r['extra_named'], n)}")
        lines.append(
            f"  copies of the class counted right: {share(r['class_counted_with'], n)}; without the extra one "
            f"{share(r['class_counted_without'], n)}"
        )
        d = r["difference"]
        lines.append(f"  difference {100 * d[0]:+.1f} points [{100 * d[1]:+.1f}, {100 * d[2]:+.1f}]")
        lines.append(
            f"  chromosomes of the class named: {share(*r['named_with'])}; without {share(*r['named_without'])}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = study_parser(__doc__)
    parser.add_argument("--cells", type=int, default=200, help="pasted cells")
    parser.add_argument("--library", type=Path, help="keep the cut chromosomes in this folder (they are real ones)")
    arguments = parser.parse_args()
    use_threads(arguments.threads)
    engine = load_everything(arguments.engine, arguments.weights, arguments.device)
    print(
        "Only cells that the shipped engine did not learn from are judged; karyotrain.studies.folds trains for others."
    )
    listed = study_listed(engine, arguments.data)
    counted = [r["class_counted"] for r in listed["cells"] if "class_counted" in r]
    print(f"listed abnormal cells, not trained on: {len(listed['cells'])}")
    print(f"  the class concerned counted right: {share(sum(counted), len(counted))}")
    print(
        f"  cells with the right count: {share(sum(r['count_right'] for r in listed['cells']), len(listed['cells']))}"
    )
    cells = labelled_cells(arguments.data, arguments.split, arguments.limit)
    with tempfile.TemporaryDirectory() as passing:
        folder = arguments.library or Path(passing)
        chosen = _coco_of(arguments.data, arguments.split, cells, folder)
        library = PasteLibrary.build(arguments.data / "images", chosen, folder)
        made, refused = pasted_cells(cells, library, arguments.cells)
    print(f"{len(made)} cells of {arguments.split} with one more; {refused} had no room or no piece for it")
    rows = study_pasted(engine, made)
    print(say(rows))
    publish("trisomy", {"listed": listed["cells"], "pasted": rows, "no_room": refused}, arguments, engine)


def _coco_of(data: Path, split: str, cells: Sequence[Cell], folder: Path) -> Path:
    """A COCO file of just these cells, so that nothing else is cut; in the library's folder."""
    document = json.loads((data / ("val.json" if split == "val" else "train.json")).read_text(encoding="utf-8"))
    wanted = {c.name for c in cells}
    images = [i for i in document["images"] if i["file_name"] in wanted]
    numbers = {i["id"] for i in images}
    document |= {"images": images, "annotations": [a for a in document["annotations"] if a["image_id"] in numbers]}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{split}-cells.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
