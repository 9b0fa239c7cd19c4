"""The main window: it puts the parts together, and keeps them in step with the open case."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QWidget

from karyoview.gui.application import application
from karyoview.gui.screen_fit import bring_on_screen, fit_size, put_back
from karyoview.gui.theme import apply_theme
from karyoview.services.settings import Settings

if TYPE_CHECKING:
    from karyoview.gui.handlers import Handlers
    from karyoview.gui.keys import Action
    from karyoview.review.session import Event

_RECENT_SHOWN = 6


class MainWindow(QMainWindow):
    """KaryoView's window; :attr:`controller` holds the case, :attr:`view` shows the metaphase."""

    def __init__(self, settings: Settings | None = None, *, at_once: bool = True) -> None:
        """``at_once`` is False where the frame is to be on the screen before :meth:`build` loads all that is in it."""
        super().__init__()
        self.setWindowTitle("KaryoView")
        fit_size(self, 1600, 1000)
        self.setDockNestingEnabled(True)
        self.settings = settings or Settings()
        self._gives_up = False
        self._is_built = False
        if at_once:
            self.build()
        else:
            put_back(self, self.settings["geometry"])
            bring_on_screen(self)
            waiting = QLabel(self.tr("KaryoView is starting…"))
            waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self.setCentralWidget(waiting)

    def build(self) -> None:
        """Put panels, menus and keys into the frame, and the welcome page."""
        from karyoview.gui import parts

        self._build_services()
        self._build_panels()
        self._build_presenters()
        self.handlers = self._build_handlers()
        self._class_keys = [self._class_key(k) for k in (*"0123456789", "X", "Y")]
        self._wire_case()
        self._wire_panels()
        self._set_label_font()
        self.window_layout.restore()
        self._show_welcome()
        self._text_field_keys = parts.TextFieldKeys(self)
        application().installEventFilter(self._text_field_keys)
        self.setAcceptDrops(True)
        self._is_built = True

    # Putting together

    def _build_services(self) -> None:
        from karyoview.gui import parts

        self.notifier = parts.Notifier(self)
        self.background = parts.Background(self)
        self.controller = parts.CaseController(self.settings, self.background, self)
        self.watch = parts.CaseWatch(self.controller, self.background, self)
        self.worklist_note = parts.WorklistNote(self.controller, self.background, self)
        self.images = parts.ImageCache(self.controller, self.background, self)
        self.runner = parts.EngineRunner(self.controller, self.background, self)
        self.doubts = parts.DoubtCache(self.controller, self.runner, self)
        self.blind = parts.BlindCount(lambda: self.controller.session, self._asks_for_second_counts)

    def _build_panels(self) -> None:
        from karyoview.gui import parts

        self.view, self.header = parts.MetaphaseView(), parts.Header()
        self.banner, self.cells = parts.SuggestionBanner(), parts.CellsPanel()
        self.inspector, self.engine = parts.Inspector(), parts.EnginePanel(self.runner)
        self.adjust, self.compare = parts.AdjustPanel(), parts.ComparePanel(self.runner)
        self.welcome = parts.Welcome([p.name for p in parts.sample_folders()])
        self.lock_banner = parts.LockBanner()
        self.panels = parts.Panels(
            self.view, self.header, self.banner, self.cells, self.inspector, self.engine, self.adjust, self.compare,
            self.welcome, self.lock_banner,
        )  # fmt: skip
        self.window_layout = parts.WindowLayout(self, self.panels, self.settings)
        self.menus = parts.Menus(self, parts.KeyMap(self.settings["keys"]), {"canvas": self.view, "list": self.cells})
        for dock in self.window_layout.docks.values():
            self.menus.list_panel(dock.toggleViewAction())

    def _build_presenters(self) -> None:
        from karyoview.gui import parts

        self.picture = parts.ImagePresenter(self.images, self.view, self.adjust, self)
        self.presenter = parts.CellPresenter(self.controller, self.runner, self.doubts, self.blind, self.panels, self)
        self.rows = parts.CellListPresenter(self.controller, self.runner, self.doubts, self.blind, self.cells, self)
        self.order = parts.CellOrder(self.controller, self.runner, self.background, self.cells, self)
        self.karyogram = parts.KaryogramDock(
            self.controller, self.images, self.background, self.window_layout, self.menus, self
        )
        # Only now: it looks at every event of the application, and building the panels makes thousands.
        self.training = parts.TrainingWatch(self)
        self.statusBar().addPermanentWidget(self.training.button)
        self.idle_lock = parts.IdleLock(self, lambda: float(self.settings["idle_lock"]))

    def _build_handlers(self) -> Handlers:
        from karyoview.gui import parts

        common = (self.controller, self.notifier, self.blind, self.presenter.show_boxes)
        walk = parts.DoubtWalk()
        chromosome = parts.ChromosomeHandlers(
            *common, self, self.view, self.doubts, walk, lambda doubt: self.inspector.show_of_cell(doubt)
        )
        self.classes = parts.ClassHandlers(*common, self, self.doubts, walk, chromosome.next_doubt)
        self.pending = parts.PendingInput(
            self.classes.target, self.classes.give_class_to, self.header.show_typed, self.settings["digit_wait"], self
        )
        panes = (self.cells.list, self.view, self.inspector.doubts, self.engine.engine, self.compare.list)
        return parts.Handlers(
            parts.FileHandlers(*common, self, self.background, self.refresh_all),
            parts.EditHandlers(
                *common, self, self.view, self.images, walk, self.compare.source, parts.Proposing(self.runner.result)
            ),
            chromosome,
            parts.CellHandlers(
                *common, self, self.cells, self.order, self.doubts, self.images, walk,
                chromosome.next_doubt, self._show_blind_count,
            ),
            parts.EngineHandlers(*common, self, self.runner, self.engine, self.cells, self.window_layout),
            parts.KaryotypeHandlers(
                *common, self, self.background, self.menus, self.karyogram, self.doubts, self.idle_lock,
                self.lock_changed,
            ),
            parts.ViewHandlers(*common, self.view, self.picture, self.window_layout, self.presenter.show_scores, panes),
            parts.HelpHandlers(*common, self, self.menus),
        )  # fmt: skip

    def _class_key(self, key: str) -> QShortcut:
        shortcut = QShortcut(QKeySequence(key), self)
        shortcut.setAutoRepeat(False)  # a 1 held a little long is no 11
        shortcut.activated.connect(lambda: self.pending.key(key))
        return shortcut

    def _wire_case(self) -> None:
        from karyoview.gui import parts

        controller, notify = self.controller, self.notifier.show
        controller.opened.connect(self._opened)
        controller.opened.connect(self.handlers.file.look_for_copy)
        controller.closing.connect(self._settle_input)
        controller.closed.connect(self._show_welcome)
        controller.opening_failed.connect(self.notifier.show_error)
        controller.changed.connect(self._changed)
        controller.saved.connect(self._saved)
        for part in (controller, self.watch, self.images, self.runner, self.order, self.idle_lock, self.karyogram):
            part.message.connect(notify)
        self.background.failed.connect(notify)
        self.images.original_read.connect(self.doubts.note_original)
        self.doubts.changed.connect(self._doubts_changed)
        self.images.thumbnail_ready.connect(lambda image, thumb: self.cells.model.update_row(image, thumb=thumb))
        self.picture.decoded.connect(self.karyogram.show_cell)
        self.picture.failed.connect(notify)
        self.images.unreadable.connect(self.rows.mark_unreadable)
        self.picture.failed.connect(self.karyogram.show_failure)
        self.runner.compared.connect(
            lambda image: self._changed(parts.Event(image, parts.Change.SUGGESTIONS | parts.Change.LABELS))
        )
        self.runner.progressed.connect(lambda progress: self.menus.set_enabled("cancel", True))
        self.runner.run_ended.connect(self._run_ended)
        self.order.ordered.connect(lambda kind: self.menus.set_checked("review_first", kind == "benefit"))
        self.idle_lock.unlocked.connect(self._user_unlocked)
        self.karyogram.action_requested.connect(self.handlers.carry_out_named)
        self.menus.triggered.connect(self._carry_out)
        self.menus.recent_chosen.connect(self.open_case)
        self.menus.recent = lambda: self.settings["recent"]
        self.settings.subscribe(self._setting_changed)
        self.training.asked_for.connect(lambda: self.handlers.engine.training())

    def _wire_panels(self) -> None:
        view, handlers = self.view, self.handlers
        for edited in (view.added, view.reshaped, view.split, view.edit_requested, self.inspector.class_chosen):
            edited.connect(self.pending.settle)
        application().focusChanged.connect(self._focus_changed)
        view.selected.connect(handlers.chromosome.select_ids)
        view.added.connect(handlers.edit.add_box)
        view.reshaped.connect(handlers.edit.reshape)
        view.split.connect(handlers.edit.split_along)
        view.marked.connect(handlers.edit.mark)
        view.proposed.connect(handlers.edit.propose_at)
        view.overlay_clicked.connect(handlers.edit.take_overlay)
        view.edit_requested.connect(handlers.edit.apply)
        view.tool_changed.connect(self._tool_changed)
        self.cells.chosen.connect(handlers.cell.go_to)
        self.cells.order_requested.connect(self.order.request)
        self.cells.list.activated.connect(lambda: view.setFocus())
        self.inspector.class_chosen.connect(self.classes.give_class)
        self.inspector.doubt_chosen.connect(handlers.chromosome.show_doubt)
        self.inspector.accept_clicked.connect(handlers.chromosome.accept)
        self.header.doubt_clicked.connect(handlers.chromosome.next_doubt)
        self.engine.run_clicked.connect(handlers.engine.run)
        self.engine.run_all_clicked.connect(handlers.engine.run_all)
        self.engine.threshold_moved.connect(handlers.engine.threshold_moved)
        self.compare.overlays_changed.connect(self.presenter.show_compared)
        self.compare.place_chosen.connect(view.travel_to)
        self.compare.run_requested.connect(handlers.engine.run_named)
        self.welcome.open_clicked.connect(handlers.file.open)
        self.welcome.worklist_clicked.connect(handlers.file.worklist)
        self.welcome.archive_clicked.connect(handlers.engine.teaching)
        self.welcome.help_clicked.connect(handlers.help.help)
        self.welcome.tour_clicked.connect(handlers.help.tour)
        self.welcome.sample_clicked.connect(handlers.file.open_sample)
        self.welcome.recent_chosen.connect(lambda name: self.open_case(Path(name)))
        self.banner.dismiss_clicked.connect(handlers.engine.drop_suggestions)
        self.banner.take_clicked.connect(handlers.engine.take_suggestions)
        self.window_layout.docks["adjust"].visibilityChanged.connect(partial(self.menus.set_checked, "adjust"))
        self.window_layout.docks["compare"].visibilityChanged.connect(self._comparison_seen)

    # The case

    def open_case(self, folder: Path) -> None:
        """Open a folder of images, or the folder an image lies in."""
        self.handlers.file.open_case(folder)

    def refresh_all(self) -> None:
        """Show everything anew (after the case's settings changed)."""
        from karyoview.gui import parts

        session = self.controller.session
        if session is None:
            return
        for image in session.images:
            self.rows.update(image)
        if session.current:
            self.blind.enter(session.current)
            self.menus.set_checked("blind_count", self.blind.active)
            self.presenter.show_all()
        self.compare.names = parts.class_names(self.controller.sex_withheld)
        if self.compare.isVisible():
            self.compare.refresh()
        self.karyogram.withhold_sex()
        self.controller.settings_changed.emit()

    def lock_changed(self) -> None:
        """The case was signed, approved or opened again: edits are refused or taken from now on."""
        self.controller.refresh_lock()
        self._show_lock()
        self.controller.settings_changed.emit()

    def _asks_for_second_counts(self) -> bool:
        case = self.controller.case
        return case is not None and case.settings.blind_second_count

    def _opened(self) -> None:
        from karyoview.gui import parts

        case, session = self.controller.case, self.controller.session
        assert case is not None
        assert session is not None
        session.examine = self.images.examine
        session.judge = lambda annotation: self.doubts.of(annotation.image)
        self.doubts.start()
        self.blind.leave()
        self.compare.names = parts.class_names(self.controller.sex_withheld)
        self.setWindowTitle(f"{case.folder.name} – {self.controller.person} – KaryoView")
        self.rows.fill()
        self.order.request("case")
        self.window_layout.show_work()
        self._show_lock()
        first = parts.first_cell(session.images, lambda i: session.annotation(i).state)
        if first:
            session.go_to(first)
            self.view.setFocus()
            text = self.tr("{0} cells. I asks the engine about this cell, Ctrl+B about all.")
            self.notifier.show(text.format(len(session.images)))
        else:
            text = self.tr(
                "{0} holds no images that KaryoView can read (PNG, JPEG, TIFF, BMP, WebP, JPEG 2000, DICOM)."
            )
            self.picture.show_nothing(text.format(case.folder))
        if note := self.handlers.file.take_note(case.folder):
            self.notifier.show(note)
        self.images.make_thumbnails()

    def _show_welcome(self) -> None:
        self.karyogram.detach()
        self.setWindowTitle("KaryoView")
        self.header.clear()
        self.engine.show_nothing()
        self.menus.set_enabled("cancel", False)
        self.rows.clear()
        self.view.set_boxes([], ())
        self.picture.show_nothing()
        self.welcome.show_recent([r for r in self.settings["recent"] if Path(r).is_dir()][:_RECENT_SHOWN])
        self.window_layout.show_welcome()

    def _show_lock(self) -> None:
        session = self.controller.session
        reason = session.read_only_reason if session is not None else ""
        self.header.show_saved("read_only" if reason else "saved", reason)
        case = self.controller.case
        self.lock_banner.show_reason(reason, case is not None and case.waits)

    # What changed

    def _changed(self, event: Event) -> None:
        from karyoview.gui import parts

        session = self.controller.session
        if session is None:
            return
        self.pending.follow()
        self.doubts.follow(event)
        if event.change & ~parts.Change.SELECTION:
            self.rows.update(event.image)
        if event.image != session.current:
            return
        if event.action and not event.travel and not self.blind.active:
            names = parts.class_names(self.controller.sex_withheld)
            if text := parts.act_text(event.action, session.annotation(), event.ids, names):
                self.notifier.show(text)
        listed = self.cells.list.currentIndex().row()
        if listed != self.cells.model.row_of(event.image) or self.picture.image != event.image:
            self._show_cell(event.image)
        self.presenter.update(event)
        if event.change & parts.Change.SUGGESTIONS and self.compare.isVisible():
            self.compare.show_cell(event.image)

    def _show_cell(self, image: str) -> None:
        left, was_blind = self.picture.image, self.blind.active
        self.notifier.clear()  # what was said is about another cell
        self._drop_gesture()
        session = self.controller.session
        assert session is not None
        self.blind.enter(image)
        if was_blind or self.blind.active:
            self.view.set_tool("count" if self.blind.active else "select")
        elif not self.view.tool.stays:
            self.view.set_tool("select")
        self.picture.load(image)
        if was_blind and left != image and left in session.images:
            self.rows.update(left)
        self.menus.set_checked("blind_count", self.blind.active)
        self.cells.set_current(image)
        self.presenter.show_all()
        self.picture.request()
        self._show_what_may_be_seen()

    def _show_blind_count(self) -> None:
        """Hide the first count and every proposal of the present cell, or show them again."""
        self.menus.set_checked("blind_count", self.blind.active)
        self.view.set_tool("count" if self.blind.active else "select")
        self.presenter.show_all()
        self._show_what_may_be_seen()
        self.controller.settings_changed.emit()

    def _show_what_may_be_seen(self) -> None:
        """Bring the list, the comparison and the karyogram in line with a blind second count."""
        session = self.controller.session
        assert session is not None
        self.rows.update(session.current)
        if self.compare.isVisible():
            self.compare.show_cell(session.current)
        if self.blind.active:
            self.karyogram.hide()
        self.compare.setDisabled(self.blind.active)

    def _saved(self, state: str, sentence: str) -> None:
        self.header.show_saved(state, sentence)
        if state == "failed":
            self.notifier.show(sentence)

    def _run_ended(self, end: object) -> None:
        self.menus.set_enabled("cancel", False)
        self.notifier.show(self.engine.status.text())

    def _tool_changed(self, tool: str) -> None:
        from karyoview.gui import parts

        self.pending.settle()
        hint = parts.TOOLS[tool].hint
        self.window_layout.tool_label.setText(QApplication.translate("Tools", hint) if hint else "")
        self.menus.mark_tool(tool)

    def _comparison_seen(self, visible: bool) -> None:
        self.menus.set_checked("compare", visible)
        session = self.controller.session
        if session is not None:
            if visible:
                self.compare.show_cell(session.current)
            else:
                self.compare.leave()

    def _carry_out(self, action: Action, checked: bool) -> None:
        from karyoview.gui import parts

        dropped = False
        if action.id == parts.SelectTool.id:  # Esc drops what was begun
            self.pending.drop()
        else:
            self.pending.settle()
            dropped = action.subject not in ("view", "help") and self.view.drop_gesture()
        self.handlers.carry_out(action, checked)
        if dropped:
            self._say_dropped()

    def _settle_input(self) -> None:
        """Take what was typed and drop what was half drawn: what it belongs to is left."""
        self.pending.settle()
        self._drop_gesture()

    def _drop_gesture(self) -> None:
        if self.view.drop_gesture():
            self._say_dropped()

    def _say_dropped(self) -> None:
        before = self.statusBar().currentMessage()
        text = self.tr("What was half drawn or dragged is dropped.")
        self.notifier.show(f"{before} {text}" if before else text)

    def _focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        self.pending.settle()
        if now is not self.view and now is not self.view.viewport():
            self._drop_gesture()

    def _doubts_changed(self, images: tuple[str, ...]) -> None:
        """Other cells, or the file of a picture, gave these cells other doubts."""
        session = self.controller.session
        if session is None:
            return
        for image in images:
            self.rows.update(image)
        if session.current in images:
            self.presenter.show_all()

    def _user_unlocked(self, person: str) -> None:
        self.settings["person"] = person  # from now on the record names whoever goes on
        self.notifier.show(QApplication.translate("IdleLock", "{0} goes on.").format(person))

    def _setting_changed(self, key: str) -> None:
        if key in ("theme", "text_size"):
            apply_theme(application(), self.settings["theme"], self.settings["text_size"])
            self._set_label_font()
        elif key == "digit_wait":
            self.pending.wait = self.settings["digit_wait"]
        elif key == "person":
            self.controller.change_person()
            if (case := self.controller.case) is not None:
                self.setWindowTitle(f"{case.folder.name} – {self.controller.person} – KaryoView")
            self.refresh_all()  # what a blind second counter may see is another matter for each person

    def _set_label_font(self) -> None:
        """Labels follow the application's font, a little larger and bold."""
        font = QFont(self.font())
        font.setPointSizeF(self.settings["text_size"] + 0.5)
        font.setWeight(QFont.Weight.DemiBold)
        self.view.set_label_font(font)

    # Qt's events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(u.isLocalFile() for u in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        local = [Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()]
        if local:
            event.acceptProposedAction()
            QTimer.singleShot(0, self, partial(self.open_case, local[0]))

    def closeEvent(self, event: QCloseEvent) -> None:
        from karyoview.gui import parts

        if not self._is_built:
            event.accept()
            return
        self.controller.all_saved(3.0)
        if self.controller.unsaved and not self._gives_up:
            event.ignore()
            parts.go_on_saved(self, self.controller, self._close_for_good)
            return
        self.window_layout.remember()
        for name in ("training-page", "teaching-page"):
            if (page := self.findChild(QWidget, name)) is not None:
                page.close()
        application().removeEventFilter(self._text_field_keys)
        self.idle_lock.stop()
        self.training.stop()
        self._shut_down()
        event.accept()

    def _close_for_good(self) -> None:
        self._gives_up = True
        self.close()

    def _shut_down(self) -> None:
        """End all work."""
        self.runner.cancel()
        self.controller.close_case()
        self.background.main_thread.close()
        self.images.close()
        self.background.close()
        self.runner.close()
