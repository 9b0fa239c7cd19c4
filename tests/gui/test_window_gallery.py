"""The gallery of the case's metaphases: ranked by quality, leading to the cell."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from karyoview.gui.gallery import Gallery

CTRL = Qt.KeyboardModifier.ControlModifier


def test_the_best_metaphase_stands_first_and_enter_goes_there(driver, case_folder: Path) -> None:
    path = case_folder / "c00.png"
    blurred = cv2.GaussianBlur(cv2.imdecode(np.fromfile(path, np.uint8), 0), (0, 0), 4.0)
    cv2.imencode(".png", blurred)[1].tofile(path)
    (case_folder / "c02.png").write_bytes(b"no picture")
    driver.open(case_folder)
    driver.key("g", CTRL)
    gallery = driver.window.findChild(Gallery)
    assert gallery.list.count() == 3, "all are there at once"
    driver.until(lambda: not gallery.bar.isVisible())
    assert gallery.images() == ["c01.png", "c00.png", "c02.png"]
    assert "no chromosomes seen" in gallery.list.item(2).text()
    assert not gallery.bar.isVisible()
    gallery.order.setCurrentIndex(1)
    assert gallery.images() == ["c00.png", "c01.png", "c02.png"]
    gallery.list.setCurrentRow(1)
    QTest.mouseClick(gallery.go, Qt.MouseButton.LeftButton)
    assert driver.session.current == "c01.png"
    gallery.close()
    assert sorted(p.name for p in case_folder.iterdir()) == ["c00.png", "c01.png", "c02.png"]
