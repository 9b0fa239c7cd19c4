"""Undo and redo without a limit, over all images of a case, in the order a person worked."""

from __future__ import annotations

from collections.abc import Sequence

from karyoview.review.commands import Command


class History:
    """The commands done and undone; a new command forgets what was undone before it."""

    def __init__(self) -> None:
        self._done: list[Command] = []
        self._undone: list[Command] = []

    def __len__(self) -> int:
        return len(self._done)

    @property
    def next_undo(self) -> Command | None:
        return self._done[-1] if self._done else None

    def push(self, command: Command) -> None:
        """Record a command that was just done."""
        self._done.append(command)
        self._undone.clear()

    def restore(self, commands: Sequence[Command]) -> None:
        """Put steps of an earlier session, oldest first, before what was done since."""
        self._done[:0] = commands

    def undo(self) -> Command | None:
        """The command to take back now, None when there is none."""
        if not self._done:
            return None
        command = self._done.pop()
        self._undone.append(command)
        return command

    def redo(self) -> Command | None:
        """The command to do again now, None when there is none."""
        if not self._undone:
            return None
        command = self._undone.pop()
        self._done.append(command)
        return command
