"""Masks inside boxes: lone, crossing, touching and hopeless cases, and their quality where the truth is known."""

from __future__ import annotations

import math
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box, iou_rotated
from karyoview.imaging.mask_quality import measure_masks, print_quality
from karyoview.imaging.masks import find_foreground, masks_from_boxes

Point = tuple[float, float]
MARGIN = 5


def _picture(bars: list[tuple[Point, Point]], size: int = 220, width: int = 16) -> tuple[np.ndarray, list[np.ndarray]]:
    """Dark bars on a light ground, darker where they lie over one another, with some noise."""
    absorbance = np.zeros((size, size), np.float32)
    masks = []
    for start, end in bars:
        mask = np.zeros((size, size), np.uint8)
        ends = [tuple(round(v) for v in p) for p in (start, end)]
        cv2.line(mask, ends[0], ends[1], 1, width)
        masks.append(mask.astype(bool))
        absorbance += mask * np.float32(0.7)
    smooth = cv2.GaussianBlur(230 * np.exp(-absorbance), (0, 0), 1.2)
    noise = np.random.default_rng(0).normal(0, 2, smooth.shape)
    return np.clip(smooth + noise, 0, 255).astype(np.uint8), masks


def _boxes(masks: list[np.ndarray], margin: int = MARGIN) -> np.ndarray:
    rows = []
    for mask in masks:
        ys, xs = np.nonzero(mask)
        rows.append([xs.min() - margin, ys.min() - margin, xs.max() + 1 + margin, ys.max() + 1 + margin])
    return np.array(rows, dtype=np.float64)


def _iou(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / (a | b).sum())


# three lone bars, so that a cell has a margin and a width to learn from
LONE: list[tuple[Point, Point]] = [((20, 20), (20, 70)), ((50, 25), (85, 25)), ((20, 110), (20, 150))]


def test_a_lone_chromosome_is_its_blob() -> None:
    grey, truth = _picture([*LONE, ((120, 120), (180, 160))])
    found = masks_from_boxes(grey, _boxes(truth))
    for one, mask in zip(found, truth, strict=True):
        assert one.isolated
        assert one.certain
        assert _iou(one.full(*grey.shape), mask) > 0.88
    tilted = found[3].box
    wanted = Box.from_axis((120, 120), (180, 160), 17)
    wanted = Box.rotated(wanted.cx, wanted.cy, 17, wanted.h + 17, wanted.angle)
    assert iou_rotated(tilted.to_array(), wanted.to_array())[0, 0] > 0.85
    assert abs(math.sin(tilted.angle - wanted.angle)) < 0.06  # the axis, in either direction
    assert np.allclose(found[3].axis.mean(0), (150, 140), atol=4)


def test_crossing_chromosomes_share_the_pixels_of_the_crossing() -> None:
    grey, truth = _picture([*LONE, ((100, 100), (190, 180)), ((110, 185), (180, 95))])
    found = masks_from_boxes(grey, _boxes(truth))
    first, second = (found[k].full(*grey.shape) for k in (3, 4))
    assert not found[3].isolated
    assert _iou(first, truth[3]) > 0.8
    assert _iou(second, truth[4]) > 0.8
    common = truth[3] & truth[4]
    assert (first & second & common).sum() > 0.8 * common.sum()
    assert found[3].certain
    assert found[4].certain


def test_two_chromosomes_in_one_line_are_parted_by_their_boxes() -> None:
    grey, truth = _picture([*LONE, ((100, 60), (100, 110)), ((100, 127), (100, 190))])
    found = masks_from_boxes(grey, _boxes(truth))
    assert not found[3].isolated
    for k in (3, 4):
        assert _iou(found[k].full(*grey.shape), truth[k]) > 0.8
    assert found[3].box.h == pytest.approx(67, abs=7)


def test_two_chromosomes_side_by_side_are_parted_along_their_lines() -> None:
    grey, truth = _picture([*LONE, ((100, 60), (100, 140)), ((116, 70), (116, 150))])
    found = masks_from_boxes(grey, _boxes(truth))
    for k in (3, 4):
        assert _iou(found[k].full(*grey.shape), truth[k]) > 0.75


def test_a_nucleus_is_background() -> None:
    grey, truth = _picture(LONE)
    cv2.circle(grey, (170, 170), 45, 90, -1)
    front = find_foreground(grey, _boxes(truth))
    assert front.mask[150:190, 150:190].mean() < 0.25
    assert front.width == pytest.approx(17, abs=3.5)


