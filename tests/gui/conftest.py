"""A drawn case, a fake engine that sees what was drawn, and a window on it, driven like a person would."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from board_samples import Bench
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors import registry
from karyoview.detectors.protocol import CancelToken, EngineInfo
from karyoview.gui.app import use_shipped_font
from karyoview.gui.theme import apply_theme
from karyoview.gui.window import MainWindow
from karyoview.services import inference
from karyoview.services.settings import Settings

SIZE = (480, 640)


def drawn_boxes(number: int = 46, seed: int = 0, size: tuple[int, int] = SIZE) -> list[Box]:
    """Places of drawn chromosomes on a grid: longer ones first, each with its own angle."""
    rng = np.random.default_rng(seed)
    columns = int(np.ceil(np.sqrt(number * size[1] / size[0])))
    rows = int(np.ceil(number / columns))
    dx, dy = size[1] / columns, size[0] / rows
    boxes = []
    for k in range(number):
        long_side = (0.78 - 0.45 * k / number) * min(dx, dy)
        angle = float(rng.uniform(-1.2, 1.2))
        boxes.append(
            Box.rotated((k % columns + 0.5) * dx, (k // columns + 0.5) * dy, 0.2 * min(dx, dy), long_side, angle)
        )
    return boxes


def draw(boxes: Sequence[Box], size: tuple[int, int] = SIZE) -> np.ndarray:
    """A bright field with dark rods."""
    pixels = np.full(size, 225, np.uint8)
    for box in boxes:
        cv2.fillPoly(pixels, [np.rint(box.corners()).astype(np.int32)], 70)
    return cv2.GaussianBlur(pixels, (0, 0), 0.8)


class FakeEngine:
    """Says what was drawn, with two of each class; ``gate`` holds it up, ``broken`` names images that fail.

    In ``refused`` images it sees no metaphase unless it is asked to look anyway; ``novelty`` is of all cells.
    """

    gate: threading.Event | None = None
    broken: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    novelty: float | None = None
    asked: list[str]

    def __init__(self, info: EngineInfo, anyway: bool = False) -> None:
        self.info, self.anyway = info, anyway

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        found = []
        for image in images:
            FakeEngine.asked.append(image.name)
            if FakeEngine.gate is not None:
                while not FakeEngine.gate.wait(0.02):
                    if cancel is not None:
                        cancel.raise_if_cancelled()
            if image.name in FakeEngine.broken:
                raise ValueError("the fake engine was told to fail here")
            seed = int(image.name[1:3])
            items = []
            for k, box in enumerate(drawn_boxes(seed=seed)):
                score = 0.97 - 0.005 * k
                if self.info.name == "second" and k == 3:
                    continue
                items.append(Detection(box, score, k // 2 if k < 44 else 22, doubt=0.7 if k == 5 else 0.02))
            items.append(Detection(Box.rotated(8, 8, 6, 10, 0.0), 0.2, 20))
            source = Provenance(self.info.name, "0" * 64, image_sha256=image.sha256)
            found.append(
                Detections(image.name, (image.height, image.width), tuple(items), source, 0.01, "", True, self.novelty)
            )
            if image.name in FakeEngine.refused and not self.anyway:
                found[-1] = replace(found[-1], items=(), note="No metaphase was found.", metaphase=False)
        return found


@pytest.fixture
def fake_engine(monkeypatch: pytest.MonkeyPatch) -> type[FakeEngine]:
    """Two fake engines in the registry, for as long as the test runs."""
    from karyoview.core.chromosome import CLASS_NAMES
    from karyoview.gui import engine_runner

    infos = [EngineInfo(n, n.capitalize(), CLASS_NAMES, True, "0" * 64, 0.5, {}) for n in ("fake", "second")]

    def load(name: str, **options: object) -> FakeEngine:
        settings = options.get("settings")
        assert isinstance(settings, dict)
        return FakeEngine(next(i for i in infos if i.name == name), settings.get("check_metaphase") is False)

    FakeEngine.gate, FakeEngine.broken, FakeEngine.asked = None, frozenset(), []
    FakeEngine.refused, FakeEngine.novelty = frozenset(), None
    monkeypatch.setattr(engine_runner, "anyway_settings", lambda card: {"check_metaphase": False})
    monkeypatch.setattr(registry, "available_engines", lambda: infos)
    monkeypatch.setattr(engine_runner, "available_engines", lambda: infos)
    monkeypatch.setattr(inference, "load_engine", load)
    return FakeEngine


@pytest.fixture
def case_folder(tmp_path: Path) -> Path:
    """Three drawn cells."""
    folder = tmp_path / "Fall Ä"
    folder.mkdir()
    for k in range(3):
        cv2.imencode(".png", draw(drawn_boxes(seed=k)))[1].tofile(folder / f"c{k:02d}.png")
    return folder


class WindowDriver:
    """A person at the window: presses keys, moves the mouse to places on the screen, and waits."""

    def __init__(self, window: MainWindow, qtbot) -> None:
        self.window, self.view, self.qtbot = window, window.view, qtbot

    @property
    def session(self):
        return self.window.controller.session

    @property
    def annotation(self):
        return self.session.annotation()

    def until(self, condition: Callable[[], bool], timeout: int = 60_000) -> None:
        self.qtbot.waitUntil(condition, timeout=timeout)

    def open(self, folder: Path) -> None:
        self.window.open_case(folder)
        self.until(lambda: self.session is not None and self.view.size_yx[0] > 0)

    def key(self, key: Qt.Key | str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        if QApplication.activeWindow() is None:
            # A window manager gives the window the keyboard back when a dialog closes; offscreen there is none.
            self.window.activateWindow()
            QApplication.processEvents()
        target = QApplication.focusWidget() or self.view
        QTest.keyClick(target, key, modifier)
        QApplication.processEvents()

    def in_sight(self, image: str | None = None) -> None:
        """Wait until the picture of a cell (by default the current one) is decoded, rendered and shown."""
        wanted = image or self.session.current
        self.until(
            lambda: (
                self.session.current == wanted
                and self.window.images.get(wanted) is not None
                and not self.window.images.rendering
                and self.view.size_yx[0] > 0
            )
        )

    def reviewed(self) -> None:
        """Enter once the picture is in sight, and R where open doubts are said first."""
        self.in_sight()
        self.key(Qt.Key.Key_Return)
        asked = QApplication.activeModalWidget()
        if asked is not None and asked.objectName() == "red-doubts":
            self.answer(Qt.Key.Key_R)

    def answer(self, key: Qt.Key) -> None:
        """Press a key in the question that is open; its button is seen to go down before the question closes."""
        asked = QApplication.activeModalWidget()
        assert asked is not None, "nothing is asked"
        QTest.keyClick(asked, key)
        self.until(lambda: not isValid(asked) or not asked.isVisible())

    def at(self, x: float, y: float) -> QPoint:
        return self.view.to_screen(x, y)

    def click(self, x: float, y: float, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(self.view.viewport(), Qt.MouseButton.LeftButton, modifier, self.at(x, y))
        QApplication.processEvents()

    def double_click(self, x: float, y: float) -> None:
        QTest.mouseDClick(
            self.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, self.at(x, y)
        )
        QApplication.processEvents()

    def drag(self, *points: tuple[float, float], screen: bool = False) -> None:
        places = [QPointF(*p).toPoint() if screen else self.at(*p) for p in points]
        port = self.view.viewport()
        QTest.mousePress(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
        for a, b in pairwise(places):
            for t in (0.3, 0.7, 1.0):
                QTest.mouseMove(port, a + (b - a) * t)
        QTest.mouseRelease(port, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])
        QApplication.processEvents()

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.view.viewport(), self.at(x, y))
        QApplication.processEvents()

    def handle(self, name: str) -> tuple[float, float]:
        p = self.view.layer.handles(self.view.transform_to_screen())[name]
        return p.x(), p.y()

    def saved(self) -> None:
        self.until(lambda: "saved" in self.window.header.saved.text() and "not" not in self.window.header.saved.text())

    def on_disk(self, folder: Path, image: str) -> dict:
        return json.loads((folder / "karyoview" / "annotations" / f"{image}.json").read_text(encoding="utf-8"))


@pytest.fixture
def driver(qtbot, tmp_path: Path, fake_engine: type[FakeEngine]) -> Iterator[WindowDriver]:
    """An open window with a person at it; closed in the end, whatever it is doing."""
    app = QApplication.instance()
    use_shipped_font(app)
    apply_theme(app, "light", 10)
    window = MainWindow(Settings(tmp_path / "settings.json"))
    window.resize(1400, 900)
    window.show()
    window.activateWindow()
    qtbot.waitExposed(window)
    yield WindowDriver(window, qtbot)
    if FakeEngine.gate is not None:
        FakeEngine.gate.set()
    window.close()
    window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[str], MainWindow]]:
    """Opens further windows, each of another person with settings of their own."""
    windows: list[MainWindow] = []

    def show(person: str) -> MainWindow:
        settings = Settings(tmp_path / f"{person}.json")
        settings["person"] = person
        windows.append(MainWindow(settings))
        windows[-1].show()
        return windows[-1]

    yield show
    for window in windows:
        window.close()
        window.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def bench(qapp: QApplication) -> Iterator[Bench]:
    """A karyogram board on a drawn cell, without a window around it."""
    made = Bench()
    yield made
    made.board.close()
    made.board.deleteLater()
    QApplication.processEvents()


@pytest.fixture
def places() -> Callable[..., list[Box]]:
    """Where chromosomes are drawn: ``places(seed=cell number)``."""
    return drawn_boxes
