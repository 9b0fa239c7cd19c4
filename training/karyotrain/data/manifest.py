"""Training data from review: which cells, of which cases, at which revision, and what is wrong with them.

Only cells that a person reviewed whole, of cases whose settings allow training, are used; images are
written anew under names made from their pixels, so that neither file names nor metadata of a patient
travel. The result is an ordinary data set (``train.json``, ``val.json``, ``images/``) with a
``manifest.json`` that names its version by content.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.coco import CocoDocument
from karyotrain.data.errors import DataError
from karyoview.core.annotation import Chromosome, ImageAnnotation, ReviewState
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.geometry import boxes_to_array, iou_xyxy
from karyoview.core.image import pixel_digest
from karyoview.core.matching import duplicates

HELD_BACK: Final = 0.2
_DUPLICATE_IOU: Final = 0.9
_OUTSIDE: Final = 0.25


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a person should know before training.

    ``kind``: consent, unreviewed, unread, unlabelled, outside, duplicate, leak, missing-class,
    few-cases. ``where`` names case and cell; ``skipped`` whether the cell or case is left out for it.
    """

    kind: str
    where: str
    text: str
    skipped: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class ReviewedCell:
    """One usable cell: its pixels (H, W) uint8, the person's chromosomes, and where it came from."""

    case: str
    image: str
    pixels: npt.NDArray[np.uint8]
    chromosomes: tuple[Chromosome, ...]
    revision: int
    slide: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of the pixels: the same picture has it in every case and file format."""
        return pixel_digest(self.pixels)

    def bounds(self) -> npt.NDArray[np.float64]:
        """Horizontal boxes (N, 4) of the chromosomes."""
        rows = [c.box.capsule_bounds().to_xyxy() for c in self.chromosomes]
        return np.asarray(rows, dtype=np.float64).reshape(-1, 4)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a data set was made of. ``version`` is made from the content, so equal data has equal versions."""

    version: str
    cells: tuple[dict[str, Any], ...]
    statistics: dict[str, Any]
    problems: tuple[Problem, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "version": self.version, "statistics": self.statistics, "cells": list(self.cells),
            "problems": [asdict(p) for p in self.problems],
        }  # fmt: skip


def reviewed_cells(folder: Path) -> Iterator[ReviewedCell | Problem]:
    """The usable cells of a case folder, and what is wrong with the others; the case is only read."""
    from karyoview.case.case import Case
    from karyoview.core.errors import KaryoViewError

    with Case.open(folder, read_only=True) as case:
        name = case.settings.id
        if not case.settings.training_consent:
            yield Problem("consent", name, "the case's settings do not allow training on it", skipped=True)
            return
        for cell in case.cells:
            where = f"{name}/{cell.image}"
            try:
                annotation = case.annotation(cell.image)
                if reason := _unusable(annotation):
                    yield Problem("unreviewed", where, reason, skipped=True)
                    continue
                pixels = case.read_image(cell.image).to_uint8()
            except KaryoViewError as error:
                yield Problem("unread", where, str(error), skipped=True)
                continue
            yield ReviewedCell(name, cell.image, pixels, annotation.human(), annotation.revision, cell.slide)


def _unusable(annotation: ImageAnnotation) -> str:
    if annotation.state is not ReviewState.REVIEWED:
        return "the cell is not marked as reviewed"
    if not annotation.chromosomes:
        return "the cell has no boxes"
    untouched = len(annotation.chromosomes) - len(annotation.human())
    return f"{untouched} boxes were not confirmed by a person" if untouched else ""


def survey(folders: Sequence[Path], held_back: float = HELD_BACK, keep_back: Sequence[Path] = ()) -> Manifest:
    """What training on these cases would use, without writing anything; see :func:`write_dataset`."""
    return _manifest(*_gather(folders), held_back, _ids_of(keep_back))


