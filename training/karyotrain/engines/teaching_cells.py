"""The cells that the networks after the finder learn from: labelled, laid out anew, drawn, and empty fields."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from karyotrain.data.cell_looks import draw_look, photographed, usual_look
from karyotrain.data.cells import Cell
from karyotrain.data.dataset import CellSet, Sample
from karyotrain.data.straight_crops import fingerprint
from karyotrain.data.synthesis import SyntheticCell, drawn_cells
from karyotrain.data.synthesis.relaid import empty_fields, relaid_cells
from karyotrain.engines.feature_cache import chosen

Cells = Sequence[Sample | Cell]
CellSets = Mapping[str, Callable[[], Cells]]
"""By what they are called in kept files; made when they are asked for."""
_DRAWN_SEED: Final = 9_000_000
_HELD_RELAID, _HELD_DRAWN = 40, 12
_SHARD = 100  # cells laid out anew that are looked at before they are kept
_RELAID_SEED, _USUAL_SEED = 6, 7
_USUAL_WIDTH = 13.0  # px, for which blur and sharpening of whole cells are meant
_LESS_BLUR = 0.7  # a photographed cell is blurred already


def add_cell_arguments(parser: argparse.ArgumentParser, cells: int) -> None:
    """Which cells teach; of the training cells by default so many."""
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kept", type=Path, help="folder of karyotrain.engines.feature_cache for the engine's finder")
    parser.add_argument("--spare", type=int, default=60, help="fit cells kept for thresholds; figures are of these")
    parser.add_argument("--limit", type=int, help="fit cells in all")
    parser.add_argument("--cells", type=int, default=cells, help="training cells that teach beside the fit cells")
    parser.add_argument("--looks", action="store_true", help="show every second training cell in another look")
    parser.add_argument("--straight", type=Path, help="folder of karyotrain.data.straight_crops")
    parser.add_argument("--relaid", type=int, default=0, help="further cells, laid out anew from --straight")
    parser.add_argument("--usual", type=int, default=0, help="as --relaid, in looks less far from the crops' own")
    parser.add_argument("--drawn", type=int, default=0, help="further cells, drawn by the generator")
    parser.add_argument("--empty", type=int, default=0, help="further fields, without a metaphase")


def checked(parser: argparse.ArgumentParser, arguments: Sequence[str] | None) -> argparse.Namespace:
    """The arguments; the command ends where one needs another."""
    args = parser.parse_args(arguments)
    if (args.relaid or args.usual) and args.straight is None:
        parser.error("--relaid and --usual need --straight")
    return args


def shown_cells(args: argparse.Namespace, train: CellSet) -> CellSets:
    """The training cells that the finder learnt from itself."""
    places = chosen(train, args.cells)
    some = [train[i] for i in places]
    looks = "-looks" if args.looks else ""
    return {f"train{looks}-{len(some)}": lambda: in_looks(some, places) if args.looks else some} if some else {}


def made_cells(args: argparse.Namespace, *, held: bool = False) -> CellSets:
    """The cells laid out anew, drawn ones and empty fields; ``held``: others of them, for figures."""
    sets: dict[str, Callable[[], Cells]] = {}
    for looks, count in (("relaid", args.relaid), ("usual", args.usual)):
        count = min(count, _HELD_RELAID) if held else count
        for first in range(0, count, _SHARD):
            part = min(_SHARD, count - first)
            name = f"{looks}{'-held' if held else ''}-{fingerprint(args.straight)}-{first}-{part}"
            sets[name] = partial(_relaid, args.straight, part, first=first, held=held, usual=looks == "usual")
    if args.drawn:
        count, seed = (_HELD_DRAWN, 2 * _DRAWN_SEED) if held else (args.drawn, _DRAWN_SEED)
        sets[f"drawn-{seed}-{count}"] = lambda: labelled(drawn_cells(count, seed))
    if args.empty and not held:
        sets[f"empty-{args.empty}"] = lambda: labelled(empty_fields(args.empty))
    return sets


def _relaid(straight: Path, count: int, *, first: int, held: bool, usual: bool) -> list[Cell]:
    seed, look_of = (_USUAL_SEED, usual_look) if usual else (_RELAID_SEED, draw_look)
    return labelled(relaid_cells(straight, count, first=first, seed=seed, held=held, look_of=look_of))


def labelled(cells: Iterable[SyntheticCell]) -> list[Cell]:
    """Made cells as labelled ones."""
    return [
        Cell(f"made {number}", "made", np.asarray(c.image, np.uint8), c.boxes(), c.labels())
        for number, c in enumerate(cells)
    ]


def in_looks(cells: Cells, places: Sequence[int]) -> list[Cell]:
    """The cells, every second one as another camera and software would show it; its look belongs to its place."""
    shown = []
    for number, (cell, place) in enumerate(zip(cells, places, strict=False)):
        pixels, rng = cell.pixels, np.random.default_rng((4, place))
        if number % 2:
            look = draw_look(rng)
            pixels = photographed(pixels, replace(look, width=_USUAL_WIDTH, blur=_LESS_BLUR * look.blur), rng)
        shown.append(Cell(cell.name, cell.case, pixels, cell.boxes.astype(np.float64), cell.labels))
    return shown
