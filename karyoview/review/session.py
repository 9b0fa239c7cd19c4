"""The review of one case: annotations, selection, history, corrections meter, late results.

Plain Python without a window: every gesture of the window ends in one method here, and every change
leaves as one :class:`Event` that says what to redraw. One thread owns a session.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewState
from karyoview.core.detection import Detections
from karyoview.core.geometry import Box
from karyoview.review import edits, meter
from karyoview.review.commands import Change, Command, apply, between
from karyoview.review.doubt import Doubt, answered, doubts, with_contents
from karyoview.review.edits import EditError
from karyoview.review.history import History
from karyoview.review.reviewing import as_reviewed

Save = Callable[[ImageAnnotation, str, dict[str, Any]], None]
Examine = Callable[[ImageAnnotation], Mapping[str, Any] | None]
"""Gives what the picture shows in the boxes of a cell (the member ``contents``), None while it is not decoded."""
Judge = Callable[[ImageAnnotation], Sequence[Doubt]]
"""Gives the open doubts of a cell."""


_SELECT_NOTHING: Final = frozenset(
    {*(s.value for s in ReviewState), "answer", "clear", "propose", "second count", "mark", "structural changes"}
)
"""Actions after which, taken back or done again, no chromosome is the one that the next key is meant for."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to one image; ``travel`` asks the view to go to ``place`` (undo, redo)."""

    image: str
    change: Change
    ids: tuple[str, ...] = ()
    place: tuple[float, float] | None = None
    travel: bool = False
    action: str = ""


