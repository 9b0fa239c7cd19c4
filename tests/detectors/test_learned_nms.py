"""Learned suppression: what it asks about, what lies between two candidates, and who is heard."""

from __future__ import annotations

import math

import pytest
import torch
from torchvision.ops import box_iou

from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.nets.learned_nms import MAX_CANDIDATES, LearnedNMS, candidates, pairwise_features
from karyoview.detectors.nets.tta import TTA_TRANSFORMS, apply_to_boxes, apply_to_image, invert_boxes


def some(n: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """n candidates in a row, each overlapping only the next: boxes, scores, classes, features."""
    g = torch.Generator().manual_seed(seed)
    left = 12.0 * torch.arange(n)
    boxes = torch.stack([left, torch.zeros(n), left + 16, torch.full((n,), 30.0)], 1)
    scores = torch.rand(n, generator=g) * 0.8 + 0.1
    classes = torch.rand(n, 24, generator=g)
    classes = classes / classes.sum(1, keepdim=True) * scores[:, None]
    return boxes, scores, classes, torch.rand(n, 512, generator=g)


def test_near_copies_and_faint_regions_are_not_asked_about() -> None:
    boxes = torch.tensor([[0, 0, 10, 30], [0, 0, 10, 29.5], [50, 0, 60, 30], [90, 0, 99, 30.0]])
    assert candidates(boxes, torch.tensor([0.5, 0.9, 0.6, 0.001])).tolist() == [1, 2]
    many = torch.stack([torch.tensor([40.0 * i, 0, 40.0 * i + 20, 20]) for i in range(MAX_CANDIDATES + 30)])
    kept = candidates(many, torch.linspace(0.2, 0.9, len(many)))
    assert len(kept) == MAX_CANDIDATES
    assert kept[0] == len(many) - 1
    assert len(candidates(torch.zeros(0, 4), torch.zeros(0))) == 0


def test_what_lies_between_two_boxes() -> None:
    boxes = torch.tensor([[0, 0, 10, 40], [0, 20, 20, 40], [100, 100, 120, 120.0]])
    scores = torch.tensor([0.8, 0.5, 0.9])
    classes = torch.zeros(3, 24)
    classes[0, 3] = 0.8
    classes[1, 3] = classes[1, 4] = 0.25
    i, j, between = pairwise_features(boxes, scores, classes)
    assert sorted(zip(i.tolist(), j.tolist(), strict=True)) == [(0, 1), (1, 0)]
    row = between[i.tolist().index(0)]
    # 200 px² are shared by boxes of 400 px² each
    expected = [1 / 3, 0.5, 0.5, 5 / 15, 10 / 30, math.log(0.5), math.log(2), 2 * math.log(2)]
    expected += [math.log(4) / 4, 0.0, math.sqrt(0.5)]
    torch.testing.assert_close(row, torch.tensor(expected), atol=1e-5, rtol=1e-5)


def test_only_the_neighbourhood_is_heard() -> None:
    torch.manual_seed(3)
    model = LearnedNMS(blocks=3).eval()
    boxes, scores, classes, features = some(10)
    before = model(boxes, scores, classes, features)
    changed = features.clone()
    changed[9] += 1.0
    after = model(boxes, scores, classes, changed)
    moved = (after - before).abs() > 1e-6
    assert moved[9]
    assert not moved[:6].any()  # three rounds carry a word over three neighbours
    order = torch.randperm(10, generator=torch.Generator().manual_seed(1))
    shuffled = model(boxes[order], scores[order], classes[order], features[order])
    torch.testing.assert_close(shuffled, before[order])


def test_nothing_and_one_alone() -> None:
    model = LearnedNMS()
    boxes, scores, classes, features = some(1)
    assert model(boxes[:0], scores[:0], classes[:0], features[:0]).shape == (0,)
    model(boxes, scores, classes, features).sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)


@pytest.mark.parametrize(("views", "other"), [(4, 3), (8, 6)])
def test_several_views_see_a_turned_cell_as_the_cell_turned(views: int, other: int) -> None:
    torch.manual_seed(0)
    finder = Finder().eval()
    image = 225 - 150 * (torch.rand(64, 96) > 0.8).float()
    straight, turned = (
        finder.find(image, views=views),
        finder.find(apply_to_image(image, TTA_TRANSFORMS[other]), views=views),
    )
    back = invert_boxes(turned.boxes, (64, 96), TTA_TRANSFORMS[other])
    first = torch.cat([straight.boxes, straight.scores[:, None]], 1)
    second = torch.cat([back, turned.scores[:, None]], 1)
    distance = torch.cdist(first, second)
    assert len(first) > 50
    # of near copies another one may be left, where another form comes first
    assert float((distance.min(1).values < 0.5).float().mean()) > 0.9
    assert box_iou(straight.boxes, back).max(1).values.min() > 0.5
    one = finder.find(image)
    assert one.features.shape == (len(one.boxes), 512)
    torch.testing.assert_close(one.classes.sum(1), one.scores, atol=1e-4, rtol=1e-4)


def test_a_box_holds_the_same_pixels_in_every_form() -> None:
    image = torch.arange(24 * 40).view(24, 40)
    boxes = torch.tensor([[3.0, 5, 11, 8], [20, 0, 40, 24]])
    for view in TTA_TRANSFORMS:
        form, there = apply_to_image(image, view), apply_to_boxes(boxes, (24, 40), view)
        for (x1, y1, x2, y2), (u1, v1, u2, v2) in zip(boxes.int().tolist(), there.int().tolist(), strict=True):
            assert sorted(image[y1:y2, x1:x2].flatten().tolist()) == sorted(form[v1:v2, u1:u2].flatten().tolist())
        assert torch.equal(invert_boxes(there, (24, 40), view), boxes)
