"""The menu Chromosome: classes, doubts, and the selected box moved by keys."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from karyoview.core.annotation import ReviewState
from karyoview.core.geometry import Box
from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.messages import doubt_text
from karyoview.review.doubt import Doubt, keys_of
from karyoview.review.edits import MANY, directed
from karyoview.review.navigation import DoubtWalk, chromosome_beside

_FAR = 10.0
_PAN = 40


@dataclass(eq=False)
class ChromosomeHandlers(HandlerGroup):
    """What is done to the selected chromosome, and the walk from one to the next.

    ``show_of_cell`` shows a doubt about the whole cell where the selected chromosome is shown else.
    """

    parent: QWidget
    view: MetaphaseView
    doubts: DoubtCache
    walk: DoubtWalk
    show_of_cell: Callable[[Doubt], None]

    @requires_cell
    def accept(self) -> None:
        """Accept the selection and answer its doubts, or the doubt about the cell that is shown.

        With neither, every proposal that is not in doubt. Of more than three at once nobody looked at each: their
        doubts stay open.
        """
        chosen, found = self.selected(), self.doubts.of(self.session.current)
        if chosen:
            self._accept(chosen, found)
            return
        if self.walk.of_cell is not None and self.walk.of_cell in found:
            self.session.answer([self.walk.of_cell.key])
            self.next_doubt()
            return
        doubtful = {d.chromosome for d in found}
        items = self.session.annotation().chromosomes
        chosen = [c.id for c in items if not c.is_human and c.id not in doubtful]
        if not chosen:
            text = translate("Handlers", "Nothing to accept without a look: press Space for the next doubt.")
            self.notifier.show(text)
            return
        self.session.accept(chosen)
        self.notifier.show(translate("Handlers", "{0} proposals without doubt accepted.").format(len(chosen)))

    @requires_cell
    def uncertain(self) -> None:
        items = self.session.selection()
        if items:
            self.session.set_uncertain(self.selected(), not all(getattr(c, "uncertain", False) for c in items))

    @requires_cell
    def turn(self) -> None:
        if chosen := self.selected():
            self.session.turn(chosen)

    def rotate_left(self) -> None:
        self._rotate(-5.0)

    def rotate_right(self) -> None:
        self._rotate(5.0)

    def rotate_left_fine(self) -> None:
        self._rotate(-0.5)

    def rotate_right_fine(self) -> None:
        self._rotate(0.5)

    def next_doubt(self) -> None:
        self._walk(1)

    def previous_doubt(self) -> None:
        self._walk(-1)

    def cycle(self) -> None:
        self._cycle(1)

    def cycle_back(self) -> None:
        self._cycle(-1)

    @requires_cell
    def select_all(self) -> None:
        self.session.select([c.id for c in self.session.annotation().chromosomes])

    def left(self) -> None:
        self._nudge(-1, 0)

    def right(self) -> None:
        self._nudge(1, 0)

    def up(self) -> None:
        self._nudge(0, -1)

    def down(self) -> None:
        self._nudge(0, 1)

    def left_far(self) -> None:
        self._nudge(-_FAR, 0)

    def right_far(self) -> None:
        self._nudge(_FAR, 0)

    def up_far(self) -> None:
        self._nudge(0, -_FAR)

    def down_far(self) -> None:
        self._nudge(0, _FAR)

    def narrower(self) -> None:
        self._grow(-1, 0)

    def wider(self) -> None:
        self._grow(1, 0)

    def longer(self) -> None:
        self._grow(0, 1)

    def shorter(self) -> None:
        self._grow(0, -1)

    @requires_cell
    def select_ids(self, ids: tuple[str, ...]) -> None:
        self.walk.leave()
        self.session.select(ids)

    @requires_cell
    def show_doubt(self, doubt: Doubt) -> None:
        """Go to a doubt and say it."""
        self.walk.show(doubt)
        self.session.select([doubt.chromosome] if doubt.chromosome else [])
        chosen = self.session.selection()
        if chosen:
            self.view.look_at(chosen[0].box)
        elif doubt.place is not None:
            self.view.travel_to(*doubt.place)
        if doubt.chromosome:
            self.notifier.show(doubt_text(doubt))
            return
        self.show_of_cell(doubt)
        self.notifier.show(translate("Handlers", "About the cell: {0}. G: it is so.").format(doubt_text(doubt)))

    def _accept(self, chosen: list[str], found: list[Doubt]) -> None:
        alone = len(chosen) <= MANY
        self.session.accept(chosen, keys_of(found, chosen) if alone else ())
        if self.walk.is_at(chosen):
            self.next_doubt()
        elif not alone:
            text = translate("Handlers", "{0} taken over; their doubts stay open, as nobody looked at each.")
            self.notifier.show(text.format(len(chosen)))

    @requires_cell
    def _rotate(self, degrees: float) -> None:
        boxes = {}
        for item in self.session.selection():
            box = directed(item.box)
            boxes[item.id] = Box.rotated(box.cx, box.cy, box.w, box.h, box.angle + math.radians(degrees))
        if boxes and self.selected():
            self.session.reshape(boxes, "rotate")

    @requires_cell
    def _nudge(self, dx: float, dy: float) -> None:
        items = self.session.selection() if self.selected() else ()
        if items:
            self.session.reshape({c.id: c.box.moved(dx, dy) for c in items}, "move")
        else:
            self.view.pan_by(-_PAN * dx, -_PAN * dy)

    @requires_cell
    def _grow(self, across: float, along: float) -> None:
        items = self.session.selection() if self.selected() else ()
        boxes = {}
        for c in items:
            b = c.box
            boxes[c.id] = Box(b.cx, b.cy, max(b.w + across, 2.0), max(b.h + along, 2.0), b.angle, b.is_rotated)
        if boxes:
            self.session.reshape(boxes, "resize")

    @requires_cell
    def _walk(self, by: int) -> None:
        """Go through the chromosomes in doubt, the most urgent first, then the doubts about the whole cell."""
        if self.blind.active:
            return
        found = self.doubts.of(self.session.current)
        doubt = self.walk.step(found, by)
        if doubt is None:
            self.notifier.show(self._nothing_open())
            return
        self.show_doubt(doubt)
        self.view.setFocus()

    def _nothing_open(self) -> str:
        annotation = self.session.annotation()
        if not annotation.total():
            return translate("Handlers", "Nothing is boxed or counted in this cell yet.")
        if annotation.state is ReviewState.REVIEWED:
            return translate("Handlers", "No open doubts; the cell is reviewed.")
        return translate("Handlers", "No open doubts. Enter marks the cell as reviewed.")

    @requires_cell
    def _cycle(self, by: int) -> None:
        if self.blind.active:
            return
        self.walk.leave()
        item = chromosome_beside(self.session.annotation().chromosomes, self.session.selected, by)
        if item is not None:
            self.session.select([item.id])
            self.view.travel_to(*item.box.centre)
