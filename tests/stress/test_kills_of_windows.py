"""A real window, killed while somebody draws, types, saves and reviews: nothing that it showed as saved is lost."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
from PIL import Image
from stress_parts import Counts, Note, Workers, rounds

from karyoview.case.case import Case
from karyoview.case.verify import verify_case

WORK = "killed_window"
_RENEWED_AFTER = 25


def test_killed_at_work_in_the_window(workers: Workers, tmp_path: Path, dice: random.Random, counts: Counts) -> None:
    many, kills, saved = rounds(500), 0, 0
    for number in range(many):
        if number % _RENEWED_AFTER == 0:
            folder, note, known = two_cells(tmp_path / f"case{number}"), Note(tmp_path / f"saved{number}"), {}
            seen = 0
        workers.begin("window", folder, number, note=note)
        # One in five is killed while it comes up, the others at work.
        kills += workers.kill(after=dice.uniform(0.0, 0.6), at_work=bool(number % 5))
        saved += len(note.lines()) - seen
        seen = len(note.lines())
        for line in note.lines()[-3:]:
            known = {image: max(revision, known.get(image, 0)) for image, revision in json.loads(line).items()}
        with Case.open(folder) as case:
            assert not case.read_only
            for image, revision in known.items():
                there = case.annotation(image).revision
                assert there >= revision, f"round {number}: {image} was shown as saved at {revision}"
                known[image] = there
        assert verify_case(folder).problems == []
        assert not list((folder / "karyoview").rglob(".kv-*"))
        counts.say("killed at work in the window", kills, many, f"{saved:,} times shown as saved and all of it there")


def two_cells(folder: Path) -> Path:
    """Two cells of a few dark rods."""
    folder.mkdir()
    for number in range(2):
        pixels = np.full((200, 300), 225, np.uint8)
        for k in range(12):
            pixels[20 + 60 * (k // 6) : 60 + 60 * (k // 6), 25 + 45 * (k % 6) : 33 + 45 * (k % 6) + number] = 70
        Image.fromarray(pixels).save(folder / f"c{number}.png")
    return folder