def write_dataset(
    folders: Sequence[Path], output: Path, held_back: float = HELD_BACK, keep_back: Sequence[Path] = ()
) -> Manifest:
    """Write the de-identified data set of these cases into ``output``; → its manifest.

    About ``held_back`` of the cells go to ``val.json``, by whole cases chosen by hash; so a case never
    changes sides when cells are added; cases in
    ``keep_back`` are held back instead of a share. Raises DataError when no cell is usable.
    """
    cells, problems = _gather(folders)
    if not cells:
        first = next((f": {p.where}: {p.text}" for p in problems if p.skipped), "")
        raise DataError(f"None of the {len(folders)} cases has a cell to train on{first}.")
    manifest = _manifest(cells, problems, held_back, _ids_of(keep_back))
    (output / "images").mkdir(parents=True, exist_ok=True)
    kept = {row["image"]: row for row in manifest.cells}
    documents = {split: CocoDocument() for split in ("train", "val")}
    for cell in cells:
        row = kept.pop(_image_name(cell), None)
        if row is None:  # the same picture a second time
            continue
        ok, data = cv2.imencode(".png", cell.pixels)
        if not ok:
            raise DataError(f"{cell.case}/{cell.image}: cannot be written as PNG.")
        (output / "images" / row["image"]).write_bytes(data.tobytes())
        _add(documents[row["split"]], cell, row)
    for split, document in documents.items():
        if document.images:
            (output / f"{split}.json").write_text(json.dumps(document.to_dict()))
        else:
            (output / f"{split}.json").unlink(missing_ok=True)
    (output / "manifest.json").write_text(json.dumps(manifest.to_dict(), indent=2) + "\n")
    return manifest


def _gather(folders: Sequence[Path]) -> tuple[list[ReviewedCell], list[Problem]]:
    found = [item for folder in folders for item in reviewed_cells(Path(folder))]
    cells = [item for item in found if isinstance(item, ReviewedCell)]
    return cells, [item for item in found if isinstance(item, Problem)]


def _ids_of(folders: Sequence[Path]) -> frozenset[str]:
    from karyoview.case.case import Case

    ids = set()
    for folder in folders:
        with Case.open(folder, read_only=True) as case:
            ids.add(case.settings.id)
    return frozenset(ids)


def _manifest(
    cells: Sequence[ReviewedCell], problems: list[Problem], held_back: float, keep_back: frozenset[str] = frozenset()
) -> Manifest:
    problems = [*problems, *(p for cell in cells for p in _cell_problems(cell))]
    owners: dict[str, ReviewedCell] = {}
    rows: list[dict[str, Any]] = []
    for cell in cells:
        name = _image_name(cell)
        if (other := owners.setdefault(name, cell)) is not cell:
            kind = "leak" if other.case != cell.case else "duplicate"
            text = f"the same picture as {other.case}/{other.image}; it is used once"
            problems.append(Problem(kind, f"{cell.case}/{cell.image}", text, skipped=True))
            continue
        rows.append(
            {
                "image": name, "case": cell.case, "sha256": cell.digest, "revision": cell.revision,
                "annotation_sha256": _annotation_digest(cell), "chromosomes": len(cell.chromosomes),
            }
        )  # fmt: skip
    validation = keep_back & {r["case"] for r in rows} or _held_back_cases(rows, held_back)
    if keep_back and rows and validation >= {r["case"] for r in rows}:
        raise DataError("Every case is held back, so none is left to learn from; hold back fewer.")
    rows = [{**row, "split": "val" if row["case"] in validation else "train"} for row in rows]
    used = [owners[row["image"]] for row in rows]
    counts = Counter(c.label for cell in used for c in cell.chromosomes)
    missing = [n for i, n in enumerate(CLASS_NAMES) if not counts[i]]
    if rows and missing:
        problems.append(Problem("missing-class", "all cases", f"no chromosome of the classes {', '.join(missing)}"))
    if rows and not validation:
        problems.append(Problem("few-cases", "all cases", "one case only: nothing is held back to compare engines on"))
    statistics = {
        "cases": len({r["case"] for r in rows}), "cells": len(rows),
        "held_back": sum(r["split"] == "val" for r in rows), "chromosomes": sum(r["chromosomes"] for r in rows),
        "rotated": sum(c.box.is_rotated for cell in used for c in cell.chromosomes),
        "corrected": sum(_was_corrected(c) for cell in used for c in cell.chromosomes),
        "unlabelled": counts[None], "classes": {n: counts[i] for i, n in enumerate(CLASS_NAMES)},
    }  # fmt: skip
    version = hashlib.sha256(json.dumps(sorted(rows, key=lambda r: r["image"])).encode()).hexdigest()[:16]
    return Manifest(version, tuple(rows), statistics, tuple(problems))


