"""Preferences: one row for each setting of the table that is not hidden."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.errors import KaryoViewError
from karyoview.gui.choices import choice_box, translated
from karyoview.gui.dialogs.help_key import add_help
from karyoview.services.authority import users_if_any
from karyoview.services.settings import SETTINGS, Setting, Settings


def people_are_entered() -> bool:
    """Whether anybody is entered who unlocks the window by a passphrase; False where that cannot be told."""
    try:
        people = users_if_any()
        return people is not None and any(not user.disabled for user in people.all())
    except KaryoViewError:
        return False


class PreferencesDialog(QDialog):
    """Changes are stored when the dialog is accepted."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setWindowTitle(self.tr("Preferences"))
        add_help(self, "keys")
        self.setMinimumWidth(440)
        self.fields: dict[str, QWidget] = {}
        form = QFormLayout()
        for setting in SETTINGS:
            if not setting.hidden:
                field = self._field(setting)
                field.setToolTip(translated(setting.help))
                field.setAccessibleName(translated(setting.title))
                self.fields[setting.key] = field
                form.addRow(translated(setting.title), field)
        if people_are_entered():
            # The record names who proved who they are, not what somebody typed here.
            self.fields["person"].setEnabled(False)
            self.fields["person"].setToolTip(
                self.tr("Whoever unlocks the window (Ctrl+Shift+L) is named in the record.")
            )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(buttons)

    def accept(self) -> None:
        for key, field in self.fields.items():
            if isinstance(field, QCheckBox):
                self._settings[key] = field.isChecked()
            elif isinstance(field, QComboBox):
                self._settings[key] = field.currentData()
            elif isinstance(field, QSpinBox):
                self._settings[key] = field.value()
            elif isinstance(field, QLineEdit):
                self._settings[key] = field.text().strip()
        super().accept()

    def _field(self, setting: Setting) -> QWidget:
        value = self._settings[setting.key]
        if setting.choices:
            return choice_box(setting.choices, value)
        if isinstance(value, bool):
            box = QCheckBox()
            box.setChecked(value)
            return box
        if isinstance(value, int):
            number = QSpinBox()
            number.setRange(int(setting.low), int(setting.high))
            number.setValue(value)
            number.setSuffix(f" {setting.unit}" if setting.unit else "")
            return number
        return QLineEdit(str(value))
