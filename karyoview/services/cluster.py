"""Work on many pictures, as detection, by several processes or machines: Dask hands them out and survives lost workers.

A task is one picture, by its path: every worker must see the pictures under the same name, and have the
same weights, which is checked before the first. Tasks of a worker that is lost are done by another; the
outcome of a picture is kept once, however often it was begun. Dask sends Python objects, so a scheduler
belongs into a network that one trusts, or behind Dask's own TLS.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from karyoview.core.checked_json import parse_json
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import CancelToken, Detector, EngineInfo
from karyoview.io.annotation_json import detections_from_document, detections_to_document
from karyoview.io.documents import dump_document, parse_document
from karyoview.io.images import read_image
from karyoview.services.detect import Outcome, Progress, Source
from karyoview.services.jobs import user_message

if TYPE_CHECKING:
    from distributed import Client

WAIT: Final = 10.0
"""Seconds in which a scheduler must answer."""
FIRST_WORKER: Final = 60.0
"""Seconds in which its first worker must come."""
_LOST: Final = "Its workers were lost each time it was begun, as a rule for want of memory; do it on another machine."


class ClusterError(KaryoViewError):
    """Workers that cannot be reached or used."""


@dataclass(slots=True)
class WorkerCounts:
    """How many pictures each worker did, by its address."""

    pictures: Counter[str] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        """One line a worker, the busiest first."""
        return [f"{worker}: {count} pictures" for worker, count in self.pictures.most_common()]


@contextmanager
def connect(scheduler: str = "", workers: int = 0) -> Iterator[Client]:
    """A client of the scheduler at ``tcp://HOST:PORT``, or of ``workers`` processes on this machine.

    Raises ClusterError: Dask is not installed, nobody answers there, no worker has come.
    """
    if find_spec("distributed") is None:
        raise ClusterError("Several workers need Dask, which is not installed; run: pip install 'karyoview[cluster]'.")
    import dask
    from distributed import Client, LocalCluster

    settings = {"distributed.scheduler.worker-saturation": 1.0, "distributed.comm.timeouts.connect": f"{WAIT:g}s"}
    with dask.config.set(settings):
        if scheduler:
            try:
                client = Client(scheduler, timeout=WAIT, set_as_default=False)
            except (OSError, ValueError) as error:
                raise ClusterError(
                    f"No scheduler answers at {scheduler}; start one with `dask scheduler` and give its address."
                ) from error
            with client:
                _await_worker(client, scheduler)
                yield client
            return
        threads = max((os.cpu_count() or 1) // max(workers, 1), 1)
        environment = {name: str(threads) for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        with (
            LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None, env=environment
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield client


def _await_worker(client: Client, scheduler: str) -> None:
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER)
    except TimeoutError as error:
        raise ClusterError(f"{scheduler} has no workers; start some with `dask worker {scheduler}`.") from error


def check_workers(client: Client, info: EngineInfo) -> int:
    """How many workers there are, all of which have the weights of ``info``. Raises ClusterError."""
    answers = client.run(_present, info.name, on_error="return")
    for worker, found in sorted(answers.items()):
        if isinstance(found, BaseException):
            raise ClusterError(f"The worker {worker} cannot run KaryoView ({user_message(found)}); install it there.")
        if found != info.weights_hash:
            have = f"has other weights of {info.name} ({found[:12]} …)" if found else f"has no weights of {info.name}"
            raise ClusterError(
                f"The worker {worker} {have}; copy those of this machine ({info.weights_hash[:12]} …) there."
            )
    return len(answers)


def detect_on(
    client: Client,
    sources: Sequence[Source],
    info: EngineInfo,
    *,
    device: str = "auto",
    settings: Mapping[str, object] | None = None,
    cancel: CancelToken | None = None,
    progress: Progress = lambda done, total, name: None,
    counts: WorkerCounts | None = None,
) -> Iterator[Outcome]:
    """One outcome a source, in order, each exactly once; a bad file or a lost worker stops nothing.

    Ends early when cancelled. Raises ClusterError where workers lack the weights of ``info``.
    """
    check_workers(client, info)
    job = (info.name, info.weights_hash, device, dict(settings or {}))
    look = partial(_look, engine=job)
    places = [(str(s.path.resolve()), s.page) for s in sources]
    waiting: dict[int, Outcome] = {}
    following = 0
    for done, (number, answer, reason) in enumerate(run_on(client, look, places, cancel=cancel), 1):
        source = sources[number]
        lost = f"{source.name}: {reason}" if reason == _LOST else reason
        waiting[number] = _outcome(answer, source, counts) if answer else Outcome(source, reason=lost)
        progress(done, len(sources), source.name)
        while following in waiting:
            yield waiting.pop(following)
            following += 1


def run_on(
    client: Client, work: Callable[[Any], str], tasks: Sequence[object], *, cancel: CancelToken | None = None
) -> Iterator[tuple[int, str, str]]:
    """Each task's number with what ``work`` answered to it, or an empty answer and the reason; as they come, once each.

    ``work`` is a function of a module that workers have too. Ends early when cancelled.
    """
    from distributed import as_completed

    futures = client.map(work, tasks, pure=False, key=f"karyoview-{os.urandom(6).hex()}", retries=0)
    number_of = {future.key: number for number, future in enumerate(futures)}
    try:
        for future in as_completed(futures, loop=client.loop):
            if cancel is not None and cancel.cancelled:
                return
            number = number_of.pop(future.key, None)
            if number is None:
                continue
            if future.status == "finished":
                yield number, future.result(), ""
            else:
                yield number, "", _why_lost(future)
            future.release()
    finally:
        if number_of:
            client.cancel(list(futures), force=True)


def _why_lost(future: Any) -> str:
    """Why a task has no answer."""
    from distributed import KilledWorker

    error = future.exception() if future.status == "error" else None
    if isinstance(error, KilledWorker):
        return _LOST
    return user_message(error) if error is not None else "The connection to the scheduler was lost; run it again."


class _Answer(msgspec.Struct):
    worker: str
    found: str
    reason: str


def _outcome(text: str, source: Source, counts: WorkerCounts | None) -> Outcome:
    """What became of one picture, as if it had been looked at here."""
    try:
        answer = msgspec.convert(parse_json(text), _Answer)
    except (ValueError, msgspec.ValidationError) as error:
        return Outcome(source, reason=f"A worker answered what cannot be read ({error}); use one version on all.")
    if counts is not None:
        counts.pictures[answer.worker] += 1
    if answer.reason:
        return Outcome(source, reason=answer.reason)
    document = parse_document(answer.found.encode("utf-8", "surrogatepass"), source.path)
    return Outcome(source, replace(detections_from_document(document, source.name), image=source.name))


# What runs in the workers

_loaded: dict[tuple[str, str, str, str], Detector] = {}
_engine_lock = threading.Lock()
"""An engine is asked by one thread at a time, however many a worker has."""


def _present(engine: str) -> str:
    """The hash of a worker's own weights of an engine; empty where it has none."""
    from karyoview.detectors.registry import available_engines

    return next((info.weights_hash for info in available_engines() if info.name == engine), "")


