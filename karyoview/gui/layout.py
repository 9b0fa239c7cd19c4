"""The window's frame: the welcome page, the work beside it, and panels in docks that keep their places."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QLabel,
    QMainWindow,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.dock_sizes import DockSizes
from karyoview.gui.panels.adjust import AdjustPanel
from karyoview.gui.panels.banner import SuggestionBanner
from karyoview.gui.panels.cells import CellsPanel
from karyoview.gui.panels.compare import ComparePanel
from karyoview.gui.panels.engine import EnginePanel
from karyoview.gui.panels.header import Header
from karyoview.gui.panels.inspector import Inspector
from karyoview.gui.panels.lock_banner import LockBanner
from karyoview.gui.panels.place import PlaceLabel
from karyoview.gui.panels.welcome import Welcome
from karyoview.gui.screen_fit import bring_on_screen, put_back, room_on, scrolling
from karyoview.gui.whole_window import WholeWindow
from karyoview.services.settings import Settings

_BESIDE_FROM = 1400
_HEADER, _BOARD = 420, 340
_BOARD_SHARE = 0.68  # of the window's height, where the board lies below the metaphase: bands are to be read on it
_SCROLLED = ("inspector", "engine", "adjust", "compare")
_PANELS = ("cells", "inspector", "engine", "adjust", "compare")
_HIDDEN = ("adjust", "compare")
_TWO_COLUMNS = 700
"""Logical pixels of a screen from which cells and inspector stand on either side of the metaphase."""
_LOW = 500
"""Logical pixels of a screen below which the metaphase may be lower than usual."""


@dataclass(frozen=True)
class Panels:
    """What stands in the window."""

    view: MetaphaseView
    header: Header
    banner: SuggestionBanner
    cells: CellsPanel
    inspector: Inspector
    engine: EnginePanel
    adjust: AdjustPanel
    compare: ComparePanel
    welcome: Welcome
    lock: LockBanner


class WindowLayout(QObject):
    """Places the panels of a window and remembers where a person put them."""

    def __init__(self, window: QMainWindow, panels: Panels, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._panels, self._settings = window, panels, settings
        self._work_layout: QByteArray | None = None
        self.sizes = DockSizes(window)
        self.whole = WholeWindow(window, self.sizes.pause)
        self.docks: dict[str, QDockWidget] = {}
        self.place_label, self.tool_label = PlaceLabel(panels.view), QLabel()
        self.pages = QStackedWidget()
        self._build_centre()
        self._build_docks()

    @property
    def works(self) -> bool:
        """Whether the work is shown, and not the welcome page."""
        return self.pages.currentIndex() == 1

    def show_welcome(self) -> None:
        """The welcome page alone."""
        self.whole.leave()
        self.sizes.pause(True)
        if self.works or self._work_layout is None:
            self._work_layout = self._window.saveState()
        self.pages.setCurrentIndex(0)
        for dock in self.docks.values():
            dock.hide()

    def show_work(self) -> None:
        """The metaphase with its panels, as they were last."""
        shown, layout = self.works, self._work_layout
        self.pages.setCurrentIndex(1)  # first: the welcome page beside all panels would make the window grow
        if not shown and layout is not None:
            self._window.restoreState(layout)
        QTimer.singleShot(0, self, lambda: self.sizes.pause(False))

    def restore(self) -> None:
        """Put the window and its panels where they were at the last start."""
        layout = QByteArray(base64.b64decode(self._settings["layout"]))
        if not self._window.isVisible():
            put_back(self._window, self._settings["geometry"])
        # Kept as it is for the work: before the window is shown, Qt gives the docks other sizes.
        if not layout.isEmpty() and self._window.restoreState(layout):
            self._work_layout = layout
        bring_on_screen(self._window)

    def reset(self) -> None:
        """Put every panel where it was at the first start, with its first size."""
        self.whole.leave()
        self.sizes.pause(True)
        self.sizes.forget()
        board = self.docks.get("karyogram")
        shown = board is not None and board.isVisible()
        for dock in self.docks.values():
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        self._place_docks()
        if board is not None and shown:
            self.place_board(board)
        self.sizes.pause(False)

    def remember(self) -> None:
        """Keep window and panels as they are for the next start, one that fills the window as it was before."""
        self.whole.leave()
        state = self._window.saveState() if self.works or self._work_layout is None else self._work_layout
        for key, value in (("geometry", self._window.saveGeometry()), ("layout", state)):
            self._settings[key] = base64.b64encode(value.data()).decode()

    def toggle(self, name: str, shown: bool) -> None:
        """Show a panel in front of those it shares its place with, or hide it."""
        self.docks[name].setVisible(shown)
        self.docks[name].raise_()

    def add_dock(self, name: str, title: str, content: QWidget) -> QDockWidget:
        """A dock that is not placed yet."""
        dock = QDockWidget(title, self._window)
        dock.setObjectName(f"dock-{name}")
        if name in _SCROLLED:
            scroll = QScrollArea()
            scroll.setWidgetResizable(True)
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setWidget(content)
            content = scroll
        content.setMinimumWidth({"cells": 220, "karyogram": _BOARD}.get(name, 290))
        dock.setWidget(content)
        self.docks[name] = dock
        self.sizes.watch(dock)
        return dock

    def place_board(self, dock: QDockWidget) -> None:
        """Put the karyogram where it was last, else beside the metaphase where both have room, else below it."""
        window = self._window
        if window.restoreDockWidget(dock):
            self.sizes.forget()  # those of the last start hold, which Qt gives back with the dock
            dock.show()
            return
        self.sizes.remember()
        if window.width() < _BESIDE_FROM:
            window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
            dock.show()
            window.resizeDocks([dock], [round(window.height() * _BOARD_SHARE)], Qt.Orientation.Vertical)
            return
        inspector, engine = self.docks["inspector"], self.docks["engine"]
        room = window.width() - self.docks["cells"].width() - inspector.width()
        window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        window.splitDockWidget(dock, inspector, Qt.Orientation.Horizontal)
        window.splitDockWidget(inspector, engine, Qt.Orientation.Vertical)
        for name in ("adjust", "compare"):
            window.tabifyDockWidget(engine, self.docks[name])
        engine.raise_()
        dock.show()
        half = max(_BOARD, min(round(room * 0.5), room - self._panels.header.minimumSizeHint().width()))
        window.resizeDocks([dock, inspector], [half, inspector.minimumSizeHint().width()], Qt.Orientation.Horizontal)

    def _build_centre(self) -> None:
        panels, work = self._panels, QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (panels.header, panels.lock, panels.banner):
            column.addWidget(widget)
        # However much there is to say of a cell, the window does not grow: the header is cut off then.
        panels.header.setMinimumWidth(_HEADER if room_on(self._window.screen()).width() >= _TWO_COLUMNS else 360)
        column.addWidget(panels.view, 1)
        if room_on(self._window.screen()).height() < _LOW:
            panels.view.setMinimumHeight(70)  # else the board has no room below it; F11 gives it all there is
        self.pages.addWidget(scrolling(panels.welcome))
        self.pages.addWidget(work)
        self.pages.currentChanged.connect(self._page_shown)
        self._window.setCentralWidget(self.pages)
        self._window.statusBar().addPermanentWidget(self.tool_label)
        self._window.statusBar().addPermanentWidget(self.place_label)

    def _page_shown(self, number: int) -> None:
        """Only the page that is seen asks for room: the welcome page is wider than the work must be."""
        kept, ignored = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored
        for index in range(self.pages.count()):
            policy = kept if index == number else ignored
            if (page := self.pages.widget(index)) is not None:
                page.setSizePolicy(policy, policy)

    def _build_docks(self) -> None:
        panels = self._panels
        for name, title, content in (
            ("cells", self.tr("Cells"), panels.cells), ("inspector", self.tr("Inspector"), panels.inspector),
            ("engine", self.tr("Engine"), panels.engine), ("adjust", self.tr("Display"), panels.adjust),
            ("compare", self.tr("Compare"), panels.compare),
        ):  # fmt: skip
            self.add_dock(name, title, content)
        self._place_docks()

    def _place_docks(self) -> None:
        """All panels at their first places; on a screen that is too narrow for two columns they share the left one."""
        window, docks = self._window, self.docks
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        # What lies below the metaphase leaves the columns beside it their height.
        window.setCorner(Qt.Corner.BottomLeftCorner, left)
        window.setCorner(Qt.Corner.BottomRightCorner, right)
        narrow = room_on(window.screen()).width() < _TWO_COLUMNS
        for name in _PANELS:
            window.addDockWidget(left if name == "cells" or narrow else right, docks[name])
            docks[name].setVisible(name not in _HIDDEN)
        first = docks["cells"] if narrow else docks["engine"]
        for name in ("inspector", "engine", *_HIDDEN) if narrow else _HIDDEN:
            window.tabifyDockWidget(first, docks[name])
        for name in _HIDDEN:
            docks[name].hide()
        first.raise_()
        if narrow:
            return
        window.resizeDocks([docks["cells"], docks["inspector"]], [250, 300], Qt.Orientation.Horizontal)
        window.resizeDocks([docks["inspector"], docks["engine"]], [560, 260], Qt.Orientation.Vertical)
