"""The menu Edit, and the gestures of the metaphase view that add, change and mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from karyoview.core.detection import Detections
from karyoview.core.geometry import Box
from karyoview.gui.canvas.tools import SelectTool
from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.image_cache import ImageCache
from karyoview.gui.messages import step_name
from karyoview.imaging.propose import propose_at
from karyoview.review.navigation import DoubtWalk
from karyoview.review.session import ReviewSession


@dataclass(eq=False)
class EditHandlers(HandlerGroup):
    """Adding, cutting, joining, counting, undo and redo.

    ``compared`` gives what stands behind an overlay box of the comparison: an engine's result and the place in it.
    """

    view: MetaphaseView
    images: ImageCache
    walk: DoubtWalk
    compared: Callable[[int], tuple[Detections, int] | None]

    @requires_cell
    def undo(self) -> None:
        command = self.session.undo()
        self._report_step(
            command, translate("Handlers", "Undone: {0}"), translate("Handlers", "There is nothing to undo.")
        )

    @requires_cell
    def redo(self) -> None:
        command = self.session.redo()
        self._report_step(
            command, translate("Handlers", "Done again: {0}"), translate("Handlers", "There is nothing to redo.")
        )

    @requires_cell
    def delete(self) -> None:
        chosen = self.selected()
        rest = [c.id for c in self.session.annotation().chromosomes if c.id not in chosen]
        if chosen:
            self.session.delete(chosen)
            self.walk.reset()
            self.notifier.show(translate("Handlers", "Deleted. {0} left.").format(len(rest)))

    @requires_cell
    def join(self) -> None:
        self.session.join(self.session.selected)
        self._report_total(translate("Handlers", "Joined. {0} now."))

    @requires_cell
    def new_box(self) -> None:
        """A box of the usual size at the pointer, else in the middle of the view."""
        place = self.view.pointer_in_image() or self.view.centre_in_image()
        w, h, rotated = self._usual_size()
        self.session.add(Box.rotated(*place, w, h, 0.0) if rotated else Box(*place, w, h))

    def propose_here(self) -> None:
        self.propose_at(*(self.view.pointer_in_image() or self.view.centre_in_image()))

    def activate(self, tool: str) -> None:
        """Take up a tool by its id; one that is in use does what it does when it is chosen again."""
        if not self.has_cell and tool != SelectTool.id:
            return
        if self.view.tool.id == tool:
            self.view.tool.chosen_again()
        else:
            self.view.set_tool(tool)
        self.view.setFocus()

    # Gestures

    @requires_cell
    def apply(self, edit: Callable[[ReviewSession], object]) -> None:
        """An edit that a tool asks for."""
        edit(self.session)

    @requires_cell
    def add_box(self, box: Box) -> None:
        self.session.add(box)

    @requires_cell
    def reshape(self, boxes: dict[str, Box], action: str) -> None:
        self.session.reshape(boxes, action)

    @requires_cell
    def split_along(self, chromosome: str, stroke: list[tuple[float, float]]) -> None:
        self.session.split(chromosome, stroke)
        self._report_total(translate("Handlers", "Split. {0} now; give the parts their classes."))
        self.view.set_tool(SelectTool.id)

    @requires_cell
    def mark(self, x: float, y: float, reach: float) -> None:
        if self.blind.active:
            self.blind.mark(x, y, reach)
        else:
            self.session.mark(x, y, reach)

    @requires_cell
    def propose_at(self, x: float, y: float) -> None:
        """A box from the image itself, where no chromosome is boxed yet."""
        loaded = self.images.get(self.session.current)
        if loaded is None or self.blind.active:
            return
        boxes = [c.box for c in self.session.annotation().chromosomes]
        rotated = not boxes or any(b.is_rotated for b in boxes)
        area = float(np.median([b.area for b in boxes])) if boxes else None
        box = propose_at(loaded.pixels, x, y, area, rotated)
        if box is None:
            self.notifier.show(translate("Handlers", "No chromosome stands out here; draw a box with R or O."))
            return
        self.session.add(box)

    @requires_cell
    def take_overlay(self, index: int) -> None:
        """An overlay box was clicked: a suggestion, or what a compared engine sees."""
        found = self.session.suggestions.get(self.session.current)
        if found is not None and index < len(found):
            self.session.take_suggestions([index])
        elif found is None and (source := self.compared(index)) is not None:
            self.session.take(*source)
            self._report_total(translate("Handlers", "Taken over. {0} now."))

    def _report_step(self, command: Any, text: str, nothing: str) -> None:
        self.notifier.show(text.format(step_name(command.action)) if command is not None else nothing)

    def _report_total(self, text: str) -> None:
        self.notifier.show(text.format(self.session.annotation().total()))

    def _usual_size(self) -> tuple[float, float, bool]:
        """Width, height (pixels) and whether boxes are rotated: as the cell's boxes, else as chromosomes are."""
        boxes = [c.box for c in self.session.annotation().chromosomes]
        if boxes:
            w, h = (float(np.median([getattr(b, side) for b in boxes])) for side in ("w", "h"))
            return w, h, any(b.is_rotated for b in boxes)
        side = max(self.view.size_yx) / 25
        return side / 2, side, True
