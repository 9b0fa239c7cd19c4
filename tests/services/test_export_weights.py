"""``karyoview weights export``: which cells calibrate, and one sentence for what cannot be exported."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.detectors.protocol import EngineError
from karyoview.services.export_weights import calibration_cells, export_weights, weights_file


def test_the_sample_cells_calibrate_unless_others_are_named(tmp_path: Path) -> None:
    samples = calibration_cells(None, None, 5)
    assert len(samples.paths) == 5
    assert samples.about == "5 sample cells"
    assert all(path.is_file() for path in samples.paths)
    for number in range(4):
        cv2.imwrite(str(tmp_path / f"{number}.png"), np.full((40, 40), 200, np.uint8))
    named = calibration_cells(tmp_path, None, 2)
    assert [path.name for path in named.paths] == ["0.png", "3.png"]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(EngineError, match="no picture to calibrate on"):
        calibration_cells(empty, None)


def test_what_cannot_be_exported_is_said(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="There is no engine 'nobody'"):
        weights_file("nobody")
    with pytest.raises(EngineError, match="does not exist"):
        weights_file(str(tmp_path / "karyoview.safetensors"))
    with pytest.raises(EngineError, match=r"DeepACE runs as it is and has no export in 8 bits; KaryoView has one\."):
        export_weights("deepace", calibration_cells(None, None, 1))
