"""Which cell, doubt or chromosome comes next, and in which order cells are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from karyoview.core.annotation import Chromosome, ReviewState
from karyoview.review.doubt import Doubt

StateOf = Callable[[str], ReviewState]
DONE = (ReviewState.REVIEWED, ReviewState.SET_ASIDE)
_LAST = 99


def open_cells(images: Iterable[str], state: StateOf) -> list[str]:
    """The cells in which something is left to do, in the order given."""
    return [i for i in images if state(i) not in DONE]


def first_cell(images: Sequence[str], state: StateOf) -> str:
    """Where to begin: the first open cell, else the first; empty where there is none."""
    return next(iter(open_cells(images, state)), images[0] if images else "")


def cell_beside(images: Sequence[str], current: str, by: int, state: StateOf | None = None) -> str | None:
    """The next (``by`` 1) or previous (−1) cell, with ``state`` the next open one; None at the end."""
    after = images[images.index(current) + 1 :] if by > 0 else images[: images.index(current)][::-1]
    return next((i for i in after if state is None or state(i) not in DONE), None)


def open_cell_after(images: Sequence[str], finished: str, state: StateOf) -> str | None:
    """The next open cell once one is finished; from the beginning where none comes after it."""
    at = images.index(finished)
    return next(iter(open_cells((*images[at + 1 :], *images[:at]), state)), None)


def by_doubt(images: Iterable[str], state: StateOf, doubts: Callable[[str], tuple[int, int]]) -> list[str]:
    """Cells with most doubts (red, amber) first, those that are done last."""

    def rank(image: str) -> tuple[bool, int, int]:
        red, amber = doubts(image)
        return state(image) in DONE, -red, -amber

    return sorted(images, key=rank)


def by_benefit(images: Sequence[str], state: StateOf, ranked: Iterable[str]) -> list[str]:
    """The ranked cells first, then the others, those that are done last."""
    first = [i for i in ranked if i in images]
    rest = [i for i in images if i not in set(first)]
    return [*first, *sorted(rest, key=lambda i: state(i) in DONE)]


def chromosome_beside(chromosomes: Sequence[Chromosome], selected: Sequence[str], by: int) -> Chromosome | None:
    """The next or previous chromosome by class, then from left to right; None where there is none."""
    order = sorted(chromosomes, key=lambda c: (_LAST if c.label is None else c.label, c.box.cx))
    if not order:
        return None
    if not selected:
        return order[0 if by > 0 else -1]
    ids = [c.id for c in order]
    at = ids.index(selected[0]) if selected[0] in ids else -by
    return order[(at + by) % len(ids)]


class DoubtWalk:
    """The walk through a cell's doubts; it knows which one was shown last."""

    def __init__(self) -> None:
        self._last: object = ""
        self.of_cell: Doubt | None = None
        """The doubt about the whole cell that is shown now, which an answer is meant for."""

    def reset(self) -> None:
        """Begin again with the most urgent."""
        self._last, self.of_cell = "", None

    def leave(self) -> None:
        """Something else is selected: an answer is no longer meant for the cell."""
        self.of_cell = None

    def show(self, doubt: Doubt) -> None:
        """This doubt is shown now."""
        self._last = _stop(doubt)
        self.of_cell = None if doubt.chromosome else doubt

    def is_at(self, chromosomes: Sequence[str]) -> bool:
        """Whether exactly the chromosome that was shown last is meant."""
        return list(chromosomes) == [self._last]

    def step(self, doubts: Iterable[Doubt], by: int) -> Doubt | None:
        """The next or previous doubt, each chromosome once, those about the whole cell last; None without doubts."""
        order = sorted((d for d in doubts if d.place is not None or d.key), key=lambda d: d.place is None)
        stops = list({_stop(d): d for d in reversed(order)}.items())[::-1]
        if not stops:
            self.reset()
            return None
        keys = [k for k, _ in stops]
        at = keys.index(self._last) if self._last in keys else (-1 if by > 0 else 0)
        _, doubt = stops[(at + by) % len(stops)]
        self.show(doubt)
        return doubt


def _stop(doubt: Doubt) -> object:
    return doubt.chromosome or doubt.key or doubt.place
