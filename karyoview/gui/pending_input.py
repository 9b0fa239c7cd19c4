"""What was begun at the keyboard and is not an edit yet: a first digit that waits for a second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from karyoview.core.chromosome import parse_class


class PendingInput(QObject):
    """Turns keys into class indices: 3–9 at once, 1 and 2 after the wait or a second digit; 0 takes the class away.

    Nobody else settles or drops what is pending: :meth:`settle` makes the edit, :meth:`drop` forgets it.
    """

    def __init__(
        self, give: Callable[[int | None], None], show: Callable[[str], None], wait: int, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._give, self._show = give, show
        self._first = ""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.settle)
        self.wait = wait
        """How long a second digit may take, in milliseconds."""

    def key(self, text: str) -> None:
        """One key: a digit, X or Y."""
        typed = self._first + text
        if self._first and parse_class(typed) is None:
            self.settle()
            typed = text
        self._clear()
        if typed in ("1", "2"):
            self._first = typed
            self._show(f"{typed}_")
            self._timer.start(self.wait)
        elif typed == "0":
            self._give(None)
        elif (found := parse_class(typed)) is not None:
            self._give(found.index)

    def settle(self) -> None:
        """Take the first digit alone."""
        typed = self._first
        self._clear()
        if typed and (found := parse_class(typed)) is not None:
            self._give(found.index)

    def drop(self) -> None:
        """Forget the first digit."""
        self._clear()

    def _clear(self) -> None:
        self._first = ""
        self._timer.stop()
        self._show("")
