"""The frozen program does all of its work on a machine that has nothing: run by ``make test-all``.

The build of the present sources is used, and made where there is none. ``KARYOVIEW_FROZEN`` names another folder with
a build to test as it is.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import karyoview
from karyoview.cli import command_names

REPOSITORY = Path(__file__).resolve().parents[2]
HOUR = 3600
pytestmark = [pytest.mark.long, pytest.mark.timeout(3 * HOUR)]
Tool = Callable[[str], ModuleType]


@pytest.fixture(scope="module")
def folder() -> Path:
    """The build's folder."""
    if named := os.environ.get("KARYOVIEW_FROZEN"):
        return Path(named)
    if sys.platform == "linux" and shutil.which("objdump") is None:
        pytest.skip("PyInstaller needs objdump (package binutils)")
    command = [sys.executable, str(REPOSITORY / "packaging" / "frozen.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return REPOSITORY / "build" / "frozen" / "karyoview"


@pytest.fixture
def anna(strangers: Callable[[str], Any], folder: Path) -> Any:
    user = strangers("Łucja Müller 王")
    if user.run([str(folder / "karyoview"), "--version"]).returncode == 126:
        pytest.skip("another user of this machine cannot read the build")
    return user


def test_it_does_all_of_its_work_for_a_new_user(anna: Any, folder: Path, tree_of: Callable[..., Any]) -> None:
    before = tree_of(folder)
    kept = anna.home / "Prüfung"
    command = [str(folder / "karyoview"), "selftest", str(kept), "--patience", str(HOUR)]
    done = anna.run(command, timeout=2 * HOUR, read_only=folder)
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    record = json.loads((kept / "selftest-1" / "selftest.json").read_text(encoding="utf-8"))
    assert record["ok"]
    titles = " ".join(step["title"] for step in record["steps"])
    for word in ("opens", "finds", "saved", "reviewed", "report", "trained", "closes", "whole"):
        assert word in titles
    assert tree_of(folder) == before, "the program wrote into its own folder"
    own = {p.name for p in anna.home.iterdir()}
    assert own <= {"Prüfung", ".cache", ".config", ".local", ".nv"}, own


def test_an_old_case_is_shared_by_two_people_and_brought_up_to_date_by_one(
    anna: Any, strangers: Callable[[str], Any], schema_1: Callable[[Path], dict[str, bytes]], folder: Path
) -> None:
    bert = strangers("Bert")
    if anna.user is None or bert.user is None:
        pytest.skip("programs cannot be started as two other users here")
    program, shared = str(folder / "karyoview"), anna.home.parent / "shared"
    old = schema_1(shared)
    for user in (anna, bert):
        done = user.run([program, "report", str(shared), "--output", str(user.home / "Befund.pdf")])
        assert done.returncode == 0, done.stderr
        assert (user.home / "Befund.pdf").read_bytes().startswith(b"%PDF")
        (store,) = (user.home / ".local/share/KaryoView/cases").glob("*/case.json")
        assert store.stat().st_uid == user.user
    assert {name: (shared / "karyoview" / name).read_bytes() for name in old} == old
    own = anna.home / "alt"
    schema_1(own)
    anna.owns(own)
    assert anna.run([program, "report", str(own), "--output", str(anna.home / "alt.json")]).returncode == 0
    assert json.loads((own / "karyoview" / "case.json").read_text())["schema"] == 2
    assert (own / "karyoview" / "before-schema-2" / "case.json").read_bytes() == old["case.json"]
    read = bert.run([program, "verify", str(anna.home / "alt")])
    anna.home.chmod(0o700)
    closed = bert.run([program, "verify", str(anna.home / "alt")])
    anna.home.chmod(0o755)
    assert read.returncode == 0, read.stderr
    assert closed.returncode != 0
    assert "Traceback" not in closed.stderr


def test_every_command_is_there(anna: Any, folder: Path) -> None:
    program = str(folder / "karyoview")
    assert anna.run([program, "--version"]).stdout.strip() == f"karyoview {karyoview.__version__}"
    help_ = anna.run([program, "--help"]).stdout
    for name in command_names():
        assert re.search(rf"^\W*{name}\s", help_, re.MULTILINE), name
    assert anna.run([program, "train", "--list"]).stdout.count("\n") > 5
    engines = anna.run([program, "engines"])
    assert engines.returncode == 0, engines.stderr
    shipped = {p.name.removesuffix(".card.json") for p in (REPOSITORY / "resources/weights").glob("*.card.json")}
    assert all(name in engines.stdout for name in shipped)


def test_doctor_finds_everything(anna: Any, folder: Path) -> None:
    done = anna.run([str(folder / "karyoview"), "doctor"])
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Everything is in order." in done.stdout
    assert "offscreen" in done.stdout
    for line in done.stdout.splitlines():
        assert str(REPOSITORY / "karyoview") not in line
        assert str(REPOSITORY / ".venv") not in line


def test_it_may_be_shipped(tool: Tool, folder: Path) -> None:
    assert tool("licences").gpl_files(folder) == []
    text = (folder / "licences" / "licences.txt").read_text(encoding="utf-8")
    for part in ("GNU LESSER GENERAL PUBLIC LICENSE", "https://download.qt.io/", "Shared libraries of others", "PSF"):
        assert part in text
    inside = folder / "_internal" / "karyoview" / "resources" / "licences"
    assert (inside / "licences.txt").read_text(encoding="utf-8") == text
    names = {p["name"].lower() for p in json.loads((folder / "licences" / "bom.json").read_text())["components"]}
    assert "torch" in names
    for stem in ("readline", "gdbm", "x264", "x265"):
        assert not list(folder.rglob(f"lib{stem}*")), stem


def test_its_ffmpeg_was_built_without_gpl_parts(folder: Path) -> None:
    found = [p for p in folder.rglob("libavutil*.so*") if not p.is_symlink()]
    if not found:
        pytest.skip("no FFmpeg in this build")
    library = ctypes.CDLL(str(found[0]))
    library.avutil_license.restype = ctypes.c_char_p
    assert library.avutil_license().startswith(b"LGPL")


def test_qt_can_be_replaced_and_nothing_names_the_machine_it_was_built_on(folder: Path) -> None:
    libraries = {p.name for p in (folder / "_internal" / "PySide6" / "Qt" / "lib").iterdir() if p.is_file()}
    assert {"libQt6Core.so.6", "libQt6Gui.so.6", "libQt6Widgets.so.6"} <= libraries
    for name in ("build.json", "licences/licences.txt", "licences/bom.json"):
        assert str(REPOSITORY) not in (folder / name).read_text(encoding="utf-8"), name


# The package for Debian, in an empty root


@contextmanager
def mounted(root: Path) -> Iterator[None]:
    places = [("proc", "proc"), ("sysfs", "sys"), ("tmpfs", "dev/shm")]
    done = []
    try:
        for kind, place in places:
            (root / place).mkdir(parents=True, exist_ok=True)
            subprocess.run(["mount", "-t", kind, kind, str(root / place)], check=True)
            done.append(place)
        yield
    finally:
        for place in reversed(done):
            subprocess.run(["umount", "-l", str(root / place)], check=False)


@pytest.fixture(scope="module")
def empty_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Debian with nothing but its base: no Python, no Qt."""
    if os.geteuid() != 0 or shutil.which("debootstrap") is None or shutil.which("dpkg-deb") is None:
        pytest.skip("needs the superuser, debootstrap and dpkg-deb")
    root = tmp_path_factory.mktemp("debian") / "root"
    command = ["debootstrap", "--variant=minbase", "bookworm", str(root), "http://deb.debian.org/debian"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no empty Debian can be made here: {done.stdout.strip().splitlines()[-1:]}")
    with mounted(root):
        yield root
    still = [place for place in ("proc", "sys", "dev/shm") if os.path.ismount(root / place)]
    assert not still, f"{still} of {root} are still mounted: unmount them, then delete the folder"
    shutil.rmtree(root)


def inside(root: Path, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    environment = [
        "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        "DEBIAN_FRONTEND=noninteractive",
        "HOME=/root",
        "LC_ALL=C.UTF-8",
    ]
    done = subprocess.run(
        ["chroot", str(root), "/usr/bin/env", "-i", *environment, *command], capture_output=True, text=True, check=False
    )
    assert not check or done.returncode == 0, f"{command}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done


def test_the_package_works_in_an_empty_debian_and_leaves_nothing(
    folder: Path, empty_root: Path, tree_of: Callable[..., Any]
) -> None:
    command = [sys.executable, str(REPOSITORY / "packaging" / "debian.py")]
    if "KARYOVIEW_FROZEN" not in os.environ:
        subprocess.run(command, check=True, capture_output=True)
    package = max((REPOSITORY / "build").glob("karyoview_*.deb"), key=lambda p: p.stat().st_mtime)
    depends = subprocess.run(
        ["dpkg-deb", "--field", str(package), "Depends"], capture_output=True, text=True, check=True
    ).stdout
    names = [re.split(r"[ (]", each.strip())[0] for each in depends.split(",")]
    inside(empty_root, "apt-get", "update", "-q")
    inside(empty_root, "apt-get", "install", "-q", "-y", "--no-install-recommends", *names, "shared-mime-info")
    assert inside(empty_root, "sh", "-c", "command -v python3", check=False).returncode != 0
    state = ("var/", "proc/", "sys/", "dev/", "tmp/", "root/", "home/")
    before = set(tree_of(empty_root, state))
    shutil.copyfile(package, empty_root / "tmp" / "karyoview.deb")
    inside(empty_root, "dpkg", "--install", "/tmp/karyoview.deb")
    (empty_root / "tmp" / "karyoview.deb").unlink()
    assert "application/x-karyoview-case" in (empty_root / "usr/share/mime/globs2").read_text()
    home = "/home/Łucja"
    inside(empty_root, "useradd", "--create-home", "--home-dir", home, "cytologist")
    become = ["unshare", "--net", "--", "chroot", "--userspec=cytologist", str(empty_root)]
    program = ["/usr/bin/karyoview", "selftest", f"{home}/test", "--patience", str(HOUR)]
    done = subprocess.run(
        [*become, "/usr/bin/env", "-i", f"HOME={home}", *program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert "This installation does its work." in done.stdout
    inside(empty_root, "dpkg", "--purge", "karyoview")
    inside(empty_root, "userdel", "--remove", "cytologist", check=False)
    changed = set(tree_of(empty_root, state)) - before
    assert not {p for p in changed if not p.startswith(("etc/", "usr/share/mime/"))}, "purging left files"
    assert not [p for p in changed if "karyoview" in p]
    assert "karyoview" not in (empty_root / "usr/share/mime/globs2").read_text()