def test_an_empty_box_is_not_certain() -> None:
    grey, truth = _picture(LONE)
    boxes = np.concatenate([_boxes(truth), [[120, 120, 170, 170]]])
    found = masks_from_boxes(grey, boxes)
    assert not found[3].certain
    assert found[3].confidence < 0.3
    assert all(m.certain for m in found[:3])


def test_boxes_without_margin_and_over_the_frame_work() -> None:
    grey, truth = _picture([*LONE, ((200, 120), (240, 120))])
    truth[3][:, 220:] = False
    boxes = _boxes(truth, margin=0)
    boxes[3, 2] = 260.0
    found = masks_from_boxes(grey, boxes)
    assert all(_iou(m.full(*grey.shape), t) > 0.85 for m, t in zip(found, truth, strict=True))


def test_wrong_input_gets_a_sentence() -> None:
    grey = np.full((50, 50), 220, np.uint8)
    assert masks_from_boxes(grey, np.zeros((0, 4))) == []
    with pytest.raises(KaryoViewError, match="shape"):
        masks_from_boxes(grey, np.zeros((2, 5)))
    with pytest.raises(KaryoViewError, match="8-bit grey"):
        masks_from_boxes(np.zeros((5, 5, 3), np.uint8), np.zeros((1, 4)))  # type: ignore[arg-type]
    blank = masks_from_boxes(grey, [[5, 5, 30, 30]])[0]
    assert not blank.certain


def test_quality_on_made_cells_is_high_where_masks_are_certain() -> None:
    from karyotrain.data.synthesis import make_cell

    rows = []
    severe = 0.0
    for seed in range(3):
        cell = make_cell(seed=seed)
        severe += cell.severe_overlap() / 3
        truths = [t.full_mask(cell.image.shape) for t in cell.truth]
        rows.append(measure_masks(cell.image, cell.boxes(), truths, [t.box for t in cell.truth]))
    table = np.concatenate(rows)
    certain = table[:, 3] > 0
    assert certain.mean() > 0.6
    assert table[certain, 0].mean() > 0.85
    assert (table[certain, 0] >= 0.7).mean() > 0.93
    assert (table[certain, 1] >= 0.5).mean() > 0.95
    text = print_quality(rows, severe)
    assert text.startswith("3 pasted cells, severe overlap")
    assert "certain" in text


@pytest.mark.real
def test_real_boxes_get_masks_quickly(real_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import json

    document = json.loads((real_data / "taichung" / "train.json").read_text())
    rows: dict[int, list[list[float]]] = {}
    for a in document["annotations"]:
        x, y, w, h = a["bbox"]
        rows.setdefault(a["image_id"], []).append([x, y, x + w, y + h])
    certain = total = 0
    seconds = []
    for info in document["images"][:12]:
        grey = cv2.imread(str(real_data / "taichung" / "images" / info["file_name"]), cv2.IMREAD_GRAYSCALE)
        began = time.process_time()
        found = masks_from_boxes(grey, rows[info["id"]])
        seconds.append(time.process_time() - began)
        certain += sum(m.certain for m in found)
        total += len(found)
        for one, box in zip(found, rows[info["id"]], strict=True):
            assert one.mask.shape[1] <= box[2] - box[0] + 4
    with capsys.disabled():
        print(f"\nreal cells: {np.mean(seconds):.3f} s of one core an image, {100 * certain / total:.1f} % certain")
    assert certain > 0.7 * total


def test_doubtful_doubles_take_nothing_from_boxes_that_count() -> None:
    bars: list[tuple[Point, Point]] = [*LONE, ((110, 60), (190, 140)), ((190, 60), (110, 140)), ((60, 180), (130, 180))]
    grey, truth = _picture(bars)
    boxes = _boxes(truth)
    doubles = boxes[3:] + np.array([6.0, -4.0, 2.0, 5.0])
    alone = masks_from_boxes(grey, boxes)
    one_pass = masks_from_boxes(grey, np.concatenate([boxes, doubles]), counted=len(boxes))
    assert len(one_pass) == len(boxes) + len(doubles)
    for one, other in zip(alone, one_pass, strict=False):
        assert _iou(one.full(*grey.shape), other.full(*grey.shape)) > 0.99
    later = masks_from_boxes(grey, np.concatenate([boxes, doubles]), start=len(boxes), counted=len(boxes))
    assert [m.mask.shape for m in later] == [m.mask.shape for m in one_pass[len(boxes) :]]
    assert len(masks_from_boxes(grey, doubles, counted=0)) == len(doubles)
