"""The package for Debian: laid out, described, made, put in and taken out without a trace, with a small build."""

from __future__ import annotations

import configparser
import gzip
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

from karyoview.io.images import IMAGE_SUFFIXES

REPOSITORY = Path(__file__).resolve().parents[2]
LINUX = REPOSITORY / "packaging" / "linux"
Tool = Callable[[str], ModuleType]
Tree = Callable[..., dict[str, tuple[int, int]]]


@pytest.fixture
def small_build(tmp_path: Path) -> Path:
    """What looks like a frozen build: a program that is a script, and some files."""
    folder = tmp_path / "karyoview"
    (folder / "_internal").mkdir(parents=True)
    program = folder / "karyoview"
    program.write_text("#!/bin/sh\necho karyoview 9.9\n")
    program.chmod(0o755)
    (folder / "_internal" / "Größe.txt").write_text("data")
    (folder / "_internal" / "libtorch_cuda.so").touch()
    (folder / "_internal" / "libtorch_cpu.so").touch()
    (folder / "build.json").write_text('{"code": "x"}')
    return folder


def desktop() -> Mapping[str, str]:
    parser = configparser.RawConfigParser(delimiters="=", strict=True)
    parser.optionxform = str  # type: ignore[method-assign,assignment]
    parser.read(LINUX / "karyoview.desktop", encoding="utf-8")
    return dict(parser["Desktop Entry"])


def test_the_desktop_entry_opens_folders_and_every_image_that_is_read() -> None:
    entry = desktop()
    assert (entry["Type"], entry["Exec"], entry["Icon"]) == ("Application", "karyoview %f", "karyoview")
    kinds = set(entry["MimeType"].rstrip(";").split(";"))
    assert {"inode/directory", "application/x-karyoview-case"} <= kinds
    by_suffix = {
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "tif": "image/tiff", "tiff": "image/tiff",
        "bmp": "image/bmp", "webp": "image/webp", "jp2": "image/jp2", "dcm": "application/dicom",
    }  # fmt: skip
    assert {kind for kind in kinds if kind.startswith("image/")} == {
        by_suffix[s.lstrip(".")] for s in IMAGE_SUFFIXES if by_suffix.get(s.lstrip("."), "").startswith("image/")
    }
    assert all(value.endswith(";") for key, value in entry.items() if key in ("Categories", "Keywords", "MimeType"))
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", str(LINUX / "karyoview.desktop")], check=True)


def test_the_kind_of_a_case_is_found_by_its_file_and_its_folder() -> None:
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    root = ElementTree.parse(LINUX / "karyoview.xml").getroot()
    kinds = {kind.attrib["type"]: kind for kind in root.iter(f"{space}mime-type")}
    assert kinds["application/x-karyoview-case"].find(f"{space}glob").attrib["pattern"] == "case.json"
    match = kinds["x-content/x-karyoview-case"].find(f"{space}treemagic/{space}treematch")
    assert match.attrib["path"] == "karyoview/case.json"
    assert set(kinds) & set(desktop()["MimeType"].split(";")) == {"application/x-karyoview-case"}


def test_the_desktop_takes_the_kind_up(tmp_path: Path) -> None:
    if shutil.which("update-mime-database") is None:
        pytest.skip("needs update-mime-database (package shared-mime-info)")
    (tmp_path / "packages").mkdir()
    shutil.copy(LINUX / "karyoview.xml", tmp_path / "packages")
    done = subprocess.run(["update-mime-database", "-V", str(tmp_path)], capture_output=True, text=True, check=True)
    assert "rror" not in done.stderr
    assert "60:application/x-karyoview-case:case.json:cs" in (tmp_path / "globs2").read_text()
    assert (tmp_path / "treemagic").read_bytes().count(b"karyoview/case.json") == 1


