"""What each action of the key table does: one class a subject, one method an action, named like it."""

from __future__ import annotations

from dataclasses import dataclass

from karyoview.gui.handlers.cell import CellHandlers
from karyoview.gui.handlers.chromosome import ChromosomeHandlers
from karyoview.gui.handlers.classes import ClassHandlers
from karyoview.gui.handlers.edit import EditHandlers
from karyoview.gui.handlers.engine import EngineHandlers
from karyoview.gui.handlers.file import FileHandlers
from karyoview.gui.handlers.help import HelpHandlers
from karyoview.gui.handlers.karyotype import KaryotypeHandlers
from karyoview.gui.handlers.view import ViewHandlers
from karyoview.gui.keys import Action, find

__all__ = [
    "CellHandlers",
    "ChromosomeHandlers",
    "ClassHandlers",
    "EditHandlers",
    "EngineHandlers",
    "FileHandlers",
    "Handlers",
    "HelpHandlers",
    "KaryotypeHandlers",
    "ViewHandlers",
]


@dataclass(frozen=True)
class Handlers:
    """The handlers of a window by subject: ``edit.undo``, ``view.zoom_in``."""

    file: FileHandlers
    edit: EditHandlers
    chromosome: ChromosomeHandlers
    cell: CellHandlers
    engine: EngineHandlers
    karyotype: KaryotypeHandlers
    view: ViewHandlers
    help: HelpHandlers

    def carry_out(self, action: Action, checked: bool = False) -> None:
        """Do what an action says; ``checked`` is the new state of one that can be on or off."""
        group = getattr(self, action.subject)
        if action.is_tool:
            group.activate(action.id)
        elif action.checkable:
            getattr(group, action.id)(checked)
        else:
            getattr(group, action.id)()

    def carry_out_named(self, action: str) -> None:
        """Do what the action of this id says."""
        self.carry_out(find(action))
