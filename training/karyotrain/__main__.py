"""``python -m karyotrain``: train a recipe, list recipes, run a table; needs numpy, torch, torchvision, cv2, Pillow."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from karyoview.core.errors import KaryoViewError

_OPTIONS: Final = (
    "device", "precision", "minutes", "backbone", "threads", "pieces", "evaluations", "name", "checkpoint_seconds",
)  # fmt: skip
_CHANGES: Final = (
    "preset", "steps", "epochs", "images", "seed", "batch", "micro", "lr", "eval_images", "ema", "ema_from", "crowded",
    "augmentation",
)  # fmt: skip
"""Fields of a recipe that an option of the same name changes."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; → the exit status (0 done, 1 a sentence was printed, 3 cancelled)."""
    args = _parser().parse_args(arguments)
    _keep_memory()
    try:
        if args.list:
            return _list()
        return 3 if (_resume(args) if args.resume is not None else _train(args)).get("event") == "cancelled" else 0
    except BrokenPipeError:
        sys.stderr.close()  # the reader of a list went away; nothing to say
        return 0
    except KaryoViewError as error:
        print(f"karyotrain: {error}", file=sys.stderr)
        return 1


def _list() -> int:
    from karyotrain.engines.recipe import recipes

    for name, recipe in recipes().items():
        print(f"{name:34}{recipe.table:18}{recipe.title}")
    return 0


def _resume(args: argparse.Namespace) -> Mapping[str, Any]:
    from karyotrain.engines.detection import read_run, train

    recipe, data, options = read_run(args.resume)
    return train(recipe, data, args.resume, replace(options, minutes=args.minutes), stream=sys.stdout)


def _train(args: argparse.Namespace) -> Mapping[str, Any]:
    """Train a recipe, a table or an engine further; → the last event."""
    from karyotrain.engines.detection import train, with_options
    from karyotrain.engines.finetune import fine_tuning, keep_start
    from karyotrain.engines.recipe import find_recipe, with_budget
    from karyotrain.trainer.loop import Options

    named = args.recipe or args.table or args.fine_tune
    if not named or not (args.data or args.case) or args.output is None:
        raise KaryoViewError(
            "Give --recipe NAME (or --table, or --fine-tune), --data or --case FOLDER, and --output FOLDER."
        )
    data = [*(args.data or ()), *_set_of(args.case, args.output, args.held_back, args.keep_back or ())]
    tuned = fine_tuning(args.fine_tune) if args.fine_tune is not None else None
    start = keep_start(args.fine_tune, args.output) if args.fine_tune is not None else args.start
    options = Options(start=start, **{name: getattr(args, name) for name in _OPTIONS})
    changes = {name: getattr(args, name) for name in _CHANGES}
    if args.table:
        run_table = _studies().run_table
        print(run_table(args.table, data, args.output, options, args.budget, args.seeds, changes, sys.stderr))
        return {}
    if tuned is None:
        tuned = with_budget(find_recipe(args.recipe), args.budget)
    elif args.stages is not None:
        tuned = tuned.replace(settings={"stages": args.stages})
    return train(with_options(tuned, **changes), data, args.output, options, stream=sys.stdout)


def _studies() -> Any:
    """What trains whole tables; KaryoViewError where this is the program and not a checkout."""
    try:
        from karyotrain.studies import ablation
    except ModuleNotFoundError as error:
        raise KaryoViewError(
            "Tables are trained by karyotrain.studies, which is no part of the program; use a checkout of the sources."
        ) from error
    return ablation


def _set_of(cases: Sequence[Path] | None, output: Path, held_back: float, keep_back: Sequence[Path]) -> list[Path]:
    """The data set made of these cases, in the folder of the run; one that is already there stays as it is."""
    if not cases:
        return []
    from karyotrain.data.manifest import write_dataset

    folder = output / "set"
    if not (folder / "manifest.json").is_file():
        write_dataset(cases, folder, held_back, keep_back)
    return [folder]


def _keep_memory() -> None:
    """Have the C library keep freed memory: giving large blocks back and taking them anew makes steps slow."""
    import ctypes

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        # M_MMAP_MAX, M_TRIM_THRESHOLD, M_TOP_PAD; a threshold for mmap above 32 MB would be refused
        for parameter, value in ((-4, 0), (-1, 2**31 - 1), (-2, 256 << 20)):
            mallopt(parameter, value)


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
    add("--keep-back", type=Path, action="append", help="case kept to compare engines on, instead of a share")
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
    for name in ("epochs", "lr", "ema", "ema-from", "crowded"):
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