class ReviewSession:
    """All edits of one person on one case; ``save`` gets each new annotation, in order, and must not block."""

    def __init__(
        self, annotations: Iterable[ImageAnnotation], save: Save, person: str = "", timer: meter.Meter | None = None
    ) -> None:
        self._annotations = {a.image: a for a in annotations}
        self._save = save
        self._meter = timer or meter.Meter()
        self._listeners: list[Callable[[Event], None]] = []
        self.person = person
        self.read_only_reason = ""
        self.history = History()
        self.current = ""
        self.selected: tuple[str, ...] = ()
        self.suggestions: dict[str, Detections] = {}
        self.examine: Examine = lambda annotation: None
        self.judge: Judge = doubts

    def subscribe(self, listener: Callable[[Event], None]) -> None:
        """Call ``listener`` after every change, in the owner's thread."""
        self._listeners.append(listener)

    @property
    def images(self) -> tuple[str, ...]:
        return tuple(self._annotations)

    def annotation(self, image: str = "") -> ImageAnnotation:
        """The present annotation of an image, by default the current one; KeyError for an unknown name."""
        return self._annotations[image or self.current]

    def selection(self) -> tuple[Chromosome, ...]:
        """The selected chromosomes of the current image."""
        if not self.current:
            return ()
        by_id = {c.id: c for c in self.annotation().chromosomes}
        return tuple(by_id[i] for i in self.selected if i in by_id)

    def go_to(self, image: str) -> None:
        """Make an image the current one."""
        if image != self.current:
            self.annotation(image)
            self.current, self.selected = image, ()
            self._meter.opened(image)
            self._tell(Event(image, Change.SELECTION))

    def select(self, ids: Sequence[str]) -> None:
        """Select chromosomes of the current image; unknown ids are left out."""
        known = {c.id for c in self.annotation().chromosomes} if self.current else set()
        chosen = tuple(dict.fromkeys(i for i in ids if i in known))
        if chosen != self.selected:
            self.selected = chosen
            self._tell(Event(self.current, Change.SELECTION, chosen))

    def set_size(self, image: str, size: tuple[int, int], sha256: str) -> None:
        """Remember the size and hash of the original once it was decoded; saved with the next edit."""
        old = self.annotation(image)
        if old.size != size or not old.image_sha256:
            self._annotations[image] = replace(old, size=size, image_sha256=old.image_sha256 or sha256)

    def examine_again(self, image: str) -> None:
        """The picture of a cell was decoded: look what its boxes hold; saved with the next edit."""
        old = self.annotation(image)
        after = with_contents(old, self.examine(old))
        if after is not old:
            self._annotations[image] = after
            self._tell(Event(image, Change.MARKS))

    # The corrections, each one undo step

    def add(self, box: Box, label: int | None = None) -> str:
        """Add a chromosome to the current image and select it."""
        after, made = edits.add(self.annotation(), box, self.person, label)
        self.do(after, "add", (made,))
        self.select([made])
        return made

    def reshape(self, boxes: dict[str, Box], action: str = "move") -> None:
        """New boxes; ``action`` is move, resize or rotate."""
        self.do(edits.reshape(self.annotation(), boxes, self.person), action, tuple(boxes))

    def turn(self, ids: Sequence[str]) -> None:
        """Exchange the arms (W)."""
        self.do(edits.turn(self.annotation(), ids, self.person), "turn", tuple(ids))

    def relabel(self, ids: Sequence[str], label: int | None, image: str = "", answers: Sequence[str] = ()) -> None:
        """Give a class, by default in the current image; chromosomes that have it already become accepted.

        ``answers`` names the doubts that are answered by it.
        """
        after = edits.relabel(self.annotation(image), ids, label, self.person)
        self.do(answered(after, answers, self.person), "relabel", tuple(ids))

    def delete(self, ids: Sequence[str], image: str = "") -> None:
        """Delete chromosomes, by default of the current image."""
        self.do(edits.delete(self.annotation(image), ids), "delete", tuple(ids))

    def accept(self, ids: Sequence[str], answers: Sequence[str] = ()) -> None:
        """Take proposals as right; ``answers`` names the doubts that are answered by it."""
        after = edits.accept(self.annotation(), ids, self.person)
        self.do(answered(after, answers, self.person), "accept", tuple(ids))

    def answer(self, keys: Sequence[str]) -> None:
        """A person looked at these doubts of the current image, and what they say is so."""
        self.do(answered(self.annotation(), keys, self.person), "answer")

    def set_uncertain(self, ids: Sequence[str], uncertain: bool) -> None:
        """Mark chromosomes as uncertain, or no longer."""
        self.do(edits.set_uncertain(self.annotation(), ids, uncertain, self.person), "uncertain", tuple(ids))

    def split(
        self, chromosome_id: str, stroke: Sequence[tuple[float, float]], fitted: tuple[Box, Box] | None = None
    ) -> tuple[str, str]:
        """Split along a stroke; the first part is selected, as the next class is for one of them. Returns both ids."""
        after, parts = edits.split(self.annotation(), chromosome_id, stroke, self.person, fitted)
        self.do(after, "split", parts)
        self.select(parts[:1])
        return parts

    def join(self, ids: Sequence[str]) -> None:
        """Join boxes into one and select it."""
        after, made = edits.join(self.annotation(), ids, self.person)
        self.do(after, "join", (made,))
        self.select([made])

    def mark(self, x: float, y: float, reach: float) -> None:
        """Set a count mark, or take away the one within ``reach`` pixels."""
        old = self.annotation()
        near = [m for m in old.count_marks if (m.x - x) ** 2 + (m.y - y) ** 2 <= reach**2]
        after = edits.remove_mark(old, near[-1].id) if near else edits.add_mark(old, x, y)
        self.do(after, "mark")

    def set_state(self, image: str, state: ReviewState, reason: str = "", *, confirmed: Collection[Doubt] = ()) -> None:
        """Reviewed, set aside with its reason, or open again.

        ``confirmed`` are the open doubts of which a person was told who marks a cell as reviewed; OpenDoubtsError
        has those that are open, where any other is.
        """
        present = self.annotation(image)
        if state is ReviewState.REVIEWED:
            after = as_reviewed(present, self.person, self.judge(present), confirmed)
        else:
            after = edits.set_state(present, state, reason)
        self.do(after, state.value)

    def set_extra(self, image: str, key: str, value: Any, action: str) -> None:
        """One undoable value beside the chromosomes (such as the marks of a blind second count)."""
        old = self.annotation(image)
        self.do(replace(old, extra={**old.extra, key: value}), action)

    def clear_proposals(self) -> None:
        """Remove untouched proposals of the current image."""
        self.do(edits.clear_proposals(self.annotation()), "clear")

    # What engines say

    def receive(self, detections: Detections, threshold: float, asked_here: bool = False) -> bool:
        """Take in a result; False when it only became a suggestion because a person was here first.

        A cell that nobody touched takes it as its proposals (no undo step: it is nobody's edit). On a
        cell with a person's work, a result for an older revision, or one that was not asked for here,
        waits as a suggestion.
        """
        image = detections.image
        old = self.annotation(image)
        touched = edits.has_human_work(old)
        stale = detections.provenance.revision < old.revision
        finished = old.state in (ReviewState.REVIEWED, ReviewState.SET_ASIDE)
        if touched and (stale or finished or not asked_here):
            self.drop_suggestions(image, edits.still_new(old, detections.above(threshold)))
            return False
        after = edits.propose(old, detections, threshold)
        if touched:
            self.do(after, "propose")
        else:
            source = detections.provenance
            detail = {"engine": source.engine, "weights": source.weights_hash, "threshold": threshold}
            self._unrecorded(after, "propose", detail)
        return True

    def rethreshold(self, detections: Detections, threshold: float) -> None:
        """Proposals at another threshold, without asking the engine again; human work stays."""
        after = edits.propose(self.annotation(detections.image), detections, threshold)
        self._unrecorded(after, "threshold", {"engine": detections.provenance.engine, "threshold": threshold})

    def take_suggestions(self, indices: Sequence[int] | None = None) -> int:
        """Take over some or all suggestions of the current image, as one step; → how many were new.

        One alone is selected, of several none is.
        """
        detections = self.suggestions.get(self.current)
        if detections is None:
            return 0
        wanted = range(len(detections)) if indices is None else indices
        left = tuple(d for i, d in enumerate(detections.items) if i not in set(wanted))
        made = self._take_over(detections, wanted)
        self.drop_suggestions(self.current, replace(detections, items=left) if left else None)
        return made

    def take(self, detections: Detections, index: int, looked_at: bool = True) -> None:
        """Take over one detection of any engine's result on the current image, as one step.

        ``looked_at`` is False where the person had not seen it: its doubts stay. Raises EditError where its chromosome
        has a box already.
        """
        if not self._take_over(detections, [index], looked_at):
            raise EditError("This chromosome has a box already.")

    def _take_over(self, detections: Detections, indices: Sequence[int], looked_at: bool = True) -> int:
        after, made = edits.take_suggestions(self.annotation(), detections, indices, self.person, looked_at)
        self.do(after, "suggestion", made)
        self.select(made if len(made) == 1 else ())
        return len(made)

    def drop_suggestions(self, image: str, left: Detections | None = None) -> None:
        """Forget the suggestions of an image, but for ``left``."""
        self.suggestions.pop(image, None)
        if left is not None:
            self.suggestions[image] = left
        self._tell(Event(image, Change.SUGGESTIONS))

    # History

    def do(self, after: ImageAnnotation, action: str, ids: tuple[str, ...] = ()) -> None:
        """Make ``after`` the present state of its image, as one undo step that is saved at once."""
        self._check_writable()
        command = between(self.annotation(after.image), after, action, ids)
        if command.is_empty:
            return
        self.history.push(command)
        self._run(command, forward=True)

    def undo(self) -> Command | None:
        """Take back the last step, wherever in the case it was, and go there. EditError on a read-only case."""
        self._check_writable()
        return self._travel(self.history.undo(), forward=False)

    def redo(self) -> Command | None:
        """Do the last undone step again, and go there. EditError on a read-only case."""
        self._check_writable()
        return self._travel(self.history.redo(), forward=True)

    def tally(self, image: str) -> meter.CorrectionCounts:
        """Corrections of one cell."""
        return meter.corrections_of(self.annotation(image))

    def _check_writable(self) -> None:
        if self.read_only_reason:
            raise EditError(self.read_only_reason)

    def _travel(self, command: Command | None, forward: bool) -> Command | None:
        if command is None:
            return None
        if self.current != command.image:
            self.go_to(command.image)
        self._run(command, forward, travel=True)
        self.select(_hit_next(command, {c.id for c in self.annotation().chromosomes}))
        return command

    def _run(self, command: Command, forward: bool, travel: bool = False) -> None:
        after = apply(command, self._annotations[command.image], forward)
        # Of several nudges in a row, which count as one correction, only undoing the first takes it back.
        earlier = self.history.next_undo
        part = earlier is not None and (earlier.image, earlier.action, earlier.ids) == _key(command)
        by = 1 if forward else 0 if part and command.action in meter.SHAPING else -1
        tally = self._meter.record(
            meter.corrections_of(after), command.image, command.action, command.ids, by, _engine_of(after)
        )
        after = replace(after, extra={**after.extra, meter.KEY: meter.stored(tally)})
        after = with_contents(after, self.examine(after))
        self._annotations[command.image] = after
        action = command.action if forward and not travel else f"{'redo' if forward else 'undo'} {command.action}"
        self._save(after, action, _detail(command, forward))
        if self.selected and command.image == self.current:
            present = {c.id for c in after.chromosomes}
            self.selected = tuple(i for i in self.selected if i in present)
        self._tell(Event(command.image, command.change, command.ids, command.place, travel, command.action))
        if command.change & Change.BOXES and command.action != "suggestion":
            self._sift_suggestions(command.image)

    def _unrecorded(self, after: ImageAnnotation, action: str, detail: dict[str, Any]) -> None:
        old = self.annotation(after.image)
        command = between(old, after, action)
        if command.is_empty or self.read_only_reason:
            return
        after = replace(after, revision=old.revision + 1)
        after = with_contents(after, self.examine(after))
        self._annotations[after.image] = after
        self._save(after, action, detail)
        if after.image == self.current:
            present = {c.id for c in after.chromosomes}
            self.selected = tuple(i for i in self.selected if i in present)
        self._tell(Event(after.image, command.change, action=action))

    def _sift_suggestions(self, image: str) -> None:
        """After an edit: a suggestion whose chromosome has a box now is none any more."""
        waiting = self.suggestions.get(image)
        if waiting is not None and (left := edits.still_new(self.annotation(image), waiting)) != waiting:
            self.drop_suggestions(image, left)

    def _tell(self, event: Event) -> None:
        for listener in list(self._listeners):
            listener(event)


