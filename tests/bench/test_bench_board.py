"""What the karyogram board costs: frames while dragging at 4K, contrast. Printed, never failing on a clock."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.gui.karyogram.board import KaryogramBoard
from karyoview.imaging.aligned import aligned_crop, cell_scale
from karyoview.imaging.cutout import masks_of
from karyoview.imaging.direction import shipped_direction_net
from karyoview.review.session import ReviewSession

SIZE = (1024, 1360)
STEPS = 120


def cell() -> tuple[np.ndarray, ImageAnnotation]:
    """46 banded rods of usual lengths in a picture of a usual size."""
    rng = np.random.default_rng(3)
    pixels = np.full(SIZE, 225, np.uint8)
    items = []
    for k in range(46):
        cx, cy, length = 70 + 135 * (k % 10), 90 + 195 * (k // 10), 150 - 2.2 * k
        cv2.line(pixels, (cx, round(cy - length / 2)), (cx, round(cy + length / 2)), 120, 22)
        for place in rng.uniform(-0.45, 0.45, 6):
            cv2.line(pixels, (cx - 9, round(cy + place * length)), (cx + 9, round(cy + place * length)), 60, 5)
        items.append(ReviewedChromosome(f"c{k}", Box.rotated(cx, cy, 26, length + 22, 0.0), k // 2))
    return cv2.GaussianBlur(pixels, (0, 0), 1.5), ImageAnnotation("a.png", SIZE, chromosomes=tuple(items))


@pytest.fixture
def board(qapp: QApplication):
    pixels, annotation = cell()
    session = ReviewSession([annotation], lambda *_: None, "ana")
    session.go_to("a.png")
    made = KaryogramBoard()
    made.attach(session)
    made.resize(3840, 2160)
    made.show_cell("a.png", pixels)
    made.show()
    QTest.qWait(300)
    yield made
    made.close()
    made.deleteLater()


def print_times(name: str, wall: list[float], cpu: list[float], aim: str) -> None:
    late, late_cpu = (statistics.quantiles(v, n=20)[-1] for v in (wall, cpu))
    print(f"\n{name}: p95 {late:.1f} ms wall, {late_cpu:.1f} ms CPU, median {statistics.median(cpu):.1f} CPU ({aim})")


def timed(work: Callable[[], None]) -> tuple[float, float]:
    begun, used = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - begun) * 1000, (time.thread_time() - used) * 1000


@pytest.mark.parametrize("ideograms", [False, True])
def test_frames_while_a_chromosome_is_dragged(board: KaryogramBoard, ideograms: bool) -> None:
    if ideograms:
        board.ideograms.click()
        QTest.qWait(100)
    view = board.view
    port = view.viewport()
    layout = board.model.layout()
    first = next(p for p in layout.placed if p.slot == "1")
    start = view.mapFromScene(first.x + first.width / 2, first.y + first.height / 2)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    wall, cpu = [], []
    for step in range(STEPS):
        place = start + QPoint(26 * step, 11 * step)

        def frame(place: QPoint = place) -> None:
            QTest.mouseMove(port, place)
            QApplication.processEvents()  # what the move made dirty is painted here

        spent = timed(frame)
        if step > 2:
            wall.append(spent[0])
            cpu.append(spent[1])
    drop = timed(lambda: QTest.mouseRelease(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start))
    name = f"drag at {port.width()}×{port.height()}{', ideograms' if ideograms else ''}"
    print_times(name, wall, cpu, "aim 16")
    print(f"let go: {drop[0]:.0f} ms wall, {drop[1]:.0f} ms CPU")


def test_whole_frames_and_a_moving_contrast_slider(board: KaryogramBoard) -> None:
    port = board.view.viewport()
    spent = [timed(port.repaint) for _ in range(40)]
    print_times(f"whole frame at {port.width()}×{port.height()}", *map(list, zip(*spent, strict=True)), "aim 16")
    slider = board.bar.contrast
    slider.setSliderDown(True)
    moved = [timed(lambda v=v: (slider.setValue(v), QApplication.processEvents())) for v in range(1, 14)]
    slider.setSliderDown(False)
    print_times("contrast moved by one step, shown", *map(list, zip(*moved, strict=True)), "aim 100")


def test_which_end_is_p_of_a_whole_cell() -> None:
    pixels, annotation = cell()
    masks = masks_of(pixels, annotation.chromosomes)
    scale, net = cell_scale(pixels, masks), shipped_direction_net()
    assert net is not None
    crops, classes = [aligned_crop(pixels, mask, scale) for mask in masks], np.eye(24)[[k // 2 for k in range(46)]]
    spent = [timed(lambda: net.upright_probabilities(crops, classes)) for _ in range(20)]
    print_times(f"which end is p, {len(crops)} crops", *map(list, zip(*spent, strict=True)), "aim 60")
