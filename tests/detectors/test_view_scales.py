"""Views of a cell at several scales: boxes stay in the pixels of the cell, and what is shown is what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.nets.tta import TTA_TRANSFORMS, apply_to_boxes, invert_boxes
from karyoview.detectors.weights import load_weights


@pytest.fixture(scope="module")
def finder() -> Finder:
    torch.manual_seed(0)
    return Finder().eval()


def field(height: int, width: int) -> torch.Tensor:
    image = torch.full((height, width), 235.0)
    image[height // 4 : height // 2, width // 5 : width // 2] = 80.0
    return image


def test_pictures_of_one_scale_are_as_the_image_itself(finder: Finder) -> None:
    image = field(90, 120)
    for one, other in zip(finder.find(image, 4), finder.find(image, 4, scaled=[image, image]), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("number", range(4))
def test_a_larger_picture_proposes_in_the_pixels_of_the_image(finder: Finder, number: int) -> None:
    larger, transform = field(180, 240), TTA_TRANSFORMS[number]
    own = finder._look(larger, transform, (180, 240)).proposes
    shrunk = finder._look(larger, transform, (90, 120)).proposes
    torch.testing.assert_close(shrunk, own / 2)
    assert shrunk[:, 2].max() <= 120
    assert shrunk[:, 3].max() <= 90


def test_views_take_the_scales_in_turn_and_their_boxes_are_averaged_in_the_image(finder: Finder) -> None:
    image, larger = field(90, 120), field(180, 240)
    looked: list = []
    found = finder.find(image, 4, looked=looked, scaled=[image, larger, larger])
    assert [view.scaled_size for view in looked] == [(90, 120), (180, 240), (180, 240), (90, 120)]
    assert found.boxes[:, 2].max() <= 120
    # of the larger picture alone: what it sees, halved
    halved = finder.find(image, 1, scaled=[larger])
    whole = finder.find(larger, 1)
    kept = ((whole.boxes[:, 2:] - whole.boxes[:, :2]) > 4).all(1)
    torch.testing.assert_close(halved.boxes, whole.boxes[kept] / 2, atol=1e-3, rtol=1e-4)


def test_boxes_go_to_a_turned_larger_picture_and_back() -> None:
    boxes = torch.tensor([[10.0, 20.0, 40.0, 30.0]])
    for transform in TTA_TRANSFORMS:
        turned = apply_to_boxes(boxes * 2, (180, 240), transform)
        torch.testing.assert_close(invert_boxes(turned, (180, 240), transform) / 2, boxes)


def test_a_card_says_at_which_scales_its_engine_looks(tmp_path: Path, untrained_engine: Callable[..., Path]) -> None:
    cell = np.full((300, 420), 235, np.uint8)
    sizes = {}
    for scales in ([1.0], [1.0, 1.2]):
        path = untrained_engine(tmp_path / f"{len(scales)}", {"view_scales": scales}, "learned_nms")
        engine = KaryoViewEngine(load_weights(path), device="cpu", settings={})
        sizes[len(scales)] = [tuple(each.shape) for each in engine.asked_of(cell).scaled]
    assert sizes == {1: [(192, 269)], 2: [(192, 269), (230, 323)]}