def _hit_next(command: Command, present: set[str]) -> list[str]:
    """What the next key should hit after a step was taken back or done again: what it was about, unless that is much.

    A state, an answer and an act on many select nothing; of the parts of a split the first is meant.
    """
    ids = [i for i in command.ids if i in present] or [s.id for s in command.swaps if s.id in present]
    if (command.state is not None and not command.swaps) or command.action in _SELECT_NOTHING:
        return []
    if command.action == "split" and len(ids) > 1:
        return ids[:1]
    return ids if len(ids) <= edits.MANY else []


def _key(command: Command) -> tuple[str, str, tuple[str, ...]]:
    return (command.image, command.action, command.ids)


def _engine_of(annotation: ImageAnnotation) -> str:
    for item in annotation.chromosomes:
        proposal = item if isinstance(item, PredictedChromosome) else getattr(item, "proposal", None)
        if proposal is not None:
            return str(proposal.box_by.name)
    return ""


def _detail(command: Command, forward: bool) -> dict[str, Any]:
    """What the record needs beside the change itself: which chromosomes, and where."""
    detail: dict[str, Any] = {"ids": list(command.ids), **command.detail}
    if command.place is not None:
        detail["place"] = [round(command.place[0], 1), round(command.place[1], 1)]
    if not forward:
        detail["undone"] = True
    return detail
