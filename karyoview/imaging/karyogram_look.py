"""How a karyogram's chromosomes are shown: greys, straightening, inversion; for the eye, never a change of data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from karyoview.core.errors import KaryoViewError

USUAL_STRENGTH: Final = 0.7


@dataclass(frozen=True, slots=True)
class KaryogramLook:
    """What is done to all chromosomes of a cell alike, and which ones are exceptions.

    ``strength`` of the grey mapping in [0, 1], 0 leaves greys untouched; ``inverted`` shows bright on black;
    ``straight`` straightens bent chromosomes, ``unlike`` holds the ids of those that are treated the other way
    round; those in ``original`` are shown as cut from the picture, bent and with untouched greys. Raises
    KaryoViewError for another strength.
    """

    strength: float = USUAL_STRENGTH
    inverted: bool = False
    straight: bool = True
    unlike: frozenset[str] = frozenset()
    original: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not 0.0 <= self.strength <= 1.0:
            raise KaryoViewError(f"The strength of the greys is between 0 and 1, not {self.strength:g}.")

    def straight_of(self, chromosome: str) -> bool:
        """Whether this chromosome is straightened."""
        return chromosome not in self.original and self.straight != (chromosome in self.unlike)

    def toggled(self, chromosome: str) -> KaryogramLook:
        """The look with the straightening of one chromosome switched."""
        return replace(self, unlike=self.unlike ^ {chromosome})

    def with_original(self, chromosome: str) -> KaryogramLook:
        """The look with one chromosome switched between its original cut-out and what is done to all."""
        return replace(self, original=self.original ^ {chromosome})

    def sentence(self) -> str:
        """What was applied, as one English sentence for the report; ids that are not shown do no harm."""
        words = ["Chromosomes straightened" if self.straight else "Chromosomes not straightened"]
        if self.unlike:
            words.append(f"{len(self.unlike)} {'kept as they lay' if self.straight else 'straightened'}")
        if self.original:
            words.append(f"{len(self.original)} shown as cut from the picture")
        words.append("short arm up")
        words.append(
            f"greys of the whole cell mapped once with strength {round(100 * self.strength)} %"
            if self.strength
            else "greys untouched"
        )
        if self.inverted:
            words.append("shown inverted")
        return ", ".join(words) + "."
