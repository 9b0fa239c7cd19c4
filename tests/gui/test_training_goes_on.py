"""A training that the system killed at step 20 goes on at step 20 by one click on the page: the real trainer."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.engines.detection import train
from karyotrain.engines.recipe import Recipe
from karyotrain.trainer.checkpoint import read_state
from karyotrain.trainer.loop import Options
from karyotrain.trainer.schedule import Schedule
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.geometry import Box
from karyoview.gui.training.page import TrainingPage
from karyoview.review.session import ReviewSession

ENGINE, SIZE = "deepace-v2", (150, 180)


def draw_cell(seed: int) -> tuple[np.ndarray, list[Box]]:
    rng = np.random.default_rng(seed)
    pixels = np.full(SIZE, 225, np.uint8)
    boxes = []
    for i in range(6):
        x, y = 30 + (i % 3) * 60 + rng.uniform(-6, 6), 35 + (i // 3) * 80 + rng.uniform(-4, 4)
        box = Box.rotated(x, y, 10, rng.uniform(28, 44), rng.uniform(-3, 3))
        cv2.fillPoly(pixels, [np.rint(box.corners()).astype(np.int32)], int(90 + 8 * i))
        boxes.append(box.capsule_bounds())
    return cv2.GaussianBlur(pixels, (0, 0), 0.8), boxes


def reviewed_case(folder: Path, seeds: range) -> Path:
    """A case whose cells a person boxed, and which may train."""
    folder.mkdir()
    for seed in seeds:
        cv2.imwrite(str(folder / f"m{seed}.png"), draw_cell(seed)[0])
    with Case.open(folder, user="cyto") as case:
        case.update_settings(training_consent=True)
        session = ReviewSession([case.annotation(c.image) for c in case.cells], case.save_annotation, "cyto")
        for cell, seed in zip(case.cells, seeds, strict=True):
            image = case.read_image(cell.image)
            session.set_size(cell.image, (image.height, image.width), image.sha256)
            session.go_to(cell.image)
            for box in draw_cell(seed)[1]:
                session.add(box)
            session.set_state(cell.image, ReviewState.REVIEWED, confirmed=session.judge(session.annotation(cell.image)))
    return folder


@pytest.fixture
def page(qtbot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrainingPage]:
    """The page with two cases, and a small engine that has hardly learnt."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "start"))
    cases = [reviewed_case(tmp_path / f"case {k}", range(10 * k, 10 * k + 4)) for k in range(2)]
    document: dict = {"images": [], "annotations": [], "categories": [{"id": 0, "name": "chromosome"}]}
    (tmp_path / "set" / "images").mkdir(parents=True)
    for i in range(4):
        pixels, boxes = draw_cell(500 + i)
        cv2.imwrite(str(tmp_path / "set" / "images" / f"{i}.png"), pixels)
        document["images"].append({"id": i, "file_name": f"{i}.png", "case": f"c{i}"})
        for box in boxes:
            x1, y1, x2, y2 = box.to_xyxy()
            document["annotations"].append({
                "id": len(document["annotations"]) + 1, "image_id": i, "category_id": 0, "iscrowd": 0,
                "bbox": [x1, y1, x2 - x1, y2 - y1],
            })  # fmt: skip
    (tmp_path / "set" / "train.json").write_text(json.dumps(document))
    recipe = Recipe(
        engine=ENGINE, title="tiny", preset="tiny", init="random", batch=1, micro=1, steps=1, lr=0.01,
        schedule=Schedule("constant", 0), images=2, eval_images=1, augmentation="none",
    )  # fmt: skip
    options = Options(device="cpu", precision="fp32", threads=1, evaluations=0)
    train(recipe, [tmp_path / "set"], tmp_path / "start", options)
    made = TrainingPage(cases, "cyto")
    qtbot.addWidget(made)
    made.show()
    yield made
    run = made._run
    if run is not None and run._process is not None and run._process.poll() is None:
        run._process.kill()
        run._process.wait()
    made.close()


def events(run_folder: Path, name: str) -> list[dict]:
    lines = (run_folder / "progress.jsonl").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        if line.startswith("{") and line.endswith("}") and (event := json.loads(line))["event"] == name:
            found.append(event)
    return found


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_a_killed_training_goes_on_at_its_step_by_one_click(qtbot, page: TrainingPage) -> None:
    page.budget.setCurrentIndex(1)
    page.epochs.setValue(40)
    QTest.mouseClick(page.start, Qt.MouseButton.LeftButton)
    run = page._run
    assert run is not None, page.state.text()

    def at_twenty() -> bool:
        assert run.status().state not in ("failed", "interrupted"), run.status().sentence
        saved = events(run.folder, "checkpoint") if (run.folder / "progress.jsonl").exists() else []
        return bool(saved) and saved[-1]["step"] >= 20

    qtbot.waitUntil(at_twenty, timeout=600_000)
    os.kill(run._process.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: page.resume.isEnabled() and "the run can go on" in page.state.text(), timeout=60_000)
    kept = read_state(run.folder / "last.safetensors")["step"]
    assert kept >= 20
    begun = len(events(run.folder, "start"))
    QTest.mouseClick(page.resume, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(events(run.folder, "start")) > begun, timeout=300_000)
    assert events(run.folder, "start")[-1]["step"] == kept
    qtbot.waitUntil(lambda: page.bar.value() > kept, timeout=300_000)
    QTest.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: run.status().state == "cancelled", timeout=120_000)
