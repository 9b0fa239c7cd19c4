"""The menu Cell: from cell to cell, and what state a cell is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QMessageBox, QWidget

from karyoview.core.annotation import ReviewState
from karyoview.gui.cell_list import CellOrder
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.image_cache import ImageCache
from karyoview.gui.messages import blind_text, doubt_text
from karyoview.gui.panels.cells import CellsPanel
from karyoview.review.doubt import Doubt, red
from karyoview.review.navigation import DoubtWalk, cell_beside, open_cell_after

_LISTED = 6


@dataclass(eq=False)
class CellHandlers(HandlerGroup):
    """Reviewed, set aside, opened again; the blind second count.

    ``look_at_doubts`` goes to the next doubt of the present cell; ``blind_changed`` shows the window as a blind
    counter may see it, or as it was.
    """

    parent: QWidget
    cells: CellsPanel
    order: CellOrder
    doubts: DoubtCache
    images: ImageCache
    walk: DoubtWalk
    look_at_doubts: Callable[[], None]
    blind_changed: Callable[[], None]

    def next_cell(self) -> None:
        self._step(1, only_open=False)

    def previous_cell(self) -> None:
        self._step(-1, only_open=False)

    def next_open(self) -> None:
        self._step(1, only_open=True)

    def previous_open(self) -> None:
        self._step(-1, only_open=True)

    @requires_cell
    def go_to(self, image: str) -> None:
        self.walk.reset()
        self.session.go_to(image)

    @requires_cell
    def reviewed(self) -> None:
        """Mark as reviewed and go on; open red doubts are said first. Ends a blind count by comparing."""
        if self.blind.active:
            outcome = self.blind.finish()
            self.blind_changed()
            self.notifier.show_error(blind_text(outcome))
            return
        image = self.session.current
        open_red = red(self.doubts.of(image))
        if open_red and self.controller.settings["confirm_red"]:
            self._ask_about(open_red, image)
        else:
            self._finish(image)

    @requires_cell
    def set_aside(self) -> None:
        from karyoview.gui.dialogs.set_aside import SetAsideDialog

        image = self.session.current
        dialog = SetAsideDialog(self.parent)
        dialog.reason_given.connect(lambda why: self._set_aside(image, why))
        dialog.open()

    @requires_cell
    def reopen(self) -> None:
        self.session.set_state(self.session.current, ReviewState.IN_REVIEW)

    @requires_cell
    def cell_details(self) -> None:
        from karyoview.gui.dialogs.case_settings import CellDialog

        case, image = self.controller.case, self.session.current
        assert case is not None

        def changed() -> None:
            self.images.evict(image)
            self.images.request(image)

        dialog = CellDialog(case, image, self.parent)
        dialog.accepted.connect(changed)
        dialog.open()

    @requires_cell
    def review_first(self, checked: bool) -> None:
        self.order.request("benefit" if checked else "case")

    @requires_cell
    def blind_count(self, checked: bool) -> None:
        on = self.blind.toggle()
        self.session.select(())
        self.blind_changed()
        if on:
            text = translate("Handlers", "Count every chromosome by a click; Enter compares with the first count.")
            self.notifier.show(text)

    def _state(self, image: str) -> ReviewState:
        return self.session.annotation(image).state

    @requires_cell
    def _step(self, by: int, only_open: bool) -> None:
        image = cell_beside(self.cells.images(), self.session.current, by, self._state if only_open else None)
        if image is not None:
            self.go_to(image)
            return
        last, first = translate("Handlers", "This is the last cell."), translate("Handlers", "This is the first cell.")
        self.notifier.show(last if by > 0 else first)

    def _ask_about(self, open_red: list[Doubt], image: str) -> None:
        lines = "\n".join(f"•  {doubt_text(d)}" for d in open_red[:_LISTED])
        more = translate("Handlers", "\n… and {0} more").format(len(open_red) - _LISTED)
        box = QMessageBox(self.parent)
        box.setObjectName("red-doubts")
        box.setIcon(QMessageBox.Icon.Warning)
        one, several = (
            translate("Handlers", "One red doubt is open in this cell."),
            translate("Handlers", "{0} red doubts are open in this cell."),
        )
        box.setText(one if len(open_red) == 1 else several.format(len(open_red)))
        box.setInformativeText(lines + (more if len(open_red) > _LISTED else ""))
        look = box.addButton(translate("Handlers", "Look at them"), QMessageBox.ButtonRole.RejectRole)
        box.addButton(translate("Handlers", "Reviewed all the same"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(look)
        box.setEscapeButton(look)
        box.finished.connect(lambda: self.look_at_doubts() if box.clickedButton() is look else self._finish(image))
        box.open()

    @requires_cell
    def _finish(self, image: str) -> None:
        self.session.set_state(image, ReviewState.REVIEWED)
        self._go_on(image)

    @requires_cell
    def _set_aside(self, image: str, why: str) -> None:
        self.session.set_state(image, ReviewState.SET_ASIDE, why)
        self._go_on(image)

    def _go_on(self, image: str) -> None:
        """To the next open cell after one is finished; before it where there is none after."""
        following = open_cell_after(self.cells.images(), image, self._state)
        if following is not None:
            self.go_to(following)
        else:
            self.notifier.show(translate("Handlers", "Every cell is reviewed or set aside."))
