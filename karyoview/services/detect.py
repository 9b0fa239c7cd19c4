"""Detection over many files without a window: images or reasons one by one, and the COCO-style file of them.

The file that :func:`coco_document` describes is a contract with other programs; see ``karyoview detect``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from karyoview import __version__
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import Cancelled, CancelToken, Detector, EngineInfo
from karyoview.io.images import ImageError, is_image_file, list_pictures, read_image
from karyoview.io.own_pictures import is_own_picture
from karyoview.services.jobs import read_ahead, user_message


@dataclass(frozen=True, slots=True)
class Source:
    """One picture to look at: ``name`` is how results are told apart, ``page`` counts from 0."""

    name: str
    path: Path
    page: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one source: ``detections``, or ``reason`` (a sentence) where there are none."""

    source: Source
    detections: Detections | None = None
    reason: str = ""


Progress = Callable[[int, int, str], None]
"""Called with pictures done, pictures in all, and the name of the last one."""


def find_sources(paths: Iterable[Path]) -> tuple[list[Source], list[Outcome]]:
    """Pictures in files, folders (their top level) and cases, every page on its own; and what cannot be read.

    A source is named by the path as given, in folders relative to the folder; page N ≥ 1 adds ``.pN``.
    Pictures that KaryoView drew itself are no sources of a folder.
    """
    sources: list[Source] = []
    failed: list[Outcome] = []
    for path in paths:
        if path.is_dir():
            try:
                found = (p for p in path.iterdir() if is_image_file(p) and p.is_file() and not is_own_picture(p))
                files = sorted(found, key=lambda p: p.name)
            except OSError as error:
                reason = f"{path}: this folder cannot be read ({error.strerror or error}); check its disk."
                failed.append(Outcome(Source(str(path), path), reason=reason))
                continue
            named = [(p, p.relative_to(path).as_posix()) for p in files]
            if not named:
                failed.append(Outcome(Source(str(path), path), reason=f"{path}: this folder holds no image."))
        else:
            named = [(path, str(path))]
        for file, name in named:
            try:
                pages, _ = list_pictures(file)
            except ImageError as error:
                failed.append(Outcome(Source(name, file), reason=str(error)))
                continue
            sources += [Source(f"{name}.p{page}" if page else name, file, page) for page in pages]
    return sources, failed


def detect(
    sources: Sequence[Source],
    detector: Detector,
    *,
    batch: int = 1,
    cancel: CancelToken | None = None,
    progress: Progress = lambda done, total, name: None,
) -> Iterator[Outcome]:
    """One outcome a source, in order; a bad file stops nothing. Ends early when cancelled.

    The next pictures are decoded while the engine is at work. A batch that fails is tried again
    picture by picture, so that one picture too large for the device costs no other.
    """
    token = cancel or CancelToken()
    groups = [sources[i : i + batch] for i in range(0, len(sources), max(batch, 1))]
    done = 0
    for group, images in read_ahead(groups, _read_all):
        if token.cancelled:
            return
        try:
            outcomes = _predict(group, images.result(), detector, token)
        except Cancelled:
            return
        for outcome in outcomes:
            done += 1
            progress(done, len(sources), outcome.source.name)
            yield outcome


def _read_all(sources: Sequence[Source]) -> list[MetaphaseImage | str]:
    """Each picture, or the reason why there is none."""
    found: list[MetaphaseImage | str] = []
    for source in sources:
        try:
            found.append(replace(read_image(source.path, page=source.page), name=source.name))
        except Exception as error:
            found.append(user_message(error))
    return found


def _predict(
    sources: Sequence[Source], images: Sequence[MetaphaseImage | str], detector: Detector, token: CancelToken
) -> list[Outcome]:
    readable = [image for image in images if isinstance(image, MetaphaseImage)]
    answers = iter(_answers(readable, detector, token))
    outcomes = []
    for source, image in zip(sources, images, strict=True):
        answer = image if isinstance(image, str) else next(answers)
        if isinstance(answer, str):
            outcomes.append(Outcome(source, reason=answer))
        else:
            outcomes.append(Outcome(source, replace(answer, image=source.name)))
    return outcomes


