"""Cells drawn with a few strokes, for tests of the trainer: enough to learn from in seconds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.data import looks
from karyotrain.data import straight_crops as straight
from karyotrain.data.crops import NOTHING
from karyotrain.data.straight_crops import Straightened

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.geometry import capsule_bounds
from karyoview.core.runlength import encode_mask


def draw_cell(seed: int, count: int, size: tuple[int, int] = (150, 180)) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Pixels (H, W) uint8, rotated boxes (N, 5) and masks; up to six capsules stand apart, more of them cross."""
    rng = np.random.default_rng(seed)
    height, width = size
    pixels = np.full(size, 225, np.uint8)
    boxes, masks = [], []
    for i in range(count):
        x = 30 + (i % 3) * (width - 60) / 2 + rng.uniform(-6, 6)
        y = 35 + (i // 3) * (height - 70) + rng.uniform(-4, 4)
        if i >= 6:
            x, y = rng.uniform(30, width - 30), rng.uniform(30, height - 30)
        w, h, angle = rng.uniform(9, 12), rng.uniform(28, 44), rng.uniform(-3, 3)
        mask = _capsule(size, np.array([x, y]), w, h, angle)
        pixels[mask > 0] = np.minimum(pixels[mask > 0], 90 + 8 * i)
        boxes.append((x, y, w, h, angle))
        masks.append(encode_mask(mask))
    pixels = cv2.GaussianBlur(pixels, (0, 0), 0.8)
    return np.clip(pixels + rng.normal(0, 2, size), 0, 255).astype(np.uint8), np.array(boxes), masks


def _capsule(size: tuple[int, int], centre: np.ndarray, w: float, h: float, angle: float) -> np.ndarray:
    """Pixels whose centre lies within w / 2 of the segment of length h − w."""
    rows, columns = np.mgrid[: size[0], : size[1]]
    offset = np.stack([columns + 0.5, rows + 0.5], -1) - centre
    along = np.array([np.sin(angle), -np.cos(angle)])
    nearest = np.clip(offset @ along, -(h - w) / 2, (h - w) / 2)[..., None] * along
    return (np.linalg.norm(offset - nearest, axis=-1) <= w / 2).astype(np.uint8)


def write_set(folder: Path, images: int = 12, cases: int = 6, count: int = 6) -> Path:
    """A COCO data set of drawn cells with rotated boxes, masks, classes and cases; all in train.json."""
    (folder / "images").mkdir(parents=True)
    document: dict = {"images": [], "annotations": []}
    document["categories"] = [{"id": i + 1, "name": n} for i, n in enumerate(CLASS_NAMES)]
    for i in range(images):
        pixels, boxes, masks = draw_cell(i, count)
        cv2.imwrite(str(folder / "images" / f"{i}.png"), pixels)
        height, width = pixels.shape
        document["images"].append(
            {"id": i, "file_name": f"{i}.png", "width": width, "height": height, "case": f"c{i % cases}"}
        )
        for k, (box, mask) in enumerate(zip(boxes, masks, strict=True)):
            x1, y1, x2, y2 = map(float, capsule_bounds(box[None])[0])
            document["annotations"].append({
                "id": len(document["annotations"]) + 1, "image_id": i, "category_id": (5 * k) % 24 + 1, "iscrowd": 0,
                "bbox": [x1, y1, x2 - x1, y2 - y1], "rotated_box": box.tolist(),
                "segmentation": {"size": [height, width], "counts": mask},
            })  # fmt: skip
    (folder / "train.json").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="session")
def drawn_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve drawn cells of six cases."""
    return write_set(tmp_path_factory.mktemp("drawn") / "set")


@pytest.fixture(scope="session")
def crowded_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two drawn cells of one case each, where chromosomes touch and cross."""
    return write_set(tmp_path_factory.mktemp("crowded") / "set", images=2, cases=2, count=16)


def write_crops(folder: Path, split: str, n: int, seed: int) -> None:
    """Crops whose class is where a bar lies, and crops of nothing without one."""
    rng = np.random.default_rng(seed)
    labels = rng.choice([2, 7, NOTHING], n)
    crops = rng.integers(0, 40, (n, 2, 192, 32)).astype(np.uint8)
    for crop, label in zip(crops, labels, strict=True):
        if label != NOTHING:
            crop[0, 30:60] = 0
            middle = 96 if label == 2 else 70
            crop[0, middle - 8 : middle + 8] = 220
            crop[1, 20:172] = 255
    folder.mkdir(exist_ok=True)
    np.save(folder / f"{split}-000.crops.npy", crops)
    np.save(
        folder / f"{split}-000.table.npy",
        np.stack([np.arange(n), labels, np.full(n, 90), np.ones(n)], 1).astype(np.int32),
    )


@pytest.fixture(scope="session")
def made_crops() -> Callable[[Path, str, int, int], None]:
    """Writes ``count`` crops of a split into a folder: two classes, and what is no chromosome."""
    return write_crops


HELD_MARK = 77
"""Darkness of the first pixel of every crop that no training may show."""


@pytest.fixture(scope="session")
def drawn_chromosomes() -> Straightened:
    """The straightened chromosomes of a drawn man that lie apart in his cell."""
    return looks.drawn_chromosomes(5)


@pytest.fixture(scope="session")
def straight_crops(tmp_path_factory: pytest.TempPathFactory, drawn_chromosomes: Straightened) -> Path:
    """Shards named as three laboratories and a measured one, of one drawn cell; held-out crops are marked.

    One chromosome in eight of the cells that teach is doubtful.
    """
    folder = tmp_path_factory.mktemp("straight")
    shards = {
        "taichung-fit-000": {0: True, 1: True}, "taichung-train-000": {0: False, 3: False},
        "padova-all-000": {2: False, 3: True, 4: False, 10: True}, "pampaj-all-000": {0: False, 2: True, 5: True},
        "xu-all-000": {0: True, 1: True},
    }  # fmt: skip
    for name, cells in shards.items():
        crops, rows = [], []
        for cell, held in cells.items():
            times = 3 if name.startswith("pampaj") else 1  # a slide of three cells
            crop, row = np.tile(drawn_chromosomes.crops, (times, 1, 1, 1)), np.tile(drawn_chromosomes.rows, (times, 1))
            row[:, straight.CELL] = cell
            crop[:, 0, 0, 0] = HELD_MARK if held else 0
            if not held:
                row[::8, straight.CONFIDENCE] = 30
            crops.append(crop)
            rows.append(row)
        np.save(folder / f"{name}.crops.npy", np.concatenate(crops))
        np.save(folder / f"{name}.table.npy", np.concatenate(rows))
    return folder
