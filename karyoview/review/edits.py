"""Every correction as a pure function: an annotation in, the corrected annotation out.

None of them touches the history, the disk or a window. A chromosome that a person changes becomes a
:class:`ReviewedChromosome` that keeps the proposal it came from, so that corrections can be counted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from karyoview.core.annotation import (
    Attribution,
    Chromosome,
    CountMark,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import Detection, Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box, FloatArray, corners
from karyoview.core.matching import unmatched
from karyoview.imaging.overlap import Boxed, boxes_as_outlines, overlap

MATCH_IOU = 0.5
DISMISSED = "dismissed"
CUT_FROM = "cut_from"
"""Member of a part: id and class of the chromosome that was cut."""
MANY = 3
"""Acts on more chromosomes than this are acts on many: nobody looked at each of them."""


class EditError(KaryoViewError):
    """An edit that makes no sense here; the sentence says why."""


def new_id() -> str:
    """A chromosome id that is unique for all practical purposes."""
    return secrets.token_hex(6)


def as_reviewed(item: Chromosome, person: str, looked_at: bool = True) -> ReviewedChromosome:
    """The chromosome as a person's work, keeping the proposal it came from.

    ``looked_at`` is False for an act on many at once; what was looked at before stays so.
    """
    if isinstance(item, ReviewedChromosome):
        return replace(item, looked_at=True) if looked_at and not item.looked_at else item
    proposal = item if isinstance(item, PredictedChromosome) else None
    return ReviewedChromosome(
        id=item.id, box=item.box, label=item.label, box_by=item.box_by, label_by=item.label_by,
        polarity=item.polarity, axis=item.axis, mask=item.mask, extra=item.extra, proposal=proposal,
        looked_at=looked_at,
    )  # fmt: skip


def add(annotation: ImageAnnotation, box: Box, person: str, label: int | None = None) -> tuple[ImageAnnotation, str]:
    """A new chromosome drawn by ``person``; returns the annotation and the new id."""
    by = Attribution("person", person)
    item = ReviewedChromosome(new_id(), _inside(box, annotation.size), label, by, by if label is not None else None)
    return _working(annotation, (*annotation.chromosomes, item)), item.id


def reshape(annotation: ImageAnnotation, boxes: Mapping[str, Box], person: str) -> ImageAnnotation:
    """New boxes for some chromosomes (move, resize, rotate, turn); mask and axis of the old box are dropped."""
    by = Attribution("person", person)

    def changed(item: Chromosome) -> Chromosome:
        box = boxes.get(item.id)
        if box is None or box == item.box:
            return item
        return replace(as_reviewed(item, person), box=_inside(box, annotation.size), box_by=by, mask="", axis=())

    return _working(annotation, map(changed, annotation.chromosomes))


def turn(annotation: ImageAnnotation, ids: Iterable[str], person: str) -> ImageAnnotation:
    """The arms exchanged (angle + π); a horizontal box first gets a direction along its longer side."""
    boxes = {i: directed(annotation.chromosome(i).box).turned() for i in ids}
    turned = reshape(annotation, boxes, person)
    keep = {c.id: c for c in annotation.chromosomes}
    axes = [
        replace(c, axis=keep[c.id].axis[::-1], mask=keep[c.id].mask) if c.id in boxes else c for c in turned.chromosomes
    ]
    return replace(turned, chromosomes=tuple(axes))


def relabel(annotation: ImageAnnotation, ids: Iterable[str], label: int | None, person: str) -> ImageAnnotation:
    """The class given by ``person``; None takes it away."""
    wanted = set(ids)
    by = Attribution("person", person)
    alone = len(wanted) <= MANY
    return _working(
        annotation,
        (
            replace(as_reviewed(c, person, alone), label=label, label_by=by) if c.id in wanted else c
            for c in annotation.chromosomes
        ),
    )


def delete(annotation: ImageAnnotation, ids: Iterable[str]) -> ImageAnnotation:
    """Without these chromosomes; places of deleted proposals are remembered, so that no engine brings them back."""
    wanted = set(ids)
    gone = [c for c in annotation.chromosomes if c.id in wanted]
    places = [_proposed_box(c) for c in gone]
    rows = [[round(float(v), 3) for v in box.to_array()] for box in places if box is not None]
    kept = _working(annotation, (c for c in annotation.chromosomes if c.id not in wanted))
    return _with_extra(kept, DISMISSED, [*annotation.extra.get(DISMISSED, ()), *rows]) if rows else kept


def accept(annotation: ImageAnnotation, ids: Iterable[str], person: str) -> ImageAnnotation:
    """These proposals as found right by a person; of more than three at once nobody looked at each."""
    wanted = set(ids)
    return take_over(annotation, wanted, person, len(wanted) <= MANY)


def take_over(annotation: ImageAnnotation, ids: Iterable[str], person: str, looked_at: bool) -> ImageAnnotation:
    """These proposals as a person's; a cell in which only somebody looked again keeps its state."""
    wanted = set(ids)
    items = tuple(as_reviewed(c, person, looked_at) if c.id in wanted else c for c in annotation.chromosomes)
    if any(c.id in wanted and not c.is_human for c in annotation.chromosomes):
        return _working(annotation, items)
    return replace(annotation, chromosomes=items)


