"""What the main window is put together from; loaded once its frame is on the screen."""

from __future__ import annotations

from karyoview.gui.accounts.idle_lock import IdleLock
from karyoview.gui.background import Background
from karyoview.gui.canvas.tool import TOOLS
from karyoview.gui.canvas.tools import SelectTool
from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.case_controller import CaseController
from karyoview.gui.case_watch import CaseWatch
from karyoview.gui.cell_list import CellListPresenter, CellOrder
from karyoview.gui.cell_presenter import CellPresenter
from karyoview.gui.dialogs.unsaved import go_on_saved
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.engine_runner import EngineRunner
from karyoview.gui.handlers import (
    CellHandlers,
    ChromosomeHandlers,
    ClassHandlers,
    EditHandlers,
    EngineHandlers,
    FileHandlers,
    Handlers,
    HelpHandlers,
    KaryotypeHandlers,
    ViewHandlers,
)
from karyoview.gui.handlers.proposals import Proposing
from karyoview.gui.image_cache import ImageCache
from karyoview.gui.image_presenter import ImagePresenter
from karyoview.gui.karyogram.dock import KaryogramDock
from karyoview.gui.keys import KeyMap
from karyoview.gui.layout import Panels, WindowLayout
from karyoview.gui.menus import Menus
from karyoview.gui.messages import act_text, class_names
from karyoview.gui.notifier import Notifier
from karyoview.gui.panels.adjust import AdjustPanel
from karyoview.gui.panels.banner import SuggestionBanner
from karyoview.gui.panels.cells import CellsPanel
from karyoview.gui.panels.compare import ComparePanel
from karyoview.gui.panels.engine import EnginePanel
from karyoview.gui.panels.header import Header
from karyoview.gui.panels.inspector import Inspector
from karyoview.gui.panels.lock_banner import LockBanner
from karyoview.gui.panels.welcome import Welcome
from karyoview.gui.pending_input import PendingInput
from karyoview.gui.text_field_keys import TextFieldKeys
from karyoview.gui.training.watch import TrainingWatch
from karyoview.gui.worklist.note import WorklistNote
from karyoview.review.blind_count import BlindCount
from karyoview.review.commands import Change
from karyoview.review.navigation import DoubtWalk, first_cell
from karyoview.review.session import Event
from karyoview.services.samples import sample_folders

__all__ = [
    "TOOLS",
    "AdjustPanel",
    "Background",
    "BlindCount",
    "CaseController",
    "CaseWatch",
    "CellHandlers",
    "CellListPresenter",
    "CellOrder",
    "CellPresenter",
    "CellsPanel",
    "Change",
    "ChromosomeHandlers",
    "ClassHandlers",
    "ComparePanel",
    "DoubtCache",
    "DoubtWalk",
    "EditHandlers",
    "EngineHandlers",
    "EnginePanel",
    "EngineRunner",
    "Event",
    "FileHandlers",
    "Handlers",
    "Header",
    "HelpHandlers",
    "IdleLock",
    "ImageCache",
    "ImagePresenter",
    "Inspector",
    "KaryogramDock",
    "KaryotypeHandlers",
    "KeyMap",
    "LockBanner",
    "Menus",
    "MetaphaseView",
    "Notifier",
    "Panels",
    "PendingInput",
    "Proposing",
    "SelectTool",
    "SuggestionBanner",
    "TextFieldKeys",
    "TrainingWatch",
    "ViewHandlers",
    "Welcome",
    "WindowLayout",
    "WorklistNote",
    "act_text",
    "class_names",
    "first_cell",
    "go_on_saved",
    "sample_folders",
]
