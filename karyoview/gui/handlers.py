"""What each action of the key table does: one method per action, named like it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from karyoview.core.annotation import ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.imaging.propose import propose_at
from karyoview.review.doubt import Doubt, red
from karyoview.review.edits import directed
from karyoview.review.session import ReviewSession
from karyoview.services.logs import log_path
from karyoview.services.samples import copy_sample

if TYPE_CHECKING:
    from karyoview.gui.window import MainWindow

_F = TypeVar("_F", bound=Callable[..., Any])
_FAR = 10.0
translate = QCoreApplication.translate


def _on_cell(method: _F) -> _F:
    """Do nothing without a cell; say a KaryoViewError in the status bar."""

    @wraps(method)
    def guarded(self: Handlers, *arguments: Any) -> Any:
        if self.session is None or not self.session.current:
            return None
        try:
            return method(self, *arguments)
        except KaryoViewError as error:
            self.window.say(str(error))
            self.window.show_boxes()
            return None

    return cast(_F, guarded)


class Handlers:
    """Turns keys and gestures into edits of the session; holds no data of its own."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.desk = window.desk
        self.view = window.view
        self._last_doubt: object = ""

    @property
    def session(self) -> ReviewSession | None:
        return self.desk.session

    @property
    def _now(self) -> ReviewSession:
        """The session, where :func:`_on_cell` has made sure of it."""
        assert self.desk.session is not None
        return self.desk.session

    # File

    def open(self, *_: object) -> None:
        folder = QFileDialog.getExistingDirectory(self.window, translate("Hands", "Open a folder of metaphase images"))
        if folder:
            self.window.open_case(Path(folder))

    def sample(self, *_: object) -> None:
        self.open_sample("")

    def open_sample(self, name: str) -> None:
        """A sample case by name, the first by default, as a copy in the user's workspace."""
        try:
            self.window.open_case(copy_sample(name))
        except (KaryoViewError, OSError) as error:
            self.window.say_error(str(error))

    def close_case(self, *_: object) -> None:
        self.desk.close_case()

    def save_now(self, *_: object) -> None:
        self.desk.save_again()

    def export(self, *_: object) -> None:
        if self.session is not None:
            from karyoview.gui.dialogs.export import ExportDialog

            ExportDialog(self.window).open()

    def case_settings(self, *_: object) -> None:
        if self.session is not None:
            from karyoview.gui.dialogs.case_settings import CaseDialog

            CaseDialog(self.window).open()

    def summary(self, *_: object) -> None:
        if self.session is not None:
            from karyoview.gui.dialogs.summary import SummaryDialog

            SummaryDialog(self.window).open()

    def settings(self, *_: object) -> None:
        from karyoview.gui.dialogs.preferences import PreferencesDialog

        PreferencesDialog(self.window).open()

    def quit(self, *_: object) -> None:
        self.window.close()

    # Edit

    @_on_cell
    def undo(self, *_: object) -> None:
        command = self._now.undo()
        self._said_step(command, translate("Hands", "Undone: {0}"), translate("Hands", "There is nothing to undo."))

    @_on_cell
    def redo(self, *_: object) -> None:
        command = self._now.redo()
        self._said_step(command, translate("Hands", "Done again: {0}"), translate("Hands", "There is nothing to redo."))

    @_on_cell
    def delete(self, *_: object) -> None:
        chosen = self._chosen()
        rest = [c.id for c in self._now.annotation().chromosomes if c.id not in chosen]
        if chosen:
            self._now.delete(chosen)
            self._last_doubt = ""
            self.window.say(translate("Hands", "Deleted. {0} left.").format(len(rest)))

    def select(self, *_: object) -> None:
        self.window.typer.cancel()
        was = self.view.tool.name
        self.view.set_tool("select")
        if was == "select" and self.session is not None and self.session.current:
            self.session.select(())
        self.view.setFocus()

    def box(self, *_: object) -> None:
        self._take("box")

    def rotated(self, *_: object) -> None:
        self._take("rotated")

    def count(self, *_: object) -> None:
        self._take("select" if self.view.tool.name == "count" else "count")

    @_on_cell
    def split(self, *_: object) -> None:
        chosen = self._now.selected
        if self.view.tool.name == "split" and len(chosen) == 1:
            box = self._now.annotation().chromosome(chosen[0]).box
            s, c = math.sin(box.angle), math.cos(box.angle)
            along = box.is_rotated or box.h >= box.w
            dx, dy = (c * box.w, s * box.w) if along else (-s * box.h, c * box.h)
            self._now.split(chosen[0], [(box.cx - dx, box.cy - dy), (box.cx + dx, box.cy + dy)])
            self.view.set_tool("select")
        else:
            self._take("split")

    @_on_cell
    def join(self, *_: object) -> None:
        self._now.join(self._now.selected)

    @_on_cell
    def new_box(self, *_: object) -> None:
        place = self.view.pointer_in_image() or self._middle()
        w, h, rotated = self._typical()
        box = Box.rotated(*place, w, h, 0.0) if rotated else Box(*place, w, h)
        self._now.add(box)

    @_on_cell
    def propose_here(self, *_: object) -> None:
        self.propose_at(*(self.view.pointer_in_image() or self._middle()))

    # Chromosome

    @_on_cell
    def accept(self, *_: object) -> None:
        """Accept the selection; with nothing selected, every proposal that is not in doubt."""
        chosen = self._chosen()
        if not chosen:
            doubtful = {d.chromosome for d in self.desk.doubts(self._now.current)}
            items = self._now.annotation().chromosomes
            chosen = [c.id for c in items if not c.is_human and c.id not in doubtful]
            if not chosen:
                self.window.say(translate("Hands", "Nothing to accept without a look: press Space for the next doubt."))
                return
            self.window.say(translate("Hands", "{0} proposals without doubt accepted.").format(len(chosen)))
            self._now.accept(chosen)
            return
        self._now.accept(chosen)
        if chosen == [self._last_doubt]:
            self.next_doubt()

    @_on_cell
    def uncertain(self, *_: object) -> None:
        items = self._now.selection()
        if items:
            self._now.set_uncertain(self._chosen(), not all(getattr(c, "uncertain", False) for c in items))

    @_on_cell
    def turn(self, *_: object) -> None:
        if self._chosen():
            self._now.turn(self._chosen())

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

    @_on_cell
    def select_all(self, *_: object) -> None:
        self._now.select([c.id for c in self._now.annotation().chromosomes])

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

    # Cell

    def next_cell(self, *_: object) -> None:
        self._step_cell(1, False)

    def previous_cell(self, *_: object) -> None:
        self._step_cell(-1, False)

    def next_open(self, *_: object) -> None:
        self._step_cell(1, True)

    def previous_open(self, *_: object) -> None:
        self._step_cell(-1, True)

    @_on_cell
    def reviewed(self, *_: object) -> None:
        """Mark as reviewed and go on; open red doubts are said first. Ends a blind count by comparing."""
        window = self.window
        window.typer.finish()
        if window.blind.active:
            outcome = window.blind.finish()
            window.actions_by_id["blind_count"].setChecked(False)
            window.show_boxes()
            window.show_counts()
            window.say_error(outcome)
            return
        image = self._now.current
        open_red = red(self.desk.doubts(image))
        if open_red and self.desk.settings["confirm_red"]:
            self._ask_red(image, open_red)
        else:
            self._finish_cell(image)

    @_on_cell
    def set_aside(self, *_: object) -> None:
        from karyoview.gui.dialogs.set_aside import SetAsideDialog

        image = self._now.current
        dialog = SetAsideDialog(self.window)
        dialog.reason_given.connect(lambda reason: self._put_aside(image, reason))
        dialog.open()

    @_on_cell
    def reopen(self, *_: object) -> None:
        self._now.set_state(self._now.current, ReviewState.IN_REVIEW)

    @_on_cell
    def cell_details(self, *_: object) -> None:
        from karyoview.gui.dialogs.case_settings import CellDialog

        CellDialog(self.window, self._now.current).open()

    @_on_cell
    def blind_count(self, *_: object) -> None:
        on = self.window.blind.toggle()
        self.window.actions_by_id["blind_count"].setChecked(on)
        self._now.select(())
        self.view.set_tool("count" if on else "select")
        self.window.show_boxes()
        self.window.show_counts()
        self.window.show_suggestions()
        if on:
            self.window.say(
                translate("Hands", "Count every chromosome by a click; Enter compares with the first count.")
            )

    # Engine

    @_on_cell
    def run(self, *_: object) -> None:
        self.desk.ask([self._now.current], here=True)

    def run_all(self, *_: object) -> None:
        session = self.session
        if session is not None:
            done = (ReviewState.REVIEWED, ReviewState.SET_ASIDE)
            self.desk.ask([i for i in session.images if session.annotation(i).state not in done])

    def run_selected(self, *_: object) -> None:
        self.desk.ask(self.window.cells.selected())

    @_on_cell
    def run_named(self, name: str) -> None:
        engine = next((e for e in self.desk.engines() if e.name == name), None)
        if engine is not None:
            self.desk.second_engine = name
            self.desk.ask([self._now.current], engine)

    def cancel(self, *_: object) -> None:
        self.desk.cancel_run()

    def threshold_up(self, *_: object) -> None:
        self.window.engine.step_threshold(1)

    def threshold_down(self, *_: object) -> None:
        self.window.engine.step_threshold(-1)

    @_on_cell
    def threshold_moved(self, value: float, all_cells: bool) -> None:
        self.desk.rethreshold(value, all_cells)

    @_on_cell
    def clear_proposals(self, *_: object) -> None:
        self._now.clear_proposals()

    @_on_cell
    def take_suggestions(self, *_: object) -> None:
        self._now.take_suggestions()

    @_on_cell
    def drop_suggestions(self, *_: object) -> None:
        self._now.drop_suggestions(self._now.current)

    def compare(self, *_: object) -> None:
        self._toggle_dock("compare")

    def training(self, *_: object) -> None:
        """The page of the learning loop; one that is open comes to the front."""
        from karyoview.gui.training.page import TrainingPage

        page = self.window.findChild(TrainingPage)
        if page is None:
            case = self.desk.case
            page = TrainingPage([case.folder] if case is not None else [], self.desk.person, self.window)
            page.weights_changed.connect(self._other_weights)
        page.show()
        page.raise_()
        page.activateWindow()

    def _other_weights(self, name: str) -> None:
        self.desk.forget_engines()
        self.window.engine.refresh()

    # View

    def hide(self, *_: object) -> None:
        self.view.layer.show_boxes = not self.window.actions_by_id["hide"].isChecked()
        self.view.layer.update()

    def hide_others(self, *_: object) -> None:
        self.view.layer.only_selected = self.window.actions_by_id["hide_others"].isChecked()
        self.view.layer.update()

    def labels(self, *_: object) -> None:
        self.view.layer.show_labels = self.window.actions_by_id["labels"].isChecked()
        self.view.layer.update()

    def scores(self, *_: object) -> None:
        self.window.show_scores = self.window.actions_by_id["scores"].isChecked()
        self.window.show_boxes()

    def raw(self, *_: object) -> None:
        self.window.raw = self.window.actions_by_id["raw"].isChecked()
        self.window.show_picture()

    def adjust(self, *_: object) -> None:
        self._toggle_dock("adjust")

    def loupe(self, *_: object) -> None:
        self.window.actions_by_id["loupe"].setChecked(self.view.loupe.toggle())

    def karyogram(self, *_: object) -> None:
        self.window.toggle_karyogram()

    def wanted(self, what: str) -> None:
        """A dialog that the karyogram board asks for: tally, report or strips."""
        from importlib import import_module
        from importlib.util import find_spec

        name = f"karyoview.gui.karyogram.{what}"
        if find_spec(name) is not None:
            import_module(name).show(self.window)

    def fit(self, *_: object) -> None:
        self.view.fit()

    def full_size(self, *_: object) -> None:
        self.view.zoom_to(1.0)

    def zoom_in(self, *_: object) -> None:
        self.view.zoom_by(1.25)

    def zoom_out(self, *_: object) -> None:
        self.view.zoom_by(0.8)

    def next_pane(self, *_: object) -> None:
        window = self.window
        panes: list[QWidget] = [window.cells.list, self.view, window.inspector.doubts, window.engine.engine]
        panes = [p for p in panes if p.isVisible()]
        focus = QApplication.focusWidget()
        at = next((i for i, p in enumerate(panes) if p is focus or p.isAncestorOf(focus)), -1) if focus else -1
        if panes:
            panes[(at + 1) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # Help

    def help(self, *_: object) -> None:
        from karyoview.gui.dialogs.help import HelpWindow

        HelpWindow.show_for(self.window)

    def keys(self, *_: object) -> None:
        from karyoview.gui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self.window).open()

    def log(self, *_: object) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path())))

    def about(self, *_: object) -> None:
        from karyoview.gui.dialogs.about import about_text

        QMessageBox.about(self.window, translate("Hands", "About KaryoView"), about_text())

    # What the view and panels ask for

    @_on_cell
    def go_to(self, image: str) -> None:
        self._last_doubt = ""
        self._now.go_to(image)

    @_on_cell
    def select_ids(self, ids: tuple[str, ...]) -> None:
        self._now.select(ids)

    @_on_cell
    def add_box(self, box: Box) -> None:
        self._now.add(box)

    @_on_cell
    def reshape(self, boxes: dict[str, Box], action: str) -> None:
        self._now.reshape(boxes, action)

    @_on_cell
    def split_along(self, chromosome: str, stroke: list[tuple[float, float]]) -> None:
        self._now.split(chromosome, stroke)
        self.view.set_tool("select")

    @_on_cell
    def mark(self, x: float, y: float, reach: float) -> None:
        if self.window.blind.active:
            self.window.blind.mark(x, y, reach)
        else:
            self._now.mark(x, y, reach)

    @_on_cell
    def propose_at(self, x: float, y: float) -> None:
        """A box from the image itself, where no chromosome is boxed yet."""
        picture = self.desk.picture(self._now.current)
        if picture is None or self.window.blind.active:
            return
        boxes = [c.box for c in self._now.annotation().chromosomes]
        rotated = not boxes or any(b.is_rotated for b in boxes)
        area = float(np.median([b.area for b in boxes])) if boxes else None
        box = propose_at(picture.pixels, x, y, area, rotated)
        if box is None:
            self.window.say(translate("Hands", "No chromosome stands out here; draw a box with R or O."))
            return
        self._now.add(box)

    @_on_cell
    def ghost_clicked(self, index: int) -> None:
        found = self._now.suggestions.get(self._now.current)
        if found is not None and index < len(found):
            self._now.take_suggestions([index])

    @_on_cell
    def show_doubt(self, doubt: Doubt) -> None:
        if doubt.chromosome:
            self._now.select([doubt.chromosome])
        if doubt.place is not None:
            self.view.travel_to(*doubt.place)
        self.window.say(doubt.reason)

    @_on_cell
    def give_class(self, label: int | None) -> None:
        """A class from key or palette for the selection; on a doubtful chromosome it goes on to the next."""
        chosen = self._chosen()
        if not chosen:
            self.window.say(
                translate("Hands", "Select a chromosome first: click it, press Tab, or Space for the next doubt.")
            )
            return
        self._now.relabel(chosen, label)
        if chosen == [self._last_doubt] and self.desk.settings["auto_advance"] and label is not None:
            self.next_doubt()

    # Helpers

    def _chosen(self) -> list[str]:
        return [] if self.window.blind.active else list(self._now.selected)

    def _take(self, tool: str) -> None:
        if self.session is not None and self.session.current:
            self.view.set_tool(tool)
            self.view.setFocus()

    def _said_step(self, command: Any, text: str, nothing: str) -> None:
        self.window.say(text.format(command.action.replace("_", " ")) if command is not None else nothing)

    def _middle(self) -> tuple[float, float]:
        centre = self.view.box_view.viewRect().center()
        return centre.x(), centre.y()

    def _typical(self) -> tuple[float, float, bool]:
        boxes = [c.box for c in self._now.annotation().chromosomes]
        if boxes:
            w, h = (float(np.median([getattr(b, side) for b in boxes])) for side in ("w", "h"))
            return w, h, any(b.is_rotated for b in boxes)
        side = max(self.view.size_yx) / 25
        return side / 2, side, True

    @_on_cell
    def _rotate(self, degrees: float) -> None:
        boxes = {}
        for item in self._now.selection():
            box = directed(item.box)
            boxes[item.id] = Box.rotated(box.cx, box.cy, box.w, box.h, box.angle + math.radians(degrees))
        if boxes and self._chosen():
            self._now.reshape(boxes, "rotate")

    @_on_cell
    def _nudge(self, dx: float, dy: float) -> None:
        items = self._now.selection() if self._chosen() else ()
        if items:
            self._now.reshape({c.id: c.box.moved(dx, dy) for c in items}, "move")
        else:
            self.view.pan_by(-40 * dx, -40 * dy)

    @_on_cell
    def _grow(self, across: float, along: float) -> None:
        items = self._now.selection() if self._chosen() else ()
        boxes = {}
        for c in items:
            b = c.box
            boxes[c.id] = Box(b.cx, b.cy, max(b.w + across, 2.0), max(b.h + along, 2.0), b.angle, b.is_rotated)
        if boxes:
            self._now.reshape(boxes, "resize")

    @_on_cell
    def _walk(self, step: int) -> None:
        """Go through the chromosomes in doubt, the most urgent first, then the doubts about the whole cell."""
        if self.window.blind.active:
            return
        found = [d for d in self.desk.doubts(self._now.current) if d.place is not None]
        stops = list({(d.chromosome or d.place): d for d in reversed(found)}.items())[::-1]
        if not stops:
            whole = [d.reason for d in self.desk.doubts(self._now.current)]
            text = translate("Hands", "No chromosome is in doubt; about the cell: {0}.").format("; ".join(whole[:3]))
            self.window.say(text if whole else translate("Hands", "No open doubts. Enter marks the cell as reviewed."))
            self._last_doubt = ""
            return
        keys = [k for k, _ in stops]
        at = keys.index(self._last_doubt) if self._last_doubt in keys else (-1 if step > 0 else 0)
        key, doubt = stops[(at + step) % len(stops)]
        self._last_doubt = key
        self.show_doubt(doubt)
        self.view.setFocus()

    @_on_cell
    def _cycle(self, step: int) -> None:
        items = self._now.annotation().chromosomes
        if not items or self.window.blind.active:
            return
        order = sorted(items, key=lambda c: (99 if c.label is None else c.label, c.box.cx))
        ids = [c.id for c in order]
        at = ids.index(self._now.selected[0]) if self._now.selected and self._now.selected[0] in ids else -step
        at = (at + step) % len(ids) if self._now.selected else (0 if step > 0 else -1)
        self._now.select([ids[at]])
        self.view.travel_to(*order[at].box.centre)

    @_on_cell
    def _step_cell(self, step: int, only_open: bool) -> bool:
        images = self._now.images
        at = images.index(self._now.current) + step
        while 0 <= at < len(images):
            state = self._now.annotation(images[at]).state
            if not only_open or state not in (ReviewState.REVIEWED, ReviewState.SET_ASIDE):
                self.go_to(images[at])
                return True
            at += step
        self.window.say(
            translate("Hands", "This is the last cell.") if step > 0 else translate("Hands", "This is the first cell.")
        )
        return False

    def _ask_red(self, image: str, open_red: list[Doubt]) -> None:
        lines = "\n".join(f"•  {d.reason}" for d in open_red[:6])
        more = translate("Hands", "\n… and {0} more").format(len(open_red) - 6) if len(open_red) > 6 else ""
        box = QMessageBox(self.window)
        box.setObjectName("red-doubts")
        box.setIcon(QMessageBox.Icon.Warning)
        one, several = (
            translate("Hands", "One red doubt is open in this cell."),
            translate("Hands", "{0} red doubts are open in this cell."),
        )
        box.setText(one if len(open_red) == 1 else several.format(len(open_red)))
        box.setInformativeText(lines + more)
        look = box.addButton(translate("Hands", "Look at them"), QMessageBox.ButtonRole.RejectRole)
        box.addButton(translate("Hands", "Reviewed all the same"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(look)
        box.setEscapeButton(look)

        def answered(*_: object) -> None:
            if box.clickedButton() is look:
                self.next_doubt()
            else:
                self._finish_cell(image)

        box.finished.connect(answered)
        box.open()

    @_on_cell
    def _finish_cell(self, image: str) -> None:
        self._now.set_state(image, ReviewState.REVIEWED)
        self._on(image)

    @_on_cell
    def _put_aside(self, image: str, reason: str) -> None:
        self._now.set_state(image, ReviewState.SET_ASIDE, reason)
        self._on(image)

    def _on(self, image: str) -> None:
        """To the next open cell after one is finished; before it where there is none after."""
        session = self._now
        images = session.images
        at = images.index(image)
        done = (ReviewState.REVIEWED, ReviewState.SET_ASIDE)
        left = [i for i in (*images[at + 1 :], *images[:at]) if session.annotation(i).state not in done]
        if left:
            self.go_to(left[0])
        else:
            self.window.say(translate("Hands", "Every cell is reviewed or set aside."))

    def _toggle_dock(self, name: str) -> None:
        dock = self.window.docks[name]
        dock.setVisible(self.window.actions_by_id[name].isChecked())
        dock.raise_()
