"""The board: rows of slots, dragged and typed into; a view on :class:`karyoview.review.board.BoardModel`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QMenu, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from karyoview.core.annotation import Chromosome
from karyoview.core.bands import USUAL_LEVEL
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.karyogram import MARKERS, SLOTS, TRAY
from karyoview.gui.dialogs.confirm import confirm
from karyoview.gui.fitted_label import FittedLabel
from karyoview.gui.karyogram.board_bar import BoardBar
from karyoview.gui.karyogram.board_look import BoardLook
from karyoview.gui.karyogram.board_notes import BoardNotes
from karyoview.gui.karyogram.board_pages import BoardPages
from karyoview.gui.karyogram.board_view import BoardView, Marks
from karyoview.gui.karyogram.close_up import CloseUp, Enlarged
from karyoview.gui.karyogram.pair_walk import PairWalk
from karyoview.gui.keys import actions, find
from karyoview.imaging.karyogram_shapes import IDEOGRAM_SPACE
from karyoview.imaging.masks import GreyArray
from karyoview.report.pictures import without_sex
from karyoview.review.board import BoardModel, Cut
from karyoview.review.commands import Change
from karyoview.review.edits import MANY
from karyoview.review.session import Event, ReviewSession

Executor = Callable[[Callable[[], Any], Callable[[Any], None]], None]
"""Runs a piece of work elsewhere and calls back in the window's thread."""


def run_inline(work: Callable[[], Any], done: Callable[[Any], None]) -> None:
    """The same in one thread, for tests and small programs."""
    done(work())


