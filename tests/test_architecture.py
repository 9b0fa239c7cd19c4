"""The architecture: imports, resources, commands and what is promised about them."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import karyoview
from karyoview import _resources
from karyoview.cli import COMMANDS, command_names

REPOSITORY = Path(__file__).resolve().parent.parent

MOST_LINES, MOST_METHODS = 80, 40
LONG_FUNCTIONS: dict[str, str] = {}
"""Functions that may be longer, each with its reason."""
LARGE_CLASSES: dict[str, str] = {}
"""Classes that may have more methods, those of their bases in the package included, each with its reason."""
OUTSIDE = {"karyotrain.studies"}
"""Packages of the repository that are not in the wheel."""

BLOCKED = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is not allowed here")

sys.meta_path.insert(0, Refuse())
names = []
for package in {packages!r}:
    module = importlib.import_module(package)
    names.append(package)
    for found in pkgutil.walk_packages(module.__path__, package + "."):
        importlib.import_module(found.name)
        names.append(found.name)
print(len(names))
"""


def python(code: str) -> str:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:karyoview", "-c", code],
        capture_output=True, text=True, timeout=120, check=False, env=environment, cwd=REPOSITORY,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


def test_core_review_and_io_need_neither_qt_nor_torch() -> None:
    packages = [f"karyoview.{name}" for name in ("core", "imaging", "review", "io", "case", "accounts", "report")]
    blocked = {"PySide6", "shiboken6", "pyqtgraph", "torch", "torchvision"}
    assert int(python(BLOCKED.format(packages=packages, blocked=blocked))) > 20


def test_services_and_commands_import_without_qt() -> None:
    packages = ["karyoview.services", "karyoview.cli"]
    assert int(python(BLOCKED.format(packages=packages, blocked={"PySide6", "pyqtgraph", "torch"}))) > 10


def test_the_window_does_not_import_torch() -> None:
    code = "import sys, karyoview.gui, karyoview.gui.app, karyoview.gui.window; print('torch' in sys.modules)"
    assert python(code) == "False"


def test_the_registry_does_not_import_torch() -> None:
    code = "import sys, karyoview.detectors.registry as r; r.available_engines(); print('torch' in sys.modules)"
    assert python(code) == "False"


def test_no_two_modules_need_each_other() -> None:
    """Imports inside functions count too: they hide a circle, they do not end it."""
    grimp = pytest.importorskip("grimp")
    graph = grimp.build_graph("karyoview", "karyotrain", exclude_type_checking_imports=True, cache_dir=None)
    modules = {m: set(graph.find_modules_directly_imported_by(m)) for m in graph.modules}
    while leaves := {m for m, imported in modules.items() if not imported & set(modules)}:
        modules = {m: imported for m, imported in modules.items() if m not in leaves}
    # what is left imports a circle or is on one; those that nothing left imports only lead to it
    while tops := {m for m in modules if not any(m in imported for imported in modules.values())}:
        modules = {m: imported for m, imported in modules.items() if m not in tops}
    assert not modules, sorted(modules)


def test_every_command_file_is_composed() -> None:
    files = {p.stem for p in (REPOSITORY / "karyoview" / "cli").glob("*.py")} - {"__init__"}
    commands = {name.replace("_", "-") for name in files if not name.startswith("_")}
    assert commands == set(command_names()) <= set(COMMANDS)


def test_resources_in_checkout_wheel_and_frozen_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _resources.resource("bands").is_dir()
    assert _resources.resource("bands", "README.md").is_file()
    package = tmp_path / "site-packages" / "karyoview"
    (package / "resources").mkdir(parents=True)
    monkeypatch.setattr(_resources, "__file__", str(package / "_resources.py"))
    assert _resources.resource("x") == package / "resources" / "x"
    frozen = tmp_path / "app" / "_internal"
    (frozen / "karyoview" / "resources").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(frozen), raising=False)
    assert _resources.resource("x") == frozen / "karyoview" / "resources" / "x"


def test_missing_resources_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_resources, "__file__", str(tmp_path / "karyoview" / "_resources.py"))
    with pytest.raises(FileNotFoundError, match="install it again"):
        _resources.resource("bands")


def test_every_package_is_in_the_wheel() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["setuptools"]
    listed = set(settings["packages"])
    for root, prefix in ((REPOSITORY / "karyoview", "karyoview"), (REPOSITORY / "training/karyotrain", "karyotrain")):
        for init in root.rglob("__init__.py"):
            inside = init.parent.relative_to(root).parts
            name = ".".join((prefix, *inside))
            assert (name in listed) != (name in OUTSIDE), "add it to [tool.setuptools] packages"


def test_version_is_said_once() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert "version" in project["dynamic"]
    assert karyoview.__version__ in (REPOSITORY / "CHANGELOG.md").read_text()


def definitions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]]:
    """Every function and class of the product, as ``file: Class.name``."""
    for root in ("karyoview", "training", "packaging"):
        for path in sorted((REPOSITORY / root).rglob("*.py")):
            waiting: list[tuple[str, ast.AST]] = [("", ast.parse(path.read_text(encoding="utf-8")))]
            while waiting:
                inside, node = waiting.pop()
                for child in ast.iter_child_nodes(node):
                    named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                    name = f"{inside}.{child.name}".lstrip(".") if named else inside
                    if named:
                        yield f"{path.relative_to(REPOSITORY).as_posix()}: {name}", child
                    waiting.append((name, child))


