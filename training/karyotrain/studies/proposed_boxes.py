"""How often the key P boxes what is meant: ``python -m karyotrain.studies.proposed_boxes --data FOLDER``.

In ``--cells`` cells of ``--split``, drawn by lot among those of 44 to 47 chromosomes, ``--places`` chromosomes each
lose their box; all other true boxes stay. Asked at the pixel of the chromosome that is nearest to the middle of its
box, with the engine's answer at hand and without it, and at every place that the engine itself missed. Right is a box
with an IoU of 0.5 or more with the true one, of their bounds.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from karyotrain.data.cells import Cell, labelled_cells
from karyotrain.studies.common import publish, share, study_parser
from karyotrain.trainer.command import use_threads
from karyoview.core.detection import MIN_STORED_SCORE, Detections
from karyoview.core.geometry import Box, iou_xyxy
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import Detector
from karyoview.detectors.registry import as_in_card, load_engine
from karyoview.imaging.masks import masks_from_boxes
from karyoview.imaging.objects import CellObjects, on_light_ground
from karyoview.imaging.overlap import boxes_as_outlines
from karyoview.imaging.propose import ProposalError, along_chromosomes
from karyoview.imaging.propose_choices import choices_at

_COUNTS: Final = range(44, 48)
_RIGHT: Final = 0.5
OUTCOMES: Final = ("right", "next", "wrong", "refused")
"""The first box is right; a later one is; none is; no box was proposed."""


def judge_place(
    cell: Cell, left_out: int, place: tuple[float, float], answers: Sequence[Detections | None], objects: CellObjects
) -> list[str]:
    """Which of :data:`OUTCOMES` P gives at ``place`` (x, y) of ``cell`` where chromosome ``left_out`` has no box, for
    each of the engine's ``answers``."""
    others = [Box.from_xyxy(*map(float, row)) for k, row in enumerate(cell.boxes) if k != left_out]
    along = along_chromosomes(cell.pixels, others)
    truth = cell.boxes[left_out : left_out + 1]
    outcomes = []
    for found in answers:
        try:
            choices = choices_at(boxes_as_outlines(others), found, cell.pixels, objects, place, along)
        except ProposalError:
            choices = []
        fits = [iou_xyxy(np.array([_bounds(c, found)]), truth)[0, 0] >= _RIGHT for c in choices]
        outcomes.append("refused" if not fits else "right" if fits[0] else "next" if any(fits) else "wrong")
    return outcomes


def study_cell(
    cell: Cell, found: Detections, threshold: float, places: int, dice: random.Random
) -> Iterator[tuple[str, str]]:
    """Rows (name of the row, outcome) of one cell; ``found`` is what the engine says, down to the stored scores, and
    from ``threshold`` on what it counts."""
    objects = CellObjects(cell.pixels)
    points = meant_points(cell)
    seen = iou_xyxy(cell.boxes, found.above(threshold).bounds()).max(1, initial=0.0) >= _RIGHT
    for k in dice.sample(range(len(cell.boxes)), min(places, len(cell.boxes))):
        with_it, without = judge_place(cell, k, points[k], (found, None), objects)
        yield "with the engine's answer", with_it
        yield "without it", without
    for missed in np.flatnonzero(~seen):
        k = int(missed)
        yield "where the engine missed", judge_place(cell, k, points[k], (found,), objects)[0]


def meant_points(cell: Cell) -> list[tuple[float, float]]:
    """Where a person points at each chromosome: its pixel (x, y) nearest to the middle of its true box."""
    points = []
    for mask, (x1, y1, x2, y2) in zip(
        masks_from_boxes(on_light_ground(cell.pixels), cell.boxes), cell.boxes, strict=True
    ):
        ys, xs = np.nonzero(mask.mask)
        middle = np.array([(x1 + x2) / 2, (y1 + y2) / 2])
        own = np.stack([xs + mask.x, ys + mask.y], 1) + 0.5
        nearest = own[np.hypot(*(own - middle).T).argmin()] if len(own) else middle
        points.append((float(nearest[0]), float(nearest[1])))
    return points


def _bounds(choice: int | Box, found: Detections | None) -> tuple[float, float, float, float]:
    """The upright box (x1, y1, x2, y2) of one of the choices, as the true boxes are."""
    if isinstance(choice, Box):
        return (choice.capsule_bounds() if choice.is_rotated else choice).to_xyxy()
    assert found is not None
    return found.items[choice].bounds.to_xyxy()


def study(engine: Detector, cells: Sequence[Cell], places: int, seed: int = 31) -> dict[str, Any]:
    """Outcomes by row over cells: {row: {outcome: how many}}."""
    dice, rows = random.Random(seed), defaultdict[str, Counter[str]](Counter)
    for cell in cells:
        found = engine.predict([MetaphaseImage(cell.pixels, cell.name)])[0]
        for row, outcome in study_cell(cell, found, engine.info.operating_threshold, places, dice):
            rows[row][outcome] += 1
    return {row: {outcome: counts[outcome] for outcome in OUTCOMES} for row, counts in rows.items()}


def say(rows: Mapping[str, Mapping[str, int]]) -> str:
    """The outcomes as sentences, each with n and its interval."""
    lines = []
    for row, counts in rows.items():
        of = sum(counts.values())
        lines.append(f"{row}: " + "; ".join(f"{outcome} {share(counts[outcome], of)}" for outcome in OUTCOMES))
    return "\n".join(lines)


def chosen_cells(arguments: argparse.Namespace) -> list[Cell]:
    """The cells to look at, by lot."""
    cells = [c for c in labelled_cells(arguments.data, arguments.split, arguments.limit) if len(c.boxes) in _COUNTS]
    return random.Random(arguments.seed).sample(cells, min(arguments.cells, len(cells)))


def main() -> None:
    parser = study_parser(__doc__)
    parser.add_argument("--cells", type=int, default=12)
    parser.add_argument("--places", type=int, default=10, help="places in each")
    parser.add_argument("--seed", type=int, default=31, help="of the lot")
    arguments = parser.parse_args()
    use_threads(arguments.threads)
    settings = {"threshold": MIN_STORED_SCORE, **as_in_card(arguments.engine)}
    engine = load_engine(arguments.engine, device=arguments.device, weights=arguments.weights, settings=settings)
    rows = study(engine, chosen_cells(arguments), arguments.places, arguments.seed)
    print(say(rows))
    publish("proposed_boxes", rows, arguments, engine)


if __name__ == "__main__":
    main()
