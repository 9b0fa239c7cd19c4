"""The pictures of a truth: found by name and page, and drawn where there is a prediction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from karyoview.core.metrics import ImagePrediction, ImageTruth
from karyoview.services.evaluate import Predictions, Truths
from karyoview.services.truth_pictures import draw_pictures, sources_of


def truth(image: str) -> ImageTruth:
    return ImageTruth(image, np.array([[10.0, 10, 30, 40]]), np.array([3]))


def prediction(image: str) -> ImagePrediction:
    return ImagePrediction(image, np.array([[11.0, 10, 30, 41]]), np.array([3]), np.array([0.9]))


def stack(folder: Path) -> Path:
    pages = [Image.fromarray(np.full((60, 80), grey, np.uint8)) for grey in (200, 90, 240)]
    pages[0].save(folder / "s.tif", save_all=True, append_images=pages[1:])
    return folder / "s.tif"


def test_a_page_is_meant_by_its_name_unless_the_file_itself_is_named_so(tmp_path: Path) -> None:
    names = ("s.tif", "s.tif.p2", "b.png.p1", "gone.png")
    path = stack(tmp_path)
    places = {"s.tif": path, "s.tif.p2": path, "b.png.p1": tmp_path / "b.png.p1", "gone.png": None}
    sources, lost = sources_of(Truths(tuple(truth(n) for n in names), places))
    assert [(s.name, s.path.name, s.page) for s in sources] == [
        ("s.tif", "s.tif", 0), ("s.tif.p2", "s.tif", 2), ("b.png.p1", "b.png.p1", 0),
    ]  # fmt: skip
    assert lost == ["gone.png"]


def test_only_cells_with_a_prediction_are_drawn_and_unreadable_ones_counted(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no image")
    places = {"s.tif.p1": stack(tmp_path), "broken.png": tmp_path / "broken.png", "other.png": None, "gone.png": None}
    truths = Truths(tuple(truth(n) for n in places), places)
    found = Predictions(tuple(prediction(n) for n in ("s.tif.p1", "broken.png", "gone.png")), None, 0.5, "E")
    (tmp_path / "out").mkdir()
    assert draw_pictures(tmp_path / "out", truths, found, 0.5) == (1, 2)
    (drawn,) = (tmp_path / "out").iterdir()
    assert drawn.name == "s.tif.p1.png"
    assert np.asarray(Image.open(drawn).convert("L")).min() < 100
