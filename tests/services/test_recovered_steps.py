"""What can be taken back after a program ended in the middle of its work: read from the record of the case."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.geometry import Box
from karyoview.review.session import ReviewSession
from karyoview.services.recovered_steps import recovered_steps

EDITS = """
import os, sys
from pathlib import Path
from karyoview.case.case import Case
from karyoview.core.geometry import Box
from karyoview.review.session import ReviewSession
case = Case.open(Path(sys.argv[1]), user="ana")
session = ReviewSession([case.annotation(c.image) for c in case.cells], case.save_annotation, "ana")
session.go_to("a.png")
first = session.add(Box(40, 40, 10, 30), 4)
session.go_to("b.png")
session.add(Box(60, 50, 12, 28))
session.undo()
session.go_to("a.png")
session.relabel([first], 7)
if len(sys.argv) > 2:
    case.close()
os._exit(0)
"""


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        cv2.imwrite(str(folder / name), np.full((100, 120), 220, np.uint8))
    return folder


def work(folder: Path, *more: str) -> None:
    subprocess.run([sys.executable, "-c", EDITS, str(folder), *more], check=True, env={**os.environ}, timeout=120)


def test_edits_of_a_killed_program_are_taken_back_one_by_one(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    work(folder)
    with Case.open(folder, user="ana") as case:
        assert case.taken_over
        steps = recovered_steps(case)
        assert [(s.image, s.action) for s in steps] == [("a.png", "add"), ("a.png", "relabel")]
        session = ReviewSession([case.annotation(c.image) for c in case.cells], case.save_annotation, "ana")
        session.history.restore(steps)
        session.undo()
        assert [c.label for c in session.annotation("a.png").chromosomes] == [4]
        session.undo()
        assert session.annotation("a.png").chromosomes == ()
        assert session.annotation("a.png").state is ReviewState.NEW
        assert session.undo() is None
        session.redo()
        session.redo()
        assert [c.label for c in session.annotation("a.png").chromosomes] == [7]
        assert case.annotation("a.png").chromosomes[0].box == Box(40, 40, 10, 30)


def test_a_case_that_was_closed_and_another_person_begin_with_nothing(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    work(folder, "close")
    with Case.open(folder, user="ana") as case:
        assert not case.taken_over
    with Case.open(folder, user="eva") as case:
        assert recovered_steps(case) == []


def test_a_signature_ends_what_can_be_taken_back(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    work(folder)
    with Case.open(folder, user="ana") as case:
        case.update_settings(karyotype="46,XX")
        assert recovered_steps(case) == []
