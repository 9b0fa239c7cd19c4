"""What each action of the key table does: one method per action, named like it; one file per menu."""

from __future__ import annotations

from karyoview.gui.handlers.cell import CellHandlers
from karyoview.gui.handlers.edit import EditHandlers
from karyoview.gui.handlers.engine import EngineHandlers
from karyoview.gui.handlers.file import FileHandlers
from karyoview.gui.handlers.karyotype import KaryotypeHandlers
from karyoview.gui.handlers.view import ViewHandlers


class Handlers(FileHandlers, EditHandlers, CellHandlers, EngineHandlers, KaryotypeHandlers, ViewHandlers):
    """Turns keys and gestures into edits of the session; holds no data of its own."""
