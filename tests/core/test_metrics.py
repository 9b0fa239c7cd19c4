from __future__ import annotations

import contextlib
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest

from karyoview.core.annotation import CountMark, ImageAnnotation, PredictedChromosome, ReviewedChromosome
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections
from karyoview.core.geometry import Box
from karyoview.core.metrics import (
    ImagePrediction,
    ImageTruth,
    MetricError,
    average_precision,
    best_f1_threshold,
    evaluate,
    every_class,
    hard_nms_ceiling,
    miss_rate_curve,
    paired_difference,
    severe_overlap,
)


def boxes(*corners: tuple[float, float]) -> np.ndarray:
    """10 × 10 boxes at these left upper corners."""
    return np.asarray([(x, y, x + 10, y + 10) for x, y in corners], dtype=float).reshape(-1, 4)


def truth(image: str, places: np.ndarray, labels: list[int] | None = None) -> ImageTruth:
    return ImageTruth(image, places, np.zeros(len(places), int) if labels is None else np.asarray(labels, int))


def found(
    image: str, places: np.ndarray, scores: list[float], labels: list[int] | None = None, **more
) -> ImagePrediction:
    own = np.full(len(places), -1) if labels is None else np.asarray(labels, int)
    return ImagePrediction(image, places, own, np.asarray(scores, float), **more)


def test_counting_figures_by_hand() -> None:
    """Cell a: two of three found and one false; cell b: all right. TP 4, FP 1, FN 1, truths 5."""
    truths = [truth("a", boxes((0, 0), (20, 0), (40, 0))), truth("b", boxes((0, 0), (20, 0)))]
    predictions = [
        found("a", boxes((0, 0), (20, 0), (80, 0), (40, 0)), [0.9, 0.8, 0.7, 0.4]),
        found("b", boxes((0, 0), (20, 0)), [0.9, 0.8]),
    ]
    report = evaluate(predictions, truths)
    assert report["wcr"] == 0.5
    assert report["aer"] == pytest.approx(2 / 5)
    assert report["acc"] == pytest.approx(4 / 6)
    assert report["precision"] == report["recall"] == report["f1"] == pytest.approx(4 / 5)
    assert (report["mfps"], report["recall_100"], report["count_exact"]) == (0.5, 0.5, 1.0)
    assert report["corrections_per_cell"] == 1.0  # one deletion and one addition in two cells
    assert report["corrections"] == {"relabel": 0.0, "redraw": 0.0, "delete": 0.5, "add": 0.5}
    # By hand the four matched boxes need a class each; the added one brings its own.
    assert report["corrections_per_cell_with_class"] == 3.0
    assert report["mod"] == pytest.approx(1.0, abs=1e-6)
    assert "mapmax" not in report
    assert json.loads(json.dumps(report))["aer"] == report["aer"]
    assert "WCR" in report.table("engine")
    assert "perfect boxes after hard NMS: 100.0 at 0.5" in report.table()


def test_the_two_matching_rules_differ_on_duplicates() -> None:
    truths = [truth("a", boxes((0, 0), (30, 0)))]
    predictions = [found("a", boxes((0, 0), (1, 0)), [0.9, 0.8])]
    one, every = evaluate(predictions, truths), evaluate(predictions, truths, rule="any")
    assert (one["precision"], one["recall"]) == (0.5, 0.5)
    assert (every["precision"], every["recall"], every["mfps"]) == (1.0, pytest.approx(2 / 3), 0.0)


def test_the_papers_rule_counts_a_box_whose_own_chromosome_is_taken_as_false() -> None:
    """Two chromosomes that overlap; the second box lies between them and overlaps the first one most."""
    truths = [truth("a", np.array([[0, 0, 10, 10], [4, 0, 14, 10]], np.float64))]
    between = np.array([[0, 0, 10, 10], [1.9, 0, 11.9, 10]], np.float64)
    predictions = [found("a", between, [0.9, 0.8])]
    one, own = evaluate(predictions, truths), evaluate(predictions, truths, rule="own")
    assert (one["aer"], own["aer"]) == (0.0, 1.0)  # by the rule "own" one false positive and one missed, of two
    assert own["rule"] == "own"
    assert own["ap50_all_point"] == pytest.approx(0.5)
    assert best_f1_threshold(predictions, truths, rule="own") == (0.9, pytest.approx(2 / 3))


