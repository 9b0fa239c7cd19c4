"""Waiting for what another thread does."""

from __future__ import annotations

import threading


def wait_for(condition) -> None:
    end = threading.Event()
    for _ in range(1000):
        if condition():
            return
        end.wait(0.01)
    raise AssertionError("it did not happen")
