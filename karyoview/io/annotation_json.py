"""Annotations and proposals as JSON documents, and back, without loss.

Boxes are ``[cx, cy, w, h]`` when horizontal and ``[cx, cy, w, h, angle]`` when rotated; classes are
written by name (``A1`` … ``Y``); empty and unknown values are left out. What another program or a
newer version wrote beside is kept and written back where it stood.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeVar

import msgspec

from karyoview.core.annotation import (
    Attribution,
    Chromosome,
    CountMark,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.io.documents import Document, DocumentError

SCHEMA: Final = 2
UNKNOWN: Final = "karyoview:unknown"
"""The key in ``extra`` under which members that this version does not know wait to be written back."""
_RAW_LABEL: Final = "own_label"  # as stored since the first schema

Name = str
Point = tuple[float, float]
_Row = TypeVar("_Row")


class _ChromosomeRow(msgspec.Struct):
    id: str
    kind: str
    box: list[float]
    label: Name | None = None
    box_by: tuple[str, str] = ("person", "")
    label_by: tuple[str, str] | None = None
    polarity: float | None = None
    axis: list[Point] = []
    mask: str = ""
    extra: dict[str, Any] = {}
    score: float = 0.0
    raw_label: Name | None = msgspec.field(default=None, name=_RAW_LABEL)
    probabilities: list[float] = []
    doubt: float | None = None
    reasons: list[str] = []
    uncertain: bool = False
    looked_at: bool = True
    proposal: dict[str, Any] | None = None


class _MarkRow(msgspec.Struct):
    id: str
    x: float
    y: float


class _AnnotationDocument(msgspec.Struct):
    schema: int
    image: str
    size: tuple[int, int] = (0, 0)
    image_sha256: str = ""
    state: ReviewState = ReviewState.NEW
    reason: str = ""
    chromosomes: list[dict[str, Any]] = []
    count_marks: list[_MarkRow] = []
    revision: int = 0
    notes: str = ""
    extra: dict[str, Any] = {}
    audit_seq: int = 0


class _DetectionRow(msgspec.Struct):
    box: list[float]
    score: float
    label: Name | None = None
    horizontal: list[float] | None = None
    raw_label: Name | None = msgspec.field(default=None, name=_RAW_LABEL)
    probabilities: list[float] = []
    polarity: float | None = None
    doubt: float | None = None
    axis: list[Point] = []
    reasons: list[str] = []


class _ProvenanceRow(msgspec.Struct):
    engine: str
    weights_hash: str = ""
    program_version: str = ""
    device: str = "cpu"
    threshold: float = 0.0
    image_sha256: str = ""
    revision: int = 0
    settings: list[tuple[str, str]] = []


class _ProposalsDocument(msgspec.Struct):
    schema: int
    image: str
    size: tuple[int, int]
    provenance: _ProvenanceRow
    items: list[_DetectionRow] = []
    seconds: float = 0.0
    note: str = ""
    metaphase: bool = True
    novelty: float | None = None


_CHROMOSOME_MEMBERS: Final = frozenset(_ChromosomeRow.__struct_encode_fields__)
_ANNOTATION_MEMBERS: Final = frozenset(_AnnotationDocument.__struct_fields__)


def annotation_to_document(annotation: ImageAnnotation) -> Document:
    """The JSON object of an annotation; DocumentError for a class index outside 0–23."""
    extra, unknown = _split_extra(annotation.extra)
    document: Document = {
        **unknown,
        "schema": SCHEMA,
        "image": annotation.image,
        "size": [int(v) for v in annotation.size],
        "state": str(annotation.state),
        "revision": int(annotation.revision),
        "chromosomes": [_chromosome_row(c) for c in annotation.chromosomes],
        "count_marks": [{"id": m.id, "x": float(m.x), "y": float(m.y)} for m in annotation.count_marks],
    }
    _put(document, image_sha256=annotation.image_sha256, reason=annotation.reason, notes=annotation.notes, extra=extra)
    return document


def annotation_from_document(document: Document, name: str) -> ImageAnnotation:
    """The annotation in a JSON object; DocumentError names the file ``name`` and the member at fault."""
    _check_schema(document, name)
    row = _convert(document, _AnnotationDocument, name)
    try:
        return ImageAnnotation(
            image=row.image,
            size=row.size,
            image_sha256=row.image_sha256,
            state=row.state,
            reason=row.reason,
            chromosomes=tuple(_chromosome(c, f"{name}, chromosome {i + 1}") for i, c in enumerate(row.chromosomes)),
            count_marks=tuple(CountMark(m.id, m.x, m.y) for m in row.count_marks),
            revision=row.revision,
            notes=row.notes,
            extra=_join_extra(row.extra, document, _ANNOTATION_MEMBERS),
        )
    except DocumentError:
        raise
    except KaryoViewError as error:
        raise DocumentError(f"{name}: {error}") from error


def detections_to_document(detections: Detections) -> Document:
    """The JSON object of one engine's proposals for one image."""
    origin = detections.provenance
    provenance: Document = {
        "engine": origin.engine,
        "device": origin.device,
        "threshold": float(origin.threshold),
        "revision": int(origin.revision),
        "settings": [list(pair) for pair in origin.settings],
    }
    _put(
        provenance,
        weights_hash=origin.weights_hash,
        program_version=origin.program_version,
        image_sha256=origin.image_sha256,
    )
    document: Document = {
        "schema": SCHEMA,
        "image": detections.image,
        "size": [int(v) for v in detections.size],
        "items": [_detection_row(d) for d in detections.items],
        "provenance": provenance,
        "seconds": float(detections.seconds),
    }
    _put(document, note=detections.note)
    if not detections.metaphase:
        document["metaphase"] = False
    _put(document, novelty=_number(detections.novelty))
    return document


