"""The default engine from nothing, by one command: every stage in its order, each as a command of its own.

``python -m karyotrain.engines.pipeline --data FOLDER --output RUN [--extra DRAWN PASTED] [--device cuda]``: finder,
crops and the naming network, neighbours, the network of the cell, and in ``RUN/weights`` the engine with its
figures on ``val``. The same command goes on where it was stopped: what a stage has finished is not done
again. ``--dry`` prints the commands. Steps are by default what the shipped weights got in all.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

DONE: Final = "done.txt"


@dataclass(frozen=True, slots=True)
class StageBudget:
    """How much each stage gets: steps of finder and naming network, cells and epochs of the two small networks.

    ``third`` further cells teach the network of the cell with a third copy; ``crowded`` shows crowded cells oftener to
    the finder; ``fit_limit`` fit cells set thresholds (the rest of them teach both small networks); ``limit``
    takes so many cells for crops (None: all), ``val_limit`` for the figures.
    """

    finder_steps: int = 7450
    crowded: float = 0.3
    namer_steps: int = 4100
    neighbours: tuple[int, int] = (450, 22)
    context: tuple[int, int] = (1250, 30)
    third: int = 1000
    fit_limit: int = 60
    limit: int | None = None
    val_limit: int | None = None


USUAL: Final = StageBudget()


@dataclass(frozen=True, slots=True)
class Stage:
    """One command and the name under which its end is noted."""

    name: str
    command: tuple[str, ...]


def stages(
    data: Path, output: Path, extra: Sequence[Path], device: str, machine: str, budget: StageBudget = USUAL
) -> Iterator[Stage]:
    """The stages of a run in ``output``, in order."""

    def stage(name: str, module: str, *arguments: object) -> Stage:
        return Stage(name, (sys.executable, "-m", f"karyotrain.{module}", *map(str, arguments)))

    finder, namer, crops = output / "finder", output / "namer", output / "crops"
    mixed = ("--extra", *extra) if extra else ()
    some = ("--limit", budget.limit) if budget.limit else ()
    yield stage(
        "finder", "engines.train_finder", "--data", data, *mixed, "--output", finder, "--steps", budget.finder_steps,
        "--crowded", budget.crowded, "--device", device,
    )  # fmt: skip
    # crops are cut by what the finder finds, so that naming learns what it will be shown; any naming network will do
    yield stage("regions", "engines.interim", "--run", output, "--data", data, "--fit-limit", budget.fit_limit)
    cut = ("--engine", output / "interim" / "karyoview.safetensors", "--output", crops, *some)
    for split in ("train", "calibration"):
        yield stage(f"crops-{split}", "data.crops", "--data", data, "--split", split, *cut)
    for number, folder in enumerate(extra, 1):
        yield stage(
            f"crops-{number}", "data.crops", "--data", folder, "--split", "all", "--name", f"train-{number}", *cut
        )
    yield stage(
        "namer", "engines.train_classifier", "--crops", crops, "--output", namer, "--steps", budget.namer_steps,
        "--device", device,
    )  # fmt: skip
    cells, epochs = budget.neighbours
    yield stage(
        "neighbours", "engines.train_learned_nms", "--data", data, "--finder", finder, "--output", output /
        "neighbours", "--cells", cells, "--epochs", epochs, "--spare", budget.fit_limit,
    )  # fmt: skip
    build = (
        "--data", data, "--finder", finder, "--namer", namer, "--crops", crops, "--neighbours", output / "neighbours",
        "--fit-limit", budget.fit_limit, "--machine", machine,
    )  # fmt: skip
    yield stage("alone", "engines.assembly", *build, "--output", output / "alone", "--val-limit", 1)
    cells, epochs = budget.context
    # homologues are cut from the pictures of a data set only
    third = budget.third if (data / "train.json").is_file() else 0
    yield stage(
        "context", "engines.train_cell_context", "--data", data, "--engine", output / "alone" / "karyoview.safetensors",
        "--output", output / "context", "--cells", cells, "--epochs", epochs, "--spare", budget.fit_limit,
        "--third", third,
    )  # fmt: skip
    measured = ("--val-limit", budget.val_limit) if budget.val_limit else ()
    yield stage(
        "engine", "engines.assembly", *build, "--context", output / "context", "--output", output / "weights", *measured
    )


def run(found: Sequence[Stage], output: Path) -> list[str]:
    """Run what is not noted as done in ``output``; → the names of what was run. The first failure ends it."""
    output.mkdir(parents=True, exist_ok=True)
    finished = output / DONE
    done = finished.read_text(encoding="utf-8").split() if finished.is_file() else []
    done = ["crops-calibration" if name == "crops-fit" else name for name in done]  # of an earlier version
    ran = []
    for stage in found:
        if stage.name in done:
            continue
        print(f"{stage.name}: {shlex.join(stage.command)}", flush=True)
        subprocess.run(stage.command, check=True)
        ran.append(stage.name)
        with finished.open("a", encoding="utf-8") as lines:
            lines.write(f"{stage.name}\n")
    return ran


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all stages, or print them; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True, help="folder of the run; the same one goes on")
    parser.add_argument("--extra", type=Path, nargs="+", default=(), help="drawn or pasted cells to mix in")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--machine", default="not said", help="what it is trained on, for the card")
    parser.add_argument("--finder-steps", type=int, default=USUAL.finder_steps)
    parser.add_argument("--namer-steps", type=int, default=USUAL.namer_steps)
    parser.add_argument("--dry", action="store_true", help="print the commands and end")
    args = parser.parse_args(arguments)
    budget = StageBudget(finder_steps=args.finder_steps, namer_steps=args.namer_steps)
    found = list(stages(args.data, args.output, args.extra, args.device, args.machine, budget))
    if args.dry:
        print("\n".join(shlex.join(stage.command) for stage in found))
        return
    try:
        run(found, args.output)
    except subprocess.CalledProcessError as error:
        sys.exit(f"A stage ended with status {error.returncode}; mend what it says and give the same command again.")


if __name__ == "__main__":
    main()
