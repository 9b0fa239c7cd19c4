"""What bounds an engine: each kind of error made perfect in turn.

``python -m karyotrain.studies.error_types --data FOLDER --engine NAME``: the engine is asked about labelled cells,
every error is put into one of the kinds of :data:`KINDS`, and the figures are counted again as if that kind did not
exist (an oracle, as in TIDE, Bolya et al. 2020, with this project's matching and corrections). A chromosome without a
box is

- *loose*, where a counted box that stands for no other overlaps it by an IoU from 0.1 to 0.5,
- *scored low*, where a box below the operating threshold fits it,
- *suppressed*, where only a region fits that the suppression took away,
- *no proposal*, where nothing fits.

A false box that is not the loose one of a chromosome is a *duplicate*, where it fits a chromosome that has its box, or
else *background*. Boxes are upright ones, for rotated engines their bounds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyotrain.data.cells import Cell, labelled_cells
from karyotrain.engines.measure import load_everything
from karyotrain.studies.common import as_table, judge, publish, row, study_parser
from karyotrain.trainer.command import use_threads
from karyoview.core.geometry import iou_xyxy
from karyoview.core.image import MetaphaseImage
from karyoview.core.matching import REDRAW_IOU, FloatArray, match_one
from karyoview.core.metrics import ImagePrediction
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.protocol import Detector
from karyoview.imaging.normalization import normalize

KINDS: Final = (
    "wrong class", "scored low", "suppressed", "loose", "no proposal", "duplicate", "background",
)  # fmt: skip
_FITS: Final = 0.5  # IoU from which a box stands for a chromosome
_ALMOST_ALL: Final = 0.95  # IoU up to which boxes may overlap where nothing is to be suppressed
_MOST: Final = 1000
_NO_SUPPRESSION: Final[Mapping[str, object]] = {"nms": "hard", "nms_threshold": _ALMOST_ALL, "max_detections": _MOST}


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """The errors in one cell.

    Of the chromosomes (T,): ``missed`` the kind of each that has no box, "" where it has, and ``box`` the row of the
    prediction that stands for it, or could (loose, scored low), else −1. Of the boxes (N,): ``false`` the kind of each
    that counts and stands for none, else "".
    """

    missed: tuple[str, ...]
    box: tuple[int, ...]
    false: tuple[str, ...]


def errors_of(truth: FloatArray, found: ImagePrediction, cut: float, regions: FloatArray) -> Errors:
    """The errors of what was ``found`` from a score of ``cut`` among chromosomes ``truth`` (T, 4) x1, y1, x2, y2.

    ``regions`` (R, 4) are the engine's own before suppression.
    """
    overlap = iou_xyxy(found.boxes, truth)
    counted = found.scores >= cut
    matched = np.full(len(counted), -1)
    matched[counted] = match_one(overlap[counted], found.scores[counted], _FITS)
    box = np.full(len(truth), -1)
    box[matched[matched >= 0]] = np.flatnonzero(matched >= 0)
    taken = box >= 0
    missed = np.where(taken, "", "no proposal").astype(object)
    false = np.where(counted & (matched < 0), "background", "").astype(object)
    fits = overlap >= _FITS
    false[(false != "") & fits[:, taken].any(1)] = "duplicate"
    # the nearest pair first: a loose box belongs to one chromosome
    loose = np.where((false == "background")[:, None] & ~taken & (overlap >= REDRAW_IOU), overlap, 0.0)
    while loose.size and loose.max() > 0:
        one, other = np.unravel_index(int(loose.argmax()), loose.shape)
        missed[other], box[other], false[one] = "loose", one, "loose"
        loose[one], loose[:, other] = 0.0, 0.0
    low = np.where(counted[:, None], -1.0, np.where(fits, found.scores[:, None], -1.0))
    seen = iou_xyxy(regions, truth).max(0, initial=0.0) >= _FITS
    for place in np.flatnonzero(missed == "no proposal"):
        best = int(low[:, place].argmax()) if len(low) else -1
        if best >= 0 and low[best, place] >= 0:
            missed[place], box[place] = "scored low", best
            low[best] = -1.0
        elif seen[place]:
            missed[place] = "suppressed"
    return Errors(tuple(missed.tolist()), tuple(box.tolist()), tuple(false.tolist()))


def without(kind: str, cell: Cell, found: ImagePrediction, errors: Errors) -> ImagePrediction:
    """What would have been ``found`` in the cell without errors of this ``kind``; every other box stays as it is."""
    boxes, labels, scores = found.boxes.copy(), found.labels.copy(), found.scores.copy()
    names = bool((labels >= 0).any())
    added = []
    for place, (missed, at) in enumerate(zip(errors.missed, errors.box, strict=True)):
        if kind == "wrong class" and missed == "":
            labels[at] = cell.labels[place] if names else -1
        elif missed != kind:
            continue
        elif at >= 0:
            boxes[at], scores[at] = cell.boxes[place], 1.0
            labels[at] = cell.labels[place] if names else -1
        else:
            added.append(place)
    kept = np.array([false != kind or kind == "loose" for false in errors.false], dtype=bool)
    given = np.asarray(cell.labels)[added] if names else np.full(len(added), -1)
    return ImagePrediction(
        found.image,
        np.concatenate([boxes[kept], np.asarray(cell.boxes, np.float64).reshape(-1, 4)[added]]),
        np.concatenate([labels[kept], given]),
        np.concatenate([scores[kept], np.ones(len(added))]),
    )


def regions_before_suppression(engine: Detector, weights: Path | None, device: str) -> Callable[[Cell], FloatArray]:
    """What gives the regions (R, 4) x1, y1, x2, y2 in a cell that ``engine`` sees before its suppression."""
    if isinstance(engine, KaryoViewEngine):
        return lambda cell: _regions_of_default(engine, cell)
    every = load_everything(engine.info.name, weights, device, **_NO_SUPPRESSION)
    return lambda cell: every.predict([MetaphaseImage(cell.pixels, cell.name)])[0].bounds()


def _regions_of_default(engine: KaryoViewEngine, cell: Cell) -> FloatArray:
    grey, _ = normalize(cell.pixels)
    own = engine.engine_for(grey)
    scaled = own.read_at_scale(grey)
    found, to_cell, _ = own.found(scaled)
    factor = scaled.shape[1] / grey.shape[1]
    return np.asarray(found.boxes.double().cpu().numpy() * to_cell / factor)


def measure(
    engine: Detector, cells: Sequence[Cell], regions: Callable[[Cell], FloatArray], resamples: int = 500
) -> dict[str, dict[str, Any]]:
    """Rows by kind of error, the engine as it is first; ``per_cell`` how often the kind is there."""
    named = len(engine.info.classes) > 1
    cells = [replace(c, labels=c.labels if named else np.full_like(c.labels, -1)) for c in cells]
    cut = engine.info.operating_threshold
    found, errors, counts = [], [], Counter[str]()
    for cell in cells:
        seen = ImagePrediction.from_detections(engine.predict([MetaphaseImage(cell.pixels, cell.name)])[0])
        of_cell = errors_of(np.asarray(cell.boxes, np.float64), seen, cut, regions(cell))
        found.append(seen)
        errors.append(of_cell)
        counts.update(of_cell.missed)
        counts.update(kind for kind in of_cell.false if kind != "loose")
        has_box = [(at, place) for place, (m, at) in enumerate(zip(of_cell.missed, of_cell.box, strict=True)) if not m]
        counts["wrong class"] += sum(int(seen.labels[at]) != int(cell.labels[place]) for at, place in has_box)
    as_it_is = judge(found, cells, cut, resamples)
    rows = {"as it is": row(as_it_is)}
    for kind in KINDS:
        if kind == "wrong class" and not named:
            continue
        perfect = [without(kind, c, p, e) for c, p, e in zip(cells, found, errors, strict=True)]
        line = row(judge(perfect, cells, cut, resamples), as_it_is)
        rows[kind] = line | {"per_cell": counts[kind] / len(cells)}
    return rows


def main() -> None:
    """Print the table for one engine; see the module."""
    arguments = study_parser(__doc__).parse_args()
    use_threads(arguments.threads)
    engine = load_everything(arguments.engine, arguments.weights, arguments.device)
    cells = labelled_cells(arguments.data, arguments.split, arguments.limit)
    rows = measure(engine, cells, regions_before_suppression(engine, arguments.weights, arguments.device))
    shown = {
        name if "per_cell" not in line else f"{name} ({line['per_cell']:.2f} a cell)": line
        for name, line in rows.items()
    }
    print(as_table(shown, f"{arguments.engine}, made perfect"))
    publish("error_types", rows, arguments, engine)


if __name__ == "__main__":
    main()
