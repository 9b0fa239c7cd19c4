"""The sample case with the engine that is shipped, from the welcome view to a kill and back, by mouse and keys only."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from karyoview.case.case import Case
from karyoview.case.verify import verify_case

HANDS = """
import json, os, signal, sys, time
from pathlib import Path
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from karyoview.gui.app import use_shipped_font
from karyoview.gui.theme import apply_theme
from karyoview.gui.window import MainWindow
from karyoview.services.settings import Settings
folder = Path(sys.argv[1])
app = QApplication([]); use_shipped_font(app); apply_theme(app, "light", 10)
window = MainWindow(Settings(folder / "settings.json"))
window.resize(1400, 900); window.show(); window.activateWindow()
view, left, plain = window.view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
control = Qt.KeyboardModifier.ControlModifier
def until(condition, seconds=240):
    end = time.monotonic() + seconds
    while not condition():
        app.processEvents(); time.sleep(0.002)
        assert time.monotonic() < end, "the window did not get there"
def key(k, modifier=plain):
    QTest.keyClick(QApplication.focusWidget() or view, k, modifier); app.processEvents()
def at(x, y): return view.to_screen(x, y)
def click(x, y): QTest.mouseClick(view.viewport(), left, plain, at(x, y)); app.processEvents()
def drag(*points):
    port = view.viewport(); places = [at(*p) for p in points]
    QTest.mousePress(port, left, plain, places[0])
    for a, b in zip(places, places[1:]):
        for t in (0.3, 0.7, 1.0): QTest.mouseMove(port, a + (b - a) * t)
    QTest.mouseRelease(port, left, plain, places[-1]); app.processEvents()
