"""The program's icon."""

from __future__ import annotations

from PySide6.QtGui import QIcon, QPixmap

from karyoview._resources import resource


def icon() -> QIcon:
    """The picture that the system shows for the program and its windows."""
    return QIcon(QPixmap(str(resource("icons", "karyoview.svg"))))
