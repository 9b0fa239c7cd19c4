"""The menu Chromosome: classes, doubts, and the selected box moved by keys."""

from __future__ import annotations

import math
from dataclasses import dataclass

from karyoview.core.geometry import Box
from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.messages import doubt_text
from karyoview.gui.pending_input import Target
from karyoview.review.doubt import Doubt
from karyoview.review.edits import directed
from karyoview.review.navigation import DoubtWalk, chromosome_beside

_FAR = 10.0
_PAN = 40


@dataclass(eq=False)
class ChromosomeHandlers(HandlerGroup):
    """What is done to the selected chromosome, and the walk from one to the next."""

    view: MetaphaseView
    doubts: DoubtCache
    walk: DoubtWalk

    @requires_cell
    def accept(self) -> None:
        """Accept the selection; with nothing selected, every proposal that is not in doubt."""
        chosen = self.selected()
        if chosen:
            self.session.accept(chosen)
            if self.walk.is_at(chosen):
                self.next_doubt()
            return
        doubtful = {d.chromosome for d in self.doubts.of(self.session.current)}
        items = self.session.annotation().chromosomes
        chosen = [c.id for c in items if not c.is_human and c.id not in doubtful]
        if not chosen:
            text = translate("Handlers", "Nothing to accept without a look: press Space for the next doubt.")
            self.notifier.show(text)
            return
        self.notifier.show(translate("Handlers", "{0} proposals without doubt accepted.").format(len(chosen)))
        self.session.accept(chosen)

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
        self.session.select(ids)

    @requires_cell
    def show_doubt(self, doubt: Doubt) -> None:
        """Go to a doubt and say it."""
        if doubt.chromosome:
            self.session.select([doubt.chromosome])
        if doubt.place is not None:
            self.view.travel_to(*doubt.place)
        self.notifier.show(doubt_text(doubt))

    @requires_cell
    def give_class(self, label: int | None) -> None:
        """A class from key or palette for the selection; on a doubtful chromosome it goes on to the next."""
        chosen = self.selected()
        if not chosen:
            self._ask_for_selection()
            return
        self.session.relabel(chosen, label)
        if self.walk.is_at(chosen) and self.controller.settings["auto_advance"] and label is not None:
            self.next_doubt()

    def target(self) -> Target:
        """What a class that is typed now is meant for."""
        session = self.controller.session
        return Target(session.current, tuple(self.selected())) if session is not None else Target()

    @requires_cell
    def give_class_to(self, target: Target, label: int | None) -> None:
        """A class for what was selected when it was typed, though something else may be by now."""
        if target == self.target():
            self.give_class(label)
            return
        present = {c.id for c in self.session.annotation(target.image).chromosomes}
        ids = [i for i in target.chromosomes if i in present]
        if ids:
            self.session.relabel(ids, label, target.image)
        elif not target.chromosomes:
            self._ask_for_selection()

    def _ask_for_selection(self) -> None:
        text = translate("Handlers", "Select a chromosome first: click it, press Tab, or Space for the next doubt.")
        self.notifier.show(text)

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
            whole = [doubt_text(d) for d in found]
            text = translate("Handlers", "No chromosome is in doubt; about the cell: {0}.").format("; ".join(whole[:3]))
            none = translate("Handlers", "No open doubts. Enter marks the cell as reviewed.")
            self.notifier.show(text if whole else none)
            return
        self.show_doubt(doubt)
        self.view.setFocus()

    @requires_cell
    def _cycle(self, by: int) -> None:
        if self.blind.active:
            return
        item = chromosome_beside(self.session.annotation().chromosomes, self.session.selected, by)
        if item is not None:
            self.session.select([item.id])
            self.view.travel_to(*item.box.centre)
