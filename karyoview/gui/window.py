"""The main window: panels around the metaphase, and the wiring between them and the desk."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QFont,
    QImage,
    QKeyEvent,
    QKeySequence,
    QShortcut,
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
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.annotation import CountMark
from karyoview.core.chromosome import CLASSES, X_INDEX
from karyoview.gui.blind import BlindCount
from karyoview.gui.canvas.box_layer import Ghost, ShownBox
from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.desk import Desk
from karyoview.gui.handlers import Handlers
from karyoview.gui.keys import ACTIONS, BY_ID, MENUS, KeyMap
from karyoview.gui.panels.adjust import AdjustPanel
from karyoview.gui.panels.cells import CellRow, CellsPanel
from karyoview.gui.panels.compare import ComparePanel
from karyoview.gui.panels.engine import EnginePanel
from karyoview.gui.panels.header import Header
from karyoview.gui.panels.inspector import Inspector
from karyoview.gui.panels.welcome import Welcome
from karyoview.gui.theme import apply_theme
from karyoview.gui.typing_class import ClassTyper
from karyoview.imaging.display import Adjustments
from karyoview.review.commands import Change
from karyoview.review.doubt import Level, worst_by_chromosome
from karyoview.review.session import Event, ReviewSession
from karyoview.review.summary import headline
from karyoview.services.samples import sample_folders
from karyoview.services.settings import Settings

if TYPE_CHECKING:
    from karyoview.gui.karyogram import KaryogramBoard

_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class MainWindow(QMainWindow):
    """KaryoView's window; :attr:`desk` holds the case, :attr:`view` shows the metaphase."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.desk = Desk(self.settings, self)
        self.setWindowTitle("KaryoView")
        self.resize(1400, 900)
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.view, self.header, self.cells = MetaphaseView(), Header(), CellsPanel()
        self.inspector, self.engine = Inspector(), EnginePanel(self.desk)
        self.adjust, self.compare, self.welcome = (
            AdjustPanel(),
            ComparePanel(self.desk),
            Welcome([p.name for p in sample_folders()]),
        )
        self.board: KaryogramBoard | None = None
        self._board_session: ReviewSession | None = None
        self.blind = BlindCount(self.desk)
        self.show_scores = False
        self.raw = False
        self.view_image = ""
        self._fit_next = True
        self._work_layout: QByteArray | None = None
        self._build_centre()
        self._build_docks()
        self.handlers = Handlers(self)
        self.actions_by_id: dict[str, QAction] = {}
        self.keymap = KeyMap(self.settings["keys"])
        self._build_actions()
        self.typer = ClassTyper(self.handlers.give_class, self.header.show_typed, self.settings["digit_wait"], self)
        self._class_shortcuts = [self._class_key(k) for k in (*"0123456789", "X", "Y")]
        self._wire()
        self._restore_layout()
        self._show_welcome()
        QApplication.instance().installEventFilter(self)

    # Building

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
        column.addWidget(self.view, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(work)
        self.setCentralWidget(self.pages)
        self.place_label, self.tool_label = QLabel(), QLabel()
        self.statusBar().addPermanentWidget(self.tool_label)
        self.statusBar().addPermanentWidget(self.place_label)

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

    def _dock(self, name: str, title: str, content: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{name}")
        if name in ("inspector", "engine", "adjust"):
            scroll = QScrollArea()
            scroll.setWidgetResizable(True)
            scroll.setFrameShape(QFrame.Shape.NoFrame)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setWidget(content)
            content = scroll
        content.setMinimumWidth(220 if name in ("cells", "karyogram") else 290)
        dock.setWidget(content)
        self.addDockWidget(area, dock)
        self.docks[name] = dock
        return dock

    def _build_actions(self) -> None:
        menus = {name: self.menuBar().addMenu(self.tr_action(text)) for name, text in MENUS}
        recent = menus["file"].addMenu(self.tr("&Recent cases"))
        recent.aboutToShow.connect(partial(self._fill_recent, recent))
        for act in ACTIONS:
            action = QAction(self.tr_action(act.text), self)
            action.setObjectName(act.id)
            action.setCheckable(act.checkable)
            action.setToolTip(act.tip or act.title)
            action.setStatusTip(act.tip)
            action.triggered.connect(getattr(self.handlers, act.id))
            self.actions_by_id[act.id] = action
            owner = {"canvas": self.view, "list": self.cells}.get(act.scope, self)
            if act.scope != "window":
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            owner.addAction(action)
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

    def _class_key(self, key: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(lambda: self.typer.key(key))
        return shortcut

    def _wire(self) -> None:
        desk, view, hands = self.desk, self.view, self.handlers
        desk.opened.connect(self._opened)
        desk.closed.connect(self._show_welcome)
        desk.opening_failed.connect(self.say_error)
        desk.changed.connect(self._on_event)
        desk.picture_ready.connect(self._picture_ready)
        desk.picture_failed.connect(self._picture_failed)
        desk.shown_ready.connect(self._shown_ready)
        desk.thumb_ready.connect(self._thumb_ready)
        desk.saved.connect(self._saved)
        desk.noted.connect(self.say)
        desk.run_ended.connect(self._run_ended)
        desk.progressed.connect(self._progressed)
        view.selected.connect(hands.select_ids)
        view.added.connect(hands.add_box)
        view.reshaped.connect(hands.reshape)
        view.split.connect(hands.split_along)
        view.marked.connect(hands.mark)
        view.proposed.connect(hands.propose_at)
        view.ghost_clicked.connect(hands.ghost_clicked)
        view.pointer_moved.connect(self._pointer_moved)
        view.tool_changed.connect(self._tool_changed)
        self.cells.chosen.connect(hands.go_to)
        self.cells.list.activated.connect(lambda: view.setFocus())
        self.inspector.class_chosen.connect(hands.give_class)
        self.inspector.doubt_chosen.connect(hands.show_doubt)
        self.inspector.accept_clicked.connect(hands.accept)
        self.header.doubt_clicked.connect(hands.next_doubt)
        self.engine.run_clicked.connect(hands.run)
        self.engine.run_all_clicked.connect(hands.run_all)
        self.engine.threshold_moved.connect(hands.threshold_moved)
        self.adjust.moved.connect(lambda how: self.show_picture())
        self.compare.ghosts_changed.connect(self._show_ghosts)
        self.compare.place_chosen.connect(view.travel_to)
        self.compare.run_wanted.connect(hands.run_named)
        self.welcome.open_clicked.connect(hands.open)
        self.welcome.sample_clicked.connect(hands.open_sample)
        self.welcome.recent_chosen.connect(lambda name: desk.open(Path(name)))
        self.banner_close.clicked.connect(hands.drop_suggestions)
        self.banner_button.clicked.connect(hands.take_suggestions)
        for dock in ("adjust", "compare"):
            self.docks[dock].visibilityChanged.connect(partial(self._dock_seen, dock))
        self.settings.subscribe(self._setting_changed)

    # The case

    def open_case(self, folder: Path) -> None:
        """Open a folder of images, or the folder an image lies in."""
        self.say(self.tr("Opening {0}…").format(folder))
        self.desk.open(folder.parent if folder.is_file() else folder)

    @property
    def sex_withheld(self) -> bool:
        return self.desk.case is not None and self.desk.case.settings.sex_withheld

    def class_names(self) -> dict[int, str]:
        """Class names as they may be shown here: X and Y are one word where sex is withheld."""
        hidden = self.tr("sex") if self.sex_withheld else ""
        return {c.index: hidden if hidden and c.index >= X_INDEX else c.label for c in CLASSES}

    def _opened(self) -> None:
        case, session = self.desk.case, self.desk.session
        assert case is not None
        assert session is not None
        self.blind.leave()
        self.setWindowTitle(f"{case.folder.name} – KaryoView")
        self.cells.model.set_rows([self._row(image) for image in session.images])
        self.cells.refresh_footer()
        self._enter_work()
        self.header.show_saved("read_only" if case.read_only else "saved", case.read_only_reason)
        self._fit_next = True
        if case.read_only:
            self.say(case.read_only_reason)
        if session.images:
            first = next(
                (i for i in session.images if session.annotation(i).state.value in ("new", "proposed", "in_review")), ""
            )
            session.go_to(first or session.images[0])
            self.view.setFocus()
            self.say(
                self.tr("{0} cells. I asks the engine about this cell, Ctrl+B about all.").format(len(session.images))
            )
        else:
            self.view.set_image([], (0, 0), None, False)
            self.view.message = self.tr(
                "{0} holds no images that KaryoView can read (PNG, JPEG, TIFF, BMP, WebP, JPEG 2000, DICOM)."
            ).format(case.folder)
            self.view.viewport().update()

    def _show_welcome(self) -> None:
        if self.board is not None:
            self._board_session = None
            self.board.attach(None)
        self.setWindowTitle("KaryoView")
        self.view_image = ""
        self.header.clear()
        self.cells.model.set_rows([])
        self.cells.footer.setText("")
        self.view.set_boxes([], ())
        self.view.set_image([], (0, 0), None, False)
        self.welcome.show_recent([r for r in self.settings["recent"] if Path(r).is_dir()][:6])
        if self.pages.currentIndex() == 1 or self._work_layout is None:
            self._work_layout = self.saveState()
        self.pages.setCurrentIndex(0)
        for dock in self.docks.values():
            dock.hide()

    def _enter_work(self) -> None:
        if self.pages.currentIndex() == 0 and self._work_layout is not None:
            self.restoreState(self._work_layout)
        self.pages.setCurrentIndex(1)

    def _row(self, image: str) -> CellRow:
        session = self.desk.session
        assert session is not None
        annotation = session.annotation(image)
        found = self.desk.doubts(image) if annotation.chromosomes else []
        empty = not annotation.total() and annotation.state.value == "new"
        return CellRow(
            image, "–" if empty else headline(annotation, self.sex_withheld).text, annotation.state,
            self.header.state_text(annotation)[2:], sum(d.level is Level.RED for d in found),
            sum(d.level is Level.AMBER for d in found),
        )  # fmt: skip

    def _update_row(self, image: str) -> None:
        row = self._row(image)
        self.cells.model.update_row(
            image, count=row.count, state=row.state, words=row.words, red=row.red, amber=row.amber
        )
        self.cells.refresh_footer()

    def refresh_all(self) -> None:
        """Show everything anew (after the case's settings changed)."""
        session = self.desk.session
        if session is None:
            return
        for image in session.images:
            self._update_row(image)
        if session.current:
            self.blind.went_to(session.current)
            self.actions_by_id["blind_count"].setChecked(self.blind.active)
            self.show_boxes()
            self.show_counts()
            self.show_suggestions()

    # What changed

    def _on_event(self, event: Event) -> None:
        session = self.desk.session
        if session is None:
            return
        if event.change & ~Change.SELECTION:
            self._update_row(event.image)
        if event.image != session.current:
            return
        if (
            self.cells.list.currentIndex().row() != self.cells.model.row_of(event.image)
            or self.view_image != event.image
        ):
            self._went_to(event.image)
        if event.change & (Change.BOXES | Change.LABELS):
            self.show_boxes()
        elif event.change & Change.SELECTION:
            self.view.set_selected(session.selected)
            self._show_selection()
        if event.change & (Change.MARKS | Change.SUGGESTIONS):
            self.show_boxes()
        if event.change & ~Change.SELECTION:
            self.show_counts()
        if event.change & Change.SUGGESTIONS:
            self.show_suggestions()
            if self.compare.isVisible():
                self.compare.show_cell(event.image)
        if event.travel and event.place is not None:
            self.view.travel_to(*event.place)

    def _went_to(self, image: str) -> None:
        self.view_image = image
        self.typer.cancel()
        self.blind.went_to(image)
        self.actions_by_id["blind_count"].setChecked(self.blind.active)
        self.cells.set_current(image)
        self._fit_next = True
        self.view.set_image([], (0, 0), None, False)
        self.view.message = self.tr("Loading {0}…").format(image)
        self.show_boxes()
        self.show_counts()
        self.show_suggestions()
        self.desk.want(image)
        if self.compare.isVisible():
            self.compare.show_cell(image)

    def show_boxes(self) -> None:
        """Show the present cell's boxes, marks and selection."""
        session = self.desk.session
        if session is None or not session.current:
            return
        annotation = session.annotation()
        if self.blind.active:
            own = [CountMark(str(i), x, y) for i, (x, y) in enumerate(self.blind.marks())]
            self.view.set_boxes([], ())
            self.view.set_marks(own)
            self._show_selection()
            return
        names = self.class_names()
        worst = worst_by_chromosome(self.desk.doubts(session.current))
        shown = []
        for item in annotation.chromosomes:
            text = "?" if item.label is None else names[item.label]
            score = getattr(item, "score", None)
            if self.show_scores and score is not None:
                text += f" {score:.2f}"
            level = int(worst[item.id].level) if item.id in worst else 0
            label = None if item.label is not None and names[item.label] == self.tr("sex") else item.label
            text = "" if text == "?" and level else text
            shown.append(ShownBox(item.id, item.box, label, text, item.is_human, level))
        self.view.set_boxes(shown, session.selected)
        self.view.set_marks(annotation.count_marks, self.blind.compared)
        self._show_selection()

    def show_counts(self) -> None:
        """Show header, palette and doubts of the present cell."""
        session = self.desk.session
        if session is None or not session.current:
            return
        annotation = session.annotation()
        found = self.desk.doubts(session.current)
        images = session.images
        place = f"({images.index(session.current) + 1}/{len(images)})"
        blind = len(self.blind.marks()) if self.blind.active else None
        self.header.show_cell(annotation, place, found, self.sex_withheld, blind)
        self.inspector.show_counts(None if self.blind.active else annotation, self.sex_withheld)
        names = self.class_names()
        labels = {c.id: "" if c.label is None else names[c.label] for c in annotation.chromosomes}
        self.inspector.show_doubts([] if self.blind.active else found, labels)

    def show_suggestions(self) -> None:
        """Show late results as ghosts with a banner."""
        session = self.desk.session
        found = session.suggestions.get(session.current) if session is not None else None
        if found is None or self.blind.active:
            self.banner.hide()
            if not self.compare.isVisible():
                self.view.set_ghosts([])
            return
        engine = found.provenance.engine
        self.banner_text.setText(
            self.tr("{0} suggestions from {1}: click one to take it, or take all.").format(len(found), engine)
        )
        self.banner_button.setText(self.tr("Take all (Shift+G)"))
        self.banner.show()
        self.view.set_ghosts([Ghost(d.box, "", "#F0E442") for d in found.items])

    def _show_selection(self) -> None:
        session = self.desk.session
        if session is None or not session.current:
            return
        worst = worst_by_chromosome(self.desk.doubts(session.current))
        chosen = () if self.blind.active else session.selection()
        self.inspector.show_selection(chosen, worst, self.class_names())

    def _show_ghosts(self, ghosts: list[Ghost]) -> None:
        if not self.banner.isVisible():
            self.view.set_ghosts(ghosts)

    # Pictures

    def show_picture(self) -> None:
        """Show the present picture as the display panel says, or raw."""
        session = self.desk.session
        if session is not None and session.current:
            how = Adjustments() if self.raw else self.adjust.adjustments()
            self.desk.show(session.current, how)

    def _picture_ready(self, image: str) -> None:
        picture = self.desk.picture(image)
        if picture is not None and image == self.view_image:
            self.view.um_per_pixel = picture.image.um_per_pixel
            self.show_picture()
            self._show_karyogram()

    def _shown_ready(self, image: str, levels: list[QImage]) -> None:
        picture = self.desk.picture(image)
        if image != self.view_image or picture is None:
            return
        self.view.message = ""
        self.view.set_image(levels, (picture.image.height, picture.image.width), picture.ground, self._fit_next)
        self._fit_next = False

    def _picture_failed(self, image: str, sentence: str) -> None:
        if image == self.view_image:
            self.view.message = sentence
            self.view.viewport().update()
            self.say(sentence)

    def _thumb_ready(self, image: str, thumb: QImage) -> None:
        self.cells.model.update_row(image, thumb=thumb)

    # Small talk

    def say(self, sentence: str) -> None:
        """One sentence in the status bar."""
        self.statusBar().showMessage(sentence, 15000)

    def say_error(self, sentence: str) -> None:
        """One sentence that must be read."""
        self.say(sentence)
        box = QMessageBox(QMessageBox.Icon.Warning, "KaryoView", sentence, QMessageBox.StandardButton.Ok, self)
        box.setObjectName("error")
        box.open()

    def tr_action(self, text: str) -> str:
        """An action's text in the user's language."""
        return QApplication.translate("Actions", text)

    def _saved(self, state: str, sentence: str) -> None:
        self.header.show_saved(state, sentence)
        if state == "failed":
            self.say(sentence)

    def _progressed(self, progress: object) -> None:
        self.actions_by_id["cancel"].setEnabled(True)

    def _run_ended(self, end: object) -> None:
        self.actions_by_id["cancel"].setEnabled(False)
        self.say(self.engine.status.text())

    def _pointer_moved(self, x: float, y: float) -> None:
        h, w = self.view.size_yx
        inside = 0 <= x < w and 0 <= y < h
        self.place_label.setText(f"{x:.0f}, {y:.0f}   {self.view.scale_factor:.0%}" if inside else "")

    def _tool_changed(self, name: str) -> None:
        words = {
            "box": self.tr("Horizontal box: drag from corner to corner"),
            "rotated": self.tr("Rotated box: drag the axis from the short arm, then the width, and click"),
            "split": self.tr("Split: draw a stroke across a box (S again: in the middle)"),
            "count": self.tr("Count: click each chromosome, click a mark to take it away"),
        }
        self.tool_label.setText(words.get(name, ""))
        for tool in ("box", "rotated", "split", "count"):
            font = self.actions_by_id[tool].font()
            font.setBold(tool == name)
            self.actions_by_id[tool].setFont(font)

    def _dock_seen(self, name: str, visible: bool) -> None:
        self.actions_by_id[name].setChecked(visible)
        if name == "karyogram" and visible:
            self._show_karyogram()
        if name == "compare" and self.desk.session is not None:
            if visible:
                self.compare.show_cell(self.desk.session.current)
            else:
                self.compare.leave()

    def toggle_karyogram(self) -> None:
        """Show or hide the karyogram board; it is built when first asked for."""
        if self.board is None:
            from karyoview.gui.karyogram import KaryogramBoard

            self.board = KaryogramBoard(self, run=self.desk.run_in_pool)
            self.board.noted.connect(self.say)
            self.board.wanted.connect(self.handlers.wanted)
            dock = self._dock("karyogram", self.tr("Karyogram"), self.board, Qt.DockWidgetArea.BottomDockWidgetArea)
            dock.visibilityChanged.connect(partial(self._dock_seen, "karyogram"))
            self.resizeDocks([dock], [round(self.height() * 0.45)], Qt.Orientation.Vertical)
            self._show_karyogram()
        else:
            dock = self.docks["karyogram"]
            dock.setVisible(not dock.isVisible())
        if self.docks["karyogram"].isVisible():
            self.board.setFocus()

    def _show_karyogram(self) -> None:
        """Show the present cell on the board, where somebody looks at it."""
        session = self.desk.session
        if self.board is None or session is None or not session.current or not self.docks["karyogram"].isVisible():
            return
        picture = self.desk.picture(session.current)
        if self._board_session is not session:
            self._board_session = session
            self.board.attach(session)
        self.board.sex_withheld = self.sex_withheld
        if picture is not None and session.current == self.view_image:
            self.board.show_cell(session.current, picture.pixels)

    def _fill_recent(self, menu: QWidget) -> None:
        menu.clear()
        for name in self.settings["recent"]:
            menu.addAction(name).triggered.connect(partial(self.desk.open, Path(name)))

    def _setting_changed(self, key: str) -> None:
        if key in ("theme", "text_size"):
            apply_theme(QApplication.instance(), self.settings["theme"], self.settings["text_size"])
            self.set_label_font()
        elif key == "digit_wait":
            self.typer.wait = self.settings["digit_wait"]
        elif key == "person" and self.desk.session is not None:
            self.desk.session.person = self.desk.person

    def set_label_font(self) -> None:
        """Labels follow the application's font, a little larger and bold."""
        font = QFont(self.font())
        font.setPointSizeF(self.settings["text_size"] + 0.5)
        font.setWeight(QFont.Weight.DemiBold)
        self.view.set_label_font(font)

    # Layout, focus, end

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

    def closeEvent(self, event: QCloseEvent) -> None:
        self.remember_layout()
        if (page := self.findChild(QWidget, "training-page")) is not None:
            page.close()
        QApplication.instance().removeEventFilter(self)
        if not self.desk.shut_down():
            QMessageBox.warning(
                None,
                "KaryoView",
                self.tr("The last edit could not be saved. It is listed in the log (Help, Show log)."),
            )
        event.accept()

    def keys_of(self, action: str) -> str:
        """An action's keys for tool tips."""
        return ", ".join(self.keymap.keys(action)) if action in BY_ID else ""
