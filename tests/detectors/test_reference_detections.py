"""Each shipped engine finds in a drawn cell what it found when the reference was written.

Where weights or what an engine does change on purpose, ``python tests/detectors/test_reference_detections.py`` writes
the reference anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pytest
import torch

from karyoview.core.detection import Detections
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.registry import find_engines, load_engine

FIXTURES: Final = Path(__file__).with_name("fixtures")
PICTURE: Final = FIXTURES / "drawn_cell.png"  # part of a cell of karyoview synthesize
REFERENCE: Final = FIXTURES / "drawn_cell.json"
ENGINES: Final = ("karyoview", "deepace", "deepace-v2", "deepacc", "deepchm")
CLEAR: Final = 0.3  # scores below are left out: which of them survive may hang on a machine's last digit


def detected(name: str) -> tuple[str, Detections]:
    """Hash of an engine's weights, and what it finds in the picture in float32 on the processor."""
    torch.set_num_threads(1)
    engine = load_engine(
        name, device="cpu", settings={"quality": "fast", "precision": "fp32"} if name == "karyoview" else {}
    )
    grey = cv2.imread(str(PICTURE), cv2.IMREAD_GRAYSCALE)
    return engine.info.weights_hash, engine.predict([MetaphaseImage(np.asarray(grey), PICTURE.name)])[0]


def rows(found: Detections) -> list[list[Any]]:
    """Label, score and box (x1, y1, x2, y2; cx, cy, w, h, angle of a rotated one) of the clear ones, best first."""
    kept = [item for item in found.items if item.score >= CLEAR]
    kept.sort(key=lambda item: -item.score)
    return [
        [
            item.label, round(float(item.score), 5),
            *(round(float(v), 4) for v in (item.box.to_array() if item.box.is_rotated else item.box.to_xyxy())),
        ]
        for item in kept
    ]  # fmt: skip


def write() -> None:
    reference = {}
    for name in ENGINES:
        weights_hash, found = detected(name)
        reference[name] = {"weights_hash": weights_hash, "rows": rows(found)}
    text = json.dumps(reference).replace("[[", "[\n[").replace("], [", "],\n[").replace("]]}", "]\n]}")
    REFERENCE.write_text(text + "\n", encoding="utf-8")


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_finds_what_it_found(name: str) -> None:
    if name not in find_engines()[0]:
        pytest.fail(f"The weights of {name} are not shipped.")
    expected = json.loads(REFERENCE.read_text(encoding="utf-8"))[name]
    weights_hash, found = detected(name)
    assert weights_hash == expected["weights_hash"], f"new weights: run python tests/detectors/{Path(__file__).name}"
    assert len(expected["rows"]) > 5
    now = rows(found)
    assert [row[0] for row in now] == [row[0] for row in expected["rows"]]
    for row, before in zip(now, expected["rows"], strict=True):
        assert row[1] == pytest.approx(before[1], abs=1e-3)
        assert row[2:] == pytest.approx(before[2:], abs=0.05)


if __name__ == "__main__":
    write()
