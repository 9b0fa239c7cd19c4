"""Figures of the karyogram: ``python -m karyotrain.studies.karyogram [--cells 8] [--library FILE] [--only masks …]``.

masks: IoU and boundary of cut-out chromosomes on drawn and pasted cells, and processor time. straight: profiles of
straightened chromosomes against those along their true axes. direction: short arm up, on upright crops. greys: own
pixels clipped, on real cells. doubts: pairs with a known change of structure found,
and false alarms. Real pictures are read below ``KARYOVIEW_DATA``; ``--learn-pairs FILE`` writes how much
homologues of normal cells differ. Times are of one core with ``OMP_NUM_THREADS=1``; threads that wait count too.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.coco import read_coco, rows_by_image
from karyotrain.data.dataset import decode_image
from karyotrain.data.synthesis import SyntheticCell, make_cell
from karyotrain.data.synthesis.paste import PasteLibrary, make_pasted_cell
from karyotrain.data.synthesis.structure import KINDS, draw_change
from karyotrain.data.upright_crops import read_upright
from karyotrain.studies.common import share
from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import Box
from karyoview.imaging.axis import line_length
from karyoview.imaging.chromosome_greys import clipped_shares, map_greys, own_pixels
from karyoview.imaging.cutout import cut_out
from karyoview.imaging.direction import SURE, shipped_direction_net
from karyoview.imaging.homologue_doubts import cell_differences, count_normal, homologue_doubts, normal_as_json
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import CellCutouts
from karyoview.imaging.mask_quality import boundary_agreement
from karyoview.imaging.profile import band_profile
from karyoview.imaging.straighten import straighten
from karyoview.io.atomic import write_atomic

GreyArray = npt.NDArray[np.uint8]

_FIRST_SEED: Final = 7_100_000
_CROSSING: Final = 20  # px shared with another chromosome from which two cross
_BENT: Final = 1.06  # length of the axis by its chord


def drawn_cells(count: int, seed: int = _FIRST_SEED) -> Iterator[SyntheticCell]:
    """Drawn cells 46,XX and 46,XY in turn."""
    return (make_cell(("46,XX", "46,XY")[k % 2], seed + k) for k in range(count))


def drawn_annotation(cell: SyntheticCell) -> ImageAnnotation:
    """The truth of a drawn cell as an annotation with rotated boxes."""
    items = (ReviewedChromosome(f"c{i}", t.box, t.label) for i, t in enumerate(cell.truth))
    return ImageAnnotation("drawn.png", (cell.image.shape[0], cell.image.shape[1]), chromosomes=tuple(items))


def real_cells(data: Path, count: int, name: str = "train") -> Iterator[tuple[GreyArray, ImageAnnotation]]:
    """Real cells of taichung spread over the set, with their upright boxes and classes."""
    document = read_coco(data / "taichung" / f"{name}.json")
    files = {i["id"]: i["file_name"] for i in document["images"]}
    names = {c["id"]: c["name"] for c in document["categories"]}
    index = {c.name: c.index for c in CLASSES}
    every = list(rows_by_image(document).items())
    for image, rows in every[:: max(len(every) // max(count, 1), 1)][:count]:
        grey = decode_image(data / "taichung" / "images" / files[image])
        items = (
            ReviewedChromosome(f"c{k}", Box.from_xywh(*r["bbox"]), index[names[r["category_id"]]])
            for k, r in enumerate(rows)
        )
        yield grey, ImageAnnotation(files[image], (grey.shape[0], grey.shape[1]), chromosomes=tuple(items))


def normal_cells(data: Path, count: int, name: str = "train") -> Iterator[tuple[GreyArray, ImageAnnotation]]:
    """:func:`real_cells` without those that the laboratory lists as abnormal."""
    with (data / "taichung" / "cases.csv").open(encoding="utf-8") as stream:
        odd = {row["image"] for row in csv.DictReader(stream) if row["abnormality"]}
    return ((grey, known) for grey, known in real_cells(data, count, name) if Path(known.image).stem not in odd)


def masks(title: str, cells: Sequence[SyntheticCell]) -> str:
    """IoU and boundary F of cut-out chromosomes against the truth, and milliseconds of the processor a cell."""
    rows, spent = [], []
    for cell in cells:
        grey = np.asarray(cell.image, np.uint8)
        begun = time.process_time()
        found = cut_out(grey, [t.box for t in cell.truth])
        spent.append(time.process_time() - begun)
        for one, truth in zip(found, cell.truth, strict=True):
            agree = boundary_agreement(one, truth.mask, truth.offset)
            rows.append((*agree, bool(truth.crossings) and truth.overlap_pixels > _CROSSING, truth.overlap_pixels > 0))
    table = np.array(rows, dtype=np.float64)
    parts = [
        f"{name} ({len(p)}) IoU {p[:, 0].mean():.3f} boundary F {p[:, 1].mean():.3f}"
        for name, p in (
            ("all", table), ("crossing", table[table[:, 2] > 0]), ("touched", table[table[:, 3] > 0]),
            ("alone", table[table[:, 3] == 0]),
        )
        if len(p)
    ]  # fmt: skip
    return f"masks, {len(cells)} {title} cells: {'; '.join(parts)}; {1e3 * np.mean(spent):.0f} ms a cell"


def straightness(cells: Sequence[SyntheticCell]) -> str:
    """Correlation of straightened profiles with those along the true axes, lengths, and the sharpest turns."""
    rows = []
    for cell in cells:
        grey = np.asarray(cell.image, np.uint8)
        for one, truth in zip(cut_out(grey, [t.box for t in cell.truth]), cell.truth, strict=True):
            ours, true = (
                _strip_profile(grey, one.axis, one.full(*grey.shape)),
                _strip_profile(grey, truth.axis, truth.full_mask((grey.shape[0], grey.shape[1]))),
            )
            chord = float(np.hypot(*(truth.axis[-1] - truth.axis[0])))
            rows.append(
                (
                    np.corrcoef(ours, true)[0, 1], line_length(one.axis) / line_length(truth.axis),
                    line_length(truth.axis) / max(chord, 1.0) > _BENT, truth.overlap_pixels > _CROSSING,
                    _sharpest_turn(one.axis),
                )
            )  # fmt: skip
    table = np.array(rows, dtype=np.float64)
    bent, clear = table[:, 2] > 0, table[:, 3] == 0
    parts = [
        f"{name} ({int(p.sum())}) mean {table[p, 0].mean():.3f} median {np.median(table[p, 0]):.3f}, "
        f"length {np.median(table[p, 1]):.3f} ± {table[p, 1].std():.3f}"
        for name, p in (
            ("all", bent >= 0),
            ("bent", bent),
            ("clear of others", clear),
            ("bent and clear", bent & clear),
        )
        if p.any()
    ]
    return (
        f"straightening, {len(cells)} drawn cells, correlation with the unbent truth: {'; '.join(parts)}; "
        f"turn within 6 px 99th percentile {np.degrees(np.percentile(table[:, 4], 99)):.0f}°"
    )


def _strip_profile(grey: GreyArray, axis: npt.ArrayLike, mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """The band profile along an axis, of a mask's own pixels."""
    line = np.asarray(axis, dtype=np.float64)
    height = max(round(line_length(line)), 8)
    own = np.asarray(straighten(mask.astype(np.uint8) * 255, line, 30, height)) > 127
    strip = np.asarray(straighten(grey, line, 30, height))
    return band_profile(strip, own) if own.sum() > 20 else band_profile(strip)


