"""Kill -9 loses at most the edit in flight; the same window works on a real X display."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from karyoview.case.case import Case
from karyoview.case.verify import verify_case
from karyoview.core.annotation import CountMark

KILLED = """
import os, signal, sys, time
from pathlib import Path
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from karyoview.gui.window import MainWindow
from karyoview.services.settings import Settings
app = QApplication([])
window = MainWindow(Settings(Path(sys.argv[2])))
window.resize(1200, 800); window.show(); window.open_case(Path(sys.argv[1]))
def until(condition):
    end = time.monotonic() + 30
    while not condition():
        app.processEvents()
        assert time.monotonic() < end
until(lambda: window.controller.session is not None and window.view.size_yx[0] > 0)
QTest.keyClick(window.view, Qt.Key.Key_C)
def click(k):
    at = window.view.to_screen(40 + 50 * k, 60)
    QTest.mouseClick(window.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
for k in range(8):
    click(k)
until(lambda: window.header.saved.text().startswith("✔"))
click(8)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_kill_9_loses_at_most_the_edit_in_flight(case_folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(case_folder), str(tmp_path / "settings.json")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    with Case.open(case_folder, user="next") as case:
        assert not case.read_only
        marks = case.annotation("c00.png").count_marks
        assert len(marks) in (8, 9)
        assert all(isinstance(m, CountMark) for m in marks)
    assert verify_case(case_folder).ok


@pytest.mark.long
@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="Xvfb is not installed (apt-get install xvfb)")
def test_the_same_gestures_work_on_a_real_x_display(tmp_path: Path) -> None:
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    try:
        with os.fdopen(read) as pipe:
            display = pipe.readline().strip()
        env = {**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{display}"}
        tests = Path(__file__).with_name("test_window_review.py")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tests)]
        ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=240)
        assert ended.returncode == 0, ended.stdout[-3000:]
    finally:
        server.terminate()
        server.wait(10)