status_text = lambda: window.statusBar().currentMessage()
cell = lambda: window.controller.session.annotation()
names = lambda: sorted("?" if c.label is None else str(c.label) for c in cell().chromosomes)
seen = {}
"""
DRIVEN = (
    HANDS
    + """if sys.argv[2] == "work":
    QTest.mouseClick(window.welcome.sample_buttons[0], left)
    until(lambda: window.controller.session is not None and view.size_yx[0] > 0)
    key(Qt.Key.Key_I)
    until(lambda: window.runner.last_run.done == 1)
    until(lambda: cell().total() > 0)
    seen["case"], seen["image"], seen["found"] = str(window.controller.case.folder), cell().image, cell().total()
    seen["engine"] = cell().chromosomes[0].box_by.name
    start = names()
    # a rotated box in one gesture, on empty ground
    h, w = view.size_yx
    empty = next((x, y) for y in range(60, h - 60, 20) for x in range(40, w - 40, 20)
                 if not view.layer.hits(x, y, 50.0))
    key(Qt.Key.Key_O)
    drag((empty[0], empty[1] - 30), (empty[0] + 8, empty[1] + 30))
    click(empty[0] + 16, empty[1])
    key(Qt.Key.Key_Escape)
    seen["added"] = cell().total()
    added = cell().chromosomes[-1]
    seen["rotated"] = added.box.is_rotated
    for k in "17": key(k)
    until(lambda: cell().chromosome(added.id).label == 16)
    # relabel another by digits
    other = next(c for c in cell().chromosomes if c.id != added.id and len(view.layer.hits(*c.box.centre, 0.0)) == 1)
    click(*other.box.centre)
    wanted = "5" if other.label != 4 else "6"
    key(wanted)
    until(lambda: cell().chromosome(other.id).label == int(wanted) - 1)
    seen["relabelled"] = [other.id, int(wanted) - 1]
    key(Qt.Key.Key_Escape)
    # delete the added one
    click(*added.box.centre); key(Qt.Key.Key_Delete)
    seen["deleted"] = cell().total()
    end = names()
    for _ in range(60):
        key(Qt.Key.Key_Z, control)
        if "nothing to undo" in status_text(): break
    seen["undone to the engine's result"] = names() == start or cell().total() == 0
    for _ in range(60):
        key(Qt.Key.Key_Y, control)
        if "nothing to redo" in status_text(): break
    seen["redone"] = names() == end
    until(lambda: window.header.saved.text().startswith("✔"))
    print(json.dumps(seen), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
else:
    QTest.mouseClick(window.welcome.sample_buttons[0], left)
    until(lambda: window.controller.session is not None and view.size_yx[0] > 0)
    seen["total"], seen["names"] = cell().total(), names()
    seen["shown"] = len(view.layer.boxes)
    print(json.dumps(seen), flush=True)
    window.close()
"""
)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_sample_case_with_the_shipped_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    command = [sys.executable, "-c", DRIVEN, str(tmp_path)]
    ended = subprocess.run([*command, "work"], capture_output=True, text=True, timeout=600)
    assert ended.returncode == -signal.SIGKILL, ended.stderr[-3000:]
    seen = json.loads(ended.stdout.strip().splitlines()[-1])
    assert seen["engine"] == "karyoview"
    assert 20 <= seen["found"] <= 80
    assert seen["added"] == seen["found"] + 1
    assert seen["rotated"]
    assert seen["deleted"] == seen["found"]
    assert seen["undone to the engine's result"]
    assert seen["redone"]
    with Case.open(Path(seen["case"]), user="next") as case:
        assert not case.read_only
        stored = case.annotation(seen["image"])
        assert stored.total() == seen["deleted"]
        identifier, label = seen["relabelled"]
        assert stored.chromosome(identifier).label == label
    assert verify_case(Path(seen["case"])).ok
    again = subprocess.run([*command, "look"], capture_output=True, text=True, timeout=300)
    assert again.returncode == 0, again.stderr[-3000:]
    shown = json.loads(again.stdout.strip().splitlines()[-1])
    assert shown["total"] == shown["shown"] == seen["deleted"]


TWO_ENGINES = (
    HANDS
    + """
panel = window.compare
QTest.mouseClick(window.welcome.sample_buttons[0], left)
until(lambda: window.controller.session is not None and view.size_yx[0] > 0)
key(Qt.Key.Key_I)
until(lambda: window.runner.last_run.done == 1 and not window.runner.running)
seen["found"], revision = cell().total(), cell().revision
key(Qt.Key.Key_K, control)
until(lambda: panel.run.isVisible())
seen["button"] = panel.run.text()
QTest.mouseClick(panel.run, left)
until(lambda: not window.runner.running and panel.hint.isVisible())
seen["result"] = panel.result.text()
seen["titles"] = [panel.first.currentText(), panel.second.currentText()]
seen["rows"] = [panel.list.item(i).text() for i in range(panel.list.count())]
seen["overlays"] = len(view.layer.overlays)
seen["untouched"] = cell().total() == seen["found"] and cell().revision == revision
seen["doubts"] = [d.reason for d in window.doubts.of(cell().image)]
# the list by the keyboard: each row shows its place, and the overlay there is the chosen one
panel.list.setFocus()
for row in range(panel.list.count()):
    key(Qt.Key.Key_Down)
walked = [g.chosen for g in view.layer.overlays]
seen["walked"] = not walked or (walked.count(True) == 1 and walked[-1])
# what only the second saw, and nothing lies over, is taken by a click
alone = next((g for k, g in enumerate(view.layer.overlays) if seen["rows"][k].startswith("only " + seen["titles"][1])
              and not view.layer.hits(*g.box.centre, 3.0)), None)
seen["taken"] = None
if alone is not None:
    click(*alone.box.centre)
    seen["taken"] = cell().total() - seen["found"]
key(Qt.Key.Key_K, control)
seen["left"] = len(view.layer.overlays)
print(json.dumps(seen), flush=True)
window.close()
"""
)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_shipped_engines_on_one_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    ended = subprocess.run(
        [sys.executable, "-c", TWO_ENGINES, str(tmp_path)], capture_output=True, text=True, timeout=800
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    seen = json.loads(ended.stdout.strip().splitlines()[-1])
    assert seen["titles"] == ["KaryoView", "DeepACEv2"]
    assert seen["button"] == "Ask DeepACEv2 about this cell"
    agree, differ, first, second = map(int, re.findall(r"(\d+) (?:agree|differ|only)", seen["result"]))
    assert agree + differ + first == seen["found"]
    assert agree > 20
    assert len(seen["rows"]) == seen["overlays"] == differ + first + second
    assert "DeepACEv2 names no classes." in seen["result"]
    assert seen["untouched"], "comparing changes nothing"
    assert sum(r == "not seen by deepace-v2" for r in seen["doubts"]) >= min(first, 1)
    assert seen["walked"]
    assert seen["taken"] in (None, 1)
    assert seen["left"] == 0
