"""How an engine bears other pictures: ``python -m karyotrain.studies.robustness --engine NAME --data FOLDER``.

The same cells are judged as they are and after blur, other contrast, other sizes, turning, inversion and
JPEG; drawn cells in whole camera fields stand beside them. Nothing tells the engine what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.cells import Cell, labelled_cells
from karyotrain.data.synthesis import make_cell
from karyotrain.data.synthesis.optics import coded
from karyotrain.engines.measure import ask, load_everything
from karyotrain.studies.common import as_table, judge, publish, row, study_parser
from karyotrain.trainer.command import use_threads
from karyoview.core.geometry import capsule_bounds
from karyoview.core.image import MetaphaseImage
from karyoview.core.metrics import ImagePrediction, Report
from karyoview.detectors.nets.chromosome_width import estimate_width
from karyoview.detectors.protocol import Detector

Change = Callable[[Cell], Cell]
FIELDS: Final = {"drawn field 1600×1200": (1200, 1600), "drawn field 3200×2200": (2200, 3200)}
TURN: Final = 30.0  # degrees that are no quarter of a turn


def blurred(sigma: float) -> Change:
    """Out of focus by a Gaussian of ``sigma`` px."""
    return lambda c: replace(c, pixels=np.asarray(cv2.GaussianBlur(c.pixels, (0, 0), sigma), np.uint8))


def contrast(factor: float) -> Change:
    """Grey levels spread about the background by ``factor``; 0.5 is half the contrast."""

    def change(c: Cell) -> Cell:
        level = float(np.percentile(c.pixels, 80))
        return replace(c, pixels=np.clip(level + (c.pixels - level) * factor, 0, 255).astype(np.uint8))

    return change


def darkened(gamma: float) -> Change:
    """Grey levels by a power, as another camera gives them."""
    return lambda c: replace(c, pixels=(255 * (c.pixels / 255.0) ** gamma).astype(np.uint8))


def scaled(factor: float) -> Change:
    """The cell at ``factor`` times its size."""

    def change(c: Cell) -> Cell:
        kind = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        pixels = cv2.resize(c.pixels, None, fx=factor, fy=factor, interpolation=kind)
        ratio = np.array(pixels.shape[::-1]) / np.array(c.pixels.shape[::-1])
        return replace(c, pixels=np.asarray(pixels, np.uint8), boxes=c.boxes * np.tile(ratio, 2))

    return change


def quarter_turned(c: Cell) -> Cell:
    """Turned by 90° clockwise, boxes exactly so."""
    height = c.pixels.shape[0]
    x1, y1, x2, y2 = c.boxes.T
    boxes = np.stack([height - y2, x1, height - y1, x2], 1)
    return replace(c, pixels=np.ascontiguousarray(np.rot90(c.pixels, -1)), boxes=boxes)


def mirrored(c: Cell) -> Cell:
    """Left and right changed."""
    width = c.pixels.shape[1]
    boxes = np.stack([width - c.boxes[:, 2], c.boxes[:, 1], width - c.boxes[:, 0], c.boxes[:, 3]], 1)
    return replace(c, pixels=np.ascontiguousarray(c.pixels[:, ::-1]), boxes=boxes)


def inverted(c: Cell) -> Cell:
    """Bright on dark, as fluorescent stains are."""
    return replace(c, pixels=255 - c.pixels)


def in_jpeg(quality: int) -> Change:
    """Through JPEG of that quality."""
    return lambda c: replace(c, pixels=coded(c.pixels, "jpeg", quality))


CHANGES: Final[Mapping[str, Change]] = {
    "blur, σ 1 px": blurred(1.0),
    "blur, σ 2 px": blurred(2.0),
    "contrast × 0.5": contrast(0.5),
    "contrast × 0.25": contrast(0.25),
    "contrast × 1.5": contrast(1.5),
    "gamma 1.6": darkened(1.6),
    "size × 0.5": scaled(0.5),
    "size × 0.7": scaled(0.7),
    "size × 1.4": scaled(1.4),
    "size × 2": scaled(2.0),
    "turned by 90°": quarter_turned,
    "mirrored": mirrored,
    "inverted (fluorescent)": inverted,
    "JPEG 50": in_jpeg(50),
}


def turned_pixels(pixels: npt.NDArray[np.uint8], degrees: float) -> tuple[npt.NDArray[np.uint8], npt.NDArray[Any]]:
    """The picture turned clockwise on a larger field of its own background, and the matrix (2, 3) that did it."""
    height, width = pixels.shape
    angle = np.deg2rad(degrees)
    cosine, sine = abs(np.cos(angle)), abs(np.sin(angle))
    size = int(np.ceil(width * cosine + height * sine)), int(np.ceil(width * sine + height * cosine))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    matrix[:, 2] += [(size[0] - width) / 2, (size[1] - height) / 2]
    ground = int(np.percentile(pixels, 80))
    turned = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderValue=ground)
    return np.asarray(turned, np.uint8), matrix


def turned_back(boxes: npt.NDArray[np.float64], matrix: npt.NDArray[Any], degrees: float) -> npt.NDArray[np.float64]:
    """Rotated boxes (N, 5) found in a turned picture, as horizontal bounds (N, 4) in the picture before."""
    inverse = cv2.invertAffineTransform(matrix)
    back = boxes.copy()
    back[:, :2] = boxes[:, :2] @ inverse[:, :2].T + inverse[:, 2]
    back[:, 4] = boxes[:, 4] - np.deg2rad(degrees)
    return capsule_bounds(back)


def ask_turned(engine: Detector, cells: list[Cell], degrees: float) -> list[ImagePrediction]:
    """Predictions on turned pictures, brought back; a horizontal box cannot be turned, so rotated ones are taken."""
    found = []
    for cell in cells:
        pixels, matrix = turned_pixels(cell.pixels, degrees)
        predicted = ImagePrediction.from_detections(
            engine.predict([MetaphaseImage(pixels, cell.name)])[0], rotated=True
        )
        found.append(replace(predicted, boxes=turned_back(predicted.boxes, matrix, degrees)))
    return found


def drawn_cells(size: tuple[int, int], count: int, seed: int = 900) -> list[Cell]:
    """Cells that the generator draws in whole camera fields (height, width)."""
    made = []
    for i in range(count):
        cell = make_cell(("46,XX", "46,XY")[i % 2], seed + i, size=size, style="camera")
        made.append(Cell(f"drawn-{i}", f"drawn-{i}", np.asarray(cell.image, np.uint8), cell.boxes(), cell.labels()))
    return made


def measure(
    engine: Detector, cells: list[Cell], fields: int, resamples: int = 500
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Rows by name, the cells as they are first; ``fields`` drawn cells of each field size."""
    cut = engine.info.operating_threshold
    plain = judge(ask(engine, cells)[0], cells, cut, resamples)
    yield "as it is", with_width(row(plain), cells)
    for name, change in CHANGES.items():
        changed = [change(c) for c in cells]
        found, notes = ask(engine, changed)
        line = with_width(row(judge(found, changed, cut, resamples), plain), changed)
        yield name, line | {"notes": {n: notes.count(n) for n in sorted(set(notes)) if n}}
    if engine.info.rotated:
        bounds: list[Report] = []
        for name, degrees in (("bounds of rotated boxes", 0.0), (f"the same, turned by {TURN:g}°", TURN)):
            bounds.append(judge(ask_turned(engine, cells, degrees), cells, cut, resamples))
            yield name, row(bounds[-1], bounds[0] if degrees else None)
    else:
        yield f"turned by {TURN:g}°", {"note": "not measured: horizontal boxes do not turn", "cells": 0}
    for name, size in FIELDS.items():
        if fields:
            drawn = drawn_cells(size, fields)
            found, notes = ask(engine, drawn)
            line = with_width(row(judge(found, drawn, cut, resamples)), drawn)
            yield name, line | {"notes": {n: notes.count(n) for n in sorted(set(notes)) if n}}