def test_a_wrong_class_by_deepaccs_rule_and_the_strict_one() -> None:
    truths = [truth("a", boxes((0, 0), (20, 0), (40, 0), (60, 0)), [0, 1, 22, 23])]
    predictions = [found("a", boxes((0, 0), (20, 0), (40, 0)), [0.9, 0.9, 0.9], [0, 2, 22])]
    report = evaluate(predictions, truths)
    assert report["aer_paper"] == pytest.approx(2 / 4)
    assert report["aer_strict"] == pytest.approx(3 / 4)
    assert report["acc_deepacc"] == pytest.approx(2 / 3)
    assert report["class_accuracy"] == pytest.approx(2 / 3)
    assert report["wcr_class"] == 0.0
    assert report["corrections_per_cell"] == 2.0
    confusion = np.array(report["confusion"])
    assert confusion.shape == (25, 25)
    assert (confusion[0, 0], confusion[1, 2], confusion[22, 22], confusion[23, 24], confusion.sum()) == (1, 1, 1, 1, 4)
    row = report["per_class"][1]
    assert (row["class"], row["truths"], row["recall"]) == ("A2", 1, 0.0)
    # Classes without truth are left out: A1 and X have AP 1, A2 and Y have 0.
    assert report["map50"] == pytest.approx(0.5)
    assert report["mapmax"] == pytest.approx(0.5)


def test_average_precision_by_hand() -> None:
    """Ranked hit, miss, hit of three truths: precision 1, 1/2, 2/3; envelope 1 to recall 1/3, 2/3 to 2/3."""
    ranked = np.array([True, False, True])
    assert average_precision(ranked, 3, all_points=True) == pytest.approx(1 / 3 + (1 / 3) * (2 / 3))
    # COCO: recalls 0, .01 … .33 (34 places) at 1, .34 … .66 (33 places) at 2/3, the rest 0.
    assert average_precision(ranked, 3, all_points=False) == pytest.approx((34 + 33 * 2 / 3) / 101)
    assert math.isnan(average_precision(ranked, 0, all_points=True))
    assert average_precision(np.zeros(0, bool), 2, all_points=False) == 0.0


def test_miss_rate_by_hand() -> None:
    """Two images, four truths; hits until the first false positive (FPPI 0.5) miss 1/2, later 1/4."""
    geometric, arithmetic = miss_rate_curve(np.array([True, True, False, True]), 4, 2)
    rates = np.array([0.25 if reference >= 0.5 else 0.5 for reference in np.logspace(-2, 0, 9)])
    assert geometric == pytest.approx(np.exp(np.log(rates).mean()))
    assert arithmetic == pytest.approx(rates.mean())
    # A first detection that is false: no point at FPPI below 1 is reached, the miss rate there is 1.
    assert miss_rate_curve(np.array([False, True]), 1, 1) == pytest.approx(
        (math.exp(math.log(1e-10) / 9), 8 / 9), rel=1e-9
    )


def test_severe_overlap_sums_over_pairs() -> None:
    """Two boxes that each cover 30 % of the middle one: 60 % together, though neither reaches half."""
    places = np.array([[0.0, 0, 10, 10], [7, 0, 17, 10], [-7, 0, 3, 10], [100, 0, 110, 10]])
    assert severe_overlap(places).tolist() == [True, False, False, False]
    rotated = np.array([[5.0, 5, 10, 10, 0], [12, 5, 10, 10, 0], [-2, 5, 10, 10, 0], [105, 5, 10, 10, 0]])
    assert severe_overlap(rotated).tolist() == [True, False, False, False]
    truths = [truth("a", places)]
    # The middle one is missed, a false box lies nearest to it, another touches nothing and belongs to none.
    spots = np.array([[7.0, 0, 17, 10], [-7, 0, 3, 10], [0, 4, 10, 24], [300, 0, 310, 10]])
    report = evaluate([found("a", spots, [0.9, 0.9, 0.8, 0.8])], truths)
    assert report["severe_overlap"] == {"truths": 1, "f1": 0.0, "precision": 0.0, "recall": 0.0, "acc": 0.0}


