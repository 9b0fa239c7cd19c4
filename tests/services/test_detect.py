"""Detection over many files, with a small engine of the test's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import CancelToken, EngineError, EngineInfo
from karyoview.services.detect import coco_document, detect, find_sources

ONE_CLASS = EngineInfo("dark", "Dark places", ("chromosome",), False, "abc", 0.5)
NAMED = EngineInfo("named", "Named", CLASS_NAMES, True, "def", 0.5)


class DarkPlaces:
    """An engine that boxes everything darker than 100 and fails on pictures wider than 300 pixels."""

    def __init__(self, info: EngineInfo = ONE_CLASS) -> None:
        self.info = info
        self.batches: list[int] = []

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        if cancel is not None:
            cancel.raise_if_cancelled()
        self.batches.append(len(images))
        if any(image.width > 300 for image in images):
            raise EngineError("A picture is too wide for this engine.")
        return [self._one(image) for image in images]

    def _one(self, image: MetaphaseImage) -> Detections:
        rows, columns = np.nonzero(image.pixels < 100)
        items = []
        if len(rows):
            box = Box.from_xyxy(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            items = [Detection(box, 0.9), Detection(box.moved(5, 0), 0.3)]
        size = (image.height, image.width)
        return Detections(image.name, size, tuple(items), Provenance(self.info.name, device="cpu"))


def picture(path: Path, width: int = 120, shift: int = 0) -> Path:
    pixels = np.full((80, width), 230, np.uint8)
    pixels[20 + shift : 50 + shift, 30:40] = 40
    Image.fromarray(pixels).save(path)
    return path


def test_folder_files_pages_and_errors(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    (folder / "karyoview").mkdir(parents=True)
    picture(folder / "karyoview" / "thumbnail.png")
    picture(folder / "b.png")
    picture(folder / "a.png")
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (folder / "notes.txt").write_text("notes")
    with tifffile.TiffWriter(folder / "c.tif") as writer:
        for _ in range(2):
            writer.write(np.full((80, 90), 200, np.uint8), subfiletype=2)
    (tmp_path / "empty").mkdir()
    single = picture(tmp_path / "single.png")
    sources, failed = find_sources([folder, single, tmp_path / "missing.png", tmp_path / "empty"])
    assert [s.name for s in sources] == ["a.png", "b.png", "broken.png", "c.tif", "c.tif.p1", str(single)]
    assert [f.source.name for f in failed] == [str(tmp_path / "missing.png"), str(tmp_path / "empty")]
    assert "no such file" in failed[0].reason
    outcomes = list(detect(sources, DarkPlaces()))
    assert [o.detections is None for o in outcomes] == [False, False, True, False, False, False]
    assert "broken.png" in outcomes[2].reason


def test_a_failing_batch_is_tried_picture_by_picture(tmp_path: Path) -> None:
    for name, width in (("a", 120), ("b", 400), ("c", 120), ("d", 120)):
        picture(tmp_path / f"{name}.png", width)
    sources, _ = find_sources([tmp_path])
    engine = DarkPlaces()
    seen: list[tuple[int, int, str]] = []
    outcomes = list(detect(sources, engine, batch=3, progress=lambda *state: seen.append(state)))
    assert [bool(o.reason) for o in outcomes] == [False, True, False, False]
    assert "too wide" in outcomes[1].reason
    assert engine.batches == [3, 1, 1, 1, 1]
    assert seen == [(1, 4, "a.png"), (2, 4, "b.png"), (3, 4, "c.png"), (4, 4, "d.png")]


def test_cancel_ends_early(tmp_path: Path) -> None:
    for k in range(5):
        picture(tmp_path / f"{k}.png")
    token = CancelToken()
    done = []
    for outcome in detect(find_sources([tmp_path])[0], DarkPlaces(), cancel=token):
        done.append(outcome.source.name)
        if len(done) == 2:
            token.cancel()
    assert done == ["0.png", "1.png"]


def test_leaving_the_generator_early_leaves_no_thread(tmp_path: Path) -> None:
    for k in range(5):
        picture(tmp_path / f"{k}.png")
    run = detect(find_sources([tmp_path])[0], DarkPlaces())
    next(run)
    run.close()


def test_document_of_a_one_class_engine(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    sources, failed = find_sources([tmp_path])
    outcomes = [*failed, *detect(sources, DarkPlaces())]
    document = coco_document(outcomes, ONE_CLASS, seconds=1.5)
    assert document["images"] == [{"id": 1, "file_name": "a.png", "width": 120, "height": 80}]
    assert document["categories"] == [{"id": 1, "name": "chromosome", "supercategory": "chromosome"}]
    (row,) = document["annotations"]
    assert row["bbox"] == [30, 20, 10, 30]
    assert (row["image_id"], row["category_id"], row["score"]) == (1, 1, 0.9)
    assert "rotated_box" not in row
    assert [e["file_name"] for e in document["errors"]] == ["bad.png"]
    assert document["info"]["operating_threshold"] == 0.5
    assert document["info"]["weights_hash"] == "abc"
    assert document["info"]["device"] == "cpu"
    assert document["info"]["seconds"] == 1.5
    assert len(coco_document(outcomes, ONE_CLASS, threshold=0.001)["annotations"]) == 2


def outcome_of(items: list[Detection]) -> list:
    from karyoview.services.detect import Outcome, Source

    found = Detections("a.png", (80, 120), tuple(items), Provenance("named"))
    return [Outcome(Source("a.png", Path("a.png")), found)]


def test_document_of_a_rotated_engine_with_classes() -> None:
    probabilities = np.full(24, 0.01)
    probabilities[[3, 5]] = 0.6, 0.18
    box = Box.rotated(50, 40, 10, 40, 0.7)
    horizontal = Box.from_xyxy(30, 20, 70, 60)
    items = [
        Detection(box, 0.95, 3, probabilities=tuple(probabilities), polarity=0.75),
        Detection(box.moved(20, 0), 0.9, 7, horizontal=horizontal),
    ]
    document = coco_document(outcome_of(items), NAMED)
    assert [c["name"] for c in document["categories"]] == list(CLASS_NAMES)
    first, second = document["annotations"]
    x1, y1, x2, y2 = box.capsule_bounds().to_xyxy()
    assert first["bbox"] == pytest.approx([x1, y1, x2 - x1, y2 - y1], abs=1e-3)
    assert first["rotated_box"] == pytest.approx([50, 40, 10, 40, 0.7], abs=1e-5)
    assert first["category_id"] == 4
    assert first["polarity"] == 0.75
    assert second["bbox"] == [30, 20, 40, 40], "the engine's own horizontal box wins"
    assert second["polarity"] is None
    every = coco_document(outcome_of(items), NAMED, threshold=0.05, all_classes=True)["annotations"]
    assert [(r["category_id"], r["score"]) for r in every] == [(4, 0.6), (6, 0.18), (8, 0.9)]


def test_a_folder_that_cannot_be_read_is_an_error_not_a_stop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture(tmp_path / "a.png")
    locked = tmp_path / "locked"
    locked.mkdir()
    listing = Path.iterdir

    def refuse(self: Path) -> object:
        if self == locked:
            raise PermissionError(13, "Permission denied", str(self))
        return listing(self)

    monkeypatch.setattr(Path, "iterdir", refuse)
    sources, failed = find_sources([locked, tmp_path])
    assert [s.name for s in sources] == ["a.png"]
    assert "Permission denied" in failed[0].reason
