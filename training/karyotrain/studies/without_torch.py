"""Engines without PyTorch beside themselves with it: ``python -m karyotrain.studies.without_torch --data FOLDER``.

Each cell is asked twice in fp32, with the threshold low, and every box is held against the nearest one of the other
run. Prints, for each engine, the largest differences of scores and boxes, labels that differ, and seconds of processor
time; ends with 1 where scores differ by more than 1e-2 or boxes by half a pixel. ``--engines`` names some of them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyotrain.data.cells import labelled_cells
from karyoview.core.detection import Detection, Detections
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.engine_spec import ENGINES
from karyoview.detectors.registry import Runtime, load_engine

SCORE: Final = 1e-2
PIXELS: Final = 0.5
_SETTINGS: Final = {"threshold": 0.05, "precision": "fp32"}


@dataclass(frozen=True, slots=True)
class Difference:
    """Of two results: boxes that only one has, largest differences of ``score`` and ``pixels``, other ``labels``."""

    boxes: int = 0
    score: float = 0.0
    pixels: float = 0.0
    labels: int = 0

    def worse(self, other: Difference) -> Difference:
        """The two together: counts add up, the larger differences count."""
        return Difference(
            self.boxes + other.boxes, max(self.score, other.score), max(self.pixels, other.pixels),
            self.labels + other.labels,
        )  # fmt: skip

    @property
    def alike(self) -> bool:
        """Whether scores and boxes differ by less than what is allowed."""
        return self.boxes == 0 and self.score <= SCORE and self.pixels < PIXELS


def difference(found: Detections, expected: Detections) -> Difference:
    """How two results on one picture differ."""
    rest = list(expected.items)
    total = Difference(boxes=abs(len(found.items) - len(rest)))
    for item in found.items[: len(rest)]:
        own = _numbers(item)
        away = [np.abs(_numbers(other) - own) for other in rest]
        nearest = int(np.argmin([a.sum() for a in away]))
        other = rest.pop(nearest)
        total = total.worse(
            Difference(0, float(away[nearest][4]), float(away[nearest][:4].max()), int(item.label != other.label))
        )
    return total


def _numbers(item: Detection) -> np.ndarray[Any, Any]:
    return np.array([item.box.cx, item.box.cy, item.box.w, item.box.h, item.score])


def compare(name: str, cells: Sequence[MetaphaseImage]) -> tuple[Difference, dict[str, float]]:
    """One engine on all cells, with and without PyTorch, and seconds of processor time a cell of each."""
    total, seconds = Difference(), dict[str, float]()
    results = {}
    runtimes: tuple[Runtime, Runtime] = ("graphs", "torch")
    for runtime in runtimes:
        engine = load_engine(name, device="cpu", settings=_SETTINGS, runtime=runtime)
        begun = time.process_time()
        results[runtime] = [engine.predict([cell])[0] for cell in cells]
        seconds[runtime] = (time.process_time() - begun) / len(cells)
    for found, expected in zip(results["graphs"], results["torch"], strict=True):
        total = total.worse(difference(found, expected))
    return total, seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each engine; 1 where one is not alike."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="labelled cells, as the trainer reads them")
    parser.add_argument("--split", default="val")
    parser.add_argument("--limit", type=int, default=20, help="so many cells of the split")
    parser.add_argument("--engines", nargs="*", default=[k for k, spec in ENGINES.items() if spec.graph_factory])
    args = parser.parse_args(arguments)
    cells = [MetaphaseImage(c.pixels, c.name) for c in labelled_cells(args.data, args.split, args.limit)]
    print("| engine | cells | boxes of one only | scores | pixels | labels | s a cell without | with PyTorch | alike |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    alike = True
    for name in args.engines:
        found, seconds = compare(name, cells)
        alike = alike and found.alike
        print(
            f"| {name} | {len(cells)} | {found.boxes} | {found.score:.1e} | {found.pixels:.1e} | {found.labels} "
            f"| {seconds['graphs']:.2f} | {seconds['torch']:.2f} | {'yes' if found.alike else 'no'} |",
            flush=True,
        )
    return 0 if alike else 1


if __name__ == "__main__":
    sys.exit(main())
