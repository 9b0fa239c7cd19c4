"""How soon corrections help: corrections per cell after 0, 5, 10, … corrected cells of a look that is new.

``python -m karyotrain.studies.domain_shift --engine FILE --look drawn --output FOLDER`` draws cells of a changed look;
``--look DATA`` takes, of the cases held back from training in that data set (``--split``), those whose
look is the furthest from the others, or with ``--repainted`` some cells in a changed look: real
chromosomes as from a bench, or in a stain, that the engine never saw. Each point fine-tunes the engine from its own
weights on that many cells, as a laboratory would, and is judged on the same unseen cells of other
cases. Points that are done are kept, so a stopped command goes on.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch

from karyotrain.data.dataset import CellSet, Sample, load, write_set
from karyotrain.data.errors import DataError
from karyotrain.engines.assembly import truths_of
from karyotrain.engines.default_network import CROPS
from karyotrain.engines.detection import train, with_options
from karyotrain.engines.finetune import fine_tuning, keep_start
from karyotrain.engines.measure import ask
from karyotrain.trainer.loop import Options
from karyoview.core.metrics import Report, evaluate, paired_difference
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.registry import load_engine

COUNTS: Final = (0, 5, 10, 20, 40)
DRAWN: Final = "drawn"


@dataclass(frozen=True, slots=True)
class Point:
    """One point of the curve: ``cells`` corrected, ``report`` on the unseen ones."""

    cells: int
    report: Report

    def line(self, first: Report) -> str:
        """A row of the table, with the paired difference to the engine before any correction."""
        text = f"{self.cells:5}  {self.report['corrections_per_cell']:10.2f}  {self.report['count_error']:10.2f}"
        accuracy = self.report.get("class_accuracy")
        text += f"  {100 * accuracy:7.1f} %" if accuracy is not None else ""
        if self.cells:
            d = paired_difference(first, self.report)
            text += f"  {d['mean']:+7.2f}  [{d['low']:+.2f}, {d['high']:+.2f}]"
        return text


def another_look(pixels: npt.NDArray[np.uint8], seed: int, strength: float = 1.0) -> npt.NDArray[np.uint8]:
    """A cell (H, W) uint8 as from another bench: pale on a grey ground, soft, grainy, lit from one side.

    ``strength`` 2 is twice as soft, and paler.
    """
    rng = np.random.default_rng((23, seed))
    ground = float(np.percentile(pixels, 80))
    grey = cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), 1.1 * strength)
    grey = 186 + (grey - ground) * rng.uniform(0.42, 0.5) / np.sqrt(strength)
    grey += np.linspace(-9, 9, grey.shape[1], dtype=np.float32)[None]
    grain = cv2.GaussianBlur(rng.normal(0, 1, grey.shape).astype(np.float32), (0, 0), 0.8)
    return np.clip(np.rint(grey + 9.0 * grain), 0, 255).astype(np.uint8)


def reverse_banded(pixels: npt.NDArray[np.uint8], seed: int) -> npt.NDArray[np.uint8]:
    """A G-banded cell (H, W) uint8 as if stained for R bands: inside the chromosomes dark is pale and pale dark.

    Nothing is left to chance, whatever the ``seed``.
    """
    grey = pixels.astype(np.float32)
    ground = float(np.percentile(grey, 80))
    depth = np.clip(ground - grey, 0, None)
    # a body without bands that fades at its edge, so that no edge becomes a band
    wide = cv2.GaussianBlur(depth, (0, 0), 3.0)
    body = 1 / (1 + np.exp(-(wide - 38) / 6))
    strong = float(np.percentile(depth[wide > 38], 85)) if (wide > 38).any() else 0.0
    turned = cv2.GaussianBlur(body * np.clip(1.25 * strong - depth, 0.2 * strong, None), (0, 0), 1.0)
    inside = np.clip((wide - 8) / 12, 0, 1)
    return np.clip(np.rint(grey * (1 - inside) + (ground - turned) * inside), 0, 255).astype(np.uint8)


LOOKS: Final[Mapping[str, Callable[[npt.NDArray[np.uint8], int], npt.NDArray[np.uint8]]]] = {
    "pale": another_look,
    "soft": partial(another_look, strength=2.0),
    "reversed": reverse_banded,
}
"""What real cells can be given: the look of the drawn ones, twice as soft and paler, or R bands."""


def drawn_cells(count: int, seed: int) -> CellSet:
    """``count`` drawn metaphases of the changed look, each a case of its own; men and women in turn."""
    from karyotrain.data.synthesis.cell import make_cell

    samples = []
    for number in range(count):
        made = make_cell("46,XX" if number % 2 else "46,XY", 7_000_000 + 1000 * seed + number)
        pixels = another_look(np.asarray(made.image, np.uint8), number)
        boxes = made.boxes().astype(np.float32)
        samples.append(_sample(f"{number:03d}.png", f"drawn {number}", pixels, boxes, made.labels()))
    return CellSet(tuple(samples), DRAWN)


def _sample(name: str, case: str, pixels: npt.NDArray[np.uint8], boxes: Any, labels: Any) -> Sample:
    upright = np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2], 0 * boxes[:, :1]], 1)
    unknown = np.zeros(len(boxes), bool)
    return Sample(name, case, pixels, boxes, labels, upright.astype(np.float32), unknown, unknown)


def appearance(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
    """Background, contrast, log grain and log sharpness (4,) of a cell; no engine is asked."""
    grey = pixels.astype(np.float32) / 255
    edges = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 1.0), cv2.CV_32F))
    grain = float(np.median(np.abs(np.diff(grey, axis=1)))) + 1e-3
    sharp = float(np.percentile(edges, 98)) + 1e-3
    ground = float(np.median(grey))
    return np.array([ground, ground - float(np.percentile(grey, 2)), np.log(grain), np.log(sharp)])


def strangest(cells: CellSet, count: int) -> CellSet:
    """At least ``count`` cells (or all): of whole cases, those whose mean look is furthest from the median cell.

    What is furthest in one direction is one look; so the cases are taken from the end of the principal
    direction of the looks at which they lie further out.
    """
    looks = np.stack([appearance(s.pixels) for s in cells])
    looks = (looks - np.median(looks, 0)) / (looks.std(0) + 1e-9)
    axis = np.linalg.svd(looks - looks.mean(0), full_matrices=False)[2][0]
    place = looks @ axis
    by_case = {c: float(np.mean([p for p, s in zip(place, cells, strict=True) if s.case == c])) for c in cells.cases()}
    sign = 1.0 if max(by_case.values()) > -min(by_case.values()) else -1.0
    chosen: list[str] = []
    for case in sorted(by_case, key=lambda c: -sign * by_case[c]):
        chosen.append(case)
        if len(cells.of_cases(chosen)) >= count:
            break
    return cells.of_cases(chosen)


def repainted(cells: CellSet, name: str = "pale") -> CellSet:
    """The cells in one of LOOKS."""
    new = (replace(s, pixels=LOOKS[name](s.pixels, number)) for number, s in enumerate(cells))
    return replace(cells, samples=tuple(new))


def in_two(cells: CellSet, unseen: int, seed: int) -> tuple[CellSet, CellSet]:
    """Cells to correct, in the order in which they come, and about ``unseen`` cells of other cases."""
    rng = np.random.default_rng((29, seed))
    cases = list(cells.cases())
    rng.shuffle(cases)
    last = next((i for i in range(1, len(cases)) if len(cells.of_cases(cases[:i])) >= unseen), len(cases) - 1)
    rest = cells.of_cases(cases[last:])
    order = rng.permutation(len(rest))
    return replace(rest, samples=tuple(rest[int(i)] for i in order)), cells.of_cases(cases[:last])[:unseen]


def write_cells(cells: CellSet, folder: Path) -> Path:
    """A data set of one case, so that all of it teaches."""
    write_set((replace(s, case="laboratory") for s in cells), folder)
    return folder


def judge(weights: Path, cells: CellSet, device: str = "auto") -> Report:
    """The engine in ``weights`` on cells, at its own threshold."""
    engine = load_engine(
        str(read_card(card_path(weights))["engine"]), device=device, settings={"threshold": 0.05}, weights=weights
    )
    cut = engine.info.operating_threshold
    return evaluate(ask(engine, cells)[0], truths_of(cells), score_threshold=cut, resamples=0)


def measure(
    weights: Path, teach: CellSet, unseen: CellSet, output: Path, counts: Sequence[int], steps: int, device: str
) -> list[Point]:
    """The points of the curve; each is printed and kept in ``output`` when it is done."""
    print("cells corrections count error  classes    fewer  95 % interval", flush=True)
    points: list[Point] = []
    crops: Path | None = None
    for count in counts:
        kept = output / f"{count}.json"
        if kept.is_file():
            report = json.loads(kept.read_text())
        else:
            chosen = weights
            if count:
                if count > len(teach):
                    raise DataError(f"Only {len(teach)} cells of this look can be corrected; ask for fewer.")
                run = output / f"after {count}"
                data = write_cells(teach[:count], run / "set")
                if crops is not None:
                    shutil.copytree(crops, run / CROPS, dirs_exist_ok=True)
                recipe = with_options(fine_tuning(weights), steps=steps)
                options = Options(device=device, start=keep_start(weights, run), evaluations=0, threads=1)
                chosen = Path(train(recipe, [data], run, options)["weights"])
                crops = run / CROPS
            report = judge(chosen, unseen, device)
            keys = ("corrections_per_cell", "count_error", "class_accuracy", "corrections", "images", "per_image")
            kept.write_text(json.dumps({k: report[k] for k in keys if report.get(k) is not None}, default=float))
        points.append(Point(count, report))
        print(points[-1].line(points[0].report), flush=True)
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engine", type=Path, required=True, metavar="FILE", help="weights to begin from")
    parser.add_argument("--look", default=DRAWN, help="drawn, or the folder of a data set of real cells")
    parser.add_argument(
        "--split", default="calibration", help="which cells of a data set; none may have taught the engine"
    )
    parser.add_argument("--repainted", choices=tuple(LOOKS), help="give the real cells another look")
    parser.add_argument("--counts", type=int, nargs="+", default=COUNTS)
    parser.add_argument("--unseen", type=int, default=12, help="cells to judge on")
    parser.add_argument("--steps", type=int, default=60, help="steps of two cells for each point")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    need = max(args.counts) + args.unseen
    if args.look == DRAWN:
        cells = drawn_cells(need, args.seed)
    elif args.repainted:
        cells = repainted(load(args.look, args.split).subsample(need + 8, args.seed), args.repainted)
    else:
        cells = strangest(load(args.look, args.split), need + 8)
    teach, unseen = in_two(cells, args.unseen, args.seed)
    args.output.mkdir(parents=True, exist_ok=True)
    print(f"{len(unseen)} unseen cells, up to {len(teach)} corrected ones, {args.steps} steps a point", flush=True)
    measure(args.engine, teach, unseen, args.output, args.counts, args.steps, args.device)


if __name__ == "__main__":
    main()
