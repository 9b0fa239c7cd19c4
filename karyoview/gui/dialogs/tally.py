"""The tally of the case: cells, clones, what is still to do, and the karyotype with its checker."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.case.case import Case
from karyoview.case.counting import STRUCTURAL, count_cell, protocol_of
from karyoview.case.karyotyping import check_karyotype, set_karyotype
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature import describe
from karyoview.core.nomenclature_text import split_changes
from karyoview.core.tally import PROTOCOLS, CaseTally, tally_case
from karyoview.gui.colours import RED_DOUBT, ink_on
from karyoview.gui.dialogs.confirm import confirm
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.dialogs.meaning import KaryotypeMeaning
from karyoview.gui.messages import doubt_text
from karyoview.gui.screen_fit import bring_on_screen, fit_size
from karyoview.gui.withheld import karyotype_text, sentences, shown_changes
from karyoview.review.doubt import Doubt, red
from karyoview.review.session import ReviewSession

_COUNTED, _ANALYSED, _KARYOTYPED = 1, 2, 3

_READING_LINES, _MEANING = 4, 556


class TallyDialog(QDialog):
    """The case in one table; ticking a box or typing a structural change is saved at once.

    ``doubts_of`` gives a cell's open doubts; ``is_hidden`` says of a cell whether the present person, who still
    counts it blind, may not see the first count.
    """

    marked = Signal()
    """A cell was marked as analysed or karyotyped, or no longer is."""

    def __init__(
        self,
        case: Case,
        session: ReviewSession,
        parent: QWidget | None = None,
        doubts_of: Callable[[str], Sequence[Doubt]] = lambda image: (),
        is_hidden: Callable[[str], bool] = lambda image: False,
    ) -> None:
        super().__init__(parent)
        self.case, self.session = case, session
        self._doubts_of, self._is_hidden = doubts_of, is_hidden
        self.setWindowTitle(self.tr("Tally of {0}").format(case.settings.id))
        add_help(self, "tasks")
        fit_size(self, 1240, 720)
        self.protocol = QComboBox()
        self.protocol.setAccessibleName(self.tr("Protocol"))
        for preset in PROTOCOLS.values():
            self.protocol.addItem(preset.title, preset.name)
        self.protocol.setCurrentIndex(max(self.protocol.findData(protocol_of(case).name), 0))
        self.facts = QLabel()
        self.facts.setWordWrap(True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.prompts = QLabel()
        self.prompts.setWordWrap(True)
        self.table = QTableWidget()
        self.table.setAccessibleName(self.tr("Cells"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)  # arrows go from cell to cell; Tab must lead out again
        self.table.horizontalHeader().setMinimumSectionSize(24)
        self._hidden = case.settings.sex_withheld
        self._whole = case.settings.karyotype
        self.karyotype = QLineEdit(karyotype_text(self._whole, self._hidden))
        self.karyotype.setAccessibleName(self.tr("Karyotype (ISCN)"))
        self.karyotype.setPlaceholderText(self.tr("Karyotype (ISCN)"))
        self.reading = QLabel()
        self.reading.setWordWrap(True)
        self.reason = QLineEdit(str(case.settings.details.get("override_reason", "")))
        self.reason.setAccessibleName(self.tr("Reason"))
        self.reason.setPlaceholderText(self.tr("Reason, where it breaks a rule or differs from the counts"))
        self.propose = QPushButton(self.tr("Propose from the counts"))
        self.explain = QPushButton(self.tr("Explain"))
        self.explain.setCheckable(True)
        self.explain.setToolTip(self.tr("Gains and losses on ideograms, beside the table"))
        self.meaning = KaryotypeMeaning()
        self.meaning.hide()
        self.keep = QPushButton(self.tr("Set the karyotype"))
        self.keep.setProperty("primary", True)
        self._lay_out()
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._filling = False
        self._fill()
        self._read()
        self.table.itemChanged.connect(self._changed)
        self.table.itemDelegate().closeEditor.connect(lambda *_: QTimer.singleShot(0, self, self._typed_in_table))
        self._asking = self._is_stale = False
        self.protocol.currentIndexChanged.connect(self._protocol_chosen)
        self.karyotype.textChanged.connect(self._read)
        self.explain.toggled.connect(self._explain)
        self.propose.clicked.connect(self._propose)
        self.keep.clicked.connect(self._set)
        self._enable()

    def _lay_out(self) -> None:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        top = QHBoxLayout()
        top.addWidget(QLabel(self.tr("Protocol")))
        top.addWidget(self.protocol)
        top.addStretch(1)
        line = QHBoxLayout()
        for widget in (self.karyotype, self.explain, self.propose, self.keep):
            line.addWidget(widget, 1 if widget is self.karyotype else 0)
        both = QHBoxLayout(self)
        column = QVBoxLayout()
        both.addLayout(column, 1)
        both.addWidget(self.meaning)
        column.addLayout(top)
        column.addWidget(self.facts)
        column.addWidget(self.table, 1)
        column.addWidget(self.prompts)
        column.addLayout(line)
        column.addWidget(self._reading_area())
        column.addWidget(self.reason)
        column.addWidget(buttons)

    def _reading_area(self) -> QScrollArea:
        """What is read of the karyotype, in a place of one height: nothing moves under the hands while it is typed."""
        area = QScrollArea()
        area.setWidget(self.reading)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFixedHeight(self.fontMetrics().lineSpacing() * _READING_LINES + 4)
        self.reading.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        return area

    def tally(self) -> CaseTally:
        """The tally of the cells as they are on the screen."""
        cells = [
            count_cell(record, self.session.annotation(record.image))
            for record in self.case.cells
            if record.image in self.session.images
            and not self._is_hidden(record.image)
            and self.session.annotation(record.image).state in ("reviewed", "set_aside")
        ]
        sex = self.case.settings.details.get("sex")
        return tally_case(cells, protocol_of(self.case), sex if sex in ("female", "male") else None)

    def _fill(self) -> None:
        tally = self.tally()
        hidden = self.case.settings.sex_withheld
        classes = [c for c in CLASSES if not (hidden and c.label in "XY")]
        heads = [self.tr("Cell"), self.tr("total"), self.tr("analysed"), self.tr("karyotyped"), self.tr("culture")]
        heads += [c.label for c in classes]
        heads += [self.tr("mar"), self.tr("no class"), self.tr("doubts"), self.tr("structural changes")]
        self._filling = True
        self.table.clear()
        self.table.setColumnCount(len(heads))
        self.table.setHorizontalHeaderLabels(heads)
        rows = (*tally.counted, *tally.set_aside)
        self.table.setRowCount(len(rows))
        for number, cell in enumerate(rows):
            name = cell.image + (f" ({cell.set_aside})" if cell.set_aside else "")
            self._put(number, 0, name).setData(Qt.ItemDataRole.UserRole, cell.image)
            self._put(number, 1, str(cell.total))
            for column, on in ((_ANALYSED, cell.analysed), (_KARYOTYPED, cell.karyotyped)):
                item = self._put(number, column, "")
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
            self._put(number, 4, cell.culture)
            for offset, known in enumerate(classes):
                count = cell.counts[known.index]
                item = self._put(number, 5 + offset, str(count) if count else "")
                if known.index < 22 and count != 2 and not cell.set_aside:
                    item.setBackground(QColor("#FFE1A8"))
                    item.setForeground(QColor("#1F2328"))
            end = 5 + len(classes)
            self._put(number, end, str(cell.markers) if cell.markers else "")
            self._put(number, end + 1, str(cell.unclassed) if cell.unclassed else "")
            self._put_doubts(number, end + 2, () if cell.set_aside else self._doubts_of(cell.image))
            structural = sentences(cell.structural, hidden)
            item = self._put(number, end + 3, " ".join(structural))
            if not cell.set_aside and len(structural) == len(cell.structural):
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
        self.table.resizeColumnsToContents()
        self.table.horizontalHeader().setStretchLastSection(True)
        last = self.table.horizontalHeaderItem(len(heads) - 1)
        assert last is not None
        last.setTextAlignment(Qt.AlignmentFlag.AlignLeft)
        last.setToolTip(self.tr("Typed by a person, with blanks between: t(9;22)(q34;q11.2)"))
        self._filling = False
        self.facts.setText("\n".join(self._facts(tally, hidden)))
        prompts = [*self._doubt_prompts(tally), *sentences(tally.prompts, hidden)]
        self.prompts.setText("\n".join(f"→ {p}" for p in prompts))

    def _facts(self, tally: CaseTally, hidden: bool) -> list[str]:
        """Progress against the protocol, modal number, lines, odd cells and what is excluded; a line each."""
        protocol = tally.protocol
        facts = [
            self.tr("{0} of {1} counted, {2} of {3} analysed, {4} of {5} karyotyped, {6} set aside.").format(
                len(tally.counted), protocol.count, tally.analysed, protocol.analyse, tally.karyotyped,
                protocol.karyograms, len(tally.set_aside),
            )
        ]  # fmt: skip
        if tally.modal:
            facts[0] += " " + self.tr("Modal number {0}.").format(", ".join(map(str, tally.modal)))
        cultures = tally.per_culture()
        if len(cultures) > 1:
            for name, (counted, analysed, karyotyped) in cultures.items():
                text = self.tr("Culture {0}: {1} counted, {2} analysed, {3} karyotyped.")
                facts.append(text.format(name or "–", counted, analysed, karyotyped))
        for number, clone in enumerate(tally.clones, start=1):
            what = ", ".join(shown_changes(clone.changes, hidden)) or self.tr("no clonal change")
            images = ", ".join(clone.images[:4]) + (" …" if len(clone.images) > 4 else "")
            one, several = self.tr("Line {0}: {1}; 1 cell ({3})."), self.tr("Line {0}: {1}; {2} cells ({3}).")
            facts.append((one if len(clone.images) == 1 else several).format(number, what, len(clone.images), images))
        for image, changes in tally.odd:
            if shown := shown_changes(changes, hidden):
                facts.append(
                    self.tr("Odd cell {0}: {1}; in too few cells for a clone.").format(image, ", ".join(shown))
                )
        if tally.exclusion is not None:
            facts.append(self.tr("Mosaicism of {0:.1f} % or more is excluded (95 %).").format(100 * tally.exclusion))
        return facts

    def _doubt_prompts(self, tally: CaseTally) -> list[str]:
        """Which counted cells have open doubts, and which may not be seen yet."""
        found = []
        open_ones = [(c.image, len(d)) for c in tally.counted if (d := self._doubts_of(c.image))]
        if open_ones:
            named = ", ".join(f"{image} ({number})" for image, number in open_ones[:6])
            more = self.tr(" and {0} more cells").format(len(open_ones) - 6) if len(open_ones) > 6 else ""
            found.append(self.tr("Open doubts in counted cells: {0}{1}.").format(named, more))
        hidden = [r.image for r in self.case.cells if r.image in self.session.images and self._is_hidden(r.image)]
        if hidden:
            text = self.tr("Left out until your second count of them is done: {0}.")
            found.append(text.format(", ".join(hidden)))
        return found

    def _put_doubts(self, row: int, column: int, found: Sequence[Doubt]) -> None:
        """The badge of a cell: how many doubts are open, the sentences in its tip."""
        reds = len(red(found))
        item = self._put(row, column, f"{'‼' if reds else '?'} {len(found)}" if found else "")
        if found:
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            item.setToolTip("\n".join(doubt_text(d) for d in found))
            item.setBackground(QColor(RED_DOUBT if reds else "#FFE1A8"))
            item.setForeground(ink_on(QColor(RED_DOUBT)) if reds else QColor("#1F2328"))

    def _enable(self) -> None:
        """Nothing can be changed while the case is approved or cannot be written."""
        case = self.case
        free = not (case.read_only or case.settings.locked)
        for widget in (self.protocol, self.karyotype, self.reason, self.propose):
            widget.setEnabled(free)
        self.keep.setEnabled(free and bool(self._typed()))
        if not free:
            self.reading.setText(case.read_only_reason or self.tr("The case is approved; amend it to change it."))

    def refresh(self) -> None:
        """Show the case anew: a cell or a setting was changed elsewhere; once what is being typed here is done."""
        if self._typing:
            self._is_stale = True
            return
        hidden = self.case.settings.sex_withheld
        if hidden != self._hidden:
            whole = self._typed()
            self._hidden, self._whole = hidden, whole
            self.karyotype.setText(karyotype_text(whole, hidden))
        self._fill()
        self._read()
        self._enable()

    def settle(self) -> None:
        """Take what is being typed into the table, for the cell it is typed for."""
        if self._typing:
            self.table.setFocus()  # the table takes what is in its editor when the focus leaves it

    @property
    def _typing(self) -> bool:
        focus = QApplication.focusWidget()
        return isinstance(focus, QLineEdit) and self.table.isAncestorOf(focus)

    def _typed_in_table(self) -> None:
        if self._is_stale and not self._typing:
            self._is_stale = False
            self.refresh()

    @property
    def unset(self) -> str:
        """A karyotype that is typed and not set, empty where there is none."""
        typed = self._typed()
        return typed if typed != self.case.settings.karyotype and self.karyotype.isEnabled() else ""

    def reject(self) -> None:
        """Close; a karyotype that is typed and not set is asked about first."""
        if self._asking:
            return
        self.settle()
        if not self.unset or self.case.settings.locked:
            super().reject()
            return
        self._asking = True
        text = self.tr("The karyotype {0} is typed and not set.").format(karyotype_text(self.unset, self._hidden))
        box = confirm(self, "unset-karyotype", text, self.tr("&Close without it"), super().reject)
        box.finished.connect(self._asked)

    def _asked(self) -> None:
        self._asking = False

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.reject()

    def close_with_case(self) -> None:
        """The case is closed: there is nothing left to set a karyotype in."""
        self.done(QDialog.DialogCode.Rejected)

    def _put(self, row: int, column: int, text: str) -> QTableWidgetItem:
        item = QTableWidgetItem(text)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        if text.isdigit():
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        self.table.setItem(row, column, item)
        return item

    def _changed(self, item: QTableWidgetItem) -> None:
        if self._filling:
            return
        cell = self.table.item(item.row(), 0)
        image = cell.data(Qt.ItemDataRole.UserRole) if cell is not None else ""
        try:
            if item.column() in (_ANALYSED, _KARYOTYPED):
                member = "analysed" if item.column() == _ANALYSED else "karyotyped"
                on = item.checkState() == Qt.CheckState.Checked
                self.case.update_cell(image, f"{member} {'set' if on else 'taken back'}", **{member: on})
                self.marked.emit()
            elif item.column() == self.table.columnCount() - 1:
                self.session.set_extra(image, STRUCTURAL, split_changes(item.text()), "structural changes")
        except KaryoViewError as error:
            self.reading.setText(str(error))
        self._fill()

    def _protocol_chosen(self) -> None:
        try:
            self.case.update_settings("protocol", protocol=self.protocol.currentData())
        except KaryoViewError as error:
            self.reading.setText(str(error))
        self._fill()
        self._read()

    def _typed(self) -> str:
        """The karyotype in the field, the sex that it withholds put back."""
        text = self.karyotype.text().strip()
        return self._whole if self._hidden and text == karyotype_text(self._whole, True) else text

    def _read(self) -> None:
        """The reading of what is typed, or what is wrong with it, while it is typed."""
        text = self._typed()
        if not text:
            self.reading.setText("")
            self.meaning.show_karyotype(None)
            self.keep.setEnabled(False)
            return
        found = check_karyotype(self.case, text)
        self.meaning.show_karyotype(found, withheld=self._hidden)
        lines = [f.sentence for f in found.findings] if not found.is_valid else list(describe(found))
        if found.is_valid:
            lines += [f.sentence for f in found.findings]
            proposal = self._proposal()
            if proposal and proposal != found.text:
                shown = karyotype_text(proposal, self._hidden)
                lines.append(self.tr("The reviewed cells say {0}; give a reason to keep this one.").format(shown))
        shown_lines = sentences(lines, self._hidden)
        if len(shown_lines) < len(lines):
            shown_lines.append(self.tr("(What names the sex chromosomes is withheld.)"))
        self.reading.setText("\n".join(shown_lines))
        self.keep.setEnabled(not self.case.read_only and not self.case.settings.locked)

    def _explain(self, on: bool) -> None:
        self.meaning.setVisible(on)
        if on and self.width() < _MEANING + 900:
            fit_size(self, _MEANING + 900, self.height())
            bring_on_screen(self)

    def _proposal(self) -> str:
        try:
            return self.tally().proposal().text
        except KaryoViewError:
            return ""

    def _propose(self) -> None:
        try:
            proposal = self.tally().proposal()
        except KaryoViewError as error:
            self.reading.setText(str(error))
            return
        self._whole = proposal.text
        self.karyotype.setText(karyotype_text(proposal.text, self._hidden))
        if not self._hidden:
            self.reading.setText(self.reading.text() + "\n" + " ".join(proposal.steps))

    def _set(self) -> None:
        try:
            notes = set_karyotype(self.case, self._typed(), self.reason.text())
        except KaryoViewError as error:
            self.reading.setText("\n".join(sentences([str(error)], self._hidden)) or self.tr("Give a reason."))
            self.reason.setFocus()
            return
        self.reading.setText("\n".join([self.tr("The karyotype is set."), *sentences(notes, self._hidden)]))
