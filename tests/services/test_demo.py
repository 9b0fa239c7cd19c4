"""The demonstration: a copy, never the original; honest about who gave the boxes; pictures without a screen."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from karyoview._resources import resource
from karyoview.case.case import Case
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import CancelToken, EngineError, EngineInfo
from karyoview.services import demo as service


@pytest.fixture(autouse=True)
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "available_engines", list)


def digests(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()
    }


def test_truth_is_proposed_on_a_copy_and_labelled(tmp_path: Path) -> None:
    original = resource("sample", service.SAMPLE)
    before = digests(original)
    folder = service.copy_sample(tmp_path / "demo")
    prepared = service.prepare(folder)
    assert "not an engine" in prepared.given_by
    truth = {d.image: d for d in service.read_truth(original)}
    with Case.open(folder, read_only=True) as case:
        assert len(case.cells) == len(truth) >= 5
        for cell in case.cells:
            annotation = case.annotation(cell.image)
            assert annotation.total() == len(truth[cell.image]) == 46
            assert annotation.counts() == (*[2] * 23, 0)
            assert "own truth" in annotation.notes
            assert not annotation.human()
    assert digests(original) == before
    files = service.write_pictures(prepared, tmp_path / "pictures")
    with Image.open(files[0]) as picture:
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 256, "coloured boxes over grey"
    with open(tmp_path / "pictures" / "cells.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [r["chromosomes"] for r in rows] == ["46"] * len(truth)
    assert all("own truth" in r["boxes by"] for r in rows)


class OneBox:
    """An engine that finds one chromosome in each cell and fails on the last."""

    info = EngineInfo("one", "One box", CLASS_NAMES, True, "abc", 0.5)

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        if any("006" in image.name for image in images):
            raise EngineError("This cell is too much for it.")
        item = Detection(Box.rotated(100, 100, 20, 60, 0.5), 0.9, 4)
        return [Detections(i.name, (i.height, i.width), (item,), Provenance("one")) for i in images]


def test_an_engine_proposes_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "available_engines", lambda: [OneBox.info])
    monkeypatch.setattr(service, "load_engine", lambda name, device: OneBox())
    lines: list[str] = []
    prepared = service.prepare(service.copy_sample(tmp_path), tell=lines.append)
    assert prepared.given_by == "One box (one)"
    assert prepared.failures == ("This cell is too much for it.",)
    assert lines[1].startswith("[1/6]")
    with Case.open(prepared.folder, read_only=True) as case:
        assert [case.annotation(c.image).total() for c in case.cells] == [1, 1, 1, 1, 1, 0]
        assert "own truth" not in case.annotation(case.cells[0].image).notes
        assert case.proposals(case.cells[0].image, "one") is not None


def test_work_in_the_copy_is_kept(tmp_path: Path) -> None:
    folder = service.copy_sample(tmp_path)
    service.prepare(folder)
    with Case.open(folder) as case:
        first = case.annotation(case.cells[0].image)
        case.save_annotation(first.next_revision(chromosomes=tuple(first.chromosomes[:-1])), "delete")
    service.prepare(service.copy_sample(tmp_path))
    with Case.open(folder, read_only=True) as case:
        assert case.annotation(case.cells[0].image).total() == 45


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(service.DemoError, match="cannot be written"):
        service.copy_sample(tmp_path / "file")


@pytest.mark.parametrize(("corrections", "by"), [(39.0, "truth"), (2.0, "chromosome")])
def test_an_engine_that_does_badly_on_drawn_cells_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corrections: float, by: str
) -> None:
    card = {"metrics": {service.DRAWN: {"corrections_per_cell": corrections}}}
    # one that was never measured there does not take its place
    others = [replace(OneBox.info, name="another")]
    monkeypatch.setattr(service, "available_engines", lambda: [replace(OneBox.info, card=card), *others])
    monkeypatch.setattr(service, "load_engine", lambda name, device: OneBox())
    folder = service.copy_sample(tmp_path)
    service.prepare(folder)
    with Case.open(folder, read_only=True) as case:
        totals = [case.annotation(cell.image).total() for cell in case.cells]
    assert (max(totals) > 40) == (by == "truth")
