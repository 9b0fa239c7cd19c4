"""A question before an act on much at once: the harmless answer is the one that Enter and Esc give."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget


def confirm(
    parent: QWidget, name: str, question: str, act: str, go_on: Callable[[], object], detail: str = ""
) -> QMessageBox:
    """Ask, and ``go_on`` where a person chooses ``act`` (by its letter, too); returns the open box at once.

    ``name`` is the object name of the box. Enter and Esc leave everything as it is.
    """
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setText(question)
    box.setInformativeText(detail)
    leave = box.addButton(QCoreApplication.translate("Confirm", "Cancel"), QMessageBox.ButtonRole.RejectRole)
    wanted = box.addButton(act, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(leave)
    box.setEscapeButton(leave)
    box.finished.connect(lambda _: go_on() if box.clickedButton() is wanted else None)
    box.open()
    return box