def test_calibration_error_by_hand() -> None:
    truths = [truth("a", boxes((0, 0), (20, 0)))]
    predictions = [found("a", boxes((0, 0), (20, 0), (90, 0), (120, 0)), [0.95, 0.95, 0.95, 0.61])]
    report = evaluate(predictions, truths)
    assert report["ece"] == pytest.approx(0.75 * abs(0.95 - 2 / 3) + 0.25 * 0.61)
    assert [b["boxes"] for b in report["calibration"]] == [1, 3]


def test_every_class_gives_one_row_a_score_after_nms_inside_each_class() -> None:
    probabilities = np.zeros((3, 24))
    probabilities[0, [0, 1]] = 0.7, 0.2
    probabilities[1, [0, 1]] = 0.4, 0.5
    probabilities[2, 0] = 0.3
    prediction = found("a", boxes((0, 0), (1, 0), (50, 0)), [0.7, 0.5, 0.3], [0, 1, 0], probabilities=probabilities)
    rows = every_class(prediction)
    places = zip(rows.labels, rows.scores, rows.boxes[:, 0], strict=True)
    assert list(places) == [(0, 0.7, 0), (0, 0.3, 50), (1, 0.5, 1)]
    # Two places, one A1 each; the top classes alone name the second A2, all classes find both.
    truths = [truth("a", boxes((0, 0), (50, 0)), [0, 0])]
    assert evaluate([prediction], truths)["map50"] == 1.0


def test_best_threshold_is_the_cut_of_best_f1() -> None:
    truths = [truth("a", boxes((0, 0), (20, 0), (40, 0)))]
    predictions = [found("a", boxes((0, 0), (20, 0), (90, 0), (40, 0), (120, 0)), [0.9, 0.8, 0.7, 0.3, 0.2])]
    cut, f1 = best_f1_threshold(predictions, truths)
    assert (cut, f1) == (0.3, pytest.approx(6 / 7))
    assert evaluate(predictions, truths, score_threshold=cut)["f1"] == pytest.approx(f1)
    assert best_f1_threshold(predictions, truths, rule="any") == (0.3, pytest.approx(6 / 7))


def test_rotated_boxes_are_matched_by_skew_iou() -> None:
    truths = [ImageTruth("a", np.array([[50.0, 50, 10, 60, 0.0]]), np.array([0]))]
    across = ImagePrediction("a", np.array([[50.0, 50, 10, 60, np.pi / 2]]), np.array([0]), np.array([0.9]))
    along = ImagePrediction("a", np.array([[50.0, 50, 10, 60, np.pi]]), np.array([0]), np.array([0.9]))
    assert evaluate([across], truths)["recall"] == 0.0
    assert evaluate([along], truths)["recall"] == 1.0
    assert evaluate([along], truths)["rotated"] is True


def test_empty_images_are_judged_too() -> None:
    report = evaluate([found("a", boxes((0, 0)), [0.9])], [truth("a", boxes()), truth("b", boxes((0, 0)))])
    assert (report["wcr"], report["corrections_per_cell"], report["aer"]) == (0.0, 1.0, 2.0)
    none = evaluate([], [truth("a", boxes())])
    assert (none["wcr"], none["precision"], none["ap50"], none["ece"]) == (1.0, None, None, None)


def test_intervals_hold_the_figure_and_shrink_with_more_cells() -> None:
    rng = np.random.default_rng(0)
    widths = []
    for cells in (20, 200):
        truths = [truth(f"{i}", boxes((0, 0), (20, 0))) for i in range(cells)]
        predictions = [found(f"{i}", boxes((0, 0), (20, 0)), [0.9, rng.choice([0.9, 0.1])]) for i in range(cells)]
        report = evaluate(predictions, truths)
        low, high = report["intervals"]["corrections_per_cell"]
        assert low < report["corrections_per_cell"] < high
        low_ap, high_ap = report["intervals"]["ap50"]
        assert low_ap <= report["ap50"] <= high_ap
        widths.append(high - low)
    assert widths[1] < 0.5 * widths[0]


