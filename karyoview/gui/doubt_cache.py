"""The open doubts of each cell, kept until the cell changes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.gui.case_controller import CaseController
from karyoview.gui.engine_runner import EngineRunner
from karyoview.review.commands import Change
from karyoview.review.doubt import Doubt, Surroundings, doubts
from karyoview.review.session import Event
from karyoview.review.summary import usual_numbers
from karyoview.services.reviewing import relative_lengths

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Key:
    """What the doubts of a cell were found from; annotations are frozen, so the same one has the same doubts."""

    annotation: ImageAnnotation
    second_engine: str
    sex_withheld: bool
    around: Surroundings

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Key)
            and self.annotation is other.annotation
            and (self.second_engine, self.sex_withheld, self.around)
            == (other.second_engine, other.sex_withheld, other.around)
        )


class DoubtCache(QObject):
    """Finds the doubts of a cell of the open case, from its annotation, its picture's file and the other cells."""

    changed = Signal(tuple)
    """Images whose doubts are others now, though their cells were not edited."""

    def __init__(self, controller: CaseController, runner: EngineRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller, self._runner = controller, runner
        self._doubts: dict[str, tuple[_Key, list[Doubt]]] = {}
        self._files: dict[str, str] = {}
        self._totals: dict[str, int] = {}
        self._lengths: tuple[float, ...] | None = None
        controller.closed.connect(self._clear)
        runner.result_arrived.connect(self._forget)

    def of(self, image: str) -> list[Doubt]:
        """Open doubts of a cell, the most urgent first."""
        session = self._controller.session
        if session is None:
            return []
        annotation, withheld = session.annotation(image), self._controller.sex_withheld
        around = Surroundings(self._modal(image), self._original(annotation))
        key = _Key(annotation, self._runner.second_engine, withheld, around)
        kept = self._doubts.get(image)
        if kept is None or kept[0] != key:
            other = self._runner.second_proposals(image)
            kept = (key, doubts(annotation, other, self._relative_lengths(), withheld, around))
            self._doubts[image] = kept
        return kept[1]

    def note_original(self, image: str, sha256: str) -> None:
        """A picture was read from a file with this SHA-256."""
        if self._files.get(image) != sha256:
            before = self.of(image)
            self._files[image] = sha256
            if self.of(image) != before:
                self.changed.emit((image,))

    def follow(self, event: Event) -> None:
        """A cell was edited: its number may be what the other cells are compared with."""
        session = self._controller.session
        if session is None or not event.change & ~(Change.SELECTION | Change.SUGGESTIONS):
            return
        annotation = session.annotation(event.image)
        before = self._totals.pop(event.image, None)
        if annotation.state is ReviewState.REVIEWED:
            self._totals[event.image] = annotation.total()
        if self._totals.get(event.image) != before:
            self.changed.emit(tuple(i for i in session.images if i != event.image))

    def start(self) -> None:
        """A case was opened: count its reviewed cells."""
        session = self._controller.session
        every = [session.annotation(i) for i in session.images] if session is not None else []
        self._totals = {a.image: a.total() for a in every if a.state is ReviewState.REVIEWED}

    def _modal(self, image: str) -> tuple[int, ...]:
        return usual_numbers(number for name, number in self._totals.items() if name != image)

    def _original(self, annotation: ImageAnnotation) -> str:
        case = self._controller.case
        if case is None:
            return ""
        cell = case.cell(annotation.image)
        if cell.missing:
            return "missing"
        known, there = annotation.image_sha256 or cell.sha256, self._files.get(annotation.image, "")
        return there if known and there and known != there else ""

    def _clear(self) -> None:
        self._doubts.clear()
        self._files.clear()
        self._totals.clear()

    def _forget(self, image: str) -> None:
        self._doubts.pop(image, None)

    def _relative_lengths(self) -> Sequence[float]:
        if self._lengths is None:
            try:
                self._lengths = tuple(relative_lengths())
            except (KaryoViewError, OSError) as error:
                _log.warning("No band table, sizes are not judged: %s", error)
                self._lengths = ()
        return self._lengths
