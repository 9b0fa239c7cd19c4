"""The window's frame: the welcome page, the work beside it, and panels in docks that keep their places."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QObject, Qt
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
from karyoview.gui.panels.adjust import AdjustPanel
from karyoview.gui.panels.banner import SuggestionBanner
from karyoview.gui.panels.cells import CellsPanel
from karyoview.gui.panels.compare import ComparePanel
from karyoview.gui.panels.engine import EnginePanel
from karyoview.gui.panels.header import Header
from karyoview.gui.panels.inspector import Inspector
from karyoview.gui.panels.welcome import Welcome
from karyoview.services.settings import Settings

_BESIDE_FROM = 1400
_HEADER, _BOARD = 420, 340
_BOARD_SHARE = 0.68  # of the window's height, where the board lies below the metaphase: bands are to be read on it
_SCROLLED = ("inspector", "engine", "adjust")


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


class WindowLayout(QObject):
    """Places the panels of a window and remembers where a person put them."""

    def __init__(self, window: QMainWindow, panels: Panels, settings: Settings) -> None:
        super().__init__(window)
        self._window, self._panels, self._settings = window, panels, settings
        self._work_layout: QByteArray | None = None
        self.docks: dict[str, QDockWidget] = {}
        self.place_label, self.tool_label = QLabel(), QLabel()
        self.pages = QStackedWidget()
        self._build_centre()
        self._build_docks()

    @property
    def window(self) -> QMainWindow:
        """The window whose panels these are."""
        return self._window

    @property
    def works(self) -> bool:
        """Whether the work is shown, and not the welcome page."""
        return self.pages.currentIndex() == 1

    def show_welcome(self) -> None:
        """The welcome page alone."""
        if self.works or self._work_layout is None:
            self._work_layout = self._window.saveState()
        self.pages.setCurrentIndex(0)
        for dock in self.docks.values():
            dock.hide()

    def show_work(self) -> None:
        """The metaphase with its panels, as they were last."""
        if not self.works and self._work_layout is not None:
            self._window.restoreState(self._work_layout)
        self.pages.setCurrentIndex(1)

    def restore(self) -> None:
        """Put the window and its panels where they were at the last start."""
        for key, restore in (("geometry", self._window.restoreGeometry), ("layout", self._window.restoreState)):
            stored = self._settings[key]
            if stored:
                restore(QByteArray(base64.b64decode(stored)))

    def remember(self) -> None:
        """Keep window and panels as they are for the next start."""
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
        return dock

    def place_board(self, dock: QDockWidget) -> None:
        """Put the karyogram where it was last, else beside the metaphase where both have room, else below it."""
        window = self._window
        if window.restoreDockWidget(dock):
            dock.show()
            return
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
        for widget in (panels.header, panels.banner):
            column.addWidget(widget)
        # However much there is to say of a cell, the window does not grow: the header is cut off then.
        panels.header.setMinimumWidth(_HEADER)
        column.addWidget(panels.view, 1)
        self.pages.addWidget(panels.welcome)
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
        window, panels = self._window, self._panels
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        for name, title, content in (
            ("cells", self.tr("Cells"), panels.cells), ("inspector", self.tr("Inspector"), panels.inspector),
            ("engine", self.tr("Engine"), panels.engine), ("adjust", self.tr("Display"), panels.adjust),
            ("compare", self.tr("Compare"), panels.compare),
        ):  # fmt: skip
            window.addDockWidget(left if name == "cells" else right, self.add_dock(name, title, content))
        window.tabifyDockWidget(self.docks["engine"], self.docks["adjust"])
        window.tabifyDockWidget(self.docks["engine"], self.docks["compare"])
        for name in ("adjust", "compare"):
            self.docks[name].hide()
        self.docks["engine"].raise_()
        window.resizeDocks([self.docks["cells"], self.docks["inspector"]], [250, 300], Qt.Orientation.Horizontal)
        window.resizeDocks([self.docks["inspector"], self.docks["engine"]], [560, 260], Qt.Orientation.Vertical)
