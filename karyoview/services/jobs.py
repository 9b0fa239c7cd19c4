"""Work beside the window: one thread for the model, one for saving, a pool for files, reading one item ahead.

Every callback runs in the worker's thread; the window marshals them in one place. Closing asks all
work to stop and waits a moment; threads are daemons, so that nothing can hold up the end.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import Cancelled, CancelToken

_log = logging.getLogger(__name__)
S = TypeVar("S")
T = TypeVar("T")


def user_message(error: BaseException) -> str:
    """What to tell a person about an error; unexpected ones are logged in full and named."""
    if isinstance(error, KaryoViewError):
        return str(error)
    _log.error("Unexpected error", exc_info=error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; close other programs or choose a faster engine setting."
    return f"Something unexpected happened ({type(error).__name__}: {error}); details are in the log (Help, Show log)."


class SerialWorker:
    """One daemon thread that does jobs one after the other."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[tuple[Callable[[CancelToken], None], CancelToken] | None] = queue.SimpleQueue()
        self._open = True
        self._pending: set[CancelToken] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[CancelToken], None], token: CancelToken | None = None) -> CancelToken:
        """Queue a job; it gets the token by which it can be cancelled."""
        token = token or CancelToken()
        with self._lock:
            if not self._open:
                token.cancel()
                return token
            self._pending.add(token)
        self._jobs.put((job, token))
        return token

    def cancel_all(self) -> None:
        """Cancel what runs and what waits."""
        with self._lock:
            for token in self._pending:
                token.cancel()

    def close(self, wait: float = 3.0, drop: bool = True) -> bool:
        """Stop; ``drop`` cancels what is left, else it is finished first. True when the thread ended in time."""
        with self._lock:
            self._open = False
        if drop:
            self.cancel_all()
        self._jobs.put(None)
        self._thread.join(wait)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (entry := self._jobs.get()) is not None:
            job, token = entry
            try:
                if not token.cancelled:
                    job(token)
            except Cancelled:
                pass
            except Exception:
                _log.exception("A job of %s failed", self._thread.name)
            finally:
                with self._lock:
                    self._pending.discard(token)


class Pool:
    """A few threads for decoding, thumbnails and export; results go to ``done``, errors to ``failed``."""

    def __init__(self, workers: int = 2) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="files")
        self._open = True

    def submit(
        self, job: Callable[[], T], done: Callable[[T], None], failed: Callable[[str], None] | None = None
    ) -> Future[Any] | None:
        """Run ``job`` soon."""

        def run() -> None:
            try:
                result = job()
            except Cancelled:
                return
            except Exception as error:
                sentence = user_message(error)
                if self._open and failed is not None:
                    failed(sentence)
                return
            if self._open:
                done(result)

        return self._executor.submit(run) if self._open else None

    def close(self) -> None:
        """Forget what waits; what runs ends by itself."""
        self._open = False
        self._executor.shutdown(wait=True, cancel_futures=True)


def read_ahead(items: Sequence[S], read: Callable[[S], T]) -> Iterator[tuple[S, Future[T]]]:
    """Each item with what ``read`` makes of it; the next one is read in a thread while the caller is at work.

    What ``read`` raises is raised by the future. The thread ends with the iterator.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="decoding") as reader:
        ahead: tuple[S, Future[T]] | None = None
        for item in items:
            following = (item, reader.submit(read, item))
            if ahead is not None:
                yield ahead
            ahead = following
        if ahead is not None:
            yield ahead


class Saver:
    """Saves annotations one after the other, in the order of the edits; what could not be saved stays dirty.

    ``write`` does one save (record, then file). ``tell`` gets ``("saved" | "failed", sentence)`` in the
    saver's thread.
    """

    def __init__(
        self,
        write: Callable[[ImageAnnotation, str, dict[str, Any]], None],
        tell: Callable[[str, str], None] = lambda state, sentence: None,
    ) -> None:
        self._write, self._tell = write, tell
        self._worker = SerialWorker("saving")
        self._waiting = 0
        self._lock = threading.Lock()
        self._dirty: dict[str, tuple[ImageAnnotation, str, dict[str, Any]]] = {}
        self._newest: dict[str, int] = {}

    @property
    def dirty(self) -> tuple[str, ...]:
        """Images whose last edit is not on disk."""
        with self._lock:
            return tuple(self._dirty)

    @property
    def busy(self) -> bool:
        """Whether an edit is on its way to the disk."""
        with self._lock:
            return self._waiting > 0

    def save(self, annotation: ImageAnnotation, action: str, detail: dict[str, Any]) -> None:
        """Save soon; returns at once."""
        with self._lock:
            self._waiting += 1
        self._worker.submit(lambda token: self._save(annotation, action, detail))

    def retry(self) -> None:
        """Try again what could not be saved."""
        with self._lock:
            again = list(self._dirty.values())
        for annotation, action, detail in again:
            self.save(annotation, action, detail)

    def after(self, work: Callable[[], None]) -> None:
        """Do something in the saver's thread once everything that was edited so far is on disk."""

        def run(token: object) -> None:
            try:
                work()
            except KaryoViewError as error:
                self._tell("failed", str(error))

        self._worker.submit(run)

    def close(self) -> bool:
        """Finish saving; True when everything is on disk."""
        ended = self._worker.close(wait=20.0, drop=False)
        return ended and not self.dirty

    def _save(self, annotation: ImageAnnotation, action: str, detail: dict[str, Any]) -> None:
        failure = ""
        try:
            # An edit that is tried again never goes over one that was made and saved since.
            if annotation.revision >= self._newest.get(annotation.image, 0):
                self._write(annotation, action, detail)
                self._newest[annotation.image] = annotation.revision
        except (KaryoViewError, OSError) as error:
            failure = (
                str(error) if isinstance(error, KaryoViewError) else f"{error.strerror or error} ({error.filename})"
            )
        except Exception as error:
            failure = user_message(error)
        with self._lock:
            self._waiting -= 1
            waiting = self._dirty.get(annotation.image)
            if failure and (waiting is None or waiting[0].revision <= annotation.revision):
                self._dirty[annotation.image] = (annotation, action, detail)
            elif not failure and (waiting is None or waiting[0].revision <= self._newest.get(annotation.image, 0)):
                self._dirty.pop(annotation.image, None)
            clean = not self._dirty and not self._waiting
        if failure:
            self._tell("failed", f"{annotation.image} could not be saved: {failure}")
        elif clean:
            self._tell("saved", "")
