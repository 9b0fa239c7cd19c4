"""ISCN: strings with their rules, what is built parses to the same, and no text breaks the reader."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature import describe, read_karyotype
from karyoview.core.nomenclature_build import CloneCounts, build_karyotype, clone_of_line
from karyoview.imaging.ideogram import load_bands

STRINGS = runpy.run_path(str(Path(__file__).with_name("iscn_strings.py")))
VALID = [(rule, text) for rule, texts in STRINGS["VALID"].items() for text in texts]
INVALID = STRINGS["INVALID"]


def test_there_are_enough_strings() -> None:
    assert len({t for _, t in VALID}) + len({t for t, _, _ in INVALID}) >= 150
    assert len({t for t, _, _ in INVALID}) >= 60


@pytest.mark.parametrize(("rule", "text"), VALID)
def test_valid(rule: str, text: str) -> None:
    found = read_karyotype(text, load_bands(850))
    assert found.is_valid, f"{rule}: {[f.sentence for f in found.findings]}"
    assert len(describe(found)) == len(found.lines)


@pytest.mark.parametrize(("text", "rule", "sentence"), INVALID)
def test_invalid_has_one_fault_with_its_sentence(text: str, rule: str, sentence: str) -> None:
    found = read_karyotype(text, load_bands(850))
    assert [(f.rule, f.sentence) for f in found.errors] == [(rule, sentence)]
    assert 0 <= found.errors[0].start <= found.errors[0].end <= len(text)


def test_unchecked_symbols_are_notes_and_editions_differ() -> None:
    found = read_karyotype("46,XX,cth(5)")
    assert found.is_valid
    assert ["not checked" in f.sentence for f in found.findings] == [True, True]
    with pytest.raises(KaryoViewError, match="no table for ISCN 1999"):
        read_karyotype("46,XX", edition="1999")
    assert read_karyotype("46,XX,ogm(5)", edition="2024").is_valid
    assert not read_karyotype("46,XX,ogm(5)", edition="2020").is_valid


def test_context_rules() -> None:
    assert read_karyotype("45,X,-Y").is_valid
    assert "has no sign" in read_karyotype("45,X,-Y", context="constitutional").errors[0].sentence
    assert "number of cells" in read_karyotype("47,XY,+8", context="neoplasia").errors[0].sentence


def test_reading_names_each_line() -> None:
    assert describe(read_karyotype("mos 47,XY,+21[12]/46,XY[8]")) == (
        "Line 1: 47 chromosomes; XY, male; gain of 21; 12 cells.",
        "Line 2: 46 chromosomes; XY, male; normal; 8 cells.",
    )


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    describe(read_karyotype(text, load_bands(850)))


_PIECES = st.sampled_from([
    "46", "47", "~", ",", ",", "XX", "XY", "+", "-", "21", "8", "del", "t", "der", "(", ")", "(", ")", ";", "p13",
    "q22", "[", "]", "20", "cp", "/", "//", "mos ", "idem", "sl", "sdl1", "mar", "?", "c", "x2", "<", "3n", ">", "dup",
    "i", "r", "inv", "ins", ".ish ", "dmin", "inc", " or ", "::", "mat", "qter", "10", "0", "99999999999",
])  # fmt: skip


@given(st.lists(_PIECES, max_size=25).map("".join))
@settings(max_examples=800, deadline=None)
def test_no_mixture_of_symbols_breaks_the_reader(text: str) -> None:
    found = read_karyotype(text, load_bands(850))
    describe(found)
    assert all(f.sentence.endswith(".") for f in found.errors)


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_one_letter_changed_never_breaks_the_reader(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([t for _, t in VALID]))
    at = data.draw(st.integers(0, len(text) - 1))
    read_karyotype(text[:at] + data.draw(st.characters()) + text[at + 1 :], load_bands(850))


_AUTOSOMES = st.lists(st.sampled_from([2] * 20 + [1, 3, 4]), min_size=22, max_size=22)
_SEXES = st.sampled_from([(2, 0), (1, 1), (1, 0), (2, 1), (1, 2), (3, 0)])


@given(st.lists(st.tuples(_AUTOSOMES, _SEXES, st.integers(0, 2)), min_size=1, max_size=3, unique_by=str), st.booleans())
@settings(max_examples=200, deadline=None)
def test_what_is_built_parses_to_the_same(lines: list[tuple[list[int], tuple[int, int], int]], acquired: bool) -> None:
    clones = [CloneCounts((*a, *s), 5 + i, m) for i, (a, s, m) in enumerate(lines)]
    if any(not 35 <= c.total <= 57 for c in clones):
        return
    context = "neoplasia" if acquired else "constitutional"
    proposal = build_karyotype(clones, context)
    found = read_karyotype(proposal.text, load_bands(850), context=context)
    assert found.is_valid, [proposal.text, *(f.sentence for f in found.errors)]
    assert len(found.lines) == len(clones)
    assert {(c.counts, c.markers) for c in map(clone_of_line, found.lines)} == {(c.counts, c.markers) for c in clones}


@given(
    st.permutations(["rob(13;14)(q10;q10)", "t(9;22)(q34;q11.2)", "del(5)(q13q33)", "inv(9)(p12q13)", "i(17)(q10)"]),
    st.integers(0, 5),
)
@settings(max_examples=50, deadline=None)
def test_structural_changes_are_put_in_order(changes: list[str], number: int) -> None:
    chosen = tuple(changes[:number])
    counts = [2] * 22 + [2, 0]
    counts[13] -= "rob(13;14)(q10;q10)" in chosen
    proposal = build_karyotype([CloneCounts(tuple(counts), 20, 0, chosen)])
    found = read_karyotype(proposal.text, load_bands(850))
    assert found.is_valid, [proposal.text, *(f.sentence for f in found.errors)]
    assert {c.text for c in found.lines[0].changes} == set(chosen)


def test_triploid_and_bad_clones() -> None:
    triploid = [3] * 22 + [2, 1]
    assert build_karyotype([CloneCounts(tuple(triploid), 3)]).text == "69,XXY"
    triploid[7] += 1
    assert build_karyotype([CloneCounts(tuple(triploid), 3)]).text == "70<3n>,XXY,+8"
    with pytest.raises(KaryoViewError, match="no reviewed cell"):
        build_karyotype([])
    with pytest.raises(KaryoViewError, match="at least one chromosome"):
        build_karyotype([CloneCounts((0,) * len(CLASSES), 1)])
