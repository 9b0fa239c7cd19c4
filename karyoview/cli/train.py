"""``karyoview train``: a recipe or a whole ablation table on labelled cells, or a stopped run again."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Budget(StrEnum):
    """How much of a recipe is run."""

    SMOKE = "smoke"
    SHORT = "short"
    FULL = "full"


class Stages(StrEnum):
    """The networks of the default engine: what finds chromosomes, and what names them."""

    BOTH = "both"
    FINDER = "finder"
    NAMER = "namer"


def register(app: typer.Typer) -> None:
    """Add the command ``train``."""

    @app.command()
    def train(
        recipe: Annotated[str | None, typer.Option(metavar="NAME", help="What to train; --list names all.")] = None,
        table: Annotated[
            str | None, typer.Option(metavar="NAME", help="Every row of an ablation table, as 'DeepACEv2 VI'.")
        ] = None,
        fine_tune: Annotated[
            Path | None, typer.Option(metavar="FILE", help="Train the engine in this weights file further.")
        ] = None,
        data: Annotated[
            list[Path] | None, typer.Option(metavar="DIR", help="Data set, case or folder of cases; repeatable.")
        ] = None,
        case: Annotated[
            list[Path] | None, typer.Option(metavar="DIR", help="Reviewed case, made a set without names; repeatable.")
        ] = None,
        held_back: Annotated[
            float, typer.Option(min=0.0, max=0.9, help="Share of the cases kept to compare engines on.")
        ] = 0.2,
        keep_back: Annotated[
            list[Path] | None,
            typer.Option(metavar="DIR", help="Keep this case to compare on, and no share; repeatable."),
        ] = None,
        output: Annotated[
            Path | None, typer.Option(metavar="DIR", help="Folder of the run; the same one goes on where it stopped.")
        ] = None,
        resume: Annotated[
            Path | None, typer.Option(metavar="DIR", help="Go on with the run in this folder; needs nothing else.")
        ] = None,
        budget: Annotated[Budget, typer.Option(help="Seconds, an hour on two cores, or as written.")] = Budget.FULL,
        minutes: Annotated[
            float | None, typer.Option(min=0.05, help="Time for everything; the schedule is fitted into it.")
        ] = None,
        start: Annotated[Path | None, typer.Option(metavar="FILE", help="Weights to begin from (fine-tuning).")] = None,
        backbone: Annotated[Path | None, typer.Option(metavar="FILE", help="Backbone weights to begin from.")] = None,
        preset: Annotated[str | None, typer.Option(help="paper, small or tiny.")] = None,
        steps: Annotated[int | None, typer.Option(min=1, help="Optimiser steps, instead of the recipe's.")] = None,
        epochs: Annotated[float | None, typer.Option(help="Passes over the data, instead of the recipe's.")] = None,
        images: Annotated[int | None, typer.Option(min=1, help="Train on this many cells only.")] = None,
        eval_images: Annotated[int | None, typer.Option(min=1, help="Judge on this many held-back cells only.")] = None,
        batch: Annotated[int | None, typer.Option(min=1, help="Cells a step.")] = None,
        micro: Annotated[int | None, typer.Option(min=1, help="Cells that go through the network at once.")] = None,
        lr: Annotated[float | None, typer.Option(help="Learning rate, instead of the recipe's.")] = None,
        seed: Annotated[int | None, typer.Option(help="Seed of everything random.")] = None,
        seeds: Annotated[int, typer.Option(min=1, help="Runs of each row of a table.")] = 3,
        device: Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")] = "auto",
        precision: Annotated[str, typer.Option(help="bf16 (where the device is fast at it) or fp32.")] = "bf16",
        stages: Annotated[
            Stages | None, typer.Option(help="Which networks of the default engine learn; both unless given.")
        ] = None,
        name: Annotated[str | None, typer.Option(help="Name of the new engine; its kind unless given.")] = None,
        pieces: Annotated[bool, typer.Option("--pieces", help="Write the weights in pieces below 16 MiB too.")] = False,
        list_: Annotated[bool, typer.Option("--list", help="Name all recipes and end.")] = False,
    ) -> None:
        """Train an engine; progress is written as JSON lines to the output and to progress.jsonl.

        Ends with 0 when done, 1 after an error, 3 when cancelled (the checkpoint is kept).
        """
        from karyoview.detectors.graphs import require_torch

        require_torch("Training")
        from karyotrain.__main__ import main

        given: dict[str, object] = {
            "--recipe": recipe, "--table": table, "--fine-tune": fine_tune, "--held-back": held_back,
            "--output": output, "--resume": resume, "--budget": budget.value,
            "--minutes": minutes, "--start": start, "--backbone": backbone, "--preset": preset, "--steps": steps,
            "--epochs": epochs, "--images": images, "--eval-images": eval_images, "--batch": batch, "--micro": micro,
            "--lr": lr, "--seed": seed, "--seeds": seeds, "--device": device, "--precision": precision, "--name": name,
            "--stages": None if stages is None else stages.value,
        }  # fmt: skip
        arguments = [text for key, value in given.items() if value is not None for text in (key, str(value))]
        arguments += [text for folder in case or () for text in ("--case", str(folder))]
        arguments += [text for folder in keep_back or () for text in ("--keep-back", str(folder))]
        arguments += [text for folder in data or () for text in ("--data", str(folder))]
        arguments += ["--pieces"] * pieces + ["--list"] * list_
        if status := main(arguments):
            raise typer.Exit(status)
