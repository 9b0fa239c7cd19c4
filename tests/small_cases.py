"""Small cases for tests of what is left after kills, damage and power cuts."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
from PIL import Image
from place_samples import draw_cells

from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box


def new_folder(folder: Path) -> Path:
    """Two small images."""
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(np.eye(20, dtype=np.uint8)).save(folder / name)
    return folder


def with_a_box(annotation: ImageAnnotation) -> ImageAnnotation:
    """One edit further: a box more, of at most 41."""
    number = annotation.revision + 1
    box = ReviewedChromosome(f"c{number}", Box(number, 9, 4, 8))
    return annotation.next_revision(chromosomes=(*annotation.chromosomes[-40:], box))


def damaged(data: bytes, dice: random.Random) -> bytes:
    """Damage as disks, programs and people do it."""
    raw = bytearray(data)
    kind = dice.randrange(7)
    at = dice.randrange(len(raw) + 1)
    if kind == 0:
        return bytes(raw[:at])
    if kind == 1:
        return bytes(raw[:at] + bytes(dice.randrange(1, 4000)) + raw[at:])
    if kind == 2:
        return bytes(raw[at:] + raw[:at])
    if kind == 3:
        words = [b"null", b"-1", b"1e999", b"[]", b"{}", b'""', b"true", b"[" * 3000, b"\xff", b'"\\ud800"', b"9" * 40]
        end = min(len(raw), at + dice.randrange(1, 9))
        return bytes(raw[:at] + dice.choice(words) + raw[end:])
    if kind == 4:
        lines = data.splitlines(keepends=True)
        dice.shuffle(lines)
        return b"".join(lines)
    for _ in range(dice.randrange(1, 20)):
        if raw:
            raw[dice.randrange(len(raw))] = dice.randrange(256) if kind == 5 else dice.choice(b'0129.,:"[]{}ae- ')
    return bytes(raw)


def old_case(folder: Path) -> dict[str, bytes]:
    """A case as the first schema wrote it."""
    store = draw_cells(folder) / "karyoview"
    (store / "annotations").mkdir(parents=True)
    case = {
        "schema": 1,
        "id": "OLD-1",
        "protocol": "oncology",
        "house": {"floor": 3},
        "cells": [
            {"image": "cell0.png", "status": "done", "scale": 0.1, "mark": "x"},
            {"image": "cell1.png", "status": "rejected", "reason": "broken"},
        ],
    }
    box = {"cx": 9.5, "cy": 8, "w": 3, "h": 9, "angle": 0.5, "rotated": True}
    proposal = {"id": "c1", "kind": "predicted", "box": {**box, "angle": 0.0, "rotated": False}, "score": 0.5}
    annotation = {
        "schema": 1,
        "image": "cell0.png",
        "status": "done",
        "revision": 4,
        "chromosomes": [{"id": "old1", "kind": "reviewed", "label": "X", "box": box, "proposal": proposal, "note": 1}],
    }
    (store / "case.json").write_text(json.dumps(case))
    (store / "annotations/cell0.png.json").write_text(json.dumps(annotation))
    return {name: (store / name).read_bytes() for name in ("case.json", "annotations/cell0.png.json")}


def check_brought_up(case: Case) -> None:
    """Whether everything that the old case said is in the new one."""
    assert (case.settings.id, case.settings.protocol) == ("OLD-1", "oncology")
    assert case.settings.extra["house"] == {"floor": 3}
    first, second = case.cells
    assert (first.state, first.um_per_pixel, first.extra["mark"]) == (ReviewState.REVIEWED, 0.1, "x")
    assert (second.state, second.reason) == (ReviewState.SET_ASIDE, "broken")
    annotation = case.annotation("cell0.png")
    assert (annotation.state, annotation.revision) == (ReviewState.REVIEWED, 4)
    chromosome = annotation.chromosomes[0]
    assert isinstance(chromosome, ReviewedChromosome)
    assert chromosome.box == Box.rotated(9.5, 8, 3, 9, 0.5)
    assert chromosome.proposal is not None
    assert chromosome.proposal.box == Box(9.5, 8, 3, 9)
    assert not chromosome.proposal.box.is_rotated
