"""Every window and dialog with something in it, on small and large screens, light and dark: nothing cut or pale."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget
from test_help_of_dialogs import EXEMPT, classes, is_dialog
from window_faults import cut_text, faults_of, off_screen, pale_text, unreached

from karyoview.gui.app import use_shipped_font
from karyoview.gui.colours import ink_like
from karyoview.gui.screen_fit import keep_on_screen
from karyoview.gui.theme import apply_theme

SCRIPT = Path(__file__).with_name("every_window.py")
_LONG = pytest.mark.long
SCREENS = [
    pytest.param(1366, 768, 1, "light", marks=_LONG),
    pytest.param(2560, 1440, 2, "dark", marks=_LONG),
    pytest.param(1366, 768, 1, "dark", marks=_LONG),
    pytest.param(2560, 1440, 1, "light", marks=_LONG),
    pytest.param(2560, 1440, 1, "dark", marks=_LONG),
    pytest.param(2560, 1440, 2, "light", marks=_LONG),
    pytest.param(1366, 768, 1.25, "light", marks=_LONG),
    pytest.param(1366, 768, 2, "light", marks=_LONG),
    pytest.param(1366, 768, 2, "dark", marks=_LONG),
]


@pytest.mark.parametrize(("width", "height", "scale", "theme"), SCREENS)
def test_nothing_is_wrong_with_any_window(width: int, height: int, scale: float, theme: str, tmp_path: Path) -> None:
    target = Path(os.environ.get("KARYOVIEW_PICTURES", tmp_path)) / f"{width}x{height}x{scale} {theme}"
    target.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(target), str(width), str(height), str(scale), theme],
        capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    *faults, looked_at = done.stdout.strip().splitlines()
    assert faults == []
    known = classes()
    dialogs = {n for n, node in known.items() if is_dialog(node, known) and not n.startswith("_") and n not in EXEMPT}
    assert {*dialogs, "MainWindow", "TrainingPage", "TeachingPage", "HelpWindow"} - set(looked_at.split()) == set()


@pytest.fixture
def shown(qtbot) -> QWidget:  # type: ignore[no-untyped-def]
    app = QApplication.instance()
    use_shipped_font(app)
    apply_theme(app, "light", 10)
    window = QWidget()
    QVBoxLayout(window)
    qtbot.addWidget(window)
    return window


def show(window: QWidget, *parts: QWidget) -> None:
    for part in parts:
        window.layout().addWidget(part)
    window.show()
    window.activateWindow()
    QApplication.processEvents()


def test_a_window_without_fault_has_none(shown: QWidget) -> None:
    show(shown, QLabel("Patient code"), QPushButton("Open"))
    assert faults_of(shown) == []


def test_each_kind_of_fault_is_found(shown: QWidget) -> None:
    pale, cut, lone = QLabel("pale words"), QLabel("words that have no room at all"), QPushButton("never reached")
    pale.setStyleSheet("color: #b0b0b0; background: white;")
    cut.setMaximumWidth(60)
    lone.setFocusPolicy(lone.focusPolicy().NoFocus)
    row = QWidget()
    QHBoxLayout(row).addWidget(lone)
    show(shown, pale, cut, row, QPushButton("Open"))
    shown.setGeometry(QRect(1800, 100, 400, 300))
    assert ["pale words" in fault for fault in pale_text(shown)] == [True]
    assert ["needs a width" in fault for fault in cut_text(shown)] == [True]
    assert ["never reached" in fault for fault in unreached(shown)] == [True]
    assert ["lies at" in fault for fault in off_screen(shown)] == [True]


@pytest.mark.parametrize("ground", ["#FFFFFF", "#17191C", "#F7F8FA"])
@pytest.mark.parametrize("colour", ["#0072B2", "#D55E00", "#009E73", "#E69F00"])
def test_ink_of_a_colour_can_be_read_on_light_and_dark(colour: str, ground: str) -> None:
    ink = ink_like(QColor(colour), QColor(ground))

    def light(c: QColor) -> float:
        parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (c.redF(), c.greenF(), c.blueF())]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), parts, strict=True))

    low, high = sorted((light(ink), light(QColor(ground))))
    assert (high + 0.05) / (low + 0.05) >= 4.5
    assert abs(ink.hueF() - QColor(colour).hueF()) < 0.02, "the hue says what the colour means"


def test_a_window_too_large_for_its_screen_scrolls_and_keeps_its_texts(qtbot) -> None:  # type: ignore[no-untyped-def]
    window = QWidget()
    column = QVBoxLayout(window)
    fields = [QPushButton(f"Button {k}") for k in range(80)]
    for field in fields:
        column.addWidget(field)
    qtbot.addWidget(window)
    keep_on_screen(window)
    window.show()
    QApplication.processEvents()
    assert list(off_screen(window)) == []
    assert list(cut_text(window)) == []
    fields[-1].setFocus()
    window.findChild(QScrollArea).ensureWidgetVisible(fields[-1])
    QApplication.processEvents()
    assert not fields[-1].visibleRegion().isEmpty()
