"""How fast cells are made: printed, never failing on a clock. ``make bench`` (or this file alone with ``-s``)."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor

from karyotrain.data.synthesis import make_cell

CELLS = 12


def make(seed: int) -> tuple[tuple[int, int], float]:
    """Shape of one camera field and the CPU seconds it took."""
    started = time.process_time()
    cell = make_cell(("46,XX", "46,XY")[seed % 2], seed, size=(1024, 1360), style="camera")
    return (int(cell.image.shape[0]), int(cell.image.shape[1])), time.process_time() - started


def test_cells_of_a_camera_field() -> None:
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(make, range(2)))  # imports and tables
        started = time.perf_counter()
        made = list(pool.map(make, range(CELLS)))
        wall = time.perf_counter() - started
    assert all(shape == (1024, 1360) for shape, _ in made)
    cpu = sum(seconds for _, seconds in made) / CELLS
    print(f"\n1360 × 1024 cells, two processes: {CELLS / wall:.2f} a second; {cpu:.3f} s of CPU each,")
    print(f"so {2 / cpu:.2f} a second on two free cores")
