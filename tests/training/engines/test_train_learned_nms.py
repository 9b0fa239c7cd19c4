"""The learned suppression learns what overlap alone cannot tell: doubles from crossing chromosomes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from karyotrain.data.augment import transform
from karyotrain.engines.train_learned_nms import (
    HOW,
    SIGMAS,
    ask,
    best_f1,
    collect,
    look_of,
    main,
    soft_scores,
    task_of,
    wanted,
)  # fmt: skip
from karyotrain.trainer.per_cell_trainer import teach
from safetensors.torch import load_file, save_file

from karyoview._resources import resource
from karyoview.core.geometry import iou_xyxy
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.weights import load_weights


def crowd(seed: int, n: int = 6) -> dict[str, torch.Tensor]:
    """n places with one chromosome found twice, and n with two that cross; only the features tell which."""
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 2000, (2 * n, 2)).repeat(2, 0)
    boxes = np.concatenate([places, places + 30], 1) + rng.normal(0, 1, (4 * n, 4))
    truth = np.concatenate([boxes[: 2 * n : 2], boxes[2 * n :]])
    first = np.arange(4 * n) % 2 == 0
    scores = torch.from_numpy(np.where(first, rng.uniform(0.6, 0.9, 4 * n), rng.uniform(0.3, 0.6, 4 * n))).float()
    features = torch.zeros(4 * n, 512)
    features[torch.arange(4 * n), torch.arange(4 * n) // (2 * n)] = 1.0
    return {
        "boxes": torch.from_numpy(boxes).float(), "scores": scores, "features": features,
        "classes": scores[:, None].expand(-1, 24) / 24,
        "overlap": torch.from_numpy(iou_xyxy(boxes, truth)).float(), "truth": torch.from_numpy(truth),
    }  # fmt: skip


def test_one_candidate_stands_for_a_chromosome_in_the_networks_own_order() -> None:
    overlap = torch.tensor([[0.9, 0.0], [0.7, 0.6], [0.3, 0.2]])
    assert wanted(overlap, torch.tensor([0.9, 0.8, 0.7])).tolist() == [1, 1, 0]
    assert wanted(overlap[:, :1], torch.tensor([0.5, 0.8, 0.9])).tolist() == [0, 1, 0]


def test_crossing_ones_stay_and_doubles_go_where_overlap_alone_fails(tmp_path: Path) -> None:
    model = teach(task_of([crowd(s) for s in range(24)], 12, replace(HOW, lr=3e-3)), tmp_path)
    new = [crowd(s) for s in range(100, 108)]
    with torch.no_grad():
        learned, _ = best_f1([ask(model, c).sigmoid() for c in new], new)
    plain = max(best_f1([soft_scores(c, sigma) for c in new], new)[0] for sigma in SIGMAS)
    assert learned > plain + 0.1


def test_the_command_trains_on_cells_that_the_finder_found(tmp_path: Path, monkeypatch, capsys) -> None:
    torch.manual_seed(0)
    (tmp_path / "finder").mkdir()
    finder = {f"model.{k}": v.contiguous() for k, v in Finder().state_dict().items()}
    save_file(finder, str(tmp_path / "finder" / "last.safetensors"))
    monkeypatch.setattr("karyotrain.engines.train_learned_nms.load", lambda *_, **__: _cells())
    monkeypatch.setattr(
        "sys.argv",
        ["suppression", "--data", "x", "--finder", str(tmp_path / "finder"), "--output", str(tmp_path / "out"),
         "--spare", "1", "--cells", "1", "--epochs", "1"],
    )  # fmt: skip
    main()
    state = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert state["cells"] == 2  # the fit cell that is not spared, and one of the finder's own
    assert state["f1_soft_nms_seen"] is not None
    assert 0 <= state["f1_spare"] <= 1
    assert 0 <= state["f1_soft_nms"] <= 1
    assert "model.score_out.weight" in load_file(str(tmp_path / "out" / "last.safetensors"))


def test_an_engines_network_goes_on_with_cells_of_the_scale_and_look_that_it_is_asked_about(
    tmp_path: Path, monkeypatch, capsys, untrained_engine
) -> None:
    config = {"temperature": 1.0, "scale_by_area": True, "connected_pieces": True}
    engine = untrained_engine(tmp_path, config, "learned_nms", threshold=0.3)
    monkeypatch.setattr("karyotrain.engines.train_learned_nms.load", lambda *_, **__: _enlarged())
    command = ["--data", "x", "--engine", str(engine), "--begin", str(engine), "--output", str(tmp_path / "out")]
    main([*command, "--spare", "1", "--cells", "1", "--looks", "--empty", "1", "--epochs", "0"])
    state = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert state["cells"] >= 2
    begun = load_weights(engine).tensors
    kept = load_file(str(tmp_path / "out" / "last.safetensors"))
    for name, value in kept.items():
        if name.startswith("model."):
            torch.testing.assert_close(value.float(), begun[name.replace("model.", "learned_nms.")].float())


def test_truths_are_scaled_as_the_engine_scales_the_cell(tmp_path: Path, untrained_engine, monkeypatch) -> None:
    config = {"temperature": 1.0, "scale_by_area": True}
    usual = _cells()[0].pixels.shape[0]
    monkeypatch.setattr(KaryoViewEngine, "scale_of", lambda _, grey: 0.5 if grey.shape[0] > 1.5 * usual else 1.0)
    engine = KaryoViewEngine(load_weights(untrained_engine(tmp_path, config)), device="cpu", settings={})
    plain, large = _cells()[0], _enlarged()[0]
    (a,), (b,) = collect(look_of(engine), [plain]), collect(look_of(engine), [large])
    np.testing.assert_allclose(np.sqrt(_areas(b["truth"])), np.sqrt(_areas(a["truth"])), rtol=0.03)


def _areas(boxes: torch.Tensor) -> np.ndarray:
    return ((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])).numpy()


def _enlarged() -> list:
    """The cells at twice their size."""
    return [transform(cell, 2 * np.eye(2)) for cell in _cells()]


def _cells() -> list:
    from karyotrain.data.dataset import load

    cells = load(resource("sample", "46XX"), "all", limit=2)
    return [cells[0], cells[1]]
