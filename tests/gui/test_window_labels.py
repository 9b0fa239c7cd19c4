"""Labels never cover a chromosome, and the canvas looks as it was pinned."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from karyoview.imaging.label_places import BackgroundMap, place

SNAPSHOTS = Path(__file__).parent / "snapshots"


def test_labels_cover_no_chromosome_and_no_other_label(driver, case_folder: Path) -> None:
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    transform = driver.view.transform_to_screen()
    inverse, _ = transform.inverted()
    rects = driver.view.layer.label_rects(transform)
    pixels = driver.window.images.get("c00.png").pixels
    assert len(rects) == 46
    for rect in rects:
        r = inverse.mapRect(rect.adjusted(2, 2, -2, -2))
        part = pixels[max(int(r.top()), 0) : int(r.bottom()) + 1, max(int(r.left()), 0) : int(r.right()) + 1]
        assert part.size == 0 or np.mean(part < 120) < 0.02
    clashes = sum(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
    assert clashes == 0


def test_a_label_goes_further_out_where_the_near_places_are_taken() -> None:
    mask = np.zeros((100, 100), bool)
    mask[40:60, 20:80] = True
    box = np.array([[200.0, 200.0, 40.0, 40.0, 0.0]])
    sizes = np.array([[20.0, 16.0]])
    free = place(box, sizes, 1.0, None)
    kept_off = place(box, sizes, 1.0, BackgroundMap(mask, 4))
    assert free.gaps[0] < kept_off.gaps[0]
    centre = box[0, :2] + kept_off.offsets(sizes, 1.0)[0]
    rect = np.concatenate([centre - sizes[0] / 2, centre + sizes[0] / 2])
    assert BackgroundMap(mask, 4).covered(rect) == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_canvas_looks_as_pinned(driver, case_folder: Path, theme: str, request: pytest.FixtureRequest) -> None:
    """Pinned with the shipped font; a few grey values and edge pixels may differ between Qt builds."""
    driver.window.settings["theme"] = theme
    driver.open(case_folder)
    driver.key(Qt.Key.Key_I)
    driver.until(lambda: driver.annotation.total() == 46)
    if theme == "dark":  # the work of a person, on the inverted picture
        driver.key(Qt.Key.Key_G)
        driver.window.adjust.inverted.click()
        driver.until(lambda: driver.view.image_item._levels[0].pixelColor(5, 5).red() < 60)
    driver.key(Qt.Key.Key_Space)
    driver.view.setFixedSize(720, 540)
    driver.saved()
    for _ in range(3):  # the view box takes its new size when it is asked again
        driver.view.fit()
        driver.qtbot.wait(50)
    # Labels find their places once the zoom rests.
    driver.until(lambda: abs(driver.view.layer._labels.scale - driver.view.scale_factor) < 1e-9)
    driver.qtbot.wait(200)
    image = driver.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    shown = _array(image)
    path = SNAPSHOTS / f"canvas-{theme}.png"
    if not path.is_file():
        path.parent.mkdir(exist_ok=True)
        image.save(str(path))
        pytest.fail(f"{path} was missing and is written now; look at it and commit it")
    pinned = _array(QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888))
    assert shown.shape == pinned.shape
    different = (np.abs(_coarse(shown) - _coarse(pinned)).max(-1) > 40).mean()
    assert different < 0.01, f"{different:.2%} of the picture differs from {path}"


def _coarse(pixels: np.ndarray) -> np.ndarray:
    """A quarter of the size: a shift by part of a pixel is no difference, a label elsewhere is."""
    size = (pixels.shape[1] // 4, pixels.shape[0] // 4)
    return cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA).astype(int)


def _array(image: QImage) -> np.ndarray:
    bits = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return bits[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