def test_the_paired_difference_of_two_engines() -> None:
    truths = [truth(f"{i}", boxes((0, 0), (20, 0))) for i in range(12)]
    poor = evaluate([found(f"{i}", boxes((0, 0)), [0.9]) for i in range(12)], truths, resamples=0)
    good = evaluate([found(f"{i}", boxes((0, 0), (20, 0)), [0.9, 0.9]) for i in range(12)], truths, resamples=0)
    assert paired_difference(poor, good) == {"cells": 12.0, "mean": -1.0, "low": -1.0, "high": -1.0}


def test_records_from_an_annotation_and_a_result() -> None:
    person = ReviewedChromosome("1", Box.rotated(50, 50, 10, 60, 0.5), 3)
    machine = PredictedChromosome("2", Box.from_xyxy(0, 0, 5, 5), 4)
    note = ImageAnnotation("a.png", chromosomes=(person, machine), count_marks=(CountMark("3", 1, 1),))
    made = ImageTruth.from_annotation(note, case="c1")
    assert made.labels.tolist() == [3]  # the machine's proposal is no truth
    np.testing.assert_allclose(made.boxes[0], person.box.capsule_bounds().to_xyxy())
    assert ImageTruth.from_annotation(note, rotated=True).boxes.shape == (1, 5)
    one = Detection(Box.rotated(50, 50, 10, 60, 0.5), 0.8, 3, probabilities=(1 / 24,) * 24)
    result = Detections("a.png", (100, 100), (one,))
    assert evaluate([ImagePrediction.from_detections(result)], [made], resamples=0)["wcr_class"] == 1.0
    assert ImagePrediction.from_detections(result).probabilities.shape == (1, 24)


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda: evaluate([], []), "no truth"),
        (lambda: evaluate([found("x", boxes((0, 0)), [1.0])], [truth("a", boxes())]), "no truth of that name"),
        (lambda: evaluate([found("a", boxes(), [])] * 2, [truth("a", boxes())]), "predicted twice"),
        (lambda: evaluate([], [truth("a", boxes())] * 2), "same image name"),
        (lambda: evaluate([found("a", np.ones((1, 5)), [1.0])], [truth("a", boxes((0, 0)))]), "horizontal and rotated"),
        (lambda: found("a", boxes((0, 0)), [1.0, 2.0]), "labels or scores"),
        (lambda: truth("a", np.zeros((2, 3))), "4 or 5 numbers"),
        (lambda: truth("a", np.full((1, 4), np.nan)), "not finite"),
        (lambda: found("a", boxes((0, 0)), [1.0], probabilities=np.zeros((1, 3))), "probabilities"),
    ],
)
def test_what_cannot_be_compared_is_said_in_a_sentence(make, part: str) -> None:
    with pytest.raises(MetricError, match=part):
        make()


def _noisy_predictions(truths: list[ImageTruth], seed: int) -> list[ImagePrediction]:
    rng = np.random.default_rng(seed)
    out = []
    for t in truths:
        keep = rng.random(len(t.boxes)) < 0.95
        places = t.boxes[keep] + rng.normal(0, 3, (keep.sum(), 4))
        extra = t.boxes[rng.integers(0, len(t.boxes), 8)] + rng.normal(0, 8, (8, 4))
        places = np.concatenate([places, extra])
        places[:, 2:] = np.maximum(places[:, 2:], places[:, :2] + 2)
        labels = np.concatenate([t.labels[keep], rng.integers(0, 24, 8)])
        wrong = rng.random(len(labels)) < 0.1
        labels[wrong] = rng.integers(0, 24, wrong.sum())
        out.append(ImagePrediction(t.image, places, labels, rng.random(len(places))))
    return out


