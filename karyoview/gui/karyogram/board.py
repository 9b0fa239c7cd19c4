"""The board: four rows of slots, dragged and typed into; a view on :class:`karyoview.review.board.BoardModel`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError
from karyoview.core.karyogram import MARKERS, SLOTS, TRAY
from karyoview.gui.dialogs.confirm import confirm
from karyoview.gui.karyogram.board_view import BoardView, Marks
from karyoview.gui.karyogram.items import IdeogramItem
from karyoview.gui.keys import actions, find
from karyoview.imaging.karyogram_layout import Strip
from karyoview.imaging.masks import GreyArray
from karyoview.review.board import BoardModel
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
        self._run = run
        self._pixels: GreyArray | None = None
        self._cutting = False
        self._again = False
        self.sex_withheld = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.headline = QLabel("")
        self.headline.setStyleSheet("font-size: 15pt; font-weight: 700;")
        self.headline.setAccessibleName(self.tr("Count"))
        self.view = BoardView(self)
        self.view.chosen.connect(self.select)
        self.view.dropped.connect(self.drop)
        self.view.menu_requested.connect(self._open_menu)
        self.view.reshaped.connect(self.spread)
        self.setFocusProxy(self.view)
        self.ideograms = self._button(self.tr("Ideograms"), self._relayout, self.tr("Ideogram beside each pair"))
        self.ideograms.setCheckable(True)
        self.enhanced = self._button(self.tr("Enhanced"), self._recut, self.tr("Stretch the greys of all at once"))
        self.enhanced.setCheckable(True)
        self.enhanced.setChecked(True)
        self.straight = self._button(self.tr("Straight"), self._recut, self.tr("Straighten bent chromosomes"))
        self.straight.setCheckable(True)
        self.straight.setChecked(True)
        self.headline.setMinimumWidth(90)  # what does not fit is cut off: the window's own total stands above
        shown = QHBoxLayout()
        for button in (self.ideograms, self.enhanced, self.straight):
            shown.addWidget(button)
        shown.addStretch(1)
        dialogs = QHBoxLayout()
        for text, name in (
            (self.tr("One class…"), "strips"), (self.tr("Tally…"), "tally"), (self.tr("Report…"), "report"),
        ):  # fmt: skip
            dialogs.addWidget(self._button(text, lambda _=False, n=name: self.action_requested.emit(n), find(name).tip))
        dialogs.addStretch(1)
        marks = QHBoxLayout()
        self.analysed = QCheckBox(self.tr("Analysed"))
        self.karyotyped = QCheckBox(self.tr("Karyotyped"))
        for box, name in ((self.analysed, "mark_analysed"), (self.karyotyped, "mark_karyotyped")):
            box.setToolTip(find(name).tip)
            box.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            box.clicked.connect(lambda _=False, n=name: self.action_requested.emit(n))
            marks.addWidget(box)
        marks.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.addWidget(self.headline)
        column.addLayout(shown)
        column.addLayout(dialogs)
        column.addWidget(self.view, 1)
        column.addLayout(marks)
        self.actions_by_id = dict(actions) if actions is not None else self._own_actions()
        for action in self.actions_by_id.values():
            self.addAction(action)

    def sizeHint(self) -> QSize:
        return QSize(720, 620)

    # What is shown

    def attach(self, session: ReviewSession | None) -> None:
        """Work on this session, or on none."""
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
        self.model.image, self._pixels = image, pixels
        self.model.strips = {}
        self.view.clear()
        self._show_headline()
        self._recut()

    def show_no_cell(self, why: str) -> None:
        """Show no karyogram but why: the picture is still being read, or cannot be."""
        if self.model is not None:
            self.model.image, self.model.strips = "", {}
        self._pixels = None
        self.view.message = why
        self.view.clear()
        self.headline.setText("")

    def withhold_sex(self, withheld: bool) -> None:
        """Leave the sex chromosomes out, or show them again."""
        if withheld != self.sex_withheld:
            self.sex_withheld = withheld
            if self.model is not None and self.model.strips:
                self._relayout()

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
        elif event.change & (Change.BOXES | Change.LABELS | Change.MARKS):
            self.refresh()

    def refresh(self) -> None:
        """Bring the board up to date after a change of the cell."""
        model = self.model
        if model is None or not model.image or model.image != model.session.current:
            return
        self._show_headline()
        if not model.strips:
            self._recut()
            return
        if not model.follow():
            self._recut()
            return
        self._relayout()

    def _recut(self) -> None:
        model, pixels = self.model, self._pixels
        if model is None or pixels is None or not model.image:
            return
        if self._cutting:
            self._again = True
            return
        self._cutting = True
        annotation = model.annotation
        if not model.strips:
            cutting = self.tr("The chromosomes are being cut out…")
            self.view.message = cutting if annotation.chromosomes else ""
            self.view.viewport().update()
        enhance, straight = self.enhanced.isChecked(), self.straight.isChecked()
        self._run(
            lambda: model.cut(pixels, annotation, enhance, straight),
            lambda strips: self._cut_done(model, annotation, strips),
        )

    def _cut_done(self, model: BoardModel, annotation: ImageAnnotation, strips: dict[str, Strip]) -> None:
        self._cutting = False
        self.view.message = ""
        if model is not self.model or self._again or model.image != annotation.image:
            self._again = False
            self._recut()
            return
        model.take(annotation, strips)
        if model.annotation != annotation and not model.follow():
            self._recut()
            return
        self._relayout()

    def spread(self) -> None:
        """Give the rows the width of the view after its shape changed."""
        if self.model is not None and self.model.strips and self.model.aspect != self.view.aspect():
            self._relayout()

    def _relayout(self) -> None:
        model = self.model
        if model is None:
            return
        model.beside = IdeogramItem.SPACE if self.ideograms.isChecked() else 0.0
        model.aspect = self.view.aspect()
        human = frozenset(c.id for c in model.annotation.chromosomes if c.is_human)
        layout = model.layout()
        if self.sex_withheld:
            hidden = ("X", "Y")
            layout = replace(
                layout,
                placed=tuple(p for p in layout.placed if p.slot not in hidden),
                slots=tuple(a for a in layout.slots if a.slot not in hidden),
            )
        mirrored = model.karyogram().mirrored
        marks = Marks(human, frozenset(model.session.selected), model.remarks(), mirrored)
        self.view.fill(layout, model.strips, marks, self.ideograms.isChecked())
        self._show_headline()

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
        self._do(lambda model: model.drop(chromosome, x, y))
        self._relayout()

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
        self._do(lambda model: model.swap(*chosen))

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
        turn.triggered.connect(lambda: self._do(lambda model: model.session.turn([chromosome])))
        for degrees in (-5.0, 5.0):
            text = self.tr("Rotate 5° left") if degrees < 0 else self.tr("Rotate 5° right")
            menu.addAction(text).triggered.connect(
                lambda _=False, d=degrees: self._do(lambda m: m.rotate(chromosome, d))
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
            self._do(partial(_edit_one, edit, chromosome))

    def _do(self, edit: Callable[[BoardModel], object]) -> None:
        if self.model is None:
            return
        try:
            edit(self.model)
        except KaryoViewError as error:
            self.message.emit(str(error))

    def _button(self, text: str, pressed: Callable[..., None], tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.clicked.connect(lambda _=False: pressed())
        return button

    def command(self, name: str) -> Callable[[], None]:
        """What the action ``name`` of the key table does here."""
        return {
            "tray": self.to_tray, "markers": self.to_markers, "swap": self.swap_selected,
            "mirror": self.mirror_selected, "outline": self.edit_outline,
            "board_next": lambda: self.step(1), "board_previous": lambda: self.step(-1),
        }[name]  # fmt: skip

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
