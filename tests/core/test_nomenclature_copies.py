"""What a karyotype means in copies: gains and losses by band, worked out by hand."""

from __future__ import annotations

import itertools
import random

import pytest

from karyoview.core.nomenclature import read_karyotype
from karyoview.core.nomenclature_copies import copies_of, describe_copies
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.ideogram_picture import GAIN, LOSS, draw_copies

BY_HAND = {
    "46,XX": "No gain or loss.",
    "92,XXYY": "No gain or loss.",
    "46,X,t(X;13)(q27;q12)": "No gain or loss.",
    "47,XX,+21": "Gain of chromosome 21: 3 copies instead of 2.",
    "45,X": "Loss of chromosome X: 1 copy instead of 2.",
    "45,X,-Y": "Loss of chromosome Y: 0 copies instead of 1.",
    "46,XX,del(5)(q13q33)": "Loss of 5q13 to 5q33: 1 copy instead of 2.",
    "46,XX,trp(1)(q21q32)": "Gain of 1q21 to 1q32: 4 copies instead of 2.",
    "46,X,i(X)(q10)": "Loss of Xpter to Xp10: 1 copy instead of 2. Gain of Xq10 to Xqter: 3 copies instead of 2.",
    "46,XX,r(7)(p22q36)": "Loss of 7pter to 7p22: 1 copy instead of 2. Loss of 7q36 to 7qter: 1 copy instead of 2.",
    "46,XX,+13,der(13;14)(q10;q10)": (
        "Gain of 13q10 to 13qter: 3 copies instead of 2. Loss of 14pter to 14p10: 1 copy instead of 2."
    ),
    "45,XY,dic(9;20)(p13;q11.2)": (
        "Loss of 9pter to 9p13: 1 copy instead of 2. Loss of 20q11.2 to 20qter: 1 copy instead of 2."
    ),
    "46,XX,der(1)t(1;3)(p32;q21)t(3;7)(q28;q11.2)": (
        "Loss of 1pter to 1p32: 1 copy instead of 2. Gain of 3q21 to 3q28: 3 copies instead of 2. "
        "Gain of 7q11.2 to 7qter: 3 copies instead of 2."
    ),
    "46,XX,ider(22)(q10)t(9;22)(q34;q11.2)": (
        "Gain of 9q34 to 9qter: 4 copies instead of 2. Loss of 22pter to 22p10: 1 copy instead of 2. "
        "Gain of 22q10 to 22q11.2: 3 copies instead of 2. Loss of 22q11.2 to 22qter: 1 copy instead of 2."
    ),
    "46,XX,rec(6)dup(6p)inv(6)(p22.2q25.2)dmat": (
        "Gain of 6pter to 6p22.2: 3 copies instead of 2. Loss of 6q25.2 to 6qter: 1 copy instead of 2."
    ),
    "46,XY,der(5)ins(5;2)(q31;p23p13)dmat": "Gain of 2p23 to 2p13: 3 copies instead of 2.",
    "46,XX,add(19)(p13.3)": (
        "Loss of 19pter to 19p13.3: 1 copy instead of 2. "
        "Not drawn: add(19)(p13.3): material of unknown origin."
    ),
    "47,XX,+mar": "Not drawn: +mar.",
}  # fmt: skip


@pytest.mark.parametrize(("text", "words"), BY_HAND.items())
def test_gains_and_losses(text: str, words: str) -> None:
    bands = load_bands(850)
    karyotype = read_karyotype(text, bands)
    assert karyotype.is_valid
    (line,) = copies_of(karyotype, bands)
    assert " ".join(describe_copies(line)) == words


def test_later_lines_begin_with_the_one_they_refer_to() -> None:
    bands = load_bands(850)
    text = "46,XY,t(9;22)(q34;q11.2)[3]/47,sl,+der(22)t(9;22)[2]/94,sdl1x2[4]"
    first, second, third = (describe_copies(x) for x in copies_of(read_karyotype(text, bands), bands))
    assert first == ("No gain or loss.",)
    assert second[0] == "Gain of 9q34 to 9qter: 3 copies instead of 2."
    assert third[0] == "Gain of 9q34 to 9qter: 6 copies instead of 4."


def test_stretches_cover_every_chromosome_once() -> None:
    bands = load_bands(850)
    texts = list(BY_HAND)
    random.Random(3).shuffle(texts)
    for text in texts:
        (line,) = copies_of(read_karyotype(text, bands), bands)
        for name in bands.bands:
            own = line.of(name)
            assert (own[0].start, own[-1].stop) == (0, bands.length(name))
            assert all(a.stop == b.start for a, b in itertools.pairwise(own))
            assert all(s.copies >= 0 for s in own), text


def test_the_picture_has_a_bar_for_each_copy() -> None:
    bands = load_bands(850)
    karyotype = read_karyotype("48,XX,+8,+8,i(17)(q10)", bands)
    drawing = draw_copies([("48,XX <&>", copies_of(karyotype, bands)[0])], bands)
    assert drawing.count(f'fill="{GAIN}"') == 3 + 1
    assert drawing.count(f'fill="{LOSS}"') == 1 + 1
    assert "48,XX &lt;&amp;&gt;" in drawing
    assert ">X</text>" in drawing
    assert ">X</text>" not in draw_copies([("48", copies_of(karyotype, bands)[0])], bands, without="XY")
