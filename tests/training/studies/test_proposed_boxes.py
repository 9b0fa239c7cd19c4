"""The study of the key P: each outcome is told from the others, and the engine's answer is used."""

from __future__ import annotations

import random

import cv2
import numpy as np
from karyotrain.data.cells import Cell
from karyotrain.studies.proposed_boxes import OUTCOMES, judge_place, say, study_cell

from karyoview.core.detection import Detection, Detections
from karyoview.core.geometry import Box
from karyoview.imaging.objects import CellObjects

RODS = [Box.rotated(60 + 70 * (k % 6), 70 + 110 * (k // 6), 20, 80, 0.2 * (k % 6)) for k in range(12)]


def drawn_cell() -> Cell:
    pixels = np.full((300, 480), 225, np.uint8)
    for box in RODS:
        cv2.fillPoly(pixels, [np.rint(box.corners()).astype(np.int32)], 70)
    pixels = cv2.GaussianBlur(pixels, (0, 0), 0.9)
    bounds = np.array([b.capsule_bounds().to_xyxy() for b in RODS])
    return Cell("drawn.png", "case", pixels, bounds, np.zeros(len(RODS), np.int64))


def answer_of(*items: Detection) -> Detections:
    return Detections("drawn.png", (300, 480), items)


def test_outcomes_at_a_place() -> None:
    cell = drawn_cell()
    objects, place = CellObjects(cell.pixels), (RODS[3].cx, RODS[3].cy)
    short = Box.rotated(*place, 18, 22, RODS[3].angle)
    answers = (
        answer_of(Detection(RODS[3], 0.9, 0)),
        answer_of(Detection(short, 0.9, 0), Detection(RODS[3], 0.5, 0)),
        None,
    )
    assert judge_place(cell, 3, place, answers, objects) == ["right", "next", "right"]
    assert judge_place(cell, 3, (10.0, 290.0), (None,), objects) == ["refused"]


def test_rows_of_a_cell_and_their_sentences() -> None:
    cell = drawn_cell()
    seen = answer_of(*(Detection(b, 0.9, 0) for b in RODS[1:]))
    rows = list(study_cell(cell, seen, 0.5, 4, random.Random(0)))
    names = [name for name, _ in rows]
    assert names.count("with the engine's answer") == names.count("without it") == 4
    assert ("where the engine missed", "right") in rows
    text = say({"row": dict.fromkeys(OUTCOMES, 1)})
    assert "right 1 of 4 = 25.0 %" in text
