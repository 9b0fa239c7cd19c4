"""What is fitted when the cell's own network judges: its threshold, the temperature of its classes and the prices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from karyotrain.data.dataset import Sample
from karyotrain.engines import assembly

from karyoview.core.assignment import COPY_PENALTIES
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.metrics import ImagePrediction
from karyoview.detectors.nets.cell_context import CellContext
from karyoview.detectors.nets.classifier import ChromosomeClassifier
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.weights import load_weights
from karyoview.imaging.direction import BINS


def cell(number: int) -> Sample:
    boxes = np.array([[60 * i, 10, 60 * i + 20, 70] for i in range(46)], np.float32)
    none, known = np.zeros((46, 5), np.float32), np.zeros(46, bool)
    pixels = np.zeros((100, 2800), np.uint8)
    return Sample(f"{number}", f"case {number}", pixels, boxes, np.repeat(np.arange(23), 2), none, known, known)


def timid_predictions(samples: Iterable[Sample]) -> list[ImagePrediction]:
    """Every chromosome at 0.6 and as many false ones at 0.3; three of four classes right, all said too timidly."""
    predictions = []
    for s in samples:
        boxes = np.concatenate([s.boxes, s.boxes + 2000]).astype(float)
        named = s.labels.copy()
        named[::4] = (named[::4] + 1) % 24
        p = np.full((92, 24), 0.5 / 23)
        p[np.arange(46), named] = 0.5
        scores = np.repeat([0.6, 0.3], 46)
        labels = np.concatenate([named, named])
        predictions.append(ImagePrediction(s.name, boxes, labels, scores, p * scores[:, None]))
    return predictions


def test_threshold_temperature_and_prices_are_fitted_and_the_rest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Mapping[str, object]] = []

    def predict(path: Path, samples: Iterable[Sample], settings: Mapping[str, object]) -> list[ImagePrediction]:
        asked.append(settings)
        return timid_predictions(samples)

    monkeypatch.setattr(assembly, "predict", predict)
    tensors = {f"finder.{k}": v for k, v in Finder().state_dict().items()}
    tensors |= {f"classifier.{k}": v for k, v in ChromosomeClassifier().state_dict().items()}
    tensors |= {f"cell_context.{k}": v for k, v in CellContext().state_dict().items()}
    tensors |= {"orientation.means": torch.zeros(24, 2 * BINS), "orientation.slopes": torch.ones(24)}
    config = {"temperature": 1.3, "finder_threshold": 0.45, "outlined": 0.1, "rescoring": [0.1] * 8}
    card = {"engine": "karyoview", "classes": list(CLASS_NAMES), "rotated": True, "config": dict(config)}
    path = tmp_path / "karyoview.safetensors"
    naming = assembly.decide_together(path, tensors, card, [cell(i) for i in range(3)])
    assert 0.3 < card["operating_threshold"] <= 0.6
    assert asked == [{"joint_assignment": False}]
    # three of four right at p = 0.5 is said too timidly: it must be sharpened
    assert card["config"]["context_temperature"] == naming["temperature"] < 0.9
    assert naming["fit_own_accuracy"] == pytest.approx(34 / 46, abs=0.02)
    assert {k: card["config"][k] for k in config} == config
    assert load_weights(path).card["config"]["finder_threshold"] == 0.45


def test_where_nothing_is_found_nothing_is_fitted() -> None:
    cells = [cell(0), cell(1)]
    nowhere = [replace(p, boxes=p.boxes + 5000) for p in timid_predictions(cells)]
    usual = {"temperature": 1.0, "copy_penalties": COPY_PENALTIES, "fit_own_accuracy": None, "fit_accuracy": {}}
    assert assembly.fit_naming(nowhere, assembly.truths_of(cells), 0.5) == usual
    assert assembly.fit_naming(timid_predictions(cells), assembly.truths_of(cells), 0.9) == usual
