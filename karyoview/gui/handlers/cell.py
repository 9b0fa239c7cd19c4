"""The menu Cell: from cell to cell, and what state a cell is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from karyoview.core.annotation import ReviewState
from karyoview.gui.cell_list import CellOrder
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.image_cache import ImageCache
from karyoview.gui.messages import blind_text, class_names, doubt_text
from karyoview.gui.panels.cells import CellsPanel
from karyoview.review.commands import Change
from karyoview.review.doubt import Doubt, Level, red
from karyoview.review.navigation import DoubtWalk, cell_beside, open_cell_after
from karyoview.review.reviewing import OpenDoubtsError
from karyoview.review.session import Event

if TYPE_CHECKING:
    from karyoview.gui.gallery import Judged

_LISTED = 8


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
    _judged: tuple[Path, dict[str, Judged]] = field(default_factory=lambda: (Path(), {}), init=False)

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
        """Mark as reviewed and go on; open doubts are said first. Ends a blind count by comparing.

        A cell whose picture is not in sight cannot be reviewed: nobody has seen it.
        """
        if self.blind.active:
            outcome = self.blind.finish()
            self.blind_changed()
            self.notifier.show_error(blind_text(outcome))
            return
        image = self.session.current
        if self.images.get(image) is None:
            self.notifier.show(self._not_seen(image))
            return
        found = self.doubts.of(image)
        if found and self.controller.settings["confirm_red"]:
            self._ask_about(found, image)
        else:
            self._finish(image, found)

    def _not_seen(self, image: str) -> str:
        if self.images.is_loading(image):
            return translate("Handlers", "{0} is still being read; look at it, then mark it as reviewed.").format(image)
        text = translate("Handlers", "{0} cannot be shown, so it cannot be reviewed; restore the file or set it aside.")
        return text.format(image)

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
    def gallery(self) -> None:
        """Large thumbnails beside the window; one that is open comes to the front."""
        from karyoview.gui.gallery import Gallery

        case, session = self.controller.case, self.session
        assert case is not None
        for opened in self.parent.findChildren(Gallery):
            opened.raise_()
            opened.activateWindow()
            return
        if self._judged[0] != case.folder:
            self._judged = (case.folder, {})
        dialog = Gallery(case, session.images, self._about, self._judged[1], self.parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def follow(event: Event) -> None:
            if event.change & ~Change.SELECTION:
                dialog.refresh()

        def set_aside(image: str) -> None:
            self.go_to(image)
            self.set_aside()

        dialog.image_chosen.connect(self.go_to)
        dialog.set_aside_wanted.connect(set_aside)
        self.controller.changed.connect(follow)
        self.controller.closing.connect(dialog.reject)
        dialog.finished.connect(
            lambda result: self.controller.changed.disconnect(follow), Qt.ConnectionType.SingleShotConnection
        )
        dialog.show()

    def _about(self, image: str) -> str:
        row = self.cells.model.rows[self.cells.model.row_of(image)]
        return f"{row.count}   {row.shown_state}"

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

    def _ask_about(self, found: list[Doubt], image: str) -> None:
        """Which doubts are open; Enter looks at them, R goes on. They stay with the cell until they are answered."""
        names = class_names(self.controller.sex_withheld)
        labels = {c.id: names[c.label] for c in self.session.annotation(image).chromosomes if c.label is not None}
        lines = [
            f"{'‼' if d.level is Level.RED else '?'}  {labels[d.chromosome] + ': ' if d.chromosome in labels else ''}"
            f"{doubt_text(d)}"
            for d in found[:_LISTED]
        ]
        if len(found) > _LISTED:
            lines.append(translate("Handlers", "… and {0} more").format(len(found) - _LISTED))
        box = QMessageBox(self.parent)
        box.setObjectName("red-doubts")
        box.setIcon(QMessageBox.Icon.Warning)
        many, reds = len(found), len(red(found))
        if many == 1:
            one = translate("Handlers", "One doubt is open in this cell.")
            text = translate("Handlers", "One red doubt is open in this cell.") if reds else one
        elif reds == many:
            text = translate("Handlers", "{0} red doubts are open in this cell.").format(many)
        else:
            text = translate("Handlers", "{0} doubts are open in this cell, {1} of them red.").format(many, reds)
        box.setText(text)
        keep = translate("Handlers", "They stay marked on the cell until somebody answers them.")
        box.setInformativeText("\n".join([*lines, "", keep]))
        look = box.addButton(translate("Handlers", "Look at them"), QMessageBox.ButtonRole.RejectRole)
        go_on = box.addButton(translate("Handlers", "&Reviewed all the same"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(look)
        box.setEscapeButton(look)
        session = self.session

        def answer() -> None:
            if self.controller.session is not session:
                return
            if box.clickedButton() is go_on:
                self._finish(image, found)
            elif session.current == image:
                self.look_at_doubts()

        box.finished.connect(answer)
        box.open()

    @requires_cell
    def _finish(self, image: str, shown: list[Doubt]) -> None:
        try:
            self.session.set_state(image, ReviewState.REVIEWED, confirmed=shown)
        except OpenDoubtsError as error:
            # Another doubt came up while the question was open: it is asked anew.
            self._ask_about(list(error.doubts), image)
            return
        self._go_on(image)

    @requires_cell
    def _set_aside(self, image: str, why: str) -> None:
        self.session.set_state(image, ReviewState.SET_ASIDE, why)
        self._go_on(image)

    def _go_on(self, image: str) -> None:
        """To the next open cell after one is finished; before it where there is none after."""
        following = open_cell_after(self.cells.images(), image, self._state)
        done = {
            ReviewState.REVIEWED: translate("Handlers", "{0} is reviewed."),
            ReviewState.SET_ASIDE: translate("Handlers", "{0} is set aside."),
        }[self._state(image)].format(image)
        if following is not None:
            self.go_to(following)
        else:
            done += " " + translate("Handlers", "Every cell is reviewed or set aside.")
            if marked := sum(bool(self.doubts.of(i)) for i in self._of_state(ReviewState.REVIEWED)):
                open_ones = translate("Handlers", "Doubts are open in {0} reviewed cells.")
                done += " " + open_ones.format(marked)
        self.notifier.show(done)

    def _of_state(self, state: ReviewState) -> list[str]:
        return [i for i in self.session.images if self._state(i) is state]
