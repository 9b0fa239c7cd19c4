"""Comparing engines before activating: worse ones are not offered, and every change is recorded and goes back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.image import pixel_digest
from karyoview.core.metrics import ImagePrediction, ImageTruth
from karyoview.detectors.cards import card_path, info_from_card, read_card
from karyoview.detectors.protocol import ONE_CLASS, EngineInfo
from karyoview.detectors.registry import find_engines
from karyoview.detectors.weights import load_weights, save_weights
from karyoview.services import weights as service
from karyoview.services.weights import (
    SHIPPED,
    Comparison,
    WeightsRepository,
    WeightsServiceError,
    held_back_cells,
    judge,
)

TRUTHS = [
    ImageTruth(
        f"c{i}", np.array([[10.0 + 30 * k, 10, 30 + 30 * k, 60] for k in range(5)]), np.arange(5), f"case{i % 2}"
    )
    for i in range(6)
]


def predictions_of(lost: int, wrong: int = 0, classes: bool = True) -> list[ImagePrediction]:
    """The truth with ``lost`` boxes missing and ``wrong`` classes off by one in each cell."""
    found = []
    for t in TRUTHS:
        boxes, labels = t.boxes[lost:], t.labels[lost:].copy()
        labels[:wrong] += 1
        scores = np.full(len(boxes), 0.9)
        found.append(ImagePrediction(t.image, boxes, labels if classes else labels * 0 - 1, scores))
    return found


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "weights"))
    return tmp_path / "weights"


def trained(folder: Path, value: float, classes: tuple[str, ...] = ONE_CLASS) -> Path:
    """A weights file whose tensors are all ``value``."""
    folder.mkdir(parents=True, exist_ok=True)
    card = {"engine": "deepace-v2", "classes": list(classes), "rotated": False, "operating_threshold": 0.5}
    return save_weights(folder / "deepace-v2.safetensors", {"a": torch.full((4, 4), value)}, card)


def info_of(path: Path) -> EngineInfo:
    return info_from_card(read_card(card_path(path)), path.name.removesuffix(".safetensors"))


def outcome(old: Path | None, new: Path, before: int, after: int) -> Comparison:
    old_info = info_of(old) if old else None
    return judge(
        predictions_of(before, classes=False), predictions_of(after, classes=False), TRUTHS, old_info, info_of(new), new
    )


def test_the_verdict_and_what_it_is_made_of(folder: Path) -> None:
    old, new = trained(folder, 1.0), trained(folder.parent / "run", 2.0)
    better = outcome(old, new, 3, 1)
    assert (better.verdict, better.offered, better.mean("old"), better.mean("new")) == ("better", True, 3.0, 1.0)
    assert better.difference["mean"] == -2.0
    assert [c.old_count_error for c in better.cells] == [3] * 6
    assert (len(better.better), len(better.worse)) == (6, 0)
    worse = outcome(old, new, 1, 2)
    assert (worse.verdict, worse.offered, len(worse.worse)) == ("worse", False, 6)
    same = outcome(old, new, 1, 1)
    assert (same.verdict, same.offered) == ("unclear", False)
    few = judge(predictions_of(3)[:2], predictions_of(0)[:2], TRUTHS[:2], info_of(old), info_of(new), new)
    assert (few.verdict, few.difference["mean"]) == ("unclear", -3.0)
    assert json.loads(json.dumps(better.to_dict()))["verdict"] == "better"


def test_an_engine_without_classes_is_not_better_because_it_cannot_be_wrong_about_them(folder: Path) -> None:
    blind = info_of(trained(folder, 1.0))
    naming = replace(blind, classes=CLASS_NAMES)
    outcome = judge(predictions_of(0, wrong=1), predictions_of(0, classes=False), TRUTHS, naming, blind)
    assert outcome.classes_by_hand
    assert (outcome.mean("old"), outcome.mean("new")) == (1.0, 5.0)
    assert outcome.verdict == "worse"
    again = judge(predictions_of(0, wrong=2), predictions_of(0, wrong=1), TRUTHS, naming, naming)
    assert (again.mean("old"), again.mean("new"), again.verdict) == (2.0, 1.0, "better")
    assert np.asarray(again.new_report["confusion"])[0, 1] == 6
    by_hand = judge([ImagePrediction(t.image, t.boxes[:0], t.labels[:0], t.labels[:0]) for t in TRUTHS],
                    predictions_of(1), TRUTHS, None, naming)  # fmt: skip
    assert (by_hand.old, by_hand.mean("old"), by_hand.mean("new")) == ("by hand", 5.0, 1.0)


def test_activate_and_roll_back_are_recorded_and_leave_whole_engines(folder: Path, tmp_path: Path) -> None:
    old, new = trained(folder, 1.0), trained(tmp_path / "run", 2.0)
    repository = WeightsRepository(user="cyto")
    first = repository.active("deepace-v2")
    with pytest.raises(WeightsServiceError, match="no earlier weights"):
        repository.roll_back("deepace-v2")
    with pytest.raises(WeightsServiceError, match="worse and is not offered"):
        repository.activate(outcome(old, new, 1, 2))
    second = repository.activate(outcome(old, new, 3, 1))
    assert repository.active("deepace-v2") == second != first
    assert float(load_weights(find_engines()[0]["deepace-v2"]).tensors["a"][0, 0]) == 2.0
    third = repository.activate(outcome(new, trained(tmp_path / "run 2", 3.0), 3, 1))
    assert repository.earlier("deepace-v2") == second
    assert repository.roll_back("deepace-v2") == second
    assert repository.roll_back("deepace-v2") == first == repository.active("deepace-v2")
    assert float(load_weights(find_engines()[0]["deepace-v2"]).tensors["a"][0, 0]) == 1.0
    with pytest.raises(WeightsServiceError, match="no earlier weights"):
        repository.roll_back("deepace-v2")
    history = [(e["user"], e["action"], e["before"], e["after"]) for e in repository.history()]
    assert history == [
        ("cyto", "activate", first, second), ("cyto", "activate", second, third),
        ("cyto", "roll back", third, second), ("cyto", "roll back", second, first),
    ]  # fmt: skip
    assert repository.history()[0]["comparison"]["verdict"] == "better"
    assert repository.problems() == []
    record = folder / service.RECORD
    record.write_bytes(record.read_bytes().replace(b"cyto", b"else", 1))
    assert "line 1 was changed" in repository.problems()[0]


def test_without_weights_of_its_own_a_laboratory_goes_back_to_the_shipped_ones(folder: Path, tmp_path: Path) -> None:
    new = trained(tmp_path / "run", 2.0)
    repository = WeightsRepository(user="cyto")
    repository.activate(outcome(None, new, 4, 1))
    assert repository.active("deepace-v2") != SHIPPED
    assert repository.roll_back("deepace-v2") == SHIPPED == repository.active("deepace-v2")
    assert not (folder / "deepace-v2.safetensors").exists()


def test_weights_that_changed_after_the_comparison_are_refused(folder: Path, tmp_path: Path) -> None:
    old, new = trained(folder, 1.0), trained(tmp_path / "run", 2.0)
    judged = outcome(old, new, 3, 1)
    trained(tmp_path / "run", 5.0)
    with pytest.raises(WeightsServiceError, match="changed since it was compared"):
        WeightsRepository().activate(judged)


def test_a_half_written_line_of_the_record_is_cut_off(folder: Path, tmp_path: Path) -> None:
    old, new = trained(folder, 1.0), trained(tmp_path / "run", 2.0)
    repository = WeightsRepository(user="cyto")
    repository.activate(outcome(old, new, 3, 1))
    with (folder / service.RECORD).open("ab") as file:
        file.write(b'{"seq":2,"ti')
    repository.roll_back("deepace-v2")
    assert [e["action"] for e in repository.history()] == ["activate", "roll back"]
    assert repository.problems() == []


def test_cells_that_taught_an_engine_do_not_judge_it(tmp_path: Path) -> None:
    import cv2

    (tmp_path / "set" / "images").mkdir(parents=True)
    pictures = [np.full((40, 50), 100 + i, np.uint8) for i in range(2)]
    document: dict = {"images": [], "annotations": [], "categories": [{"id": 0, "name": "chromosome"}]}
    for i, picture in enumerate(pictures):
        cv2.imwrite(str(tmp_path / "set" / "images" / f"{i}.png"), picture)
        document["images"].append({"id": i, "file_name": f"{i}.png", "case": "x"})
    (tmp_path / "set" / "val.json").write_text(json.dumps(document))
    (tmp_path / "set" / "manifest.json").write_text("{}")
    digests = [pixel_digest(p) for p in pictures]
    assert [c.digest for c in held_back_cells([tmp_path / "set"])] == digests
    assert [c.digest for c in held_back_cells([tmp_path / "set"], digests[:1])] == digests[1:]
    with pytest.raises(WeightsServiceError, match="all 2 taught one of the engines"):
        held_back_cells([tmp_path / "set"], digests)


def test_the_commands_compare_activate_and_roll_back(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from karyoview.cli import run

    old, new = trained(folder, 1.0), trained(tmp_path / "run", 2.0)
    outcomes = {"verdict": outcome(old, new, 1, 2)}
    monkeypatch.setattr(service, "compare", lambda *a, **k: outcomes["verdict"])
    words = ["weights", "activate", str(new), "--data", str(tmp_path), "--user", "cyto"]
    assert run(words) == 1
    assert "not offered" in capsys.readouterr().err
    assert run(["weights", "compare", str(new), "--data", str(tmp_path), "--output", str(tmp_path / "c.json")]) == 1
    assert json.loads((tmp_path / "c.json").read_text())["verdict"] == "worse"
    outcomes["verdict"] = outcome(old, new, 3, 1)
    assert run(words) == 0
    assert run(["weights", "rollback", "deepace-v2", "--user", "cyto"]) == 0
    capsys.readouterr()
    assert run(["weights", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("\t")[1:4] for line in lines] == [
        ["cyto", "activate", "deepace-v2"], ["cyto", "roll back", "deepace-v2"],
    ]  # fmt: skip