def test_everything_has_its_place_and_mode(tool: Tool, small_build: Path, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tool("debian").lay_out(tree, small_build)
    usr = tree / "usr"
    assert (usr / "bin" / "karyoview").resolve() == (usr / "lib" / "karyoview" / "karyoview").resolve()
    assert os.access(usr / "lib" / "karyoview" / "karyoview", os.X_OK)
    assert (usr / "share/icons/hicolor/48x48/apps/karyoview.png").stat().st_mode & 0o777 == 0o644
    assert (usr / "share/icons/hicolor/scalable/apps/karyoview.svg").is_file()
    changes = gzip.decompress((usr / "share/doc/karyoview/changelog.gz").read_bytes()).decode()
    assert changes == (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "License: Expat" in (usr / "share/doc/karyoview/copyright").read_text()
    assert {p.name for p in tree.iterdir()} == {"usr"}, "nothing outside /usr"
    for path in tree.rglob("*"):
        if path.is_dir():
            assert path.stat().st_mode & 0o777 == 0o755


def test_the_description_says_what_dpkg_needs(tool: Tool, small_build: Path, tmp_path: Path) -> None:
    import karyoview

    debian = tool("debian")
    debian.lay_out(tmp_path / "tree", small_build)
    text = debian.control(tmp_path / "tree", ["libc6 (>= 2.36)", "libegl1"])
    fields = dict(re.findall(r"^([\w-]+): (.*)$", text, re.MULTILINE))
    assert (fields["Package"], fields["Version"]) == ("karyoview", karyoview.__version__)
    assert fields["Depends"] == "libc6 (>= 2.36), libegl1"
    assert len(fields["Description"]) < 60
    assert text.endswith("\n")
    assert all(line.startswith(" ") for line in text.split("Description:")[1].splitlines()[1:])
    (tmp_path / "tree/usr/lib/karyoview/_internal/libtorch_cuda.so").unlink()
    small = debian.control(tmp_path / "tree", ["libc6"])
    assert f"Version: {karyoview.__version__}+cpu\n" in small
    sums = debian.write_sums(tmp_path / "tree")
    assert "usr/lib/karyoview/_internal/Größe.txt" in sums


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs Debian's dpkg")
@pytest.mark.skipif(shutil.which("objdump") is None, reason="needs objdump (package binutils), as a build does")
def test_what_the_build_does_not_hold_is_asked_of_the_system(tool: Tool, tmp_path: Path) -> None:
    debian = tool("debian")
    (tmp_path / "lib").mkdir()
    shutil.copy(shutil.which("dpkg-deb") or "", tmp_path / "lib" / "program")
    named = debian.outside(tmp_path)
    assert "libc.so.6" in named
    held = sorted(named - {"libc.so.6"})[0]
    (tmp_path / "lib" / held).touch()
    assert held not in debian.outside(tmp_path)
    assert any(re.fullmatch(r"libc6 \(>= 2\.\d+\)", each) for each in debian.packages_of({"libc.so.6"}))
    with pytest.raises(tool("frozen").BuildError, match="libnowhere"):
        debian.packages_of({"libnowhere.so.1"})


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs Debian's dpkg-deb")
def test_it_goes_in_runs_and_leaves_nothing(
    tool: Tool, small_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tree_of: Tree
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only the superuser installs packages, also into another root")
    debian = tool("debian")
    monkeypatch.setattr(debian, "ROOT", tmp_path)
    monkeypatch.setattr(debian, "packages_of", lambda libraries: ["libc6"])
    monkeypatch.setattr(debian, "_copyright", lambda: "")
    for name in ("CHANGELOG.md", "build"):
        (tmp_path / name).write_text("") if "." in name else (tmp_path / name).mkdir()
    package = debian.build(small_build, tmp_path / "tree")
    root = tmp_path / "root"
    for part in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers", "usr/bin"):
        (root / part).mkdir(parents=True)
    for part in ("status", "available"):
        (root / "var/lib/dpkg" / part).touch()
    before = set(tree_of(root, ("var",)))
    dpkg = ["dpkg", f"--root={root}", "--force-depends", "--force-not-root", "--log=/dev/null"]
    subprocess.run([*dpkg, "--install", str(package)], check=True, capture_output=True)
    assert (root / "usr/lib/karyoview/_internal/Größe.txt").read_text() == "data"
    version = subprocess.run([str(root / "usr/bin/karyoview")], capture_output=True, text=True, check=True)
    assert version.stdout == "karyoview 9.9\n"
    subprocess.run([*dpkg, "--purge", "karyoview"], check=True, capture_output=True)
    assert set(tree_of(root, ("var",))) <= before
    assert not list((root / "var/lib/dpkg/info").glob("karyoview*"))
