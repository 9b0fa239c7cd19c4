"""Typing a class: digits 1–22 with a short wait where a second digit may follow, X and Y at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from karyoview.core.chromosome import parse_class


class ClassTyper(QObject):
    """Turns keys into class indices: 3–9 at once, 1 and 2 after the wait or a second digit; 0 takes it away."""

    def __init__(
        self, give: Callable[[int | None], None], show: Callable[[str], None], wait: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._give, self._show = give, show
        self._first = ""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.finish)
        self.wait = wait

    def key(self, text: str) -> None:
        """One key: a digit, X or Y."""
        typed = self._first + text
        if self._first and parse_class(typed) is None:
            self.finish()
            typed = text
        self._first = ""
        self._timer.stop()
        if typed in ("1", "2"):
            self._first = typed
            self._show(f"{typed}_")
            self._timer.start(self.wait)
            return
        self._show("")
        if typed == "0":
            self._give(None)
        elif (found := parse_class(typed)) is not None:
            self._give(found.index)

    def finish(self) -> None:
        """Take the first digit alone."""
        typed, self._first = self._first, ""
        self._timer.stop()
        self._show("")
        if typed and (found := parse_class(typed)) is not None:
            self._give(found.index)

    def cancel(self) -> None:
        """Forget the first digit."""
        self._first = ""
        self._timer.stop()
        self._show("")
