"""Truths and predictions from files and cases, brought together by name for the metrics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyoview.core.annotation import ReviewState
from karyoview.core.checked_json import read_json
from karyoview.core.chromosome import parse_class
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.metrics import ImagePrediction, ImageTruth
from karyoview.core.plain_files import NotPlainError
from karyoview.io.picture_names import base_name
from karyoview.io.picture_names import match_names as match_names

MAX_FILE_BYTES: Final = 2 << 30


class EvaluationError(KaryoViewError):
    """A truth or a prediction cannot be read, or they do not belong together."""


@dataclass(frozen=True, slots=True)
class Truths:
    """What is right: one truth an image, and where its picture lies (None where it is not found)."""

    items: tuple[ImageTruth, ...]
    pictures: Mapping[str, Path | None]


@dataclass(frozen=True, slots=True)
class Predictions:
    """``items`` hold the best class of each box, ``ranked`` a row for every class score where the file has them."""

    items: tuple[ImagePrediction, ...]
    ranked: tuple[ImagePrediction, ...] | None
    threshold: float | None
    title: str


def read_truths(path: Path, *, rotated: bool = False, images: Path | None = None) -> Truths:
    """Truth from a COCO file, or from a case: its reviewed cells, else its ``truth.json``.

    ``images`` is the folder of the pictures; without it they are looked for beside the file.
    """
    if not path.is_dir():
        return _coco_truths(path, rotated, images)
    from karyoview.case.case import Case

    with Case.open(path, read_only=True) as case:
        done = [c for c in case.cells if case.annotation(c.image).state is ReviewState.REVIEWED]
        if done:
            items = tuple(ImageTruth.from_annotation(case.annotation(c.image), rotated) for c in done)
            return Truths(items, {c.image: c.path for c in done})
    if (path / "truth.json").is_file():
        return _coco_truths(path / "truth.json", rotated, images)
    raise EvaluationError(f"{path}: no cell of this case is reviewed and it holds no truth.json; review a cell first.")


def read_predictions(path: Path, truths: Truths, *, rotated: bool = False) -> Predictions:
    """Predictions from a file of ``karyoview detect`` (or any COCO file with scores), named as the truths are."""
    document = _load(path)
    rows = _rows(document, path)
    info = document.get("info")
    threshold = info.get("operating_threshold") if isinstance(info, dict) else None
    names = match_names([row["file_name"] for row in document["images"]], [t.image for t in truths.items])
    best, every, several = [], [], False
    for image in document["images"]:
        name = names.get(image["file_name"])
        if name is None:
            continue
        top: dict[tuple[float, ...], Any] = {}
        own = rows.get(image["id"], [])
        for row in own:
            key = tuple(row["box"])
            if key not in top or row["score"] > top[key]["score"]:
                top[key] = row
        several |= len(top) < len(own)
        best.append(_prediction(name, list(top.values()), rotated))
        every.append(_prediction(name, own, rotated))
    title = str(info.get("engine", path.name)) if isinstance(info, dict) else path.name
    cut = float(threshold) if isinstance(threshold, (int, float)) else None
    return Predictions(tuple(best), tuple(every) if several else None, cut, title)


def _coco_truths(path: Path, rotated: bool, images: Path | None) -> Truths:
    document = _load(path)
    rows = _rows(document, path)
    items, pictures = [], {}
    for image in document["images"]:
        name = image["file_name"]
        own = [row for row in rows.get(image["id"], []) if not row["crowd"]]
        labels = np.asarray([row["label"] for row in own], dtype=np.int64)
        axes = tuple(row["axis"] for row in own) if rotated and any(len(row["axis"]) for row in own) else ()
        items.append(ImageTruth(name, _boxes(own, rotated), labels, str(image.get("case", "")), axes))
        pictures[name] = _find_picture(name, path.parent, images)
    return Truths(tuple(items), pictures)


def _find_picture(name: str, beside: Path, images: Path | None) -> Path | None:
    """The picture inside the given folder (never outside it), by its name or its base name."""
    folders = [images] if images is not None else [beside, beside / "images"]
    for folder in folders:
        for candidate in (folder / name, folder / base_name(name)):
            if candidate.is_file() and candidate.resolve().is_relative_to(folder.resolve()):
                return candidate
    return None


def _load(path: Path) -> dict[str, Any]:
    try:
        document = read_json(path, MAX_FILE_BYTES)
    except NotPlainError as error:
        raise EvaluationError(f"{path} is no file; choose a file of boxes.") from error
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror or error}); check the path.") from error
    except ValueError as error:
        raise EvaluationError(f"{path} is not valid JSON ({error}); write the file again.") from error
    images = document.get("images") if isinstance(document, dict) else None
    if not isinstance(images, list) or not all(
        isinstance(i, dict) and isinstance(i.get("file_name"), str) and isinstance(i.get("id"), int) for i in images
    ):
        raise EvaluationError(f"{path} holds no list of images with id and file_name; it is no COCO file.")
    return dict(document)


def _rows(document: Mapping[str, Any], path: Path) -> dict[int, list[dict[str, Any]]]:
    """Checked annotations by image id: box, rotated box or None, label (−1 unknown), score, crowd, axis."""
    categories = document.get("categories")
    labels = {}
    for category in categories if isinstance(categories, list) else []:
        if isinstance(category, dict) and isinstance(category.get("id"), int | str):
            known = parse_class(str(category.get("name", "")))
            labels[category["id"]] = -1 if known is None else known.index
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    annotations = document.get("annotations")
    for number, item in enumerate(annotations if isinstance(annotations, list) else [], 1):
        try:
            turned = item.get("rotated_box")
            rows[item["image_id"]].append(
                {
                    "box": Box.from_xywh(*(float(v) for v in item["bbox"])).to_xyxy(),
                    "rotated": Box.rotated(*(float(v) for v in turned)) if turned else None,
                    "label": labels.get(item.get("category_id"), -1),
                    "score": float(item.get("score", 1.0)),
                    "crowd": bool(item.get("iscrowd", 0)),
                    "axis": np.asarray(item.get("axis") or [], dtype=np.float64).reshape(-1, 2),
                }
            )
        except (KeyError, TypeError, ValueError, AttributeError, KaryoViewError) as error:
            raise EvaluationError(f"{path}: annotation {number} is damaged ({error}); write the file again.") from error
    return rows


def _boxes(rows: Sequence[Mapping[str, Any]], rotated: bool) -> np.ndarray[Any, np.dtype[np.float64]]:
    if not rotated:
        return np.asarray([row["box"] for row in rows], dtype=np.float64).reshape(-1, 4)
    if any(row["rotated"] is None for row in rows):
        raise EvaluationError("Rotated boxes were asked for, but some boxes have none; compare the horizontal ones.")
    return np.asarray([row["rotated"].to_array() for row in rows], dtype=np.float64).reshape(-1, 5)


def _prediction(name: str, rows: Sequence[Mapping[str, Any]], rotated: bool) -> ImagePrediction:
    labels = np.asarray([row["label"] for row in rows], dtype=np.int64)
    scores = np.asarray([row["score"] for row in rows], dtype=np.float64)
    return ImagePrediction(name, _boxes(rows, rotated), labels, scores)
