"""``karyoview masks`` on a COCO file and on a case."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.case.case import Case
from karyoview.cli import run
from karyoview.core.annotation import ReviewedChromosome
from karyoview.core.geometry import Box
from karyoview.core.runlength import decode_mask

BARS = [((30, 30), (30, 90)), ((70, 40), (120, 40)), ((70, 90), (130, 130)), ((30, 130), (30, 180))]


def _cell(folder: Path, name: str = "cell.png") -> tuple[list[np.ndarray], list[list[float]]]:
    """A drawn cell in ``folder``; → its masks and boxes x, y, w, h."""
    grey = np.full((200, 200), 225, np.uint8)
    masks, boxes = [], []
    for start, end in BARS:
        mask = np.zeros_like(grey)
        cv2.line(mask, start, end, 1, 15)
        grey[mask > 0] = 110
        ys, xs = np.nonzero(mask)
        masks.append(mask.astype(bool))
        boxes.append([float(v) for v in (xs.min() - 4, ys.min() - 4, np.ptp(xs) + 9, np.ptp(ys) + 9)])
    folder.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(folder / name), cv2.GaussianBlur(grey, (0, 0), 1.0))
    return masks, boxes


@pytest.fixture
def coco(tmp_path: Path) -> tuple[Path, list[np.ndarray]]:
    masks, boxes = _cell(tmp_path / "images")
    boxes.append([150.0, 150.0, 40.0, 40.0])  # nothing is there
    document = {
        "images": [{"id": 1, "file_name": "cell.png", "width": 200, "height": 200}],
        "annotations": [
            {"id": k + 1, "image_id": 1, "category_id": 1, "bbox": box, "area": box[2] * box[3], "iscrowd": 0}
            for k, box in enumerate(boxes)
        ],
        "categories": [{"id": 1, "name": "A1"}],
    }
    path = tmp_path / "boxes.json"
    path.write_text(json.dumps(document))
    return path, masks


def test_a_coco_file_gets_masks_and_rotated_boxes(
    coco: tuple[Path, list[np.ndarray]], capsys: pytest.CaptureFixture[str]
) -> None:
    path, masks = coco
    output = path.parent / "masks.json"
    assert run(["masks", str(path), "--output", str(output)]) == 0
    assert "5 boxes, 4 isolated, 4 certain (80.0 %)" in capsys.readouterr().err
    document = json.loads(output.read_text())
    rows = sorted(document["annotations"], key=lambda a: a["id"])
    for row, mask in zip(rows, masks, strict=False):
        found = decode_mask(row["segmentation"]["counts"], (200, 200))
        assert (found & mask).sum() / (found | mask).sum() > 0.8
        assert row["polarity_known"] is False
        assert len(row["rotated_box"]) == 5
        assert row["category_id"] == 1
        assert row["mask_confidence"] > 0.8
    assert "segmentation" not in rows[4]
    assert "rotated_box" not in rows[4]
    assert rows[4]["mask_confidence"] < 0.5


def test_training_reads_what_it_writes(coco: tuple[Path, list[np.ndarray]]) -> None:
    from karyotrain.data.dataset import load

    path, _ = coco
    output = path.parent / "masks.json"
    run(["masks", str(path), "--output", str(output)])
    cell = load(output, "all")[0]
    assert cell.rotated_valid.tolist() == [True, True, True, True, False]
    assert not cell.polarity_valid.any()
    assert [bool(m.any()) for m in cell.decoded_masks()] == [True, True, True, True, False]


def test_a_case_keeps_its_boxes_and_gains_masks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, boxes = _cell(tmp_path / "case")
    with Case.open(tmp_path / "case", user="a") as case:
        annotation = case.annotation("cell.png")
        chromosomes = tuple(ReviewedChromosome(f"c{k}", Box.from_xywh(*box), label=k) for k, box in enumerate(boxes))
        from dataclasses import replace

        case.save_annotation(replace(annotation, size=(200, 200), chromosomes=chromosomes, revision=1), "drawn")
    assert run(["masks", str(tmp_path / "case"), "--save"]) == 0
    assert "4 masks stored" in capsys.readouterr().err
    with Case.open(tmp_path / "case", read_only=True) as case:
        after = case.annotation("cell.png")
    assert [c.box for c in after.chromosomes] == [c.box for c in chromosomes]
    assert all(c.mask and len(c.axis) > 1 for c in after.chromosomes)
    assert after.revision == 2
    assert run(["masks", str(tmp_path / "case"), "--save"]) == 0
    assert "0 masks stored" in capsys.readouterr().err


def test_wrong_use_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["masks", str(tmp_path / "none.json")]) == 1
    assert "neither a case folder nor a COCO file" in capsys.readouterr().err
    assert run(["masks", str(tmp_path), "--check", "3"]) == 2
    (tmp_path / "a.json").write_text("{}")
    assert run(["masks", str(tmp_path / "a.json"), "--save"]) == 2
