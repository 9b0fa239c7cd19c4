"""The default engine's model: filled whole from weights, whichever of its optional networks they hold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from karyoview.detectors.nets.finder import FinderRegions
from karyoview.detectors.nets.karyoview import OPTIONAL, KaryoViewModel
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.weights import LoadedWeights, load_weights


@pytest.mark.parametrize("parts", [(), ("learned_nms",), OPTIONAL])
def test_weights_fill_the_model_whole(
    tmp_path: Path, untrained_engine: Callable[..., Path], parts: tuple[str, ...]
) -> None:
    weights = load_weights(untrained_engine(tmp_path, {}, *parts))
    model = KaryoViewModel.from_weights(weights)
    assert {name for name in OPTIONAL if getattr(model, name) is not None} == set(parts)
    assert model.state_dict().keys() == weights.tensors.keys()
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(tensor, weights.tensors[name])


def test_weights_that_lack_a_network_are_refused(tmp_path: Path, untrained_engine: Callable[..., Path]) -> None:
    whole = load_weights(untrained_engine(tmp_path, {}))
    tensors = {k: v for k, v in whole.tensors.items() if not k.startswith("classifier.")}
    with pytest.raises(EngineError, match=r"missing, first 'classifier\."):
        KaryoViewModel.from_weights(LoadedWeights(whole.card, tensors, "", whole.path))
    with pytest.raises(ValueError, match="no optional part"):
        KaryoViewModel(["finder"])


def found(count: int) -> FinderRegions:
    """Regions on top of one another by halves, in a row."""
    x = torch.arange(count) * 15.0
    boxes = torch.stack([x, torch.zeros(count), x + 30, torch.full((count,), 60.0)], 1)
    classes = torch.full((count, 24), 1 / 24)
    return FinderRegions(boxes, torch.linspace(0.2, 0.9, count), classes, torch.randn(count, 512))


@pytest.mark.parametrize("parts", [(), ("learned_nms",)])
def test_what_stays_after_suppression_comes_by_falling_score(parts: tuple[str, ...]) -> None:
    torch.manual_seed(0)
    model = KaryoViewModel(parts).eval()
    with torch.inference_mode():
        kept, scores = model.suppress(found(12), soft_sigma=0.5)
    assert 0 < len(kept) == len(kept.unique()) <= 12
    assert (scores.diff() <= 0).all()
    assert scores.min() >= 0.001


def test_crops_are_classified_the_same_upside_down_where_all_reflections_count() -> None:
    torch.manual_seed(0)
    model = KaryoViewModel(()).eval()
    crops = torch.rand(3, 2, 192, 32)
    with torch.inference_mode():
        straight, turned = model.classify(crops, 4), model.classify(crops.flip(2), 4)
        one, sharp = model.classify(crops, 1), model.classify(crops, 1, temperature=0.5)
    for a, b in zip(straight, turned, strict=True):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(straight.probabilities.sum(1), torch.ones(3))
    assert (sharp.probabilities.max(1).values > one.probabilities.max(1).values).all()
