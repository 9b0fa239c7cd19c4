"""The worklist: which cases there are, what they wait for and for whom, and who has one open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.errors import KaryoViewError
from karyoview.gui.application import mark as _T
from karyoview.gui.background import Background
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.screen_fit import fit_size
from karyoview.gui.worklist.entry_dialog import EntryDialog
from karyoview.services.worklist import WAITING, WorkRow, add_to_worklist, read_again, read_worklist

translate = QCoreApplication.translate
EVERY_MS = 15_000
WORDS = {
    "new": _T("Worklist", "new"), "in work": _T("Worklist", "in work"), "to sign": _T("Worklist", "to sign"),
    "to approve": _T("Worklist", "waits for approval"), "approved": _T("Worklist", "approved"),
    "amended": _T("Worklist", "amended, open"), "urgent": _T("Worklist", "urgent"),
    "normal": _T("Worklist", "normal"), "low": _T("Worklist", "low"), "an approver": _T("Worklist", "an approver"),
}  # fmt: skip


def in_words(value: str) -> str:
    """A state, priority or role of the worklist in the user's language; a name stays."""
    return translate("Worklist", WORDS[value]) if value in WORDS else value


class WorklistDialog(QDialog):
    """Beside the window; reads the index in the background. ``case_chosen`` carries the folder to open."""

    case_chosen = Signal(str)

    def __init__(
        self, background: Background, person: Callable[[], str], change: Callable[[Path, str, str, str], None],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """``change`` sets code, priority and assignee of a case by its folder; it may raise KaryoViewError."""
        super().__init__(parent)
        self._background, self._person, self._change = background, person, change
        self._rows: list[WorkRow] = []
        self.setWindowTitle(self.tr("Worklist"))
        add_help(self, "tasks")
        fit_size(self, 1180, 640)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Code, case, person, karyotype…"))
        self.search.setAccessibleName(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.shown = QComboBox()
        self.shown.setAccessibleName(self.tr("Which cases"))
        for text, kind in (
            (self.tr("All cases"), "all"), (self.tr("Assigned to me"), "mine"),
            (self.tr("Waiting for approval"), "approval"), (self.tr("To sign or approve"), "waiting"),
            (self.tr("Not approved yet"), "open"), (self.tr("Open somewhere now"), "held"),
        ):  # fmt: skip
            self.shown.addItem(text, kind)
        self.table = QTableWidget(0, 8)
        self.table.setAccessibleName(self.tr("Cases"))
        self.table.setHorizontalHeaderLabels(
            [
                self.tr("Patient code"), self.tr("Case"), self.tr("Priority"), self.tr("State"), self.tr("Cells"),
                self.tr("Waits for"), self.tr("Open now"), self.tr("Reviewed by"),
            ]
        )  # fmt: skip
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        self.open_button, self.edit = QPushButton(self.tr("Open")), QPushButton(self.tr("Code, priority, person…"))
        self.add, self.renew = QPushButton(self.tr("Add a folder…")), QPushButton(self.tr("Read again"))
        self.open_button.setProperty("primary", True)
        close = QPushButton(self.tr("Close"))
        top, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        top.addWidget(self.search, 1)
        top.addWidget(self.shown)
        for button in (self.open_button, self.edit, self.add, self.renew, close):
            button.setAutoDefault(False)
        for button in (self.open_button, self.edit, self.add, self.renew):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(close)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addWidget(self.note)
        column.addLayout(foot)
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.search.textChanged.connect(lambda text: self._fill())
        self.shown.currentIndexChanged.connect(lambda index: self._fill())
        self.table.itemActivated.connect(lambda item: self._open())
        self.table.itemSelectionChanged.connect(self._selected)
        self.open_button.clicked.connect(self._open)
        self.edit.clicked.connect(self._edit)
        self.add.clicked.connect(self._ask_folder)
        self.renew.clicked.connect(self.read_again)
        close.clicked.connect(self.reject)
        self._selected()
        self.refresh()

    def refresh(self) -> None:
        """Read the list anew, and who has a case open."""
        self._background.run(read_worklist, self._read, self.note.setText)

    def read_again(self) -> None:
        """Read the cases themselves again: somebody without this index may have worked on them."""
        folders = [row.case.folder for row in self._rows]
        self._background.run(lambda: read_again(folders), lambda nothing: self.refresh(), self.note.setText)

    def add_folder(self, folder: Path) -> None:
        """Enter the cases below a folder."""
        self._background.run(lambda: add_to_worklist(folder), self._added, self.note.setText)

    def rows(self) -> Sequence[WorkRow]:
        """The rows that are shown."""
        words = self.search.text().casefold().split()
        kind, me = self.shown.currentData(), self._person()
        return [r for r in self._rows if _is_shown(r, kind, me) and all(w in _words(r) for w in words)]

    def _read(self, rows: list[WorkRow]) -> None:
        self._rows = rows
        self._fill()

    def _added(self, report: Any) -> None:
        text = self.tr("{0} cases entered.").format(report.cases)
        if not report.cases and not report.problems:
            text = self.tr("No case lies below this folder: open a folder of images and begin it first.")
        self.note.setText(" ".join([text, *report.problems[:3]]))
        self.refresh()

    def _fill(self) -> None:
        chosen = self._chosen()
        rows = self.rows()
        self.table.setRowCount(len(rows))
        for number, row in enumerate(rows):
            item, case = row.item, row.case
            cells = f"{case.reviewed}/{case.cells}" if not case.problem else "–"
            texts = (
                item.patient_code or "–", f"{Path(case.folder).name}   {case.case_id}", in_words(item.priority),
                in_words(item.state), cells, in_words(row.waits_for) or "–", row.open_by or "–",
                item.reviewed_by or "–",
            )  # fmt: skip
            for column, text in enumerate(texts):
                cell = QTableWidgetItem(text)
                cell.setData(Qt.ItemDataRole.UserRole, case.folder)
                cell.setToolTip(case.problem or case.folder)
                if (column == 2 and item.priority == "urgent") or (column == 3 and item.state in WAITING):
                    font = cell.font()
                    font.setBold(True)
                    cell.setFont(font)
                self.table.setItem(number, column, cell)
        folders = [r.case.folder for r in rows]
        if chosen is not None and chosen.case.folder in folders:
            self.table.selectRow(folders.index(chosen.case.folder))
        elif rows:
            self.table.selectRow(0)
        waiting = sum(r.item.state == "to approve" for r in self._rows)
        text = self.tr("{0} of {1} cases shown, {2} wait for approval.").format(len(rows), len(self._rows), waiting)
        if not self._rows:
            text = self.tr("No case is listed yet: add the folder in which your cases lie.")
        self.note.setText(text)
        self._selected()

    def _chosen(self) -> WorkRow | None:
        items = self.table.selectedItems()
        folder = items[0].data(Qt.ItemDataRole.UserRole) if items else ""
        return next((r for r in self._rows if r.case.folder == folder), None)

    def _selected(self) -> None:
        row = self._chosen()
        for button in (self.open_button, self.edit):
            button.setEnabled(row is not None)
        if row is not None and row.item.reviewers:
            named = ", ".join(f"{image}: {who}" for image, who in list(row.item.reviewers.items())[:12])
            self.note.setText(self.tr("Reviewed: {0}").format(named + (" …" if len(row.item.reviewers) > 12 else "")))

    def _open(self) -> None:
        row = self._chosen()
        if row is not None:
            self.case_chosen.emit(row.case.folder)

    def _edit(self) -> None:
        row = self._chosen()
        if row is None:
            return
        dialog = EntryDialog(row.item, self)
        dialog.entered.connect(lambda code, priority, person: self._set(row, code, priority, person))
        dialog.open()

    def _set(self, row: WorkRow, code: str, priority: str, person: str) -> None:
        try:
            self._change(Path(row.case.folder), code, priority, person)
        except KaryoViewError as error:
            self.note.setText(str(error))
            return
        self.refresh()

    def _ask_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("A folder in which cases lie"))
        if folder:
            self.add_folder(Path(folder))


def _is_shown(row: WorkRow, kind: str, me: str) -> bool:
    return {
        "all": True, "mine": bool(me) and row.item.assignee.casefold() == me.casefold(),
        "approval": row.item.state == "to approve", "waiting": row.item.state in WAITING,
        "open": row.item.state != "approved", "held": bool(row.open_by),
    }[kind]  # fmt: skip


def _words(row: WorkRow) -> str:
    item, case = row.item, row.case
    parts = (case.folder, case.case_id, case.karyotype, item.patient_code, item.assignee, in_words(item.state))
    return " ".join((*parts, row.open_by, item.reviewed_by)).casefold()
