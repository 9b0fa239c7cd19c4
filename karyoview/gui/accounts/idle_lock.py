"""The idle lock, and the change of user: the window is covered until somebody proves who they are."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from karyoview.core.errors import KaryoViewError
from karyoview.gui.application import application

if TYPE_CHECKING:
    # The window is up before anything of users and databases is loaded.
    from karyoview.accounts.users import User, Users

# A key that is a shortcut never arrives as a key press: only as what asks whether a widget wants it first.
_ACTIVITY = (
    QEvent.Type.KeyPress,
    QEvent.Type.ShortcutOverride,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
)


def known_users() -> Users:
    """The users of this machine or laboratory."""
    from karyoview.accounts.users import Users
    from karyoview.io.database import open_engine

    return Users(open_engine(None))


class LockDialog(QDialog):
    """Covers the window; :attr:`user` is who unlocked it. Nothing but a right passphrase closes it."""

    def __init__(self, window: QWidget, users: Users, reason: str = "") -> None:
        super().__init__(window, Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle(self.tr("KaryoView is locked"))
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self.setGeometry(window.geometry())
        self.user: User | None = None
        self._users = users
        self.name, self.passphrase, self.message = QLineEdit(), QLineEdit(), QLabel(reason)
        self.name.setAccessibleName(self.tr("Login name"))
        self.passphrase.setAccessibleName(self.tr("Passphrase"))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.message.setWordWrap(True)
        unlock = QPushButton(self.tr("Go on"))
        unlock.setProperty("primary", True)
        unlock.setDefault(True)
        form = QFormLayout()
        form.addRow(self.tr("Login name"), self.name)
        form.addRow(self.tr("Passphrase"), self.passphrase)
        inner = QWidget()
        inner.setMaximumWidth(360)
        middle = QVBoxLayout(inner)
        middle.addWidget(QLabel(self.tr("KaryoView is locked. Your work is saved.")))
        middle.addLayout(form)
        middle.addWidget(unlock)
        middle.addWidget(self.message)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(inner, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        unlock.clicked.connect(self.try_to_unlock)

    def try_to_unlock(self) -> None:
        """Open again for the person whose passphrase it is."""
        passphrase = self.passphrase.text()
        self.passphrase.clear()
        try:
            self.user = self._users.verify(self.name.text(), passphrase)
        except KaryoViewError as error:
            self.message.setText(str(error))
            return
        self.accept()

    def reject(self) -> None:
        """Escape does not unlock."""

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.user is None:
            event.ignore()


class IdleLock(QObject):
    """Locks a window after ``minutes()`` without a key or click (0: never), where any user is entered.

    Every main window has one. What else is open is covered too: other windows are hidden while it is locked.
    """

    unlocked = Signal(str)
    """The printed name of whoever goes on."""
    message = Signal(str)

    def __init__(self, window: QWidget, minutes: Callable[[], float], users: Callable[[], Users] = known_users) -> None:
        super().__init__(window)
        self._window, self._minutes, self._users = window, minutes, users
        self._last = time.monotonic()
        self.dialog: LockDialog | None = None
        self._hidden: list[QWidget] = []
        self._faded: list[QWidget] = []
        self._timer = QTimer(self)
        self._timer.setInterval(10_000)
        self._timer.timeout.connect(self.check)
        self._timer.start()
        application().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ACTIVITY:
            self._last = time.monotonic()
        return False

    def check(self) -> None:
        """Lock when the time is up."""
        minutes = self._minutes()
        if minutes > 0 and self.dialog is None and time.monotonic() - self._last >= 60.0 * minutes:
            self.lock()

    def lock(self) -> bool:
        """Cover the window now; False where nobody is entered who could open it again."""
        if self.dialog is not None:
            return True
        try:
            users = self._users()
            if all(user.disabled for user in users.all()):
                return False
        except KaryoViewError as error:
            self.message.emit(str(error))
            return False
        self._cover_others()
        self.dialog = LockDialog(self._window, users)
        self.dialog.accepted.connect(self._unlocked)
        self.dialog.open()
        return True

    def stop(self) -> None:
        """No more locking; the window closes."""
        self._timer.stop()
        application().removeEventFilter(self)

    def _cover_others(self) -> None:
        """Hide the other windows; one that waits for an answer would lose it, and is made invisible instead."""
        for other in QApplication.topLevelWidgets():
            if other is self._window or not other.isVisible():
                continue
            if other.isModal() or isinstance(other, QMessageBox):
                other.setWindowOpacity(0.0)
                self._faded.append(other)
            else:
                other.hide()
                self._hidden.append(other)

    def _uncover_others(self) -> None:
        for other in self._hidden:
            if isValid(other):
                other.show()
        for other in self._faded:
            if isValid(other):
                other.setWindowOpacity(1.0)
        self._hidden, self._faded = [], []

    def _unlocked(self) -> None:
        dialog, self.dialog = self.dialog, None
        self._uncover_others()
        self._last = time.monotonic()
        if dialog is not None and dialog.user is not None:
            self.unlocked.emit(dialog.user.printed_name)
            dialog.deleteLater()
