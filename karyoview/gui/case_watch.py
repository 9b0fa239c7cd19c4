"""A case that somebody else has open becomes writable here by itself, once it is free."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from karyoview.case.case import Case
from karyoview.case.lock import is_free
from karyoview.gui.background import Background
from karyoview.gui.case_controller import CaseController

EVERY_MS = 2000


class CaseWatch(QObject):
    """Looks at the lock of a read-only case and opens the case anew, at the same cell, when it is given back."""

    message = Signal(str)

    def __init__(self, controller: CaseController, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller, self._background = controller, background
        self._asking = False
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.look)
        controller.opened.connect(self._opened)
        controller.closed.connect(self._timer.stop)

    def look(self) -> None:
        """Ask, beside the window, whether the case is free by now."""
        case = self._controller.case
        if case is None or not case.waits or self._asking:
            return
        self._asking = True

        def work() -> bool:
            return is_free(case.store / "lock.json")

        self._background.run(work, lambda free: self._answered(case, free), lambda problem: self._answered(case, False))

    def _opened(self) -> None:
        case = self._controller.case
        if case is not None and case.waits:
            self._timer.start()

    def _answered(self, case: Case, free: bool) -> None:
        self._asking = False
        session = self._controller.session
        if not free or case is not self._controller.case or session is None:
            return
        self._timer.stop()
        image = session.current

        def go_on() -> None:
            now = self._controller.session
            if now is not None and image in now.images:
                now.go_to(image)
            if now is not None and not now.read_only_reason:
                self.message.emit(self.tr("The case is free: what you do is saved from now on."))

        self._controller.opened.connect(go_on, Qt.ConnectionType.SingleShotConnection)
        self._controller.open(case.folder)
