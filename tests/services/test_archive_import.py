"""An archive placed as a batch, kept, looked at, and taken into cases without touching a person's work."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from archive_samples import write_pair
from karyotrain.data.synthesis.truth import SyntheticCell

from karyoview.case.case import Case
from karyoview.cli import run
from karyoview.core.annotation import ReviewState
from karyoview.core.geometry import Box, iou_matrix
from karyoview.detectors.protocol import CancelToken
from karyoview.services import archive_import
from karyoview.services.archive_import import ArchiveProject
from karyoview.services.archive_pairs import ArchivePair
from karyoview.services.archive_placement import PairOutcome, PlacedChromosome, place_pair


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SyntheticCell]:
    """Two patients with the same pictures, and a karyogram of which nothing can be read."""
    folder = tmp_path_factory.mktemp("archive")
    cell = write_pair(folder / "P1", "c1", 3)
    shutil.copytree(folder / "P1", folder / "P2")
    (folder / "P3").mkdir()
    shutil.copy(folder / "P1" / "c1.A.png", folder / "P3" / "c9.A.png")
    cv2.imwrite(str(folder / "P3" / "c9.K.png"), np.full((300, 400), 250, np.uint8))
    return folder, cell


@pytest.fixture(scope="module")
def placed(archive: tuple[Path, SyntheticCell], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project after its batch ran over two processes."""
    project = ArchiveProject(tmp_path_factory.mktemp("project"))
    matching = project.match(archive[0])
    told: list[tuple[int, int]] = []
    outcomes = project.place(matching.pairs, workers=2, progress=lambda done, total, text: told.append((done, total)))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [bool(o.reason) for o in outcomes] == [False, False, True]
    return project.folder


@pytest.fixture
def project(placed: Path, tmp_path: Path) -> ArchiveProject:
    shutil.copytree(placed, tmp_path / "own")
    return ArchiveProject(tmp_path / "own")


def test_a_batch_places_what_it_can_and_says_why_not(
    project: ArchiveProject, archive: tuple[Path, SyntheticCell]
) -> None:
    pairs = project.matching().pairs
    first, _, third = (project.outcome(p) for p in pairs)
    assert first is not None
    assert third is not None
    cell = archive[1]
    placed = [c for c in first.chromosomes if c.box is not None]
    assert len(placed) >= 0.95 * len(cell.truth)
    overlap = iou_matrix([Box.rotated(*c.box) for c in placed], [t.box for t in cell.truth])  # type: ignore[misc]
    right = [cell.truth[i].label == c.label for c, i in zip(placed, overlap.argmax(1), strict=True)]
    assert sum(right) >= 0.97 * len(placed)
    assert "c9.K.png was not placed: There are hardly any chromosomes" in third.sentence()


