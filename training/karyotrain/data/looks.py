"""A contact sheet of the looks that are taught: ``python -m karyotrain.data.looks --sheet FILE``.

Crops and cells are of the generator's drawn chromosomes; the looks are those of karyotrain.data.crop_looks and
karyotrain.data.cell_looks, one change at a time, then random ones as a training run meets them.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch

from karyotrain.data.cell_looks import CellLook, draw_look
from karyotrain.data.crop_looks import CropLooks, Poses, photographed, resampled
from karyotrain.data.errors import DataError
from karyotrain.data.straight_crops import LABEL, Straightened, of_made_cell
from karyotrain.data.synthesis import draw_style, make_cell
from karyotrain.data.synthesis.relaid import empty_field, lay_out

GreyArray = npt.NDArray[np.uint8]

CROP_LOOKS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType({
    "as it is": {}, "shorter": {"length": 0.7}, "wider": {"width": 1.28}, "parted": {"gap": 4.0, "parting": 0.9},
    "few bands": {"band_blur": 4.0}, "weak bands": {"band_contrast": 0.4}, "inverted": {"band_contrast": -1.0},
    "sharpened": {"sharpening": 2.2}, "stretched": {"low": 0.2, "high": 0.65}, "cut out": {"cut_out": 1.0},
})  # fmt: skip
"""One change at a time, as fields of CropLooks."""
CELL_LOOKS: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType({
    "as it is": {}, "contraction 0.5": {"contraction": 0.5}, "wider": {"widening": 1.35},
    "parted": {"parting": 1.0, "gap": 0.3}, "bands weak": {"band_contrast": 0.35, "band_blur": 3.0},
    "inverted": {"inverted": True}, "touching": {"arrangement": "touching", "bend": 0.4},
    "crossing": {"arrangement": "crossing", "bend": 0.4}, "blur": {"blur": 1.6}, "sharpened": {"sharpening": 3.0},
    "grey, uneven, nuclei": {"ground": 190.0, "uneven": 12.0, "nuclei": 4},
    "specks, text, bar": {"specks": 35, "text": True, "scale_bar": True},
    "half resolution": {"width": 8.0}, "clahe": {"clahe": 4.0}, "JPEG 40, noise": {"jpeg": 40, "noise": 5.0},
})  # fmt: skip
"""One change at a time, as fields of CellLook."""
_WHOLE_FIELDS: Final = ("grey, uneven, nuclei", "specks, text, bar")
_SEEN: Final = 1.5  # px of a cell by px of the tile that shows its middle
_SHOWN: Final = 6  # chromosomes of each crop look, of different lengths
_ACROSS: Final = 5  # tiles
_TILE: Final = (190, 232)  # rows, columns
_CAPTION: Final = 16  # rows
_CROPS_GAP: Final = 2  # columns
_RANDOM: Final = 4  # cells in random looks
_SEED: Final = 5
_QUALITY: Final = 62  # of WebP
_PAPER, _INK = 255, 40  # grey levels


def drawn_chromosomes(seed: int = 0, karyotype: str = "46,XY") -> Straightened:
    """The straightened chromosomes of a drawn cell that lie apart in it, in the order of the karyotype."""
    style = replace(draw_style(np.random.default_rng(seed)), crowding=0.25, crossing=0.0)
    made = make_cell(karyotype, seed, style=style)
    alone = tuple(t for t in made.truth if t.overlap_pixels == 0)
    return of_made_cell(replace(made, truth=alone))


def sheet(seed: int = _SEED) -> GreyArray:
    """The contact sheet (H, W) uint8: crops in each of CROP_LOOKS, then cells in CELL_LOOKS and in random looks."""
    cut = drawn_chromosomes(seed)
    tiles = [_titled(_crops_in(cut, change), name) for name, change in CROP_LOOKS.items()]
    for name, change in CELL_LOOKS.items():
        part = _fitted if name in _WHOLE_FIELDS else _middle
        tiles.append(_titled(part(_cell_in(cut, CellLook(**_values(change)), seed)), name))
    for number in range(_RANDOM):
        look = draw_look(np.random.default_rng((seed, number)))
        tiles.append(_titled(_fitted(_cell_in(cut, look, number)), f"random {number + 1}"))
    tiles.append(_titled(_fitted(np.asarray(empty_field(np.random.default_rng(seed)).image, np.uint8)), "no metaphase"))
    blank = np.full_like(tiles[0], _PAPER)
    tiles += [blank] * (-len(tiles) % _ACROSS)
    return np.concatenate([np.concatenate(tiles[i : i + _ACROSS], 1) for i in range(0, len(tiles), _ACROSS)])


def _values(change: Any) -> dict[str, Any]:
    return dict(change)


def _crops_in(cut: Straightened, change: Any) -> GreyArray:
    rows = np.linspace(0, len(cut.rows) - 1, _SHOWN).astype(int)
    plain = CropLooks.plain(len(rows))
    looks = replace(plain, **{name: torch.full((len(rows),), float(value)) for name, value in change.items()})
    grey, mask = resampled(cut.crops[rows], cut.rows[rows], looks, Poses.upright(len(rows)))
    dark = photographed(grey, mask, looks, torch.Generator().manual_seed(_SEED))[:, 0].numpy()
    gap = np.full((dark.shape[1], _CROPS_GAP), _PAPER, np.uint8)
    return _fitted(np.concatenate([part for crop in dark for part in ((255 * (1 - crop)).astype(np.uint8), gap)], 1))


def _cell_in(cut: Straightened, look: CellLook, seed: int) -> GreyArray:
    made = lay_out(cut.crops, cut.rows[:, LABEL], look, np.random.default_rng(seed))
    return np.asarray(made.image, np.uint8)


def _middle(picture: GreyArray) -> GreyArray:
    """A tile of the middle of a cell, a third smaller than it was taken."""
    rows, columns = (min(round(_SEEN * side), whole) for side, whole in zip(_TILE, picture.shape, strict=True))
    y, x = (picture.shape[0] - rows) // 2, (picture.shape[1] - columns) // 2
    return _fitted(picture[y : y + rows, x : x + columns])


def _fitted(picture: GreyArray) -> GreyArray:
    """The picture in the middle of a tile, made smaller where it is larger."""
    height, width = _TILE
    factor = min(height / picture.shape[0], width / picture.shape[1], 1.0)
    size = math.floor(picture.shape[1] * factor), math.floor(picture.shape[0] * factor)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    tile = np.full(_TILE, _PAPER, np.uint8)
    y, x = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    tile[y : y + small.shape[0], x : x + small.shape[1]] = small
    return tile


def _titled(tile: GreyArray, title: str) -> GreyArray:
    head = np.full((_CAPTION, tile.shape[1]), _PAPER, np.uint8)
    cv2.putText(head, title, (4, _CAPTION - 4), cv2.FONT_HERSHEY_SIMPLEX, 0.42, _INK, 1, cv2.LINE_AA)
    framed = cv2.copyMakeBorder(np.concatenate([head, tile]), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(200.0,))
    return np.asarray(framed, np.uint8)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the contact sheet; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheet", type=Path, required=True, help="picture to write, .webp or .png")
    parser.add_argument("--seed", type=int, default=_SEED)
    args = parser.parse_args(arguments)
    options = [cv2.IMWRITE_WEBP_QUALITY, _QUALITY] if args.sheet.suffix.lower() == ".webp" else []
    if args.sheet.suffix.lower() not in (".webp", ".png"):
        raise DataError(f"{args.sheet}: write the sheet as .webp or .png.")
    args.sheet.write_bytes(cv2.imencode(args.sheet.suffix.lower(), sheet(args.seed), options)[1].tobytes())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