def set_uncertain(annotation: ImageAnnotation, ids: Iterable[str], uncertain: bool, person: str) -> ImageAnnotation:
    """A person's own mark of uncertainty on these chromosomes."""
    wanted = set(ids)
    return _working(
        annotation,
        (replace(as_reviewed(c, person), uncertain=uncertain) if c.id in wanted else c for c in annotation.chromosomes),
    )


def split(
    annotation: ImageAnnotation,
    chromosome_id: str,
    stroke: Sequence[tuple[float, float]],
    person: str,
    fitted: tuple[Box, Box] | None = None,
) -> tuple[ImageAnnotation, tuple[str, str]]:
    """Two chromosomes in place of one, cut along ``stroke``.

    ``fitted`` are the boxes of both pieces' own pixels, where the picture is known; without them the box is cut along
    the line from the first to the last point, and both parts keep its direction. Neither keeps the class, as at least
    one of them is wrong. Raises EditError when the line leaves less than 5 % of the box on one side.
    """
    old = annotation.chromosome(chromosome_id)
    pieces = fitted or split_box(old.box, stroke)
    by = Attribution("person", person)
    extra = {**old.extra, CUT_FROM: {"id": old.id, "label": old.label}}
    parts = [ReviewedChromosome(new_id(), box, None, by, extra=extra) for box in pieces]
    without = delete(annotation, [chromosome_id])
    at = annotation.chromosomes.index(old)
    items = list(without.chromosomes)
    items[at:at] = parts
    return _working(without, items), (parts[0].id, parts[1].id)


def join(annotation: ImageAnnotation, ids: Sequence[str], person: str) -> tuple[ImageAnnotation, str]:
    """One chromosome in place of several, in the direction of the longest.

    The class stays where all that have one agree; parts of one cut that were given none get back what was cut.
    One part alone is joined with the others of its cut.
    """
    ids = _with_other_parts(annotation, ids)
    items = [annotation.chromosome(i) for i in ids]
    if len(items) < 2:
        raise EditError("Select two or more boxes to join them (Ctrl+click adds to the selection).")
    cut = [_cut_from(c) for c in items]
    labels: set[int | None] = {c.label for c in items if c.label is not None}
    if not labels and cut[0] is not None and all(c == cut[0] for c in cut):
        labels = {cut[0][1]}
    by = Attribution("person", person)
    label = labels.pop() if len(labels) == 1 else None
    made = ReviewedChromosome(
        new_id(), join_boxes([c.box for c in items]), label, by, by if label is not None else None
    )
    without = delete(annotation, ids)
    kept = list(without.chromosomes)
    kept.insert(annotation.chromosomes.index(items[0]), made)
    return _working(without, kept), made.id


def _cut_from(chromosome: Chromosome) -> tuple[str, int | None] | None:
    """The id and class of what a part was cut from; None for what is no part."""
    named = getattr(chromosome, "extra", {}).get(CUT_FROM)
    if not isinstance(named, Mapping) or not isinstance(named.get("id"), str):
        return None
    label = named.get("label")
    return named["id"], label if isinstance(label, int) and 0 <= label < len(CLASSES) else None


def _with_other_parts(annotation: ImageAnnotation, ids: Sequence[str]) -> Sequence[str]:
    if len(ids) != 1 or (cut := _cut_from(annotation.chromosome(ids[0]))) is None:
        return ids
    return [c.id for c in annotation.chromosomes if (other := _cut_from(c)) is not None and other[0] == cut[0]]


def add_mark(annotation: ImageAnnotation, x: float, y: float) -> ImageAnnotation:
    """One more count mark at a point in pixels."""
    return _stirred(replace(annotation, count_marks=(*annotation.count_marks, CountMark(new_id(), x, y))))


def remove_mark(annotation: ImageAnnotation, mark_id: str) -> ImageAnnotation:
    """Without that count mark."""
    return _stirred(replace(annotation, count_marks=tuple(m for m in annotation.count_marks if m.id != mark_id)))


def set_state(annotation: ImageAnnotation, state: ReviewState, reason: str = "") -> ImageAnnotation:
    """The cell's state; a cell that is set aside needs a reason."""
    if state is ReviewState.SET_ASIDE and not reason.strip():
        raise EditError(f"{annotation.image}: give a reason to set the cell aside.")
    return replace(annotation, state=state, reason=reason.strip() if state is ReviewState.SET_ASIDE else "")


