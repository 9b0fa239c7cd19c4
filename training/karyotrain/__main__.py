"""``python -m karyotrain``: train a recipe, list recipes, run a table; needs numpy, torch, torchvision, cv2, Pillow."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from karyoview.core.errors import KaryoViewError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; → the exit status (0 done, 1 a sentence was printed, 3 cancelled)."""
    args = _parser().parse_args(arguments)
    _keep_memory()
    from karyotrain.engines.recipe import find_recipe, recipe_names, with_budget

    try:
        if args.list:
            for name in recipe_names():
                recipe = find_recipe(name)
                print(f"{name:34}{recipe.table:18}{recipe.title}")
            return 0
        from karyotrain.trainer.loop import Options, read_run, train, with_options

        if args.resume is not None:
            recipe, data, options = read_run(args.resume)
            options = replace(options, minutes=args.minutes)
            return _status(train(recipe, data, args.resume, options, stream=sys.stdout))
        named = args.recipe or args.table or args.fine_tune
        if not named or not (args.data or args.case) or args.output is None:
            raise KaryoViewError(
                "Give --recipe NAME (or --table, or --fine-tune), --data or --case FOLDER, and --output FOLDER."
            )
        data = [*(args.data or ()), *_set_of(args.case, args.output, args.held_back)]
        if args.fine_tune is not None:
            from karyotrain.engines.finetune import fine_tuning, keep_start

            tuned = fine_tuning(args.fine_tune)
            start = keep_start(args.fine_tune, args.output)
        options = Options(
            device=args.device, precision=args.precision, minutes=args.minutes,
            start=args.start if args.fine_tune is None else start,
            backbone=args.backbone, threads=args.threads, pieces=args.pieces, evaluations=args.evaluations,
            name=args.name, checkpoint_seconds=args.checkpoint_seconds,
        )  # fmt: skip
        changes = {
            "preset": args.preset, "steps": args.steps, "epochs": args.epochs, "images": args.images, "seed": args.seed,
            "batch": args.batch, "micro": args.micro, "lr": args.lr, "eval_images": args.eval_images, "ema": args.ema,
            "augmentation": args.augmentation,
        }  # fmt: skip
        if args.table:
            from karyotrain.studies.ablation import run_table

            print(run_table(args.table, data, args.output, options, args.budget, args.seeds, changes, sys.stderr))
            return 0
        if args.fine_tune is not None:
            if args.stages is not None:
                tuned = tuned.replace(settings={"stages": args.stages})
            recipe = with_options(tuned, **changes)
        else:
            recipe = with_options(with_budget(find_recipe(args.recipe), args.budget), **changes)
        return _status(train(recipe, data, args.output, options, stream=sys.stdout))
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a list went away; nothing to say
        return 0
    except KaryoViewError as error:
        print(f"karyotrain: {error}", file=sys.stderr)
        return 1


def _set_of(cases: Sequence[Path] | None, output: Path, held_back: float) -> list[Path]:
    """The data set made of these cases, in the folder of the run; one that is already there stays as it is."""
    if not cases:
        return []
    from karyotrain.data.manifest import write_dataset

    folder = output / "set"
    if not (folder / "manifest.json").is_file():
        write_dataset(cases, folder, held_back)
    return [folder]


def _keep_memory() -> None:
    """Have the C library keep freed memory: giving large blocks back and taking them anew makes steps slow."""
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD; a threshold for mmap above 32 MB would be refused
        for parameter, value in ((-4, 0), (-1, 2**31 - 1), (-2, 256 << 20)):
            mallopt(parameter, value)


def _status(event: Mapping[str, Any]) -> int:
    return 3 if event["event"] == "cancelled" else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="karyotrain", description="Train an engine of KaryoView.")
    add = parser.add_argument
    add("--list", action="store_true", help="name all recipes and end")
    add("--recipe", help="what to train (see --list)")
    add("--fine-tune", type=Path, metavar="FILE", help="train the engine in this weights file further")
    add("--table", help="train every row of an ablation table, as 'deepace-v2 VI'")
    add("--seeds", type=int, default=3, help="runs of each row of a table")
    add("--data", type=Path, action="append", help="labelled cells; may be given more than once")
    add("--case", type=Path, action="append", help="reviewed case; all become a set in the run's folder")
    add("--held-back", type=float, default=0.2, help="share of the cases kept to compare engines on")
    add("--resume", type=Path, metavar="FOLDER", help="go on with the run in this folder; needs nothing else")
    add("--output", type=Path, help="folder of the run; the same folder goes on where it stopped")
    add("--budget", choices=("smoke", "short", "full"), default="full")
    add("--minutes", type=float, help="time for everything; the schedule is fitted into it")
    add("--device", default="auto")
    add("--precision", choices=("bf16", "fp32"), default="bf16")
    add("--start", type=Path, help="weights to begin from")
    add("--backbone", type=Path, help="backbone weights to begin from")
    add("--preset", choices=("paper", "small", "tiny"))
    for name in ("steps", "images", "seed", "batch", "micro", "eval-images"):
        add(f"--{name}", type=int)
    for name in ("epochs", "lr", "ema"):
        add(f"--{name}", type=float)
    add("--augmentation")
    add("--stages", choices=("both", "finder", "namer"), help="networks of the default engine that learn")
    add("--evaluations", type=int, default=3)
    add("--checkpoint-seconds", type=float, default=180.0)
    add("--threads", type=int, default=2, help="threads that prepare images")
    add("--pieces", action="store_true", help="also write the weights in pieces of less than 16 MiB")
    add("--name", default="", help="name of the exported engine")
    return parser


if __name__ == "__main__":
    sys.exit(main())
