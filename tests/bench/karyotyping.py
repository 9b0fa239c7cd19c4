"""Figures of cutting out, straightening and band matching on made cells.

Run: ``python tests/bench/karyotyping.py [cells]`` for drawn cells; with ``--paste COCO`` (real boxes, their pictures in
``images`` beside) masks are measured on cells pasted together from real chromosomes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from karyotrain.data.synthesis import SyntheticCell, make_cell
from karyotrain.data.synthesis.paste import PasteLibrary, make_pasted_cell

from karyoview.core.chromosome import CLASSES
from karyoview.imaging.axis import line_length
from karyoview.imaging.cutout import cut_out
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.profile import band_profile, find_centromere, match_all, match_class
from karyoview.imaging.straighten import straighten


def cells(number: int) -> Iterator[tuple[SyntheticCell, np.ndarray]]:
    """Made clinic cells with the class counts of 46,XX and 46,XY in turn."""
    for seed in range(number):
        cell = make_cell(("46,XX", "46,XY")[seed % 2], seed=1000 + seed)
        yield cell, np.asarray(cell.image, dtype=np.uint8)


def pasted(number: int, coco: Path) -> Iterator[tuple[SyntheticCell, np.ndarray]]:
    """Cells pasted from the real chromosomes of a COCO file; the pieces are cut into a folder that is thrown away."""
    with tempfile.TemporaryDirectory() as cache:
        library = PasteLibrary.build(coco.parent / "images", coco, Path(cache), 40, 1)
        for seed in range(number):
            cell = make_pasted_cell(library, 1000 + seed)
            yield cell, np.asarray(cell.image, dtype=np.uint8)


def masks_only(number: int, coco: Path) -> None:
    """Print how masks agree with the truth on pasted cells."""
    found: dict[str, list[float]] = {}
    for cell, pixels in pasted(number, coco):
        for name, boxes in (
            ("rotated", [t.box for t in cell.truth]),
            ("horizontal", [t.horizontal for t in cell.truth]),
        ):
            for truth, mask in zip(cell.truth, cut_out(pixels, boxes), strict=True):
                whole, own = truth.full_mask(pixels.shape), mask.full(*pixels.shape)
                kind = "crossing" if truth.overlap_pixels > 20 else "lone"
                key = f"pasted, mask IoU, {name} box, {kind}"
                found.setdefault(key, []).append(float((own & whole).sum() / max((own | whole).sum(), 1)))
    show(found)


def main(number: int) -> None:
    found: dict[str, list[float]] = {}

    def note(name: str, value: float) -> None:
        found.setdefault(name, []).append(float(value))

    table = load_bands(550)
    for cell, pixels in cells(number):
        masks = cut_out(pixels, [t.box for t in cell.truth])
        turned = cut_out(pixels, [t.horizontal for t in cell.truth])
        for truth, mask, flat in zip(cell.truth, masks, turned, strict=True):
            whole = truth.full_mask(pixels.shape)
            kind = "crossing" if truth.overlap_pixels > 20 else "lone"
            for name, given in (("rotated box", mask), ("horizontal box", flat)):
                own = given.full(*pixels.shape)
                note(f"mask IoU, {name}, {kind}", (own & whole).sum() / max((own | whole).sum(), 1))
            label = CLASSES[truth.label].label
            length = max(line_length(mask.axis), 8.0)
            height = round(length)
            strip = straighten(pixels, mask.axis, 32, height)
            own = np.asarray(straighten(mask.full(*pixels.shape), mask.axis, 32, height)) > 0
            profile = band_profile(strip, own)
            best = band_profile(straighten(pixels, np.asarray(truth.axis), 32, height))
            plain = band_profile(strip)
            note(f"straightened profile against the true axis, correlation, {kind}", np.corrcoef(plain, best)[0, 1])
            note("length by true length", length / line_length(np.asarray(truth.axis)))
            match = match_class(profile, label)
            note(f"short arm up found, class known, {kind}", match.upright)
            note(f"class by bands alone, {kind}", match_all(profile)[0].label == label)
            centromere = find_centromere(match, own)
            note(f"centromere, error in shares of the length, {kind}", abs(centromere - table.centromere_index(label)))
    show(found)


def show(found: dict[str, list[float]]) -> None:
    """One line a figure."""
    for name, values in sorted(found.items()):
        low, middle = np.percentile(values, [5, 50])
        print(f"{name}: mean {np.mean(values):.3f}, median {middle:.3f}, 5 % {low:.3f}, n {len(values)}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("cells", type=int, nargs="?", default=10)
    arguments.add_argument("--paste", type=Path)
    wanted = arguments.parse_args()
    if wanted.paste:
        masks_only(wanted.cells, wanted.paste)
    else:
        main(wanted.cells)
