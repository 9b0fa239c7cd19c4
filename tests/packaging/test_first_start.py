"""The first start on a strange machine: no network, no rights, nothing to write beside, any name, an old case."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from karyoview.gui.app import case_of
from karyoview.services import about
from karyoview.services.program import own_command

REPOSITORY = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-P", "-m", "karyoview"]
Users = Callable[[str], Any]
OldCase = Callable[[Path], dict[str, bytes]]


def able(user: Any) -> Any:
    """The user, as another one of this machine where such a one could read this checkout and its Python."""
    if user.user is not None and user.run([*PROGRAM, "--version"]).returncode != 0:
        os.chown(user.home, os.getuid(), os.getgid())
        user.user = None
    return user


@pytest.fixture
def anna(strangers: Users) -> Any:
    """A user with a name beyond ASCII."""
    return able(strangers("Łucja Müller 王"))


@pytest.fixture
def read_only() -> Iterator[Callable[[Path], Path]]:
    """Makes a folder one that nobody may write, by a mount where modes do not stop this user."""
    mounted: list[Path] = []

    def make(folder: Path) -> Path:
        if os.geteuid() != 0:
            folder.chmod(0o555)
            return folder
        for arguments in (["--bind", str(folder), str(folder)], ["-o", "remount,ro,bind", str(folder)]):
            if subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode:
                pytest.skip("the superuser may write anywhere and mounting is not allowed here")
            mounted[:] = [folder]
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_new_user_works_without_network_rights_or_a_plain_name(anna: Any, schema_1: OldCase) -> None:
    case = anna.home / "Fall Ü 1"
    schema_1(case)
    anna.owns(case)
    done = anna.run([*PROGRAM, "report", str(case), "--output", str(anna.home / "Befund ß.pdf")])
    assert done.returncode == 0, done.stderr
    assert (anna.home / "Befund ß.pdf").read_bytes().startswith(b"%PDF")
    record = (case / "karyoview" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["user"] for line in record} == {"Łucja Müller 王"}
    if anna.user is not None:
        assert (case / "karyoview" / "case.json").stat().st_uid == anna.user


@pytest.mark.usefixtures("closed_world")
def test_the_window_starts_where_nobody_can_write_beside_the_program(anna: Any) -> None:
    write = [sys.executable, "-c", f"open({str(REPOSITORY / 'trace')!r}, 'w')"]
    refused = anna.run(write, read_only=REPOSITORY)
    assert "Read-only file system" in refused.stderr or "Permission denied" in refused.stderr
    picture = anna.home / "Fenster.png"
    done = anna.run([*PROGRAM, "demo", str(anna.home / "Fall"), "--screenshot", str(picture)], read_only=REPOSITORY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert list((anna.home / "Fall").rglob("case.json"))
    own = {p.name for p in anna.home.iterdir()}
    assert own <= {"Fall", "Fenster.png", ".cache", ".config", ".local"}, own


def test_an_old_case_is_brought_up_to_date_and_kept(anna: Any, schema_1: OldCase) -> None:
    folder = anna.home / "alt"
    old = schema_1(folder)
    anna.owns(folder)
    done = anna.run([*PROGRAM, "report", str(folder), "--output", str(anna.home / "alt.json")])
    assert done.returncode == 0, done.stderr
    store = folder / "karyoview"
    assert json.loads((store / "case.json").read_text())["schema"] == 2
    assert (store / "before-schema-2" / "case.json").read_bytes() == old["case.json"]
    assert (store / "before-schema-2" / "cell0.png.json").read_bytes() == old["annotations/cell0.png.json"]
    assert anna.run([*PROGRAM, "verify", str(folder)]).returncode == 0


def test_two_users_have_their_own_places(
    anna: Any, strangers: Users, schema_1: OldCase, read_only: Callable[[Path], Path]
) -> None:
    bert = able(strangers("Bert"))
    schema_1(anna.home.parent / "shared")
    shared = read_only(anna.home.parent / "shared")
    for user in (anna, bert):
        done = user.run([*PROGRAM, "report", str(shared), "--output", str(user.home / "report.pdf")])
        assert done.returncode == 0, done.stderr
    assert json.loads((shared / "karyoview" / "case.json").read_text())["schema"] == 1, "the original was written"
    for user in (anna, bert):
        (store,) = (user.home / ".local/share/KaryoView/cases").glob("*/case.json")
        assert user.user in (None, store.stat().st_uid)


def test_a_folder_of_another_user_is_refused_in_a_sentence(
    anna: Any, strangers: Users, drawn: Callable[[Path], Path]
) -> None:
    bert = able(strangers("Bert"))
    if anna.user is None or bert.user is None:
        pytest.skip("programs cannot be started as two other users here")
    closed = anna.owns(drawn(anna.home / "own"))
    closed.chmod(0o700)
    refused = bert.run([*PROGRAM, "verify", str(closed)])
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("named", "meant"),
    [("Fall", "Fall"), ("Fall/a.png", "Fall/a.png"), ("Fall/karyoview", "Fall"), ("Fall/karyoview/case.json", "Fall")],
)
def test_a_file_manager_may_name_the_case_by_its_file(tmp_path: Path, named: str, meant: str) -> None:
    (tmp_path / "Fall" / "karyoview").mkdir(parents=True)
    (tmp_path / "Fall" / "karyoview" / "case.json").write_text("{}")
    (tmp_path / "Fall" / "a.png").touch()
    assert case_of(tmp_path / named) == tmp_path / meant


def test_a_folder_that_is_only_called_karyoview_stays_itself(tmp_path: Path) -> None:
    folder = tmp_path / "karyoview"
    folder.mkdir()
    assert case_of(folder) == folder


def test_the_frozen_program_starts_its_console_twin_on_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window, console = tmp_path / "karyoview-window.exe", tmp_path / "karyoview.exe"
    console.touch()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(window))
    assert own_command() == [str(window)]
    monkeypatch.setattr("karyoview.services.program.os.name", "nt")
    monkeypatch.setattr("karyoview.services.program.Path", type(window))
    assert own_command() == [str(console)]


# About


def test_about_lists_what_is_installed_and_where_the_weights_learnt(tmp_path: Path, monkeypatch: Any) -> None:
    rows = {name.lower(): licence for name, _, licence in about.installed()}
    assert {"torch", "pyside6_essentials", "numpy"} <= set(rows)
    assert not {"pytest", "ruff", "mkdocs"} & set(rows)
    assert all(rows.values())
    assert "MIT License" in about.licence_text()
    weights = tmp_path / "weights"
    weights.mkdir()
    card = {
        "format": 1, "engine": "deepacc", "name": "own", "title": "Ours", "classes": ["chromosome"], "rotated": False,
        "operating_threshold": 0.5, "config": {}, "metrics": {}, "weights": {"sha256": "0" * 64},
        "data": {"citations": ["First source.", "Second source."]},
    }  # fmt: skip
    (weights / "own.card.json").write_text(json.dumps(card))
    (weights / "own.safetensors").touch()
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(weights))
    source = next(s for s in about.sources() if s.name == "own")
    assert (source.title, source.citations) == ("Ours", ("First source.", "Second source."))


def test_the_about_box_shows_the_gathered_licences_of_a_build(
    qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from karyoview import _resources
    from karyoview.gui.dialogs.about import AboutDialog

    root = tmp_path / "app" / "karyoview" / "resources"
    shutil.copytree(REPOSITORY / "resources" / "icons", root / "icons")
    (root / "licences").mkdir()
    (root / "licences" / "licences.txt").write_text("KaryoView\n\ntorch 1\n\nQt 6\n")
    (root / "licences" / "bom.json").write_text('{"components": [1, 2, 3]}')
    monkeypatch.setattr(_resources.sys, "_MEIPASS", str(tmp_path / "app"), raising=False)
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.licences.toPlainText() == ""
    dialog.pages.setCurrentIndex(2)
    assert "torch 1" in dialog.licences.toPlainText()
    assert "3 parts" in dialog.parts.text()
    dialog.search.setText("Qt")
    dialog.search.textEdited.emit("Qt")
    assert dialog.licences.textCursor().selectedText() == "Qt"