def _answers(images: Sequence[MetaphaseImage], detector: Detector, token: CancelToken) -> list[Detections | str]:
    if not images:
        return []
    try:
        return list(detector.predict(images, token))
    except Cancelled:
        raise
    except Exception as error:
        if len(images) == 1:
            return [user_message(error)]
        return [answer for image in images for answer in _answers([image], detector, token)]


def coco_document(
    outcomes: Sequence[Outcome],
    info: EngineInfo,
    *,
    threshold: float | None = None,
    all_classes: bool = False,
    device: str = "",
    seconds: float = 0.0,
) -> dict[str, Any]:
    """The result file of ``karyoview detect`` as a JSON object.

    ``images`` (with a ``note`` where there is something to say, and ``metaphase`` false where none was found),
    ``notes`` (the same sentences, in one list), ``annotations`` (``bbox`` [x, y, w, h], ``score``,
    ``category_id``; ``rotated_box`` [cx, cy, w, h, angle] and ``polarity`` where the engine gives rotated
    boxes), ``categories``, ``errors`` and ``info``. Detections below ``threshold`` (None: the card's) are left out.
    With ``all_classes`` a box has a row for every class whose probability reaches the threshold, scored by it.
    """
    cut = info.operating_threshold if threshold is None else threshold
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    errors = []
    for outcome in outcomes:
        if outcome.detections is None:
            errors.append({"file_name": outcome.source.name, "reason": outcome.reason})
            continue
        found = outcome.detections
        device = device or found.provenance.device
        image_id = len(images) + 1
        row: dict[str, Any] = {"id": image_id, "file_name": outcome.source.name}
        row |= {"width": found.size[1], "height": found.size[0]}
        images.append(
            row | ({"note": found.note} if found.note else {}) | ({} if found.metaphase else {"metaphase": False})
        )
        for item in found.items:
            box = _box_members(item, info)
            for category, score in _scored_categories(item, info, all_classes):
                if score >= cut:
                    head = {"id": len(annotations) + 1, "image_id": image_id, "category_id": category}
                    annotations.append(head | box | {"score": round(float(score), 6)})
    names = CLASS_NAMES if info.names_classes else info.classes
    return {
        "info": {
            "description": "Chromosomes found by KaryoView. For research and evaluation use.",
            "version": __version__,
            "engine": info.name,
            "weights_hash": info.weights_hash,
            "operating_threshold": info.operating_threshold,
            "threshold": cut,
            "all_classes": all_classes,
            "device": device,
            "seconds": round(seconds, 3),
        },
        "images": images,
        "categories": [{"id": i + 1, "name": name, "supercategory": "chromosome"} for i, name in enumerate(names)],
        "annotations": annotations,
        "notes": [{"file_name": row["file_name"], "note": row["note"]} for row in images if "note" in row],
        "errors": errors,
    }


def _box_members(item: Detection, info: EngineInfo) -> dict[str, Any]:
    x1, y1, x2, y2 = item.bounds.to_xyxy()
    members: dict[str, Any] = {"bbox": [round(v, 4) for v in (x1, y1, x2 - x1, y2 - y1)]}
    members |= {"area": round((x2 - x1) * (y2 - y1), 4), "iscrowd": 0}
    if item.box.is_rotated:
        members["rotated_box"] = [round(float(v), 6) for v in item.box.to_array()]
    if info.rotated:
        members["polarity"] = None if item.polarity is None else round(float(item.polarity), 6)
    return members


def _scored_categories(item: Detection, info: EngineInfo, all_classes: bool) -> list[tuple[int, float]]:
    """Category ids (from 1) with their scores for one box; one unless every class is asked for."""
    if not info.names_classes:
        return [(1, item.score)]
    if all_classes and len(item.probabilities) == len(CLASS_NAMES):
        return [(index + 1, p) for index, p in enumerate(item.probabilities)]
    label = item.label
    if label is None and item.probabilities:
        label = max(range(len(item.probabilities)), key=item.probabilities.__getitem__)
    return [] if label is None else [(label + 1, item.score)]


class Stopwatch:
    """Progress as one line of text, with an honest remaining time."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def line(self, done: int, total: int, name: str) -> str:
        """``[3/20] name, about 40 s left``."""
        left = self.seconds / done * (total - done) if done else 0.0
        remaining = f", about {left:.0f} s left" if done < total else f", {self.seconds:.1f} s"
        return f"[{done}/{total}] {name}{remaining}"
