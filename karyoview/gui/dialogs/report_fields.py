"""What a person writes into the head of a report: the laboratory's own fields, and an interpretation of any length."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from karyoview.case.worklist import PATIENT_CODE
from karyoview.report.content import INTERPRETATION, Template


class TextField(QPlainTextEdit):
    """Several lines, left like a line edit: ``editingFinished`` comes when the focus goes; Tab leaves it."""

    editingFinished = Signal()  # noqa: N815 (the name of QLineEdit)

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * 6 + 12)

    def text(self) -> str:
        """What stands in it."""
        return self.toPlainText()

    def setText(self, text: str) -> None:
        """Write something else into it."""
        self.setPlainText(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.editingFinished.emit()


class ReportFields(QGroupBox):
    """One field for each member of the case's details that the report shows; ``edited`` when one was left."""

    edited = Signal()
    template_clicked = Signal()

    def __init__(self, details: Mapping[str, object], template: Template, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Header"))
        self.fields: dict[str, QLineEdit | TextField] = {}
        self._form = QFormLayout()
        self.phrases = QComboBox()
        self.phrases.setAccessibleName(self.tr("The laboratory's phrases"))
        self.phrases.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.phrases.setMinimumContentsLength(12)
        self.phrases.activated.connect(self._insert)
        choose = QPushButton(self.tr("Laboratory's template…"))
        choose.clicked.connect(self.template_clicked)
        column = QVBoxLayout(self)
        column.addLayout(self._form)
        column.addWidget(choose)
        self.show_template(template, details)

    def show_template(self, template: Template, details: Mapping[str, object]) -> None:
        """The fields and phrases of a template; what was written stays in the case."""
        while self._form.rowCount():
            row = self._form.takeRow(0)
            for part in (row.labelItem, row.fieldItem):
                widget = part.widget() if part is not None else None
                if widget is not None and widget is not self.phrases:
                    widget.deleteLater()
        self.fields = {}
        titles = {
            PATIENT_CODE: self.tr("Patient code"), "laboratory_number": self.tr("Laboratory number"),
            **dict(template.fields), "specimen": self.tr("Specimen"), "referral": self.tr("Referral"),
            "culture": self.tr("Culture"), "banding": self.tr("Banding"), "band_level": self.tr("Band level"),
        }  # fmt: skip
        for name, title in {**titles, **dict(template.fields)}.items():
            self._add(name, title, QLineEdit(str(details.get(name, ""))))
        label = QLabel(self.tr("Interpretation"))
        self._form.addRow(label)
        self._add(INTERPRETATION, "", TextField(str(details.get(INTERPRETATION, ""))))
        self.fields[INTERPRETATION].setAccessibleName(self.tr("Interpretation"))
        self.phrases.clear()
        self.phrases.addItem(self.tr("Insert a phrase…"))
        self.phrases.addItems(list(template.phrases))
        self.phrases.setVisible(bool(template.phrases))
        self._form.addRow(self.phrases)

    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: field.text().strip() for name, field in self.fields.items()}

    def _add(self, name: str, title: str, field: QLineEdit | TextField) -> None:
        field.setAccessibleName(title)
        field.editingFinished.connect(self.edited)
        self.fields[name] = field
        if title:
            self._form.addRow(title, field)
        else:
            self._form.addRow(field)

    def _insert(self, index: int) -> None:
        field = self.fields[INTERPRETATION]
        if index > 0 and isinstance(field, TextField) and field.isEnabled():
            cursor = field.textCursor()
            before = field.toPlainText()[: cursor.position()]
            gap = "" if not before or before.endswith(("\n", " ")) else " "
            cursor.insertText(gap + self.phrases.itemText(index))
            field.setTextCursor(cursor)
            field.setFocus()
        self.phrases.setCurrentIndex(0)
