"""A karyogram board on a drawn cell, for tests that work on it with mouse and keys."""

from __future__ import annotations

import cv2
import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome, ReviewState
from karyoview.core.chromosome import expected_copies
from karyoview.core.geometry import Box
from karyoview.gui.karyogram.board import KaryogramBoard
from karyoview.review.session import ReviewSession


def drawn(image: str = "a.png") -> tuple[np.ndarray, ImageAnnotation]:
    labels = [k for k, n in enumerate(expected_copies("male")) for _ in range(n)] + [20]
    pixels = np.full((400, 480), 225, np.uint8)
    items = []
    for number, label in enumerate(labels):
        cx, cy = 30 + 55 * (number % 8), 35 + 60 * (number // 8)
        length = 46 - label
        cv2.line(pixels, (cx, cy - length // 2), (cx, cy + length // 2), 110, 9)
        cv2.line(pixels, (cx, cy - length // 3), (cx, cy - length // 6), 50, 9)
        items.append(ReviewedChromosome(f"c{number}", Box.rotated(cx + 0.5, cy + 0.5, 12, length + 9, 0.0), label))
    return pixels, ImageAnnotation(image, pixels.shape, state=ReviewState.REVIEWED, chromosomes=tuple(items))


class Bench:
    """A board on a session."""

    def __init__(self) -> None:
        self.pixels, self.start = drawn()
        self.saved: list[str] = []
        self.session = ReviewSession([self.start], lambda a, action, d: self.saved.append(action), "ana")
        self.session.go_to("a.png")
        self.board = KaryogramBoard()
        self.notes: list[str] = []
        self.board.message.connect(self.notes.append)
        self.board.attach(self.session)
        self.board.resize(900, 700)
        self.board.show_cell("a.png", self.pixels)
        self.board.show()
        self.board.activateWindow()
        self.board.view.setFocus()
        QTest.qWait(100)  # the rows are spread to the view's shape a moment after it has one

    def place_of(self, chromosome: str) -> QPoint:
        place = next(p for p in self.board.model.layout().placed if p.id == chromosome)
        return self.board.view.mapFromScene(place.x + place.width / 2, place.y + place.height / 2)

    def slot(self, name: str) -> QPoint:
        area = next(a for a in self.board.model.layout().slots if a.slot == name)
        return self.board.view.mapFromScene(area.x + area.width - 2, area.y + area.height / 2)

    def drag(self, start: QPoint, end: QPoint) -> None:
        port = self.board.view.viewport()
        QTest.mousePress(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
        QTest.mouseMove(port, (start + end) / 2)
        QTest.mouseMove(port, end)
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
        QApplication.processEvents()

    def slots(self, name: str) -> tuple[str, ...]:
        return self.board.model.karyogram().slots[name]
