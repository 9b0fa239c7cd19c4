"""The karyogram beside the metaphase: built when first asked for, and in step with the present cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from karyoview.gui.background import Background
from karyoview.gui.case_controller import CaseController
from karyoview.gui.image_cache import ImageCache
from karyoview.gui.layout import WindowLayout
from karyoview.gui.menus import Menus
from karyoview.review.session import ReviewSession

if TYPE_CHECKING:
    # The window is up before anything that only the board needs is loaded.
    from karyoview.gui.karyogram.board import KaryogramBoard


class KaryogramDock(QObject):
    """Owns the board; ``action_requested`` names an action of the key table, asked for on the board."""

    message = Signal(str)
    action_requested = Signal(str)

    def __init__(
        self, controller: CaseController, images: ImageCache, background: Background, layout: WindowLayout,
        menus: Menus, parent: QObject | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._controller, self._images, self._background = controller, images, background
        self._layout, self._menus = layout, menus
        self.board: KaryogramBoard | None = None
        self._session: ReviewSession | None = None
        self._whole = layout.whole
        self._whole.changed.connect(lambda on: menus.set_checked("whole_board", on))
        controller.settings_changed.connect(self.show_marks)
        controller.closing.connect(self._settle)

    @property
    def visible(self) -> bool:
        """Whether somebody looks at the karyogram."""
        return self.board is not None and self._layout.docks["karyogram"].isVisible()

    def toggle(self) -> None:
        """Show or hide the board."""
        if self._whole.active:
            self._whole.leave()
        elif self.board is None:
            self.board = self._build()
        else:
            dock = self._layout.docks["karyogram"]
            dock.setVisible(not dock.isVisible())
        if self.visible and self.board is not None:
            self.board.setFocus()

    def fill_window(self, whole: bool) -> None:
        """Give the board the whole window, or show the panels beside it again."""
        if not whole or self._controller.case is None:
            self._whole.leave()
            self._menus.set_checked("whole_board", False)
            return
        board = self.board or self._build()
        self._whole.enter(self._layout.docks["karyogram"])
        board.setFocus()

    def hide(self) -> None:
        """Let nobody see the board."""
        self._whole.leave()
        if self.board is not None:
            self._layout.docks["karyogram"].hide()

    def show_cell(self) -> None:
        """Show the present cell on the board, where somebody looks at it and the picture is there."""
        session = self._controller.session
        if self.board is None or session is None or not session.current or not self.visible:
            return
        if self._session is not session:
            self._session = session
            self.board.attach(session)
        self.withhold_sex()
        self.show_marks()
        loaded = self._images.get(session.current)
        if loaded is not None:
            self.board.show_cell(session.current, loaded.pixels)

    def show_failure(self, sentence: str) -> None:
        """Show why the present cell has no karyogram."""
        if self.board is not None:
            self.board.show_no_cell(sentence)

    def show_marks(self) -> None:
        """Tell the board what the tally says of the present cell."""
        case, session = self._controller.case, self._controller.session
        if self.board is not None and case is not None and session is not None and session.current:
            cell = case.cell(session.current)
            self.board.show_marks(cell.analysed, cell.karyotyped)

    def withhold_sex(self) -> None:
        """Leave the sex chromosomes out where the case withholds them."""
        if self.board is not None:
            self.board.withhold_sex(self._controller.sex_withheld)

    def _settle(self) -> None:
        """The case is about to be closed: what is being typed is kept, the panels come back."""
        if self.board is not None:
            self.board.view.tools.finish()
        self._whole.leave()

    def detach(self) -> None:
        """Show nothing: the case is closed."""
        if self.board is not None:
            self._session = None
            self.board.attach(None)

    def _build(self) -> KaryogramBoard:
        from karyoview.gui.karyogram.board import KaryogramBoard

        board = KaryogramBoard(None, self._background.run, self._menus.of_scope("karyogram"))
        board.message.connect(self.message)
        board.action_requested.connect(self.action_requested)
        board.pages.case_name = self._case_name
        self.board = board
        dock = self._layout.add_dock("karyogram", self.tr("Karyogram"), board)
        self._layout.place_board(dock)
        dock.visibilityChanged.connect(self._seen)
        self.show_cell()
        return board

    def _case_name(self) -> str:
        case = self._controller.case
        return case.settings.id if case is not None else ""

    def _seen(self, visible: bool) -> None:
        self._menus.set_checked("karyogram", visible)
        if visible:
            self.show_cell()
