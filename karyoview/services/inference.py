"""Asking an engine about cells, in the background: progress, remaining time, results cell by cell."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from karyoview.core.assignment import assign_classes
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import MIN_STORED_SCORE, Detections
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import Cancelled, CancelToken, Detector
from karyoview.detectors.registry import ENGINES, find_engines, load_engine, starts_at_once
from karyoview.services.jobs import SerialWorker, read_ahead, user_message

_EMPTY_PICTURE: Final = (128, 128)  # pixels


@dataclass(frozen=True, slots=True)
class Request:
    """One cell to ask about: its image name and the annotation's revision at the time."""

    image: str
    revision: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; ``remaining`` seconds is None before the first cell is done."""

    done: int
    total: int
    text: str
    remaining: float | None = None


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The end of a run: cells done, whether it was cancelled, and a sentence per cell that failed."""

    done: int
    total: int
    cancelled: bool = False
    failures: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


Report = Callable[[Progress | Detections | RunFinished], None]


class InferenceRunner:
    """Runs engines on one thread and keeps the last engine loaded."""

    def __init__(self) -> None:
        self._worker = SerialWorker("model")
        self._loaded: tuple[object, Detector] | None = None
        self._run: tuple[CancelToken, Callable[[], None]] | None = None

    @property
    def busy(self) -> bool:
        return self._run is not None

    def ask(
        self,
        engine: str,
        cells: Sequence[Request],
        read: Callable[[str], MetaphaseImage],
        report: Report,
        device: str = "auto",
        settings: Mapping[str, object] | None = None,
        keep: Callable[[Detections], None] = lambda detections: None,
    ) -> CancelToken:
        """Ask ``engine`` about ``cells``, one by one; ``keep`` stores each result before it is reported.

        A cell that fails is reported at the end and stops nothing. Cancelling reports RunFinished at once
        and drops what the engine may still say.
        """
        token = CancelToken()
        ended: list[bool] = []

        def send(message: Progress | Detections | RunFinished) -> None:
            if ended:
                return
            if isinstance(message, RunFinished):
                ended.append(True)
                self._run = None
            report(message)

        self._run = (token, lambda: send(RunFinished(0, len(cells), cancelled=True)))
        self._worker.submit(
            lambda t: self._work(t, engine, cells, read, send, device, dict(settings or {}), keep), token
        )
        return token

    def prepare(self, engine: str, device: str = "auto", settings: Mapping[str, object] | None = None) -> None:
        """Load ``engine`` and let it see an empty picture, so that its first cell need not wait.

        Only an engine that loads quickly and needs little memory; another is loaded when it is asked.
        """
        given = dict(settings or {})

        def load(token: CancelToken) -> None:
            if not starts_at_once(engine, device=device, settings=given):
                return
            detector = self._detector(engine, device, given)
            detector.predict([MetaphaseImage(np.full(_EMPTY_PICTURE, 225, np.uint8), "empty")], token)
            assign_classes(np.zeros((1, len(CLASS_NAMES))))  # what an empty picture does not come to

        self._worker.submit(load)

    def cancel(self) -> None:
        """Stop the present run; its end is reported before this returns."""
        if self._run is not None:
            token, end = self._run
            token.cancel()
            end()

    def close(self) -> bool:
        """Stop for good; True when the thread ended in time."""
        self._run = None
        return self._worker.close(wait=2.0)

    def _detector(self, engine: str, device: str, settings: dict[str, object]) -> Detector:
        key = (engine, _weights_now(engine), device, tuple(sorted((k, str(v)) for k, v in settings.items())))
        if self._loaded is None or self._loaded[0] != key:
            self._loaded = None
            self._loaded = (key, load_engine(engine, device=device, settings=settings))
        return self._loaded[1]

    def _work(
        self,
        token: CancelToken,
        engine: str,
        cells: Sequence[Request],
        read: Callable[[str], MetaphaseImage],
        send: Report,
        device: str,
        settings: dict[str, object],
        keep: Callable[[Detections], None],
    ) -> None:
        total = len(cells)
        send(Progress(0, total, "loading"))
        try:
            detector = self._detector(engine, device, settings)
        except Exception as error:
            send(RunFinished(0, total, failures=(("", user_message(error)),)))
            return
        failures: list[tuple[str, str]] = []
        begun = time.monotonic()
        done = 0
        for number, (cell, image) in enumerate(read_ahead(cells, lambda cell: read(cell.image))):
            if token.cancelled:
                break
            spent = time.monotonic() - begun
            send(Progress(number, total, cell.image, spent / number * (total - number) if number else None))
            try:
                (result,) = detector.predict([image.result()], token)
                token.raise_if_cancelled()
                source = replace(result.provenance, revision=cell.revision, engine=engine)
                result = replace(result, image=cell.image, provenance=source)
                keep(result)
                send(result)
                done += 1
            except Cancelled:
                break
            except Exception as error:
                failures.append((cell.image, user_message(error)))
        send(RunFinished(done, total, token.cancelled, tuple(failures), time.monotonic() - begun))


def _weights_now(engine: str) -> tuple[str, int]:
    """Which file an engine's weights are in now, and when it was written: others may have been activated."""
    path = find_engines()[0].get(engine)
    return (str(path), path.stat().st_mtime_ns) if path is not None else ("", 0)


def offers_effort(card: Mapping[str, Any]) -> bool:
    """Whether the engine with this card can be asked for more or less effort."""
    spec = ENGINES.get(str(card.get("engine")))
    return spec is not None and bool(spec.efforts)


def engine_settings(quality: str, card: Mapping[str, Any]) -> dict[str, object]:
    """Settings for the engine with this card: the floor, and the effort where it offers the choice."""
    return {"threshold": MIN_STORED_SCORE, **({"quality": quality} if offers_effort(card) else {})}


def anyway_settings(card: Mapping[str, Any]) -> dict[str, object]:
    """Settings by which the engine with this card gives boxes for a picture that shows no metaphase, too."""
    spec = ENGINES.get(str(card.get("engine")))
    return {"check_metaphase": False} if spec is not None and spec.checks_metaphase else {}
