"""What a reader leaves out or changes, and whether one odd object stops it.

Readers call :func:`attempt` around each object, row and file, and :func:`tell` for what a format holds and KaryoView
does not take. Inside :func:`collecting` both are gathered and reading goes on; outside, an odd object is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final, TypeVar

from karyoview.core.errors import KaryoViewError

_Result = TypeVar("_Result")


@dataclass(slots=True)
class Told:
    """Sentences: ``left_out`` what was not taken (objects, rows, files, pictures), ``changed`` what was taken
    otherwise than it was written."""

    left_out: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


_NOW: Final[ContextVar[Told | None]] = ContextVar("karyoview_formats_told", default=None)


@contextmanager
def collecting(told: Told) -> Iterator[Told]:
    """Gather what readers leave out and change in ``told``; nothing odd stops them."""
    token = _NOW.set(told)
    try:
        yield told
    finally:
        _NOW.reset(token)


def attempt(work: Callable[[], _Result]) -> _Result | None:
    """The result of ``work``; None where it raises a KaryoViewError and such things are being gathered."""
    told = _NOW.get()
    if told is None:
        return work()
    try:
        return work()
    except KaryoViewError as error:
        told.left_out.append(str(error))
        return None


def tell(sentence: str) -> None:
    """Say what was taken otherwise than it was written."""
    told = _NOW.get()
    if told is not None:
        told.changed.append(sentence)


def is_collecting() -> bool:
    """Whether odd objects are being gathered, so that the rest can be done."""
    return _NOW.get() is not None


def leave_out(error: KaryoViewError) -> None:
    """Say what was not taken; raises ``error`` where such things are not being gathered."""
    told = _NOW.get()
    if told is None:
        raise error
    told.left_out.append(str(error))