def clear_proposals(annotation: ImageAnnotation) -> ImageAnnotation:
    """Without what engines proposed and nobody touched."""
    human = tuple(c for c in annotation.chromosomes if c.is_human)
    state = annotation.state if human or annotation.state is not ReviewState.PROPOSED else ReviewState.NEW
    return replace(annotation, chromosomes=human, state=state)


def has_human_work(annotation: ImageAnnotation) -> bool:
    """Whether a person has touched this cell, so that an engine may not replace what is there."""
    return bool(
        annotation.human() or annotation.extra.get(DISMISSED)
        or annotation.state in (ReviewState.REVIEWED, ReviewState.SET_ASIDE)
    )  # fmt: skip


def propose(annotation: ImageAnnotation, detections: Detections, threshold: float) -> ImageAnnotation:
    """The annotation with an engine's detections of at least ``threshold`` as its proposals.

    Older proposals give way; human chromosomes stay as they are, and a detection is left out where one of
    them lies (IoU ≥ 0.5) or where a person deleted a proposal. A new cell becomes a proposed one.
    """
    kept = [k for k, item in enumerate(detections.items) if item.score >= threshold]
    human = [c for c in annotation.chromosomes if c.is_human]
    kept = new_finds(annotation, human, detections, kept, also_dismissed=True)
    made = [_predicted(detections, index, detections.items[index]) for index in kept]
    state = ReviewState.PROPOSED if annotation.state is ReviewState.NEW else annotation.state
    return replace(annotation, chromosomes=(*human, *made), state=state)


def new_finds(
    annotation: ImageAnnotation,
    there: Sequence[Chromosome],
    detections: Detections,
    indices: Sequence[int],
    also_dismissed: bool = False,
) -> list[int]:
    """Those of ``indices`` whose detection is none of the chromosomes that are ``there``, by their outlines.

    A chromosome is where its box is and where an engine had proposed it. With ``also_dismissed`` a place where a
    person deleted a proposal counts as taken.
    """
    if not indices:
        return []
    size = annotation.size if all(annotation.size) else detections.size
    finds: list[Boxed] = [detections.items[i] for i in indices]
    covered = overlap(finds, there, size)
    moved = [(k, box) for k, c in enumerate(there) if (box := _proposed_box(c)) is not None and box != c.box]
    if moved:
        columns = [k for k, _ in moved]
        before = overlap(finds, boxes_as_outlines(box for _, box in moved), size)
        covered[:, columns] = np.maximum(covered[:, columns], before)
    if also_dismissed and (rows := annotation.extra.get(DISMISSED, ())):
        # Only the five numbers are kept; a rotated box at exactly 0 is as good as an upright one.
        gone = [Box(cx, cy, w, h, angle, angle != 0.0) for cx, cy, w, h, angle in rows]
        covered = np.concatenate([covered, overlap(finds, boxes_as_outlines(gone), size)], 1)
    new = unmatched(covered, overlap(finds, finds, size), MATCH_IOU)
    return [i for i, is_new in zip(indices, new, strict=True) if is_new]


def still_new(annotation: ImageAnnotation, detections: Detections) -> Detections | None:
    """Those of a late result whose chromosome is neither boxed nor was deleted; None where there are none."""
    every = range(len(detections))
    new = new_finds(annotation, annotation.chromosomes, detections, every, also_dismissed=True)
    return replace(detections, items=tuple(detections.items[i] for i in new)) if new else None


def take_suggestions(
    annotation: ImageAnnotation,
    detections: Detections,
    indices: Sequence[int],
    person: str,
    looked_at: bool = True,
) -> tuple[ImageAnnotation, tuple[str, ...]]:
    """Detections of a late result, taken over by a person; returns the annotation and the new ids.

    Left out are those whose chromosome is there already. Of more than three at once nobody looked at each, nor where
    ``looked_at`` is False: the person had not seen what the engine says.
    """
    taken = new_finds(annotation, annotation.chromosomes, detections, list(indices))
    made = [replace(_predicted(detections, i, detections.items[i]), id=new_id()) for i in taken]
    human = [as_reviewed(item, person, looked_at and len(indices) <= MANY) for item in made]
    if not human:
        return annotation, ()
    return _working(annotation, (*annotation.chromosomes, *human)), tuple(c.id for c in human)


def directed(box: Box) -> Box:
    """The box as a rotated one: a horizontal box wider than high gets its axis along x."""
    if box.is_rotated:
        return box
    if box.w > box.h:
        return Box.rotated(box.cx, box.cy, box.h, box.w, float(np.pi / 2))
    return Box.rotated(box.cx, box.cy, box.w, box.h, 0.0)


