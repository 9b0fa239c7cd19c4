"""From reviewed cells to a signed report: content, PDF, exports, signatures, and what goes wrong."""

from __future__ import annotations

import csv
import io
import itertools
import json
from dataclasses import replace
from pathlib import Path

import argon2
import cv2
import numpy as np
import pypdfium2
import pytest
import tifffile
from PIL import Image

from karyoview.accounts.users import Role, Users
from karyoview.case.case import Case, CaseError
from karyoview.case.counting import tally_of
from karyoview.case.karyotyping import set_karyotype
from karyoview.case.verify import verify_case
from karyoview.core.annotation import CountMark, ImageAnnotation, ReviewedChromosome, ReviewState
from karyoview.core.chromosome import expected_copies
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.io.database import open_engine
from karyoview.report.content import ReportContent, collect_report, load_template, withhold_sex
from karyoview.report.export import (
    export_proficiency,
    report_csv,
    report_hl7,
    report_json,
    write_case_form,
)
from karyoview.report.pdf import karyotype_lines, pdf_pages, report_pdf, rich
from karyoview.report.pictures import karyogram_picture, scale_bar
from karyoview.report.signing import amend_case, keep_report, sign_case, valid_signatures

ANALYST, APPROVER = "the first passphrase", "the second passphrase"


