"""Marking a cell as reviewed is one act with its own checks, from the window's session, the command line and Python."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.case.audit import read_lines
from karyoview.case.case import Case, CaseError
from karyoview.cli import run
from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box
from karyoview.review.reviewing import OpenDoubtsError
from karyoview.review.session import ReviewSession
from karyoview.services.reviewing import open_doubts, review_cell

PLACES = [(40.0 + 70.0 * (k % 8), 50.0 + 80.0 * (k // 8)) for k in range(46)]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Two cells of 46 drawn rods, each boxed by a person as a male's."""
    folder = tmp_path / "case"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        pixels = np.full((540, 620), 225, np.uint8)
        for x, y in PLACES:
            cv2.rectangle(pixels, (int(x) - 5, int(y) - 22), (int(x) + 5, int(y) + 22), 70, -1)
        cv2.imwrite(str(folder / name), cv2.GaussianBlur(pixels, (0, 0), 0.8))
    with Case.open(folder) as opened:
        for name in ("a.png", "b.png"):
            items = tuple(
                ReviewedChromosome(f"c{k}", Box(x, y, 12, 46), label=k // 2 if k < 44 else 22 + k - 44)
                for k, (x, y) in enumerate(PLACES)
            )
            opened.save_annotation(opened.annotation(name).next_revision(chromosomes=items), "boxes")
    return folder


def without_lengths(found: list) -> list[str]:
    """Drawn rods are all of one length, which is a doubt about most of them."""
    return [d.reason for d in found if "for a" not in d.reason]


def change(folder: Path, **members: object) -> None:
    with Case.open(folder) as opened:
        opened.save_annotation(opened.annotation("a.png").next_revision(**members), "change")


def test_what_is_open_stops_it_until_it_is_confirmed(case: Path) -> None:
    with Case.open(case) as opened:
        items = opened.annotation("a.png").chromosomes
    change(case, chromosomes=(*items[:40], replace(items[40], label=19), *items[41:]))
    with Case.open(case, user="ana") as opened:
        found = open_doubts(opened, "a.png")
        assert "one of 3 copies of 20" in without_lengths(found)
        with pytest.raises(OpenDoubtsError, match=r"a\.png is not reviewed: ") as stopped:
            review_cell(opened, "a.png", "ana")
        assert list(stopped.value.doubts) == found
        with pytest.raises(OpenDoubtsError):
            review_cell(opened, "a.png", "ana", confirmed=[d.reason for d in found if "copies" not in d.reason])
        assert opened.cell("a.png").state is not ReviewState.REVIEWED
        review_cell(opened, "a.png", "ana", confirmed=[d.reason for d in found])
        kept = opened.annotation("a.png")
    assert kept.state is ReviewState.REVIEWED
    assert kept.extra["reviewed_by"] == "ana"
    assert kept.extra["reviewed_with"] == [d.reason for d in found]
    line = [line for line in read_lines(case / "karyoview/audit.jsonl") if line.action == "reviewed"][-1]
    assert line.detail["open"] == [d.reason for d in found]


def test_a_replaced_picture_and_a_second_count_that_differs_are_said(case: Path) -> None:
    with Case.open(case) as opened:
        opened.read_image("a.png")
    (case / "a.png").write_bytes((case / "b.png").read_bytes() + b"\0")
    change(case, extra={"second_counts": {"bob": {"done": True, "marks": [[1, 1], [2, 2]]}}})
    with Case.open(case) as opened:
        found = without_lengths(open_doubts(opened, "a.png"))
    assert "its picture is not the file that was worked on" in found
    assert "bob counted 2, and 46 are boxed or marked" in found


def test_nobody_reviews_what_nobody_can_see(case: Path) -> None:
    (case / "a.png").unlink()
    (case / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with Case.open(case) as opened:
        for image in ("a.png", "b.png"):
            with pytest.raises(Exception, match=image) as stopped:
                review_cell(opened, image, "ana", confirmed=["anything"])
            assert "\n" not in str(stopped.value)
            assert opened.cell(image).state is not ReviewState.REVIEWED


def test_a_box_on_empty_ground_is_found_without_the_window(case: Path) -> None:
    with Case.open(case) as opened:
        items = opened.annotation("a.png").chromosomes
    change(case, chromosomes=(*items, ReviewedChromosome("empty", Box(40, 515, 12, 40), label=20)))
    with Case.open(case) as opened:
        assert "the picture shows no chromosome in this box" in without_lengths(open_doubts(opened, "a.png"))


def test_no_other_way_leads_past_it(case: Path) -> None:
    with Case.open(case) as opened:
        items = opened.annotation("a.png").chromosomes
    change(case, chromosomes=items[1:-1])
    with Case.open(case) as opened:
        with pytest.raises(CaseError, match="not reviewed: nobody was asked"):
            opened.update_cell("a.png", state="reviewed")
        session = ReviewSession([opened.annotation("a.png")], lambda *_: None, "ana")
    session.judge = lambda annotation: found
    with Case.open(case) as opened:
        found = open_doubts(opened, "a.png")
    assert found
    with pytest.raises(OpenDoubtsError):
        session.set_state("a.png", ReviewState.REVIEWED, confirmed=found[1:])
    session.set_state("a.png", ReviewState.REVIEWED, confirmed=found)
    assert session.annotation("a.png").extra["reviewed_with"] == [d.reason for d in found]


def test_the_command_lists_what_is_open(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Case.open(case) as opened:
        items = opened.annotation("a.png").chromosomes
    change(case, chromosomes=items[:-1])
    assert run(["review", str(case), "a.png", "--user", "ana"]) == 1
    printed = capsys.readouterr().err
    assert "a.png: sex chromosomes: 1 X and 0 Y" in printed
    assert "One cell is not reviewed: answer the doubts listed" in printed
    with Case.open(case) as opened:
        assert opened.cell("a.png").state is not ReviewState.REVIEWED
    assert run(["review", str(case), "a.png", "b.png", "--user", "ana", "--confirm"]) == 0
    assert "a.png: reviewed\nb.png: reviewed" in capsys.readouterr().out
    with Case.open(case) as opened:
        assert opened.annotation("a.png").extra["reviewed_by"] == "ana"
