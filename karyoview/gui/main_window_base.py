"""The window's frame: panels and docks, menus and keys, layout, and sentences to the user."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QDragEnterEvent,
    QDropEvent,
    QFont,
    QKeyEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDockWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.case_controller import CaseController
from karyoview.gui.keys import ACTIONS, BY_ID, MENUS, KeyMap
from karyoview.gui.panels.adjust import AdjustPanel
from karyoview.gui.panels.cells import CellsPanel
from karyoview.gui.panels.compare import ComparePanel
from karyoview.gui.panels.engine import EnginePanel
from karyoview.gui.panels.header import Header
from karyoview.gui.panels.inspector import Inspector
from karyoview.gui.panels.welcome import Welcome
from karyoview.services.samples import sample_folders
from karyoview.services.settings import Settings

_BESIDE_FROM = 1400
_HEADER, _BOARD = 420, 340
_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class MainWindowBase(QMainWindow):
    """Everything that stands still while cases come and go; :class:`~karyoview.gui.window.MainWindow` gives it life."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.controller = CaseController(self.settings, self)
        self.setWindowTitle("KaryoView")
        self.resize(1400, 900)
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.view, self.header, self.cells = MetaphaseView(), Header(), CellsPanel()
        self.inspector, self.engine = Inspector(), EnginePanel(self.controller)
        self.adjust, self.compare = AdjustPanel(), ComparePanel(self.controller)
        self.welcome = Welcome([p.name for p in sample_folders()])
        self.actions_by_id: dict[str, QAction] = {}
        self.keymap = KeyMap(self.settings["keys"])
        self._work_layout: QByteArray | None = None
        self._build_centre()
        self._build_docks()

    def _build_centre(self) -> None:
        self.banner = QFrame()
        self.banner.setObjectName("banner")
        self.banner_text = QLabel()
        self.banner_text.setWordWrap(True)
        self.banner_button, self.banner_close = QPushButton(), QPushButton(self.tr("Dismiss"))
        row = QHBoxLayout(self.banner)
        row.setContentsMargins(14, 4, 14, 4)
        row.addWidget(self.banner_text, 1)
        row.addWidget(self.banner_button)
        row.addWidget(self.banner_close)
        for button in (self.banner_button, self.banner_close):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.banner.hide()
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.header, self.banner):
            column.addWidget(widget)
        # However much there is to say of a cell, the window does not grow: the header is cut off then.
        self.header.setMinimumWidth(_HEADER)
        column.addWidget(self.view, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(work)
        self.pages.currentChanged.connect(self._page_shown)
        self.setCentralWidget(self.pages)
        self.place_label, self.tool_label = QLabel(), QLabel()
        self.statusBar().addPermanentWidget(self.tool_label)
        self.statusBar().addPermanentWidget(self.place_label)

    def _page_shown(self, number: int) -> None:
        """Only the page that is seen asks for room: the welcome page is wider than the work must be."""
        kept, ignored = QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored
        for index in range(self.pages.count()):
            policy = kept if index == number else ignored
            self.pages.widget(index).setSizePolicy(policy, policy)

    def _build_docks(self) -> None:
        self.docks: dict[str, QDockWidget] = {}
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        self._dock("cells", self.tr("Cells"), self.cells, left)
        self._dock("inspector", self.tr("Inspector"), self.inspector, right)
        self._dock("engine", self.tr("Engine"), self.engine, right)
        self._dock("adjust", self.tr("Display"), self.adjust, right)
        self._dock("compare", self.tr("Compare"), self.compare, right)
        self.tabifyDockWidget(self.docks["engine"], self.docks["adjust"])
        self.tabifyDockWidget(self.docks["engine"], self.docks["compare"])
        for name in ("adjust", "compare"):
            self.docks[name].hide()
        self.docks["engine"].raise_()
        self.resizeDocks([self.docks["cells"], self.docks["inspector"]], [250, 300], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["inspector"], self.docks["engine"]], [560, 260], Qt.Orientation.Vertical)

    def _dock(self, name: str, title: str, content: QWidget, area: Qt.DockWidgetArea | None) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{name}")
        if name in ("inspector", "engine", "adjust"):
            scroll = QScrollArea()
            scroll.setWidgetResizable(True)
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setWidget(content)
            content = scroll
        content.setMinimumWidth({"cells": 220, "karyogram": _BOARD}.get(name, 290))
        dock.setWidget(content)
        if area is not None:
            self.addDockWidget(area, dock)
        self.docks[name] = dock
        return dock

    def place_board(self, dock: QDockWidget) -> None:
        """Put the karyogram beside the metaphase where the window is wide enough for both, else below it."""
        if self.width() < _BESIDE_FROM:
            self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
            dock.show()
            self.resizeDocks([dock], [round(self.height() * 0.5)], Qt.Orientation.Vertical)
            return
        inspector, engine = self.docks["inspector"], self.docks["engine"]
        room = self.width() - self.docks["cells"].width() - inspector.width()
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
        self.splitDockWidget(dock, inspector, Qt.Orientation.Horizontal)
        self.splitDockWidget(inspector, engine, Qt.Orientation.Vertical)
        for name in ("adjust", "compare"):
            self.tabifyDockWidget(engine, self.docks[name])
        engine.raise_()
        dock.show()
        half = max(_BOARD, min(round(room * 0.5), room - self.header.minimumSizeHint().width()))
        self.resizeDocks([dock, inspector], [half, inspector.minimumSizeHint().width()], Qt.Orientation.Horizontal)

    def _build_actions(self, handlers: object) -> None:
        menus = {name: self.menuBar().addMenu(self.tr_action(text)) for name, text in MENUS}
        recent = menus["file"].addMenu(self.tr("&Recent cases"))
        recent.aboutToShow.connect(partial(self._fill_recent, recent))
        for act in ACTIONS:
            action = QAction(self.tr_action(act.text), self)
            action.setObjectName(act.id)
            action.setCheckable(act.checkable)
            action.setToolTip(act.tip or act.title)
            action.setStatusTip(act.tip)
            action.triggered.connect(getattr(handlers, act.id))
            self.actions_by_id[act.id] = action
            if act.scope != "window":
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            if act.scope != "karyogram":  # the board takes its own when it is built
                {"canvas": self.view, "list": self.cells}.get(act.scope, self).addAction(action)
            if act.menu:
                menus[act.menu].addAction(action)
        panels = menus["view"].addMenu(self.tr("&Panels"))
        for dock in self.docks.values():
            panels.addAction(dock.toggleViewAction())
        self.actions_by_id["labels"].setChecked(True)
        self.apply_keys()

    def apply_keys(self) -> None:
        """Give the actions the keys in force."""
        for act in ACTIONS:
            self.actions_by_id[act.id].setShortcuts([QKeySequence(k) for k in self.keymap.keys(act.id)])

    def tr_action(self, text: str) -> str:
        """An action's text in the user's language."""
        return QApplication.translate("Actions", text)

    def keys_of(self, action: str) -> str:
        """An action's keys for tool tips."""
        return ", ".join(self.keymap.keys(action)) if action in BY_ID else ""

    def show_message(self, sentence: str) -> None:
        """One sentence in the status bar."""
        self.statusBar().showMessage(sentence, 15000)

    def show_error(self, sentence: str) -> None:
        """One sentence that must be read."""
        self.show_message(sentence)
        box = QMessageBox(QMessageBox.Icon.Warning, "KaryoView", sentence, QMessageBox.StandardButton.Ok, self)
        box.setObjectName("error")
        box.open()

    def set_label_font(self) -> None:
        """Labels follow the application's font, a little larger and bold."""
        font = QFont(self.font())
        font.setPointSizeF(self.settings["text_size"] + 0.5)
        font.setWeight(QFont.Weight.DemiBold)
        self.view.set_label_font(font)

    def _restore_layout(self) -> None:
        self.set_label_font()
        for key, restore in (("geometry", self.restoreGeometry), ("layout", self.restoreState)):
            stored = self.settings[key]
            if stored:
                restore(QByteArray(base64.b64decode(stored)))

    def remember_layout(self) -> None:
        """Keep window and panels as they are for the next start."""
        self.settings["geometry"] = base64.b64encode(self.saveGeometry().data()).decode()
        layout = self.saveState() if self.pages.currentIndex() == 1 or self._work_layout is None else self._work_layout
        self.settings["layout"] = base64.b64encode(layout.data()).decode()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While a text field has the focus, single letters, digits and editing keys belong to it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focus = QApplication.focusWidget()
            typing = isinstance(focus, _TEXT_FIELDS) or (isinstance(focus, QComboBox) and focus.isEditable())
            command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
            if typing and not command and not Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F12:
                event.accept()
                return True
        return super().eventFilter(watched, event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(u.isLocalFile() for u in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        local = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if local:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, partial(self.open_case, local[0]))

    def open_case(self, folder: Path) -> None:
        """Open a folder of images, or the folder an image lies in."""
        self.show_message(self.tr("Opening {0}…").format(folder))
        self.controller.open(folder.parent if folder.is_file() else folder)

    def _fill_recent(self, menu: QWidget) -> None:
        menu.clear()
        for name in self.settings["recent"]:
            menu.addAction(name).triggered.connect(partial(self.controller.open, Path(name)))
