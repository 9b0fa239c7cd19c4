"""A second set of networks for cells of one look, and by which of the two a cell is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from karyoview.core.image import MetaphaseImage
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.specialist import (
    FEWEST_PIECES,
    KEY,
    PREFIX,
    general_weights,
    lone_chromosomes,
    specialist_weights,
    with_specialist,
)  # fmt: skip
from karyoview.detectors.weights import LoadedWeights, load_weights, save_weights

SETTINGS = {"threshold": 0.02, "check_metaphase": False}


def cell(count: int = 12) -> MetaphaseImage:
    """A field with ``count`` dark bars that lie alone."""
    field = np.full((320, 480), 228, np.uint8)
    rng = np.random.default_rng(0)
    for i in range(count):
        place = (50 + 90 * (i % 5), 60 + 100 * (i // 5))
        corners = cv2.boxPoints((place, (15, float(rng.integers(45, 70))), float(rng.integers(0, 180))))
        cv2.fillPoly(field, [np.rint(corners).astype(np.int32)], int(rng.integers(60, 120)))
    return MetaphaseImage(cv2.GaussianBlur(field, (0, 0), 1.0), "bars.png")


def routed(folder: Path, made: Callable[..., Path], bias: float) -> tuple[LoadedWeights, LoadedWeights, LoadedWeights]:
    """General weights, weights of a specialist, and both in one file; ``bias`` of the router decides alone."""
    general = load_weights(made(folder / "general", {"temperature": 1.0}, threshold=0.3))
    own = load_weights(made(folder / "own", {"temperature": 0.5, "finder_threshold": 0.2}, "router", threshold=0.3))
    tensors = dict(own.tensors) | {"router.weight": torch.zeros(1, 256), "router.bias": torch.tensor([bias])}
    tensors |= {k: v + 0.02 for k, v in tensors.items() if k.startswith("classifier.") and k.endswith(".bias")}
    own = replace(own, tensors=tensors)
    both = save_weights(folder / "both" / "karyoview.safetensors", *with_specialist(general, own), precision="fp32")
    return general, own, load_weights(both)


def test_both_sets_come_back_from_one_file(tmp_path: Path, untrained_engine: Callable[..., Path]) -> None:
    general, own, both = routed(tmp_path, untrained_engine, 1.0)
    assert general_weights(both).tensors.keys() == general.tensors.keys()
    found = specialist_weights(both)
    assert found is not None
    for name, value in own.tensors.items():
        torch.testing.assert_close(found.tensors[name].float(), value.float(), atol=1e-3, rtol=1e-3)
    assert found.card["config"]["temperature"] == 0.5
    assert both.card["config"]["temperature"] == 1.0
    assert found.hash != both.hash
    assert specialist_weights(general) is None
    assert general_weights(general) is general


@pytest.mark.parametrize(("bias", "by"), [(1.0, "own"), (-1.0, "general")])
def test_the_router_says_which_set_reads_a_cell(
    tmp_path: Path, untrained_engine: Callable[..., Path], bias: float, by: str
) -> None:
    general, own, both = routed(tmp_path, untrained_engine, bias)
    engine = KaryoViewEngine(both, device="cpu", settings=SETTINGS)
    alone = KaryoViewEngine(own if by == "own" else general, device="cpu", settings=SETTINGS)
    found, expected = engine.predict([cell()])[0], alone.predict([cell()])[0]
    assert len(found.items) > 0
    np.testing.assert_allclose(found.scores(), expected.scores(), atol=2e-3)
    np.testing.assert_array_equal(found.labels(), expected.labels())


def test_a_cell_of_which_too_little_lies_alone_is_left_to_the_specialist(
    tmp_path: Path, untrained_engine: Callable[..., Path]
) -> None:
    engine = KaryoViewEngine(routed(tmp_path, untrained_engine, -1.0)[2], device="cpu", settings=SETTINGS)
    few = cell(FEWEST_PIECES - 3).to_uint8()
    assert lone_chromosomes(few) == []
    assert engine.engine_for(few) is engine.specialist
    assert engine.engine_for(cell().to_uint8()) is engine


def test_pieces_of_middling_size_stand_for_the_cell() -> None:
    masks = lone_chromosomes(cell().to_uint8())
    assert FEWEST_PIECES <= len(masks) <= 12
    assert all(mask.mask.sum() > 300 for mask in masks)


def test_a_file_names_its_specialist(tmp_path: Path, untrained_engine: Callable[..., Path]) -> None:
    both = routed(tmp_path, untrained_engine, 1.0)[2]
    assert any(name.startswith(f"{PREFIX}finder.") for name in both.tensors)
    assert both.card[KEY].keys() == {"config"}
