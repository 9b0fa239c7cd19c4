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
class Remarks:
    """Sentences: ``left_out`` what was not taken (objects, rows, files, pictures), ``changed`` what was taken
    otherwise than it was written."""

    left_out: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


_NOW: Final[ContextVar[Remarks | None]] = ContextVar("karyoview_formats_remarks", default=None)


@contextmanager
def collecting(remarks: Remarks) -> Iterator[Remarks]:
    """Gather what readers leave out and change in ``remarks``; nothing odd stops them."""
    token = _NOW.set(remarks)
    try:
        yield remarks
    finally:
        _NOW.reset(token)


def attempt(work: Callable[[], _Result]) -> _Result | None:
    """The result of ``work``; None where it raises a KaryoViewError and such things are being gathered."""
    remarks = _NOW.get()
    if remarks is None:
        return work()
    try:
        return work()
    except KaryoViewError as error:
        remarks.left_out.append(str(error))
        return None


def tell(sentence: str) -> None:
    """Say what was taken otherwise than it was written."""
    remarks = _NOW.get()
    if remarks is not None:
        remarks.changed.append(sentence)


def is_collecting() -> bool:
    """Whether odd objects are being gathered, so that the rest can be done."""
    return _NOW.get() is not None


def leave_out(error: KaryoViewError) -> None:
    """Say what was not taken; raises ``error`` where such things are not being gathered."""
    remarks = _NOW.get()
    if remarks is None:
        raise error
    remarks.left_out.append(str(error))
