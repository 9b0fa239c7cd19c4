"""Kills, damage, races, power cuts and restarts: a hundredth of them by default, all with KARYOVIEW_STRESS=full.

``make stress`` runs them in full and prints how many of each there were; every run prints its own counts. The dice
begin at KARYOVIEW_STRESS_SEED, so that runs can be added up. At its end a run prints one table, also when it was
interrupted or failed, with how far each part had come.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import pytest
from stress_parts import SEED, Counts, Workers, read_counts

HERE = Path(__file__).parent
_FOLDER = "KARYOVIEW_STRESS_COUNTS"
"""The folder in which the processes of a run note how far they are; set by the first of them."""
_FIRST = ("test_server_restarts.py", "test_kills_of_windows.py", "test_kills_of_training.py", "test_kills_of_cases.py")
"""What goes first, so that a run that is interrupted has done what is seldom done."""


def pytest_configure(config: pytest.Config) -> None:
    if _FOLDER not in os.environ:
        os.environ[_FOLDER] = folder = tempfile.mkdtemp(prefix="karyoview-stress-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        config.add_cleanup(lambda: os.environ.pop(_FOLDER, None))
        if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
            signal.signal(signal.SIGTERM, _interrupt)  # the table is printed then, as after Ctrl+C


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of what was done."""
    if hasattr(terminalreporter.config, "workerinput"):
        return
    rows = read_counts(Path(os.environ[_FOLDER]))
    if not rows:
        return
    terminalreporter.section("stress")
    wide = max(len(row.name) for row in rows)
    for row in rows:
        state = "" if row.whole else "  NOT WHOLE"
        terminalreporter.write_line(f"{row.name:<{wide}}  {row.done:>7,} of {row.wanted:>7,}{state}  {row.seen}")
    kills = [row for row in rows if row.name.startswith("killed")]
    if kills:
        done, wanted = sum(row.done for row in kills), sum(row.wanted for row in kills)
        terminalreporter.write_line(f"{'kills in all':<{wide}}  {done:>7,} of {wanted:>7,}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {name: rank for rank, name in enumerate(_FIRST, -len(_FIRST))}
    items.sort(key=lambda item: ranks.get(item.path.name, 0) if item.path.parent == HERE else 0)
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
def counts(request: pytest.FixtureRequest, record_property: Callable[[str, object], None]) -> Iterator[Counts]:
    """Counts what this test does, for the table at the end of the run."""
    found = Counts(Path(os.environ[_FOLDER]))
    yield found
    found.keep()
    record_property("count", f"{found.name}: {found.done:,} of {found.wanted:,}, {found.seen}")


@pytest.fixture(scope="module")
def workers(request: pytest.FixtureRequest) -> Iterator[Workers]:
    """Their work is in the module that the test's own names as ``WORK``."""
    found = Workers(request.module.WORK)
    yield found
    found.end()


@pytest.fixture
def dice() -> random.Random:
    return random.Random(SEED)
