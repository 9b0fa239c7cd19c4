"""The menu Chromosome: classes, doubts, and the selected box moved by keys."""

from __future__ import annotations

import math

from karyoview.core.geometry import Box
from karyoview.gui.handlers.base import HandlersBase, requires_cell, translate
from karyoview.gui.messages import doubt_text
from karyoview.review.doubt import Doubt
from karyoview.review.edits import directed

_FAR = 10.0


class ChromosomeHandlers(HandlersBase):
    """What is done to the selected chromosome, and the walk from one to the next."""

    @requires_cell
    def accept(self, *_: object) -> None:
        """Accept the selection; with nothing selected, every proposal that is not in doubt."""
        chosen = self._chosen()
        if not chosen:
            doubtful = {d.chromosome for d in self.controller.doubts(self.session.current)}
            items = self.session.annotation().chromosomes
            chosen = [c.id for c in items if not c.is_human and c.id not in doubtful]
            if not chosen:
                self.window.show_message(
                    translate("Handlers", "Nothing to accept without a look: press Space for the next doubt.")
                )
                return
            self.window.show_message(translate("Handlers", "{0} proposals without doubt accepted.").format(len(chosen)))
            self.session.accept(chosen)
            return
        self.session.accept(chosen)
        if chosen == [self._last_doubt]:
            self.next_doubt()

    @requires_cell
    def uncertain(self, *_: object) -> None:
        items = self.session.selection()
        if items:
            self.session.set_uncertain(self._chosen(), not all(getattr(c, "uncertain", False) for c in items))

    @requires_cell
    def turn(self, *_: object) -> None:
        if self._chosen():
            self.session.turn(self._chosen())

    def rotate_left(self, *_: object) -> None:
        self._rotate(-5.0)

    def rotate_right(self, *_: object) -> None:
        self._rotate(5.0)

    def rotate_left_fine(self, *_: object) -> None:
        self._rotate(-0.5)

    def rotate_right_fine(self, *_: object) -> None:
        self._rotate(0.5)

    def next_doubt(self, *_: object) -> None:
        self._walk(1)

    def previous_doubt(self, *_: object) -> None:
        self._walk(-1)

    def cycle(self, *_: object) -> None:
        self._cycle(1)

    def cycle_back(self, *_: object) -> None:
        self._cycle(-1)

    @requires_cell
    def select_all(self, *_: object) -> None:
        self.session.select([c.id for c in self.session.annotation().chromosomes])

    def left(self, *_: object) -> None:
        self._nudge(-1, 0)

    def right(self, *_: object) -> None:
        self._nudge(1, 0)

    def up(self, *_: object) -> None:
        self._nudge(0, -1)

    def down(self, *_: object) -> None:
        self._nudge(0, 1)

    def left_far(self, *_: object) -> None:
        self._nudge(-_FAR, 0)

    def right_far(self, *_: object) -> None:
        self._nudge(_FAR, 0)

    def up_far(self, *_: object) -> None:
        self._nudge(0, -_FAR)

    def down_far(self, *_: object) -> None:
        self._nudge(0, _FAR)

    def narrower(self, *_: object) -> None:
        self._grow(-1, 0)

    def wider(self, *_: object) -> None:
        self._grow(1, 0)

    def longer(self, *_: object) -> None:
        self._grow(0, 1)

    def shorter(self, *_: object) -> None:
        self._grow(0, -1)

    @requires_cell
    def select_ids(self, ids: tuple[str, ...]) -> None:
        self.session.select(ids)

    @requires_cell
    def show_doubt(self, doubt: Doubt) -> None:
        if doubt.chromosome:
            self.session.select([doubt.chromosome])
        if doubt.place is not None:
            self.view.travel_to(*doubt.place)
        self.window.show_message(doubt_text(doubt))

    @requires_cell
    def give_class(self, label: int | None) -> None:
        """A class from key or palette for the selection; on a doubtful chromosome it goes on to the next."""
        chosen = self._chosen()
        if not chosen:
            self.window.show_message(
                translate("Handlers", "Select a chromosome first: click it, press Tab, or Space for the next doubt.")
            )
            return
        self.session.relabel(chosen, label)
        if chosen == [self._last_doubt] and self.controller.settings["auto_advance"] and label is not None:
            self.next_doubt()

    @requires_cell
    def _rotate(self, degrees: float) -> None:
        boxes = {}
        for item in self.session.selection():
            box = directed(item.box)
            boxes[item.id] = Box.rotated(box.cx, box.cy, box.w, box.h, box.angle + math.radians(degrees))
        if boxes and self._chosen():
            self.session.reshape(boxes, "rotate")

    @requires_cell
    def _nudge(self, dx: float, dy: float) -> None:
        items = self.session.selection() if self._chosen() else ()
        if items:
            self.session.reshape({c.id: c.box.moved(dx, dy) for c in items}, "move")
        else:
            self.view.pan_by(-40 * dx, -40 * dy)

    @requires_cell
    def _grow(self, across: float, along: float) -> None:
        items = self.session.selection() if self._chosen() else ()
        boxes = {}
        for c in items:
            b = c.box
            boxes[c.id] = Box(b.cx, b.cy, max(b.w + across, 2.0), max(b.h + along, 2.0), b.angle, b.is_rotated)
        if boxes:
            self.session.reshape(boxes, "resize")

    @requires_cell
    def _walk(self, step: int) -> None:
        """Go through the chromosomes in doubt, the most urgent first, then the doubts about the whole cell."""
        if self.window.blind.active:
            return
        found = [d for d in self.controller.doubts(self.session.current) if d.place is not None]
        stops = list({(d.chromosome or d.place): d for d in reversed(found)}.items())[::-1]
        if not stops:
            whole = [doubt_text(d) for d in self.controller.doubts(self.session.current)]
            text = translate("Handlers", "No chromosome is in doubt; about the cell: {0}.").format("; ".join(whole[:3]))
            self.window.show_message(
                text if whole else translate("Handlers", "No open doubts. Enter marks the cell as reviewed.")
            )
            self._last_doubt = ""
            return
        keys = [k for k, _ in stops]
        at = keys.index(self._last_doubt) if self._last_doubt in keys else (-1 if step > 0 else 0)
        key, doubt = stops[(at + step) % len(stops)]
        self._last_doubt = key
        self.show_doubt(doubt)
        self.view.setFocus()

    @requires_cell
    def _cycle(self, step: int) -> None:
        items = self.session.annotation().chromosomes
        if not items or self.window.blind.active:
            return
        order = sorted(items, key=lambda c: (99 if c.label is None else c.label, c.box.cx))
        ids = [c.id for c in order]
        at = ids.index(self.session.selected[0]) if self.session.selected and self.session.selected[0] in ids else -step
        at = (at + step) % len(ids) if self.session.selected else (0 if step > 0 else -1)
        self.session.select([ids[at]])
        self.view.travel_to(*order[at].box.centre)
