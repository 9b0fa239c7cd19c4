"""Batches as a function of the step alone: which cells, how changed, under which seed.

Nothing here has a state that would have to be saved: step 412 of a run is the same after a kill, in
another number of threads, and however its images are spread over processes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from karyotrain.data.augment import Augmentation
from karyotrain.data.dataset import Sample

Batch = TypeVar("Batch")
Odds = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Micro:
    """The images that go through the network at once, and a seed for each."""

    samples: tuple[Sample, ...]
    seeds: tuple[int, ...]


def crowding(boxes: npt.NDArray[np.floating]) -> int:
    """How many of ``boxes`` (N, 4) xyxy are covered by others to more than half of their area."""
    low, high = np.maximum(boxes[:, None, :2], boxes[None, :, :2]), np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    area = shared.diagonal()
    return int(((shared.sum(1) - area) > 0.5 * area).sum())


def odds_of(cells: Sequence[Sample], crowded: float) -> Odds | None:
    """Probability (N,) with which each cell is shown: 1 + ``crowded`` for every crowded chromosome; None: all alike."""
    if not crowded:
        return None
    weight = np.array([1.0 + crowded * crowding(cell.boxes) for cell in cells])
    return weight / weight.sum()


def place(cells: int, position: int, key: tuple[int, ...], odds: Odds | None = None) -> int:
    """Index of the cell at ``position`` of an endless sequence; ``key`` names the sequence.

    Each epoch shows all cells in its own order; with ``odds`` every position is drawn by itself.
    """
    if odds is not None:
        return int(np.random.default_rng((*key, 13, position)).choice(cells, p=odds))
    epoch, offset = divmod(position, cells)
    return int(np.random.default_rng((*key, epoch)).permutation(cells)[offset])


def image_seed(seed: int, position: int) -> int:
    """The seed of whatever is drawn for the image at ``position``, in 0 … 2³¹ − 1."""
    return int(np.random.SeedSequence((seed, 5, position)).generate_state(1)[0] >> 1)


def micro_batch(
    cells: Sequence[Sample], change: Augmentation, seed: int, first: int, count: int, odds: Odds | None = None
) -> Micro:
    """The ``count`` changed cells from position ``first`` on."""
    positions = range(first, first + count)
    places = [place(len(cells), p, (seed, 3), odds) for p in positions]
    samples = [change(cells[i], np.random.default_rng((seed, 7, p))) for i, p in zip(places, positions, strict=True)]
    return Micro(tuple(samples), tuple(image_seed(seed, p) for p in positions))


def ahead(
    make: Callable[[int, int], Batch], parts: Sequence[int], *, start: int = 0, threads: int = 2, steps: int = 4
) -> Generator[list[Batch], None, None]:
    """``make(step, part)`` for each of ``parts``, step by step from ``start`` on, made ``steps`` steps ahead.

    Close the generator to end its threads.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="cells")
    waiting: deque[list[Future[Batch]]] = deque()
    step = start
    try:
        while True:
            while len(waiting) < steps:
                waiting.append([pool.submit(make, step, part) for part in parts])
                step += 1
            yield [future.result() for future in waiting.popleft()]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
