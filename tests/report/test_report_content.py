"""What a report says: reviewed cells only, remarks where something is missing, no sex where it is withheld."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from people_samples import sign_all_the_same
from PIL import Image
from report_samples import ANALYST, text_of

from karyoview.accounts.users import Users
from karyoview.case.case import Case
from karyoview.case.karyotyping import set_karyotype
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.report.content import ReportContent, collect_report, load_template, withhold_sex
from karyoview.report.export import (
    report_csv,
    report_json,
)
from karyoview.report.pdf import report_pdf
from karyoview.report.pictures import karyogram_picture


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


def test_karyotype_is_checked_and_overridden_with_a_reason_only(case: Case) -> None:
    with pytest.raises(KaryoViewError, match="a gain of 21 makes 47"):
        set_karyotype(case, "46,XY,+21")
    with pytest.raises(KaryoViewError, match="not what the reviewed cells say, 47,XY,\\+21"):
        set_karyotype(case, "46,XY")
    set_karyotype(case, "47,XY,+21")
    assert collect_report(case).karyotype_note == ""
    set_karyotype(case, "46,XY", "translocation seen in FISH")
    assert "translocation seen in FISH" in collect_report(case).karyotype_note


def test_a_case_without_a_reviewed_cell_has_its_sentence(tmp_path: Path, users: Users) -> None:
    (tmp_path / "new").mkdir()
    cv2.imwrite(str(tmp_path / "new" / "a.png"), np.full((50, 50), 200, np.uint8))
    with Case.open(tmp_path / "new") as case:
        with pytest.raises(KaryoViewError, match="reviewed yet; review at least one"):
            collect_report(case)
        with pytest.raises(KaryoViewError, match="nothing to sign"):
            sign_all_the_same(case, users, "ana", ANALYST, "analysed")


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


def test_template(tmp_path: Path, case: Case) -> None:
    Image.new("RGB", (300, 100), "#0B57A4").save(tmp_path / "logo.png")
    path = tmp_path / "lab.json"
    path.write_text(json.dumps({"laboratory": "Labor Süd", "title": "Befund", "logo": "logo.png", "notice": "Hinweis"}))
    text = text_of(report_pdf(collect_report(case, load_template(path))))
    assert "Labor Süd" in text
    assert "Befund" in text
    path.write_text("{")
    with pytest.raises(KaryoViewError, match="cannot be used"):
        load_template(path)
    path.write_text(json.dumps({"logo": "gone.png"}))
    with pytest.raises(KaryoViewError, match="is missing"):
        load_template(path)


def test_unfinished_annotations_are_no_counts(case: Case) -> None:
    old: ImageAnnotation = case.annotation("m2.png")
    case.save_annotation(replace(old, state=ReviewState.SET_ASIDE, reason="broken", revision=5), "set aside")
    content: ReportContent = collect_report(case)
    assert [c.image for c in content.tally.counted] == ["m1.png"]
    assert "m2.png was set aside: broken" in text_of(report_pdf(content))
