"""Labelled cells: every source gives the same samples, splits are by case, changes carry the boxes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.data.augment import PRESETS, Augmentation, transform
from karyotrain.data.dataset import CellSet, Sample, calibration_cases, load, pack, to_target
from karyotrain.data.errors import DataError

from karyoview.core.geometry import Box, capsule_bounds, iou_rotated, iou_xyxy


def _bounds_of_masks(sample: Sample) -> np.ndarray:
    rows = []
    for mask in sample.decoded_masks():
        ys, xs = np.nonzero(mask)
        rows.append((xs.min(), ys.min(), xs.max() + 1, ys.max() + 1))
    return np.array(rows, float)


def test_a_coco_set_is_read_whole(drawn_set: Path) -> None:
    cells = load(drawn_set, "all")
    assert len(cells) == 12
    assert cells.cases() == ("c0", "c1", "c2", "c3", "c4", "c5")
    sample = cells[0]
    assert (sample.pixels.dtype, sample.pixels.shape) == (np.uint8, (150, 180))
    assert (sample.boxes.dtype, sample.boxes.shape, sample.rotated.shape) == (np.float32, (6, 4), (6, 5))
    assert sample.labels.tolist() == [0, 5, 10, 15, 20, 1]
    assert sample.rotated_valid.all()
    np.testing.assert_allclose(sample.boxes, capsule_bounds(sample.rotated), atol=1e-3)
    assert np.diag(iou_xyxy(_bounds_of_masks(sample), sample.boxes)).min() > 0.85
    statistics = cells.statistics()
    assert (statistics["chromosomes"], statistics["rotated"], statistics["classes"]["A1"]) == (72, 72, 12)


def test_scaling_scales_everything(drawn_set: Path) -> None:
    whole, half = load(drawn_set, "all")[0], load(drawn_set, "all", scale=0.5)[0]
    assert half.pixels.shape == (75, 90)
    assert half.scale == 0.5
    np.testing.assert_allclose(2 * half.boxes, whole.boxes, atol=1e-3)
    np.testing.assert_allclose(half.rotated[:, 4], whole.rotated[:, 4], atol=1e-6)
    assert half.decoded_masks().shape == (6, 75, 90)
    assert np.diag(iou_xyxy(_bounds_of_masks(half), half.boxes)).min() > 0.7


def test_one_width_for_all_images(drawn_set: Path, tmp_path: Path) -> None:
    """The same cells at twice the size come back at the same scale when a width is asked for."""
    pack(drawn_set, tmp_path / "twice", scale=2.0, splits=("train",))
    small, large = load(drawn_set, "all", width=8.0), load(tmp_path / "twice", "all", width=8.0)
    for a, b in zip(small, large, strict=True):
        assert b.pixels.shape == pytest.approx(a.pixels.shape, rel=0.12)


def test_the_split_is_by_case_and_steady(drawn_set: Path) -> None:
    train, fit = load(drawn_set, "train"), load(drawn_set, "fit")
    assert set(train.cases()).isdisjoint(fit.cases())
    assert len(train) + len(fit) == 12
    assert len(fit.cases()) == 1  # at most a fifth
    assert load(drawn_set, "val").cases() == fit.cases()  # no val.json: the held-back cases
    assert load(drawn_set, "calibration").cases() == fit.cases()  # "fit" is what earlier versions called it
    names = [f"case {i}" for i in range(1000)]
    chosen = calibration_cases(names)
    assert len(chosen) == 100
    assert chosen == calibration_cases(reversed(names))
    # Taking cases away changes only what was taken away and what moves up in its place.
    assert len(calibration_cases(names[:900]) - chosen) <= 100 - len(chosen & set(names[:900]))


def test_val_is_its_own_file_where_there_is_one(drawn_set: Path, tmp_path: Path) -> None:
    document = json.loads((drawn_set / "train.json").read_text())
    (tmp_path / "images").symlink_to(drawn_set / "images")
    for split, places in (("train", range(10)), ("val", range(10, 12))):
        part = {**document, "images": [document["images"][i] for i in places]}
        (tmp_path / f"{split}.json").write_text(json.dumps(part))
    assert [s.name for s in load(tmp_path, "val")] == ["10.png", "11.png"]
    assert len(load(tmp_path, "all")) == 10


def test_limits_draw_the_same_images_each_time(drawn_set: Path) -> None:
    few = [s.name for s in load(drawn_set, "all", limit=5)]
    assert len(few) == 5
    assert few == [s.name for s in load(drawn_set, "all", limit=5)]
    assert few != [s.name for s in load(drawn_set, "all")][:5]
    assert len(load(drawn_set, "all").subsample(4)) == 4


def test_a_packed_set_gives_the_same_cells(drawn_set: Path, tmp_path: Path) -> None:
    sizes = pack(drawn_set, tmp_path / "packed", scale=0.5, splits=("train",))
    assert 0 < sizes["train"] < 0.1
    for a, b in zip(load(drawn_set, "all", scale=0.5), load(tmp_path / "packed", "all", scale=0.5), strict=True):
        assert (a.case, a.pixels.shape, a.scale) == (b.case, b.pixels.shape, b.scale)
        np.testing.assert_allclose(a.boxes, b.boxes, atol=0.02)
        np.testing.assert_allclose(a.rotated, b.rotated, atol=0.02)
        np.testing.assert_array_equal(a.labels, b.labels)
        assert np.abs(a.pixels.astype(int) - b.pixels).mean() < 3
        np.testing.assert_array_equal(a.decoded_masks(), b.decoded_masks())


def test_outlines_are_found_where_only_horizontal_boxes_are_known(drawn_set: Path) -> None:
    document = json.loads((drawn_set / "train.json").read_text())
    for row in document["annotations"]:
        del row["rotated_box"], row["segmentation"]
    bare = drawn_set.parent / "bare.json"
    bare.write_text(json.dumps(document))
    (drawn_set.parent / "images").symlink_to(drawn_set / "images")
    plain, outlined = load(bare, "all", limit=3), load(bare, "all", limit=3, outlines=True)
    assert not any(s.rotated_valid.any() for s in plain)
    known = {s.name: s for s in load(drawn_set, "all")}
    for sample in outlined:
        assert sample.rotated_valid.mean() > 0.6
        assert not sample.polarity_valid.any()  # nobody said which arm is up
        truth = known[sample.name]
        overlap = np.diag(iou_rotated(sample.rotated, truth.rotated))[sample.rotated_valid]
        assert np.median(overlap) > 0.75


def test_a_synthetic_case_and_a_folder_of_them(drawn_set: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        case = tmp_path / "cases" / name
        case.mkdir(parents=True)
        document = json.loads((drawn_set / "train.json").read_text())
        document["images"] = [{k: v for k, v in i.items() if k != "case"} for i in document["images"][:2]]
        (case / "truth.json").write_text(json.dumps(document))
        for i in (0, 1):
            (case / f"{i}.png").write_bytes((drawn_set / "images" / f"{i}.png").read_bytes())
    assert load(tmp_path / "cases" / "a", "all").cases() == ("a",)
    both = load(tmp_path / "cases", "all")
    assert both.cases() == ("a", "b")
    assert len({s.name for s in both}) == 4  # equal file names of two cases stay apart


def test_what_cannot_be_read_is_said_in_a_sentence(drawn_set: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(DataError, match="neither a COCO data set"):
        load(tmp_path)
    with pytest.raises(DataError, match="no split 'test'"):
        load(drawn_set, "test")
    broken = tmp_path / "broken.json"
    broken.write_text('{"images": 3, "annotations": [], "categories": [{"id": 1, "name": "A1"}]}')
    with pytest.raises(DataError, match="not a COCO detection file"):
        load(broken)
    document = json.loads((drawn_set / "train.json").read_text())
    document["images"][0]["file_name"] = "../../secret.png"
    escaping = tmp_path / "escaping.json"
    escaping.write_text(json.dumps(document))
    with pytest.raises(DataError, match="leaves the folder"):
        load(escaping)
    (tmp_path / "images").mkdir()
    document["images"][0]["file_name"] = "0.png"
    (tmp_path / "images" / "0.png").write_bytes(b"no picture")
    (tmp_path / "one.json").write_text(json.dumps({**document, "images": document["images"][:1]}))
    with pytest.raises(DataError, match="cannot be decoded"):
        load(tmp_path / "one.json", "all")


def test_targets_have_the_agreed_keys_and_types(drawn_set: Path) -> None:
    target = to_target(load(drawn_set, "all")[0], masks=True)
    kinds = {k: (str(v.dtype).removeprefix("torch."), tuple(v.shape)) for k, v in target.items() if k != "image"}
    assert kinds == {
        "boxes": ("float32", (6, 4)), "labels": ("int64", (6,)), "rotated": ("float32", (6, 5)),
        "rotated_valid": ("bool", (6,)), "polarity_valid": ("bool", (6,)), "masks": ("uint8", (6, 150, 180)),
    }  # fmt: skip
    assert target["image"] == "0.png"
    assert "masks" not in to_target(load(drawn_set, "all")[0])


def test_only_cells_that_can_teach(drawn_set: Path) -> None:
    cells = load(drawn_set, "all", limit=3)
    unlabelled = replace(cells[0], labels=np.full(6, -1))
    flat = replace(cells[1], rotated_valid=np.zeros(6, bool))
    mixed = CellSet((unlabelled, flat, cells[2]))
    assert [s.name for s in mixed.with_boxes(classes=True)] == [flat.name, cells[2].name]
    assert [s.name for s in mixed.with_boxes(rotated=True)] == [unlabelled.name, cells[2].name]


@pytest.mark.parametrize("k", range(8))
def test_flips_and_quarter_turns_are_exact(drawn_set: Path, k: int) -> None:
    sample = load(drawn_set, "all")[1]
    turn = np.linalg.matrix_power(np.array([[0.0, -1], [1, 0]]), k % 4)
    matrix = turn @ (np.diag([-1.0, 1]) if k >= 4 else np.eye(2))
    changed = transform(sample, matrix)
    expected = np.rot90(np.fliplr(sample.pixels) if k >= 4 else sample.pixels, -(k % 4))
    np.testing.assert_array_equal(changed.pixels, expected)
    assert np.diag(iou_xyxy(_bounds_of_masks(changed), changed.boxes)).min() > 0.85
    np.testing.assert_allclose(capsule_bounds(changed.rotated), changed.boxes, atol=1e-3)
    # The short arm stays with its chromosome: where p was before, moved, p is now.
    for before, after in zip(sample.rotated.astype(float), changed.rotated.astype(float), strict=True):
        moved = matrix @ Box.rotated(*before).p_direction
        np.testing.assert_allclose(moved, Box.rotated(*after).p_direction, atol=1e-5)


def test_any_angle_makes_the_boxes_anew_from_the_rotated_ones(drawn_set: Path) -> None:
    sample = load(drawn_set, "all")[2]
    c, s = np.cos(0.7), np.sin(0.7)
    changed = transform(sample, 1.3 * np.array([[c, -s], [s, c]]))
    assert np.diag(iou_xyxy(_bounds_of_masks(changed), changed.boxes)).min() > 0.85
    np.testing.assert_allclose(changed.rotated[:, 2:4], 1.3 * sample.rotated[:, 2:4], rtol=1e-5)
    # The pixels went where the boxes say: each capsule's middle is dark, the corners are background.
    for cx, cy, *_ in changed.rotated:
        assert changed.pixels[int(cy), int(cx)] < 180
    assert np.median(changed.pixels) == pytest.approx(np.median(sample.pixels), abs=3)
    flat = replace(sample, rotated_valid=np.zeros(6, bool))
    with pytest.raises(ValueError, match="needs the rotated box"):
        transform(flat, np.array([[c, -s], [s, c]]))
    with pytest.raises(ValueError, match="no similarity"):
        transform(sample, np.diag([1.0, 2.0]))


def test_boxes_without_a_known_rotated_one_stay_upright(drawn_set: Path) -> None:
    sample = replace(load(drawn_set, "all")[2], rotated_valid=np.zeros(6, bool))
    change = PRESETS["strong"]
    for seed in range(20):
        changed = change(sample, np.random.default_rng(seed))
        centres = (changed.boxes[:, :2] + changed.boxes[:, 2:]) / 2
        np.testing.assert_allclose(changed.rotated[:, :2], centres, atol=1e-3)
        assert not changed.rotated[:, 4].any()


def test_the_same_seed_gives_the_same_change_and_the_original_stays(drawn_set: Path) -> None:
    sample = load(drawn_set, "all")[3]
    before = sample.pixels.copy()
    change = PRESETS["strong"]
    a, b, c = (change(sample, np.random.default_rng(s)) for s in (4, 4, 5))
    np.testing.assert_array_equal(a.pixels, b.pixels)
    np.testing.assert_array_equal(a.boxes, b.boxes)
    assert a.pixels.shape != c.pixels.shape or (a.pixels != c.pixels).any()
    np.testing.assert_array_equal(sample.pixels, before)
    still = PRESETS["none"](sample, np.random.default_rng(1))
    np.testing.assert_array_equal(still.pixels, sample.pixels)


@pytest.mark.parametrize(
    "part", ["flip_x", "flip_y", "turn", "rotate", "scale", "contrast", "brightness", "blur", "noise"]
)
def test_each_part_of_a_change_acts(drawn_set: Path, part: str) -> None:
    sample = load(drawn_set, "all")[4]
    strength = {"scale": 0.3, "brightness": 30.0, "blur": 2.0, "noise": 10.0}.get(part, 1.0)
    change = replace(Augmentation(blur_chance=1.0), **{part: strength})
    changed = [change(sample, np.random.default_rng(s)) for s in range(4)]
    assert any(c.pixels.shape != sample.pixels.shape or (c.pixels != sample.pixels).any() for c in changed)
    moves = part in ("flip_x", "flip_y", "turn", "rotate", "scale")
    assert moves == any(c.boxes.shape != sample.boxes.shape or not np.allclose(c.boxes, sample.boxes) for c in changed)


def test_avif_is_read(drawn_set: Path, tmp_path: Path) -> None:
    pytest.importorskip("PIL._avif", reason="this Pillow has no AVIF")
    from PIL import Image

    document = json.loads((drawn_set / "train.json").read_text())
    document["images"] = [{**document["images"][0], "file_name": "0.avif"}]
    pixels = cv2.imread(str(drawn_set / "images" / "0.png"), cv2.IMREAD_GRAYSCALE)
    Image.fromarray(pixels).save(tmp_path / "0.avif", quality=80)
    (tmp_path / "set.json").write_text(json.dumps(document))
    read = load(tmp_path / "set.json", "all")[0].pixels
    assert np.abs(read.astype(int) - pixels).mean() < 4
