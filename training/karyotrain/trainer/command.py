"""The command line of whatever is trained: the options that all runs have, and how a run ends."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import torch

from karyotrain.trainer.loop import Options, Task, run_task
from karyotrain.trainer.schedule import Optimisation
from karyoview.core.errors import KaryoViewError


def run_parser(about: str | None, precision: str = "bf16") -> argparse.ArgumentParser:
    """A parser with the options that :func:`options_of` and :func:`averaged` read."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--output", type=Path, required=True, help="folder of the run; the same folder goes on where it stopped")
    add("--minutes", type=float, help="time for everything; the schedule is fitted into it")
    add("--device", default="cpu")
    add("--precision", choices=("bf16", "fp32"), default=precision)
    add("--start", type=Path, metavar="FILE", help="weights or checkpoint to begin from, without its steps")
    add("--threads", type=int, default=2, help="threads that make batches")
    add("--evaluations", type=int, default=3, help="during the run, besides the last")
    add("--checkpoint-seconds", type=float, default=180.0)
    add("--ema", type=float, help="decay of a moving average of the weights, which is what is kept then")
    add("--ema-from", type=float, default=0.5, help="share of the run after which the average begins")
    return parser


def options_of(args: argparse.Namespace) -> Options:
    """How the run is done that these arguments ask for."""
    names = ("device", "precision", "minutes", "start", "threads", "evaluations", "checkpoint_seconds")
    return Options(**{name: getattr(args, name) for name in names})


def averaged(how: Optimisation, args: argparse.Namespace) -> Optimisation:
    """``how`` with the moving average that these arguments ask for."""
    return how if args.ema is None else replace(how, ema=args.ema, ema_from=args.ema_from)


def run_command(make: Callable[[], Task[Any]], args: argparse.Namespace) -> int:
    """Train what ``make`` gives; events go to the screen. → the exit status (0 done, 1 a sentence, 3 cancelled)."""
    try:
        event = run_task(make, args.output, options_of(args), stream=sys.stdout)
    except KaryoViewError as error:
        print(f"karyotrain: {error}", file=sys.stderr)
        return 1
    return 3 if event["event"] == "cancelled" else 0


def use_threads(count: int) -> None:
    """Hold torch and OpenCV to so many threads (0: leave them)."""
    if count:
        torch.set_num_threads(count)
        cv2.setNumThreads(count)