def _sharpest_turn(axis: npt.NDArray[np.float64]) -> float:
    """The largest change of direction between points six pixels apart, in radians."""
    steps = np.diff(axis, axis=0)
    angles = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    return float(np.abs(angles[3:] - angles[:-3]).max()) if len(angles) > 3 else 0.0


def direction(data: Path, cells: int) -> str:
    """How often the short arm is up, on crops that stand upright."""
    net, lines = shipped_direction_net(), []
    for lab in ("padova", "pampaj", "xu"):
        known = read_upright(data / "labs", (lab,), cells)
        p_up = np.full(len(known.labels), 0.5)
        if net is not None:
            p_up = net.upright_probabilities(list(known.crops), np.eye(len(CLASSES))[known.labels])
        sure = np.abs(p_up - 0.5) >= SURE - 0.5
        lines.append(
            f"short arm up, {lab}: {share(int((p_up > 0.5).sum()), len(p_up))}; sure of {100 * sure.mean():.1f} %, "
            f"of these {share(int((p_up[sure] > 0.5).sum()), int(sure.sum()))}"
        )
    return "\n".join(lines)


def greys(data: Path, count: int) -> str:
    """Own pixels that the full mapping has at either end, on real cells."""
    shares = []
    for grey, annotation in real_cells(data, count):
        found = CellCutouts.of(grey, annotation)
        shown = map_greys(found.pixels, found.masks, 1.0)
        owners = own_pixels((grey.shape[0], grey.shape[1]), found.masks)
        shares.append(clipped_shares(found.pixels, shown, owners > 0))
    table = 100 * np.array(shares)
    return (
        f"greys, {len(table)} real cells: own pixels at the dark end {table[:, 0].mean():.3f} % (most "
        f"{table[:, 0].max():.3f}), at the light end {table[:, 1].mean():.3f} % (most {table[:, 1].max():.3f})"
    )


