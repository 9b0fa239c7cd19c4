"""The validation record: right figures, no names, sealed, signed, and known to the laboratory's record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from karyoview.accounts.users import Role, User
from karyoview.case.case import Case
from karyoview.core.annotation import Attribution, ReviewedChromosome, ReviewState
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage, pixel_digest
from karyoview.detectors.cards import card_path, info_from_card, read_card
from karyoview.detectors.weights import save_weights
from karyoview.services import validation
from karyoview.services.validation import ValidationError, as_text, check, seal, sign, validate, wilson, write
from karyoview.services.weights import WeightsRepository

BOXES = [Box.from_xyxy(10 + 25 * k, 20, 28 + 25 * k, 80) for k in range(5)]


class FakeEngine:
    """Finds every chromosome of cell 0, and in the others four of five with one class wrong."""

    def __init__(self, info: object) -> None:
        self.info = info

    def predict(self, images: Sequence[MetaphaseImage], cancel: object = None) -> list[Detections]:
        found = []
        for image in images:
            whole = int(image.pixels[0, 0]) == 200
            items = [Detection(b, 0.9, k) for k, b in enumerate(BOXES)]
            if not whole:
                items = [replace(items[0], label=9), *items[1:4]]
            found.append(
                Detections(image.name, image.pixels.shape, tuple(items), Provenance("fake", "h", device="cpu"))
            )
        return found


@pytest.fixture
def reviewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case of four reviewed cells, whose files bear a name, and an engine for it."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "weights"))
    write_card(tmp_path, [])
    path = tmp_path / "weights" / "fake.safetensors"

    def load(name: str, **options: object) -> FakeEngine:
        return FakeEngine(info_from_card(read_card(card_path(path)), "fake"))

    monkeypatch.setattr(validation, "load_engine", load)
    folder = tmp_path / "Meier"
    folder.mkdir()
    for i in range(4):
        cv2.imwrite(str(folder / f"Meier {i}.png"), np.full((100, 150), 200 + i, np.uint8))
    with Case.open(folder, user="cyto") as case:
        for cell in case.cells:
            items = [ReviewedChromosome(str(k), b, k, label_by=Attribution("person")) for k, b in enumerate(BOXES)]
            done = replace(
                case.annotation(cell.image).next_revision(chromosomes=tuple(items)), state=ReviewState.REVIEWED
            )
            case.save_annotation(done, "reviewed")
    return folder


def write_card(root: Path, trained: list[str]) -> None:
    (root / "weights").mkdir(exist_ok=True)
    card = {"engine": "deepace-v2", "title": "Fake", "classes": list(CLASS_NAMES), "rotated": False,
            "operating_threshold": 0.5, "data": {"trained_cells": trained}}  # fmt: skip
    save_weights(root / "weights" / "fake.safetensors", {"a": torch.ones(2, 2)}, card)


def test_the_record_holds_the_right_figures_and_no_names(reviewed: Path, tmp_path: Path) -> None:
    record = validate([reviewed], "fake")
    results = record["results"]
    assert (results["count_agreement"]["value"], results["count_agreement"]["of"]) == (0.25, 4)
    assert results["count_error"]["value"] == 0.75
    assert results["class_agreement"]["value"] == pytest.approx(14 / 17)
    assert results["recall"]["value"] == pytest.approx(17 / 20)
    assert results["corrections_per_cell"]["value"] == 1.5
    assert results["corrections_per_cell"]["low"] <= 1.5 <= results["corrections_per_cell"]["high"]
    assert record["confusion"]["rows"][0][9] == 3
    assert (record["data"]["cells"], record["data"]["chromosomes"]) == (4, 20)
    hashed = read_card(tmp_path / "weights" / "fake.card.json")["weights"]["hash"]
    assert record["engine"]["weights_hash"] == hashed
    files = write(record, tmp_path / "out")
    for file in files:
        assert "Meier" not in file.read_text() + file.name
    assert json.loads(files[0].read_text()) == record
    text = files[1].read_text()
    assert "cells with the right count" in text
    assert "3 times 1 was called 10" in text
    assert "Not signed." in text


def test_cells_that_taught_the_engine_are_left_out(reviewed: Path, tmp_path: Path) -> None:
    write_card(tmp_path, [pixel_digest(np.full((100, 150), 200 + i, np.uint8)) for i in (0, 1)])
    record = validate([reviewed], "fake")
    assert (record["data"]["cells"], record["data"]["left_out_as_training"]) == (2, 2)
    write_card(tmp_path, [pixel_digest(np.full((100, 150), 200 + i, np.uint8)) for i in range(4)])
    with pytest.raises(ValidationError, match="taught the engine"):
        validate([reviewed], "fake")


def test_a_signed_record_shows_every_change(reviewed: Path) -> None:
    repository = WeightsRepository(user="vera")
    record = validate([reviewed], "fake")
    assert check(record, repository) == ["The record is not signed."]
    signed = sign(record, User("vera", "Dr Vera Beck", Role.APPROVER), repository)
    assert check(signed, repository) == []
    assert "Signed as validated by Dr Vera Beck (vera)" in as_text(signed)
    better = json.loads(json.dumps(signed))
    better["results"]["recall"]["value"] = 0.99
    assert "content was changed" in check(better, repository)[0]
    assert "does not know this signature" in check(seal(better), repository)[0]


def test_wilson_agrees_with_the_published_example() -> None:
    low, high = wilson(81, 263)  # Newcombe 1998, table I
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert wilson(0, 10)[0] == 0.0
    assert wilson(0, 0) == (0.0, 1.0)
