"""Two real windows on one case: who has it open is said as long as it is, and the other goes on by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt

from karyoview.gui.window import MainWindow


def test_the_second_window_says_why_and_becomes_writable_by_itself(
    driver, another: Callable[[str], MainWindow], case_folder: Path
) -> None:
    driver.window.settings["person"] = "Ana"
    driver.open(case_folder)
    driver.key("n")
    driver.until(lambda: (case_folder / "karyoview" / "annotations" / "c00.png.json").is_file())
    second = another("Eva")
    second.open_case(case_folder)
    driver.until(lambda: second.view.size_yx[0] > 0)
    assert second.lock_banner.isVisible()
    assert "Ana has this case open" in second.lock_banner.text.text()
    second.controller.session.go_to("c01.png")
    driver.qtbot.wait(100)
    assert second.lock_banner.isVisible()
    driver.window.close()
    driver.until(lambda: second.controller.session is not None and not second.controller.session.read_only_reason)
    assert not second.lock_banner.isVisible()
    assert second.controller.session.current == "c01.png"
    assert len(second.controller.session.annotation("c00.png").chromosomes) == 1
    second.activateWindow()
    second.view.setFocus()
    driver.until(lambda: second.view.size_yx[0] > 0)
    second.handlers.edit.new_box()
    driver.until(lambda: "saved" in second.header.saved.text())
    assert len(driver.on_disk(case_folder, "c01.png")["chromosomes"]) == 1


def test_looking_writes_nothing_and_the_first_act_begins_the_case(driver, case_folder: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    driver.window.open_case(empty)
    driver.until(lambda: driver.session is not None)
    assert list(empty.iterdir()) == []
    before = sorted(p.name for p in case_folder.rglob("*"))
    driver.open(case_folder)
    for _ in range(3):
        driver.key("d")
        driver.qtbot.wait(60)
    driver.key("k")
    driver.qtbot.wait(60)
    driver.key("w", Qt.KeyboardModifier.ControlModifier)
    assert sorted(p.name for p in case_folder.rglob("*")) == before
    driver.open(case_folder)
    name = driver.window.controller.case.settings.id
    driver.key("n")
    driver.saved()
    assert len(driver.on_disk(case_folder, "c00.png")["chromosomes"]) == 1
    assert (case_folder / "karyoview" / "lock.json").is_file()
    assert driver.window.controller.case.settings.id == name
    driver.key("z", Qt.KeyboardModifier.ControlModifier)
    driver.saved()
    assert driver.on_disk(case_folder, "c00.png")["chromosomes"] == []