class KaryogramBoard(QWidget):
    """The karyogram of the session's current cell.

    :meth:`attach` a session, then :meth:`show_cell` with the decoded pixels; the board follows the session's
    events. Selection goes through the session, so it is the same everywhere. ``actions`` are the window's actions
    of the scope ``karyogram`` by id; a board that stands alone makes its own.
    """

    message = Signal(str)
    action_requested = Signal(str)
    """Asks the window for a dialog (tally, report, strips) or to mark the cell as analysed or karyotyped."""

    def __init__(
        self, parent: QWidget | None = None, run: Executor = run_inline, actions: Mapping[str, QAction] | None = None
    ) -> None:
        super().__init__(parent)
        self.model: BoardModel | None = None
        self.run = run
        self._pixels: GreyArray | None = None
        self._cutting = False
        self._again = False
        self.sex_withheld = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.headline = QLabel("")
        self.headline.setStyleSheet("font-size: 15pt; font-weight: 700;")
        self.headline.setAccessibleName(self.tr("Count"))
        self.view, self.bar, self.close_up = BoardView(self), BoardBar(self), CloseUp()
        self.looks = BoardLook(self, self)
        self.notes = BoardNotes(self, self)
        self.pages = BoardPages(self, self)
        self.pairs = PairWalk(self, self)
        self.view.chosen.connect(self.select)
        self.view.dropped.connect(self.drop)
        self.view.opened.connect(self._open_close_up)
        self.view.menu_requested.connect(self._open_menu)
        self.view.reshaped.connect(self.spread)
        self.bar.ideograms_switched.connect(self.show_layout)
        self.bar.asked.connect(self.ask)
        self.setFocusProxy(self.view)
        self.headline.setMinimumWidth(90)  # what does not fit is cut off: the window's own total stands above
        self.ideograms = self.bar.ideograms
        self.analysed = QCheckBox(self.tr("Analysed"))
        self.karyotyped = QCheckBox(self.tr("Karyotyped"))
        self.applied = FittedLabel()
        self.applied.setProperty("muted", True)
        self._place_parts()
        self.actions_by_id = dict(actions) if actions is not None else self._own_actions()
        for action in self.actions_by_id.values():
            self.addAction(action)
        self.notes.show_chosen("")

    def _place_parts(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.headline)
        top.addWidget(self.bar, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(self.view)
        self.split.addWidget(self.close_up)
        self.split.setStretchFactor(0, 1)
        self.split.setChildrenCollapsible(False)
        self.close_up.hide()
        marks = QHBoxLayout()
        for box, name in ((self.analysed, "mark_analysed"), (self.karyotyped, "mark_karyotyped")):
            box.setToolTip(find(name).tip)
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            box.clicked.connect(lambda _=False, n=name: self.action_requested.emit(n))
            marks.addWidget(box)
        self.applied.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.applied.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        marks.addWidget(self.applied, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 8, 4)
        column.setSpacing(3)
        column.addLayout(top)
        column.addWidget(self.split, 1)
        column.addLayout(marks)

    def sizeHint(self) -> QSize:
        return QSize(720, 620)

    # What is shown

    def attach(self, session: ReviewSession | None) -> None:
        """Work on this session, or on none."""
        self.view.tools.finish()
        self.model = BoardModel(session) if session is not None else None
        self._pixels = None
        if session is not None:
            session.subscribe(lambda event: self._on_event(session, event))
        self.view.clear()
        self.headline.setText("")

    def show_cell(self, image: str, pixels: GreyArray) -> None:
        """Show the karyogram of a cell whose original was decoded."""
        if self.model is None:
            return
        self.view.tools.finish()  # what is being typed belongs to the cell that was shown
        if self.model.strips and image == self.model.image and pixels is self._pixels:
            self.refresh()  # the board was only out of sight: nothing is cut out anew
            return
        self.model.clear()
        self.model.image, self._pixels = image, pixels
        self.view.clear()
        self.view.mark_note("")
        self._show_headline()
        self._recut()

    def show_no_cell(self, why: str) -> None:
        """Show no karyogram but why: the picture is still being read, or cannot be."""
        self.view.tools.finish()
        if self.model is not None:
            self.model.clear()
            self.model.image = ""
        self._pixels = None
        self.view.message = why
        self.view.clear()
        self.headline.setText("")

    def withhold_sex(self, withheld: bool) -> None:
        """Leave the sex chromosomes out, or show them again."""
        if withheld != self.sex_withheld:
            self.sex_withheld = withheld
            if self.model is not None and self.model.strips:
                self.show_layout()

    def show_marks(self, analysed: bool, karyotyped: bool) -> None:
        """Show what is said of the cell in the tally."""
        self.analysed.setChecked(analysed)
        self.karyotyped.setChecked(karyotyped)

    def _on_event(self, session: ReviewSession, event: Event) -> None:
        model = self.model
        if model is None or model.session is not session or event.image != model.image:
            return
        if event.change == Change.SELECTION:
            self.view.mark(set(session.selected))
            self.show_close_up()
        elif event.change & (Change.BOXES | Change.LABELS | Change.MARKS):
            self.refresh()

    def refresh(self) -> None:
        """Bring the board up to date after a change of the cell, or of what is tried."""
        model = self.model
        if model is None or not model.image or model.image != model.session.current:
            return
        self._show_headline()
        if not model.strips or not model.follow():
            self._recut()
            return
        self.show_layout()

    def _recut(self) -> None:
        model, pixels = self.model, self._pixels
        if model is None or pixels is None or not model.image:
            return
        if self._cutting:
            self._again = True
            return
        self._cutting = True
        annotation, look = model.annotation, model.look
        if not model.strips:
            cutting = self.tr("The chromosomes are being cut out…")
            self.view.message = cutting if annotation.chromosomes else ""
            self.view.viewport().update()
        self.run(lambda: model.cut(pixels, annotation, look), lambda cut: self._cut_done(model, cut))

    def _cut_done(self, model: BoardModel, cut: Cut) -> None:
        self._cutting = False
        self.view.message = ""
        if model is not self.model or self._again or model.image != cut.cutouts.annotation.image:
            self._again = False
            self._recut()
            return
        model.take(cut)
        if (model.annotation != cut.cutouts.annotation or model.look != cut.look) and not model.follow():
            self._recut()
            return
        self.show_layout()

    def spread(self) -> None:
        """Give the rows the width of the view after its shape changed."""
        if self.model is not None and self.model.strips and self.model.aspect != self.view.aspect():
            self.show_layout()

    def ideogram_level(self) -> int:
        """The bands of the ideograms that are shown; 0 for none."""
        return USUAL_LEVEL if self.ideograms.isChecked() and self.model is not None else 0

    def show_layout(self) -> None:
        """Show where everything stands now."""
        model = self.model
        if model is None:
            return
        level, look = self.ideogram_level(), model.look
        model.beside = IDEOGRAM_SPACE if level else 0.0
        model.aspect = self.view.aspect()
        human = frozenset(c.id for c in model.annotation.chromosomes if c.is_human)
        layout, notes = model.layout(), model.notes()
        if self.sex_withheld:
            hidden = {i for slot in ("X", "Y") for i in model.karyogram().slots[slot]}
            layout, notes = without_sex(layout), tuple(n for n in notes if n.chromosome not in hidden)
        mirrored = model.karyogram().mirrored
        marks = Marks(
            human, frozenset(model.session.selected), model.remarks(), mirrored, notes, self.pairs.shown(),
            level, look.inverted,
        )  # fmt: skip
        self.view.fill(layout, model.strips, marks)
        self.bar.show_look(look)
        self.applied.setText(look.sentence())
        self.applied.setToolTip(look.sentence())
        self.show_close_up()
        self._show_headline()
        self.pairs.follow()

    def show_close_up(self) -> None:
        """Show the selected chromosomes large, where the close-up is open."""
        model = self.model
        if model is None or not self.close_up.isVisible():
            return
        originals, places = model.originals(), self.pairs.places()
        chosen = [c for c in model.session.selection() if c.id in model.strips]
        items = [
            Enlarged(model.strips[c.id], originals[c.id].pixels, self._name(c), places.get(c.id))
            for c in chosen if c.id in originals
        ]  # fmt: skip
        remarks = model.remarks()
        of_pairs = self.pairs.sentences([c.id for c in chosen])
        words = [*(remarks[c.id] for c in chosen if c.id in remarks), *of_pairs]
        self.close_up.show_chromosomes(items, model.look.inverted, ". ".join(words))

    def _name(self, item: Chromosome) -> str:
        if item.label is None:
            return self.tr("no class")
        label = CLASSES[item.label].label
        return self.tr("sex chromosome") if self.sex_withheld and label in "XY" else label

    def _show_headline(self) -> None:
        if self.model is not None and self.model.image:
            self.headline.setText(self.model.headline(self.sex_withheld))

    # What a person does

    def select(self, chromosome: str, extend: bool = False) -> None:
        """Select a chromosome here, in the metaphase and in the lists."""
        if self.model is None:
            return
        session = self.model.session
        if extend and chromosome in session.selected:
            chosen = [i for i in session.selected if i != chromosome]
        else:
            chosen = [*session.selected, chromosome] if extend else [chromosome] if chromosome else []
        session.select(chosen)

    def drop(self, chromosome: str, x: float, y: float) -> None:
        """Let a dragged chromosome go at a place of the board; where it cannot stand it goes back."""
        self.do(lambda model: model.drop(chromosome, x, y))
        self.show_layout()

    def to_tray(self) -> None:
        """Put the selected chromosomes into the tray."""
        self.place_selected(TRAY)

    def to_markers(self) -> None:
        """Put the selected chromosomes among the markers."""
        self.place_selected(MARKERS)

    def swap_selected(self) -> None:
        """Exchange the two selected chromosomes."""
        if self.model is None:
            return
        chosen = self.model.session.selected
        if len(chosen) != 2:
            self.message.emit(self.tr("Select two chromosomes to swap them (Ctrl+click adds the second)."))
            return
        self.do(lambda model: model.swap(*chosen))

    def mirror_selected(self) -> None:
        """Mirror the selected chromosomes after asking."""
        if self.model is None or not self.model.session.selected:
            return
        model, chosen = self.model, self.model.session.selected
        text = self.tr("A mirrored chromosome is no longer what the microscope showed. Mirror it all the same?")

        def mirror() -> None:
            if self.model is model:
                self._each(lambda board, i: board.mirror(i, True), chosen)

        confirm(self, "mirror", text, self.tr("&Mirror"), mirror)

    def edit_outline(self) -> None:
        """Paint or cut the outline of the selected chromosome."""
        from karyoview.gui.karyogram.outline import OutlineDialog

        model = self.model
        if model is None or self._pixels is None or len(model.session.selected) != 1:
            self.message.emit(self.tr("Select one chromosome to change its outline."))
            return
        dialog = OutlineDialog(model.session, self._pixels, model.session.selected[0], self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def place_selected(self, slot: str) -> None:
        """Put the selected chromosomes into a slot."""
        model, chosen = self.model, self.model.session.selected if self.model is not None else ()

        def move() -> None:
            if self.model is model:
                self._each(lambda board, i: board.move(i, slot), chosen)

        if len(chosen) > MANY:
            name = {TRAY: self.tr("tray"), MARKERS: self.tr("markers")}.get(slot, slot)
            text = self.tr("Move {0} chromosomes to {1}?").format(len(chosen), name)
            confirm(self, "many-moved", text, self.tr("&Move"), move)
        else:
            move()

    def step(self, by: int) -> None:
        """Select the next or previous chromosome of the board."""
        if self.model is not None:
            chosen = self.model.session.selected
            self.select(self.model.next_id(chosen[-1] if chosen else "", by))

    def menu_for(self, chromosome: str) -> QMenu:
        """The menu of a chromosome: where it may go, and what may be done to it."""
        menu = QMenu(self)
        for name, action in self.actions_by_id.items():
            if find(name).menu:
                menu.addAction(action)
        menu.addSeparator()
        turn = menu.addAction(self.tr("Turn 180°"))
        turn.triggered.connect(lambda: self.do(lambda model: model.session.turn([chromosome])))
        for degrees in (-5.0, 5.0):
            text = self.tr("Rotate 5° left") if degrees < 0 else self.tr("Rotate 5° right")
            menu.addAction(text).triggered.connect(
                lambda _=False, d=degrees: self.do(lambda m: m.rotate(chromosome, d))
            )
        move = menu.addMenu(self.tr("Move to"))
        for slot in SLOTS:
            name = {TRAY: self.tr("tray"), MARKERS: self.tr("markers")}.get(slot, slot)
            move.addAction(name).triggered.connect(lambda _=False, s=slot: self.place_selected(s))
        return menu

    def _open_menu(self, chromosome: str, place: QPoint) -> None:
        if self.model is not None and chromosome not in self.model.session.selected:
            self.select(chromosome)
        menu = self.menu_for(chromosome)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _each(self, edit: Callable[[BoardModel, str], None], chromosomes: Sequence[str]) -> None:
        for chromosome in chromosomes:
            self.do(partial(_edit_one, edit, chromosome))

    def do(self, edit: Callable[[BoardModel], object]) -> None:
        """Make an edit of the board's model; what forbids it is said."""
        if self.model is None:
            return
        try:
            edit(self.model)
        except KaryoViewError as error:
            self.message.emit(str(error))

    def ask(self, name: str) -> None:
        """Carry out an action that a button names: here where it is the board's, else in the window."""
        if find(name).scope == "karyogram" or name in ("save_board", "print_board"):
            self.command(name)()
        else:
            self.action_requested.emit(name)

    def toggle_close_up(self) -> None:
        """Show or hide the close-up beside the board."""
        shown = self.close_up.isHidden()
        self.close_up.setVisible(shown)
        self.bar.close_up.setChecked(shown)
        if shown:
            self.split.setSizes([max(self.width() * 2 // 3, 200), max(self.width() // 3, 220)])
        self.show_close_up()

    def _open_close_up(self, chromosome: str) -> None:
        self.select(chromosome)
        if self.close_up.isHidden():
            self.toggle_close_up()

    def command(self, name: str) -> Callable[[], None]:
        """What the action ``name`` of the key table does here."""
        commands: dict[str, Callable[[], None]] = {
            "tray": self.to_tray, "markers": self.to_markers, "swap": self.swap_selected,
            "mirror": self.mirror_selected, "outline": self.edit_outline, "close_up": self.toggle_close_up,
            "board_next": lambda: self.step(1), "board_previous": lambda: self.step(-1),
            "straighten_one": self.looks.straighten, "cut_out": self.looks.cut_out, "invert_board": self.looks.invert,
            "more_contrast": lambda: self.looks.contrast_by(1), "less_contrast": lambda: self.looks.contrast_by(-1),
            "draw_arrow": self.notes.draw_arrow, "next_pair": self.pairs.next, "write_text": self.notes.write_text,
            "remove_note": self.notes.remove,
            "save_board": self.pages.save, "print_board": self.pages.print_out,
        }  # fmt: skip
        return commands[name]

    def event(self, event: QEvent) -> bool:
        # A key that means something else in the rest of the window is the board's own while it has the focus.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._hears(event):
            event.accept()
            return True
        return super().event(event)

    def _hears(self, event: QKeyEvent) -> bool:
        escapes = event.key() == Qt.Key.Key_Escape and self.notes.is_begun
        return escapes or self._own_action(event) is not None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._own_action(event)
        if action is not None:
            if not event.isAutoRepeat() or action.autoRepeat():
                action.trigger()
        elif not (event.key() == Qt.Key.Key_Escape and self.view.tools.cancel()):
            event.ignore()

    def _own_action(self, event: QKeyEvent) -> QAction | None:
        pressed = QKeySequence(event.keyCombination())
        for name, action in self.actions_by_id.items():
            if find(name).instead and action.isEnabled() and pressed in action.shortcuts():
                return action
        return None

    def _own_actions(self) -> dict[str, QAction]:
        made = {}
        for act in actions():
            if act.scope == "karyogram":
                action = QAction(act.title, self)
                action.setShortcuts([QKeySequence(k) for k in act.keys])
                action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                action.triggered.connect(lambda _=False, n=act.id: self.command(n)())
                made[act.id] = action
        return made


def _edit_one(edit: Callable[[BoardModel, str], None], chromosome: str, model: BoardModel) -> None:
    edit(model, chromosome)
