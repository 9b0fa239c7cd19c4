"""Single chromosomes by class folder, and karyograms without metaphases, as crops that the classifier learns from."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.data import straight_crops as straight
from karyotrain.data.archive_crops import archive_cells, class_of_folder, cut_archive, dark_on_white
from karyotrain.data.archive_crops import main as cut
from karyotrain.data.errors import DataError
from karyotrain.data.straight_crops import StraightCropSet


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("1", 0), ("chr07", 6), ("X", 22), ("Chromosome 22", 21), ("E16", 15), ("class_y", 23), ("23", None),
        ("old", None),
    ],
)  # fmt: skip
def test_folders_are_named_by_classes_in_many_ways(name: str, label: int | None) -> None:
    assert class_of_folder(name) == label


def crop(length: int, angle: float, bright: bool) -> np.ndarray:
    """A banded rod in a small picture of its own."""
    plate = np.full((length + 20, length + 20), 235, np.uint8)
    for k, y in enumerate(range(-length // 2, length // 2, 6)):
        middle = (plate.shape[0] / 2 - np.sin(angle) * y, plate.shape[0] / 2 + np.cos(angle) * y)
        cv2.circle(plate, (round(middle[0]), round(middle[1])), 6, 80 if k % 2 else 140, -1)
    return 255 - plate if bright else plate


def test_crops_upright_or_not_dark_or_bright_are_straightened(tmp_path: Path) -> None:
    for number, name in enumerate(("1", "2", "6", "13", "21", "X")):
        folder = tmp_path / "crops" / name
        folder.mkdir(parents=True)
        for k in range(4):
            cv2.imwrite(str(folder / f"{k}.png"), crop(80 - 10 * number, 0.7 * k, bright=k % 2 == 1))
    (tmp_path / "crops" / "1" / "9.png").write_bytes(b"no picture")
    cells = archive_cells([tmp_path / "crops"])
    assert [len(c.crops) for c in cells] == [12, 12, 1]
    left_out = cut_archive([tmp_path / "crops"], "ours", tmp_path / "straight")
    assert len(left_out) == 1
    assert "9.png" in left_out[0]
    found = StraightCropSet(tmp_path / "straight", "ours")
    assert len(found.table) == 24
    assert sorted(set(found.table[:, straight.LABEL].tolist())) == [0, 1, 5, 12, 20, 22]
    # Straightened means upright: much taller than wide, whatever the angle was.
    masks = found.read(np.arange(24))[:, 1] > 100
    tall = np.array([np.ptp(np.flatnonzero(m.any(1))) for m in masks])
    wide = np.array([np.ptp(np.flatnonzero(m.any(0))) for m in masks])
    assert (tall > 1.3 * wide)[found.table[:, straight.LABEL] < 6].all()


def test_ground_of_any_level_becomes_white() -> None:
    dark, bright = (dark_on_white(crop(60, 0.3, b)) for b in (False, True))
    assert dark[0, 0] == bright[0, 0] == 255
    assert np.abs(dark.astype(int) - bright.astype(int)).max() <= 1
    assert dark.min() < 130


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((200, 200), 250, np.uint8))
    with pytest.raises(DataError, match=r"None of the 1 cells can be used; the first: .*hardly any chromosomes"):
        cut([str(tmp_path), "--name", "ours", "--output", str(tmp_path / "straight")])
    with pytest.raises(DataError, match="no name for a laboratory"):
        cut_archive([tmp_path], "xu", tmp_path / "straight")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no pictures"):
        archive_cells([tmp_path / "empty"])
