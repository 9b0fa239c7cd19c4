"""The report as PDF: real text in all scripts, the same bytes for the same content, lines that break where they may."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from report_samples import make_case, text_of

from karyoview.case.case import Case
from karyoview.report.content import collect_report
from karyoview.report.pdf import karyotype_lines, pdf_pages, report_pdf, rich


def test_pdf_has_real_text_in_all_scripts_and_everything_of_the_page(case: Case) -> None:
    pdf = report_pdf(collect_report(case))
    text = text_of(pdf)
    for expected in (
        "47,XY,+21", "Ångström & <Söhne>", "Лаборатория", "Ωμέγα", "北京", "東京", "서울", case.settings.id,
        case.chain_head, "Computer-assisted", "DRAFT", "2 of 20", "Slide S1", "µm", "m1.png", "Method", "Limits",
        "KaryoView", "Page 1 of", case.state_sha256(), "=Blood",
    ):  # fmt: skip
        assert expected in text.replace("\r\n", " "), expected
    assert b"FontFile2" in pdf
    pages = pdf_pages(pdf, 40)
    assert len(pages) == 2, "result with one cell and signatures, then the rest"
    assert all(np.asarray(p.convert("L")).min() < 120 for p in pages)


def test_same_content_gives_the_same_bytes(case: Case) -> None:
    content = collect_report(case)
    assert report_pdf(content) == report_pdf(content)


def test_long_karyotypes_break_at_commas_and_lines() -> None:
    text = "/".join(["46,XX,t(9;22)(q34;q11.2),+8,+9,+10,del(5)(q13q33)[12]"] * 4)
    lines = karyotype_lines(text, 300)
    assert "".join(lines) == text
    assert len(lines) > 3
    assert all(line.endswith(",") or following.startswith("/") for line, following in itertools.pairwise(lines))


def test_markup_in_fields_is_text() -> None:
    assert rich("<b>&</b>") == "&lt;b&gt;&amp;&lt;/b&gt;"
    assert "[U+1F9EC]" in rich("\U0001f9ec")


def test_300_chromosomes_in_one_cell(tmp_path: Path) -> None:
    counts = tuple([13] * 22 + [7, 7])
    with make_case(tmp_path / "poly", [counts]) as case:
        content = collect_report(case)
        assert content.tally.modal == (300,)
        assert content.karyotype.startswith("300<13n>")
        assert "300<13n>" in text_of(report_pdf(content))
