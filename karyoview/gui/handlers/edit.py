"""The menu Edit, and the gestures of the metaphase view that add, change and mark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtWidgets import QWidget

from karyoview.core.detection import Detections
from karyoview.core.geometry import Box
from karyoview.gui.canvas.tools import SelectTool
from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.dialogs.confirm import confirm
from karyoview.gui.handlers.base import HandlerGroup, requires_cell, translate
from karyoview.gui.handlers.proposals import Proposal, Proposing
from karyoview.gui.image_cache import ImageCache
from karyoview.gui.messages import class_names, step_name
from karyoview.imaging.propose import ProposalError, is_closed, split_pieces
from karyoview.review.edits import MANY, EditError
from karyoview.review.navigation import DoubtWalk
from karyoview.review.session import ReviewSession


@dataclass(eq=False)
class EditHandlers(HandlerGroup):
    """Adding, cutting, joining, counting, undo and redo.

    ``compared`` gives what stands behind an overlay box of the comparison: an engine's result and the place in it;
    ``proposing`` finds the box for a point.
    """

    parent: QWidget
    view: MetaphaseView
    images: ImageCache
    walk: DoubtWalk
    compared: Callable[[int], tuple[Detections, int] | None]
    proposing: Proposing

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
        chosen, image, session = self.selected(), self.session.current, self.session

        def remove() -> None:
            if self.controller.session is session:
                self._delete(image, chosen)

        if len(chosen) > MANY:
            text = translate("Handlers", "Delete {0} of the {1} chromosomes of this cell?")
            text = text.format(len(chosen), len(session.annotation().chromosomes))
            confirm(self.parent, "many-deleted", text, translate("Handlers", "&Delete"), remove)
        elif chosen:
            remove()

    @requires_cell
    def _delete(self, image: str, chosen: list[str]) -> None:
        self.session.delete(chosen, image)
        self.walk.reset()
        left = self.session.annotation(image).total()
        self.notifier.show(translate("Handlers", "Deleted. {0} left.").format(left))

    @requires_cell
    def join(self) -> None:
        chosen, session = list(self.session.selected), self.session
        if len(chosen) > MANY:
            text = translate("Handlers", "Join {0} boxes into one chromosome?").format(len(chosen))
            confirm(
                self.parent, "many-joined", text, translate("Handlers", "&Join"), lambda: self._join(chosen, session)
            )
        else:
            self._join(chosen, session)

    @requires_cell
    def _join(self, chosen: list[str], session: ReviewSession) -> None:
        if self.controller.session is session:
            session.join([i for i in chosen if i in {c.id for c in session.annotation().chromosomes}])
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
        """Two boxes along a stroke, each around its own pixels where the picture shows them."""
        loaded, items = self.images.get(self.session.current), self.session.annotation().chromosomes
        fitted = None
        if loaded is not None:
            others = [c.box for c in items if c.id != chromosome]
            fitted = split_pieces(loaded.objects, self.session.annotation().chromosome(chromosome).box, stroke, others)
        if fitted is None and is_closed(stroke):
            raise EditError(translate("Handlers", "The contour leaves no two parts; draw it around one part of a box."))
        self.session.split(chromosome, stroke, fitted)
        self._report_total(translate("Handlers", "Split. {0} now; give the first part its class, then the other."))
        self.view.set_tool(SelectTool.id)

    @requires_cell
    def mark(self, x: float, y: float, reach: float) -> None:
        if self.blind.active:
            self.blind.mark(x, y, reach)
        else:
            self.session.mark(x, y, reach)

    @requires_cell
    def propose_at(self, x: float, y: float) -> None:
        """A box for the chromosome at a place that has none; asked again there, the next likely one."""
        loaded = self.images.get(self.session.current)
        if loaded is None or self.blind.active:
            return
        asked = self.proposing.answer(self.session.current) is not None
        try:
            made = self.proposing.propose(self.session, loaded, x, y)
        except ProposalError as error:
            raise error if asked else ProposalError(f"{error} {_ask_engine()}") from error
        if made is None:
            text = translate("Handlers", "No chromosome stands out here; draw a box with R or O.")
            self.notifier.show(text if asked else f"{text} {_ask_engine()}")
            return
        self._report_proposal(made)

    def _report_proposal(self, made: Proposal) -> None:
        """Where the box is from and which class it has; that P shows another one, where there is one."""
        label, names = made.label, class_names(self.controller.sex_withheld)
        if not made.engine:
            text = translate("Handlers", "A box from the picture. {0} now; give it its class.")
        elif label is None:
            text = translate("Handlers", "{1} sees a chromosome here. {0} now; give it its class.")
        else:
            text = translate("Handlers", "{1} sees a {2} here. {0} now.")
        total = self.session.annotation().total()
        text = text.format(total, made.engine, "" if label is None else names[label])
        if made.count > 1:
            again = translate("Handlers", "Proposal {0} of {1} for this place: P again shows another.")
            text = f"{text} {again.format(made.number, made.count)}"
        self.notifier.show(text)

    @requires_cell
    def take_overlay(self, index: int) -> None:
        """An overlay box was clicked: a suggestion, or what a compared engine sees."""
        found = self.session.suggestions.get(self.session.current)
        if found is not None and index < len(found):
            self.session.take_suggestions([index])
            self._report_total(translate("Handlers", "Taken over. {0} now."))
        elif found is None and (source := self.compared(index)) is not None:
            self.session.take(*source)
            self._report_total(translate("Handlers", "Taken over. {0} now."))

    def _report_step(self, command: Any, text: str, nothing: str) -> None:
        if command is None:
            self.notifier.show(nothing)
            return
        self.walk.reset()
        self.notifier.show(f"{command.image}: {text.format(step_name(command.action))}")

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


def _ask_engine() -> str:
    return translate("Handlers", "I asks the engine, and P then proposes what it sees.")
