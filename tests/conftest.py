"""What every test has: no screen, a user's folders of its own, one thread per process, and no leaked threads."""

from __future__ import annotations

import atexit
import glob
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Settings, user data and caches of the person who runs the tests are neither read nor written.
# Each test has a laboratory of its own.
os.environ.setdefault("KARYOVIEW_LABORATORY", "any")
_home = tempfile.mkdtemp(prefix="karyoview-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _kind in ("DATA", "CONFIG", "CACHE", "STATE"):
    os.environ[f"XDG_{_kind}_HOME"] = str(Path(_home) / _kind.lower())

# Qt's own offscreen screen is 800 pixels wide, which no desk has.
_screen = Path(_home) / "screen.json"
_screen.write_text(
    '{"synchronousWindowSystemEvents": false, "screens": [{"name": "desk", "x": 0, "y": 0, "width": 1920, '
    '"height": 1200, "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]}'
)
os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={_screen}")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def untrained_engine() -> Callable[..., Path]:
    """Writes a default engine with networks at a random start: ``(folder, config, *parts, threshold=0.5)``.

    ``parts`` are ``learned_nms``, ``cell_context``, ``appearance`` and ``router``, beside what every engine has.
    """
    import torch

    from karyoview.core.chromosome import CLASS_NAMES
    from karyoview.detectors.nets.appearance import Appearance
    from karyoview.detectors.nets.cell_context import CellContext
    from karyoview.detectors.nets.classifier import ChromosomeClassifier
    from karyoview.detectors.nets.finder import Finder
    from karyoview.detectors.nets.learned_nms import LearnedNMS
    from karyoview.detectors.weights import save_weights
    from karyoview.imaging.direction import BINS

    networks = {
        "finder": Finder, "classifier": ChromosomeClassifier, "learned_nms": LearnedNMS, "cell_context": CellContext,
        "appearance": Appearance, "router": partial(torch.nn.Linear, 256, 1),
    }  # fmt: skip

    def write(folder: Path, config: Mapping[str, object], *parts: str, threshold: float = 0.5) -> Path:
        torch.manual_seed(3)
        tensors = {
            f"{name}.{k}": v
            for name in ("finder", "classifier", *parts)
            for k, v in networks[name]().state_dict().items()
        }
        tensors |= {"orientation.means": torch.randn(24, 2 * BINS), "orientation.slopes": torch.ones(24)}
        card = {
            "engine": "karyoview", "classes": list(CLASS_NAMES), "rotated": True, "operating_threshold": threshold,
            "config": dict(config),
        }  # fmt: skip
        return save_weights(folder / "karyoview.safetensors", tensors, card, trunk_prefix="finder.backbone.")

    return write


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how often the long tests did what they do, whoever captured their output."""
    passed = terminalreporter.stats.get("passed", [])
    counts = [text for report in passed for name, text in report.user_properties if name == "count"]
    if counts:
        terminalreporter.section("counts")
        for text in counts:
            terminalreporter.write_line(str(text))


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread running (threads of wider fixtures are older than the test)."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 3.0
    while (left := _new_threads(before)) and time.monotonic() < deadline:
        time.sleep(0.01)
    if left:
        pytest.fail(f"threads left running: {', '.join(t.name for t in left)}")


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Live threads that were started by Python since ``before`` (Qt's own pool shows as dummies, which never end)."""
    return [
        t
        for t in threading.enumerate()
        if t not in before and t.is_alive() and not isinstance(t, threading._DummyThread)
    ]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real metaphases (``taichung/`` in it); the test is skipped where there is none."""
    folder = Path(os.environ.get("KARYOVIEW_DATA", REPOSITORY.parent / "shared" / "data"))
    if not (folder / "taichung" / "val.json").is_file():
        pytest.skip(f"no real metaphases in {folder}; set KARYOVIEW_DATA to the folder that holds taichung/")
    return folder


def _postgres_programs() -> Path | None:
    """Where Debian's package, or the path, has initdb and pg_ctl."""
    folders = [Path(p) for p in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    found = shutil.which("initdb")
    folders += [Path(found).parent] if found else []
    return next((p for p in folders if (p / "initdb").exists() and (p / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A private PostgreSQL of this test run: own data, own port on this machine only, gone afterwards."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed; on Debian: apt install postgresql")
    pytest.importorskip("pg8000", reason="pg8000 is not installed; pip install karyoview[postgres]")
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        import pwd  # not on Windows

        # The server refuses to run for the superuser.
        names = [entry.pw_name for entry in pwd.getpwall() if entry.pw_name in ("postgres", "nobody")]
        if not names:
            pytest.skip("PostgreSQL does not run for the superuser, and there is no other user here")
        user = {"user": sorted(names, reverse=True)[0], "group": pwd.getpwnam(sorted(names, reverse=True)[0]).pw_gid}
    root = Path(tempfile.mkdtemp(prefix="karyoview-postgres-"))
    if user:
        shutil.chown(root, str(user["user"]))
    (root / "password").write_text("geheim:@/ä\n")
    (root / "password").chmod(0o644)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    from postgres_samples import (
        PostgresServer,  # beside the tests, where this file is copied elsewhere it is not needed
    )

    server = PostgresServer(programs, root, user, port)
    try:
        problem = server.call(
            "initdb", "-D", str(root / "data"), "-U", "kv", "-A", "scram-sha-256", "-E", "UTF8", "--locale=C",
            f"--pwfile={root / 'password'}", "--no-sync",
        ) or server.control("start")  # fmt: skip
        if problem:
            pytest.skip(f"PostgreSQL does not start here: {problem}")
        with server.ended_with_this_process():
            yield server
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(postgres: Any) -> str:
    """The address of the private PostgreSQL."""
    return postgres.url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'index é.sqlite'}"
    server = str(request.getfixturevalue("postgres_server"))
    from karyoview.io.database import open_engine

    name = f"t{os.urandom(6).hex()}"
    engine = open_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.removesuffix("/postgres") + f"/{name}"