def detections_from_document(document: Document, name: str) -> Detections:
    """The proposals in a JSON object; DocumentError names the file ``name`` and the member at fault."""
    _check_schema(document, name)
    row = _convert(document, _ProposalsDocument, name)
    p = row.provenance
    return Detections(
        image=row.image,
        size=row.size,
        items=tuple(_detection(d, f"{name}, item {i + 1}") for i, d in enumerate(row.items)),
        provenance=Provenance(
            p.engine, p.weights_hash, p.program_version, p.device, p.threshold, p.image_sha256, p.revision,
            tuple(p.settings),
        ),
        seconds=row.seconds,
        note=row.note,
        metaphase=row.metaphase,
        novelty=row.novelty,
    )  # fmt: skip


def _chromosome_row(item: Chromosome) -> Document:
    extra, unknown = _split_extra(item.extra)
    row: Document = {
        **unknown,
        "id": item.id,
        "kind": "reviewed" if isinstance(item, ReviewedChromosome) else "predicted",
        "box": _box_row(item.box),
        "box_by": [item.box_by.kind, item.box_by.name],
    }
    _put(row, label=_class_name(item.label), polarity=_number(item.polarity), axis=_points(item.axis), mask=item.mask)
    _put(row, extra=extra, label_by=[item.label_by.kind, item.label_by.name] if item.label_by else None)
    if isinstance(item, ReviewedChromosome):
        _put(row, proposal=_chromosome_row(item.proposal) if item.proposal else None, uncertain=item.uncertain or None)
        if not item.looked_at:
            row["looked_at"] = False
    elif isinstance(item, PredictedChromosome):
        row["score"] = float(item.score)
        _put(row, **{_RAW_LABEL: _class_name(item.raw_label)}, probabilities=[float(v) for v in item.probabilities])
        _put(row, doubt=_number(item.doubt), reasons=list(item.reasons))
    else:
        raise DocumentError(f"Chromosome {item.id} is neither predicted nor reviewed; use one of the two types.")
    return row


def _chromosome(document: Document, name: str) -> Chromosome:
    row = _convert(document, _ChromosomeRow, name)
    common: dict[str, Any] = {
        "id": row.id,
        "box": _box(row.box, name),
        "label": _class_index(row.label, name),
        "box_by": Attribution(*row.box_by),
        "label_by": Attribution(*row.label_by) if row.label_by else None,
        "polarity": row.polarity,
        "axis": tuple(row.axis),
        "mask": row.mask,
        "extra": _join_extra(row.extra, document, _CHROMOSOME_MEMBERS),
    }
    if row.kind == "reviewed":
        proposal = _chromosome(row.proposal, f"{name}, proposal") if row.proposal else None
        if proposal is not None and not isinstance(proposal, PredictedChromosome):
            raise DocumentError(f"{name}: the proposal must be of the kind 'predicted'.")
        return ReviewedChromosome(**common, proposal=proposal, uncertain=row.uncertain, looked_at=row.looked_at)
    if row.kind == "predicted":
        return PredictedChromosome(
            **common,
            score=row.score,
            raw_label=_class_index(row.raw_label, name),
            probabilities=tuple(row.probabilities),
            doubt=row.doubt,
            reasons=tuple(row.reasons),
        )
    raise DocumentError(f"{name}: the kind {row.kind!r} is unknown, expected 'predicted' or 'reviewed'.")


