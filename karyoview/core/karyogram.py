"""The karyogram of a cell: slots, tray and markers; frozen, every move gives a new value.

A chromosome's class is its slot, and its orientation is the angle of its box; a karyogram adds only
what these do not say: the order within a slot, which chromosomes are markers, and which are shown
mirrored. It is stored beside the chromosomes of an annotation (:meth:`Karyogram.stored`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.assignment import COPY_PENALTIES, assign_classes
from karyoview.core.chromosome import CLASSES, KARYOGRAM_ROWS, parse_class
from karyoview.core.errors import KaryoViewError

__all__ = ["COPY_PENALTIES", "KEY", "MARKERS", "SLOTS", "TRAY", "Karyogram", "assign_classes", "karyogram_rows"]

KEY: Final = "karyogram"
MARKERS: Final = "mar"
TRAY: Final = "tray"
SLOTS: Final = (*(c.label for c in CLASSES), MARKERS, TRAY)


def karyogram_rows() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """The four rows of groups of slots, the markers after the sex chromosomes; the tray is no row."""
    *rows, last = KARYOGRAM_ROWS
    return (*rows, (*last, (MARKERS,)))


@dataclass(frozen=True, slots=True)
class Karyogram:
    """Chromosome ids by slot, left to right; ``mirrored`` are shown as mirror images (a person confirmed it).

    Every id stands in one slot. Moves raise KaryoViewError for an unknown id or slot.
    """

    slots: Mapping[str, tuple[str, ...]]
    mirrored: frozenset[str] = frozenset()

    @classmethod
    def of(cls, annotation: ImageAnnotation) -> Karyogram:
        """The karyogram of an annotation: classes and the stored order; new ones stand at the right of their slot."""
        stored = annotation.extra.get(KEY)
        known: Mapping[str, Any] = stored if isinstance(stored, Mapping) else {}
        ids = {c.id for c in annotation.chromosomes}
        markers = set(_ids(known.get("markers")))
        slots: dict[str, list[str]] = {slot: [] for slot in SLOTS}
        for item in annotation.chromosomes:
            if item.label is not None:
                slots[CLASSES[item.label].label].append(item.id)
            else:
                slots[MARKERS if item.id in markers else TRAY].append(item.id)
        order = known.get("order")
        ranks = order if isinstance(order, Mapping) else {}
        for slot, members in slots.items():
            rank = {i: k for k, i in enumerate(_ids(ranks.get(slot)))}
            members.sort(key=lambda i: rank.get(i, len(rank)))
        mirrored = frozenset(_ids(known.get("mirrored"))) & ids
        return cls(MappingProxyType({slot: tuple(members) for slot, members in slots.items()}), mirrored)

    def stored(self) -> dict[str, Any]:
        """What is kept beside the chromosomes, plain JSON; slots of one or none are left out of the order."""
        order = {slot: list(ids) for slot, ids in self.slots.items() if len(ids) > 1}
        return {"order": order, "markers": list(self.slots[MARKERS]), "mirrored": sorted(self.mirrored)}

    def slot_of(self, chromosome: str) -> str:
        """The slot that holds a chromosome."""
        for slot, ids in self.slots.items():
            if chromosome in ids:
                return slot
        raise KaryoViewError(f"The karyogram has no chromosome {chromosome!r}; it may have been deleted meanwhile.")

    def labels(self) -> dict[str, int | None]:
        """The class index that each chromosome's slot gives it; None for markers and the tray."""
        found: dict[str, int | None] = {}
        for slot, ids in self.slots.items():
            known = parse_class(slot)
            found.update(dict.fromkeys(ids, known.index if known else None))
        return found

    def move(self, chromosome: str, slot: str, position: int | None = None) -> Karyogram:
        """Put a chromosome into a slot, before ``position`` (None: at the right end); any number may stand there."""
        if slot not in self.slots:
            raise KaryoViewError(f"The karyogram has no slot {slot!r}.")
        origin = self.slot_of(chromosome)
        slots = dict(self.slots)
        slots[origin] = tuple(i for i in slots[origin] if i != chromosome)
        target = list(slots[slot])
        target.insert(len(target) if position is None else max(0, position), chromosome)
        slots[slot] = tuple(target)
        return replace(self, slots=MappingProxyType(slots))

    def swap(self, first: str, second: str) -> Karyogram:
        """Exchange the places of two chromosomes."""
        places = {first: (self.slot_of(second), second), second: (self.slot_of(first), first)}
        slots = dict(self.slots)
        for slot in {place for place, _ in places.values()}:
            slots[slot] = tuple(places[i][1] if i in places else i for i in slots[slot])
        return replace(self, slots=MappingProxyType(slots))

    def mirror(self, chromosome: str, confirmed: bool = False) -> Karyogram:
        """Show a chromosome mirrored, or as it is again.

        A mirror image looks like an inversion of nothing but the eye: it needs ``confirmed``.
        """
        self.slot_of(chromosome)
        if chromosome not in self.mirrored and not confirmed:
            raise KaryoViewError("A mirrored chromosome is no longer what the microscope showed; confirm it to go on.")
        return replace(self, mirrored=self.mirrored ^ {chromosome})

    def counts(self) -> tuple[int, ...]:
        """Copies of the 24 classes."""
        return tuple(len(self.slots[c.label]) for c in CLASSES)


def _ids(value: object) -> Sequence[str]:
    return [i for i in value if isinstance(i, str)] if isinstance(value, (list, tuple)) else []
