"""Two chromosomes that touch in one line: made on purpose, and how often a detector takes them for one.

DeepCHM's authors name this as what their detector cannot do. ``python -m karyotrain.studies.line_pairs
--engine deepchm`` prints the shares of pairs found as two, taken for one, and lost.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from karyotrain.data.synthesis.axis import axis_from_curvature
from karyotrain.data.synthesis.cell import draw_style
from karyotrain.data.synthesis.chromosome import draw_profile, label_text, lay
from karyotrain.data.synthesis.layout import add_absorbance
from karyotrain.data.synthesis.optics import add_debris, expose
from karyotrain.data.synthesis.truth import Placed, SyntheticCell, cell_truth
from karyoview.core.geometry import Box, boxes_to_array, iou_rotated
from karyoview.imaging.ideogram import load_bands

FloatArray = npt.NDArray[np.float64]

_COLUMNS = 3
_SPACE = 40


def make_line_pairs(seed: int, pairs: int = 9, level: int = 550) -> SyntheticCell:
    """A picture of ``pairs`` pairs, each of two straight chromosomes end to end in one line, touching.

    The truths 2k and 2k + 1 are a pair. Ends overlap by up to 2 px or leave up to 0.5 px, so that the
    outlines meet. The image is uint8; the same for the same arguments.
    """
    rng = np.random.default_rng([seed, 41])
    style = draw_style(rng)
    table = load_bands(level)
    made: list[tuple[Placed, Placed]] = []
    for _ in range(pairs):
        heading = rng.uniform(-math.pi, math.pi)
        direction = np.array([math.cos(heading), math.sin(heading)])
        lengths, laid = [], []
        for label in rng.integers(0, 24, 2):
            profile = draw_profile(rng, table, label_text(int(label)), style.look)
            flipped = math.pi if rng.random() < 0.5 else 0.0
            axis = axis_from_curvature(np.zeros(2), profile.length, heading + flipped)
            laid.append(lay(rng, profile, axis, style.look, int(label)))
            lengths.append(axis.length)
        apart = sum(lengths) / 2 - rng.uniform(-0.5, 2.0)
        step = np.rint(direction * apart).astype(int)
        made.append((laid[0], laid[1].moved(int(step[0]), int(step[1]))))
    placed, shape = _on_a_grid(made)
    absorbance = np.zeros(shape, dtype=np.float32)
    for item in placed:
        add_absorbance(absorbance, item)
    add_debris(rng, absorbance, style.debris)
    return SyntheticCell(expose(rng, absorbance, style.optics, 8), cell_truth(placed, shape, least_visible=0.0))


def _on_a_grid(made: Sequence[tuple[Placed, Placed]]) -> tuple[list[Placed], tuple[int, int]]:
    """The pairs in rows of three, clear of one another, and the picture's (height, width)."""
    bounds = []
    for pair in made:
        low = np.min([p.offset for p in pair], axis=0)
        high = np.max([np.add(p.offset, p.mask.shape[::-1]) for p in pair], axis=0)
        bounds.append((low, high))
    side = max(int((high - low).max()) for low, high in bounds) + _SPACE
    placed = []
    for k, (pair, (low, high)) in enumerate(zip(made, bounds, strict=True)):
        middle = np.array([k % _COLUMNS, k // _COLUMNS]) * side + side // 2
        shift = middle - (low + high) // 2
        placed += [p.moved(int(shift[0]), int(shift[1])) for p in pair]
    rows = -(-len(made) // _COLUMNS)
    return placed, (rows * side, min(len(made), _COLUMNS) * side)


@dataclass(frozen=True, slots=True)
class PairScore:
    """Of ``pairs`` pairs, how many were found as ``two``, taken for ``one``, or neither (``lost``)."""

    pairs: int
    two: int
    one: int

    @property
    def lost(self) -> int:
        return self.pairs - self.two - self.one

    def __add__(self, other: PairScore) -> PairScore:
        return PairScore(self.pairs + other.pairs, self.two + other.two, self.one + other.one)

    def __str__(self) -> str:
        share = 100 / max(self.pairs, 1)
        return (
            f"{self.pairs} pairs in one line: two {share * self.two:.1f} %, "
            f"taken for one {share * self.one:.1f} %, lost {share * self.lost:.1f} %"
        )


def score_pairs(found: FloatArray, truth: Sequence[Box]) -> PairScore:
    """How detections (N, 5) part the pairs (truths 2k, 2k + 1).

    A pair is *one* when a detection has skew IoU ≥ 0.5 with the rectangle around both, and reaches
    more of that than of either alone; *two* when it is not and each chromosome has a detection of
    its own with skew IoU ≥ 0.5.
    """
    boxes = boxes_to_array(truth)
    two = one = 0
    for k in range(0, len(boxes), 2):
        own = iou_rotated(boxes[k : k + 2], found) if len(found) else np.zeros((2, 1))
        around = _around(truth[k], truth[k + 1])
        both = iou_rotated(around.to_array(), found)[0] if len(found) else np.zeros(1)
        if ((both >= 0.5) & (both > own.max(0))).any():
            one += 1
        elif (own.max(1) >= 0.5).all() and own[0].argmax() != own[1].argmax():
            two += 1
    return PairScore(len(boxes) // 2, two, one)


def _around(a: Box, b: Box) -> Box:
    """The rectangle along the line of both boxes that holds them."""
    along = math.atan2(b.cy - a.cy, b.cx - a.cx)
    points = np.concatenate([a.corners(), b.corners()])
    c, s = math.cos(along), math.sin(along)
    turned = points @ np.array([[c, -s], [s, c]])
    low, high = turned.min(0), turned.max(0)
    middle = (low + high) / 2
    cx, cy = middle[0] * c - middle[1] * s, middle[0] * s + middle[1] * c
    return Box.rotated(cx, cy, float(high[1] - low[1]), float(high[0] - low[0]), along + math.pi / 2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run an engine on made pairs and print the shares."""
    parser = argparse.ArgumentParser(description="How often an engine takes two chromosomes in one line for one.")
    parser.add_argument("--engine", default="deepchm")
    parser.add_argument("--weights", type=Path, help="a weights file instead of the engine's own")
    parser.add_argument("--pictures", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    from karyoview.core.image import MetaphaseImage
    from karyoview.detectors.registry import load_engine

    engine = load_engine(args.engine, weights=args.weights)
    total = PairScore(0, 0, 0)
    for number in range(args.pictures):
        cell = make_line_pairs(args.seed * 10_000 + number)
        found = engine.predict([MetaphaseImage(cell.image, name=f"pairs-{number}")])[0]
        total += score_pairs(found.boxes(), [t.box for t in cell.truth])
    print(total)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
