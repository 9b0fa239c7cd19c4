"""Studies of trained engines: what is done to pictures is done to boxes, sums are right, what is unfinished goes on."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from karyotrain.data.cells import Cell
from karyotrain.data.dataset import Sample
from karyotrain.data.third_copies import Pasted
from karyotrain.studies import common, components, notes, reproduce, robustness, trisomy

from karyoview._resources import resource
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.metrics import ImagePrediction
from karyoview.detectors import karyoview_engine
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.protocol import EngineInfo
from karyoview.detectors.reading_settings import EFFORTS
from karyoview.detectors.runtime import Runtime
from karyoview.detectors.weights import load_weights


def bars(seed: int = 0, size: tuple[int, int] = (300, 400)) -> tuple[Cell, list[Box]]:
    """A cell of nine upright dark bars on light ground, with their exact boxes."""
    rng = np.random.default_rng(seed)
    pixels = np.full(size, 225, np.uint8)
    boxes = []
    for i in range(9):
        x, y = 60 + 120 * (i % 3), 50 + 95 * (i // 3)
        w, h = int(rng.integers(12, 18)), int(rng.integers(30, 60))
        pixels[y - h // 2 : y - h // 2 + h, x - w // 2 : x - w // 2 + w] = 80
        boxes.append(Box.from_xyxy(x - w // 2, y - h // 2, x - w // 2 + w, y - h // 2 + h))
    rows = np.array([b.to_xyxy() for b in boxes])
    return Cell(f"bars-{seed}", f"c{seed}", pixels, rows, np.arange(9) % 24), boxes


class Blobs:
    """An engine that boxes what is dark: it knows nothing but the pixels, so its figures follow them."""

    def __init__(self, rotated: bool = True) -> None:
        self.info = EngineInfo("blobs", "Blobs", CLASS_NAMES, rotated, "0" * 64, 0.5)

    def predict(self, images, cancel=None):
        out = []
        for image in images:
            dark = (image.to_uint8() < 150).astype(np.uint8)
            contours, _ = cv2.findContours(dark, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            items = []
            for c in contours:
                (cx, cy), (w, h), degrees = cv2.minAreaRect(c)
                if w < 4 or h < 4:
                    continue
                x, y, bw, bh = cv2.boundingRect(c)
                turned = Box.rotated(cx + 0.5, cy + 0.5, w + 1, h + 1, np.deg2rad(degrees))
                items.append(Detection(turned, 0.9, 0, Box.from_xyxy(x, y, x + bw, y + bh)))
            out.append(Detections(image.name, (image.height, image.width), tuple(items), Provenance("blobs")))
        return out


# Other pictures


@pytest.mark.parametrize("name", sorted(robustness.CHANGES))
def test_boxes_follow_what_is_done_to_the_picture(name: str) -> None:
    cell, _ = bars()
    changed = robustness.CHANGES[name](cell)
    assert changed.pixels.dtype == np.uint8
    assert not np.array_equal(changed.pixels, cell.pixels)
    ground = 255 - changed.pixels if name.startswith("inverted") else changed.pixels
    # the middle of every box is dark, just outside of it it is light
    low, high = float(ground.min()), float(ground.max())
    for x1, y1, x2, y2 in changed.boxes:
        middle = ground[int((y1 + y2) / 2), int((x1 + x2) / 2)]
        outside = ground[int((y1 + y2) / 2), int(x2 + 0.5 * min(x2 - x1, y2 - y1))]
        assert middle < (low + high) / 2 < outside, name


def test_a_turned_box_comes_back_to_where_it_was() -> None:
    cell, boxes = bars()
    pixels, matrix = robustness.turned_pixels(cell.pixels, 30.0)
    assert pixels.shape[0] > cell.pixels.shape[0]
    centres = np.array([b.centre for b in boxes]) @ matrix[:, :2].T + matrix[:, 2]
    for (x, y), box in zip(centres, boxes, strict=True):
        assert pixels[round(float(y)), round(float(x))] < 120
        turned = np.array([[x, y, box.w, box.h, box.angle + np.deg2rad(30.0)]])
        back = robustness.turned_back(turned, matrix, 30.0)
        np.testing.assert_allclose(back[0], box.to_xyxy(), atol=0.01)


def test_rows_tell_what_an_engine_bears_and_what_not() -> None:
    cells = [bars(i)[0] for i in range(2)]
    rows = dict(robustness.measure(Blobs(), cells, fields=0, resamples=0))
    assert rows["as it is"]["f1"] == 1.0
    assert rows["turned by 90°"]["f1"] == 1.0
    assert rows["inverted (fluorescent)"]["f1"] < 0.5
    assert rows["inverted (fluorescent)"]["more_corrections"][0] > 1
    assert rows["size × 2"]["width"] == pytest.approx(2 * rows["as it is"]["width"], rel=0.1)
    text = common.as_table(rows, "picture")
    assert "| as it is | 2 |" in text
    assert text.count("\n") == len(rows) + 1
    flat = dict(robustness.measure(Blobs(rotated=False), cells[:1], fields=0, resamples=0))
    assert "do not turn" in flat["turned by 30°"]["note"]


def test_wilson_is_the_published_interval() -> None:
    assert common.wilson(8, 10) == pytest.approx((0.490, 0.943), abs=0.001)
    assert common.wilson(0, 0) == (0.0, 1.0)
    assert common.share(8, 10) == "8 of 10 = 80.0 % [49.0, 94.3]"


def test_a_study_goes_into_the_notes_and_changes_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "FOLDER", tmp_path / "notes")
    notes.put_into_notes("blobs", "trisomy", {"rows": {}})
    asked = argparse.Namespace(
        weights=None, engine="blobs", data=Path("cells"), split="fit", limit=3, fields=2, output=tmp_path / "rows.json",
        note=True,
    )  # fmt: skip
    common.publish("robustness", {"as it is": {"f1": 1.0}}, asked, Blobs())
    found = notes.read_notes("blobs")["studies"]
    assert found["robustness"]["rows"] == {"as it is": {"f1": 1.0}}
    assert found["trisomy"] == {"rows": {}}
    command = json.loads((tmp_path / "rows.json").read_text())["command"]
    assert command.endswith("studies.robustness --engine blobs --data cells --split fit --limit 3 --fields 2")


# Parts of the default engine


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory, untrained_engine):
    config = {"finder_threshold": 0.3, "rescoring": [0.1] * 8}
    return load_weights(
        untrained_engine(tmp_path_factory.mktemp("w"), config, "learned_nms", "cell_context", threshold=0.6)
    )


def test_the_efforts_that_are_shipped_are_rows_of_the_study() -> None:
    named = {"balanced": "as shipped (balanced)", "fast": "1 view each (fast)", "best": "8 and 4 views (best)"}
    for effort, row in named.items():
        variant = components.VARIANTS[row]
        shipped = EFFORTS[effort]
        assert (variant.finder_views, variant.views) == (shipped.views, shipped.crop_views)
        assert variant.again == (shipped.again is not None)


def test_each_variant_changes_its_own_part(weights, monkeypatch: pytest.MonkeyPatch) -> None:
    # a runtime, where one is used, takes the place of the modules that are counted here
    monkeypatch.setattr(karyoview_engine, "compile_backends", lambda *_: Runtime())
    engine = components.VariedEngine(weights, components.Variant(views=4, finder_views=3), "cpu")
    views, looks = [], []
    engine.model.finder.backbone.register_forward_hook(lambda *_: views.append(1))
    engine.model.classifier.register_forward_hook(lambda *_: looks.append(1))
    engine.candidates(np.full((90, 120), 228, np.uint8))
    engine.classify(np.zeros((1, 2, 192, 32), np.uint8))
    assert (len(views), len(looks)) == (3, 4)
    plain = components.VariedEngine(weights, components.Variant(second_look=False, joint_assignment=False), "cpu")
    assert "rescoring" not in plain.config
    assert plain.info.operating_threshold == 0.3
    assert engine.info.operating_threshold == 0.6
    assert weights.card["config"]["rescoring"] == [0.1] * 8
    assert not plain._settings.joint_assignment
    assert plain.model.learned_nms is not None
    assert plain.model.cell_context is None
    assert engine.model.cell_context is not None
    assert components.VariedEngine(weights, components.Variant(neighbours=False), "cpu").model.learned_nms is None
    assert components.VariedEngine(weights, components.Variant(context=False), "cpu").model.cell_context is None


def test_the_table_of_parts_compares_with_the_shipped_setting(weights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components, "VARIANTS", {k: components.VARIANTS[k] for k in list(components.VARIANTS)[:2]})
    monkeypatch.setattr(components.VariedEngine, "predict", lambda self, images, cancel=None: Blobs().predict(images))
    rows = dict(components.measure(weights, [bars()[0]], "cpu", resamples=0))
    first, second = rows.values()
    assert "more_corrections" not in first
    assert second["more_corrections"] == [0.0, 0.0, 0.0]
    assert second["best_f1"] == 1.0


# Third copies


def test_the_marked_chromosome_and_the_class_are_judged_apart() -> None:
    boxes = np.array([[0, 0, 10, 40], [50, 0, 60, 40], [100, 0, 110, 40]], float)
    cell = Cell("a", "c", np.zeros((50, 120), np.uint8), boxes, np.array([20, 20, 20]))
    prediction = ImagePrediction("a", boxes, np.array([20, 20, 21]), np.array([0.9, 0.8, 0.7]))
    seen = trisomy.inspect(prediction, cell, 20, 0.5, marked=2)
    assert (seen.found, seen.named, seen.counted, seen.right, seen.of) == (True, False, False, 2, 3)
    hidden = trisomy.inspect(prediction, cell, 20, 0.75, marked=2)
    assert not hidden.found
    named = trisomy.inspect(replace(prediction, labels=np.array([20, 20, 20])), cell, 20, 0.5, marked=2)
    assert named.named
    assert named.counted
    assert trisomy.paired([True, True], [True, False])[0] == 0.5


def test_pasted_cells_are_compared_with_themselves() -> None:
    cell, _ = bars()
    label = CLASS_NAMES.index("D13")
    labels = np.append(np.zeros(8, np.int64), label)
    x1, y1, x2, y2 = cell.boxes[-1].astype(int)
    bare = cell.pixels.copy()
    bare[y1:y2, x1:x2] = 225
    made = Pasted(
        replace(cell, pixels=bare, boxes=cell.boxes[:-1], labels=labels[:-1]),
        replace(cell, labels=labels),
        label,
        8,
        "x",
    )
    rows = trisomy.study_pasted(Blobs(), [made, made])
    assert rows["all"] == rows["13"]
    assert rows["18"]["cells"] == 0
    # the engine boxes everything and names nothing 13: found, not named, and right only where there is none
    assert (rows["13"]["extra_found"], rows["13"]["extra_named"]) == (2, 0)
    assert (rows["13"]["class_counted_with"], rows["13"]["class_counted_without"]) == (0, 2)
    assert rows["13"]["difference"] == [-1.0, -1.0, -1.0]
    summary = trisomy.say(rows)
    assert "third copy of 13: found 2 of 2 = 100.0 %" in summary
    assert "difference -100.0 points" in summary


# Every figure again


def test_figures_that_are_not_met_again_are_named() -> None:
    card = {"corrections_per_cell": 2.0, "f1": 0.99, "aer": None}
    assert reproduce.differences({"corrections_per_cell": 2.04, "f1": 0.9905}, card, 0.3, 0.05) == []
    lines = reproduce.differences({"corrections_per_cell": 2.2}, card, 0.3, 0.05)
    assert [s.split(":")[0] for s in lines] == ["corrections_per_cell", "f1"]
    assert "nothing" in lines[1]


def test_without_the_cells_it_fails_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KARYOVIEW_DATA", raising=False)
    assert reproduce.main([]) == 1
    assert reproduce.main(["--data", str(tmp_path)]) == 1
    output = capsys.readouterr().err
    assert "KARYOVIEW_DATA" in output
    assert output.count("\n") == 2


def test_a_row_is_run_compared_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    (tmp_path / "taichung").mkdir()
    (tmp_path / "taichung" / "val.json").write_text("{}")
    cards = reproduce.shipped_cards()
    name, card = next(iter(cards.items()))
    figures = dict(card["metrics"][reproduce.SET])
    monkeypatch.setattr(reproduce, "measure", lambda *_: figures)
    monkeypatch.setattr(reproduce, "laboratories_again", lambda *_: True)  # rows by laboratory have a test of their own
    assert reproduce.main(["--data", str(tmp_path), "--engine", name]) == 0
    assert "met again" in capsys.readouterr().out
    figures["f1"] -= 0.02
    assert reproduce.main(["--data", str(tmp_path), "--engine", name]) == 1
    assert "f1: the card says" in capsys.readouterr().out


def test_what_was_measured_goes_into_the_card_with_its_calibration(tmp_path: Path) -> None:
    path = tmp_path / "e.card.json"
    path.write_text(json.dumps({"title": "E", "metrics": {reproduce.SET: {"f1": 0.5, "kept": 1}}}))
    bins = [{"from": 0.0, "boxes": 1, "confidence": 0.05, "right": 0.0}]
    reproduce.write_figures(path, {"f1": 0.9, "calibration": bins, "per_image": [1, 2], "intervals": {}})
    card = json.loads(path.read_text())
    assert card == {"title": "E", "metrics": {reproduce.SET: {"f1": 0.9, "kept": 1, "calibration": bins}}}


def test_the_rows_of_the_readme_are_those_of_the_cards() -> None:
    readme = (resource("weights").parent.parent / "README.md").read_text(encoding="utf-8")
    wanted = reproduce.with_tables(readme, reproduce.shipped_cards())
    assert readme == wanted, "python -m karyotrain.studies.reproduce --readme README.md"
    with pytest.raises(KaryoViewError, match="no place"):
        reproduce.with_table("# nothing", "")


# Drawn cells alone


def test_a_finder_from_drawn_cells_alone_is_judged_at_its_own_threshold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from karyotrain.studies import synthetic_only

    cells = [replace(_sample(bars(s)[0]), name=f"{s}.png") for s in (0, 1)]
    monkeypatch.setattr(synthetic_only, "load_finder", lambda run: "finder")
    monkeypatch.setattr(synthetic_only, "drawn_cells", lambda: cells)
    monkeypatch.setattr(synthetic_only, "load", lambda *_, **__: cells[:1])

    def find(finder: object, asked: list[Sample], views: int = 1):
        truths = [replace(c.truth(), labels=np.full(len(c.boxes), -1)) for c in asked]
        # each truth at 0.8 and a ghost beside it at 0.3
        found = [
            ImagePrediction(
                t.image, np.concatenate([t.boxes, t.boxes + 500]), np.full(2 * len(t.boxes), -1),
                np.repeat([0.8, 0.3], len(t.boxes)),
            )
            for t in truths
        ]  # fmt: skip
        return found, truths

    monkeypatch.setattr(synthetic_only, "find", find)
    (tmp_path / "last.json").write_text('{"step": 7}')
    card = tmp_path / "card.json"
    synthetic_only.main(["--finder", str(tmp_path), "--data", str(tmp_path), "--card", str(card)])
    kept = json.loads(card.read_text())
    assert 0.3 < kept["threshold"] <= 0.8
    assert kept["training"] == {"step": 7}
    assert [m["f1"] for m in kept["metrics"].values()] == [1.0, 1.0]
    assert "real" in capsys.readouterr().out


def test_a_bare_finder_answers_in_the_cells_own_pixels() -> None:
    from karyotrain.studies import synthetic_only

    torch.manual_seed(0)
    cell = _sample(bars()[0])
    found, truths = synthetic_only.find(Finder().eval(), [cell])
    assert truths[0].labels.tolist() == [-1] * 9
    boxes = found[0].boxes
    assert len(boxes) > 0
    assert boxes[:, 2].max() > 0.7 * cell.pixels.shape[1]  # not those of the smaller picture
    assert (np.diff(found[0].scores) <= 0).all()


def _sample(cell: Cell) -> Sample:
    n = len(cell.boxes)
    unknown = np.zeros(n, bool)
    rotated = np.zeros((n, 5), np.float32)
    return Sample(
        cell.name, cell.case, cell.pixels, cell.boxes.astype(np.float32), cell.labels, rotated, unknown, unknown
    )