def test_a_stopped_batch_goes_on_and_changed_pictures_are_placed_anew(
    project: ArchiveProject, archive: tuple[Path, SyntheticCell], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fake(pair: ArchivePair, progress: object = None) -> PairOutcome:
        asked.append(pair.case)
        digests = tuple(archive_import.sha256_of(p) for p in (pair.metaphase, pair.karyogram))
        return PairOutcome(pair, digests=digests)  # type: ignore[arg-type]

    monkeypatch.setattr(archive_import, "place_pair", fake)
    pairs = project.matching().pairs
    assert project.open_pairs(pairs) == []
    next(project.folder.glob("placed/c9*")).unlink()
    project.place(pairs)
    assert asked == ["P3"]
    # Another order told, or other pixels under the name, are placed anew; what a person looked at is not.
    asked.clear()
    project.place([replace(pairs[0], order="standard"), *pairs[1:]])
    assert asked == ["P1"]
    looked_at = project.outcome(pairs[1])
    assert looked_at is not None
    project.save(looked_at.accept(0, "cyto"))
    monkeypatch.setattr(archive_import, "VERSION", 99)
    assert pairs[1] not in project.open_pairs(pairs)
    assert pairs[2] in project.open_pairs(pairs)
    token = CancelToken()
    token.cancel()
    asked.clear()
    assert len(project.place(pairs, cancel=token)) == 3
    assert asked == []


def test_what_is_accepted_becomes_truth_that_says_where_it_came_from(project: ArchiveProject) -> None:
    pairs = project.matching().pairs
    outcomes = project.accept_above(0.0)
    taken = project.take_in(outcomes, consent=True, user="cyto")
    assert [f.name for f in taken.cases] == ["P1", "P2"]
    with Case.open(taken.cases[0], read_only=True) as case:
        assert case.settings.training_consent
        annotation = case.annotation("c1.A.png")
    first = project.outcome(pairs[0])
    assert first is not None
    assert taken.reviewed + taken.to_review == 2
    assert annotation.state is (ReviewState.REVIEWED if first.whole else ReviewState.IN_REVIEW)
    origin = annotation.extra["karyogram"]
    assert (origin["picture"], origin["shown"]) == ("c1.K.png", len(first.chromosomes))
    assert {c.box_by.kind for c in annotation.chromosomes} == {"import"}
    assert all(c.mask for c in annotation.chromosomes)
    # Again: nothing changes, and no new revision is written.
    assert project.take_in(outcomes, consent=True).reviewed == taken.reviewed
    with Case.open(taken.cases[0]) as case:
        assert case.annotation("c1.A.png").revision == annotation.revision
        case.update_cell("c1.A.png", state="in_review")
    again = project.take_in([outcomes[0].remove(0, "cyto"), *outcomes[1:]])
    assert again.refused == ("c1.A.png: a person worked on this cell; it was left as it is.",)
    with Case.open(taken.cases[0], read_only=True) as case:
        assert len(case.annotation("c1.A.png").chromosomes) == len(annotation.chromosomes)


def outcome_of(*rows: PlacedChromosome) -> PairOutcome:
    return PairOutcome(ArchivePair(Path("a.png"), Path("k.png")), (50, 50), rows)


def test_a_persons_word_stays_whatever_confidence_is_chosen() -> None:
    box, shown = (10.0, 10.0, 4.0, 9.0, 0.0), (0, 0, 4, 9)
    one = outcome_of(
        PlacedChromosome(0, box, "", shown, 0.97, 0.9), PlacedChromosome(1, box, "", shown, 0.9, 0.5),
        PlacedChromosome(None, box, "", shown, 0.97, 0.99), PlacedChromosome(3, None, "", shown),
    )  # fmt: skip
    assert [c.accepted for c in one.accept_above(0.8).chromosomes] == [True, False, False, False]
    assert [c.accepted for c in one.accept_above(0.4).chromosomes] == [True, True, False, False]
    said = one.relabel(2, 5, "cyto").remove(0, "cyto").accept(3, "cyto").accept_above(0.0)
    assert [c.accepted for c in said.chromosomes] == [False, True, True, False]
    assert said.chromosomes[2].label == 5
    assert said.chromosomes[0].removed
    assert said.open == 1  # the one without a place
    assert not said.whole
    assert PairOutcome.from_document(said.to_document()) == said
    assert "shows only 4, so the cell is not whole" in said.sentence()


def test_a_missing_picture_is_a_reason(tmp_path: Path) -> None:
    found = place_pair(ArchivePair(tmp_path / "a.png", tmp_path / "k.png"))
    assert "a.png" in found.reason
    assert found.placed == 0


def test_the_command_matches_goes_on_and_ends_with_a_sentence(
    archive: tuple[Path, SyntheticCell], project: ArchiveProject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import-archive", str(archive[0]), "--dry-run", "--output", str(project.folder)]) == 0
    assert "c1.A.png c1.K.png (name, P1)" in capsys.readouterr().out
    assert run(["import-archive", str(archive[0]), "--output", str(project.folder)]) == 0
    output = capsys.readouterr()
    assert "[3/3]" in output.err
    assert "c1.A.png: 4" in output.out
    assert "was not placed" in output.out
    assert (project.cases / "P1" / "karyoview").is_dir()
    assert sorted(os.listdir(archive[0] / "P1")) == ["c1.A.png", "c1.K.png"]  # the archive is only read
    assert run(["import-archive", str(archive[0] / "missing"), "--output", str(project.folder)]) == 1
