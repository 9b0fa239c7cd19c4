"""Karyograms placed on their metaphases: ``python -m karyotrain.studies.karyogram_prints [--prints 40] [--wrong 20]``.

Karyograms of five layouts are drawn from made cells and placed again; others are offered the cell of another person of
the same karyotype, which is to be refused. With ``--pairs FOLDER`` real ones stand beside them: ``NAME.A.png``, the
metaphase, ``NAME.K.png``, its karyogram, and ``NAME.json``, its truth as COCO. Seconds are of the processor.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.synthesis import make_cell
from karyotrain.data.synthesis.karyogram_print import LAYOUTS, KaryogramPrint, draw_karyogram, draw_print_style
from karyotrain.data.synthesis.truth import SyntheticCell
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.geometry import iou_xyxy
from karyoview.imaging.karyogram_picture import KaryogramPictureError, read_karyogram
from karyoview.imaging.karyogram_placement import Placement, place_karyogram

GreyArray = npt.NDArray[np.uint8]

KARYOTYPES: Final = ("46,XX", "46,XY", "47,XY,+21", "46,XX", "45,X", "46,XY", "47,XXY", "46,XX")
_SAME: Final = 0.6  # IoU of horizontal boxes from which a place is right
_FIRST_SEED: Final = 41_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One karyogram: chromosomes it shows, how many are placed right and have the right class too, how many of these
    are sure, wrong ones that are sure, processor seconds, and why it was refused, if it was."""

    name: str
    shown: int
    placed: int = 0
    right: int = 0
    sure: int = 0
    wrong_sure: int = 0
    seconds: float = 0.0
    refused: str = ""


def drawn_pair(number: int, seed: int = _FIRST_SEED) -> tuple[SyntheticCell, KaryogramPrint, str]:
    """The cell, its drawn karyogram and the layout's name of one number."""
    name = list(LAYOUTS)[number % len(LAYOUTS)]
    cell = make_cell(KARYOTYPES[number % len(KARYOTYPES)], seed + number)
    style = draw_print_style(np.random.default_rng([seed, number]))
    return cell, draw_karyogram(cell, LAYOUTS[name], style, seed + number), name


def judge(
    name: str, picture: GreyArray, metaphase: GreyArray, boxes: npt.NDArray[np.float64], labels: Sequence[int]
) -> Outcome:
    """A karyogram placed on a metaphase, against its true horizontal boxes (N, 4) x1, y1, x2, y2 and classes (N,)."""
    begun = time.process_time()
    try:
        found = place_karyogram(picture, read_karyogram(picture), metaphase)
    except KaryogramPictureError as error:
        return Outcome(name, len(labels), seconds=time.process_time() - begun, refused=str(error))
    seconds = time.process_time() - begun
    placed, right = _right(found, boxes, labels)
    sure = np.array([p.sure for p in found], bool)
    return Outcome(
        name, len(labels), int(placed.sum()), int(right.sum()), int((right & sure).sum()),
        int((~right & sure).sum()), seconds,
    )  # fmt: skip


def _right(
    found: Sequence[Placement], boxes: npt.NDArray[np.float64], labels: Sequence[int]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Whether each placement lies on a chromosome of its own, and on one of its class."""
    placed, right = np.zeros(len(found), bool), np.zeros(len(found), bool)
    taken: set[int] = set()
    for k in sorted(range(len(found)), key=lambda i: -found[i].correlation):
        x, y = found[k].corner
        h, w = found[k].mask.shape
        overlap = iou_xyxy(np.array([[x, y, x + w, y + h]], float), boxes)[0]
        fitting = [int(i) for i in np.flatnonzero(overlap > _SAME) if int(i) not in taken]
        if not fitting:
            continue
        own = [i for i in fitting if labels[i] == found[k].piece.label]
        best = max(own or fitting, key=lambda i: float(overlap[i]))
        taken.add(best)
        placed[k], right[k] = True, labels[best] == found[k].piece.label
    return placed, right


def drawn(first: int, count: int) -> Iterator[Outcome]:
    """Drawn karyograms on their own metaphases."""
    for number in range(first, first + count):
        cell, shown, name = drawn_pair(number)
        yield judge(
            f"{number} {name}", shown.picture, np.asarray(cell.image, np.uint8), cell.boxes(), cell.labels().tolist()
        )


def wrong_pairs(count: int) -> Iterator[Outcome]:
    """Drawn karyograms on the metaphases of others who have the same karyotype."""
    for number in range(count):
        cell, shown, name = drawn_pair(number)
        other = make_cell(cell.karyotype, _FIRST_SEED + 10_000 + number)
        pixels, labels = np.asarray(other.image, np.uint8), other.labels().tolist()
        yield judge(f"{number} {name}", shown.picture, pixels, other.boxes(), labels)


def real_pairs(folder: Path) -> Iterator[Outcome]:
    """The pairs of a folder that have a truth."""
    for path in sorted(folder.glob("*.json")):
        truth = json.loads(path.read_text())
        names = {c["id"]: c["name"] for c in truth["categories"]}
        boxes = np.array([a["bbox"] for a in truth["annotations"]], float)
        boxes[:, 2:] += boxes[:, :2]
        labels = [CLASS_NAMES.index(names[a["category_id"]]) for a in truth["annotations"]]
        metaphase, picture = (cv2.imread(str(folder / f"{path.stem}.{k}.png"), cv2.IMREAD_GRAYSCALE) for k in "AK")
        yield judge(path.stem, np.asarray(picture, np.uint8), np.asarray(metaphase, np.uint8), boxes, labels)


def _told(outcome: Outcome) -> str:
    if outcome.refused:
        return f"{outcome.name}: refused after {outcome.seconds:.1f} s: {outcome.refused}"
    return (
        f"{outcome.name}: {outcome.placed} of {outcome.shown} placed right, {outcome.right} with the right class, "
        f"{outcome.sure} of them sure, {outcome.wrong_sure} wrong but sure, {outcome.seconds:.1f} s"
    )


def summary(outcomes: Sequence[Outcome]) -> str:
    """The shares over all karyograms, refused ones as nothing placed."""
    shown = sum(o.shown for o in outcomes)
    share = {k: 100 * sum(getattr(o, k) for o in outcomes) / max(shown, 1) for k in ("placed", "right", "sure")}
    wrong, slow = sum(o.wrong_sure for o in outcomes), max((o.seconds for o in outcomes), default=0.0)
    return (
        f"{len(outcomes)} karyograms, {shown} chromosomes: placed right {share['placed']:.1f} %, with the right class "
        f"{share['right']:.1f} %, sure and right {share['sure']:.1f} %, sure but wrong {wrong}, "
        f"mean {np.mean([o.seconds for o in outcomes]):.1f} s, slowest {slow:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prints", type=int, default=40, help="drawn karyograms")
    parser.add_argument("--first", type=int, default=0, help="number of the first of them")
    parser.add_argument("--wrong", type=int, default=20, help="drawn karyograms offered another cell")
    parser.add_argument("--pairs", type=Path, help="folder of real pairs with their truth")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    if arguments.pairs:
        for outcome in real_pairs(arguments.pairs):
            print(_told(outcome), flush=True)
    own: list[Outcome] = []
    for outcome in drawn(arguments.first, arguments.prints):
        own.append(outcome)
        print(_told(outcome), flush=True)
    if own:
        print(summary(own))
    refused = 0
    for outcome in wrong_pairs(arguments.wrong):
        refused += bool(outcome.refused)
        print("another cell,", _told(outcome), flush=True)
    print(f"{refused} of {arguments.wrong} karyograms of another cell refused")


if __name__ == "__main__":
    main()