def test_average_precision_against_pycocotools() -> None:
    rng = np.random.default_rng(5)
    truths = []
    for i in range(12):
        corners = rng.uniform(0, 400, (46, 2))
        sides = rng.uniform(15, 70, (46, 2))
        truths.append(ImageTruth(f"{i}", np.concatenate([corners, corners + sides], 1), np.arange(46) % 24))
    _compare_with_coco(_noisy_predictions(truths, 6), truths)


def _compare_with_coco(predictions: list[ImagePrediction], truths: list[ImageTruth]) -> None:
    classes, one = _coco(predictions, truths, True), _coco(predictions, truths, False)
    report = evaluate(predictions, truths, resamples=0)
    expected = dict(zip(("map50_95", "map50", "map75", "ap50_95", "ap50", "ap75"), (*classes, *one), strict=True))
    for key, value in expected.items():
        assert report[key] == pytest.approx(value, abs=1e-3), key
    assert 0.05 < report["map50_95"] < 0.95


def _coco(predictions: list[ImagePrediction], truths: list[ImageTruth], classes: bool) -> np.ndarray:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    rows, results = [], []
    for i, t in enumerate(truths):
        for box, label in zip(t.boxes, t.labels, strict=True):
            x1, y1, x2, y2 = map(float, box)
            rows.append({
                "id": len(rows) + 1, "image_id": i, "category_id": int(label) + 1 if classes else 1, "iscrowd": 0,
                "bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1),
            })  # fmt: skip
    by_name = {t.image: i for i, t in enumerate(truths)}
    for p in predictions:
        for box, label, score in zip(p.boxes, p.labels, p.scores, strict=True):
            x1, y1, x2, y2 = map(float, box)
            results.append({
                "image_id": by_name[p.image], "category_id": int(label) + 1 if classes else 1,
                "bbox": [x1, y1, x2 - x1, y2 - y1], "score": float(score),
            })  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "info": {}, "images": [{"id": i} for i in range(len(truths))], "annotations": rows,
            "categories": [{"id": i + 1, "name": n} for i, n in enumerate(CLASS_NAMES)],
        }  # fmt: skip
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(results), "bbox")
        judge.params.maxDets = [1, 100, 1000]
        judge.evaluate()
        judge.accumulate()
    table = judge.eval["precision"][:, :, :, 0, -1]  # thresholds, recalls, classes

    def mean(part: np.ndarray) -> float:
        return float(part[part > -1].mean())

    return np.array([mean(table), mean(table[0]), mean(table[5])])


def _real_truths(folder: Path, split: str = "val") -> list[ImageTruth]:
    coco = json.loads((folder / "taichung" / f"{split}.json").read_text())
    rows: dict[int, list[list[float]]] = {}
    for a in coco["annotations"]:
        x, y, w, h = a["bbox"]
        rows.setdefault(a["image_id"], []).append([x, y, x + w, y + h, a["category_id"] - 1])
    out = []
    for info in coco["images"]:
        table = np.asarray(rows[info["id"]], float)
        out.append(ImageTruth(info["file_name"], table[:, :4], table[:, 4].astype(int), info["case"]))
    return out


@pytest.mark.real
def test_what_hard_nms_costs_on_real_cells(real_data: Path) -> None:
    """Dense cells: even perfect boxes lose to hard NMS at 0.5, much less at 0.7; half of them overlap severely."""
    truths = _real_truths(real_data)
    half, loose = hard_nms_ceiling(truths, 0.5), hard_nms_ceiling(truths, 0.7)
    assert half["aer"] == pytest.approx(0.0110, abs=1e-4)
    assert half["wcr"] == pytest.approx(0.61, abs=0.005)
    assert loose["aer"] == pytest.approx(0.0016, abs=1e-4)
    assert loose["wcr"] == pytest.approx(0.93, abs=0.005)
    shares = np.concatenate([severe_overlap(t.boxes) for t in truths])
    assert shares.mean() == pytest.approx(0.48, abs=0.02)


@pytest.mark.real
def test_against_pycocotools_on_real_cells(real_data: Path) -> None:
    truths = _real_truths(real_data)[:60]
    _compare_with_coco(_noisy_predictions(truths, 2), truths)
