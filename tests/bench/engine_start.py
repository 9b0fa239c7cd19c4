"""A process of its own that loads the default engine and asks it: ``engine_start.py FOLDER DEVICE COUNT…``, printed."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil

from karyoview.detectors.registry import load_engine
from karyoview.io.images import read_image

BEGUN = time.perf_counter()


def resident() -> str:
    """The memory of this process now."""
    return f"{psutil.Process().memory_info().rss / 1e6:.0f} MB resident"


def main(folder: str, device: str, *counts: str) -> None:
    """Load, ask about one cell, then about as many as the counts say."""
    paths = sorted(Path(folder).iterdir())
    before = time.process_time()
    engine = load_engine("karyoview", device=device)
    used, wall = time.process_time() - before, time.perf_counter() - BEGUN
    runtime = "PyTorch" if "torch" in sys.modules else "ONNX Runtime without PyTorch"
    print(f"{runtime}: engine loaded in {used:.2f} s of CPU ({wall:.2f} s wall), {resident()}", flush=True)
    before = time.process_time()
    engine.predict([read_image(paths[0])])
    print(f"first cell: {time.process_time() - before:.2f} s of CPU, {resident()}", flush=True)
    for count in map(int, counts):
        before = time.process_time()
        for number in range(count):
            engine.predict([read_image(paths[number % len(paths)])])
        print(f"{count} cells: {(time.process_time() - before) / count:.2f} s of CPU each, {resident()}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
