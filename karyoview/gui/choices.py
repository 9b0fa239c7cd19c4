"""Settings in the user's language: titles, and combo boxes whose items carry the value of the settings file."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox

from karyoview.services.settings import CHOICES


def translated(text: str) -> str:
    """A title or help text of the table of settings."""
    return QCoreApplication.translate("Settings", text) if text else ""


def choice_box(values: Iterable[str], chosen: str) -> QComboBox:
    """A combo box of these values, each by its name, with one chosen; ``currentData()`` is the value."""
    box = QComboBox()
    for value in values:
        box.addItem(translated(CHOICES.get(value, value)), value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
    return box
