"""Pictures a minute with one, two and more worker processes, and where that stops growing: printed only."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from karyoview._resources import resource

COUNTS = (1, 2, 4)


def test_throughput_by_workers() -> None:
    pytest.importorskip("distributed")
    done = subprocess.run([sys.executable, __file__], capture_output=True, text=True)
    print("\n" + done.stdout)
    assert done.returncode == 0, done.stderr[-2000:]
    assert all(f"{n} worker" in done.stdout for n in COUNTS)


def measure() -> None:
    """Detect the sample cells, twice over, with each number of workers; loading the engine is not counted."""
    from karyoview.detectors.registry import available_engines
    from karyoview.services.cluster import connect, detect_on
    from karyoview.services.detect import find_sources

    sources, _ = find_sources([resource("sample", "46XX"), resource("sample", "47XY+21")])
    info = available_engines()[0]
    rates: dict[int, float] = {}
    for workers in COUNTS:
        with connect(workers=workers) as client:
            list(detect_on(client, sources[:workers] * 3, info, device="cpu"))  # every worker loads the engine
            begun = time.perf_counter()
            found = list(detect_on(client, sources, info, device="cpu"))
            rates[workers] = 60 * len(found) / (time.perf_counter() - begun)
            assert [o.source.name for o in found] == [s.name for s in sources]
            assert all(o.detections is not None for o in found), found
        print(f"{workers} worker{'s' * (workers > 1)}: {rates[workers]:.1f} pictures a minute", flush=True)
    best = max(rates, key=lambda n: rates[n])
    enough = min(n for n in COUNTS if rates[n] > 0.9 * rates[best])
    print(f"on {os.cpu_count()} cores more than {enough} worker{'s' * (enough > 1)} bring less than a tenth more")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    measure()
