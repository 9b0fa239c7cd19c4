"""A real window at which somebody works without end, to be killed in the middle."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from pathlib import Path

from killed_worker import acknowledge
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from karyoview.gui.app import use_shipped_font
from karyoview.gui.theme import apply_theme
from karyoview.gui.window import MainWindow
from karyoview.services.settings import Settings

NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


def window(folder: str, seed: str, note: str) -> None:
    """Draw, name, count, delete, undo, review and go on; note each revision that the window shows as saved."""
    person = Person(Path(folder), random.Random(int(seed)))
    while True:
        person.do_something()
        saved = person.saved()
        if saved:
            acknowledge(note, json.dumps(saved))


class Person:
    """Somebody at a window, whose gestures follow from the dice."""

    def __init__(self, folder: Path, dice: random.Random) -> None:
        self.app = QApplication([])
        use_shipped_font(self.app)
        apply_theme(self.app, "light", 10)
        self.dice = dice
        self.window = MainWindow(Settings(folder.with_name("settings.json")))
        self.window.resize(1200, 800)
        self.window.show()
        self.window.activateWindow()
        self.window.open_case(folder)
        self.until(lambda: self.window.controller.session is not None and self.window.view.size_yx[0] > 0)
        self.window.view.setFocus()
        self.gestures = (
            self.draws, self.draws, self.names, self.names, self.counts, self.deletes, self.undoes, self.goes_on,
            self.reviews, self.half_types,
        )  # fmt: skip

    def until(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + 300
        while not condition():
            self.app.processEvents()
            time.sleep(0.001)
            assert time.monotonic() < end, "the window did not get there"

    def do_something(self) -> None:
        """One gesture, and a moment in which the window may save."""
        self.dice.choice(self.gestures)()
        for _ in range(self.dice.randrange(3)):
            self.app.processEvents()
        asked = QApplication.activeModalWidget()
        if isinstance(asked, QMessageBox):
            QTest.keyClick(asked, Qt.Key.Key_R if asked.objectName() == "red-doubts" else Qt.Key.Key_Return)
        elif asked is not None:
            QTest.keyClick(asked, Qt.Key.Key_Escape)
        self.app.processEvents()

    def saved(self) -> dict[str, int]:
        """The revision of each cell, where the window says that everything is saved; otherwise nothing."""
        session, controller = self.window.controller.session, self.window.controller
        if session is None or controller.saving or not self.window.header.saved.text().startswith("✔"):
            return {}
        return {image: session.annotation(image).revision for image in session.images}

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.window.view, key, modifier)

    def at(self, x: float, y: float) -> QPoint:
        return self.window.view.to_screen(x, y)

    def somewhere(self) -> tuple[float, float]:
        return self.dice.uniform(20, 280), self.dice.uniform(20, 180)

    def draws(self) -> None:
        self.key(Qt.Key.Key_R)
        port, (x, y) = self.window.view.viewport(), self.somewhere()
        QTest.mousePress(port, LEFT, NONE, self.at(x, y))
        QTest.mouseMove(port, self.at(x + 8, y + 20))
        if self.dice.random() < 0.8:  # a box that is half drawn stays so until the next gesture
            QTest.mouseRelease(port, LEFT, NONE, self.at(x + 10, y + 30))

    def names(self) -> None:
        """Click a chromosome and type a class."""
        self.key(Qt.Key.Key_V)
        session = self.window.controller.session
        items = session.annotation().chromosomes if session is not None else ()
        if items:
            item = self.dice.choice(items)
            QTest.mouseClick(self.window.view.viewport(), LEFT, NONE, self.at(item.box.cx, item.box.cy))
        for digit in str(self.dice.randrange(1, 23)):
            self.key(getattr(Qt.Key, f"Key_{digit}"))

    def half_types(self) -> None:
        self.key(Qt.Key.Key_1)

    def counts(self) -> None:
        self.key(Qt.Key.Key_C)
        QTest.mouseClick(self.window.view.viewport(), LEFT, NONE, self.at(*self.somewhere()))

    def deletes(self) -> None:
        self.names()
        self.key(Qt.Key.Key_Delete)

    def undoes(self) -> None:
        self.key(Qt.Key.Key_Z, CTRL)

    def goes_on(self) -> None:
        self.key(self.dice.choice((Qt.Key.Key_D, Qt.Key.Key_A)))

    def reviews(self) -> None:
        self.key(Qt.Key.Key_Return)
