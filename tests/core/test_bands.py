"""The band tables: names that are meant by shorter ones, centromeres, and tables that cannot be read."""

from __future__ import annotations

import itertools

import pytest

from karyoview.core.bands import parse_band_table
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.ideogram import load_bands


def test_a_band_is_known_by_its_name_and_by_each_coarser_one() -> None:
    table = load_bands(850)
    assert all(table.has_band("22", "q", name) for name in ("1", "11", "11.2", "11.21", "10"))
    assert not table.has_band("22", "q", "11.9")
    assert not table.has_band("22", "q", "1121")
    assert not table.has_band("25", "q", "11")


@pytest.mark.parametrize("level", [400, 550, 850])
def test_bands_follow_each_other_from_one_end_to_the_other(level: int) -> None:
    table = load_bands(level)
    assert len(table.bands) == 24
    for label, bands in table.bands.items():
        assert all(a.start < a.stop <= b.stop for a, b in itertools.pairwise(bands)), label
        arms = [band.arm for band in bands]
        assert arms == sorted(arms), label
        assert 0 < table.centromere_index(label) <= 0.5, label
    assert table.relative_length("1") == max(table.relative_length(str(n)) for n in range(1, 23))
    assert sum(table.relative_length(str(n)) for n in range(1, 23)) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [("1\tp\t1", "Line 1 of the band table"), ("#head\n1\tp\t1\tx\t5\t0\t1\tgneg", "Line 2"),
     ("1\tp\t1\t0\t5\t0\t1\tgneg", "level 550 has no chromosome 2")],
)  # fmt: skip
def test_a_table_that_cannot_be_read_says_where(text: str, words: str) -> None:
    with pytest.raises(KaryoViewError, match=words):
        parse_band_table(text, 550)
