"""What was begun at the keyboard and is not an edit yet: a first digit that waits for a second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer

from karyoview.core.chromosome import parse_class


@dataclass(frozen=True, slots=True)
class Target:
    """What is selected: the cell and the ids of its chromosomes."""

    image: str = ""
    chromosomes: tuple[str, ...] = ()


class PendingInput(QObject):
    """Turns keys into class indices: 3–9 at once, 1 and 2 after the wait or a second digit; 0 takes the class away.

    A digit belongs to what was selected when it was typed. Nobody else settles or drops what is pending:
    :meth:`settle` makes the edit, :meth:`drop` forgets it, :meth:`follow` settles once something else is selected.
    ``selected`` says what is selected now, ``give`` gives a class, ``show`` shows what was typed so far.
    """

    def __init__(
        self,
        selected: Callable[[], Target],
        give: Callable[[Target, int | None], None],
        show: Callable[[str], None],
        wait: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._selected, self._give, self._show = selected, give, show
        self._first, self._target = "", Target()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.settle)
        self.wait = wait
        """How long a second digit may take, in milliseconds."""

    def key(self, text: str) -> None:
        """One key: a digit, X or Y."""
        self.follow()
        typed = self._first + text
        if self._first and parse_class(typed) is None:
            self.settle()
            typed = text
        target = self._selected()
        self.drop()
        if typed in ("1", "2"):
            self._first, self._target = typed, target
            self._show(f"{typed}_")
            self._timer.start(self.wait)
        elif typed == "0":
            self._give(target, None)
        elif (found := parse_class(typed)) is not None:
            self._give(target, found.index)

    def settle(self) -> None:
        """Take the first digit alone, for what was selected when it was typed."""
        typed, target = self._first, self._target
        self.drop()
        if typed and (found := parse_class(typed)) is not None:
            self._give(target, found.index)

    def follow(self) -> None:
        """Something may have been selected meanwhile: settle where it is something else."""
        if self._first and self._selected() != self._target:
            self.settle()

    def drop(self) -> None:
        """Forget the first digit."""
        if self._first:
            self._first, self._target = "", Target()
            self._timer.stop()
            self._show("")