def doubts(data: Path | None, cells: int, validation: int) -> str:
    """Drawn cells with a change of 10 to 40 Mb whose pair is doubted, by kind; false alarms a normal cell.

    ``validation`` real normal cells that nothing was learnt from are asked too.
    """
    lines, table = [], load_bands(550)
    for kind in KINDS:
        hits = comparable = 0
        for k in range(cells):
            rng = np.random.default_rng([_FIRST_SEED, k, KINDS.index(kind)])
            change = draw_change(rng, table, kind, float(rng.uniform(10, 40)))
            cell = make_cell("46,XX", _FIRST_SEED + 500 + k, changes=(change,))
            cutouts = CellCutouts.of(np.asarray(cell.image, np.uint8), drawn_annotation(cell))
            labels = {label for label, _, _ in cell_differences(cutouts)}
            changed = {change.label, change.other} & labels
            comparable += bool(changed)
            hits += bool(changed & {d.label for d in homologue_doubts(cutouts)})
        lines.append(f"{kind}: {share(hits, comparable)} of those that lie clear, {cells} drawn")
    normal = [CellCutouts.of(np.asarray(c.image, np.uint8), drawn_annotation(c)) for c in drawn_cells(cells, 7_300_000)]
    lines.append(f"false alarms a normal drawn cell {np.mean([len(homologue_doubts(c)) for c in normal]):.2f}")
    if data is not None and validation > 0:
        real, compared = [], []
        for pair in normal_cells(data, validation, "val"):
            cutouts = CellCutouts.of(*pair)
            real.append(len(homologue_doubts(cutouts)))
            compared.append(len(cell_differences(cutouts)))
        lines.append(
            f"false alarms a normal real cell {np.mean(real):.2f} ({len(real)} cells, {np.mean(compared):.1f} pairs "
            "compared in one)"
        )
    return "doubts: " + "; ".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=8, help="cells of each kind")
    parser.add_argument("--real", type=int, default=100, help="real cells whose greys are looked at")
    parser.add_argument("--val", type=int, default=60, help="real cells, not learnt from, asked for false alarms")
    parser.add_argument(
        "--library", type=Path, help="library of cut chromosomes to paste from, of cells not learnt from"
    )
    parser.add_argument("--only", nargs="*", default=["masks", "straight", "direction", "greys", "doubts"])
    parser.add_argument(
        "--learn-pairs", type=Path, metavar="FILE", help="write how much homologues of normal cells differ"
    )
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    data = Path(os.environ["KARYOVIEW_DATA"]) if "KARYOVIEW_DATA" in os.environ else None
    if arguments.learn_pairs:
        if data is None:
            parser.error("set KARYOVIEW_DATA to the folder of real cells that differences are counted in")
        cells = [cell_differences(CellCutouts.of(*pair)) for pair in normal_cells(data, arguments.real)]
        counted = {"cells": len(cells), "pairs": sum(map(len, cells)), **normal_as_json(count_normal(cells))}
        text = json.dumps(counted, indent=1)
        write_atomic(arguments.learn_pairs, (text + "\n").encode())
        return
    jobs: dict[str, Callable[[], str]] = {"straight": lambda: straightness(list(drawn_cells(arguments.cells)))}
    jobs["masks"] = lambda: masks("drawn", list(drawn_cells(arguments.cells)))
    if arguments.library:
        library = PasteLibrary.read(arguments.library)
        jobs["masks"] = lambda: "\n".join(
            (
                masks("drawn", list(drawn_cells(arguments.cells))),
                masks("pasted", [make_pasted_cell(library, _FIRST_SEED + k) for k in range(arguments.cells)]),
            )
        )
    if data is not None:
        jobs["direction"] = lambda: direction(data, arguments.cells)
        jobs["greys"] = lambda: greys(data, arguments.real)
    jobs["doubts"] = lambda: doubts(data, arguments.cells, arguments.val)
    for name in arguments.only:
        print(jobs[name]() if name in jobs else f"{name}: set KARYOVIEW_DATA to measure it", flush=True)


if __name__ == "__main__":
    main()
