"""The tally: clones by the rule of gains and losses, odd cells, prompts and the proposed karyotype."""

from __future__ import annotations

import pytest

from karyoview.core.chromosome import expected_copies
from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature import read_karyotype
from karyoview.core.tally import PROTOCOLS, CellCount, mosaicism_excluded, tally_case

CONSTITUTIONAL, ONCOLOGY = PROTOCOLS["constitutional"], PROTOCOLS["oncology"]


def cells(number: int, sex: str, plus: str = "", minus: str = "", start: int = 0, **more: object) -> list[CellCount]:
    names = [*map(str, range(1, 23)), "X", "Y"]
    counts = list(expected_copies(sex))  # type: ignore[arg-type]
    for name in plus.split():
        counts[names.index(name)] += 1
    for name in minus.split():
        counts[names.index(name)] -= 1
    return [CellCount(f"c{start + i}", tuple(counts), **more) for i in range(number)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "protocol", "text"),
    [
        (cells(20, "female"), CONSTITUTIONAL, "46,XX"),
        (cells(20, "male", plus="21"), CONSTITUTIONAL, "47,XY,+21"),
        (cells(1, "male", plus="21"), CONSTITUTIONAL, "47,XY,+21"),
        (cells(12, "male", "21") + cells(8, "male", start=50), CONSTITUTIONAL, "mos 47,XY,+21[12]/46,XY[8]"),
        (cells(20, "female", minus="X"), CONSTITUTIONAL, "45,X"),
        (cells(20, "male", plus="X"), CONSTITUTIONAL, "47,XXY"),
        (cells(20, "male", plus="Y"), CONSTITUTIONAL, "47,XYY"),
        (cells(5, "male", minus="Y") + cells(15, "male", start=50), ONCOLOGY, "45,X,-Y[5]/46,XY[15]"),
        (cells(2, "male", minus="7") + cells(18, "male", start=50), ONCOLOGY, "46,XY[20]"),
        (cells(3, "male", minus="7") + cells(17, "male", start=50), ONCOLOGY, "45,XY,-7[3]/46,XY[17]"),
        (cells(2, "male", plus="8") + cells(18, "male", start=50), ONCOLOGY, "47,XY,+8[2]/46,XY[18]"),
        (cells(20, "female", markers=1), CONSTITUTIONAL, "47,XX,+mar"),
        (
            cells(20, "male", minus="14", structural=("rob(13;14)(q10;q10)",)),
            CONSTITUTIONAL,
            "45,XY,rob(13;14)(q10;q10)",
        ),
    ],
)
def test_proposed_karyotype(found: list[CellCount], protocol: object, text: str) -> None:
    tally = tally_case(found, protocol)  # type: ignore[arg-type]
    proposal = tally.proposal()
    assert proposal.text == text
    assert proposal.steps
    assert read_karyotype(text).is_valid


def test_one_odd_cell_is_listed_and_prompts_to_extend() -> None:
    tally = tally_case(cells(1, "female", plus="8") + cells(19, "female", start=50), CONSTITUTIONAL)
    assert tally.odd == (("c0", ("+8",)),)
    assert tally.proposal().text == "46,XX"
    assert tally.exclusion is None
    assert any("extend the count to 30 cells" in prompt for prompt in tally.prompts)


def test_mosaicism_excluded_as_tabulated() -> None:
    assert [round(100 * mosaicism_excluded(n), 1) for n in (10, 20, 30, 50)] == [25.9, 13.9, 9.5, 5.8]


def test_cells_set_aside_are_no_counts_and_are_never_averaged() -> None:
    aside = cells(3, "female", minus="1 2 3 4 5 6", start=90, set_aside="broken")
    tally = tally_case(cells(10, "female") + cells(8, "female", "13", start=30) + aside, CONSTITUTIONAL)
    assert (len(tally.counted), len(tally.set_aside)) == (18, 3)
    assert tally.modal == (46,)
    assert tally.proposal().text == "mos 47,XX,+13[8]/46,XX[10]"


def test_cultures_and_protocol() -> None:
    found = cells(6, "male", culture="A") + cells(6, "male", "2", start=20, culture="B", analysed=True, karyotyped=True)
    tally = tally_case(found, PROTOCOLS["prenatal"])
    assert tally.per_culture() == {"A": (6, 0, 0), "B": (6, 6, 6)}
    assert "+2 was seen in culture B only." in tally.prompts
    assert "12 of 15 cells are counted." in tally.prompts


def test_no_reviewed_cell_has_its_sentence() -> None:
    tally = tally_case([], CONSTITUTIONAL)
    assert tally.prompts[0].startswith("No cell is reviewed yet")
    with pytest.raises(KaryoViewError, match="no reviewed cell"):
        tally.proposal()


def test_polyploid_cell_of_300_is_counted() -> None:
    tally = tally_case([CellCount("big", tuple([13] * 22 + [7, 7]))], ONCOLOGY)
    assert tally.modal == (300,)
    assert tally.proposal().text.startswith("300<13n>")
