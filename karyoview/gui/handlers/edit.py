"""The menu Edit, and the gestures of the metaphase view that add, change and mark."""

from __future__ import annotations

import math

import numpy as np

from karyoview.core.geometry import Box
from karyoview.gui.handlers.base import HandlersBase, requires_cell, translate
from karyoview.imaging.propose import propose_at


class EditHandlers(HandlersBase):
    """Adding, cutting, joining, counting, undo and redo."""

    @requires_cell
    def undo(self, *_: object) -> None:
        command = self.session.undo()
        self._report_step(
            command, translate("Handlers", "Undone: {0}"), translate("Handlers", "There is nothing to undo.")
        )

    @requires_cell
    def redo(self, *_: object) -> None:
        command = self.session.redo()
        self._report_step(
            command, translate("Handlers", "Done again: {0}"), translate("Handlers", "There is nothing to redo.")
        )

    @requires_cell
    def delete(self, *_: object) -> None:
        chosen = self._chosen()
        rest = [c.id for c in self.session.annotation().chromosomes if c.id not in chosen]
        if chosen:
            self.session.delete(chosen)
            self._last_doubt = ""
            self.window.show_message(translate("Handlers", "Deleted. {0} left.").format(len(rest)))

    def select(self, *_: object) -> None:
        self.window.typer.cancel()
        was = self.view.tool.name
        self.view.set_tool("select")
        if was == "select" and self.controller.session is not None and self.controller.session.current:
            self.controller.session.select(())
        self.view.setFocus()

    def box(self, *_: object) -> None:
        self._activate_tool("box")

    def rotated(self, *_: object) -> None:
        self._activate_tool("rotated")

    def count(self, *_: object) -> None:
        self._activate_tool("select" if self.view.tool.name == "count" else "count")

    @requires_cell
    def split(self, *_: object) -> None:
        chosen = self.session.selected
        if self.view.tool.name == "split" and len(chosen) == 1:
            box = self.session.annotation().chromosome(chosen[0]).box
            s, c = math.sin(box.angle), math.cos(box.angle)
            along = box.is_rotated or box.h >= box.w
            dx, dy = (c * box.w, s * box.w) if along else (-s * box.h, c * box.h)
            self.session.split(chosen[0], [(box.cx - dx, box.cy - dy), (box.cx + dx, box.cy + dy)])
            self._say_total(translate("Handlers", "Split. {0} now; give the parts their classes."))
            self.view.set_tool("select")
        else:
            self._activate_tool("split")

    @requires_cell
    def join(self, *_: object) -> None:
        self.session.join(self.session.selected)
        self._say_total(translate("Handlers", "Joined. {0} now."))

    @requires_cell
    def new_box(self, *_: object) -> None:
        place = self.view.pointer_in_image() or self._middle()
        w, h, rotated = self._typical()
        box = Box.rotated(*place, w, h, 0.0) if rotated else Box(*place, w, h)
        self.session.add(box)

    @requires_cell
    def propose_here(self, *_: object) -> None:
        self.propose_at(*(self.view.pointer_in_image() or self._middle()))

    @requires_cell
    def add_box(self, box: Box) -> None:
        self.session.add(box)

    @requires_cell
    def reshape(self, boxes: dict[str, Box], action: str) -> None:
        self.session.reshape(boxes, action)

    @requires_cell
    def split_along(self, chromosome: str, stroke: list[tuple[float, float]]) -> None:
        self.session.split(chromosome, stroke)
        self._say_total(translate("Handlers", "Split. {0} now; give the parts their classes."))
        self.view.set_tool("select")

    @requires_cell
    def mark(self, x: float, y: float, reach: float) -> None:
        if self.window.blind.active:
            self.window.blind.mark(x, y, reach)
        else:
            self.session.mark(x, y, reach)

    @requires_cell
    def propose_at(self, x: float, y: float) -> None:
        """A box from the image itself, where no chromosome is boxed yet."""
        picture = self.controller.image(self.session.current)
        if picture is None or self.window.blind.active:
            return
        boxes = [c.box for c in self.session.annotation().chromosomes]
        rotated = not boxes or any(b.is_rotated for b in boxes)
        area = float(np.median([b.area for b in boxes])) if boxes else None
        box = propose_at(picture.pixels, x, y, area, rotated)
        if box is None:
            self.window.show_message(translate("Handlers", "No chromosome stands out here; draw a box with R or O."))
            return
        self.session.add(box)

    @requires_cell
    def overlay_clicked(self, index: int) -> None:
        found = self.session.suggestions.get(self.session.current)
        if found is not None and index < len(found):
            self.session.take_suggestions([index])
        elif found is None and (source := self.window.compare.source(index)) is not None:
            self.session.take(*source)
            self._say_total(translate("Handlers", "Taken over. {0} now."))

    def _say_total(self, text: str) -> None:
        self.window.show_message(text.format(self.session.annotation().total()))
