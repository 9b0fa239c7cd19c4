"""Training beside the window: a process of its own, steered and watched through its folder.

The same program is started with ``train …``, frozen or not, so nothing here imports torch. A run lives
in one folder: ``plan.json`` (what was asked), ``set/`` (the cells, without names), ``progress.jsonl``
and ``control`` (see karyotrain.trainer.progress), ``log.txt`` and, in the end, ``weights/``. Whoever opens the
folder sees the run and can steer it, also after the window or the machine was started again.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from karyoview.case.lock import process_runs
from karyoview.core.checked_json import parse_json
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.graphs import require_torch
from karyoview.detectors.registry import find_engines
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.documents import DocumentError, read_document
from karyoview.io.user_data import workspace
from karyoview.services.program import own_command

PLAN: Final = "plan.json"
LOG: Final = "log.txt"
LIVE: Final = ("starting", "running", "paused")
_MAX_PLAN_BYTES: Final = 1 << 20
_PROCESS: Final = "process.json"
_children: list[subprocess.Popen[bytes]] = []
"""Processes that were started here; one whose run is no longer looked at is kept until its end."""
_ENDS: Final = {"done": "done", "cancelled": "cancelled", "error": "failed"}
_ROOM: Final = 24
"""A run needs about this many times its start weights: network, average, moments, each twice while replaced."""


class TrainingServiceError(KaryoViewError):
    """A run cannot be started, steered or read."""


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """What a person chose: ``engine`` is trained further on the reviewed cells of ``cases``.

    ``minutes`` is the time for everything, ``epochs`` passes over the cells; without both the recipe's
    own. ``held_back`` is the share of cases kept to compare engines on.
    """

    cases: tuple[str, ...]
    engine: str
    minutes: float | None = None
    epochs: float | None = None
    device: str = "auto"
    held_back: float = 0.2
    seed: int = 0
    keep_back: tuple[str, ...] = ()
    """Folders of the cases that are held back; a share of all of them where none is named."""


@dataclass(frozen=True, slots=True)
class RunStatus:
    """Where a run stands now.

    ``state``: starting, running, paused, done, cancelled, failed or interrupted. ``sentence`` is for the
    person, ``weights`` the trained file once done; ``losses`` and ``figures`` are curves by name, as
    (step, value) points; ``resumable`` whether it can go on.
    """

    state: str
    step: int = 0
    total: int = 0
    seconds_left: float | None = None
    sentence: str = ""
    weights: Path | None = None
    resumable: bool = False
    losses: Mapping[str, list[tuple[int, float]]] = field(default_factory=dict)
    figures: Mapping[str, list[tuple[int, float]]] = field(default_factory=dict)


def program() -> list[str]:
    """The command that starts this program again: the frozen executable itself, or Python with the package."""
    return own_command()


def runs_folder() -> Path:
    """Where runs are kept."""
    return workspace() / "training"


def survey(
    cases: Sequence[Path], held_back: float = 0.2, keep_back: Sequence[str] = (), *, timeout: float = 600.0
) -> dict[str, Any]:
    """The manifest that training on these cases would have: ``version``, ``cells``, ``statistics``, ``problems``."""
    command = [*program(), "dataset", *map(str, cases), "--held-back", str(held_back), "--json"]
    command += [text for case in keep_back for text in ("--keep-back", case)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TrainingServiceError(f"The cases could not be looked through ({error}); choose fewer.") from error
    if done.returncode != 0:
        raise TrainingServiceError(_last_sentence(done.stderr) or "The cases could not be looked through.")
    try:
        return dict(parse_json(done.stdout))
    except (ValueError, TypeError) as error:
        raise TrainingServiceError(f"The answer on the cases cannot be read ({error}); install one version.") from error


class TrainingRun:
    """One run in its folder; use :meth:`start` for a new one, :func:`list_runs` for those there are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0
        self._events: list[dict[str, Any]] = []
        try:
            values = read_document(folder / PLAN, _MAX_PLAN_BYTES)
            back = tuple(values.get("keep_back", ()))
            self.plan = TrainingPlan(**{**values, "cases": tuple(values["cases"]), "keep_back": back})
        except (OSError, DocumentError, ValueError, TypeError, KeyError) as error:
            raise TrainingServiceError(f"{folder} holds no training run ({error}).") from error

    @classmethod
    def start(cls, plan: TrainingPlan, root: Path | None = None) -> TrainingRun:
        """Begin a run in a new folder below ``root``. Raises TrainingServiceError (without PyTorch EngineError) with
        what to do."""
        if not plan.cases:
            raise TrainingServiceError("Choose at least one case whose cells are reviewed.")
        require_torch("Training")
        weights = find_engines()[0].get(plan.engine)
        if weights is None:
            raise TrainingServiceError(f"The engine {plan.engine} has no weights on this machine to begin from.")
        root = root or runs_folder()
        folder = root / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{secrets.token_hex(2)}"
        try:
            folder.mkdir(parents=True)
            need = _ROOM * _size_of(weights) + (64 << 20)
            if (free := shutil.disk_usage(folder).free) < need:
                folder.rmdir()
                raise TrainingServiceError(
                    f"Training needs about {need >> 20} MB on the disk of {root}, and {free >> 20} MB are free; "
                    "make room there first."
                )
            write_atomic(folder / PLAN, json.dumps(asdict(plan), indent=1).encode())
        except OSError as error:
            raise TrainingServiceError(f"The run was not started: {explain(error, folder)}.") from error
        run = cls(folder)
        run._launch(run._first_command(weights))
        return run

    def resume(self) -> None:
        """Go on from the last checkpoint, or from the beginning where there is none yet."""
        if self.status().state in LIVE:
            raise TrainingServiceError("This training is still under way.")
        if (self.folder / "run.json").is_file():
            minutes = [] if self.plan.minutes is None else ["--minutes", str(self.plan.minutes)]
            self._launch(["train", "--resume", str(self.folder), *minutes])
            return
        weights = find_engines()[0].get(self.plan.engine)
        if weights is None:
            raise TrainingServiceError(f"The engine {self.plan.engine} has no weights on this machine to begin from.")
        self._launch(self._first_command(weights))

    def pause(self) -> None:
        """Stop after the step under way, keeping everything in memory; a checkpoint is written."""
        self._request("pause")

    def go_on(self) -> None:
        """End a pause."""
        self._request("run")

    def cancel(self) -> None:
        """End after the step under way; the checkpoint is kept."""
        began = any(e["event"] == "start" for e in self._since_launch())
        self._request("cancel")
        if not began and self._process is not None:
            self._process.terminate()  # nothing listens to the file yet

    def size(self) -> int:
        """Bytes that the run's folder takes."""
        return sum(p.lstat().st_size for p in self.folder.rglob("*") if p.is_file() and not p.is_symlink())

    def delete(self) -> None:
        """Remove the run with all that it holds; weights that were activated are kept elsewhere."""
        if self.status().state in LIVE:
            raise TrainingServiceError("This training is still under way; cancel it first.")
        try:
            shutil.rmtree(self.folder)
        except OSError as error:
            raise TrainingServiceError(f"The run was not deleted: {explain(error, self.folder)}.") from error

    def wait(self, seconds: float) -> RunStatus:
        """Wait for the end of the run and of its process, at most ``seconds``."""
        end = time.monotonic() + seconds
        while (now := self.status()).state in LIVE or self._is_alive():
            if time.monotonic() > end:
                break
            time.sleep(0.1)
        return now

    def status(self) -> RunStatus:
        """What is known now; cheap enough to be asked several times a second."""
        alive = self._is_alive()  # asked first: what a process wrote before its end is then read
        self._read_more()
        present = self._since_launch()
        ended = next((e for e in reversed(present) if e["event"] in _ENDS), None)
        steps = [e for e in self._events if e["event"] == "step"]
        total = next((int(e["total"]) for e in reversed(self._events) if "total" in e), 0)
        last = steps[-1] if steps else {}
        weights = None
        if ended is not None and ended["event"] == "done":
            weights = Path(str(ended["weights"]))
        if ended is not None:
            state, sentence = _ENDS[ended["event"]], str(ended.get("message", ""))
        elif alive:
            names = [e["event"] for e in present]
            paused = next((e for e in reversed(names) if e in ("paused", "resumed")), "") == "paused"
            state, sentence = ("paused" if paused else "running" if "start" in names else "starting"), ""
        else:
            state, sentence = self._died()
        left = float(last["seconds_left"]) if state == "running" and "seconds_left" in last else None
        if state in ("failed", "interrupted") and (self.folder / "last.safetensors").is_file():
            sentence = f"{sentence} The last checkpoint is kept; the run can go on.".strip()
        return RunStatus(
            state, int(last.get("step", 0)), total, left, sentence, weights,
            resumable=state in ("cancelled", "failed", "interrupted"),
            losses=_curves(steps, "losses"), figures=_figures(self._events),
        )  # fmt: skip

    def _first_command(self, weights: Path) -> list[str]:
        plan = self.plan
        command = ["train", "--fine-tune", str(weights), "--output", str(self.folder), "--name", plan.engine]
        command += ["--device", plan.device, "--seed", str(plan.seed), "--held-back", str(plan.held_back)]
        command += [text for case in plan.cases for text in ("--case", case)]
        command += [text for case in plan.keep_back for text in ("--keep-back", case)]
        command += [] if plan.minutes is None else ["--minutes", str(plan.minutes)]
        return command + ([] if plan.epochs is None else ["--epochs", str(plan.epochs)])

    def _launch(self, arguments: list[str]) -> None:
        own: dict[str, Any] = {"start_new_session": True}  # closing the window does not end a training
        if os.name == "nt":
            own = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}  # type: ignore[attr-defined]
        began = time.time()
        try:
            (self.folder / "control").unlink(missing_ok=True)  # an old wish is not for this start
            with open(self.folder / LOG, "ab") as log:
                self._process = subprocess.Popen(
                    [*program(), *arguments], stdout=subprocess.DEVNULL, stderr=log, stdin=subprocess.DEVNULL, **own
                )
            _children.append(self._process)
            note = {"pid": self._process.pid, "time": began}
            write_atomic(self.folder / _PROCESS, json.dumps(note).encode())
        except OSError as error:
            raise TrainingServiceError(f"The training was not started: {explain(error, self.folder)}.") from error
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._process.pid, 10)  # the window stays smooth

    def _request(self, request: str) -> None:
        try:
            write_atomic(self.folder / "control", request.encode())
        except OSError as error:
            raise TrainingServiceError(f"The run was not reached: {explain(error, self.folder)}.") from error

    def _launched(self) -> tuple[int, float]:
        try:
            note = read_document(self.folder / _PROCESS, _MAX_PLAN_BYTES)
            return int(note["pid"]), float(note["time"])
        except (OSError, DocumentError, ValueError, KeyError, TypeError):
            return 0, 0.0

    def _is_alive(self) -> bool:
        _children[:] = [c for c in _children if c.poll() is None]
        if self._process is not None:
            return self._process.poll() is None
        pid, _ = self._launched()
        if not process_runs(pid):
            return False
        try:  # after a restart of the machine the number may be another program's
            return os.fsencode(self.folder.name) in Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return True

    def _since_launch(self) -> list[dict[str, Any]]:
        began = self._launched()[1]
        return [e for e in self._events if float(e.get("time", 0.0)) >= began - 0.02]

    def _died(self) -> tuple[str, str]:
        """State and sentence of a run that ended without saying so."""
        code = None if self._process is None else self._process.returncode
        if code in (-9, 137):
            return "failed", "The system ended the training, as a rule because memory ran out; train on fewer cells."
        if code in (-15, 143):
            return "cancelled", ""
        log = self.folder / LOG
        text = log.read_text(encoding="utf-8", errors="replace")[-4000:] if log.is_file() else ""
        if "No space left" in text or "disk is full" in text:
            return "failed", "The disk is full; make room and go on."
        if "MemoryError" in text or "out of memory" in text.lower():
            return "failed", "There is not enough memory; train on fewer cells or on another device."
        if code is None or code == 0:
            return "interrupted", "The training was interrupted, by an end of the program or the machine."
        return "failed", _last_sentence(text) or f"The training ended with the status {code}; see {log}."

    def _read_more(self) -> None:
        """Take in the lines that came since the last time; a torn last line waits."""
        with contextlib.suppress(FileNotFoundError), open(self.folder / "progress.jsonl", "rb") as file:
            file.seek(self._read)
            data = file.read()
            whole = data[: data.rfind(b"\n") + 1]
            self._read += len(whole)
            for line in whole.splitlines():
                with contextlib.suppress(ValueError):
                    event = parse_json(line)
                    if isinstance(event, dict) and "event" in event:
                        self._events.append(event)


