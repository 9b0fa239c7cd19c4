"""Karyogram and metaphase as pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from report_samples import text_of

from karyoview.case.case import Case
from karyoview.case.counting import tally_of
from karyoview.core.annotation import CountMark
from karyoview.core.errors import KaryoViewError
from karyoview.report.content import collect_report
from karyoview.report.export import (
    write_case_form,
)
from karyoview.report.pdf import report_pdf
from karyoview.report.pictures import scale_bar


def test_karyogram_pictures(case: Case, tmp_path: Path) -> None:
    for name in ("k.png", "k.tif"):
        write_case_form(case, tmp_path / name)
        with Image.open(tmp_path / name) as picture:
            assert picture.width > 1500
            assert round(picture.info["dpi"][0]) == 600
    write_case_form(case, tmp_path / "k.svg")
    svg = (tmp_path / "k.svg").read_text()
    assert ">21</text>" in svg
    assert svg.count("<line") == 24
    with pytest.raises(KaryoViewError, match=r"\.doc"):
        write_case_form(case, tmp_path / "k.doc")


def test_a_cell_counted_by_marks_has_no_karyogram(case: Case, tmp_path: Path) -> None:
    old = case.annotation("m1.png")
    marks = tuple(CountMark(f"m{i}", 5.0 * i, 5.0) for i in range(46))
    case.save_annotation(replace(old, chromosomes=(), count_marks=marks, revision=2), "counted")
    tally = tally_of(case)
    assert tally.counted[0].total == 46
    assert "counted by marks" in text_of(report_pdf(collect_report(case))).replace("\r\n", " ")
    with pytest.raises(KaryoViewError, match="counted by marks"):
        write_case_form(case, tmp_path / "k.png", image="m1.png")


def test_scale_bar_is_round() -> None:
    assert scale_bar(0.1, 1000) == (20.0, 200.0)
