"""Licences: what may be shipped, what is gathered, and that a build holds no GPL part of Qt."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

import karyoview

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def licences() -> ModuleType:
    spec = importlib.util.spec_from_file_location("licences", REPOSITORY / "packaging" / "licences.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["licences"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("licence", "may"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0-only", False),
        ("GNU General Public License v2 (GPLv2)", False),
        ("GNU Affero General Public License v3", False),
        ("BSD-3-Clause AND GPL-2.0-only", False),
        ("BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1", True),
        ("MIT AND (Apache-2.0 OR GPL-2.0-only)", True),
        ("(MIT AND GPL-2.0-only) OR GPL-3.0-only", False),
    ],
)
def test_what_may_be_shipped(licences: ModuleType, licence: str, may: bool) -> None:
    assert licences.may_be_shipped(licence) is may


def test_all_that_is_installed_may_be_shipped_and_is_written(licences: ModuleType, tmp_path: Path) -> None:
    assert licences.main([str(tmp_path)]) == 0
    text = (tmp_path / "licences.txt").read_text(encoding="utf-8")
    for part in ("MIT License", "GNU LESSER GENERAL PUBLIC LICENSE", "https://download.qt.io/", "DejaVu"):
        assert part in text
    bom = json.loads((tmp_path / "bom.json").read_text(encoding="utf-8"))
    assert bom["metadata"]["component"]["version"] == karyoview.__version__
    names = {c["name"].lower().replace("_", "-") for c in bom["components"]}
    assert {"torch", "pyside6-essentials", "shiboken6", "numpy", "jinja2"} <= names  # the last two by way of others
    assert not names & {"pytest", "mypy", "mkdocs", "ruff"}, "what only builds and tests use is not shipped"
    assert all(c["licenses"][0]["license"]["name"] for c in bom["components"])
    cards = (REPOSITORY / "resources" / "weights").glob("*.card.json")
    for card in cards:
        assert f"Weights {card.name.removesuffix('.card.json')}: data" in text


def test_a_package_under_gpl_or_without_licence_is_refused(licences: ModuleType, tmp_path: Path) -> None:
    assert "GPL-3.0" in licences.Component("x", "1", "GPL-3.0-only", "", ()).problem
    assert "names no licence" in licences.Component("x", "1", "", "", ()).problem


def test_gpl_parts_of_qt_are_found_in_a_build(
    licences: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    build = tmp_path / "build"
    for name in (
        "lib/libQt6Core.so.6", "plugins/platforms/libqxcb.so",
        "plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        "Qt6Charts.dll", "lib/libQt6WaylandCompositor.so.6", "torch/lib/libgraphs.so",
    ):  # fmt: skip
        (build / name).parent.mkdir(parents=True, exist_ok=True)
        (build / name).touch()
    found = {p.name for p in licences.gpl_files(build)}
    assert found == {"libqtvirtualkeyboardplugin.so", "Qt6Charts.dll", "libQt6WaylandCompositor.so.6"}
    assert licences.main([str(tmp_path / "out"), "--build", str(build)]) == 1
    assert "libqtvirtualkeyboardplugin.so stands under the GPL" in capsys.readouterr().err


def test_the_release_check_reads_the_changelog() -> None:
    spec = importlib.util.spec_from_file_location("release_check", REPOSITORY / "packaging" / "release_check.py")
    assert spec is not None
    assert spec.loader is not None
    check = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(check)
    text = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert check.changelog_problem(text, karyoview.__version__) == ""
    assert "no heading" in check.changelog_problem(text, "99.0")
    assert "nothing under 2.0" in check.changelog_problem("# Changes\n\n## 2.0\n\n## 1.0\n\nFirst.\n", "2.0")


def test_single_steps_of_the_release_check_can_be_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = importlib.util.spec_from_file_location("release_check", REPOSITORY / "packaging" / "release_check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert all(command[0] == "make" and command[1] in targets for _, command in module.STEPS)
    status = iter((2, 0))
    run: list[tuple[str, ...]] = []

    def pretend(command: tuple[str, ...], **_: object) -> SimpleNamespace:
        if command[0] == "git":
            return SimpleNamespace(returncode=0, stdout="", stderr="")
        run.append(command)
        return SimpleNamespace(returncode=next(status))

    monkeypatch.setattr(module.subprocess, "run", pretend)
    assert module.main(["--only", "licences", "types"]) == 1
    assert run == [("make", "types"), ("make", "licences")]
    output = capsys.readouterr().out
    assert "in order" in output
    assert "make types ended with 2." in output
    with pytest.raises(SystemExit):
        module.main(["--only", "nothing"])
