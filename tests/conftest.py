"""What every test has: no screen, a user's folders of its own, one thread per process, and no leaked threads."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for _name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# Settings, user data and caches of the person who runs the tests are neither read nor written.
_home = tempfile.mkdtemp(prefix="karyoview-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _kind in ("DATA", "CONFIG", "CACHE", "STATE"):
    os.environ[f"XDG_{_kind}_HOME"] = str(Path(_home) / _kind.lower())

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def untrained_engine() -> Callable[..., Path]:
    """Writes a default engine with networks at a random start: ``(folder, config, *parts, threshold=0.5)``.

    ``parts`` are ``learned_nms`` and ``cell_context``, beside what every default engine has.
    """
    import torch

    from karyoview.core.chromosome import CLASS_NAMES
    from karyoview.detectors.nets.cell_context import CellContext
    from karyoview.detectors.nets.classifier import ChromosomeClassifier
    from karyoview.detectors.nets.finder import Finder
    from karyoview.detectors.nets.learned_nms import LearnedNMS
    from karyoview.detectors.orientation import BINS
    from karyoview.detectors.weights import save_weights

    networks = {
        "finder": Finder, "classifier": ChromosomeClassifier, "learned_nms": LearnedNMS, "cell_context": CellContext,
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