def _cell_problems(cell: ReviewedCell) -> Iterator[Problem]:
    where = f"{cell.case}/{cell.image}"
    bounds = cell.bounds()
    height, width = cell.pixels.shape
    inside = np.minimum(bounds[:, 2:], (width, height)) - np.maximum(bounds[:, :2], 0)
    share = np.prod(np.clip(inside, 0, None), 1) / np.maximum(np.prod(bounds[:, 2:] - bounds[:, :2], 1), 1e-9)
    if outside := int((share < 1 - _OUTSIDE).sum()):
        yield Problem("outside", where, f"{outside} boxes lie outside the picture by more than a quarter")
    if len(twice := duplicates(iou_xyxy(bounds, bounds), _DUPLICATE_IOU)):
        yield Problem("duplicate", where, f"{len(twice)} pairs of boxes cover the same chromosome")
    if unlabelled := sum(c.label is None for c in cell.chromosomes):
        yield Problem("unlabelled", where, f"{unlabelled} chromosomes have no class; naming engines leave the cell out")


def _held_back_cases(rows: Sequence[dict[str, Any]], share: float) -> frozenset[str]:
    """Cases whose hash, as a number in [0, 1), lies below ``share``: adding a case moves no other.

    Of two or more cases at least one is held back, and at least one is not.
    """
    digests = {r["case"]: hashlib.sha256(f"held back {r['case']}".encode()) for r in rows}
    places = {case: int(digest.hexdigest()[:8], 16) / 2**32 for case, digest in digests.items()}
    order = sorted(places, key=lambda c: places[c])
    if len(order) < 2:
        return frozenset()
    chosen = [c for c in order if places[c] < share] or order[:1]
    return frozenset(chosen[: len(order) - 1])


def _image_name(cell: ReviewedCell) -> str:
    return f"{cell.digest[:20]}.png"


def _annotation_digest(cell: ReviewedCell) -> str:
    rows = [[*c.box.to_array().tolist(), c.box.is_rotated, c.label, c.mask] for c in cell.chromosomes]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _was_corrected(item: Chromosome) -> bool:
    """Whether a person changed or drew it, rather than accepting a proposal as it was."""
    proposal = getattr(item, "proposal", None)
    return proposal is None or proposal.box != item.box or proposal.label != item.label


def _add(document: CocoDocument, cell: ReviewedCell, row: dict[str, Any]) -> None:
    size = (int(cell.pixels.shape[0]), int(cell.pixels.shape[1]))
    document.add_image(row["image"], size, case=cell.case)
    arrays = boxes_to_array([c.box for c in cell.chromosomes])
    for item, bounds, array in zip(cell.chromosomes, cell.bounds(), arrays, strict=True):
        known: dict[str, Any] = {}
        if item.box.is_rotated:
            known |= {"rotated_box": array.tolist(), "polarity_known": item.polarity is not None}
        if item.mask:
            known["segmentation"] = {"size": list(size), "counts": item.mask}
        if item.axis:
            known["axis"] = [list(p) for p in item.axis]
        document.add_box(bounds, item.label, **known)
