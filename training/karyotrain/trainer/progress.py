"""What a run tells and hears: JSON lines out, pause and cancel in.

Each line has ``event`` and ``time``; a step's line has the losses, the rate and the seconds left. A
run is steered by the file ``control`` in its folder, which holds ``run``, ``pause`` or ``cancel``, or
by SIGINT and SIGTERM, which cancel. Cancelling keeps the checkpoint.
"""

from __future__ import annotations

import contextlib
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal, TextIO

from karyoview.core.checked_json import parse_json

Request = Literal["run", "pause", "cancel"]
CONTROL: Final = "control"
PROGRESS: Final = "progress.jsonl"


class Progress:
    """Writes events to ``progress.jsonl`` of a run's folder and, where given, to a stream and a listener."""

    def __init__(
        self, folder: Path, stream: TextIO | None = None, listener: Callable[[dict[str, Any]], None] | None = None
    ) -> None:
        path = folder / PROGRESS
        torn = path.is_file() and path.read_bytes()[-1:] not in (b"", b"\n")
        self._file = path.open("a", encoding="utf-8")
        if torn:  # the line of a run that was killed in it must not take the next one with it
            self._file.write("\n")
        self._stream = stream
        self._listener = listener

    def __call__(self, event: str, **values: Any) -> None:
        line = {"event": event, "time": round(time.time(), 2), **values}
        text = json.dumps(line)
        for sink in (self._file, self._stream):
            if sink is not None:
                print(text, file=sink, flush=True)
        if self._listener is not None:
            self._listener(line)

    def close(self) -> None:
        self._file.close()


def read_progress(folder: Path) -> list[dict[str, Any]]:
    """The events of a run so far, oldest first; a torn last line is left out."""
    path = folder / PROGRESS
    events = []
    for line in path.read_bytes().splitlines() if path.is_file() else ():
        with contextlib.suppress(ValueError):
            event = parse_json(line)
            if isinstance(event, dict):
                events.append(event)
    return events


class Control:
    """What the person at the run wants now."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / CONTROL
        self._cancelled = threading.Event()
        self._path.unlink(missing_ok=True)  # an old wish is not for this run

    def cancel(self) -> None:
        """Ask for the end after the step under way."""
        self._cancelled.set()

    def request(self) -> Request:
        if self._cancelled.is_set():
            return "cancel"
        try:
            text = self._path.read_text(encoding="utf-8").strip()
        except OSError:
            return "run"
        return text if text in ("pause", "cancel") else "run"  # type: ignore[return-value]

    def wait_while_paused(self, poll: float = 0.2) -> Request:
        """Sleep until the wish is no longer ``pause``; → it."""
        while (request := self.request()) == "pause":
            time.sleep(poll)
        return request

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Inside, SIGINT and SIGTERM cancel (in the main thread; elsewhere nothing changes)."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {s: signal.signal(s, lambda *_: self.cancel()) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
