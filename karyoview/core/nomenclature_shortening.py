"""Breakpoints that are written once: ISCN gives them where a rearrangement is first named, and not again.

What was named earlier in the line, in an earlier cell line or within the same change stands for a later
mention without breakpoints, as in ``46,XY,t(8;21)(q22;q22.1)[12]/47,XY,t(8;21),+9[4]``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from karyoview.core.nomenclature_grammar import Breakpoint, Change, Part

_Key = tuple[str, tuple[str, ...]]


@dataclass(slots=True)
class Named:
    """What a string has named so far: breakpoints by symbol and chromosomes, derivatives, and their partners."""

    breaks: dict[_Key, tuple[tuple[Breakpoint, ...], ...]] = field(default_factory=dict)
    derivatives: dict[_Key, tuple[Part, ...]] = field(default_factory=dict)
    partners: set[str] = field(default_factory=set)

    def complete(self, change: Change) -> Change:
        """The change with breakpoints and parts that were given before; what it gives itself is kept for later."""
        if change.kind != "structural":
            return change
        parts, shortened = [], False
        for part in change.parts:
            key = (part.symbol, part.chromosomes)
            if part.groups:
                self.breaks.setdefault(key, part.groups)
            elif key in self.breaks:
                part, shortened = replace(part, groups=self.breaks[key]), True
            parts.append(part)
            if len(part.chromosomes) > 1 and part.groups:
                self.partners.update(part.chromosomes)
        head = (parts[0].symbol, parts[0].chromosomes)
        if len(parts) > 1:
            self.derivatives.setdefault(head, tuple(parts))
        elif head in self.derivatives and not change.parts[0].groups:
            parts, shortened = list(self.derivatives[head]), True
        return replace(change, parts=tuple(parts), shortened=shortened or change.shortened)

    def explains(self, change: Change) -> bool:
        """Whether a derivative without a rearrangement of its own comes of one that was named before it."""
        return any(name in self.partners for name in change.parts[0].chromosomes)
