"""Placed pairs to look at, metaphase and karyogram side by side: accept, correct, accept all above a confidence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QKeySequence, QPalette, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.runlength import decode_mask
from karyoview.detectors.protocol import CancelToken
from karyoview.gui.archive.outlined_picture import ACCEPTED, COLOURS, OPEN, REMOVED, Outline, OutlinedPicture
from karyoview.gui.colours import ink_like
from karyoview.imaging.karyogram_placement import SURE
from karyoview.imaging.masks import GreyArray
from karyoview.io.images import read_image
from karyoview.services.archive_import import ArchiveProject, TakenIn
from karyoview.services.archive_placement import PairOutcome, PlacedChromosome, shown_karyogram

Work = Callable[[Callable[[CancelToken], Any], Callable[[Any], None], Callable[[str], None]], CancelToken]
"""Does a job beside the window: the job, what is done with its outcome, and with a sentence when it fails."""
_MARGIN = 25


class TruthStep(QWidget):
    """The second step; ``taken_in`` tells that cases with truth are there, ``cell_wanted`` that one is to be opened."""

    taken_in = Signal(object)
    cell_wanted = Signal(str, str)

    def __init__(self, work: Work, person: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._work, self._person = work, person or "person"
        self._project: ArchiveProject | None = None
        self._outcomes: list[PairOutcome] = []
        self._row, self._current, self._consent = -1, -1, False
        self._history: list[PairOutcome] = []
        self._build()
        self._wire()

    def _build(self) -> None:
        self.pairs = QTableWidget(0, 3)
        self.pairs.setTabKeyNavigation(False)  # arrows go from cell to cell; Tab must lead out again
        self.pairs.setHorizontalHeaderLabels([self.tr("Cell"), self.tr("Placed"), self.tr("To look at")])
        self.pairs.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.pairs.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.pairs.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.pairs.verticalHeader().hide()
        self.pairs.setShowGrid(False)
        header = self.pairs.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.pairs.setAccessibleName(self.tr("Placed pairs"))
        self.confidence = QDoubleSpinBox()
        self.confidence.setRange(0, 100)
        self.confidence.setDecimals(0)
        self.confidence.setSuffix(" %")
        self.confidence.setValue(100 * SURE)
        self.confidence.setAccessibleName(self.tr("Confidence from which chromosomes are accepted"))
        self.accept_all = QPushButton(self.tr("Accept all above"))
        self.take_in = QPushButton(self.tr("Take into cases"))
        self.take_in.setProperty("primary", True)
        self.outcome = QLabel()
        self.outcome.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.hide()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pairs, 1)
        row = QHBoxLayout()
        row.addWidget(self.accept_all)
        row.addWidget(self.confidence)
        column.addLayout(row)
        column.addWidget(self.outcome)
        column.addWidget(self.bar)
        column.addWidget(self.take_in)
        whole = QSplitter()
        whole.addWidget(left)
        whole.addWidget(self._build_right())
        whole.setStretchFactor(1, 1)
        whole.setSizes([300, 900])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(whole)

    def _build_right(self) -> QWidget:
        self.metaphase, self.karyogram = OutlinedPicture(), OutlinedPicture()
        self.metaphase.setAccessibleName(self.tr("Metaphase with placed chromosomes"))
        self.karyogram.setAccessibleName(self.tr("Karyogram"))
        self.metaphase_name, self.karyogram_name = QLabel(), QLabel()
        sides = QSplitter()
        for name, picture in ((self.metaphase_name, self.metaphase), (self.karyogram_name, self.karyogram)):
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(name)
            column.addWidget(picture, 1)
            sides.addWidget(side)
        self.label = QComboBox()
        self.label.setAccessibleName(self.tr("Class of the chosen chromosome"))
        self.label.addItem("–", None)
        for kind in CLASSES:
            self.label.addItem(kind.label, kind.index)
        self.accept = QPushButton(self.tr("Accept (G)"))
        self.remove = QPushButton(self.tr("Leave out (Del)"))
        self.next_open = QPushButton(self.tr("Next doubt (Space)"))
        self.undo = QPushButton(self.tr("Undo (Ctrl+Z)"))
        self.open_cell = QPushButton(self.tr("Open the cell…"))
        self.open_cell.setToolTip(self.tr("Boxes are moved and drawn in the window, once the cell is in its case."))
        self.chosen_text = QLabel()
        row = QHBoxLayout()
        for widget in (self.label, self.accept, self.remove, self.next_open, self.undo):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.open_cell)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(sides, 1)
        column.addWidget(self.chosen_text)  # beside the buttons it would make the page wider than a small screen
        column.addLayout(row)
        return right

    def _wire(self) -> None:
        self.pairs.itemSelectionChanged.connect(self._choose_pair)
        self.metaphase.chosen.connect(self.choose)
        self.karyogram.chosen.connect(self.choose)
        self.accept.clicked.connect(self._accept)
        self.remove.clicked.connect(self._remove)
        self.next_open.clicked.connect(self.choose_next_open)
        self.undo.clicked.connect(self._undo)
        self.label.activated.connect(self._relabel)
        self.accept_all.clicked.connect(self.accept_above)
        self.take_in.clicked.connect(self.take_into_cases)
        self.open_cell.clicked.connect(self._open_cell)
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, call in (
            ("G", self._accept), ("Del", self._remove), ("Space", self.choose_next_open), ("Ctrl+Z", self._undo)
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, context=context).activated.connect(call)

    # What is shown

    def show_project(self, project: ArchiveProject, outcomes: list[PairOutcome], consent: bool) -> None:
        """The placed pairs of a project, those to be looked at first."""
        self._project, self._consent = project, consent
        self._outcomes = sorted(outcomes, key=lambda o: (bool(o.reason), -o.open))
        self._row, self._current, self._history = -1, -1, []
        self.pairs.setRowCount(0)
        for outcome in self._outcomes:
            row = self.pairs.rowCount()
            self.pairs.insertRow(row)
            for column in range(3):
                self.pairs.setItem(row, column, QTableWidgetItem())
            self._fill_row(row, outcome)
        self._tell()
        if self._outcomes:
            self.pairs.selectRow(0)
        self.pairs.setFocus()  # so that keys reach this step

    def _fill_row(self, row: int, outcome: PairOutcome) -> None:
        if outcome.reason:
            texts = [_name(outcome), "–", self.tr("not placed")]
        else:
            open_ = str(outcome.open) if outcome.open else self.tr("whole") if outcome.whole else "0"
            texts = [_name(outcome), f"{outcome.placed} / {len(outcome.chromosomes)}", open_]
        for column, text in enumerate(texts):
            item = self.pairs.item(row, column)
            assert item is not None
            item.setText(text)
            item.setToolTip(outcome.sentence())
            ink = ink_like(COLOURS[OPEN], self.palette().color(QPalette.ColorRole.Base))
            item.setForeground(QBrush(ink) if outcome.reason or outcome.open else QBrush())

    def _tell(self) -> None:
        whole = sum(o.whole for o in self._outcomes)
        refused = sum(bool(o.reason) for o in self._outcomes)
        self.outcome.setText(
            self.tr("{0} of {1} cells have their whole truth; {2} were not placed.").format(
                whole, len(self._outcomes), refused
            )
        )
        self.take_in.setEnabled(any(o.placed for o in self._outcomes))

    def _choose_pair(self) -> None:
        rows = self.pairs.selectionModel().selectedRows()
        if not rows or rows[0].row() == self._row:
            return
        self._row, self._current, self._history = rows[0].row(), -1, []
        row, outcome = self._row, self._outcomes[self._row]
        pair = outcome.pair
        self.metaphase_name.setText(pair.metaphase.name)
        self.karyogram_name.setText(pair.karyogram.name)
        self.metaphase.show_picture(None)
        self.karyogram.show_picture(None)
        self.chosen_text.setText(outcome.reason or self.tr("The pictures are read…"))

        def read(token: CancelToken) -> tuple[int, GreyArray, GreyArray]:
            metaphase = read_image(pair.metaphase).to_uint8()
            return row, metaphase, shown_karyogram(outcome)

        self._work(read, self._show_pictures, self.chosen_text.setText)

    def _show_pictures(self, found: tuple[int, GreyArray, GreyArray]) -> None:
        row, metaphase, karyogram = found
        if row != self._row:
            return
        outcome = self._outcomes[row]
        self.metaphase.show_picture(metaphase, _around([c.box for c in outcome.chromosomes if c.box is not None]))
        self.karyogram.show_picture(karyogram)
        self.chosen_text.setText(outcome.reason)
        self._redraw()
        self.choose_next_open()

    def _redraw(self) -> None:
        outcome = self._outcomes[self._row]
        placed, shown = [], []
        for number, one in enumerate(outcome.chromosomes):
            text, state = _text(one), _state(one)
            if one.box is not None:
                placed.append(Outline(number, _outline(one, outcome.size), text, state))
            x, y, w, h = one.shown
            corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
            shown.append(Outline(number, corners, text if one.box is not None else f"{text} ?", state))
        self.metaphase.show_outlines(placed, self._current)
        self.karyogram.show_outlines(shown, self._current)
        one_chosen = 0 <= self._current < len(outcome.chromosomes)
        for widget in (self.label, self.accept, self.remove):
            widget.setEnabled(one_chosen)
        self.undo.setEnabled(bool(self._history))
        self.open_cell.setEnabled(outcome.placed > 0)
        if one_chosen:
            self._describe(outcome.chromosomes[self._current])

    def _describe(self, one: PlacedChromosome) -> None:
        self.label.setCurrentIndex(0 if one.label is None else one.label + 1)
        if one.box is None:
            text = self.tr("no place found; draw it in the window")
        else:
            text = self.tr("confidence {0} %").format(round(100 * one.confidence))
            text += self.tr(", mirrored in the print") if one.mirrored else ""
        by = self.tr(", by {0}").format(one.by) if one.by else ""
        state = {ACCEPTED: self.tr("accepted"), OPEN: self.tr("to look at"), REMOVED: self.tr("left out")}[_state(one)]
        self.chosen_text.setText(f"{text}; {state}{by}")

    # What a person says

    def choose(self, number: int) -> None:
        """Show which chromosome is meant, in both pictures."""
        if self._row < 0 or self._outcomes[self._row].reason:
            return
        self._current = number
        self._redraw()

    def choose_next_open(self) -> None:
        """The next chromosome that is to be looked at."""
        if self._row < 0 or not (chromosomes := self._outcomes[self._row].chromosomes):
            return
        order = [(self._current + 1 + k) % len(chromosomes) for k in range(len(chromosomes))]
        following = next((k for k in order if chromosomes[k].open), None)
        if following is not None:
            self.choose(following)

    def _accept(self) -> None:
        self._change(lambda outcome: outcome.accept(self._current, self._person))
        self.choose_next_open()

    def _remove(self) -> None:
        self._change(lambda outcome: outcome.remove(self._current, self._person))
        self.choose_next_open()

    def _relabel(self, place: int) -> None:
        label = self.label.itemData(place)
        if label is not None:
            self._change(lambda outcome: outcome.relabel(self._current, label, self._person))

    def _undo(self) -> None:
        if self._history:
            self._keep(self._history.pop())

    def _change(self, change: Callable[[PairOutcome], PairOutcome]) -> None:
        if self._row < 0 or self._current < 0:
            return
        before = self._outcomes[self._row]
        self._history.append(before)
        self._keep(change(before))

    def _keep(self, outcome: PairOutcome) -> None:
        """Save at once; what cannot be saved is not shown as if it were."""
        if self._project is None:
            return
        try:
            self._project.save(outcome)
        except KaryoViewError as error:
            self.chosen_text.setText(str(error))
            return
        self._outcomes[self._row] = outcome
        self._fill_row(self._row, outcome)
        self._tell()
        self._redraw()

    def accept_above(self) -> None:
        """Accept every chromosome of at least the chosen confidence, in all pairs."""
        if self._project is None:
            return
        confidence = self.confidence.value() / 100
        try:
            for row, outcome in enumerate(self._outcomes):
                changed = outcome.accept_above(confidence)
                if changed != outcome:
                    self._project.save(changed)
                    self._outcomes[row] = changed
                    self._fill_row(row, changed)
        except KaryoViewError as error:
            self.outcome.setText(str(error))
            return
        self._history = []
        self._tell()
        if self._row >= 0:
            self._redraw()

    def take_into_cases(self) -> None:
        """Make the cells' truth in the cases of the project."""
        self._taken(self.taken_in.emit)

    def _taken(self, then: Callable[[TakenIn], None]) -> None:
        project, outcomes = self._project, list(self._outcomes)
        if project is None:
            return
        self.take_in.setEnabled(False)
        self.bar.setRange(0, 0)
        self.bar.show()
        job = partial(_take_in, project, outcomes, self._consent, self._person)
        self._work(job, partial(self._show_taken, then), self._show_failed)

    def _show_taken(self, then: Callable[[TakenIn], None], taken: TakenIn) -> None:
        self.bar.hide()
        self.take_in.setEnabled(True)
        self.outcome.setText("\n".join([taken.sentence(), *taken.refused[:3]]))
        then(taken)

    def _show_failed(self, sentence: str) -> None:
        self.bar.hide()
        self.take_in.setEnabled(True)
        self.outcome.setText(sentence)

    def _open_cell(self) -> None:
        if self._project is None or self._row < 0:
            return
        pair = self._outcomes[self._row].pair
        folder = str(self._project.cases / self._project.case_of(pair))
        self._taken(lambda taken: self.cell_wanted.emit(folder, pair.metaphase.name))


