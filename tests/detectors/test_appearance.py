"""How far a cell looks from those that are known, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from karyotrain.engines.fit_appearance import known_looks

from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.appearance import Appearance
from karyoview.detectors.regions import Regions
from karyoview.detectors.weights import load_weights, save_weights
from karyoview.imaging.masks import InstanceMask


def cells(shift: float, count: int = 30, seed: int = 0) -> list[torch.Tensor]:
    """Embeddings of cells whose means lie about ``shift``."""
    rng = np.random.default_rng(seed)
    means = shift + 0.2 * rng.normal(size=(count, 1, 256))
    return list(torch.from_numpy(means + rng.normal(size=(count, 46, 256))).float())


def fitted() -> Appearance:
    looks = Appearance()
    tensors = known_looks({"one": cells(0.0), "two": cells(3.0, 8)})
    looks.load_state_dict({name.removeprefix("appearance."): value for name, value in tensors.items()})
    return looks


def test_a_cell_of_a_known_look_is_not_new_and_one_between_two_is() -> None:
    looks = fitted()
    for shift in (0.0, 3.0):
        values = [looks.novelty(cell) for cell in cells(shift, 20, seed=5)]
        assert np.mean([value is not None and value < 1.2 for value in values]) == 1.0
    assert (looks.novelty(cells(1.5, 1, seed=6)[0]) or 0) > 1.5
    assert looks.novelty(cells(0.0, 1)[0][:5]) is None  # too few chromosomes


def test_without_a_known_look_nothing_is_new() -> None:
    assert Appearance().novelty(cells(0.0, 1)[0]) is None


def regions(embeddings: np.ndarray) -> Regions:
    rng = np.random.default_rng(1)
    count = len(embeddings)
    boxes = np.array([[30.0 * i, 0, 30 * i + 15, 60] for i in range(count)])
    mask = np.ones((60, 15), bool)
    masks = [InstanceMask(mask, int(x), 0, 1.0, True, True, None, None) for x in boxes[:, 0]]
    log_probs = np.log(rng.dirichlet(np.ones(24), count))
    crops = np.zeros((count, 2, 192, 32), np.uint8)
    return Regions(
        boxes, np.full(count, 0.9), log_probs, np.ones(count), masks, crops, embeddings.astype(np.float32),
        np.zeros((count, 512), np.float32),
    )  # fmt: skip


def test_a_new_look_raises_doubt_and_a_known_one_changes_nothing(
    tmp_path: Path, untrained_engine: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Regions, "context_inputs", _inputs)
    config = {"novel_temperature": 1.0, "finder_threshold": 0.3}
    weights = load_weights(untrained_engine(tmp_path, config, "cell_context"))
    tensors = dict(weights.tensors) | known_looks({"one": cells(0.0)})
    card = {k: v for k, v in weights.card.items() if k != "weights"}
    path = save_weights(tmp_path / "looks" / "karyoview.safetensors", tensors, card, precision="fp16")
    engine = KaryoViewEngine(load_weights(path), device="cpu", settings={})
    known, new = regions(cells(0.0, 1, seed=9)[0].numpy()), regions(cells(2.0, 1, seed=9)[0].numpy())
    assert (engine.novelty(known) or 9) < 1.3
    assert (engine.novelty(new) or 0) > 2
    plain = KaryoViewEngine(weights, device="cpu", settings={})
    assert plain.novelty(known) is None
    sure, unsure = plain.decide(known).log_probs.max(1), engine.decide(replace(known, embeddings=new.embeddings))
    assert (unsure.log_probs.max(1) < sure).all()


def test_an_offset_moves_scores_by_so_many_log_odds_and_no_class(
    tmp_path: Path, untrained_engine: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Regions, "context_inputs", _inputs)
    seen = regions(cells(0.0, 1, seed=9)[0].numpy())
    found = []
    for name, config in {"plain": {}, "moved": {"score_offset": 0.5}}.items():
        path = untrained_engine(tmp_path / name, {"finder_threshold": 0.3, **config}, "cell_context")
        found.append(KaryoViewEngine(load_weights(path), device="cpu", settings={}).decide(seen))
    odds = [np.log(d.scores / (1 - d.scores)) for d in found]
    np.testing.assert_allclose(odds[1] - odds[0], 0.5, atol=1e-4)
    np.testing.assert_array_equal(found[0].log_probs, found[1].log_probs)


def _inputs(self: Regions) -> tuple[np.ndarray, ...]:
    count = len(self.masks)
    node_features, embeddings, roi_features = (np.zeros((count, width)) for width in (12, 256, 512))
    return node_features, self.log_probs, embeddings, roi_features, np.zeros((count, count, 8))
