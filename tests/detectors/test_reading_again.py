"""A cell that leaves doubt is read once more, in more views; what was looked at before is not looked at again."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from karyotrain.data.synthesis import make_cell

from karyoview.detectors import karyoview_engine
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.reading_settings import EFFORTS, doubts
from karyoview.detectors.runtime import Runtime
from karyoview.detectors.weights import load_weights


def test_only_scores_in_between_leave_doubt() -> None:
    balanced = EFFORTS["balanced"]
    assert doubts(np.array([0.0, 0.1, 0.2, 0.5, 0.8, 0.9, 1.0])) == 3
    assert balanced.after(np.array([0.02, 0.5, 0.99])) is None
    assert balanced.after(np.array([0.4, 0.5, 0.99])) is EFFORTS["best"]
    assert EFFORTS["best"].after(np.full(40, 0.5)) is None
    assert EFFORTS["fast"].after(np.full(40, 0.5)) is None


def test_networks_in_8_bits_read_a_doubtful_cell_once(
    tmp_path: Path, untrained_engine: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(karyoview_engine, "compile_backends", lambda *_: Runtime())
    engine = KaryoViewEngine(
        load_weights(untrained_engine(tmp_path, {"finder_threshold": 0.0}, "learned_nms", "cell_context")),
        device="cpu", settings={"precision": "fp32"},
    )  # fmt: skip
    engine.effort = replace(engine.effort, undecided=-1)
    engine.eight_bits = True
    maps: list[int] = []
    engine.model.finder.backbone.register_forward_hook(lambda *_: maps.append(1))
    engine.read(make_cell("46,XX", 3).image.astype(np.uint8)[100:300, 100:330])
    assert len(maps) == engine.effort.views == 4


def test_views_that_were_looked_at_are_not_looked_at_again() -> None:
    torch.manual_seed(0)
    finder = Finder().eval()
    maps: list[int] = []
    finder.backbone.register_forward_hook(lambda *_: maps.append(1))
    image, looked = torch.rand(90, 110) * 255, []
    first = finder.find(image, 2, looked=looked)
    assert len(maps) == len(looked) == 2
    more = finder.find(image, 4, looked=looked)
    assert len(maps) == len(looked) == 4
    for got, expected in ((first, finder.find(image, 2)), (more, finder.find(image, 4))):
        for one, other in zip(got, expected, strict=True):
            torch.testing.assert_close(one, other)
    assert len(finder.find(image, 2, looked=looked).boxes) == len(first.boxes)


@pytest.mark.parametrize(("undecided", "readings"), [(-1, 2), (10_000, 1)])
def test_a_doubtful_cell_is_read_with_the_effort_for_it(
    tmp_path: Path,
    untrained_engine: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    undecided: int,
    readings: int,
) -> None:
    monkeypatch.setattr(karyoview_engine, "compile_backends", lambda *_: Runtime())
    weights = load_weights(untrained_engine(tmp_path, {"finder_threshold": 0.0}, "learned_nms", "cell_context"))
    engine = KaryoViewEngine(weights, device="cpu", settings={"precision": "fp32"})
    best = KaryoViewEngine(weights, device="cpu", settings={"precision": "fp32", "quality": "best"})
    engine.effort = replace(engine.effort, undecided=undecided)
    maps: list[int] = []
    engine.model.finder.backbone.register_forward_hook(lambda *_: maps.append(1))
    cell = make_cell("46,XX", 3).image.astype(np.uint8)[100:300, 100:330]
    _, decisions = engine.read(cell)
    assert len(maps) == (8 if readings == 2 else 4)
    expected = best.read(cell)[1] if readings == 2 else engine.decide(engine.named_regions(cell))
    np.testing.assert_allclose(decisions.scores, expected.scores, atol=1e-6)
