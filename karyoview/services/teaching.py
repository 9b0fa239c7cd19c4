"""From a laboratory's archive to an engine that knows it: what has to hold before, and the steps of the one way.

The steps are those of other services: pairs matched and placed (:mod:`karyoview.services.archive_import`), a training
run, a comparison on held-back cells, activation. Nothing starts before consent is given and every precondition is told.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.graphs import NEEDS_FULL, torch_installed
from karyoview.detectors.protocol import CancelToken
from karyoview.detectors.registry import ENGINES, available_engines
from karyoview.services.archive_import import ArchiveProject
from karyoview.services.archive_pairs import ArchivePair, counted
from karyoview.services.archive_placement import PairOutcome
from karyoview.services.training import TrainingPlan, TrainingRun
from karyoview.services.weights import Comparison, WeightsRepository, compare

FEWEST_WHOLE: Final = 5
"""Whole cells from which training is worth its time; fewer is said, not forbidden from two on."""
_SECONDS_A_PAIR: Final = 6.0
_ROOM: Final = 512 << 20

Tell = Callable[[str], None]


class TeachingError(KaryoViewError):
    """A step of the way from archive to engine that cannot be gone; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Precondition:
    """Something that must hold, or that a person should know: ``text``, whether it is ``met``, whether it ``stops``."""

    text: str
    met: bool
    stops: bool = True


def preconditions(
    project: ArchiveProject, pairs: Sequence[ArchivePair], engine: str, consent: bool
) -> list[Precondition]:
    """All that must hold before pairs are placed and an engine is trained, each with what to do."""
    found = [
        Precondition(
            "Consent: your laboratory's rules allow that these cells train an engine on this machine."
            if consent
            else "Consent is missing: confirm that these cells may train an engine on this machine.",
            consent,
        ),
        *([] if torch_installed() else [Precondition(f"Training needs PyTorch, and {NEEDS_FULL}.", False)]),
        _pairs_condition(pairs),
        _patients_condition(pairs),
        _engine_condition(engine),
    ]
    free = shutil.disk_usage(project.folder).free
    need = _ROOM + sum(_size(p.metaphase) for p in pairs)
    found.append(
        Precondition(
            f"{free / 2**30:.1f} GB are free on the disk of {project.folder}; about {need / 2**30:.1f} GB are needed"
            + ("." if free >= need else ": make room there first."),
            free >= need,
        )
    )
    waiting = len(project.open_pairs(pairs)) if pairs else 0
    minutes = waiting * _SECONDS_A_PAIR / 60
    found.append(
        Precondition(
            f"{waiting} of {len(pairs)} pairs are still to be placed: about {minutes:.0f} minutes on one core.", True
        )
    )
    return found


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _pairs_condition(pairs: Sequence[ArchivePair]) -> Precondition:
    if len(pairs) < 2:
        return Precondition(
            f"{counted(len(pairs), 'pair')} of metaphase and karyogram; at least two are needed, one to compare on.",
            False,
        )
    few = len(pairs) < FEWEST_WHOLE
    more = f" Of {FEWEST_WHOLE} or more an engine learns better." if few else ""
    return Precondition(f"{len(pairs)} pairs of metaphase and karyogram.{more}", True)


def _patients_condition(pairs: Sequence[ArchivePair]) -> Precondition:
    patients = len({p.case for p in pairs})
    if patients < 2:
        return Precondition(
            "All pairs are of one patient; put those of each patient into a folder of its own, so that whole patients "
            "are held back to compare on.",
            False,
        )
    return Precondition(f"{patients} patients; about a fifth of them is held back to compare on.", True)


def _engine_condition(engine: str) -> Precondition:
    info = next((i for i in available_engines() if i.name == engine), None)
    if info is None:
        return Precondition(f"The engine {engine or '(none)'} has no weights on this machine; choose another.", False)
    if not ENGINES[info.card["engine"]].trainable:
        return Precondition(f"The engine {engine} cannot be trained further; choose another.", False)
    return Precondition(
        f"The engine {info.title} is trained further; the one you have stays until the new one is better.", True
    )


def unmet(conditions: Sequence[Precondition]) -> list[str]:
    """The sentences of what stops the way."""
    return [c.text for c in conditions if c.stops and not c.met]


