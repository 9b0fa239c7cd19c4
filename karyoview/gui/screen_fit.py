"""Windows that lie on their screen: as large as they want to be where there is room, never larger than the screen."""

from __future__ import annotations

import base64

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QRect, QSize, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QVBoxLayout, QWidget

_FRAME = QSize(16, 40)
"""Room for the frame and title bar that the system draws around a window, in logical pixels."""
_BAR = 20
"""Room for a scroll bar, in logical pixels."""
_NARROW = 1000
"""Logical pixels of a screen on which windows are scrolled sideways before their parts are squeezed."""


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


def scrolling(content: QWidget) -> QScrollArea:
    """An area without frame in which ``content`` can be scrolled where there is too little room for it."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(content)
    return area


def keep_on_screen(window: QWidget) -> None:
    """Let a dialog or page that needs more room than its screen has be scrolled, and lie on the screen when shown."""
    window.installEventFilter(_Keeper(window))


class _Keeper(QObject):
    """Looks at its window before it is shown, and when a part of it comes to need more room."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._scrolls = False
        self._inside: QWidget | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Show and not event.spontaneous():
            self._fit()
        elif watched is self._window and event.type() == QEvent.Type.LayoutRequest and not self._scrolls:
            QTimer.singleShot(0, self, self._fit)  # a page grew; Qt is at work on its layout now
        elif watched is self._inside and event.type() == QEvent.Type.LayoutRequest:
            QTimer.singleShot(0, self, self._grow)
        return False

    def _fit(self) -> None:
        window, room = self._window, room_on(_screen_of(self._window)).size()
        layout = window.layout()
        if layout is None or not window.isWindow():
            return
        least = _least(layout, room).expandedTo(window.minimumSize())
        if not self._scrolls and (least.width() > room.width() or least.height() > room.height()):
            self._scrolls = True
            self._let_scroll(layout, least, room)
        if window.width() > room.width() or window.height() > room.height():
            window.resize(window.size().boundedTo(room))

    def _grow(self) -> None:
        """What was shown beside the rest widens what is scrolled."""
        if self._inside is not None and (layout := self._inside.layout()) is not None:
            least = _least(layout, room_on(_screen_of(self._window)).size())
            self._inside.setMinimumWidth(max(self._inside.minimumWidth(), least.width()))

    def _let_scroll(self, layout: QLayout, least: QSize, room: QSize) -> None:
        window, inside = self._window, QWidget()
        focus = window.focusWidget()
        inside.setMinimumWidth(least.width())
        window.setMinimumSize(0, 0)
        inside.setLayout(layout)  # its widgets come along
        inside.installEventFilter(self)
        self._inside = inside
        outer = QVBoxLayout(window)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(inside))
        # A scroll area asks for little of its own: as much is shown as there is room for.
        window.resize((least + QSize(_BAR, 0)).expandedTo(window.size()).boundedTo(room))
        if focus is not None:
            focus.setFocus()


def _least(layout: QLayout, room: QSize) -> QSize:
    """The least room of a layout, with what its texts need in height at that width."""
    least = layout.totalMinimumSize()
    if room.width() < _NARROW:  # where all is to be squeezed, buttons would lose their words first
        least.setWidth(max(least.width(), layout.totalSizeHint().width()))
    if layout.hasHeightForWidth():
        least.setHeight(max(least.height(), layout.totalHeightForWidth(least.width())))
    return least


def _screen_of(window: QWidget) -> QScreen | None:
    parent = window.parentWidget()
    return parent.window().screen() if parent is not None else window.screen()
