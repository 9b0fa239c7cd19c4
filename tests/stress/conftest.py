"""Kills, damage, races, power cuts and restarts: a hundredth of them by default, all with KARYOVIEW_STRESS=full.

``make stress`` runs them in full and prints how many of each there were; every run prints its own counts. The dice
begin at KARYOVIEW_STRESS_SEED, so that runs can be added up.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from stress_parts import Workers

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    linux = hasattr(os, "fork") and sys.platform != "darwin"
    for item in items:
        if item.path.parent != HERE:
            continue
        item.add_marker(pytest.mark.long)
        item.add_marker(pytest.mark.timeout(0))
        if not linux:
            item.add_marker(pytest.mark.skip(reason="forks and /proc are Linux'"))


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KARYOVIEW_INDEX", raising=False)


@pytest.fixture
def count(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says how many there were, at the end of the run."""
    return lambda text: record_property("count", text)


@pytest.fixture(scope="module")
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    """Their work is in the module that the test's own names as ``WORK``."""
    found = Workers(request.module.WORK)
    yield found
    found.end()


@pytest.fixture
def dice() -> random.Random:
    return random.Random(int(os.environ.get("KARYOVIEW_STRESS_SEED", "7")))
