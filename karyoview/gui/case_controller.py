"""The open case: opening, closing, saving, and whether it may be changed."""

from __future__ import annotations

import getpass
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError
from karyoview.gui.background import Background
from karyoview.review.commands import Command
from karyoview.review.session import Event, ReviewSession
from karyoview.services.jobs import Saver
from karyoview.services.settings import Settings


class CaseController(QObject):
    """The open case and its session. Signals arrive in the window's thread; methods belong to it."""

    opened = Signal()
    closing = Signal()
    """The case is about to be closed: what works on it must stop."""
    closed = Signal()
    opening_failed = Signal(str)
    changed = Signal(object)
    """An :class:`~karyoview.review.session.Event` of the session."""
    settings_changed = Signal()
    """Sex withheld, protocol or another setting of the open case, or a mark on a cell, was changed."""
    saved = Signal(str, str)
    """State (``saved``, ``saving``, ``failed``) and a sentence."""
    message = Signal(str)

    def __init__(self, settings: Settings, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.case: Case | None = None
        self.session: ReviewSession | None = None
        self._background = background
        self._saver: Saver | None = None

    @property
    def person(self) -> str:
        """Who works here, as printed in the record."""
        name: str = self.settings["person"]
        if name:
            return name
        try:
            return getpass.getuser()
        except (OSError, KeyError):
            return "unnamed"

    @property
    def sex_withheld(self) -> bool:
        """Whether nothing in the window may tell the sex."""
        return self.case is not None and self.case.settings.sex_withheld

    def change_person(self) -> None:
        """Somebody else goes on: edits from now on carry the other name, in the file and in the record."""
        case, person = self.case, self.person
        if case is None or self.session is None or self.session.person == person:
            return
        self.session.person = person
        if self._saver is not None and not case.read_only:
            self._saver.after(lambda: case.change_user(person))

    def open(self, folder: Path) -> None:
        """Open a folder as the case, in the background; :attr:`opened` or :attr:`opening_failed` follows."""
        person = self.person

        def work() -> tuple[Case, list[ImageAnnotation], list[str], list[Command]]:
            from karyoview.services.recovered_steps import recovered_steps  # only where a program had ended

            case = Case.open(folder, user=person, later=True)
            found, problems = [], []
            for cell in case.cells:
                try:
                    found.append(case.annotation(cell.image))
                except KaryoViewError as error:
                    problems.append(str(error))
            return case, found, problems, recovered_steps(case) if case.taken_over else []

        self._background.run(work, lambda result: self._opened(*result), self.opening_failed.emit)

    def close_case(self) -> bool:
        """Finish saving and close; False when something could not be saved."""
        if self.case is None:
            return True
        self.closing.emit()
        clean = self._saver.close() if self._saver is not None else True
        self.case.close()
        self.case = self.session = self._saver = None
        self.closed.emit()
        return clean

    def refresh_lock(self) -> None:
        """Let the session refuse edits while the case cannot be written or is approved, and take them again after."""
        if self.case is None or self.session is None:
            return
        approved = self.tr("The case is approved; amend it (Karyotype, Report and signatures) to change it.")
        locked = approved if self.case.settings.locked else ""
        self.session.read_only_reason = self.case.read_only_reason or locked

    @property
    def saving(self) -> bool:
        """Whether something is on its way to the disk."""
        return self._saver is not None and self._saver.busy

    def all_saved(self, seconds: float = 10.0) -> bool:
        """Wait a moment for what is on its way to the disk; whether all of it is there."""
        saver, end = self._saver, time.monotonic() + seconds
        while saver is not None and saver.busy and time.monotonic() < end:
            time.sleep(0.005)
        return saver is None or not (saver.busy or saver.dirty)

    @property
    def unsaved(self) -> tuple[str, ...]:
        """Images whose last edit could not be written to the disk."""
        return self._saver.dirty if self._saver is not None else ()

    def save_again(self) -> None:
        """Try again what could not be saved."""
        if self._saver is not None:
            self._saver.retry()

    def _opened(
        self, case: Case, annotations: list[ImageAnnotation], problems: list[str], steps: list[Command]
    ) -> None:
        self.close_case()
        self.case = case
        self._saver = Saver(case.save_annotation, self._background.main_thread.wrap(self._saved))
        self.session = ReviewSession(annotations, self._save, self.person)
        self.session.history.restore(steps)
        self.refresh_lock()
        self.session.subscribe(self._on_event)
        self.settings.remember_case(case.folder)
        self.opened.emit()
        for sentence in (*case.notices, *problems):
            self.message.emit(sentence)
        if steps:
            text = self.tr("The program ended while this case was open; its last {0} edits can be undone (Ctrl+Z).")
            self.message.emit(text.format(len(steps)))

    def _on_event(self, event: Event) -> None:
        self.changed.emit(event)

    def _save(self, annotation: ImageAnnotation, action: str, detail: dict[str, Any]) -> None:
        if self._saver is not None:
            self.saved.emit("saving", "")
            self._saver.save(annotation, action, detail)

    def _saved(self, state: str, sentence: str) -> None:
        # What is said here was true a moment ago; an edit made since is still on its way.
        if state == "failed" or not self.saving:
            self.saved.emit(state, sentence)
