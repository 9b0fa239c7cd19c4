"""Learning curve of the default engine: ``python -m karyotrain.studies.learning_curve --data FOLDER --output FOLDER``.

For each share of the training cases, without and with drawn cells (``--extra``) and cells pasted from the
row's own cases (``--pasted``), the finder and the naming network are trained anew by their own trainers at
one small budget, put together, and judged on ``fit``. The same number of steps for all rows: what differs is
what was seen. A finished row is kept, so that a stopped study goes on.

Where steps are dear, all rows may begin at one ``--start``: a folder with ``finder`` and ``namer``, runs of the
two trainers that saw no real cell (on cells of ``karyoview synthesize``), so that few steps give engines to compare.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyotrain.data.cells import labelled_cells
from karyotrain.data.coco import read_coco, subset
from karyotrain.data.dataset import calibration_cases
from karyotrain.data.errors import DataError
from karyotrain.engines.assembly import build
from karyotrain.engines.interim import interim_engine
from karyotrain.engines.measure import ask, load_everything
from karyotrain.studies.common import as_table, judge, row
from karyotrain.studies.notes import put_into_notes
from karyotrain.trainer.checkpoint import LAST
from karyoview.io.atomic import write_atomic

_OPTIONS: Final = ("finder_steps", "namer_steps", "pasted", "crops", "fitted", "limit", "controls", "normal")
_LISTS: Final = ("shares", "mixed_at", "seeds", "seeds_at", "common")
SHARES: Final = (0.05, 0.10, 0.25, 0.50, 1.0)


@dataclass(frozen=True)
class TrainingBudget:
    """What each row may cost: steps of both trainers and minutes for either; ``device`` as the trainers take it.

    Naming learns from crops of at most so many of a training's cells (``crops``; None: of all), drawn from all of
    its cases; ``pasted`` cells are made of the row's own chromosomes where it mixes; ``fitted`` fit cells set
    thresholds, and ``judged`` of them are what figures are of (None: all). ``start`` holds runs of both trainers
    that this one begins from (None: ImageNet and nothing).
    """

    finder_steps: int = 600
    namer_steps: int = 400
    minutes: float = 30.0
    device: str = "cpu"
    crops: int | None = None
    pasted: int = 0
    fitted: int | None = None
    judged: int | None = None
    start: Path | None = None


def share_of_cases(data: Path, share: float, folder: Path, seed: int = 0) -> Path:
    """A data set with ``share`` of the training cases and none of ``fit``; its images are those of ``data``.

    Cases are taken in one random order, so that a smaller share lies in every larger one.
    """
    document = read_coco(data / "train.json")
    held_back = calibration_cases(i["case"] for i in document["images"])
    cases = sorted({i["case"] for i in document["images"]} - held_back)
    order = np.random.default_rng((seed, 23)).permutation(len(cases))
    return set_of_cases(data, {cases[i] for i in order[: max(round(share * len(cases)), 1)]}, folder)


def set_of_cases(data: Path, cases: Collection[str], folder: Path) -> Path:
    """A data set in ``folder`` of the training images of ``cases``; its images are those of ``data``."""
    document = subset(read_coco(data / "train.json"), lambda image: image["case"] in cases)
    if not document["images"]:
        raise DataError(f"{data}: {len(cases)} of its cases are asked for, and none has an image; take more of them.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "train.json").write_text(json.dumps(document), encoding="utf-8")
    if not (folder / "images").exists():
        (folder / "images").symlink_to((data / "images").resolve(), target_is_directory=True)
    return folder


def begun(stage: str, budget: TrainingBudget) -> list[str]:
    """The option by which a stage's trainer begins at the weights of that stage in ``budget.start``."""
    if budget.start is None:
        return []
    file = budget.start / stage / LAST
    if not file.is_file():
        raise DataError(f"{file.parent}: there is no {LAST} to begin from; train it there first.")
    return ["--start", str(file)]


def finder_command(own: Path, run: Path, extra: Sequence[Path], budget: TrainingBudget) -> list[str]:
    """The finder's trainer for one row. ``own`` goes in as the whole mix, so that none of it is held back."""
    return [
        sys.executable, "-m", "karyotrain.engines.train_finder", "--data", str(own), "--extra", str(own),
        *map(str, extra), "--share", "1", "--output", str(run / "finder"), "--steps", str(budget.finder_steps),
        "--minutes", str(budget.minutes), "--device", budget.device, *begun("finder", budget),
    ]  # fmt: skip


