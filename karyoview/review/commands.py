"""A command: what one edit changed, as frozen values before and after, so that it can go both ways.

A command keeps only what it touched. It therefore applies to a cell that changed elsewhere in the
meantime (an engine may have proposed something since), which whole snapshots would wipe out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import Any

from karyoview.core.annotation import Chromosome, CountMark, ImageAnnotation, ReviewState


class Change(Flag):
    """What a view must redraw."""

    NOTHING = 0
    BOXES = auto()
    LABELS = auto()
    MARKS = auto()
    STATE = auto()
    SELECTION = auto()
    SUGGESTIONS = auto()


@dataclass(frozen=True, slots=True)
class Swap:
    """One chromosome before and after (None where it was not there) and its place in the list."""

    id: str
    index: int
    before: Chromosome | None
    after: Chromosome | None


@dataclass(frozen=True, slots=True)
class Command:
    """One undo step in one image; ``place`` (pixels) is where the view travels to."""

    image: str
    action: str
    swaps: tuple[Swap, ...] = ()
    marks: tuple[tuple[CountMark, ...], tuple[CountMark, ...]] | None = None
    state: tuple[tuple[ReviewState, str], tuple[ReviewState, str]] | None = None
    extra: tuple[tuple[str, Any, Any], ...] = ()
    ids: tuple[str, ...] = ()
    place: tuple[float, float] | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not (self.swaps or self.marks or self.state or self.extra)

    @property
    def change(self) -> Change:
        """The flags of what this command changes."""
        flags = Change.NOTHING
        for swap in self.swaps:
            same_box = swap.before is not None and swap.after is not None and swap.before.box == swap.after.box
            flags |= Change.LABELS if same_box else Change.BOXES | Change.LABELS
        if self.marks is not None:
            flags |= Change.MARKS
        if self.state is not None:
            flags |= Change.STATE
        if self.extra:
            flags |= Change.MARKS
        return flags


def between(
    before: ImageAnnotation, after: ImageAnnotation, action: str, ids: tuple[str, ...] = (), **detail: Any
) -> Command:
    """The command that leads from ``before`` to ``after`` of the same image."""
    old = {c.id: (i, c) for i, c in enumerate(before.chromosomes)}
    new = {c.id: (i, c) for i, c in enumerate(after.chromosomes)}
    swaps = [
        Swap(k, i, c, new[k][1] if k in new else None) for k, (i, c) in old.items() if k not in new or new[k][1] != c
    ]
    swaps += [Swap(k, i, None, c) for k, (i, c) in new.items() if k not in old]
    keys = [k for k in {**before.extra, **after.extra} if before.extra.get(k) != after.extra.get(k)]
    states = ((before.state, before.reason), (after.state, after.reason))
    touched = ids or tuple(s.id for s in swaps)
    return Command(
        image=before.image,
        action=action,
        swaps=tuple(swaps),
        marks=None if before.count_marks == after.count_marks else (before.count_marks, after.count_marks),
        state=None if states[0] == states[1] else states,
        extra=tuple((k, before.extra.get(k), after.extra.get(k)) for k in keys),
        ids=touched,
        place=_place(swaps, before, after),
        detail=detail,
    )


def apply(command: Command, annotation: ImageAnnotation, forward: bool = True) -> ImageAnnotation:
    """The next revision of ``annotation`` with the command done (or, backwards, undone)."""
    chosen = {s.id: (s.after if forward else s.before) for s in command.swaps}
    items = [v for c in annotation.chromosomes if (v := chosen.get(c.id, c)) is not None]
    present = {c.id for c in annotation.chromosomes}
    for swap in sorted(command.swaps, key=lambda s: s.index):
        value = chosen[swap.id]
        if value is not None and swap.id not in present:
            items.insert(min(swap.index, len(items)), value)
    extra = dict(annotation.extra)
    for key, before, after in command.extra:
        value = after if forward else before
        if value is None:
            extra.pop(key, None)
        else:
            extra[key] = value
    side = 1 if forward else 0
    state, reason = command.state[side] if command.state else (annotation.state, annotation.reason)
    marks = command.marks[side] if command.marks else annotation.count_marks
    return annotation.next_revision(
        chromosomes=tuple(items), extra=extra, state=state, reason=reason, count_marks=marks
    )


def _place(swaps: list[Swap], before: ImageAnnotation, after: ImageAnnotation) -> tuple[float, float] | None:
    for swap in swaps:
        item = swap.after or swap.before
        if item is not None:
            return item.box.centre
    odd = set(before.count_marks) ^ set(after.count_marks)
    return next(((m.x, m.y) for m in odd), None)
