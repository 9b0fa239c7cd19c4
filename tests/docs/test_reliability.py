"""The reliability diagram: every bin has its place, and the page shows the diagrams of cards that hold bins."""

from __future__ import annotations

import json
import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from karyoview.core.metrics import ImagePrediction, ImageTruth, evaluate

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


@pytest.fixture(autouse=True)
def from_packaging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(PACKAGING), *sys.path])


def measured() -> dict:
    """A report over boxes of which 6 of 10 at 0.65 and 9 of 10 at 0.95 are right."""
    boxes = np.array([[30.0 * i, 0, 30.0 * i + 20, 40] for i in range(20)])
    right = np.array([i < 6 for i in range(10)] + [i < 9 for i in range(10)])
    found = boxes + np.where(right, 0.0, 1000.0)[:, None]
    scores = np.repeat([0.65, 0.95], 10)
    labels = np.zeros(20, np.int64)
    truth = ImageTruth("a", boxes, labels)
    return evaluate([ImagePrediction("a", found, labels, scores)], [truth], resamples=0)


def test_a_bin_lies_where_its_share_and_score_say() -> None:
    from reliability import reliability_svg

    report = measured()
    assert [b["boxes"] for b in report["calibration"]] == [10, 10]
    picture = ET.fromstring(reliability_svg("Engine", report["calibration"], report["ece"], "box and class"))
    dots = [(float(c.get("cx")), float(c.get("cy"))) for c in picture.iter("{http://www.w3.org/2000/svg}circle")]
    diagonal = [64 + 300 * 0.65, 64 + 300 * 0.95], [56 + 300 * (1 - 0.6), 56 + 300 * (1 - 0.9)]
    np.testing.assert_allclose(np.array(dots).T, diagonal, atol=0.06)
    drawn_text = "".join(picture.itertext())
    assert "calibration error 5.0 %" in drawn_text
    assert "20 boxes" in drawn_text


def test_a_card_with_bins_is_shown_on_its_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import help_pages

    report = measured()
    card = {"title": "Engine", "metrics": {"some cells": {k: report[k] for k in
            ("images", "calibration", "ece", "calibration_of")}}}  # fmt: skip
    row = {"cells": 2, "f1": 0.5, "more_corrections": [1.0, 0.5, 2.0]}
    studies = {"robustness": {"split": "fit", "command": "python -m x", "rows": {"blur": row}}}
    path = tmp_path / "engine.card.json"
    path.write_text(json.dumps(card))
    (tmp_path / "engine.json").write_text(json.dumps({"studies": studies}))
    monkeypatch.setattr("karyotrain.studies.notes.FOLDER", tmp_path)
    monkeypatch.setattr(help_pages, "_cards", lambda: [path])
    assert "pictures/calibration-engine.svg" in help_pages.calibration("")
    assert [p.name for p in help_pages.calibration_svgs()] == ["calibration-engine.svg"]
    assert re.search(r"\| blur \| 2 \|.*\+1\.00 \[\+0\.50, \+2\.00\] \|", help_pages.studies(""))
    path.write_text(json.dumps({"title": "Engine", "metrics": {"old": {"ece": 0.1}}}))
    (tmp_path / "engine.json").unlink()
    assert "No card holds" in help_pages.calibration("")
    assert "There is no study yet" in help_pages.studies("")
