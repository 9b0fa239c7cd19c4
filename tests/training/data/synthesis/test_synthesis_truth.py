"""The truth of made cells is exact: boxes, axes, overlap, crossings, and the files they are written to."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from karyotrain.data.synthesis import SyntheticCell, make_cell, write_case
from karyotrain.data.synthesis.truth import Placed, cell_truth, least_box, sum_iog
from pycocotools import mask as coco_mask

from karyoview.case.case import Case
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.io.images import read_image


def bar(length: int, width: int, at: tuple[int, int], upright: bool = True, reverse: bool = False) -> Placed:
    shape = (length, width) if upright else (width, length)
    mask = np.ones(shape, dtype=bool)
    steps = np.linspace(0, length, 20)
    middle = np.full(20, width / 2)
    axis = np.stack([middle, steps] if upright else [steps, middle], 1) + at
    return Placed(3, mask.astype(np.float32) * 0.5, mask, at, axis[::-1] if reverse else axis, None)


@pytest.mark.parametrize(
    ("upright", "reverse", "angle"),
    [(True, False, 0.0), (True, True, math.pi), (False, False, -math.pi / 2), (False, True, math.pi / 2)],
)
def test_box_of_a_bar_has_its_short_arm_up_at_angle_zero(upright: bool, reverse: bool, angle: float) -> None:
    item = bar(40, 10, (20, 30), upright, reverse)
    box = least_box(item.mask, item.offset, item.axis)
    assert (box.w, box.h) == pytest.approx((10, 40), abs=1e-3)
    assert math.cos(box.angle - angle) == pytest.approx(1.0, abs=1e-6)
    centre = (25, 50) if upright else (40, 35)
    assert (box.cx, box.cy) == pytest.approx(centre, abs=1e-3)


def test_overlap_and_crossing_of_two_bars() -> None:
    truth = cell_truth([bar(60, 10, (50, 20)), bar(60, 10, (25, 45), upright=False), bar(20, 8, (120, 5))], (120, 150))
    assert [t.overlap_pixels for t in truth] == [100, 100, 0]
    ((x, y, other),) = truth[0].crossings
    assert (x, y) == pytest.approx((55, 50))
    assert other == 1
    assert truth[1].crossings[0][2] == 0
    assert truth[2].crossings == ()


def test_frame_cuts_masks_and_drops_what_is_hardly_seen() -> None:
    truth = cell_truth([bar(60, 10, (5, -20)), bar(60, 10, (40, -50))], (100, 100))
    assert len(truth) == 1
    assert truth[0].horizontal == Box.from_xyxy(5, 0, 15, 40)
    assert truth[0].mask.sum() == 400


def test_sum_iog() -> None:
    boxes = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [0, 0, 10, 20], [50, 50, 60, 60]], dtype=float)
    assert sum_iog(boxes) == pytest.approx([1.5, 1.0, 0.75, 0.0])


def test_boxes_fit_their_masks(cells: list[SyntheticCell]) -> None:
    for cell in cells:
        for item in cell.truth:
            y, x = np.nonzero(item.full_mask(cell.image.shape))
            assert item.horizontal == Box.from_xyxy(x.min(), y.min(), x.max() + 1, y.max() + 1)
            grown = Box.rotated(item.box.cx, item.box.cy, item.box.w + 0.02, item.box.h + 0.02, item.box.angle)
            assert all(grown.contains(float(a) + 0.5, float(b) + 0.5) for a, b in zip(x[::7], y[::7], strict=True))
            assert item.box.w * item.box.h <= item.horizontal.w * item.horizontal.h + 1e-6


def test_p_end_lies_towards_the_top_of_the_box(cells: list[SyntheticCell]) -> None:
    right = 0
    for item in (t for cell in cells for t in cell.truth):
        towards_p = np.array([math.sin(item.box.angle), -math.cos(item.box.angle)])
        third = max(len(item.axis) // 3, 1)
        right += bool((item.axis[:third].mean(0) - item.axis[-third:].mean(0)) @ towards_p > 0)
    assert right == sum(len(cell.truth) for cell in cells)


def test_overlap_pixels_are_those_of_the_masks(cells: list[SyntheticCell]) -> None:
    cell = max(cells, key=lambda c: c.severe_overlap())
    masks = np.stack([t.full_mask(cell.image.shape) for t in cell.truth])
    shared = masks.sum(0) > 1
    assert [int((m & shared).sum()) for m in masks] == [t.overlap_pixels for t in cell.truth]
    for index, item in enumerate(cell.truth):
        for x, y, other in item.crossings:
            back = cell.truth[other].crossings
            assert any((a, b, c) == (x, y, index) for a, b, c in back)


def test_axis_lies_in_its_mask(cells: list[SyntheticCell]) -> None:
    for cell in cells:
        for item in cell.truth:
            inside = item.full_mask(cell.image.shape)
            x, y = (item.axis[1:-1] - 0.5).round().astype(int).T
            seen = (x >= 0) & (y >= 0) & (x < inside.shape[1]) & (y < inside.shape[0])
            assert inside[y[seen], x[seen]].mean() > 0.95


# pycocotools is not yet written for the __array__ of NumPy 2.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_written_case_reads_as_coco_and_as_a_case(cells: list[SyntheticCell], tmp_path: Path) -> None:
    path = write_case(tmp_path / "made", cells[:2], info={"seed": 1})
    document = json.loads(path.read_text())
    assert [i["karyotype"] for i in document["images"]] == ["46,XX", "46,XY"]
    assert [c["id"] for c in document["categories"]] == list(range(1, 25))
    for row in document["images"]:
        cell = cells[row["id"] - 1]
        assert np.array_equal(read_image(path.parent / row["file_name"]).pixels, cell.image)
        rows = [a for a in document["annotations"] if a["image_id"] == row["id"]]
        assert len(rows) == len(cell.truth)
        for a, item in zip(rows, cell.truth, strict=True):
            assert np.array_equal(coco_mask.decode(a["segmentation"]).astype(bool), item.full_mask(cell.image.shape))
            assert a["category_id"] == item.label + 1
            assert Box.rotated(*a["rotated_box"]).h == pytest.approx(item.box.h, abs=1e-3)
            for _, _, other in a["crossings"]:
                assert any(c[2] == a["id"] for c in document["annotations"][other - 1]["crossings"])
    with Case.open(path.parent) as case:
        assert [c.image for c in case.cells] == ["cell-001.png", "cell-002.png"]
        assert not any(case.annotation(c.image).chromosomes for c in case.cells)


def test_sixteen_bits_survive_the_file(tmp_path: Path) -> None:
    cell = make_cell(seed=3, size=(300, 320), bits=16)
    write_case(tmp_path / "made", [cell], form="tif")
    read = read_image(tmp_path / "made" / "cell-001.tif")
    assert read.pixels.dtype == np.uint16
    assert np.array_equal(read.pixels, cell.image)


def test_bad_orders_of_writing_are_sentences(tmp_path: Path, cells: list[SyntheticCell]) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(KaryoViewError, match="is not empty"):
        write_case(tmp_path, cells[:1])
    with pytest.raises(KaryoViewError, match="no picture form 'gif'"):
        write_case(tmp_path / "new", cells[:1], form="gif")
    with pytest.raises(KaryoViewError, match="8 bits"):
        write_case(tmp_path / "deep", [make_cell(size=(100, 100), bits=16)], form="webp")