def naming_commands(own: Path, data: Path, run: Path, extra: Sequence[Path], budget: TrainingBudget) -> list[list[str]]:
    """Crops of the row's own cells, of the mixed-in ones and of ``fit``, then the classifier's trainer."""
    python, crops = [sys.executable, "-m"], str(run / "crops")
    engine = ["--engine", str(run / "interim" / "karyoview.safetensors"), "--output", crops]
    cut = [*python, "karyotrain.data.crops", *engine]
    some = [] if budget.crops is None else ["--limit", str(budget.crops)]
    few = [] if budget.fitted is None else ["--limit", str(budget.fitted)]
    found = [
        [*cut, "--data", str(own), "--split", "all", "--name", "train", *some],
        [*cut, "--data", str(data), "--split", "calibration", "--name", "calibration", *few],
    ]
    for number, folder in enumerate(extra, 1):
        found.append([*cut, "--data", str(folder), "--split", "all", "--name", f"train-{number}"])
    found.append(
        [*python, "karyotrain.engines.train_classifier", "--crops", crops, "--output", str(run / "namer"),
         "--steps", str(budget.namer_steps), "--minutes", str(budget.minutes), "--device", budget.device,
         *begun("namer", budget)]
    )  # fmt: skip
    return found


def paste_command(own: Path, output: Path, count: int) -> list[str]:
    """The generator's command for cells pasted from isolated chromosomes of the row's own cells."""
    return [
        sys.executable, "-m", "karyoview", "synthesize", "--paste", str(own / "train.json"), "--cells", str(count),
        "--seed", "77", "--form", "webp", "--output", str(output),
    ]  # fmt: skip


def train_row(data: Path, own: Path, run: Path, extra: Sequence[Path], budget: TrainingBudget, mixed: bool) -> Path:
    """Train both stages on ``own`` and what is ``mixed`` in, and put the engine together in ``run``; → its weights."""
    run.mkdir(parents=True, exist_ok=True)
    extra = list(extra) if mixed else []
    with (run / "log.txt").open("a") as log:
        if mixed and budget.pasted:
            extra.append(run / "pasted")
            if not (run / "pasted" / "truth.json").is_file():
                subprocess.run(paste_command(own, run / "pasted", budget.pasted), check=True, stdout=log, stderr=log)
        subprocess.run(finder_command(own, run, extra, budget), check=True, stdout=log, stderr=log)
        interim_engine(run, data, budget.fitted)
        for command in naming_commands(own, data, run, extra, budget):
            subprocess.run(command, check=True, stdout=log, stderr=log)
    build(data, run / "finder", run / "namer", run / "crops", run, budget.fitted, 1, "a study")
    return run / "karyoview.safetensors"


def measure(weights: Path, data: Path, limit: int | None) -> dict[str, Any]:
    """The row of one trained engine on ``fit``."""
    engine = load_everything("karyoview", weights, "auto")
    cells = labelled_cells(data, "calibration", limit)
    return row(judge(ask(engine, cells)[0], cells, engine.info.operating_threshold))


def study(
    data: Path,
    output: Path,
    shares: Sequence[float],
    extra: Sequence[Path],
    budget: TrainingBudget,
    mixed_at: Collection[float] | None = None,
    seeds: Sequence[int] = (0,),
    drawn_at: Collection[float] | None = None,
) -> dict[str, Any]:
    """All rows, each kept as ``row.json`` in its folder once it is done.

    Rows that mix in what is not real are made at the shares ``mixed_at`` (None: all); ``seeds`` draw other cases
    for the same share, at the shares ``drawn_at`` (None: all), and a whole is drawn once.
    ``budget.crops`` are those of all cases; a share takes its part.
    """
    rows: dict[str, Any] = {}
    kinds = " and ".join(["drawn"] * bool(extra) + ["pasted"] * bool(budget.pasted))
    again = {x for x in shares if x < 1 and (drawn_at is None or x in drawn_at)}
    for share, seed in ((x, s) for x in shares for s in (seeds if x in again else seeds[:1])):
        mark = f"-{seed}" if seed else ""
        own = share_of_cases(data, share, output / f"set-{share:g}{mark}", seed)
        # what is mixed in is compared on one draw
        both = kinds and seed == seeds[0] and (mixed_at is None or share in mixed_at)
        for mixed in (False, True) if both else (False,):
            name = f"{share:.0%} of the cases" + (f", with {kinds} cells" if mixed else "")
            name += f", draw {seed + 1}" if seed else ""
            run = output / f"run-{share:g}{'-mixed' if mixed else ''}{mark}"
            kept = run / "row.json"
            if kept.is_file():
                rows[name] = json.loads(kept.read_text(encoding="utf-8"))
            else:
                crops = None if budget.crops is None else max(round(share * budget.crops), 1)
                weights = train_row(data, own, run, extra, replace(budget, crops=crops), mixed)
                rows[name] = measure(weights, data, budget.judged)
                write_atomic(kept, json.dumps(rows[name], indent=1).encode() + b"\n")
            print(f"{name}: {rows[name]['corrections_per_cell']:.2f} corrections a cell", flush=True)
    return rows


