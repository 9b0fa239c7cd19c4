"""The network that judges and names the regions of a cell together."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from karyotrain.data.cells import Cell
from karyotrain.data.dataset import Sample
from karyotrain.data.third_copies import Pasted
from karyotrain.engines import train_cell_context
from karyotrain.engines.train_cell_context import HOW, ask, judge, loss_of, task_of
from karyotrain.trainer.per_cell_trainer import PerCellTask, teach
from safetensors.torch import save_file

from karyoview.core.geometry import iou_xyxy
from karyoview.detectors.karyoview_engine import KaryoViewEngine, Regions
from karyoview.detectors.nets.cell_context import CellContext
from karyoview.detectors.rescoring import PAIR_FEATURES, SCORE_FEATURES
from karyoview.detectors.weights import load_weights, save_weights

COVERED, LONGER = PAIR_FEATURES.index("covered by it"), PAIR_FEATURES.index("longer")


def toy(seed: int, n: int = 8) -> dict[str, torch.Tensor]:
    """n chromosomes, each found twice; the better one of the two covers the other, scores tell nothing.

    The class (0 or 1) is whether a chromosome is longer than most of its companions: by itself it cannot be told.
    """
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 3000, (n, 2))
    truth = np.concatenate([places, places + 40], 1)
    right = rng.random(n) < 0.5
    boxes = truth.repeat(2, 0) + rng.normal(0, 2, (2 * n, 4))
    good = np.stack([right, ~right], 1).reshape(-1)
    boxes[~good] += 25.0
    between = np.zeros((2 * n, 2 * n, len(PAIR_FEATURES)))
    for i in range(n):
        worse, better = (2 * i + 1, 2 * i) if right[i] else (2 * i, 2 * i + 1)
        between[worse, better, COVERED] = 0.9
    lengths = rng.permutation(np.linspace(-1, 1, n)).repeat(2)
    between[..., LONGER] = lengths[None] - lengths[:, None]
    own = rng.normal(0, 0.3, (2 * n, 12))
    return {
        "node_features": torch.from_numpy(own), "log_probs": torch.full((2 * n, 24), -np.log(24)),
        "embeddings": torch.from_numpy(rng.normal(0, 1, (2 * n, 256))),
        "roi_features": torch.from_numpy(rng.normal(0, 1, (2 * n, 512))), "pair_features": torch.from_numpy(between),
        "boxes": torch.from_numpy(boxes), "overlap": torch.from_numpy(iou_xyxy(boxes, truth)),
        "truth": torch.from_numpy(truth), "labels": torch.from_numpy((lengths[::2] > 0).astype(np.int64)),
    }  # fmt: skip


def test_before_training_nothing_is_changed() -> None:
    cell = toy(0)
    odds, named = ask(CellContext(), cell)
    torch.testing.assert_close(odds, cell["node_features"][:, 0].float())
    torch.testing.assert_close(named, cell["log_probs"].float())


def test_the_order_of_the_regions_does_not_matter() -> None:
    torch.manual_seed(1)
    model = CellContext().eval()
    for last in (model.score_out, model.class_out):
        torch.nn.init.normal_(last.weight)
    cell, turn = toy(1), torch.randperm(16)
    odds, named = ask(model, cell)
    turned = {k: cell[k][turn] for k in ("node_features", "log_probs", "embeddings", "roi_features")}
    other_odds, other_named = ask(model, turned | {"pair_features": cell["pair_features"][turn][:, turn]})
    torch.testing.assert_close(other_odds, odds[turn], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(other_named, named[turn], atol=1e-5, rtol=1e-4)


def test_it_learns_doubles_and_classes_that_no_region_shows_by_itself(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    new = [toy(s) for s in range(100, 106)]
    before = judge(new, CellContext())
    model = teach(task_of([toy(s) for s in range(60)], 8, replace(HOW, lr=2e-3)), tmp_path)
    after = judge(new, model)
    assert before["f1"] < 0.8
    assert after["f1"] > 0.95
    assert after["class_accuracy"] > 0.85 > before["class_accuracy"]
    assert after["corrections"] < before["corrections"] - 4


def test_it_learns_what_only_the_finder_felt(tmp_path: Path) -> None:
    torch.set_num_threads(1)

    def felt_only(seed: int) -> dict[str, torch.Tensor]:
        cell = toy(seed)
        good = cell["pair_features"][..., COVERED].amax(1) == 0
        cell["roi_features"][:, :40] += 1.5 * (2.0 * good[:, None] - 1.0)
        return cell | {"pair_features": torch.zeros_like(cell["pair_features"])}

    new = [felt_only(s) for s in range(100, 106)]
    model = teach(task_of([felt_only(s) for s in range(60)], 8, replace(HOW, lr=2e-3)), tmp_path)
    assert judge(new, CellContext())["f1"] < 0.8
    assert judge(new, model)["f1"] > 0.95


def test_a_cell_without_any_chromosome_still_teaches_what_is_none() -> None:
    cell = toy(3)
    empty = cell | {"overlap": torch.zeros(16, 0), "truth": torch.zeros(0, 4), "labels": torch.zeros(0).long()}
    assert torch.isfinite(loss_of(CellContext(), empty))


@pytest.fixture(scope="module")
def engine_file(tmp_path_factory: pytest.TempPathFactory, untrained_engine: Callable[..., Path]) -> Path:
    config = {"temperature": 1.2, "finder_threshold": 0.4, "context_temperature": 0.8}
    return untrained_engine(tmp_path_factory.mktemp("w"), config)


def bars() -> Sample:
    """A field with eight dark bars."""
    field = np.full((260, 380), 228, np.uint8)
    corners = np.array([[30 + 85 * (i % 4), 30 + 110 * (i // 4)] * 2 for i in range(8)])
    boxes = corners + np.array([0, 0, 15, 70])
    for x1, y1, x2, y2 in boxes:
        field[y1:y2, x1:x2] = 90
    none, known = np.zeros((8, 5), np.float32), np.zeros(8, bool)
    return Sample("bars", "case", field, boxes.astype(np.float32), np.arange(8), none, known, known)


def test_the_command_looks_once_and_goes_on_from_what_it_saw(
    engine_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looked: list[str] = []
    plain = KaryoViewEngine.named_regions

    def named_regions(self: KaryoViewEngine, cell: np.ndarray, cancel: object = None) -> Regions:
        looked.append("")
        return plain(self, cell)

    monkeypatch.setattr(KaryoViewEngine, "named_regions", named_regions)
    monkeypatch.setattr(train_cell_context, "load", lambda *_, **__: [bars(), bars()])
    arguments = ["--data", "x", "--engine", str(engine_file), "--output", str(tmp_path), "--spare", "1"]
    monkeypatch.setattr("sys.argv", ["cell_context", *arguments, "--cells", "1", "--epochs", "2"])
    train_cell_context.main()
    assert len(looked) == 3
    train_cell_context.main()
    assert len(looked) == 4  # the spare cell only
    monkeypatch.setattr("sys.argv", ["cell_context", *arguments, "--cells", "2", "--epochs", "1"])
    train_cell_context.main()
    assert len(looked) == 7  # the spare cell, and two others than before
    monkeypatch.setattr("sys.argv", ["cell_context", *arguments, "--cells", "1", "--epochs", "1"])
    train_cell_context.main()
    state = json.loads((tmp_path / "report.json").read_text())
    assert state["cells"] == 2
    assert state["config"] == {"temperature": 1.2, "finder_threshold": 0.4, "outlined": train_cell_context.OUTLINED}
    assert state["spare"].keys() == state["spare_without"].keys()
    assert state.items() <= json.loads(capsys.readouterr().out.splitlines()[-1]).items()


def test_further_cells_teach_with_a_third_copy(
    engine_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taught: list[int] = []

    def paste(cells: list[Cell], library: object, labels: tuple[int, ...]) -> tuple[list[Pasted], int]:
        assert labels.count(23) == 3
        assert labels.count(0) == 1
        more = [replace(c, boxes=np.append(c.boxes, c.boxes[:1] + 9, 0), labels=np.append(c.labels, 23)) for c in cells]
        return [Pasted(c, m, 23, len(c.labels), "x") for c, m in zip(cells, more, strict=True)], 0

    def remember(cells: list[dict[str, torch.Tensor]], *settings: Any, **more: Any) -> PerCellTask:
        taught.extend(len(c["labels"]) for c in cells)
        return task_of(cells, *settings, **more)

    monkeypatch.setattr(train_cell_context, "load", lambda *_, **__: [bars(), bars()])
    monkeypatch.setattr(train_cell_context, "library_of", lambda *_: None)
    monkeypatch.setattr(train_cell_context, "pasted_cells", paste)
    monkeypatch.setattr(train_cell_context, "task_of", remember)
    arguments = ["--data", "x", "--engine", str(engine_file), "--output", str(tmp_path), "--spare", "1"]
    monkeypatch.setattr("sys.argv", ["cell_context", *arguments, "--cells", "1", "--third", "1", "--epochs", "1"])
    train_cell_context.main()
    assert taught == [8, 8, 9]  # a fit cell, a training cell, and one with a third copy
    assert json.loads((tmp_path / "report.json").read_text())["third"] == 1
    output = capsys.readouterr().out
    assert "1 training cells with a third copy; 0 had no room" in output
    train_cell_context.main()
    assert "had no room" not in capsys.readouterr().out  # what was seen is kept


def test_the_engine_takes_scores_and_classes_from_it_and_keeps_the_networks_own(
    engine_file: Path, tmp_path: Path
) -> None:
    weights = load_weights(engine_file)
    model = CellContext()
    torch.nn.init.constant_(model.score_out.bias, 3.0)
    with torch.no_grad():
        model.class_out.bias[5] = 50.0
    tensors = dict(weights.tensors) | {f"cell_context.{k}": v for k, v in model.state_dict().items()}
    card = {k: v for k, v in weights.card.items() if k != "weights"}
    path = save_weights(tmp_path / "karyoview.safetensors", tensors, card)
    settings = {"threshold": 0.01, "joint_assignment": False}
    plain = KaryoViewEngine(weights, device="cpu", settings=settings)
    other = KaryoViewEngine(load_weights(path), device="cpu", settings=settings)
    cell = bars().pixels
    before, after = plain.named_regions(cell), other.named_regions(cell)
    k = len(before.masks)
    assert k > 0
    np.testing.assert_allclose(before.embeddings, after.embeddings)
    assert np.abs(before.embeddings).sum() > 0
    assert before.roi_features.shape == (k, 512)
    assert np.abs(before.roi_features - before.roi_features.mean(0)).max(1).min() > 0  # each region has its own
    scores, named = other._rescore(after)
    odds = np.log(scores[:k] / (1 - scores[:k]))
    np.testing.assert_allclose(odds, before.context_inputs()[0][:, SCORE_FEATURES.index("score")] + 3, atol=1e-4)
    assert (named[:k].argmax(1) == 5).all()
    from karyoview.core.image import MetaphaseImage

    found = other.predict([MetaphaseImage(cell)])[0]
    outlined = [d for d in found.items if d.label == 5]
    assert outlined
    assert any(d.raw_label != 5 and "class changed by the cell" in d.reasons for d in outlined)


def test_cells_that_earlier_versions_kept_are_read_under_the_present_names(tmp_path: Path) -> None:
    kept = {"0.own": torch.ones(2, 12), "0.felt": torch.ones(2, 512), "0.between": torch.ones(2, 2, 8)}
    save_file(kept | {"0.labels": torch.zeros(2)}, str(tmp_path / "kept.safetensors"))
    (cell,) = train_cell_context._kept(tmp_path / "kept.safetensors", lambda _: pytest.fail("looked again"), list)
    assert cell.keys() == {"node_features", "roi_features", "pair_features", "labels"}
