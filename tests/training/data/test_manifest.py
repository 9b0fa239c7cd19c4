"""Corrections become training data: human work only, with consent, without a patient's names, split by case."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from karyotrain.data.dataset import load
from karyotrain.data.errors import DataError
from karyotrain.data.manifest import survey, write_dataset
from PIL import Image

from karyoview.case.case import Case
from karyoview.core.annotation import Attribution, PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))


def make_case(folder: Path, cells: int = 2, *, consent: bool = True, seed: int = 0) -> Path:
    """A reviewed case whose file names hold a patient's name; box k of each cell has class k, the first is moved."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for i in range(cells):
        pixels = np.full((100, 120), 225, np.uint8)
        pixels[20:60, 20:32] = rng.integers(60, 120)
        Image.fromarray(pixels).save(folder / f"Meier Anna {i}.png")
    with Case.open(folder, user="cyto") as case:
        case.update_settings(training_consent=consent)
        for cell in case.cells:
            note = case.annotation(cell.image)
            proposal = PredictedChromosome("p", Box.rotated(26, 40, 12, 40, 0.0), 0, score=0.9)
            boxes = (
                ReviewedChromosome("1", Box.rotated(27, 41, 12, 40, 0.1), 0, proposal=proposal, polarity=0.9),
                ReviewedChromosome("2", Box.from_xyxy(60, 20, 80, 70), 5, label_by=Attribution("person", "cyto")),
            )
            case.save_annotation(note.next_revision(chromosomes=tuple(boxes), state=ReviewState.REVIEWED), "review")
    return folder


def edit(folder: Path, image: int, **changes: object) -> None:
    with Case.open(folder, user="cyto") as case:
        note = case.annotation(case.cells[image].image)
        chromosomes = changes.pop("chromosomes", note.chromosomes)
        case.save_annotation(note.next_revision(chromosomes=tuple(chromosomes), **changes), "edit")


def test_reviewed_cases_become_a_data_set_without_names(tmp_path: Path) -> None:
    folders = [make_case(tmp_path / f"Meier {i}", seed=i) for i in range(3)]
    manifest = write_dataset(folders, tmp_path / "set")
    assert manifest.statistics["cells"] == 6
    assert manifest.statistics["cases"] == 3
    assert manifest.statistics["chromosomes"] == 12
    assert (manifest.statistics["rotated"], manifest.statistics["corrected"]) == (6, 12)
    for path in (tmp_path / "set").rglob("*"):
        assert "Meier" not in path.name
        if path.suffix == ".json":
            assert "Meier" not in path.read_text()
    train, val = load(tmp_path / "set", "all"), load(tmp_path / "set", "val")
    assert set(train.cases()).isdisjoint(val.cases())
    assert len(train) + len(val) == 6
    sample = train[0]
    assert sample.labels.tolist() == [0, 5]
    assert sample.rotated_valid.tolist() == sample.polarity_valid.tolist() == [True, False]
    np.testing.assert_allclose(sample.rotated[0], [27, 41, 12, 40, 0.1], atol=1e-5)
    np.testing.assert_allclose(sample.boxes[1], [60, 20, 80, 70])
    original = np.asarray(Image.open(next((tmp_path / "Meier 0").glob("*.png"))))
    assert any(np.array_equal(original, s.pixels) for s in (*train, *val))


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    folders = [make_case(tmp_path / f"{i}", seed=i) for i in range(2)]
    first = survey(folders).version
    assert survey(folders[::-1]).version == first
    assert write_dataset(folders, tmp_path / "set").version == first
    assert json.loads((tmp_path / "set" / "manifest.json").read_text())["version"] == first
    edit(folders[0], 0, chromosomes=(ReviewedChromosome("1", Box.from_xyxy(1, 2, 30, 40), 3),))
    assert survey(folders).version != first


def test_what_is_left_out_and_why(tmp_path: Path) -> None:
    refused = make_case(tmp_path / "refused", consent=False)
    used = make_case(tmp_path / "used", cells=3, seed=1)
    edit(used, 0, state=ReviewState.IN_REVIEW)
    with Case.open(used, user="cyto") as case:
        second = case.annotation(case.cells[1].image)
    unseen = PredictedChromosome("9", Box.from_xyxy(1, 1, 20, 20), 3, score=0.4)
    edit(used, 1, chromosomes=(*second.chromosomes, unseen))
    manifest = survey([refused, used])
    skipped = {(p.kind, p.text) for p in manifest.problems if p.skipped}
    assert skipped == {
        ("consent", "the case's settings do not allow training on it"),
        ("unreviewed", "the cell is not marked as reviewed"),
        ("unreviewed", "1 boxes were not confirmed by a person"),
    }
    assert manifest.statistics["cells"] == 1
    assert any(p.kind == "few-cases" for p in manifest.problems)
    with pytest.raises(DataError, match="None of the 1 cases has a cell to train on"):
        write_dataset([refused], tmp_path / "none")
    with pytest.raises(DataError, match="do not allow training"):
        load(refused, "all")
    assert len(load(used, "all")) == 1


def test_problems_are_found_before_training(tmp_path: Path) -> None:
    case = make_case(tmp_path / "a", cells=2)
    (twin := tmp_path / "b").mkdir()
    for image in case.glob("*.png"):
        (twin / image.name).write_bytes(image.read_bytes())
    with Case.open(twin, user="cyto") as other:
        other.update_settings(training_consent=True)
        for cell in other.cells:
            boxes = (ReviewedChromosome("1", Box.from_xyxy(10, 10, 30, 40), 1),)
            done = other.annotation(cell.image).next_revision(chromosomes=boxes, state=ReviewState.REVIEWED)
            other.save_annotation(done, "review")
    edit(case, 0, chromosomes=(
        ReviewedChromosome("1", Box.from_xyxy(10, 10, 40, 40), 1),
        ReviewedChromosome("2", Box.from_xyxy(10, 10, 40, 41), 1),
        ReviewedChromosome("3", Box.from_xyxy(100, 50, 160, 90), None),
    ))  # fmt: skip
    manifest = survey([case, twin])
    kinds = {p.kind for p in manifest.problems}
    assert kinds >= {"leak", "outside", "duplicate", "unlabelled", "missing-class"}
    assert len({row["case"] for row in manifest.cells}) == 1  # the same pictures are not on both sides
    assert manifest.statistics["cells"] == 2


def test_a_case_never_changes_sides_when_others_come(tmp_path: Path) -> None:
    folders = [make_case(tmp_path / f"{i}", cells=1, seed=i) for i in range(12)]
    few = {r["case"]: r["split"] for r in survey(folders[:8], held_back=0.4).cells}
    many = {r["case"]: r["split"] for r in survey(folders, held_back=0.4).cells}
    assert set(many.values()) == {"train", "val"}
    if "val" in few.values() and sum(v == "val" for v in few.values()) > 1:
        assert all(many[case] == split for case, split in few.items())