def drawn(counts: tuple[int, ...], columns: int = 8) -> tuple[np.ndarray, tuple[ReviewedChromosome, ...]]:
    """A picture of rods, one for each chromosome, with dark bands."""
    labels = [k for k, n in enumerate(counts) for _ in range(n)]
    rows = -(-len(labels) // columns)
    pixels = np.full((60 * rows + 20, 40 * columns + 20), 225, np.uint8)
    items = []
    for number, label in enumerate(labels):
        cx, cy = 30 + 40 * (number % columns), 40 + 60 * (number // columns)
        length = 46 - label
        cv2.line(pixels, (cx, cy - length // 2), (cx, cy + length // 2), 120, 9)
        cv2.line(pixels, (cx, cy - length // 4), (cx, cy - length // 8), 60, 9)
        items.append(ReviewedChromosome(f"c{number}", Box.rotated(cx + 0.5, cy + 0.5, 11, length + 9, 0.0), label))
    return pixels, tuple(items)


def with_extra(sex: str, *extra: int) -> tuple[int, ...]:
    counts = list(expected_copies(sex))  # type: ignore[arg-type]
    for k in extra:
        counts[k] += 1
    return tuple(counts)


def make_case(folder: Path, cells: list[tuple[int, ...]]) -> Case:
    folder.mkdir()
    pictures = [drawn(counts) for counts in cells]
    for number, (pixels, _) in enumerate(pictures, start=1):
        cv2.imwrite(str(folder / f"m{number}.png"), pixels)
    case = Case.open(folder, user="ana")
    for number, (pixels, items) in enumerate(pictures, start=1):
        name = f"m{number}.png"
        image = case.read_image(name)
        old = case.annotation(name)
        new = replace(
            old, size=pixels.shape, chromosomes=items, state=ReviewState.REVIEWED, revision=1, image_sha256=image.sha256
        )
        case.save_annotation(new, "reviewed")
    return case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    with make_case(tmp_path / "patient", [with_extra("male", 20)] * 2) as opened:
        opened.update_settings(
            details={"specimen": "=Blood", "referral": "Ångström & <Söhne>, Лаборатория, Ωμέγα, 北京, 東京, 서울"}
        )
        opened.update_cell("m1.png", um_per_pixel=0.1, slide="S1", culture="A", analysed=True)
        yield opened


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Users:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('users') / 'users.db'}")
    known = Users(engine, argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    known.create("ana", "Ana Ng", Role.ANALYST, ANALYST)
    known.create("bob", "Bob Li", Role.APPROVER, APPROVER)
    known.create("cleo", "Cleo Roy", Role.APPROVER, ANALYST)
    yield known
    engine.dispose()


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = []
        for page in document:
            found = page.get_textpage()
            pages.append(found.get_text_range())
            found.close()
        return "\n".join(pages)
    finally:
        document.close()


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
    assert "?" in rich("\U0001f9ec")


def test_csv_and_json(case: Case) -> None:
    content = collect_report(case)
    rows = list(csv.DictReader(io.StringIO(report_csv(content))))
    assert [row["21"] for row in rows] == ["3", "3"]
    assert rows[0]["total"] == "47"
    document = json.loads(report_json(content))
    assert document["karyotype"] == "47,XY,+21"
    assert document["cells"][0]["counts"]["21"] == 3
    assert document["record_head"] == case.chain_head


@pytest.mark.parametrize("bad", ["=1+1", "+21", "-7", "@x", "\tx"])
def test_csv_cells_that_look_like_formulas_are_escaped(case: Case, bad: str) -> None:
    case.update_cell("m1.png", culture=bad)
    rows = list(csv.DictReader(io.StringIO(report_csv(collect_report(case)))))
    assert rows[0]["culture"] == "'" + bad


def test_karyogram_pictures(case: Case, tmp_path: Path) -> None:
    for name in ("k.png", "k.tif"):
        write_case_form(case, tmp_path / name)
        with Image.open(tmp_path / name) as picture:
            assert picture.width > 500
            assert round(picture.info["dpi"][0]) == 300
    write_case_form(case, tmp_path / "k.svg")
    svg = (tmp_path / "k.svg").read_text()
    assert ">21</text>" in svg
    assert svg.count("<line") == 24
    with pytest.raises(KaryoViewError, match=r"\.doc"):
        write_case_form(case, tmp_path / "k.doc")


def test_withheld_sex_is_nowhere(case: Case) -> None:
    assert withhold_sex("mos 47,XY,+21[12]/46,XY[8]") == "mos 47,U,+21[12]/46,U[8]"
    case.update_settings(sex_withheld=True)
    content = collect_report(case)
    text = text_of(report_pdf(content))
    assert "47,U,+21" in text
    assert "XY" not in text
    assert "XY" not in report_json(content)
    assert "X,Y" not in report_csv(content)
    picture = karyogram_picture(case.read_image("m1.png").to_uint8(), case.annotation("m1.png"), withhold_sex=True)
    assert {"X", "Y"}.isdisjoint(label for label, _, _ in picture.labels)


def test_hl7_message(case: Case) -> None:
    hl7apy = pytest.importorskip("hl7apy.parser")
    case.update_settings(karyotype="47,XY,+21")
    message = report_hl7(collect_report(case), b"%PDF-")
    parsed = hl7apy.parse_message(message, find_groups=False)
    assert parsed.msh.msh_9.to_er7() == "ORU^R01^ORU_R01"
    values = [segment.obx_5.to_er7() for segment in parsed.obx]
    assert values[0] == "47,XY,+21"
    assert values[-1].endswith("JVBERi0=")
    assert parsed.obr.obr_25.to_er7() == "P"


def test_proficiency_export_has_no_tags_and_no_turning(case: Case, tmp_path: Path) -> None:
    written = export_proficiency(case, ["m1.png", "m2.png"], tmp_path / "test")
    assert [p.name for p in written] == ["1_raw.tif", "1_enhanced.tif", "2_raw.tif", "2_enhanced.tif"]
    original = case.read_image("m1.png").pixels
    assert np.array_equal(tifffile.imread(written[0]), original)
    assert tifffile.imread(written[1]).shape == original.shape
    with tifffile.TiffFile(written[0]) as file:
        names = {tag.name for tag in file.pages[0].tags.values()}
    assert names.isdisjoint({"ImageDescription", "Software", "DateTime", "Artist", "XMP"})
    with pytest.raises(KaryoViewError, match="not empty"):
        export_proficiency(case, ["m1.png"], tmp_path / "test")
    with pytest.raises(KaryoViewError, match="1 to 10"):
        export_proficiency(case, [], tmp_path / "none")


def test_karyotype_is_checked_and_overridden_with_a_reason_only(case: Case) -> None:
    with pytest.raises(KaryoViewError, match="a gain of 21 makes 47"):
        set_karyotype(case, "46,XY,+21")
    with pytest.raises(KaryoViewError, match="not what the reviewed cells say, 47,XY,\\+21"):
        set_karyotype(case, "46,XY")
    set_karyotype(case, "47,XY,+21")
    assert collect_report(case).karyotype_note == ""
    set_karyotype(case, "46,XY", "translocation seen in FISH")
    assert "translocation seen in FISH" in collect_report(case).karyotype_note


def test_signing_needs_two_people_locks_and_is_printed(case: Case, users: Users) -> None:
    with pytest.raises(KaryoViewError, match="analyst signs first"):
        sign_case(case, users, "bob", APPROVER, "approved")
    with pytest.raises(KaryoViewError, match="passphrase is wrong"):
        sign_case(case, users, "ana", "wrong passphrase", "analysed")
    sign_case(case, users, "cleo", ANALYST, "analysed")
    with pytest.raises(KaryoViewError, match="already signed"):
        sign_case(case, users, "cleo", ANALYST, "analysed")
    with pytest.raises(KaryoViewError, match="Cleo Roy analysed the case"):
        sign_case(case, users, "cleo", ANALYST, "approved")
    with pytest.raises(KaryoViewError, match="no approver"):
        sign_case(case, users, "ana", ANALYST, "approved")
    sign_case(case, users, "bob", APPROVER, "approved")
    content = collect_report(case)
    text = text_of(report_pdf(content))
    assert not content.is_draft
    assert "Approved by Bob Li" in text
    assert "DRAFT" not in text
    with pytest.raises(KaryoViewError):
        case.update_settings(notes="changed")
    assert len(valid_signatures(case)) == 2


def test_an_amended_report_has_a_reason_and_keeps_the_old(case: Case, users: Users) -> None:
    sign_case(case, users, "ana", ANALYST, "analysed")
    sign_case(case, users, "bob", APPROVER, "approved")
    first = keep_report(case, report_pdf(collect_report(case)))
    old = first.read_bytes()
    with pytest.raises(CaseError, match="reason"):
        amend_case(case, "  ")
    amend_case(case, "wrong specimen")
    assert valid_signatures(case) == ()
    sign_case(case, users, "ana", ANALYST, "analysed")
    sign_case(case, users, "bob", APPROVER, "approved")
    pdf = report_pdf(collect_report(case))
    assert "AMENDED REPORT" in text_of(pdf)
    assert "wrong specimen" in text_of(pdf)
    second = keep_report(case, pdf)
    assert (first.name, second.name) == ("report-001.pdf", "report-002.pdf")
    assert first.read_bytes() == old


def test_the_printed_head_finds_a_rewritten_record(case: Case, users: Users) -> None:
    sign_case(case, users, "ana", ANALYST, "analysed")
    content = collect_report(case)
    assert content.chain_head in text_of(report_pdf(content))
    assert verify_case(case.folder, content.chain_head).ok
    assert not verify_case(case.folder, "0" * 64).ok


def test_a_case_without_a_reviewed_cell_has_its_sentence(tmp_path: Path, users: Users) -> None:
    (tmp_path / "new").mkdir()
    cv2.imwrite(str(tmp_path / "new" / "a.png"), np.full((50, 50), 200, np.uint8))
    with Case.open(tmp_path / "new") as case:
        with pytest.raises(KaryoViewError, match="reviewed yet; review at least one"):
            collect_report(case)
        with pytest.raises(KaryoViewError, match="nothing to sign"):
            sign_case(case, users, "ana", ANALYST, "analysed")


def test_a_missing_original_is_a_remark_and_nothing_is_lost(case: Case) -> None:
    (case.folder / "m1.png").unlink()
    content = collect_report(case)
    assert any("no longer in the folder" in remark for remark in content.remarks)
    assert len(content.tally.counted) == 2
    assert "no longer in the folder" in text_of(report_pdf(content)).replace("\r\n", " ")


def test_a_changed_original_is_a_remark(case: Case) -> None:
    pixels = cv2.imread(str(case.folder / "m2.png"), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(case.folder / "m2.png"), 255 - pixels)
    content = collect_report(case)
    assert any("not the file that was reviewed" in remark for remark in content.remarks)
    assert "not the file that was reviewed" in text_of(report_pdf(content)).replace("\r\n", " ")


def test_300_chromosomes_in_one_cell(tmp_path: Path) -> None:
    counts = tuple([13] * 22 + [7, 7])
    with make_case(tmp_path / "poly", [counts]) as case:
        content = collect_report(case)
        assert content.tally.modal == (300,)
        assert content.karyotype.startswith("300<13n>")
        assert "300<13n>" in text_of(report_pdf(content))


def test_a_cell_counted_by_marks_has_no_karyogram(case: Case, tmp_path: Path) -> None:
    old = case.annotation("m1.png")
    marks = tuple(CountMark(f"m{i}", 5.0 * i, 5.0) for i in range(46))
    case.save_annotation(replace(old, chromosomes=(), count_marks=marks, revision=2), "counted")
    tally = tally_of(case)
    assert tally.counted[0].total == 46
    assert "counted by marks" in text_of(report_pdf(collect_report(case))).replace("\r\n", " ")
    with pytest.raises(KaryoViewError, match="counted by marks"):
        write_case_form(case, tmp_path / "k.png", image="m1.png")


def test_template(tmp_path: Path, case: Case) -> None:
    Image.new("RGB", (300, 100), "#0B57A4").save(tmp_path / "logo.png")
    path = tmp_path / "lab.json"
    path.write_text(json.dumps({"laboratory": "Labor Süd", "title": "Befund", "logo": "logo.png", "notice": "Hinweis"}))
    text = text_of(report_pdf(collect_report(case, load_template(path))))
    assert "Labor Süd" in text
    assert "Befund" in text
    path.write_text("{")
    with pytest.raises(KaryoViewError, match="cannot be read"):
        load_template(path)
    path.write_text(json.dumps({"logo": "gone.png"}))
    with pytest.raises(KaryoViewError, match="is missing"):
        load_template(path)


def test_scale_bar_is_round() -> None:
    assert scale_bar(0.1, 1000) == (20.0, 200.0)


def test_unfinished_annotations_are_no_counts(case: Case) -> None:
    old: ImageAnnotation = case.annotation("m2.png")
    case.save_annotation(replace(old, state=ReviewState.SET_ASIDE, reason="broken", revision=5), "set aside")
    content: ReportContent = collect_report(case)
    assert [c.image for c in content.tally.counted] == ["m1.png"]
    assert "m2.png was set aside: broken" in text_of(report_pdf(content))
