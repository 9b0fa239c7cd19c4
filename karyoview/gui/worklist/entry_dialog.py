"""Code, priority and person of one case of the worklist."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from karyoview.case.worklist import PRIORITIES, WorkItem
from karyoview.core.errors import KaryoViewError
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.dialogs.typed import TypedDialog
from karyoview.services.authority import users_if_any


class EntryDialog(TypedDialog):
    """``entered`` carries patient code, priority and assignee."""

    entered = Signal(str, str, str)

    def __init__(self, item: WorkItem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Entry of the worklist"))
        add_help(self, "tasks")
        self.code = QLineEdit(item.patient_code)
        self.code.setAccessibleName(self.tr("Patient code (no names)"))
        self.priority = QComboBox()
        self.priority.setAccessibleName(self.tr("Priority"))
        for value, text in zip(
            PRIORITIES, (self.tr("urgent"), self.tr("normal"), self.tr("low")), strict=True
        ):  # fmt: skip
            self.priority.addItem(text, value)
        self.priority.setCurrentIndex(self.priority.findData(item.priority))
        self.person = QComboBox()
        self.person.setEditable(True)
        self.person.setAccessibleName(self.tr("Assigned to"))
        self.person.addItems(["", *_people()])
        self.person.setCurrentText(item.assignee)
        form = QFormLayout()
        for field in (self.code, self.priority, self.person):
            form.addRow(field.accessibleName(), field)
        note = QLabel(QCoreApplication.translate("EntryDialog", "Kept in the case itself, and written in its record."))
        note.setProperty("muted", True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._give)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(note)
        column.addWidget(buttons)

    def _give(self) -> None:
        self.accept()
        self.entered.emit(self.code.text(), self.priority.currentData(), self.person.currentText())


def _people() -> list[str]:
    try:
        people = users_if_any()
        if people is None:
            return []
        try:
            return sorted(u.printed_name for u in people.all() if not u.disabled)
        finally:
            people.close()
    except KaryoViewError:
        return []
