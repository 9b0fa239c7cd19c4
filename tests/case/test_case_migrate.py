"""Cases of older schemas are brought up to date with their originals kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from place_samples import add_box, draw_cells
from small_cases import check_brought_up, old_case

from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case


def test_an_older_schema_is_brought_up_to_date_and_the_original_kept(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    old = old_case(folder)
    store = folder / "karyoview"
    with Case.open(folder, read_only=True) as case:
        check_brought_up(case)
    assert {name: (store / name).read_bytes() for name in old} == old
    with Case.open(folder) as case:
        check_brought_up(case)
        assert "came from an earlier version" in " ".join(case.notices)
        add_box(case)
    kept = store / "before-schema-2"
    assert (kept / "case.json").read_bytes() == old["case.json"]
    assert (kept / "cell0.png.json").read_bytes() == old["annotations/cell0.png.json"]
    with Case.open(folder) as case:
        assert case.notices == ()
        assert len(case.annotation("cell0.png").chromosomes) == 2
    assert verify_case(folder).ok


def test_a_migration_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    old = old_case(folder)
    with Case.open(folder):
        pass
    # As if the program had ended before case.json, the last file, was replaced and recorded.
    store = folder / "karyoview"
    lines = (store / "audit.jsonl").read_bytes().splitlines(keepends=True)
    (store / "audit.jsonl").write_bytes(lines[0])
    (store / "audit.head").unlink()
    (store / "case.json").write_bytes(old["case.json"])
    with Case.open(folder) as case:
        check_brought_up(case)
    assert (store / "before-schema-2/case.json").read_bytes() == old["case.json"]
    assert verify_case(folder).ok


def test_a_schema_from_the_future_is_left_alone(tmp_path: Path) -> None:
    folder = draw_cells(tmp_path / "case")
    Case.open(folder).close()
    path = folder / "karyoview/case.json"
    text = path.read_text().replace('"schema": 2', '"schema": 3')
    path.write_text(text)
    with pytest.raises(CaseError, match="written by a newer KaryoView"):
        Case.open(folder)
    assert path.read_text() == text
