"""The files of the window import one another in one direction, deferred imports and those for types included."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import karyoview.gui

PACKAGE = Path(karyoview.gui.__file__).parent


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.Module, known: set[str]) -> Iterator[str]:
    """Every module of ``known`` that a file names in an import, wherever the import stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (a.name for a in node.names if a.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{a.name}" for a in node.names if f"{node.module}.{a.name}" in known]
            yield from inside
            if len(inside) < len(node.names) and node.module in known:
                yield node.module


def test_no_two_files_of_the_window_import_each_other() -> None:
    files = {module_of(p): p for p in PACKAGE.rglob("*.py")}
    graph = {
        name: {m for m in imported(ast.parse(path.read_text(encoding="utf-8")), set(files)) if m != name}
        for name, path in files.items()
    }
    assert len(graph) > 50
    assert "karyoview.gui.canvas.tool" in graph["karyoview.gui.canvas.view"]
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))
