"""Where KaryoView writes what happened, for the person who asks "what was that?"."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
from pathlib import Path
from types import TracebackType

import platformdirs


def log_path() -> Path:
    """The present log file."""
    return platformdirs.user_log_path("KaryoView", appauthor=False) / "karyoview.log"


def start_logging(verbose: bool = False) -> Path | None:
    """Log to a file of at most 1 MB (three are kept) and return it; None where none can be written."""
    logging.captureWarnings(True)
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    return path


def log_uncaught() -> None:
    """Send exceptions that nobody caught to the log, in every thread."""

    def caught(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        logging.getLogger("karyoview").critical("An unexpected error", exc_info=(kind, value, trace))
        sys.__excepthook__(kind, value, trace)

    sys.excepthook = caught
    threading.excepthook = lambda a: caught(a.exc_type, a.exc_value or a.exc_type(), a.exc_traceback)
