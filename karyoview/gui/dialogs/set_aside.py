"""Why a cell is set aside: a reason from the list or one's own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.dialogs.typed import TypedDialog


class SetAsideDialog(TypedDialog):
    """Asks for the reason; :attr:`reason_given` carries it."""

    reason_given = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Set aside"))
        add_help(self, "tasks")
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.addItems(
            [
                self.tr("broken metaphase"), self.tr("overlapping metaphases"), self.tr("too many crossings"),
                self.tr("poor banding"), self.tr("out of focus"), self.tr("no metaphase"),
            ]
        )  # fmt: skip
        self.reason.setAccessibleName(self.tr("Reason"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.addButton(self.tr("Set aside"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._give)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(QLabel(self.tr("A cell that is set aside is no count. Why?")))
        column.addWidget(self.reason)
        column.addWidget(buttons)
        self.ok.setDefault(True)
        self.reason.editTextChanged.connect(lambda text: self.ok.setEnabled(bool(text.strip())))

    def _give(self) -> None:
        self.accept()
        self.reason_given.emit(self.reason.currentText())
