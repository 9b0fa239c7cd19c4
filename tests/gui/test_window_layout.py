"""Panels keep their sizes through hiding, showing and a new start, and no window is larger than its screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QApplication, QDockWidget

from karyoview.gui.window import MainWindow
from karyoview.services.settings import Settings


def sizes(window: MainWindow) -> dict[str, tuple[int, int]]:
    """Width and height of each panel that is seen."""
    docks = window.window_layout.docks
    return {n: (d.width(), d.height()) for n, d in docks.items() if not d.visibleRegion().isEmpty()}


def test_k_twice_leaves_every_panel_as_it_was(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    before = sizes(driver.window)
    for _ in range(3):
        driver.key(Qt.Key.Key_K)
        driver.until(lambda: driver.window.karyogram.visible)
        driver.qtbot.wait(30)
        driver.key(Qt.Key.Key_K)
        driver.until(lambda: not driver.window.karyogram.visible)
        driver.qtbot.wait(30)
    after = sizes(driver.window)
    assert after.keys() == before.keys()
    for name in before:
        assert abs(after[name][0] - before[name][0]) <= 12, name  # the inspector gave way to the board by so much
    assert abs(driver.view.width() - (driver.window.width() - after["cells"][0] - after["inspector"][0])) < 20


def test_a_dragged_width_survives_hiding_by_the_cross_and_the_board(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    window, docks = driver.window, driver.window.window_layout.docks
    window.resizeDocks([docks["inspector"]], [410], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    wide = docks["inspector"].width()
    assert wide > 380
    docks["cells"].close()
    driver.qtbot.wait(30)
    assert docks["inspector"].width() == wide
    docks["cells"].toggleViewAction().trigger()
    driver.qtbot.wait(30)
    assert (docks["inspector"].width(), docks["cells"].width()) == (wide, 250)


@pytest.mark.parametrize("at_once", [True, False])
def test_sizes_survive_a_new_start(driver, case_folder: Path, tmp_path: Path, qtbot, at_once: bool) -> None:
    driver.window.resize(1800, 1000)
    driver.open(case_folder)
    docks = driver.window.window_layout.docks
    driver.window.resizeDocks([docks["cells"], docks["inspector"]], [300, 380], Qt.Orientation.Horizontal)
    driver.key(Qt.Key.Key_K)
    driver.until(lambda: driver.window.karyogram.visible)
    driver.qtbot.wait(30)
    before = sizes(driver.window)
    driver.window.close()
    again = MainWindow(Settings(tmp_path / "settings.json"), at_once=at_once)
    try:
        again.show()
        if not at_once:  # as the program starts: the frame first
            QApplication.processEvents()
            again.build()
        again.open_case(case_folder)
        qtbot.waitUntil(lambda: again.view.size_yx[0] > 0, timeout=60_000)
        again.handlers.karyotype.karyogram(True)
        qtbot.wait(50)
        after = sizes(again)
        assert after.keys() == before.keys()
        for name, (width, _) in before.items():
            assert abs(after[name][0] - width) <= 12, name
    finally:
        again.close()
        again.deleteLater()


def test_reset_panels(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    window, docks = driver.window, driver.window.window_layout.docks
    before = sizes(window)
    docks["engine"].setFloating(True)
    docks["cells"].close()
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, docks["inspector"])
    driver.qtbot.wait(30)
    window.menus.actions["reset_panels"].trigger()
    driver.qtbot.wait(50)
    after = sizes(window)
    assert after.keys() == before.keys()
    for name, (width, height) in before.items():
        assert abs(after[name][0] - width) <= 4, name
        assert abs(after[name][1] - height) <= 40, name
    assert isinstance(docks["cells"], QDockWidget)


def test_a_geometry_of_a_larger_screen_is_brought_onto_this_one(driver, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    first = MainWindow(Settings(path))
    first.setGeometry(QRect(3000, 2000, 3200, 2100))
    first.window_layout.remember()
    first.close()
    again = MainWindow(Settings(path))
    again.show()
    room = again.screen().availableGeometry()
    try:
        assert again.minimumSizeHint().width() > room.width() or room.contains(again.frameGeometry())
    finally:
        again.close()
        again.deleteLater()


WINDOWS = """
import sys, time
from pathlib import Path
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(["karyoview"])
from karyoview.gui.app import use_shipped_font
from karyoview.gui.theme import apply_theme
from karyoview.gui.window import MainWindow
from karyoview.services.settings import Settings
use_shipped_font(app)
apply_theme(app, "light", 10)
folder, bad = Path(sys.argv[1]), []
window = MainWindow(Settings(Path(sys.argv[2])))
window.show()
def wait(met, seconds=60.0):
    end = time.monotonic() + seconds
    while not met():
        app.processEvents()
        time.sleep(0.005)
        assert time.monotonic() < end
def look(shown, name):
    for _ in range(20):
        app.processEvents()
    free = shown.screen().availableGeometry()
    if not free.contains(shown.frameGeometry()):
        bad.append(f"{name}: {shown.frameGeometry().getRect()} on {free.getRect()}")
look(window, "welcome")
window.open_case(folder)
wait(lambda: window.controller.session is not None and window.view.size_yx[0] > 0)
look(window, "work")
names = ("case_settings", "cell_details", "summary", "settings", "keys", "about", "help", "export", "set_aside",
         "tally", "report", "training", "teaching", "users", "strips")
for name in names:
    before = {w for w in app.topLevelWidgets() if w.isVisible()}
    window.menus.actions[name].trigger()
    app.processEvents()
    opened = [w for w in app.topLevelWidgets() if w.isVisible() and w not in before]
    if not opened:
        bad.append(f"{name}: nothing opened")
    for shown in opened:
        look(shown, name)
        shown.close()
        app.processEvents()
window.close()
print("\\n".join(bad))
"""


@pytest.mark.parametrize("size", [(1366, 768), (1280, 720), (2560, 1440)])
def test_no_window_lies_outside_its_screen(size: tuple[int, int], tmp_path: Path, case_folder: Path) -> None:
    screen = {"name": "screen", "x": 0, "y": 0, "width": size[0], "height": size[1], "logicalDpi": 96,
              "logicalBaseDpi": 96, "dpr": 1}  # fmt: skip
    config = tmp_path / "screen.json"
    config.write_text(json.dumps({"synchronousWindowSystemEvents": False, "screens": [screen]}))
    environment = {**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={config}",
                   "KARYOVIEW_WORKSPACE": str(tmp_path / "own")}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS, str(case_folder), str(tmp_path / "s.json")],
        capture_output=True, text=True, env=environment, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert not done.stdout.strip(), done.stdout


def test_a_window_closed_while_it_starts_closes(qtbot, tmp_path: Path) -> None:
    window = MainWindow(Settings(tmp_path / "settings.json"), at_once=False)
    qtbot.addWidget(window)
    window.show()
    assert window.close()
    assert not window.isVisible()