def with_width(line: dict[str, Any], cells: list[Cell]) -> dict[str, Any]:
    """The row with the median chromosome width (px) that was read from the pictures, and how often none was."""
    widths = [estimate_width(255 - c.pixels if np.median(c.pixels) < 100 else c.pixels) for c in cells]
    known = [w for w in widths if w is not None]
    return line | {"width": float(np.median(known)) if known else None, "width_unknown": len(widths) - len(known)}


def main() -> None:
    parser = study_parser(__doc__)
    parser.add_argument("--fields", type=int, default=6, help="drawn cells of each field size")
    arguments = parser.parse_args()
    use_threads(arguments.threads)
    engine = load_everything(arguments.engine, arguments.weights, arguments.device)
    cells = labelled_cells(arguments.data, arguments.split, arguments.limit)
    print(
        f"{engine.info.title} on {len(cells)} cells of {arguments.split}, score ≥ {engine.info.operating_threshold:g}"
    )
    rows: dict[str, Any] = {}
    for name, line in measure(engine, cells, arguments.fields):
        rows[name] = line
        seen = f"; width {line['width']:.1f} px" if line.get("width") else ""
        print(line.get("note") or f"{name}: {line['corrections_per_cell']:.2f} corrections a cell{seen}", flush=True)
    print(as_table(rows, "picture"))
    publish("robustness", rows, arguments, engine)


if __name__ == "__main__":
    main()