def add_budget(parser: argparse.ArgumentParser) -> None:
    """The options that :func:`budget_of` reads."""
    parser.add_argument("--finder-steps", type=int, default=TrainingBudget.finder_steps)
    parser.add_argument("--namer-steps", type=int, default=TrainingBudget.namer_steps)
    parser.add_argument("--minutes", type=float, default=TrainingBudget.minutes, help="at most, for either trainer")
    parser.add_argument("--device", default=TrainingBudget.device)
    parser.add_argument(
        "--crops", type=int, help="naming learns from crops of so many cells (a share of the cases: of its part)"
    )
    parser.add_argument("--fitted", type=int, help="set thresholds on so many fit cells")
    parser.add_argument("--start", type=Path, help="folder of runs finder and namer that every row begins from")
    parser.add_argument("--note", action="store_true", help="put the rows into the default engine's notes")


def publish_trained(name: str, found: Mapping[str, Any], a: argparse.Namespace, module: str = "") -> None:
    """Write a study of newly trained engines into its folder and, with ``--note``, into the default engine's notes.

    It belongs to the way of training, not to the weights that are shipped, so no hash of these is named. ``module``
    is the study's own, where it is called otherwise than its rows.
    """
    given = {k: getattr(a, k) for k in _OPTIONS if getattr(a, k, None)}
    given |= {k: " ".join(map(str, getattr(a, k))) for k in _LISTS if getattr(a, k, None)}
    given |= {"extra": " ".join(f.name for f in getattr(a, "extra", ())), "start": a.start.name if a.start else ""}
    options = "".join(f" --{k.replace('_', '-')} {v}" for k, v in given.items() if v)
    command = f"python -m karyotrain.studies.{module or name} --data {a.data.name}{options} --output FOLDER"
    document = {"split": "calibration", "command": command, **found}
    write_atomic(a.output / f"{name}.json", json.dumps(document, indent=1).encode() + b"\n")
    if a.note:
        put_into_notes("karyoview", name, document)


def budget_of(a: argparse.Namespace, pasted: int = 0, judged: int | None = None) -> TrainingBudget:
    """The budget that these arguments name."""
    return TrainingBudget(
        a.finder_steps, a.namer_steps, a.minutes, a.device, a.crops, pasted, a.fitted, judged, a.start
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--extra", type=Path, nargs="+", default=(), help="drawn cells to mix in")
    parser.add_argument("--pasted", type=int, default=0, help="so many cells pasted from the row's own cases as well")
    parser.add_argument("--output", type=Path, required=True, help="folder of the study; the same one goes on")
    parser.add_argument("--shares", type=float, nargs="+", default=SHARES)
    parser.add_argument(
        "--mixed-at", type=float, nargs="+", help="shares with mixed-in cells as well; all if not given"
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=(0,), help="draws of the cases of a share")
    parser.add_argument("--seeds-at", type=float, nargs="+", help="shares that are drawn so often; all if not given")
    parser.add_argument("--limit", type=int, help="judge on so many fit cells")
    add_budget(parser)
    a = parser.parse_args()
    budget = budget_of(a, a.pasted, a.limit)
    rows = study(a.data, a.output, a.shares, a.extra, budget, a.mixed_at, a.seeds, a.seeds_at)
    print("Thresholds were fitted on the same fit cells in every row, so rows compare, and val does not enter.")
    print(as_table(rows, "trained on"))
    publish_trained("shares", {"rows": rows}, a, "learning_curve")


if __name__ == "__main__":
    main()