def _detection_row(item: Detection) -> Document:
    row: Document = {"box": _box_row(item.box), "score": float(item.score)}
    _put(row, label=_class_name(item.label), **{_RAW_LABEL: _class_name(item.raw_label)}, axis=_points(item.axis))
    _put(row, horizontal=_box_row(item.horizontal) if item.horizontal else None, polarity=_number(item.polarity))
    _put(row, probabilities=[float(v) for v in item.probabilities], doubt=_number(item.doubt))
    _put(row, reasons=list(item.reasons))
    return row


def _detection(row: _DetectionRow, name: str) -> Detection:
    return Detection(
        box=_box(row.box, name),
        score=row.score,
        label=_class_index(row.label, name),
        horizontal=_box(row.horizontal, name) if row.horizontal else None,
        raw_label=_class_index(row.raw_label, name),
        probabilities=tuple(row.probabilities),
        polarity=row.polarity,
        doubt=row.doubt,
        axis=tuple(row.axis),
        reasons=tuple(row.reasons),
    )


def _box_row(box: Box) -> list[float]:
    row = [float(box.cx), float(box.cy), float(box.w), float(box.h)]
    return [*row, float(box.angle)] if box.is_rotated else row


def _box(row: Sequence[float], name: str) -> Box:
    if len(row) not in (4, 5):
        raise DocumentError(f"{name}: a box has four numbers, or five when rotated, not {len(row)}.")
    try:
        cx, cy, w, h, angle = (*row, 0.0)[:5]
        return Box(cx, cy, w, h, angle, is_rotated=len(row) == 5)
    except KaryoViewError as error:
        raise DocumentError(f"{name}: {error}") from error


def _class_name(index: int | None) -> str | None:
    if index is None:
        return None
    if not 0 <= index < len(CLASS_NAMES):
        raise DocumentError(f"The class index {index} is outside 0–23.")
    return CLASS_NAMES[index]


def _class_index(name: str | None, where: str) -> int | None:
    if name is None:
        return None
    if name not in CLASS_NAMES:
        raise DocumentError(f"{where}: {name!r} is none of the 24 classes (A1 … G22, X, Y).")
    return CLASS_NAMES.index(name)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _points(points: Sequence[Sequence[float]]) -> list[list[float]]:
    return [[float(v) for v in point] for point in points]


def _put(document: Document, **members: object) -> None:
    """Add the members that are not empty; 0 and False are values, None and empty texts and lists are not."""
    for key, value in members.items():
        if value is not None and value != "" and value != [] and value != {}:
            document[key] = value


def _split_extra(extra: Mapping[str, Any]) -> tuple[Document, Document]:
    known = {key: value for key, value in extra.items() if key != UNKNOWN}
    unknown = extra.get(UNKNOWN, {})
    return known, dict(unknown) if isinstance(unknown, Mapping) else {}


def _join_extra(extra: Document, document: Document, members: frozenset[str]) -> Mapping[str, Any]:
    unknown = {key: value for key, value in document.items() if key not in members}
    return MappingProxyType({**extra, UNKNOWN: unknown} if unknown else extra)


def _check_schema(document: Document, name: str) -> None:
    schema = document.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise DocumentError(
            f"{name} was written by a newer KaryoView (schema {schema}, this one reads {SCHEMA}); update KaryoView."
        )
    if schema != SCHEMA:
        raise DocumentError(
            f"{name} has the schema {schema!r}, expected {SCHEMA}; open its case to bring it up to date."
        )


def _convert(document: Document, kind: type[_Row], name: str) -> _Row:
    try:
        return msgspec.convert(document, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise DocumentError(f"{name}: {error}.") from error
