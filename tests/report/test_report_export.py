"""The case as JSON, CSV and HL7, and as pictures for proficiency tests."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import tifffile

from karyoview.case.case import Case
from karyoview.core.errors import KaryoViewError
from karyoview.report.content import collect_report
from karyoview.report.export import (
    export_proficiency,
    report_csv,
    report_hl7,
    report_json,
)


def test_csv_and_json(case: Case) -> None:
    content = collect_report(case)
    rows = list(csv.DictReader(io.StringIO(report_csv(content))))
    assert [row["21"] for row in rows] == ["3", "3"]
    assert rows[0]["total"] == "47"
    document = json.loads(report_json(content))
    assert document["karyotype"] == "47,XY,+21"
    assert document["cells"][0]["counts"]["21"] == 3
    assert document["record_head"] == case.chain_head


@pytest.mark.parametrize("bad", ["=1+1", "+21", "-7", "@x", "\tx", "  =1+1", "\u00a0=1+1", "\ufeff=1+1", "|cmd"])
def test_csv_cells_that_look_like_formulas_are_escaped(case: Case, bad: str) -> None:
    case.update_cell("m1.png", culture=bad)
    rows = list(csv.DictReader(io.StringIO(report_csv(collect_report(case)))))
    assert rows[0]["culture"] == "'" + bad


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


def test_no_id_of_a_case_adds_a_segment_to_hl7(case: Case) -> None:
    pytest.importorskip("hl7apy.parser")
    case.update_settings(id="KV\rPID|1||x", karyotype="47,XY,+21")
    lines = report_hl7(collect_report(case)).split("\r")
    assert [line[:3] for line in lines if line.startswith("PID")] == ["PID"]
    assert "|1||x" not in lines[0]


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