def _look(place: tuple[str, int], engine: tuple[str, str, str, dict[str, object]]) -> str:
    """JSON with what the engine found in one picture, or the reason why nothing, and this worker's address."""
    from distributed import get_worker

    answer = {"worker": get_worker().address, "found": "", "reason": ""}
    path, page = Path(place[0]), place[1]
    try:
        if not path.is_file():
            raise ClusterError(f"{path} is not there on every worker; put the pictures on a disk that all of them see.")
        image = read_image(path, page=page)
        with _engine_lock:
            (found,) = _engine(*engine).predict([image])
        answer["found"] = dump_document(detections_to_document(found)).decode()
    except Exception as error:
        answer["reason"] = user_message(error)
    return json.dumps(answer)


def _engine(name: str, digest: str, device: str, settings: dict[str, object]) -> Detector:
    """The engine, loaded once a worker; ClusterError where its weights changed meanwhile."""
    from karyoview.detectors.registry import load_engine

    key = (name, digest, device, json.dumps(settings, sort_keys=True))
    if key not in _loaded:
        detector = load_engine(name, device=device, settings=settings)
        if digest and detector.info.weights_hash != digest:
            raise ClusterError(f"The weights of {name} on {socket.gethostname()} were changed; start again.")
        _loaded.clear()
        _loaded[key] = detector
    return _loaded[key]