def test_functions_are_short() -> None:
    long = {
        name
        for name, node in definitions()
        if not isinstance(node, ast.ClassDef) and node.end_lineno - node.lineno + 1 > MOST_LINES
    }
    assert long == set(LONG_FUNCTIONS), f"more than {MOST_LINES} lines, or an exception that is not needed"


def test_classes_are_small() -> None:
    own: dict[str, set[str]] = {}
    bases: dict[str, list[str]] = {}
    places: dict[str, str] = {}
    for place, node in definitions():
        if isinstance(node, ast.ClassDef):
            places[place] = node.name
            own.setdefault(node.name, set()).update(
                n.name for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
            )
            bases.setdefault(node.name, []).extend(ast.unparse(b).rpartition(".")[2] for b in node.bases)

    def methods(name: str, *below: str) -> set[str]:
        inherited = (methods(b, name, *below) for b in bases.get(name, ()) if b not in (name, *below))
        return own.get(name, set()).union(*inherited)

    large = {place for place, name in places.items() if len(methods(name)) > MOST_METHODS}
    assert large == set(LARGE_CLASSES), f"more than {MOST_METHODS} methods, or an exception that is not needed"


def test_make_and_ci_are_shell_that_parses() -> None:
    for script in (".ci/setup", ".ci/run"):
        path = REPOSITORY / script
        assert os.access(path, os.X_OK), script
        subprocess.run(["sh", "-n", str(path)], check=True)
    for target in ("demo", "test", "test-all", "lint", "types", "contracts", "bench", "docs"):
        done = subprocess.run(["make", "-n", target], cwd=REPOSITORY, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_make_help_says_a_line_about_every_target() -> None:
    phony = re.findall(r"^\.PHONY: (.*)", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    done = subprocess.run(["make", "-s", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    targets = dict(line.removeprefix("make ").split(maxsplit=1) for line in done.stdout.splitlines())
    assert sorted(targets) == sorted(" ".join(phony).split())
    assert all(targets.values())


def test_the_readme_leads_to_files_that_are_there() -> None:
    """A bare name in the table lies in the folder of the path before it."""
    layout = (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("## How it is laid out")[2]
    rows = [line for line in layout.splitlines() if line.startswith("|") and ".py" in line]
    assert len(rows) > 10
    for row in rows:
        folder = REPOSITORY
        for name in re.findall(r"`([a-z_0-9/]+(?:\.py|/))`", row.split("|")[3]):
            path = REPOSITORY / name if "/" in name else folder / name
            assert path.exists(), (name, row)
            folder = path.parent
    for folder in re.findall(r"\b([a-z]+)/ ", layout.partition("```")[2].partition("```")[0]):
        assert any(p.is_dir() for p in (*REPOSITORY.glob(folder), *REPOSITORY.glob(f"*/**/{folder}"))), folder


def test_no_private_traces_in_the_sources() -> None:
    """Real metaphases and paths of one machine stay out of the repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    names = [n for n in listed.stdout.split("\0") if n]
    assert not [n for n in names if n.endswith("uv.lock") or "taichung" in n]
    # a folder right below the root (/karyoview) is no trace: case folders are called so
    traces = [f"{path}/" for path in (REPOSITORY, Path.home()) if len(path.parts) > 2]
    for name in names:
        path = REPOSITORY / name
        if path.suffix in (".py", ".toml", ".md", ".sh", "") and path.is_file() and path.name != Path(__file__).name:
            text = path.read_text(encoding="utf-8", errors="replace")
            for trace in traces:
                assert trace not in text, f"{name} names {trace}"


def test_no_dialog_waits_in_an_event_loop_of_its_own() -> None:
    """exec() returns to nobody while the dialog is open: neither a test's time limit nor the end of the program."""
    waiting = [
        f"{path.relative_to(REPOSITORY)}: {ast.unparse(node)}"
        for path in sorted((REPOSITORY / "karyoview" / "gui").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("exec", "exec_")
    ]
    assert waiting == ["karyoview/gui/app.py: app.exec()"]


def test_a_test_that_waits_in_native_code_ends_at_its_limit(tmp_path: Path) -> None:
    (tmp_path / "test_wait.py").write_text(
        "from PySide6.QtCore import QCoreApplication, QEventLoop\n\n"
        "def test_waits():\n"
        "    app = QCoreApplication([])\n"
        "    QEventLoop().exec()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", str(REPOSITORY / "pyproject.toml")]
    command += ["--rootdir", str(tmp_path), "--timeout=2", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert "test_waits" in done.stdout + done.stderr, "the stacks name the test"


def test_a_leaked_thread_fails_its_test(tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "tests" / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_leak.py").write_text(
        "import threading\n\n"
        "def test_leaves_a_thread():\n"
        "    threading.Thread(target=threading.Event().wait, args=(20,), name='left-behind', daemon=True).start()\n\n"
        "def test_ends_its_thread():\n"
        "    thread = threading.Thread(target=print)\n"
        "    thread.start()\n"
        "    thread.join()\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=tmp_path)
    assert done.returncode == 1
    assert "left-behind" in done.stdout
    assert "2 passed, 1 error" in done.stdout or "1 passed" in done.stdout