def split_box(box: Box, stroke: Sequence[tuple[float, float]]) -> tuple[Box, Box]:
    """The two boxes, in the frame of ``box``, on either side of a line; see :func:`split`."""
    if len(stroke) < 2:
        raise EditError("Draw a stroke across the box to split it.")
    (x1, y1), (x2, y2) = stroke[0], stroke[-1]
    normal = np.array([y1 - y2, x2 - x1], dtype=np.float64)
    length = float(np.hypot(*normal))
    if length < 1e-6:
        raise EditError("Draw a stroke across the box to split it.")
    normal /= length
    offset = float(normal @ (x1, y1))
    polygon = corners(box.to_array()[None])[0]
    parts = []
    for sign in (1.0, -1.0):
        part = _half(polygon, normal * sign, offset * sign)
        if _area(part) < 0.05 * box.area:
            raise EditError("The stroke does not cross the box; draw it from one side to the other.")
        parts.append(_around(part, box))
    return parts[0], parts[1]


def join_boxes(boxes: Sequence[Box]) -> Box:
    """The box around all, in the frame of the longest."""
    points = np.concatenate([b.corners() for b in boxes])
    if not any(b.is_rotated for b in boxes):
        return Box.from_xyxy(*points.min(0), *points.max(0))
    return _around(points, max((b for b in boxes if b.is_rotated), key=lambda b: b.h))


@dataclass(frozen=True, slots=True)
class _Frame:
    """The axes of a box: unit vectors across and along (towards q)."""

    across: FloatArray
    along: FloatArray


def _frame(box: Box) -> _Frame:
    s, c = np.sin(box.angle), np.cos(box.angle)
    return _Frame(np.array([c, s]), np.array([-s, c]))


def _around(points: FloatArray, like: Box) -> Box:
    frame = _frame(like)
    u, v = points @ frame.across, points @ frame.along
    centre = frame.across * (u.min() + u.max()) / 2 + frame.along * (v.min() + v.max()) / 2
    w, h = max(float(np.ptp(u)), 1.0), max(float(np.ptp(v)), 1.0)
    return Box(float(centre[0]), float(centre[1]), w, h, like.angle, like.is_rotated)


def _half(polygon: FloatArray, normal: FloatArray, offset: float) -> FloatArray:
    """The part of a convex polygon where normal · p ≥ offset."""
    out: list[FloatArray] = []
    for a, b in zip(polygon, np.roll(polygon, -1, 0), strict=True):
        da, db = float(normal @ a) - offset, float(normal @ b) - offset
        if da >= 0:
            out.append(a)
        if (da >= 0) != (db >= 0):
            out.append(a + (b - a) * (da / (da - db)))
    return np.asarray(out, float).reshape(-1, 2)


def _area(polygon: FloatArray) -> float:
    if len(polygon) < 3:
        return 0.0
    x, y = polygon.T
    return abs(float(x @ np.roll(y, -1) - y @ np.roll(x, -1))) / 2


def _proposed_box(item: Chromosome) -> Box | None:
    """Where an engine had put this chromosome, None for a person's own."""
    if isinstance(item, PredictedChromosome):
        return item.box
    if isinstance(item, ReviewedChromosome) and item.proposal is not None:
        return item.proposal.box
    return None


def _predicted(detections: Detections, index: int, item: Detection) -> PredictedChromosome:
    source = detections.provenance
    by = Attribution("engine", source.engine)
    return PredictedChromosome(
        id=f"{source.engine}.{source.revision}.{index}", box=item.box, label=item.label, box_by=by,
        label_by=by if item.label is not None else None, polarity=item.polarity, axis=item.axis, score=item.score,
        raw_label=item.raw_label, probabilities=item.probabilities, doubt=item.doubt, reasons=item.reasons,
    )  # fmt: skip


def _inside(box: Box, size: tuple[int, int]) -> Box:
    """The box with its centre inside the image, and sides of at least 2 pixels."""
    height, width = size
    cx = min(max(box.cx, 0.0), float(width)) if width else box.cx
    cy = min(max(box.cy, 0.0), float(height)) if height else box.cy
    return replace(box, cx=cx, cy=cy, w=max(box.w, 2.0), h=max(box.h, 2.0))


def _working(annotation: ImageAnnotation, chromosomes: Iterable[Chromosome]) -> ImageAnnotation:
    return _stirred(replace(annotation, chromosomes=tuple(chromosomes)))


def _stirred(annotation: ImageAnnotation) -> ImageAnnotation:
    """Work on a new or proposed cell puts it in review; a reviewed cell that is changed is open again."""
    if annotation.state in (ReviewState.NEW, ReviewState.PROPOSED, ReviewState.REVIEWED):
        return replace(annotation, state=ReviewState.IN_REVIEW)
    return annotation


def _with_extra(annotation: ImageAnnotation, key: str, value: Any) -> ImageAnnotation:
    return replace(annotation, extra={**annotation.extra, key: value})
