"""Windows that lie on their screen: as large as they want to be where there is room, never larger than the screen."""

from __future__ import annotations

import base64

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

_FRAME = QSize(16, 40)
"""Room for the frame and title bar that the system draws around a window, in logical pixels."""


def room_on(screen: QScreen | None) -> QRect:
    """Where the inside of a window may lie on a screen (the main one by default), in logical pixels."""
    screen = screen or QGuiApplication.primaryScreen()
    free = screen.availableGeometry()
    return QRect(free.topLeft(), (free.size() - _FRAME).expandedTo(QSize(1, 1)))


def fit_size(window: QWidget, width: int, height: int) -> None:
    """Give a window this size, or what its screen has room for."""
    window.resize(QSize(width, height).boundedTo(room_on(_screen_of(window)).size()))


def put_back(window: QWidget, geometry: str) -> None:
    """Give a window the place and size that it had at the last start (base64 of what Qt saved; "" for none)."""
    if geometry:
        window.restoreGeometry(QByteArray(base64.b64decode(geometry)))


def bring_on_screen(window: QWidget) -> None:
    """Make a window smaller and move it where a part of it would lie outside its screen.

    Its place may have been kept on a larger screen, or of two that are one now.
    """
    centre = window.frameGeometry().center()
    room = room_on(QGuiApplication.screenAt(centre) or _screen_of(window))
    size = window.size().boundedTo(room.size())
    if size != window.size():
        window.resize(size)
    last = room.bottomRight() - QPoint(size.width() - 1, size.height() - 1)
    place = QPoint(
        max(min(window.x(), last.x()), room.x()), max(min(window.y(), last.y()), room.y())
    )  # fmt: skip
    if place != window.pos():
        window.move(place)


def _screen_of(window: QWidget) -> QScreen | None:
    parent = window.parentWidget()
    return parent.window().screen() if parent is not None else window.screen()
