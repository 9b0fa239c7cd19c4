"""The menu Karyotype: the board, its dialogs, and the people who sign."""

from __future__ import annotations

from karyoview.gui.handlers.base import HandlersBase, requires_cell, translate


class KaryotypeHandlers(HandlersBase):
    """What leads from boxes to a signed karyotype."""

    def karyogram(self, *_: object) -> None:
        self.window.toggle_karyogram()

    def tray(self, *_: object) -> None:
        self._board("tray")

    def markers(self, *_: object) -> None:
        self._board("markers")

    def swap(self, *_: object) -> None:
        self._board("swap")

    def mirror(self, *_: object) -> None:
        self._board("mirror")

    def outline(self, *_: object) -> None:
        self._board("outline")

    def board_next(self, *_: object) -> None:
        self._board("board_next")

    def board_previous(self, *_: object) -> None:
        self._board("board_previous")

    def strips(self, *_: object) -> None:
        from karyoview.gui.karyogram import strips

        strips.show(self.window)

    def tally(self, *_: object) -> None:
        from karyoview.gui.dialogs import tally

        tally.show(self.window)

    def report(self, *_: object) -> None:
        from karyoview.gui.dialogs import report

        report.show(self.window)

    def users(self, *_: object) -> None:
        from karyoview.gui.accounts.users_dialog import UsersDialog

        UsersDialog.show_for(self.window)

    def lock(self, *_: object) -> None:
        from karyoview.gui.accounts import idle_lock

        idle_lock.show(self.window)

    def action_requested(self, what: str) -> None:
        """What the karyogram board asks for: a dialog, or a mark on the cell."""
        {
            "tally": self.tally, "report": self.report, "strips": self.strips,
            "mark_analysed": self.mark_analysed, "mark_karyotyped": self.mark_karyotyped,
        }[what]()  # fmt: skip

    def mark_analysed(self, *_: object) -> None:
        self._mark("analysed")

    def mark_karyotyped(self, *_: object) -> None:
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
            self.window.case_settings_changed.emit()
        said = {
            ("analysed", True): translate("Handlers", "{0} counts as analysed."),
            ("analysed", False): translate("Handlers", "{0} no longer counts as analysed."),
            ("karyotyped", True): translate("Handlers", "{0} counts as karyotyped."),
            ("karyotyped", False): translate("Handlers", "{0} no longer counts as karyotyped."),
        }[member, on]
        self.window.show_message(said.format(image))

    def _board(self, name: str) -> None:
        board = self.window.board
        if board is None or not board.isVisible():
            self.window.show_message(translate("Handlers", "This is done on the karyogram; K shows it."))
        else:
            board.command(name)()
