"""Does this installation do its work? The parts of the self-test that need no window, and its record."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from karyoview import __version__
from karyoview._resources import resource
from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.detection import Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.graphs import NEEDS_FULL
from karyoview.io.atomic import write_atomic
from karyoview.io.images import is_image_file
from karyoview.review.edits import accept, propose
from karyoview.services.demo import TRUTH, read_truth
from karyoview.services.program import own_command
from karyoview.services.training import TrainingPlan, TrainingRun

RECORD: Final = "selftest.json"
RECIPE: Final = "deepace_v2_small"
_LABELLED: Final = (("46XX", 0), ("46XX", 1), ("47XY+21", 0))


class SelfTestError(KaryoViewError):
    """A step did not do what it should; the message says what was seen."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the self-test: its ``title``, whether it is ``ok``, what was ``seen``, and its seconds."""

    title: str
    ok: bool
    seen: str
    seconds: float


class Protocol:
    """The steps done so far; a step that raises is noted and the others go on."""

    def __init__(self, tell: Callable[[Step], None] = lambda step: None) -> None:
        self.steps: list[Step] = []
        self._tell = tell

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """A step; what is appended to the list given is what was seen."""
        seen: list[str] = []
        began = time.monotonic()
        try:
            yield seen
            problem = ""
        except (KaryoViewError, OSError, ValueError, subprocess.SubprocessError) as error:
            problem = str(error) or type(error).__name__
        self.steps.append(Step(title, not problem, problem or "; ".join(seen), round(time.monotonic() - began, 1)))
        self._tell(self.steps[-1])

    @property
    def ok(self) -> bool:
        """Whether every step was in order."""
        return all(step.ok for step in self.steps)

    def write(self, path: Path) -> None:
        """The record as JSON: version, system, time, and every step."""
        record = {
            "program": f"KaryoView {__version__}", "system": platform.platform(), "ok": self.ok,
            "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "steps": [asdict(step) for step in self.steps],
        }  # fmt: skip
        write_atomic(path, (json.dumps(record, indent=1, ensure_ascii=False) + "\n").encode())


def own_process(arguments: list[str], timeout: float) -> str:
    """Run a command of this very program as its own process; → what it said. Raises SelfTestError."""
    done = subprocess.run(
        [*own_command(), *arguments], capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
        encoding="utf-8", errors="replace",
    )  # fmt: skip
    if done.returncode:
        raise SelfTestError(
            f"{arguments[0]} ended with {done.returncode}: {(done.stderr or done.stdout)[-500:].strip()}"
        )
    return done.stdout.strip()


def copy_cells(sample: str, target: Path, count: int = 2) -> Path:
    """A folder with the first ``count`` cells of a shipped sample case, without their truth."""
    target.mkdir(parents=True)
    for file in sorted(p for p in resource("sample", sample).iterdir() if is_image_file(p))[:count]:
        shutil.copyfile(file, target / file.name)
    return target


def labelled_cases(folder: Path) -> list[Path]:
    """Three made cases of one cell each, reviewed from the sample's truth, that may be trained on."""
    made = []
    for number, (sample, cell) in enumerate(_LABELLED):
        target = folder / f"labelled-{number + 1}"
        target.mkdir(parents=True)
        image = sorted(p for p in resource("sample", sample).iterdir() if is_image_file(p))[cell]
        shutil.copyfile(image, target / image.name)
        found = next(d for d in read_truth(resource("sample", sample)) if d.image == image.name)
        with Case.open(target, user="selftest") as case:
            case.update_settings(training_consent=True)
            present = replace(case.annotation(found.image), size=found.size)
            proposed = propose(present, replace(found, provenance=Provenance(TRUTH)), 0.5)
            done = accept(proposed, [c.id for c in proposed.chromosomes], "selftest")
            case.save_annotation(replace(done, state=ReviewState.REVIEWED, revision=present.revision + 1), "review", {})
        made.append(target)
    return made


def refused_training(folder: Path, timeout: float) -> str:
    """What an installation without PyTorch answers when a training is asked for; SelfTestError where it goes on."""
    try:
        own_process(["train", "--recipe", RECIPE, "--output", str(folder / "first")], timeout)
    except SelfTestError as error:
        if NEEDS_FULL in str(error):
            return f"nothing is trained here: {NEEDS_FULL}"
        raise
    raise SelfTestError("A training began, though PyTorch is not installed.")


def train_a_little(folder: Path, weights: Path, timeout: float) -> str:
    """A tiny engine from nothing into ``weights``, then a run as the window starts one; → what was seen."""
    cases = labelled_cases(folder)
    first = [text for case in cases for text in ("--case", str(case))]
    own_process(
        ["train", "--recipe", RECIPE, "--preset", "tiny", "--steps", "2", "--images", "2", "--eval-images", "1",
         "--device", "cpu", "--output", str(folder / "first"), *first],
        timeout,
    )  # fmt: skip
    weights.mkdir(parents=True, exist_ok=True)
    for file in (folder / "first" / "weights").iterdir():
        shutil.copyfile(file, weights / file.name)
    name = next(weights.glob("*.card.json")).name.removesuffix(".card.json")
    run = TrainingRun.start(TrainingPlan(tuple(map(str, cases)), name, epochs=1.0, device="cpu"), folder / "runs")
    ended = run.wait(timeout)
    if ended.state != "done" or ended.weights is None or not ended.weights.is_file():
        run.cancel()
        raise SelfTestError(f"The training ended as {ended.state}: {ended.sentence}")
    return f"{ended.step} steps in a process of its own, weights of {ended.weights.stat().st_size >> 10} KiB"
