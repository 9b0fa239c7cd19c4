"""What may be said of a case whose sex is withheld."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from karyoview.report.content import withhold_sex

# A gain, a loss or a bare name of a sex chromosome in a change or a sentence: +X, -Y, XXY, t(X;18), Xq28. It rather
# hides a file named Y.png than tells a sex.
_SEX = re.compile(r"(?<![A-Za-z])(?:[XY]+[pq]?|(?:fe)?male)(?![A-Za-z])", re.ASCII)


def names_sex(text: str) -> bool:
    """Whether a change or a sentence names a sex chromosome."""
    return bool(_SEX.search(text))


def shown_changes(changes: Iterable[str], withheld: bool) -> list[str]:
    """The changes of a line, each copy named; those of sex chromosomes are left out where sex is withheld."""
    names = [change.split(" ")[0] for change in changes]
    return [n for n in names if not (withheld and names_sex(n))]


def sentences(found: Sequence[str], withheld: bool) -> list[str]:
    """The sentences that may be shown."""
    return [s for s in found if not (withheld and names_sex(s))]


def karyotype_text(text: str, withheld: bool) -> str:
    """A karyotype as it may be shown: U instead of the sex chromosomes."""
    return withhold_sex(text) if withheld and text else text