def enough_truth(outcomes: Sequence[PairOutcome]) -> Precondition:
    """Whether enough cells are whole to train on, in two patients at least."""
    whole = [o for o in outcomes if o.whole]
    patients = len({o.pair.case for o in whole})
    if len(whole) < 2 or patients < 2:
        return Precondition(
            f"{counted(len(whole), 'cell')} of {counted(patients, 'patient')} with the whole truth; "
            "cells of two patients are needed: look at the doubtful chromosomes and accept or correct them.",
            False,
        )
    return Precondition(f"{counted(len(whole), 'cell')} of {counted(patients, 'patient')} with the whole truth.", True)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a person chose: as in TrainingPlan, and the ``confidence`` from which a chromosome is accepted."""

    archive: Path
    engine: str
    consent: bool
    confidence: float = 0.8
    minutes: float | None = 20.0
    epochs: float | None = None
    device: str = "auto"
    workers: int = 1
    scheduler: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """The end of the way: the run, the comparison, and whether the new engine is active now."""

    run: TrainingRun
    comparison: Comparison
    activated: bool


def make_truth(
    lesson: Lesson, project: ArchiveProject, *, cancel: CancelToken | None = None, tell: Tell = lambda text: None
) -> list[PairOutcome]:
    """The first half: pairs matched and placed, truth taken into cases. Raises TeachingError for what stops it."""
    matching = project.match(lesson.archive, cancel=cancel, progress=lambda done, total, name: None)
    tell(matching.sentence())
    conditions = preconditions(project, matching.pairs, lesson.engine, lesson.consent)
    for condition in conditions:
        tell(("" if condition.met else "NOT MET: ") + condition.text)
    if missing := unmet(conditions):
        raise TeachingError(missing[0])
    project.place(
        matching.pairs, workers=lesson.workers, scheduler=lesson.scheduler, cancel=cancel,
        progress=lambda done, total, text: tell(f"[{done}/{total}] {text}"),
    )  # fmt: skip
    if cancel is not None:
        cancel.raise_if_cancelled()
    outcomes = project.accept_above(lesson.confidence, matching.pairs)
    taken = project.take_in(outcomes, consent=lesson.consent, user=lesson.user, cancel=cancel)
    tell(taken.sentence())
    for sentence in taken.refused:
        tell(sentence)
    return outcomes


def training_plan(lesson: Lesson, project: ArchiveProject) -> TrainingPlan:
    """The training on the cases of the project."""
    cases = tuple(str(folder) for folder in project.case_folders())
    return TrainingPlan(cases, lesson.engine, minutes=lesson.minutes, epochs=lesson.epochs, device=lesson.device)


def teach(
    lesson: Lesson, project: ArchiveProject, *, activate: bool = False, cancel: CancelToken | None = None,
    tell: Tell = lambda text: None,
) -> Learnt:  # fmt: skip
    """The whole way. A better engine becomes active only with ``activate``. Raises KaryoViewError with what to do."""
    outcomes = make_truth(lesson, project, cancel=cancel, tell=tell)
    truth = enough_truth(outcomes)
    tell(truth.text)
    if not truth.met:
        raise TeachingError(truth.text)
    run = TrainingRun.start(training_plan(lesson, project))
    tell(f"Training in {run.folder}.")
    before = -1
    while (status := run.wait(2.0)).state in ("starting", "running", "paused"):
        if cancel is not None and cancel.cancelled:
            run.cancel()
        if status.step != before:
            before = status.step
            left = "" if status.seconds_left is None else f", about {status.seconds_left:.0f} s left"
            tell(f"step {status.step} of {status.total}{left}")
    if status.weights is None:
        raise TeachingError(f"The training ended without an engine ({status.state}): {status.sentence}".rstrip(" :"))
    comparison = compare(status.weights, [run.folder / "set"], device=lesson.device, cancel=cancel)
    tell(comparison.sentence())
    activated = activate and comparison.offered
    if activated:
        WeightsRepository(user=lesson.user).activate(comparison)
        tell(f"{comparison.new} is active from now on; `karyoview weights` takes it back.")
    return Learnt(run, comparison, activated)
