"""ISCN by kinds of notation, and what the builder proposes under the checker's own rules."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature import describe, read_karyotype
from karyoview.core.nomenclature_build import CloneCounts, build_karyotype
from karyoview.imaging.ideogram import load_bands

VALID = {
    "breakpoints written once, in the line": [
        "47,XY,t(9;22)(q34;q11.2),+der(22)t(9;22)",
        "47,XX,+der(4)t(4;11)(q21;q23),t(4;11)[6]",
        "48,XX,t(9;22;17)(q34;q11.2;q22),+17,+der(22)t(9;22;17)[3]",
        "48,XX,i(9)(q10),+i(9)×2[8]",
        "48,XX,del(6)(q13q23)×2,+del(6),+8[4]",
        "46,XX,rec(3)del(3)ins(3)(p13q21q26)dmat",
        "47,XY,t(9;22)(q34;q11.2),+der(22)",
    ],
    "breakpoints written once, in later clones": [
        "46,XX,t(15;17)(q24;q21)[12]/47,XX,+8,t(15;17)[4]/46,XX[2]",
        "46,XY,inv(3)(q21q26.2)[6]/45,XY,inv(3),-7[9]",
        "46,XX,t(1;19)(q23;p13.3)[7]/46,XX,der(19)t(1;19)[3]",
        "46,XX,t(4;11)(q21;q23)[3]/47,XX,t(4;11),+der(4)t(4;11)[3]",
        "47,XY,inv(9)(p12q13),+21[9]/46,sl,-inv(9)[4]",
        "46,XY,t(8;21)(q22;q22)[20]/46,sl,+8,-21[3]",
        "46,XX,del(5)(q13q33)[4]/46,XX,idem,add(7)(q34)[5]",
        "45,XX,der(13;14)(q10;q10)c[12]/46,XX,+8,der(13;14)c[8]",
    ],
    "composite karyotypes hold what was seen": [
        "40~46,XY,-9,+11[cp6]",
        "43~47,XX,-7[3],+8[4],+mar[2][cp6]",
        "44~46,X,-Y,+8[cp10]",
        "42~46,XX,del(5)(q13q33),-7,add(17)(p11.2),+1~2mar[cp14]/46,XX[6]",
    ],
    "fragile sites of the X, with or without the other one": [
        "46,X,fra(X)(q27.3)", "46,Y,fra(X)(q28)", "46,XY,fra(X)(q27.3)", "45,fra(X)(q27.3)", "46,XX,fra(10)(q25.2)",
    ],
    "origin and constitution of markers stand after a space": [
        "47,XX,+mar dn", "47,XX,+mar c[20]", "48,XX,+2mar mat", "47,XX,+r dn", "47,XX,+mar dn[14]/46,XX[16]",
    ],
    "insertions with three to six breaks": [
        "46,XX,ins(2)(p13q21q31)", "46,X,ins(5;X)(p14;q21q25)", "46,XX,ins(4;7)(q12q21;p15p13)",
        "46,XX,ins(4;7;9)(q12q21;p15p13;q21q31)", "46,XX,inv ins(5;2)(p14;q32q22)", "46,XX,dir ins(5;2)(p14;q22q32)",
    ],
    "numbers of double minutes and other extra material": [
        "46,XX,dmin", "46,XX,5~20dmin", "46,XX,~20dmin", "46,XX,>30dmin", "46,XX,5~>100dmin", "46,XX,3-10dmin",
        "48,XX,+2mar,>100dmin[8]", "48,XX,+mar1,+mar2",
    ],
    "question marks": [
        "46,XX,der(3)?t(3;8)(q21;q24)", "45,XX,-?21", "47,XX,+?dup(1)(q21q32)", "46,XX,del(1)(q?)", "46,XX,dup(1)(q?)",
        "46,XX,del(1)(q2?3)", "47,XX,+21?c[10]", "46,XX,?del(5)(q13)c[20]", "46,XX,der(7)t(?;7)(?;p22)",
        "46,X,?der(X)t(X;8)(p22;q24)", "47,XXX?c",
    ],
    "alternatives of breakpoints, changes and karyotypes": [
        "46,XX,add(19)(p13.3 or q13.3)", "46,X,del(X)(q22) or i(X)(p10)", "47,XXYc[4]/46,XY[9] or 47,XY,+X[4]/46,XY[9]",
        "46,XX,t(2;3)(q21;q27) or t(2;3)(q31;q29)", "46,XX,der(1)t(1;3)(q32;q13.2) or dup(1)(q32q44)",
    ],
    "inverted and direct copies": [
        "46,XX,inv trp(2)(q31q23)", "46,XX,inv dup(8)(p11.2p23)", "46,XX,dir dup(1)(q22q25)", "46,XX,qdp(1)(q23q32)",
    ],
    "what is from birth beside what is acquired": [
        "46,XY,t(1;19)(q23;p13)c,+8,-21[10]", "46,XX,inv(9)(p12q13)c,t(9;22)(q34;q11.2)[20]", "46,XXYc,-X[20]",
        "49,XX,+8,+17,+21c[15]/47,XX,+21c[5]", "47,Xc,+X,+8[10]", "46,XY,+21c,-21[10]",
    ],
    "two donors": [
        "46,XX[5]//45,XY,der(13;14)(q10;q10)c[15]", "46,XX,t(9;22)(q34;q11.2)[4]//46,XY[16]", "46,XY[20]//",
        "//46,XY[20]", "chi 46,XX[25]/46,XY[10]",
    ],
    "short arm from its end inwards": [
        "46,XX,del(1)(p36.3p36.1)", "46,XX,inv(2)(p23p13)", "46,XX,dup(1)(p34p31)", "46,XX,dup(1)(p31p34)",
    ],
    "sex chromosomes in place of which something else stands": [
        "32,-X,+Y,+3,+5,+7,+9,+11,+15,+18,+19,+21[16]/46,XY[14]", "46,t(X;Y)(p22.3;q11.2)", "45,X,der(Y;15)(q10;q10)",
        "45,dic(X;Y)(p22.33;p11.32)", "44,-X,-X[3]", "50,X,+X,-Y,+10,+14,+17,+21[5]/46,XY[15]",
    ],
    "sex-chromosome mosaics": ["45,X[12]/46,XX[4]/47,XXX[4]", "mos 45,X[5]/46,XX[15]"],
    "several variants of one chromosome": ["46,XX,14cenh+pstk+ps+", "46,XX,21pstkstk", "46,XX,15cenh+mat,15ps+pat"],
    "other methods are passed over": [
        "46,XX.nuc ish(ABL1,BCR)×3", "nuc ish(ABL1,BCR)×3[200]", "46,XX.arr(1-22,X)×2", "arr(X,1-22)×2",
        "sseq[GRCh38] t(9;22)(q34;q11.2)", "ogm[GRCh38] 1p36(1_2)×1", "mos arr(21)×3[0.3]", "MI,23,XY",
        "46,XX,add(4)(p16).ish der(4)t(4;8)(p16;q24)(WHS1-)", "46,XX,der(4).ish der(4)t(4;8)(p16;q24)(WHS1-)",
        "47,XX,+mar. ish der(8)(D8Z2+)", "46,XX,chtg(4)(q25)",
    ],
    "spans of a breakpoint": ["46,XX,del(1)(q21~24)", "46,XX,t(10;11)(p12;q14-22)", "46,XX,inv(10)(p11.2q21.2~21.3)"],
}  # fmt: skip

INVALID = {
    "46,XY,-Y": "sex",
    "46,XX,-X": "sex",
    "47,XXY,-Y": "sex",
    "45,XXY,-X,-X": "sex",
    "46,XX,del(4)(p15.2p15.3)": "breakpoint order",
    "46,XX,inv(2)(p13p23)": "breakpoint order",
    "46,XX,der(5)": "derivative",
    "46,XX,der(9;22)": "derivative",
    "46,XX,der(22)t(9;22)": "breaks",
    "47,XY,t(8;21),+9": "breaks",
    "46,XX,del(17)(q)": "breaks",
    "46,XX,ins(3)(q21q26)": "breaks",
    "46,XX,del(20)(q11.2q13.3)[2]/46,XX,idem[1]": "reference",
    "46,XX,t(4;11)(q21;q23)[8]/47,XX,t(4;11),+X[2]": "order",
    "47~49,XX,+8[cp5]": "",
    "48~50,XX,+8[cp5]": "arithmetic",
    "45,XX,t(13;14)(q10;q10)": "arithmetic",
    "47,XX,t(9;22)(q34;q11.2)[3]/47,XX,+8,t(9;22)[2]": "arithmetic",
    "46,XX,dn": "form",
    "47,XX,+8[3] or 48,XX,+9[2]": "arithmetic",
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in VALID.items() for text in texts])
def test_valid(kind: str, text: str) -> None:
    found = read_karyotype(text, load_bands(850))
    assert found.is_valid, f"{kind}: {[f.sentence for f in found.errors]}"
    assert len(describe(found)) == len(found.lines)


@pytest.mark.parametrize(("text", "rule"), INVALID.items())
def test_invalid(text: str, rule: str) -> None:
    found = read_karyotype(text, load_bands(850))
    assert [f.rule for f in found.errors][:1] == ([rule] if rule else [])


def test_what_was_passed_over_is_said() -> None:
    for text in ("46,XX.nuc ish(ABL1,BCR)×3", "arr(X,1-22)×2", "MII,23,X"):
        assert any("another method" in f.sentence for f in read_karyotype(text).findings)


def test_breakpoints_come_from_the_first_mention() -> None:
    found = read_karyotype("46,XX,t(9;22)(q34;q11.2)[3]/47,idem,+der(22)t(9;22)[2]", load_bands(850))
    later = found.lines[1].changes[0]
    assert later.shortened
    assert [g[0].text for g in later.parts[1].groups] == ["q34", "q11.2"]


def test_editions_differ_in_the_order_of_the_short_arm() -> None:
    text = "46,XX,inv(2)(p13p23)"
    assert not read_karyotype(text, edition="2024").is_valid
    older = read_karyotype(text, edition="2020")
    assert older.is_valid
    assert ["nearer to the end of the short arm" in f.sentence for f in older.findings] == [True]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("46,ХХ", 'Cyrillic letter that looks like the Latin X; type X'),
        ("46,ΧΥ", "Greek letter that looks like the Latin X"),
        ("46,ＸＸ", "wide character that looks like the Latin X"),
        ("46,XX,дел(5)", "Cyrillic letter"),
    ],
)  # fmt: skip
def test_letters_of_other_scripts_say_so(text: str, words: str) -> None:
    assert words in read_karyotype(text).errors[0].sentence


@pytest.mark.parametrize(
    "text",
    ["46,XX,der(1)??t(1;3)(p22;q13)", "46,XX,t(1;3)(p22;;q13)", "46,XX,del(5)(q13)x", "47,XX,+mar(1)", "46,XX,ish"],
)
def test_a_known_symbol_is_never_denied(text: str) -> None:
    found = read_karyotype(text)
    assert not any("no symbol" in f.sentence for f in found.errors), found.errors


_TYPED = (
    "rob(13;14)(q10;q10)", "der(13;14)(q10;q10)", "t(9;22)(q34;q11.2)", "del(5)(q13q33)", "inv(9)(p12q13)",
    "i(17)(q10)", "+der(22)t(9;22)(q34;q11.2)", "dic(9;20)(p13;q11.2)", "i(X)(q10)", "del(X)(q22)",
    "t(X;18)(p11.2;q11.2)", "idic(Y)(q12)", "r(7)(p22q36)", "ins(5;2)(p14;q22q32)", "+i(12)(p10)", "add(19)(p13.3)",
    "+del(X)(q22)", "trp(1)(q21q32)", "fra(X)(q27.3)", "der(Y;15)(q10;q10)", "t(X;Y)(p22.3;q11.2)", "+r(8)(p23q24)",
    "der(7)inv(7)(p13q22)del(7)(q22)", "1qh+", "Yqh-", "inc", "3dmin", "+r", "del(7)(q22)x2", "upd(15)mat",
    "t(8;14)(q24.1;q32)×2", "hsr(1)(p22)", "del(1)(q21q31) or del(1)(q22q32)", "+mar",
)  # fmt: skip


def random_clones(seed: int, number: int, structural: bool) -> Iterator[list[CloneCounts]]:
    """Clones of any ploidy, with any sex chromosomes, markers and, where asked, typed changes."""
    rng = random.Random(seed)

    def clone() -> CloneCounts:
        copies = [2] * 22
        kind = rng.random()
        if kind < 0.7:
            for _ in range(rng.randint(0, 4)):
                place = rng.randrange(22)
                copies[place] = max(0, copies[place] + rng.choice([-1, 1, 1, -2, 2]))
        elif kind < 0.9:
            level = rng.randint(1, 5)
            copies = [max(0, level + rng.choice([0, 0, 0, 0, 1, -1])) for _ in range(22)]
        else:
            copies = [rng.randint(0, 7) for _ in range(22)]
        sex = rng.choice([(2, 0), (1, 1), (1, 0), (2, 1), (1, 2), (3, 0), (0, 1), (0, 0), (0, 2), (4, 1)])
        typed = tuple(rng.sample(_TYPED, rng.randint(0, 3))) if structural else ()
        return CloneCounts((*copies, *sex), rng.randint(1, 30), rng.choice([0, 0, 0, 1, 2, 9]), typed)

    for _ in range(number):
        yield [clone() for _ in range(rng.choice([1, 1, 2, 3]))]


def check_proposals(seed: int, number: int) -> None:
    bands = load_bands(850)
    for structural in (False, True):
        refused = 0
        for at, clones in enumerate(random_clones(seed, number // 2, structural)):
            context = "neoplasia" if at % 2 else "constitutional"
            try:
                proposal = build_karyotype(clones, context, (None, "male", "female")[at % 3])
            except KaryoViewError as error:
                reason = str(error)
            else:
                found = read_karyotype(proposal.text, bands, context=context)
                assert found.is_valid, (proposal.text, [f.sentence for f in found.errors])
                continue
            # Only a typed change of a chromosome that the clone has not may be refused.
            assert structural, (clones, reason)
            assert "the cell has" in reason, (clones, reason)
            refused += 1
        assert refused < number / 4


def test_the_checker_accepts_what_the_builder_proposes() -> None:
    check_proposals(7, 1000)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(20))
def test_the_checker_accepts_a_hundred_thousand_proposals(seed: int) -> None:
    check_proposals(100 + seed, 5000)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("-inv(7)(p15q22)", "only written against an earlier cell line"),
        ("t(9;22)", "No karyotype can be proposed"),
        ("i(X)(q10)", "the cell has none"),
    ],
)
def test_a_typed_change_that_cannot_be_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(KaryoViewError, match=reason):
        build_karyotype([CloneCounts((*[2] * 22, 0, 1), 20, 0, (typed,))])
