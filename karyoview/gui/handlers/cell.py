"""The menu Cell: from cell to cell, and what state a cell is in."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox

from karyoview.core.annotation import ReviewState
from karyoview.gui.handlers.base import requires_cell, translate
from karyoview.gui.handlers.chromosome import ChromosomeHandlers
from karyoview.gui.messages import doubt_text
from karyoview.review.doubt import Doubt, red


class CellHandlers(ChromosomeHandlers):
    """Reviewed, set aside, opened again; the blind second count."""

    def next_cell(self, *_: object) -> None:
        self._step_cell(1, False)

    def previous_cell(self, *_: object) -> None:
        self._step_cell(-1, False)

    def next_open(self, *_: object) -> None:
        self._step_cell(1, True)

    def previous_open(self, *_: object) -> None:
        self._step_cell(-1, True)

    @requires_cell
    def reviewed(self, *_: object) -> None:
        """Mark as reviewed and go on; open red doubts are said first. Ends a blind count by comparing."""
        window = self.window
        window.typer.finish()
        if window.blind.active:
            outcome = window.blind.finish()
            self._blind_shown(False)
            window.show_error(outcome)
            return
        image = self.session.current
        open_red = red(self.controller.doubts(image))
        if open_red and self.controller.settings["confirm_red"]:
            self._ask_red(image, open_red)
        else:
            self._finish_cell(image)

    @requires_cell
    def set_aside(self, *_: object) -> None:
        from karyoview.gui.dialogs.set_aside import SetAsideDialog

        image = self.session.current
        dialog = SetAsideDialog(self.window)
        dialog.reason_given.connect(lambda why: self._put_aside(image, why))
        dialog.open()

    @requires_cell
    def reopen(self, *_: object) -> None:
        self.session.set_state(self.session.current, ReviewState.IN_REVIEW)

    @requires_cell
    def cell_details(self, *_: object) -> None:
        from karyoview.gui.dialogs.case_settings import CellDialog

        CellDialog(self.window, self.session.current).open()

    @requires_cell
    def review_first(self, *_: object) -> None:
        self.window.order.request("benefit" if self.window.actions_by_id["review_first"].isChecked() else "case")

    @requires_cell
    def blind_count(self, *_: object) -> None:
        on = self.window.blind.toggle()
        self.session.select(())
        self._blind_shown(on)
        if on:
            self.window.show_message(
                translate("Handlers", "Count every chromosome by a click; Enter compares with the first count.")
            )

    def _blind_shown(self, on: bool) -> None:
        """Hide the first count and every proposal of the present cell, or show them again."""
        window = self.window
        window.actions_by_id["blind_count"].setChecked(on)
        self.view.set_tool("count" if on else "select")
        window.show_boxes()
        window.show_counts()
        window.show_suggestions()
        window.show_what_is_hidden()

    @requires_cell
    def go_to(self, image: str) -> None:
        self._last_doubt = ""
        self.session.go_to(image)

    @requires_cell
    def _step_cell(self, step: int, only_open: bool) -> bool:
        images = self.window.cells.images()
        at = images.index(self.session.current) + step
        while 0 <= at < len(images):
            state = self.session.annotation(images[at]).state
            if not only_open or state not in (ReviewState.REVIEWED, ReviewState.SET_ASIDE):
                self.go_to(images[at])
                return True
            at += step
        self.window.show_message(
            translate("Handlers", "This is the last cell.")
            if step > 0
            else translate("Handlers", "This is the first cell.")
        )
        return False

    def _ask_red(self, image: str, open_red: list[Doubt]) -> None:
        lines = "\n".join(f"•  {doubt_text(d)}" for d in open_red[:6])
        more = translate("Handlers", "\n… and {0} more").format(len(open_red) - 6) if len(open_red) > 6 else ""
        box = QMessageBox(self.window)
        box.setObjectName("red-doubts")
        box.setIcon(QMessageBox.Icon.Warning)
        one, several = (
            translate("Handlers", "One red doubt is open in this cell."),
            translate("Handlers", "{0} red doubts are open in this cell."),
        )
        box.setText(one if len(open_red) == 1 else several.format(len(open_red)))
        box.setInformativeText(lines + more)
        look = box.addButton(translate("Handlers", "Look at them"), QMessageBox.ButtonRole.RejectRole)
        box.addButton(translate("Handlers", "Reviewed all the same"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(look)
        box.setEscapeButton(look)

        def answered(*_: object) -> None:
            if box.clickedButton() is look:
                self.next_doubt()
            else:
                self._finish_cell(image)

        box.finished.connect(answered)
        box.open()

    @requires_cell
    def _finish_cell(self, image: str) -> None:
        self.session.set_state(image, ReviewState.REVIEWED)
        self._on(image)

    @requires_cell
    def _put_aside(self, image: str, why: str) -> None:
        self.session.set_state(image, ReviewState.SET_ASIDE, why)
        self._on(image)

    def _on(self, image: str) -> None:
        """To the next open cell after one is finished; before it where there is none after."""
        session, images = self.session, self.window.cells.images()
        at = images.index(image)
        done = (ReviewState.REVIEWED, ReviewState.SET_ASIDE)
        left = [i for i in (*images[at + 1 :], *images[:at]) if session.annotation(i).state not in done]
        if left:
            self.go_to(left[0])
        else:
            self.window.show_message(translate("Handlers", "Every cell is reviewed or set aside."))
