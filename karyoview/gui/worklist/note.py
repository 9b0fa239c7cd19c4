"""Keeps the worklist in step with the case that is open here."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QTimer

from karyoview.core.errors import KaryoViewError
from karyoview.gui.background import Background
from karyoview.gui.case_controller import CaseController
from karyoview.review.commands import Change
from karyoview.review.session import Event

_WAIT_MS = 1500
_log = logging.getLogger(__name__)


class WorklistNote(QObject):
    """A while after a cell's state or a setting changed, and at opening, the case's row is written anew; what waits for
    that when the case is closed is written then, or nobody would see that it was signed."""

    def __init__(self, controller: CaseController, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller, self._background = controller, background
        self._later = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._later.timeout.connect(self.write)
        controller.opened.connect(self._later.start)
        controller.settings_changed.connect(self._later.start)
        controller.changed.connect(self._changed)
        controller.closing.connect(self._write_what_waits)
        controller.closed.connect(self._later.stop)

    def write(self) -> None:
        """Write the row now, beside the window; a database that is away is only noted in the log."""
        case = self._controller.case
        if case is None or not case.begun:
            return

        def work() -> str:
            from karyoview.services.worklist import note_case

            return note_case(case)

        self._background.run(work, self._say, lambda problem: _log.warning("%s", problem))

    def _say(self, sentence: str) -> None:
        if sentence:
            self._controller.message.emit(sentence)

    def _write_what_waits(self) -> None:
        case = self._controller.case
        if not self._later.isActive() or case is None or not case.begun:
            return
        self._later.stop()
        self._controller.all_saved(3.0)  # the row is read from what is on the disk
        from karyoview.services.worklist import note_case

        try:
            note_case(case)
        except (KaryoViewError, OSError) as error:
            _log.warning("%s", error)

    def _changed(self, event: Event) -> None:
        if event.change & Change.STATE:
            self._later.start()
