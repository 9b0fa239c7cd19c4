"""Workers that are killed, what they say they did, and how many rounds there are."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

_ASKED = os.environ.get("KARYOVIEW_STRESS", "0.01")
SHARE = 1.0 if _ASKED == "full" else float(_ASKED)
"""Of everything that ``make stress`` does; KARYOVIEW_STRESS is ``full`` or a number."""
SEED = int(os.environ.get("KARYOVIEW_STRESS_SEED", "7"))
"""Runs with different ones do different things, so that their counts can be added up."""
HERE = Path(__file__).parent
KEPT = HERE.parent / "fixtures" / "damaged"


def rounds(full: int, least: int = 5) -> int:
    """How many there are in this run of ``full`` in all."""
    return max(least, round(full * SHARE))


@contextlib.contextmanager
def kept_where_it_fails(kind: str, name: str, data: bytes) -> Iterator[None]:
    """Keep damaged bytes that find a fault below tests/fixtures/damaged: they belong to the commit that mends it."""
    try:
        yield
    except Exception as error:
        path = KEPT / kind / f"{name.replace('/', '--')}--{hashlib.sha256(data).hexdigest()[:8]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        error.add_note(f"What was read is kept as {path}.")
        raise


@dataclass
class Counts:
    """How often something was done of how often it is wanted, and what was seen; kept in a file in ``folder``.

    It is kept once a second and at the end of the test, so that a run that is interrupted can say it too.
    """

    folder: Path
    name: str = ""
    done: int = 0
    wanted: int = 0
    seen: str = ""
    kept: float = 0.0

    @property
    def whole(self) -> bool:
        """Whether all that was wanted was done."""
        return self.done >= self.wanted

    def say(self, name: str, done: int, wanted: int, seen: str) -> None:
        """Set what there is to say now."""
        self.name, self.done, self.wanted, self.seen = name, done, wanted, seen
        if time.monotonic() > self.kept + 1:
            self.keep()

    def keep(self) -> None:
        """Write it down, if something was said."""
        if self.name:
            path = self.folder / f"{self.name.replace(' ', '-')}.json"
            path.with_suffix(".new").write_text(json.dumps({**asdict(self), "folder": ""}))
            path.with_suffix(".new").replace(path)
            self.kept = time.monotonic()


def read_counts(folder: Path) -> list[Counts]:
    """What the tests of a run said last, by name."""
    return [Counts(**json.loads(path.read_text())) for path in sorted(folder.glob("*.json"))]


class Note:
    """A file to which a worker appends a line for each piece of work that it counts as done."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def size(self) -> int:
        """Bytes; 0 where there is none yet."""
        return self.path.stat().st_size if self.path.exists() else 0

    def lines(self) -> list[str]:
        """The whole lines."""
        return self.path.read_text().split("\n")[:-1] if self.path.exists() else []


class Workers:
    """Starts a child for each piece of work, which is killed in the middle of it; imports are paid once."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, str(HERE / "killed_worker.py"), module]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._child = 0
        self._note, self._size = Note(Path()), 0

    def begin(self, kind: str, *arguments: object, note: Note) -> None:
        """Let a child do its work, with ``note`` as its last argument."""
        assert self._process.stdin is not None
        self._note, self._size = note, note.size()
        self._process.stdin.write("\t".join([kind, *map(str, arguments), str(note.path)]) + "\n")
        self._process.stdin.flush()
        self._child = int(self._line())

    def kill(self, *, after: float, at_work: bool = False) -> bool:
        """End the child by SIGKILL after so many seconds; whether it still ran.

        ``at_work`` counts them from when it has noted something, however slow the machine; otherwise from its start.
        """
        if at_work:
            self.wait(lambda: self._note.size() > self._size)
        time.sleep(after)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
        status = int(self._line())
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the work itself failed; see what it printed"
        return os.WIFSIGNALED(status)

    def wait(self, seen: Callable[[], bool]) -> None:
        """Wait until something is seen of the child's work, or the child is at its end."""
        while not seen() and Path(f"/proc/{self._child}").exists():
            time.sleep(0.002)

    def end(self) -> None:
        """Let go of the process."""
        self._process.communicate(timeout=300)

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()
