"""Two writers, one whose folder could not be written for a while: the window shows both sides, a person joins them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.case.case import Case
from karyoview.case.forks import find_fork
from karyoview.case.verify import verify_case
from karyoview.core.annotation import ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.gui.dialogs.join import JoinDialog

COPY = 1


@pytest.fixture
def seen_elsewhere(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """A folder under a second path, as on a share: ``(folder, writable=False)``; the folder itself can be written."""
    place = tmp_path / "share"
    place.mkdir()
    mounts: list[Path] = []

    def mounted(folder: Path, *, writable: bool) -> Path:
        if os.name != "posix" or os.geteuid() != 0:
            pytest.skip("only the superuser can mount a folder a second time")
        if not mounts:
            done = subprocess.run(["mount", "--bind", str(folder), str(place)], capture_output=True, check=False)
            if done.returncode != 0:
                pytest.skip("mounting is not allowed here")
            mounts.append(place)
        options = f"remount,{'rw' if writable else 'ro'},bind"
        subprocess.run(["mount", "-o", options, str(place)], check=True, capture_output=True)
        return place

    yield mounted
    for _ in mounts:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def add_elsewhere(folder: Path, image: str, user: str) -> None:
    with Case.open(folder, user=user) as case:
        annotation = case.annotation(image)
        box = ReviewedChromosome(f"ana{annotation.revision}", Box(100, 100, 20, 40))
        case.save_annotation(annotation.next_revision(chromosomes=(*annotation.chromosomes, box)), "add box")


def dialog_of(driver) -> JoinDialog:
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), JoinDialog))
    found = QApplication.activeModalWidget()
    assert isinstance(found, JoinDialog)
    return found


def close(driver) -> None:
    driver.window.handlers.file.close_case()
    driver.until(lambda: driver.window.controller.case is None)


def ids(folder: Path, image: str) -> set[str]:
    with Case.open(folder, read_only=True) as case:
        return {c.id for c in case.annotation(image).chromosomes}


def test_both_went_on_and_a_person_joins_them(
    driver, case_folder: Path, seen_elsewhere: Callable[..., Path], tmp_path: Path
) -> None:
    add_elsewhere(case_folder, "c00.png", "ana")
    place = seen_elsewhere(case_folder, writable=False)
    driver.window.settings["person"] = "Eva"
    driver.open(place)
    for image in ("c00.png", "c01.png"):
        driver.session.go_to(image)
        driver.in_sight(image)
        driver.view.setFocus()
        driver.key("n")
        driver.key("n")
    driver.saved()
    eva = {image: {c.id for c in driver.session.annotation(image).chromosomes} for image in ("c00.png", "c01.png")}
    copy = driver.window.controller.case.store
    assert copy.parent.name == "cases", "kept in the workspace"
    close(driver)
    add_elsewhere(case_folder, "c00.png", "ana")
    add_elsewhere(case_folder, "c02.png", "ana")
    seen_elsewhere(case_folder, writable=True)

    # Asked, and put off: nothing changes, and the next opening asks again.
    driver.open(place)
    dialog = dialog_of(driver)
    assert dialog.files == ["annotations/c00.png.json", "annotations/c01.png.json"]
    driver.answer(Qt.Key.Key_Escape)
    assert find_fork(place) is not None
    assert ids(case_folder, "c01.png") == set()
    close(driver)

    driver.open(place)
    dialog = dialog_of(driver)
    assert "ana" in dialog.table.item(0, 1).text()
    assert "Eva" in dialog.table.item(0, 2).text()
    assert "not changed since" in dialog.table.item(1, 1).text()
    assert [c.currentIndex() for c in dialog.choices] == [0, COPY], "what only one side has stands"
    driver.until(lambda: dialog.pictures[1].boxes == len(eva["c00.png"]))
    assert dialog.pictures[0].boxes == len(ids(case_folder, "c00.png"))
    QTest.keyClick(dialog.table, Qt.Key.Key_Down)
    driver.until(lambda: dialog.pictures[1].boxes == len(eva["c01.png"]))
    picture = dialog.grab()
    assert picture.save(str(tmp_path / "join.png"))
    QTest.mouseClick(dialog.join_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: find_fork(place) is None)
    driver.until(lambda: driver.session is not None and bool(driver.session.annotation("c01.png").chromosomes))
    assert {c.id for c in driver.session.annotation("c01.png").chromosomes} == eva["c01.png"]
    close(driver)
    assert ids(case_folder, "c00.png") == {"ana0", "ana1"}
    assert ids(case_folder, "c02.png") == {"ana0"}, "what only the folder had is as it was"
    lines = [p.read_text(encoding="utf-8") for p in (case_folder / "karyoview").glob("joined-*.jsonl")]
    assert len(lines) == 1
    assert all(i in lines[0] for i in eva["c00.png"] - {"ana0"}), "what was not taken is kept, line by line"
    assert verify_case(case_folder).problems == []


def test_where_the_folder_did_not_go_on_nothing_is_asked(
    driver, case_folder: Path, seen_elsewhere: Callable[..., Path]
) -> None:
    add_elsewhere(case_folder, "c00.png", "ana")
    place = seen_elsewhere(case_folder, writable=False)
    driver.open(place)
    driver.session.go_to("c01.png")
    driver.in_sight("c01.png")
    driver.view.setFocus()
    driver.key("n")
    driver.saved()
    eva = {c.id for c in driver.session.annotation("c01.png").chromosomes}
    close(driver)
    seen_elsewhere(case_folder, writable=True)
    driver.open(place)
    driver.until(lambda: {c.id for c in driver.session.annotation("c01.png").chromosomes} == eva)
    assert QApplication.activeModalWidget() is None
    close(driver)
    assert ids(case_folder, "c01.png") == eva
    assert verify_case(case_folder).problems == []