def list_runs(root: Path | None = None) -> list[TrainingRun]:
    """The runs below ``root``, the newest first."""
    folder = root or runs_folder()
    found = []
    for path in sorted(folder.glob(f"*/{PLAN}"), reverse=True):
        with contextlib.suppress(TrainingServiceError):
            found.append(TrainingRun(path.parent))
    return found


def _size_of(weights: Path) -> int:
    """Bytes of a weights file and of the trunk that it shares with others."""
    trunk = read_card(card_path(weights))["weights"].get("trunk")
    beside = weights.with_name(Path(str(trunk["file"])).name) if trunk else None
    return weights.stat().st_size + (beside.stat().st_size if beside is not None and beside.is_file() else 0)


def _last_sentence(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("karyotrain: ").removeprefix("karyoview: ") if lines else ""


def _curves(events: Sequence[Mapping[str, Any]], member: str) -> dict[str, list[tuple[int, float]]]:
    curves: dict[str, list[tuple[int, float]]] = {}
    for event in events:
        for name, value in {"all": event["loss"], **event[member]}.items():
            curves.setdefault(name, []).append((int(event["step"]), float(value)))
    return curves


def _figures(events: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, float]]]:
    curves: dict[str, list[tuple[int, float]]] = {}
    for event in events:
        if event["event"] == "evaluation":
            for name, value in event.items():
                if name not in ("event", "time", "step", "images") and isinstance(value, int | float):
                    curves.setdefault(name, []).append((int(event["step"]), float(value)))
    return curves
