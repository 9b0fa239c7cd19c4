"""Planes of a stack as one picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile

from karyoview.cli import run
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.projection import project
from karyoview.io.images import read_image


def planes() -> list[np.ndarray]:
    """Two rods, each sharp in another plane."""
    sharp = np.full((80, 120), 230, np.uint8)
    sharp[20:60, 20:30] = 60
    sharp[20:60, 90:100] = 60
    soft = cv2.GaussianBlur(sharp, (0, 0), 5)
    first, second = sharp.copy(), sharp.copy()
    first[:, 60:], second[:, :60] = soft[:, 60:], soft[:, :60]
    return [first, second]


def test_focus_takes_each_place_from_its_sharpest_plane() -> None:
    made = project(planes(), "focus")
    assert made.dtype == np.uint8
    for x in (25, 95):
        assert made[40, x] == 60
        assert abs(int(made[40, x + 10]) - 230) < 6


def test_maximum_keeps_what_stands_out_on_either_ground() -> None:
    dark = project(planes(), "maximum")
    assert (dark[40, 25], dark[40, 95]) == (60, 60)
    light = project([255 - p for p in planes()], "maximum")
    assert np.array_equal(light, 255 - dark)


def test_what_cannot_be_projected_is_one_sentence() -> None:
    for odd, way in (([], "focus"), ([np.zeros((2, 2)), np.zeros((3, 3))], "focus"), (planes(), "mean")):
        with pytest.raises(KaryoViewError):
            project(odd, way)


def test_the_command_keeps_depth_and_scale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack = np.stack(planes()).astype(np.uint16) * 16
    path = tmp_path / "s.ome.tif"
    tifffile.imwrite(path, stack, metadata={"axes": "ZYX", "PhysicalSizeX": 0.1, "PhysicalSizeXUnit": "µm"})
    assert run(["project", str(path), str(tmp_path / "a.tif")]) == 0
    made = read_image(tmp_path / "a.tif")
    assert (made.pixels.dtype, made.pixels[40, 25], made.pixels[40, 95]) == (np.uint16, 960, 960)
    assert made.um_per_pixel == pytest.approx(0.1)
    assert run(["project", str(path), str(tmp_path / "a.tif")]) == 1
    assert run(["project", str(path), str(tmp_path / "b.tif"), "--picture", "2"]) == 1
    assert "there is no picture 2" in capsys.readouterr().err
