"""What all handlers share: the session, sentences to the person, and the guard around an edit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from PySide6.QtCore import QCoreApplication

from karyoview.core.errors import KaryoViewError
from karyoview.gui.case_controller import CaseController
from karyoview.gui.notifier import Notifier
from karyoview.review.blind_count import BlindCount
from karyoview.review.session import ReviewSession

_P = ParamSpec("_P")
_Group = TypeVar("_Group", bound="HandlerGroup")
translate = QCoreApplication.translate


def requires_cell(method: Callable[Concatenate[_Group, _P], None]) -> Callable[Concatenate[_Group, _P], None]:
    """Do nothing without a cell; show a KaryoViewError in the status bar."""

    @wraps(method)
    def guarded(group: _Group, /, *arguments: _P.args, **named: _P.kwargs) -> None:
        if not group.has_cell:
            return
        try:
            method(group, *arguments, **named)
        except KaryoViewError as error:
            group.notifier.show(str(error))
            group.redraw()

    return guarded


@dataclass(eq=False)
class HandlerGroup:
    """What the actions of one subject do, a method each, named like the action.

    ``redraw`` shows the present cell's boxes as they are, after an edit was refused.
    """

    controller: CaseController
    notifier: Notifier
    blind: BlindCount
    redraw: Callable[[], None]

    @property
    def has_cell(self) -> bool:
        """Whether a case is open and a cell of it is shown."""
        return self.controller.session is not None and bool(self.controller.session.current)

    @property
    def session(self) -> ReviewSession:
        """The session, where :func:`requires_cell` has made sure of it."""
        assert self.controller.session is not None
        return self.controller.session

    def selected(self) -> list[str]:
        """Ids of the selected chromosomes; none for a blind counter."""
        return [] if self.blind.active else list(self.session.selected)