def _take_in(
    project: ArchiveProject, outcomes: list[PairOutcome], consent: bool, person: str, token: CancelToken
) -> TakenIn:
    return project.take_in(outcomes, consent=consent, user=person, cancel=token)


def _name(outcome: PairOutcome) -> str:
    """Patient and picture; pictures of several patients may have one name."""
    case, name = outcome.pair.case, outcome.pair.name
    return name if not case or name.startswith(case) else f"{case}  {name}"


def _state(one: PlacedChromosome) -> str:
    return REMOVED if one.removed else ACCEPTED if one.accepted else OPEN


def _text(one: PlacedChromosome) -> str:
    return "?" if one.label is None else CLASSES[one.label].label


def _outline(one: PlacedChromosome, size: tuple[int, int]) -> tuple[tuple[float, float], ...]:
    """The outline of its mask, or its box where it has none."""
    if one.mask:
        mask = decode_mask(one.mask, size).astype(np.uint8)
        lines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if lines:
            points = max(lines, key=cv2.contourArea).reshape(-1, 2)
            return tuple((float(x) + 0.5, float(y) + 0.5) for x, y in points)
    assert one.box is not None
    return tuple((float(x), float(y)) for x, y in Box.rotated(*one.box).corners())


def _around(boxes: list[tuple[float, float, float, float, float]]) -> QRectF | None:
    """The part of the metaphase that holds its chromosomes."""
    if not boxes:
        return None
    corners = np.concatenate([Box.rotated(*box).corners() for box in boxes])
    (x1, y1), (x2, y2) = corners.min(0) - _MARGIN, corners.max(0) + _MARGIN
    return QRectF(float(x1), float(y1), float(x2 - x1), float(y2 - y1))
