"""Work beside the window's thread: a few workers, whose results come back to the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from karyoview.gui.main_thread import MainThread
from karyoview.services.jobs import Pool


class Background(QObject):
    """Runs pieces of work in threads; after :meth:`close` no result arrives any more."""

    failed = Signal(str)
    """A piece of work that has no answer of its own to a failure ended with this sentence."""

    def __init__(self, parent: QObject | None = None, workers: int = 2) -> None:
        super().__init__(parent)
        self.main_thread = MainThread(self)
        self._pool = Pool(workers)

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[str], None] | None = None,
    ) -> None:
        """Call ``work`` in a worker, then ``done`` or ``failed`` with the result or why not, in the window's thread."""
        wrap = self.main_thread.wrap
        self._pool.submit(work, wrap(done), wrap(failed if failed is not None else self.failed.emit))

    def close(self) -> None:
        """Let the workers end; what they still bring is dropped."""
        self.main_thread.close()
        self._pool.close()
