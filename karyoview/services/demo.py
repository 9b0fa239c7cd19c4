"""A working copy of the sample case, with boxes on it, and the same as pictures and tables.

The boxes are the default engine's. Where no engine has weights, or its card says that it does badly on drawn
cells, they are the sample's own truth, and say so.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from karyoview._resources import resource
from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.detectors.cards import measured_on
from karyoview.detectors.protocol import EngineInfo
from karyoview.detectors.registry import available_engines, load_engine
from karyoview.io.atomic import write_atomic
from karyoview.io.documents import read_document
from karyoview.io.images import is_image_file
from karyoview.review.edits import propose
from karyoview.services.detect import Source, detect
from karyoview.services.overlays import class_drawn, draw, save_picture

SAMPLE: Final = "46XX"
TRUTH: Final = "sample-truth"
DRAWN: Final = "drawn sample cases"
_MOST_CORRECTIONS: Final = 5.0  # a cell, on drawn ones; with more the demonstration would teach corrections only
_TRUTH_TITLE: Final = "the sample's own truth, not an engine's result"


class DemoError(KaryoViewError):
    """The demonstration cannot be set up; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A prepared copy: its folder, the title of what gave the boxes, and reasons for cells without any."""

    folder: Path
    given_by: str
    failures: tuple[str, ...] = ()


def copy_sample(target: Path, sample: str = SAMPLE) -> Path:
    """A copy of a sample case in ``target``; one that is already there is kept with the work in it."""
    original = resource("sample", sample)
    if not any(map(is_image_file, original.glob("*"))):
        raise DemoError(f"The sample case {original} is missing; install KaryoView again.")
    folder = target / sample
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(original.iterdir()):
            if file.is_file() and not (folder / file.name).exists():
                write_atomic(folder / file.name, file.read_bytes())
    except OSError as error:
        raise DemoError(f"{folder} cannot be written ({error.strerror or error}); name another folder.") from error
    return folder


def prepare(
    folder: Path,
    device: str = "auto",
    tell: Callable[[str], None] = lambda line: None,
    truth: Path | None = None,
) -> Demo:
    """Propose boxes on every new cell of the copy, as the window would; ``truth`` is where its truth lies."""
    # the default engine or the truth: nobody should meet KaryoView through a weaker one
    engines = [engine for engine in available_engines()[:1] if _knows_drawn_cells(engine)]
    failures: list[str] = []
    with Case.open(folder, user="demo") as case:
        if case.read_only:
            raise DemoError(f"{folder} is open elsewhere ({case.read_only_reason}); close it there first.")
        new = [cell for cell in case.cells if case.annotation(cell.image).state is ReviewState.NEW]
        if engines:
            engine, threshold = engines[0], engines[0].operating_threshold
            found = []
            if new:
                tell(f"{engine.title} is looking at {len(new)} metaphases")
                sources = [Source(cell.image, cell.path, cell.page) for cell in new]
                for outcome in detect(sources, load_engine(engine.name, device=device), progress=_counted(tell)):
                    if outcome.detections is None:
                        failures.append(outcome.reason)
                    else:
                        found.append(outcome.detections)
            title = f"{engine.title} ({engine.name})"
        else:
            truths = {d.image: d for d in read_truth(truth or folder)}
            found = [truths[cell.image] for cell in new if cell.image in truths]
            threshold, title = 0.0, _TRUTH_TITLE
        for detections in found:
            case.save_proposals(detections)
            present = replace(case.annotation(detections.image), size=detections.size)
            proposed = propose(present, detections, threshold)
            if not engines:
                proposed = replace(proposed, notes=f"The boxes are {_TRUTH_TITLE}.")
            case.save_annotation(replace(proposed, revision=present.revision + 1), "propose", {"by": title})
    return Demo(folder, title, tuple(failures))


def _knows_drawn_cells(engine: EngineInfo) -> bool:
    """Whether the card says nothing against the engine on drawn cells (many learn from real ones alone)."""
    drawn = measured_on(engine.card).get(DRAWN)
    return drawn is None or float(drawn["corrections_per_cell"]) <= _MOST_CORRECTIONS


def _counted(tell: Callable[[str], None]) -> Callable[[int, int, str], None]:
    return lambda done, total, name: tell(f"[{done}/{total}] {name}")


def read_truth(folder: Path) -> list[Detections]:
    """The truth of a made case as if an engine had said it, with the score 1."""
    path = folder / "truth.json"
    try:
        document = read_document(path)
        rows: dict[int, list[Detection]] = {image["id"]: [] for image in document["images"]}
        for row in document["annotations"]:
            axis = tuple((float(x), float(y)) for x, y in row.get("axis", ()))
            box = Box.rotated(*(float(v) for v in row["rotated_box"]))
            rows[row["image_id"]].append(Detection(box, 1.0, row["category_id"] - 1, axis=axis))
        origin = Provenance(TRUTH)
        return [
            Detections(i["file_name"], (i["height"], i["width"]), tuple(rows[i["id"]]), origin)
            for i in document["images"]
        ]
    except (OSError, KeyError, TypeError, ValueError, AttributeError, KaryoViewError) as error:
        raise DemoError(f"{path} cannot be read ({error}); install KaryoView again.") from error


def write_pictures(demo: Demo, output: Path) -> list[Path]:
    """One picture a cell with its boxes, and ``cells.csv`` and ``chromosomes.csv``; → the files."""
    written = []
    try:
        output.mkdir(parents=True, exist_ok=True)
        with Case.open(demo.folder, read_only=True) as case:
            annotations = [case.annotation(cell.image) for cell in case.cells]
            for annotation in annotations:
                image = case.read_image(annotation.image)
                boxes = [class_drawn(c.box, c.label, dashed=not c.is_human) for c in annotation.chromosomes]
                caption = f"{annotation.image}: {annotation.total()} chromosomes; boxes: {demo.given_by}"
                path = output / f"{Path(annotation.image).stem}.png"
                save_picture(draw(image, boxes, caption, scale=2.0), path)
                written.append(path)
        written += [_cells_table(annotations, demo, output), _chromosomes_table(annotations, output)]
    except OSError as error:
        raise DemoError(f"{output} cannot be written ({error.strerror or error}); name another folder.") from error
    return written


def _cells_table(annotations: list[ImageAnnotation], demo: Demo, output: Path) -> Path:
    path = output / "cells.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["image", "state", "chromosomes", *(c.label for c in CLASSES), "boxes by"])
        for annotation in annotations:
            row = [annotation.image, str(annotation.state), annotation.total(), *annotation.counts(), demo.given_by]
            table.writerow(row)
    return path


def _chromosomes_table(annotations: list[ImageAnnotation], output: Path) -> Path:
    path = output / "chromosomes.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["image", "id", "class", "cx", "cy", "width", "length", "angle", "score"])
        for annotation in annotations:
            for item in annotation.chromosomes:
                numbers = [f"{v:.2f}" for v in item.box.to_array()[:4]] + [f"{item.box.angle:.4f}"]
                name = "" if item.label is None else CLASSES[item.label].name
                table.writerow([annotation.image, item.id, name, *numbers, getattr(item, "score", "")])
    return path
