"""The menu Karyotype: the board, its dialogs, and the people who sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from karyoview.core.annotation import ReviewState
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.gui.accounts.idle_lock import IdleLock
from karyoview.gui.background import Background
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.karyogram.dock import KaryogramDock
from karyoview.gui.menus import Menus
from karyoview.review.commands import Change
from karyoview.review.session import Event

_ONCE = Qt.ConnectionType.SingleShotConnection


@dataclass(eq=False)
class KaryotypeHandlers(HandlerGroup):
    """What leads from boxes to a signed karyotype; ``signed`` shows that the case was signed or opened again."""

    parent: QWidget
    background: Background
    menus: Menus
    dock: KaryogramDock
    doubts: DoubtCache
    idle_lock: IdleLock
    signed: Callable[[], None]

    def karyogram(self, checked: bool) -> None:
        if self.blind.active:
            self.menus.set_checked("karyogram", False)
            text = translate("Handlers", "The karyogram shows the first count; it is hidden in a blind second count.")
            self.notifier.show(text)
            return
        self.dock.toggle()

    def tray(self) -> None:
        self._on_board("tray")

    def markers(self) -> None:
        self._on_board("markers")

    def swap(self) -> None:
        self._on_board("swap")

    def mirror(self) -> None:
        self._on_board("mirror")

    def outline(self) -> None:
        self._on_board("outline")

    def straighten_one(self) -> None:
        self._on_board("straighten_one")

    def cut_out(self) -> None:
        self._on_board("cut_out")

    def close_up(self) -> None:
        self._on_board("close_up")

    def invert_board(self) -> None:
        self._on_board("invert_board")

    def more_contrast(self) -> None:
        self._on_board("more_contrast")

    def less_contrast(self) -> None:
        self._on_board("less_contrast")

    def draw_arrow(self) -> None:
        self._on_board("draw_arrow")

    def write_text(self) -> None:
        self._on_board("write_text")

    def remove_note(self) -> None:
        self._on_board("remove_note")

    def next_pair(self) -> None:
        self._on_board("next_pair")

    def save_board(self) -> None:
        self._on_board("save_board")

    def print_board(self) -> None:
        self._on_board("print_board")

    def whole_board(self, checked: bool) -> None:
        """The karyogram alone in the window, or all panels again."""
        if checked and self.blind.active:
            self.menus.set_checked("whole_board", False)
            self.karyogram(True)
            return
        self.dock.fill_window(checked)

    def board_next(self) -> None:
        self._on_board("board_next")

    def board_previous(self) -> None:
        self._on_board("board_previous")

    def strips(self) -> None:
        """One class over the reviewed cells of the case (all cells where none is reviewed), beside the window."""
        from karyoview.gui.karyogram.strips import StripsDialog

        case, session = self.controller.case, self.controller.session
        if case is None or session is None:
            return
        for opened in self.parent.findChildren(StripsDialog):
            opened.close()
        every = [
            a for a in map(session.annotation, session.images) if a.chromosomes and a.state is not ReviewState.SET_ASIDE
        ]
        reviewed = [a for a in every if a.state is ReviewState.REVIEWED]
        dialog = StripsDialog(
            reviewed or every, lambda image: case.read_image(image).to_uint8(), self.parent, self.background.run,
            case.settings.sex_withheld,
        )  # fmt: skip
        chosen = session.selection()
        if chosen and chosen[0].label is not None:
            dialog.label.setCurrentIndex(max(dialog.label.findText(CLASSES[chosen[0].label].label), 0))

        def go(image: str, chromosome: str) -> None:
            session.go_to(image)
            session.select([chromosome])

        def follow() -> None:
            dialog.withhold_sex(self.controller.sex_withheld)

        dialog.asked_for.connect(go)
        self.controller.closed.connect(dialog.reject)
        self.controller.settings_changed.connect(follow)
        dialog.finished.connect(lambda result: self.controller.settings_changed.disconnect(follow), _ONCE)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def tally(self) -> None:
        """The tally beside the window; it follows what is done there. One that is open comes to the front."""
        from karyoview.gui.dialogs.tally import TallyDialog

        controller = self.controller
        if controller.case is None or controller.session is None:
            return
        for opened in self.parent.findChildren(TallyDialog):
            opened.raise_()
            opened.activateWindow()
            return
        dialog = TallyDialog(
            controller.case, controller.session, self.parent, self.doubts.of, lambda image: self.blind.hides(image)
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def follow(event: Event) -> None:
            if event.change & ~Change.SELECTION:
                dialog.refresh()

        def show_other(images: tuple[str, ...]) -> None:
            dialog.refresh()

        controller.changed.connect(follow)
        controller.settings_changed.connect(dialog.refresh)
        controller.closing.connect(dialog.settle)
        controller.closed.connect(dialog.close_with_case)
        self.doubts.changed.connect(show_other)
        dialog.marked.connect(self.dock.show_marks)
        dialog.finished.connect(lambda result: controller.changed.disconnect(follow), _ONCE)
        dialog.finished.connect(lambda result: self.doubts.changed.disconnect(show_other), _ONCE)
        dialog.show()

    def report(self) -> None:
        from karyoview.gui.accounts.idle_lock import known_users
        from karyoview.gui.dialogs.report import ReportDialog

        controller = self.controller
        if controller.case is None:
            return
        dialog = ReportDialog(
            controller.case, known_users, self.parent, self.background.run, controller.all_saved, controller.person
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.case_changed.connect(self.signed)
        dialog.open()

    def users(self) -> None:
        from karyoview.gui.accounts.idle_lock import known_users
        from karyoview.gui.accounts.users_dialog import UsersDialog

        try:
            dialog = UsersDialog(known_users(), self.parent, self.lock)
        except KaryoViewError as error:
            self.notifier.show_error(str(error))
            return
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def lock(self) -> None:
        """Lock now, so that another person can go on."""
        if not self.idle_lock.lock():
            self.notifier.show(translate("IdleLock", "Nobody is entered yet: Karyotype, People who sign."))

    def mark_analysed(self) -> None:
        self._mark("analysed")

    def mark_karyotyped(self) -> None:
        self._mark("karyotyped")

    @requires_cell
    def _mark(self, member: str) -> None:
        """Say of the present cell that it is analysed or karyotyped, or take that back."""
        case, image = self.controller.case, self.session.current
        assert case is not None
        on = not getattr(case.cell(image), member)
        try:
            case.update_cell(image, f"{member} {'set' if on else 'taken back'}", **{member: on})
        finally:
            self.controller.settings_changed.emit()
        text = {
            ("analysed", True): translate("Handlers", "{0} counts as analysed."),
            ("analysed", False): translate("Handlers", "{0} no longer counts as analysed."),
            ("karyotyped", True): translate("Handlers", "{0} counts as karyotyped."),
            ("karyotyped", False): translate("Handlers", "{0} no longer counts as karyotyped."),
        }[member, on]
        self.notifier.show(text.format(image))

    def _on_board(self, name: str) -> None:
        board = self.dock.board
        if board is None or not board.isVisible():
            self.notifier.show(translate("Handlers", "This is done on the karyogram; K shows it."))
        else:
            board.command(name)()
