"""The whole loop: a new look is corrected, trained, compared, activated, is better on the next case, and goes back."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.detection import Detections
from karyoview.core.geometry import Box, iou_xyxy
from karyoview.core.matching import least_corrections
from karyoview.detectors.registry import load_engine
from karyoview.review.session import ReviewSession
from karyoview.services.training import TrainingPlan, TrainingRun, list_runs, survey
from karyoview.services.weights import WeightsRepository, WeightsServiceError, compare

ENGINE = "deepace-v2"
SIZE = (150, 180)


def draw_cell(seed: int, shifted: bool) -> tuple[np.ndarray, np.ndarray]:
    """Six rods (H, W) uint8 and their horizontal boxes (6, 4); the new look is faint, grainy and on darker ground."""
    rng = np.random.default_rng(seed)
    pixels = np.full(SIZE, 225, np.uint8)
    boxes = []
    for i in range(6):
        x, y = 30 + (i % 3) * 60 + rng.uniform(-6, 6), 35 + (i // 3) * 80 + rng.uniform(-4, 4)
        box = Box.rotated(x, y, rng.uniform(9, 12), rng.uniform(28, 44), rng.uniform(-3, 3))
        cv2.fillPoly(pixels, [np.rint(box.corners()).astype(np.int32)], int(90 + 8 * i))
        boxes.append(box.capsule_bounds().to_xyxy())
    drawn = cv2.GaussianBlur(pixels, (0, 0), 0.8).astype(np.float32)
    if shifted:
        drawn = 165 + (drawn - 225) * 0.3
    noisy = drawn + rng.normal(0, 5 if shifted else 2, SIZE)
    return np.clip(noisy, 0, 255).astype(np.uint8), np.asarray(boxes)


def make_case(folder: Path, seeds: range) -> Path:
    folder.mkdir(parents=True)
    for seed in seeds:
        cv2.imwrite(str(folder / f"m{seed:05d}.png"), draw_cell(seed, shifted=True)[0])
    with Case.open(folder, user="cyto") as case:
        case.update_settings(training_consent=True)
    return folder


def review(folder: Path, shuffled: bool = False) -> list[int]:
    """Correct every cell of a case by edits, after asking the active engine; → corrections of each cell."""
    engine = load_engine(ENGINE, device="cpu")
    made = []
    with Case.open(folder, user="cyto") as case:
        save = case.save_annotation
        session = ReviewSession([case.annotation(c.image) for c in case.cells], save, "cyto")
        names = [c.image for c in case.cells]
        for number, name in enumerate(names):
            image = case.read_image(name)
            session.set_size(name, (image.height, image.width), image.sha256)
            (found,) = engine.predict([image])
            found = replace(found, image=name)
            case.save_proposals(found)
            session.receive(found, engine.info.operating_threshold)
            truth = draw_cell(int(names[(number + 1) % len(names) if shuffled else number][1:6]), shifted=True)[1]
            made.append(correct(session, name, truth))
            session.set_state(name, ReviewState.REVIEWED, confirmed=session.judge(session.annotation(name)))
    return made


def correct(session: ReviewSession, name: str, truth: np.ndarray) -> int:
    """The least edits that make the cell right."""
    session.go_to(name)
    items = session.annotation().chromosomes
    bounds = np.asarray([c.box.capsule_bounds().to_xyxy() for c in items]).reshape(-1, 4)
    plan = least_corrections(iou_xyxy(bounds, truth), np.zeros(len(bounds)), np.zeros(len(truth)))
    kept = {int(i): int(j) for i, j in plan.pairs}
    overlap = iou_xyxy(bounds, truth)
    for i, item in enumerate(items):
        if i not in kept:
            session.delete([item.id])
        elif overlap[i, kept[i]] < 0.5:
            session.reshape({item.id: Box.from_xyxy(*truth[kept[i]])}, "resize")
    for j in set(range(len(truth))) - set(kept.values()):
        session.add(Box.from_xyxy(*truth[j]))
    assert session.tally(name).corrections == plan.total
    return plan.total


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An engine that knows only the old look."""
    import json

    from karyotrain.engines.detection import train
    from karyotrain.engines.recipe import Recipe
    from karyotrain.trainer.loop import Options
    from karyotrain.trainer.schedule import Schedule

    folder = tmp_path_factory.mktemp("old-look")
    (folder / "images").mkdir()
    document: dict = {"images": [], "annotations": [], "categories": [{"id": 0, "name": "chromosome"}]}
    for i in range(30):
        pixels, boxes = draw_cell(50_000 + i, shifted=False)
        cv2.imwrite(str(folder / "images" / f"{i}.png"), pixels)
        document["images"].append({"id": i, "file_name": f"{i}.png", "case": f"c{i // 2}"})
        for x1, y1, x2, y2 in boxes.tolist():
            row = {"id": len(document["annotations"]) + 1, "image_id": i, "category_id": 0, "iscrowd": 0}
            document["annotations"].append(row | {"bbox": [x1, y1, x2 - x1, y2 - y1]})
    (folder / "train.json").write_text(json.dumps(document))
    recipe = Recipe(
        engine=ENGINE, title="tiny", preset="tiny", init="random", batch=4, micro=4, steps=120, lr=0.02,
        schedule=Schedule("cosine", 20), eval_images=6, augmentation="none", ema=0.99,
    )  # fmt: skip
    event = train(
        recipe, [folder], folder / "run", Options(device="cpu", precision="fp32", threads=1, evaluations=0)
    )  # fmt: skip
    return Path(event["weights"])


