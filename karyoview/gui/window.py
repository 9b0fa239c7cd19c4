"""The main window: panels around the metaphase, and the wiring between them and the controller."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import (
    QCloseEvent,
    QImage,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import (
    QApplication,
    QMessageBox,
    QWidget,
)

from karyoview.core.annotation import CountMark
from karyoview.core.chromosome import CLASSES, X_INDEX
from karyoview.gui.accounts.idle_lock import IdleLock
from karyoview.gui.blind import BlindCount
from karyoview.gui.canvas.box_layer import OverlayBox, ShownBox
from karyoview.gui.handlers import Handlers
from karyoview.gui.keys import ACTIONS
from karyoview.gui.main_window_base import MainWindowBase
from karyoview.gui.ordering import CellOrder
from karyoview.gui.panels.cells import CellRow
from karyoview.gui.theme import apply_theme
from karyoview.gui.typing_class import ClassTyper
from karyoview.imaging.display import Adjustments
from karyoview.review.commands import Change
from karyoview.review.doubt import Level, worst_by_chromosome
from karyoview.review.session import Event, ReviewSession
from karyoview.review.summary import headline
from karyoview.services.settings import Settings

if TYPE_CHECKING:
    from karyoview.gui.karyogram.board import KaryogramBoard


class MainWindow(MainWindowBase):
    """KaryoView's window; :attr:`controller` holds the case, :attr:`view` shows the metaphase."""

    case_settings_changed = Signal()
    """Sex withheld, protocol or another setting of the open case was changed in the window."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.board: KaryogramBoard | None = None
        self._board_session: ReviewSession | None = None
        self.blind = BlindCount(self.controller)
        self.order = CellOrder(self)
        self.show_scores = False
        self.raw = False
        self.view_image = ""
        self._fit_next = True
        self._opening_note = (Path(), "")
        self.handlers = Handlers(self)
        self._build_actions(self.handlers)
        self.typer = ClassTyper(self.handlers.give_class, self.header.show_typed, self.settings["digit_wait"], self)
        self._class_shortcuts = [self._class_key(k) for k in (*"0123456789", "X", "Y")]
        self._wire()
        self._restore_layout()
        self._show_welcome()
        QApplication.instance().installEventFilter(self)
        self.idle_lock = IdleLock(self, lambda: float(self.settings["idle_lock"]))

    def _class_key(self, key: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.activated.connect(lambda: self.typer.key(key))
        return shortcut

    def _wire(self) -> None:
        controller, view, handlers = self.controller, self.view, self.handlers
        controller.opened.connect(self._opened)
        controller.closed.connect(self._show_welcome)
        controller.opening_failed.connect(self.show_error)
        controller.changed.connect(self._on_event)
        controller.image_ready.connect(self._image_ready)
        controller.image_failed.connect(self._image_failed)
        controller.pyramid_ready.connect(self._pyramid_ready)
        controller.thumb_ready.connect(self._thumb_ready)
        controller.saved.connect(self._saved)
        controller.message.connect(self.show_message)
        controller.run_ended.connect(self._run_ended)
        controller.progressed.connect(self._progressed)
        view.selected.connect(handlers.select_ids)
        view.added.connect(handlers.add_box)
        view.reshaped.connect(handlers.reshape)
        view.split.connect(handlers.split_along)
        view.marked.connect(handlers.mark)
        view.proposed.connect(handlers.propose_at)
        view.overlay_clicked.connect(handlers.overlay_clicked)
        view.pointer_moved.connect(self._pointer_moved)
        view.tool_changed.connect(self._tool_changed)
        self.cells.chosen.connect(handlers.go_to)
        self.cells.order_requested.connect(self.order.request)
        self.cells.list.activated.connect(lambda: view.setFocus())
        self.inspector.class_chosen.connect(handlers.give_class)
        self.inspector.doubt_chosen.connect(handlers.show_doubt)
        self.inspector.accept_clicked.connect(handlers.accept)
        self.header.doubt_clicked.connect(handlers.next_doubt)
        self.engine.run_clicked.connect(handlers.run)
        self.engine.run_all_clicked.connect(handlers.run_all)
        self.engine.threshold_moved.connect(handlers.threshold_moved)
        self.adjust.moved.connect(lambda how: self.show_picture())
        self.compare.overlays_changed.connect(self._show_overlays)
        self.compare.place_chosen.connect(view.travel_to)
        self.compare.run_requested.connect(handlers.run_named)
        self.welcome.open_clicked.connect(handlers.open)
        self.welcome.sample_clicked.connect(handlers.open_sample)
        self.welcome.recent_chosen.connect(lambda name: controller.open(Path(name)))
        self.banner_close.clicked.connect(handlers.drop_suggestions)
        self.banner_button.clicked.connect(handlers.take_suggestions)
        for dock in ("adjust", "compare"):
            self.docks[dock].visibilityChanged.connect(partial(self._dock_seen, dock))
        self.settings.subscribe(self._setting_changed)
        self.case_settings_changed.connect(self.show_cell_marks)

    # The case

    @property
    def sex_withheld(self) -> bool:
        return self.controller.case is not None and self.controller.case.settings.sex_withheld

    def class_names(self) -> dict[int, str]:
        """Class names as they may be shown here: X and Y are one word where sex is withheld."""
        hidden = self.tr("sex") if self.sex_withheld else ""
        return {c.index: hidden if hidden and c.index >= X_INDEX else c.label for c in CLASSES}

    def _opened(self) -> None:
        case, session = self.controller.case, self.controller.session
        assert case is not None
        assert session is not None
        self.blind.leave()
        self.compare.names = self.class_names()
        self.setWindowTitle(f"{case.folder.name} – KaryoView")
        self.cells.model.set_rows([self._row(image) for image in session.images])
        self.order.request("case")
        self.cells.refresh_footer()
        self._enter_work()
        self._show_lock()
        self._fit_next = True
        if session.images:
            first = next(
                (i for i in session.images if session.annotation(i).state.value in ("new", "proposed", "in_review")), ""
            )
            session.go_to(first or session.images[0])
            self.view.setFocus()
            self.show_message(
                self.tr("{0} cells. I asks the engine about this cell, Ctrl+B about all.").format(len(session.images))
            )
        else:
            self.view.set_image([], (0, 0), None, False)
            self.view.message = self.tr(
                "{0} holds no images that KaryoView can read (PNG, JPEG, TIFF, BMP, WebP, JPEG 2000, DICOM)."
            ).format(case.folder)
            self.view.viewport().update()

        folder, note = self._opening_note
        if note and folder == case.folder:
            self.show_message(note)
        self._opening_note = (Path(), "")

    def note_when_opened(self, folder: Path, sentence: str) -> None:
        """What to say once this case is open."""
        self._opening_note = (folder, sentence)

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
        session = self.controller.session
        assert session is not None
        annotation = session.annotation(image)
        if self.blind.hides(image):
            return CellRow(image, "–", annotation.state, self.tr("blind second count"), 0, 0)
        found = self.controller.doubts(image) if annotation.chromosomes else []
        empty = not annotation.total() and annotation.state.value == "new"
        return CellRow(
            image, "–" if empty else headline(annotation, self.sex_withheld).text, annotation.state,
            self.header.short_state(annotation), sum(d.level is Level.RED for d in found),
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
        session = self.controller.session
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
        self._show_what_may_be_seen()
        self.case_settings_changed.emit()

    def _show_what_may_be_seen(self) -> None:
        """Let board and comparison name the sex chromosomes, or not."""
        self.compare.names = self.class_names()
        if self.compare.isVisible():
            self.compare.refresh()
        if self.board is not None:
            self.board.withhold_sex(self.sex_withheld)

    # What changed

    def _on_event(self, event: Event) -> None:
        session = self.controller.session
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
        left, was_blind = self.view_image, self.blind.active
        self.view_image = image
        self.typer.cancel()
        self.blind.went_to(image)
        if was_blind or self.blind.active:
            self.view.set_tool("count" if self.blind.active else "select")
        session = self.controller.session
        if was_blind and session is not None and left != image and left in session.images:
            self._update_row(left)
        self.actions_by_id["blind_count"].setChecked(self.blind.active)
        self.cells.set_current(image)
        self._fit_next = True
        self.view.set_image([], (0, 0), None, False)
        self.view.message = self.tr("Loading {0}…").format(image)
        self.show_boxes()
        self.show_counts()
        self.show_suggestions()
        self.controller.request_image(image)
        self.show_what_is_hidden()

    def show_what_is_hidden(self) -> None:
        """Bring the list, the comparison and the karyogram in line with a blind second count."""
        session = self.controller.session
        if session is None or not session.current:
            return
        self._update_row(session.current)
        if self.compare.isVisible():
            self.compare.show_cell(session.current)
        if self.blind.active and "karyogram" in self.docks:
            self.docks["karyogram"].hide()
        self.compare.setDisabled(self.blind.active)

    def show_boxes(self) -> None:
        """Show the present cell's boxes, marks and selection."""
        session = self.controller.session
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
        worst = worst_by_chromosome(self.controller.doubts(session.current))
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
        session = self.controller.session
        if session is None or not session.current:
            return
        annotation = session.annotation()
        found = self.controller.doubts(session.current)
        images = session.images
        place = f"({images.index(session.current) + 1}/{len(images)})"
        blind = len(self.blind.marks()) if self.blind.active else None
        self.header.show_cell(annotation, place, found, self.sex_withheld, blind)
        self.inspector.show_counts(None if self.blind.active else annotation, self.sex_withheld)
        names = self.class_names()
        labels = {c.id: "" if c.label is None else names[c.label] for c in annotation.chromosomes}
        self.inspector.show_doubts([] if self.blind.active else found, labels)

    def show_suggestions(self) -> None:
        """Show late results as overlays with a banner."""
        session = self.controller.session
        found = session.suggestions.get(session.current) if session is not None else None
        if found is None or self.blind.active:
            self.banner.hide()
            if not self.compare.isVisible():
                self.view.set_overlays([])
            return
        engine = found.provenance.engine
        self.banner_text.setText(
            self.tr("{0} suggestions from {1}: click one to take it, or take all.").format(len(found), engine)
        )
        self.banner_button.setText(self.tr("Take all (Shift+G)"))
        self.banner.show()
        self.view.set_overlays([OverlayBox(d.box, "", "#F0E442") for d in found.items])

    def _show_selection(self) -> None:
        session = self.controller.session
        if session is None or not session.current:
            return
        worst = worst_by_chromosome(self.controller.doubts(session.current))
        chosen = () if self.blind.active else session.selection()
        self.inspector.show_selection(chosen, worst, self.class_names())

    def _show_overlays(self, overlays: list[OverlayBox]) -> None:
        if not self.banner.isVisible():
            self.view.set_overlays([] if self.blind.active else overlays)

    # Pictures

    def show_picture(self) -> None:
        """Show the present picture as the display panel says, or raw."""
        session = self.controller.session
        if session is not None and session.current:
            how = Adjustments() if self.raw else self.adjust.adjustments()
            self.controller.render(session.current, how)

    def _image_ready(self, image: str) -> None:
        picture = self.controller.image(image)
        if picture is not None and image == self.view_image:
            self.view.um_per_pixel = picture.image.um_per_pixel
            self.show_picture()
            self._show_karyogram()

    def _pyramid_ready(self, image: str, levels: list[QImage]) -> None:
        picture = self.controller.image(image)
        if image != self.view_image or picture is None:
            return
        self.view.message = ""
        self.view.set_image(levels, (picture.image.height, picture.image.width), picture.ground, self._fit_next)
        self._fit_next = False

    def _image_failed(self, image: str, sentence: str) -> None:
        if image == self.view_image:
            self.view.message = sentence
            self.view.viewport().update()
            self.show_message(sentence)
            if self.board is not None:
                self.board.show_no_cell(sentence)

    def _thumb_ready(self, image: str, thumb: QImage) -> None:
        self.cells.model.update_row(image, thumb=thumb)

    def _saved(self, state: str, sentence: str) -> None:
        self.header.show_saved(state, sentence)
        if state == "failed":
            self.show_message(sentence)

    def _progressed(self, progress: object) -> None:
        self.actions_by_id["cancel"].setEnabled(True)

    def _run_ended(self, end: object) -> None:
        self.actions_by_id["cancel"].setEnabled(False)
        self.show_message(self.engine.status.text())

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
        if name == "compare" and self.controller.session is not None:
            if visible:
                self.compare.show_cell(self.controller.session.current)
            else:
                self.compare.leave()

    def toggle_karyogram(self) -> None:
        """Show or hide the karyogram board; it is built when first asked for."""
        if self.blind.active:
            self.actions_by_id["karyogram"].setChecked(False)
            self.show_message(self.tr("The karyogram shows the first count; it is hidden in a blind second count."))
            return
        if self.board is None:
            from karyoview.gui.karyogram.board import KaryogramBoard

            own = {a.id: self.actions_by_id[a.id] for a in ACTIONS if a.scope == "karyogram"}
            self.board = KaryogramBoard(self, self.controller.run_in_pool, own)
            self.board.message.connect(self.show_message)
            self.board.action_requested.connect(self.handlers.action_requested)
            dock = self._dock("karyogram", self.tr("Karyogram"), self.board, None)
            if self.restoreDockWidget(dock):
                dock.show()
            else:
                self.place_board(dock)
            dock.visibilityChanged.connect(partial(self._dock_seen, "karyogram"))
            self._show_karyogram()
        else:
            dock = self.docks["karyogram"]
            dock.setVisible(not dock.isVisible())
        if self.docks["karyogram"].isVisible():
            self.board.setFocus()

    def _show_karyogram(self) -> None:
        """Show the present cell on the board, where somebody looks at it."""
        session = self.controller.session
        if self.board is None or session is None or not session.current or not self.docks["karyogram"].isVisible():
            return
        picture = self.controller.image(session.current)
        if self._board_session is not session:
            self._board_session = session
            self.board.attach(session)
        self.board.withhold_sex(self.sex_withheld)
        self.show_cell_marks()
        if picture is not None and session.current == self.view_image:
            self.board.show_cell(session.current, picture.pixels)

    def show_cell_marks(self) -> None:
        """Tell the board what the tally says of the present cell."""
        case, session = self.controller.case, self.controller.session
        if self.board is not None and case is not None and session is not None and session.current:
            cell = case.cell(session.current)
            self.board.show_marks(cell.analysed, cell.karyotyped)

    def lock_changed(self) -> None:
        """The case was signed, approved or opened again: edits are refused or taken from now on."""
        self.controller.refresh_lock()
        self._show_lock()
        self.case_settings_changed.emit()

    def _show_lock(self) -> None:
        session = self.controller.session
        reason = session.read_only_reason if session is not None else ""
        self.header.show_saved("read_only" if reason else "saved", reason)
        if reason:
            self.show_message(reason)

    def _setting_changed(self, key: str) -> None:
        if key in ("theme", "text_size"):
            apply_theme(QApplication.instance(), self.settings["theme"], self.settings["text_size"])
            self.set_label_font()
        elif key == "digit_wait":
            self.typer.wait = self.settings["digit_wait"]
        elif key == "person":
            self.controller.change_person()
            self.refresh_all()  # what a blind second counter may see is another matter for each person

    def closeEvent(self, event: QCloseEvent) -> None:
        self.remember_layout()
        if (page := self.findChild(QWidget, "training-page")) is not None:
            page.close()
        QApplication.instance().removeEventFilter(self)
        self.idle_lock.stop()
        if not self.controller.shut_down():
            QMessageBox.warning(
                None,
                "KaryoView",
                self.tr("The last edit could not be saved. It is listed in the log (Help, Show log)."),
            )
        event.accept()
