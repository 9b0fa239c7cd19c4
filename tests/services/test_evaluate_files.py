"""Truth and predictions from files and cases, and the pictures of what was right and wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from karyoview.case.case import Case
from karyoview.core.annotation import PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.core.metrics import ImagePrediction, ImageTruth
from karyoview.services.evaluate import EvaluationError, match_names, read_predictions, read_truths
from karyoview.services.overlays import EXTRA, MISSED, RIGHT, WRONG_CLASS, class_drawn, draw, draw_comparison


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "case"
    place.mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(np.full((80, 160), 220, np.uint8)).save(place / name)
    return place


def test_truth_of_a_case_is_its_reviewed_cells(folder: Path) -> None:
    box = Box.rotated(50, 40, 10, 40, 0.3)
    with Case.open(folder) as case:
        first = case.annotation("a.png")
        items = (ReviewedChromosome("r", box, 4), PredictedChromosome("p", box.moved(40, 0), 5, score=0.9))
        done = replace(first, size=(80, 160), chromosomes=items, state=ReviewState.REVIEWED, revision=1)
        case.save_annotation(done, "test")
    truths = read_truths(folder)
    (truth,) = truths.items
    assert truth.image == "a.png"
    assert truth.labels.tolist() == [4], "what no person confirmed is no truth"
    assert truth.boxes[0].tolist() == pytest.approx(box.capsule_bounds().to_xyxy())
    assert read_truths(folder, rotated=True).items[0].boxes[0].tolist() == pytest.approx(box.to_array().tolist())
    assert truths.pictures["a.png"] == folder / "a.png"


def test_a_case_without_truth_is_refused(folder: Path) -> None:
    with pytest.raises(EvaluationError, match=r"truth\.json"):
        read_truths(folder)


def test_names_meet_exactly_or_by_unique_base_name() -> None:
    assert match_names(["a.png", "x/b.png"], ["a.png", "y/b.png"]) == {"a.png": "a.png", "x/b.png": "y/b.png"}
    assert match_names(["x/b.png"], ["y/b.png", "z/b.png"]) == {}, "not unique"
    assert match_names(["b.png", "x/b.png"], ["b.png"]) == {"b.png": "b.png"}, "the exact one wins"
    assert match_names([r"C:\scans\b.png"], ["b.png"]) == {r"C:\scans\b.png": "b.png"}


def test_several_classes_a_box_are_ranked_but_counted_once(folder: Path) -> None:
    truth = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "A1"}, {"id": 2, "name": "A2"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 40]}],
    }
    rows = [{"image_id": 1, "category_id": k, "bbox": [10, 10, 20, 40], "score": s} for k, s in ((1, 0.7), (2, 0.2))]
    (folder / "t.json").write_text(json.dumps(truth))
    (folder / "p.json").write_text(json.dumps(truth | {"annotations": rows, "info": {"operating_threshold": 0.4}}))
    found = read_predictions(folder / "p.json", read_truths(folder / "t.json"))
    assert [len(p.boxes) for p in found.items] == [1]
    assert found.items[0].labels.tolist() == [0]
    assert found.ranked is not None
    assert len(found.ranked[0].boxes) == 2
    assert found.threshold == 0.4
    with pytest.raises(EvaluationError, match="have none"):
        read_predictions(folder / "p.json", read_truths(folder / "t.json"), rotated=True)


def colours(picture: Image.Image) -> set[str]:
    return {f"#{r:02X}{g:02X}{b:02X}" for _, (r, g, b) in picture.getcolors(1 << 24)}


def test_comparison_shows_right_extra_missed_and_wrong_class() -> None:
    image = MetaphaseImage(np.full((200, 300), 220, np.uint8), "a.png")
    boxes = np.array([[20, 20, 60, 100], [80, 20, 120, 100], [140, 20, 180, 100], [200, 20, 240, 100]], float)
    truth = ImageTruth("a.png", boxes[:3], np.array([0, 1, 2]))
    found = ImagePrediction("a.png", boxes[[0, 1, 3]], np.array([0, 5, 3]), np.array([0.9, 0.9, 0.9]))
    assert {RIGHT, EXTRA, MISSED, WRONG_CLASS} <= colours(draw_comparison(image, truth, found, 0.5))
    assert not {RIGHT, EXTRA, WRONG_CLASS} & colours(draw_comparison(image, truth, found, 0.95))


def test_drawing_scales_and_keeps_the_metaphase_visible() -> None:
    image = MetaphaseImage(np.full((100, 150), 1000, np.uint16), "a.tif", display_range=(0.0, 2000.0))
    picture = draw(image, [class_drawn(Box.rotated(75, 50, 20, 60, 1.0), 3)], "a caption", scale=2.0)
    assert picture.width == 300
    assert picture.height > 200, "the caption stands below the picture"
    assert picture.getpixel((10, 190)) == (128, 128, 128)
    assert class_drawn(Box(1, 1, 1, 1), None).text == "?"