@pytest.fixture
def laboratory(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A laboratory's own folders, with the old engine active."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "weights"))
    (tmp_path / "weights").mkdir()
    for file in base.parent.glob(f"{ENGINE}.*"):
        shutil.copyfile(file, tmp_path / "weights" / file.name)
    return tmp_path


@pytest.mark.long
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_corrections_become_a_better_engine_and_back(laboratory: Path, seed: int) -> None:
    first = 1000 * (seed + 1)
    cases = [make_case(laboratory / f"case {k}", range(first + 10 * k, first + 10 * k + 6)) for k in range(3)]
    unseen = make_case(laboratory / "unseen", range(first + 100, first + 112))
    for folder in (*cases, unseen):
        review(folder)
    manifest = survey(cases)
    assert manifest["statistics"]["cells"] == 18
    assert manifest["statistics"]["corrected"] > 0
    run = TrainingRun.start(TrainingPlan(tuple(map(str, cases)), ENGINE, epochs=14, device="cpu", seed=seed))
    done = run.wait(600)
    assert (done.state, done.sentence) == ("done", "")
    assert done.weights is not None
    curve = done.losses["all"]
    assert len(curve) >= 3
    assert all(0 < loss < 10 for _, loss in curve)  # single steps say little; the comparison below decides
    outcome = compare(done.weights, [run.folder / "set", unseen], device="cpu")
    assert len(outcome.cells) >= 12
    assert outcome.difference["high"] < 0
    assert outcome.offered
    print(outcome.sentence())
    repository = WeightsRepository(user="cyto")
    old = repository.active(ENGINE)
    new = repository.activate(outcome)
    assert repository.active(ENGINE) == new == outcome.new_hash != old
    with Case.open(unseen, read_only=True) as case:
        proposals = case.proposals(case.cells[0].image, ENGINE)
    assert isinstance(proposals, Detections)
    assert proposals.provenance.weights_hash == old
    later = review(make_case(laboratory / "next", range(first + 200, first + 210)))
    assert repository.roll_back(ENGINE) == old == repository.active(ENGINE)
    before = review(make_case(laboratory / "next with the old engine", range(first + 200, first + 210)))
    print(f"the next case: {np.mean(later):.1f} corrections per cell, {np.mean(before):.1f} with the old engine")
    assert np.mean(later) < np.mean(before)
    assert [e["action"] for e in repository.history()] == ["activate", "roll back"]
    assert repository.problems() == []


@pytest.mark.long
@pytest.mark.timeout(900)
def test_an_engine_trained_on_shuffled_corrections_is_not_offered(laboratory: Path) -> None:
    cases = [make_case(laboratory / f"case {k}", range(7000 + 10 * k, 7006 + 10 * k)) for k in range(2)]
    for folder in cases:
        review(folder, shuffled=True)
    right = make_case(laboratory / "right", range(7100, 7112))
    review(right)
    run = TrainingRun.start(TrainingPlan(tuple(map(str, cases)), ENGINE, epochs=10, device="cpu"))
    run.wait(1.0)
    assert [r.folder for r in list_runs()] == [run.folder]  # another window finds the run by its folder
    done = list_runs()[0].wait(600)
    assert done.state == "done", done.sentence
    assert done.weights is not None
    outcome = compare(done.weights, [right], device="cpu")
    print(outcome.sentence())
    assert not outcome.offered
    with pytest.raises(WeightsServiceError, match="not offered"):
        WeightsRepository(user="cyto").activate(outcome)
    assert WeightsRepository().history() == []
