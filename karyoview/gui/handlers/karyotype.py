"""The menu Karyotype: the board, its dialogs, and the people who sign."""

from __future__ import annotations

from karyoview.gui.handlers.base import HandlersBase, translate


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
        from karyoview.gui.karyogram import tally

        tally.show(self.window)

    def report(self, *_: object) -> None:
        from karyoview.gui.karyogram import report

        report.show(self.window)

    def users(self, *_: object) -> None:
        from karyoview.gui.dialogs.users import UsersDialog

        UsersDialog.show_for(self.window)

    def lock(self, *_: object) -> None:
        from karyoview.gui.karyogram import lock

        lock.show(self.window)

    def wanted(self, what: str) -> None:
        """A dialog that the karyogram board asks for: tally, report or strips."""
        {"tally": self.tally, "report": self.report, "strips": self.strips}[what]()

    def _board(self, name: str) -> None:
        board = self.window.board
        if board is None or not board.isVisible():
            self.window.say(translate("Hands", "This is done on the karyogram; K shows it."))
        else:
            board.command(name)()
