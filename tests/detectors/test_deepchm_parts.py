"""DeepCHM's parts by their formulas: truth maps, hardness, sampling, anchors and assignment."""

from __future__ import annotations

import itertools
import math

import cv2
import numpy as np
import pytest
import torch

from karyoview.detectors.nets.dasmp import SAMPLERS, hardness_of_loss, sample_negatives, weighted_keys
from karyoview.detectors.nets.focal import focal_loss
from karyoview.detectors.nets.guided_anchors import (
    anchors_at,
    assign_anchors,
    dense_places,
    guided_places,
    highest_iou,
    place_anchors,
)
from karyoview.detectors.nets.hardness import PAPER_WIDTH, aspect, bend, hardness_weights
from karyoview.detectors.nets.rotated_ops import rotated_iou
from karyoview.detectors.nets.saliency import (
    Shape,
    intersections,
    saliency_loss,
    shape_of_box,
    shape_of_mask,
    truth_maps,
)
from karyoview.detectors.rotated_config import paper_sides


def _bar(size: int, start: tuple[int, int], end: tuple[int, int], width: int = 9) -> np.ndarray:
    canvas = np.zeros((size, size), np.uint8)
    cv2.line(canvas, start, end, 1, width)
    return canvas.astype(bool)


# -- truth maps ---------------------------------------------------------------------------------


def test_the_skeleton_of_a_bar_is_its_middle_line_and_the_edge_its_outline() -> None:
    mask = _bar(64, (32, 12), (32, 50))
    shape = shape_of_mask(mask[5:60, 20:45], x=20, y=5)
    assert np.abs(shape.skeleton[:, 0] - 32).max() <= 1
    assert shape.skeleton[:, 1].min() < 18
    assert shape.skeleton[:, 1].max() > 44
    ys, xs = np.nonzero(mask)
    assert shape.edge.min(0).tolist() == [xs.min(), ys.min()]
    assert shape.edge.max(0).tolist() == [xs.max(), ys.max()]


def test_truth_maps_are_gaussians_of_the_nearest_point() -> None:
    one = Shape(np.array([[40, 24]]), np.array([[8, 8]]))
    maps = truth_maps([one], 64, 96).maps
    assert maps.shape == (3, 16, 24)
    assert maps[0, 6, 10] == 1
    assert maps[0, 6, 12] == pytest.approx(math.exp(-4 / 2), abs=1e-5)  # two places away, σ² = 1
    assert maps[0, 7, 11] == pytest.approx(math.exp(-2 / 2), abs=1e-5)
    assert maps[1, 2, 2] == 1
    assert maps[2].max() == 0


def test_a_crossing_has_one_intersection_and_both_are_marked() -> None:
    masks = [_bar(96, (10, 10), (80, 80)), _bar(96, (10, 80), (80, 10)), _bar(96, (90, 5), (90, 30), 5)]
    shapes = [shape_of_mask(m) for m in masks]
    places, crossing = intersections(shapes, 96, 96)
    assert crossing.tolist() == [True, True, False]
    assert len(places) == 1
    assert np.abs(places[0] - 45).max() < 3
    maps = truth_maps(shapes, 96, 96).maps
    row, column = np.unravel_index(maps[2].argmax(), maps[2].shape)
    assert (maps[2, row, column], abs(row - 11) <= 1, abs(column - 11) <= 1) == (1, True, True)
    assert maps[2, row, column + 2] == pytest.approx(math.exp(-4 / 4), abs=1e-5)  # σ² = 2


def test_lines_of_a_box_stand_in_for_a_missing_mask() -> None:
    shape = shape_of_box([50, 40, 12, 40, math.pi / 2])
    assert (np.ptp(shape.skeleton[:, 0]), np.ptp(shape.skeleton[:, 1])) == (28, 0)
    assert np.ptp(shape.edge[:, 0]) == pytest.approx(40, abs=2)
    assert np.ptp(shape.edge[:, 1]) == pytest.approx(12, abs=2)
    wide = shape_of_box([50, 40, 40, 12, 0.0])
    assert np.ptp(wide.skeleton[:, 0]) == 28


def test_saliency_loss_is_its_formula_and_leaves_out_what_is_not_taught() -> None:
    m = torch.tensor([[[[0.8, 0.3]], [[0.2, 0.9]], [[0.5, 0.5]]]])
    t = torch.tensor([[[[1.0, 0.4]], [[0.0, 1.0]], [[0.0, 0.0]]]])

    def plus(p: float) -> float:
        return (1 - p) ** 2 * math.log(p)

    def minus(p: float, truth: float) -> float:
        return (1 - truth) ** 4 * p**2 * math.log(1 - p)

    wanted = -(plus(0.8) + minus(0.3, 0.4) + minus(0.2, 0) + plus(0.9) + 2 * minus(0.5, 0)) / 3
    assert float(saliency_loss(m, t)) == pytest.approx(wanted, rel=1e-5)
    first_only = torch.tensor([[[True, False]]])
    wanted = -(plus(0.8) + minus(0.2, 0) + minus(0.5, 0)) / 2
    assert float(saliency_loss(m, t, first_only)) == pytest.approx(wanted, rel=1e-5)
    assert float(saliency_loss(m, t, channels=[0])) == pytest.approx(-(plus(0.8) + minus(0.3, 0.4)) / 2, rel=1e-5)


# -- hardness -----------------------------------------------------------------------------------


def test_bend_is_measured_across_the_axis_at_the_papers_scale() -> None:
    points = np.array([[50, y] for y in range(20, 80)])
    upright = np.array([[46.0, 50.0, 16.0, 60.0, 0.0]])
    assert bend([Shape(points, points)], upright)[0] == pytest.approx(4 * PAPER_WIDTH / 16)
    turned = points[:, ::-1]
    lying = np.array([[50.0, 46.0, 16.0, 60.0, math.pi / 2]])
    assert bend([Shape(turned, turned)], lying)[0] == pytest.approx(4 * PAPER_WIDTH / 16)
    wide = np.array([[46.0, 50.0, 60.0, 16.0, math.pi / 2]])  # the same box named the other way
    assert bend([Shape(points, points)], wide)[0] == pytest.approx(4 * PAPER_WIDTH / 16)


def test_hardness_weight_is_equation_seven() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 40, 0], [0, 0, 30, 0.5, 0]])
    assert aspect(boxes).tolist() == [4.0, 30.0]
    w = hardness_weights(
        torch.tensor([False, True]), torch.tensor([0.5, 0.0]), torch.tensor([4.0, 30.0]), torch.tensor([0.25, 0.9])
    )
    assert w.tolist() == pytest.approx([1 + 1 - math.exp(-0.5), 1 + 1 - math.exp(-1.0)])


def test_focal_loss_is_its_formula() -> None:
    logits = torch.tensor([[0.3, 1.2]])
    p = 1 / (1 + math.exp(-0.9))
    assert float(focal_loss(logits, positive=True)) == pytest.approx(-2 * (1 - p) ** 4 * math.log(p), rel=1e-5)
    assert float(focal_loss(logits, positive=False)) == pytest.approx(-2 * p**4 * math.log(1 - p), rel=1e-5)


# -- sampling -----------------------------------------------------------------------------------


def test_dasmp_draws_by_the_weights_of_equation_fourteen() -> None:
    """Pairs drawn without replacement, against the exact chances of one draw after another."""
    loss = torch.tensor([0.0, 0.05, 0.2, 0.6, 3.0])
    weights = torch.softmax(hardness_of_loss(loss), 0).tolist()
    exact = {
        frozenset(p): sum(weights[i] * weights[j] / (1 - weights[i]) for i, j in (p, p[::-1]))
        for p in itertools.combinations(range(5), 2)
    }
    generator = torch.Generator().manual_seed(0)
    draws = 12_000
    seen: dict[frozenset[int], int] = {}
    for _ in range(draws):
        pair = frozenset(sample_negatives(loss, 2, "dasmp", generator=generator).tolist())
        seen[pair] = seen.get(pair, 0) + 1
    chi2 = sum((seen.get(p, 0) - draws * q) ** 2 / (draws * q) for p, q in exact.items())
    assert chi2 < 27.9  # 9 degrees of freedom, p = 0.001


def test_the_hardest_negative_is_at_most_e_times_likelier() -> None:
    f = hardness_of_loss(torch.tensor([0.0, 100.0]))
    assert float((f[1] - f[0]).exp()) == pytest.approx(math.e, rel=1e-6)
    many = torch.zeros(2_000_000)  # normalised weights of 5e-7: the plain keys u^(1/w) all underflow to 0
    keys = weighted_keys(many, torch.Generator().manual_seed(1))
    assert len(keys.unique()) > 1_999_000
    hard = torch.rand(2_000_000, generator=torch.Generator().manual_seed(2)) < 0.5
    many[hard] = 100.0
    drawn = sample_negatives(many, 20_000, "dasmp", generator=torch.Generator().manual_seed(3))
    assert float(hard[drawn].float().mean()) == pytest.approx(math.e / (1 + math.e), abs=0.015)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_sampler_draws_the_number_asked_without_repeats(sampler: str) -> None:
    g = torch.Generator().manual_seed(4)
    loss, iou = torch.rand(500, generator=g), torch.rand(500, generator=g) * 0.4
    drawn = sample_negatives(loss, 120, sampler, iou=iou, generator=g)
    assert len(drawn.unique()) == 120
    assert sample_negatives(loss[:50], 120, sampler, iou=iou[:50], generator=g).tolist() == list(range(50))
    if sampler == "ohem":
        assert float(loss[drawn].min()) >= float(loss.sort(descending=True).values[119])
    if sampler == "hnas":
        assert int((iou[drawn] >= 0.1).sum()) == 60


def test_hnas_fills_a_short_half_from_the_other() -> None:
    iou = torch.tensor([0.2] * 5 + [0.0] * 95)
    drawn = sample_negatives(torch.rand(100), 40, "hnas", iou=iou)
    assert int((iou[drawn] >= 0.1).sum()) == 5
    with pytest.raises(ValueError, match="sampler"):
        sample_negatives(torch.rand(10), 4, "best")  # type: ignore[arg-type]


# -- anchors ------------------------------------------------------------------------------------


def test_the_papers_anchors_are_forty_eight_a_place() -> None:
    base = place_anchors(paper_sides())
    assert base.shape == (48, 3)
    assert base[:, 0].unique().tolist() == pytest.approx([5.0, 10 / math.sqrt(2), 12.5, 25 / math.sqrt(2)])
    assert torch.allclose((base[:, 0] * base[:, 1]).unique(), torch.tensor([100.0, 625.0]))
    assert len(base[:, 2].unique()) == 12
    assert float(base[:, 2].max()) == pytest.approx(math.radians(165))
    one = anchors_at(torch.tensor([[0, 3, 7], [1, 0, 1]]), base)
    assert one.shape == (96, 5)
    assert one[0, :2].tolist() == [28.0, 12.0]
    assert one[48, :2].tolist() == [4.0, 0.0]
    paired = anchors_at(torch.tensor([[0, 3, 7]]), base[5:6], paired=True)
    assert torch.equal(paired[0], one[5])


def test_anchors_stand_on_skeletons_only() -> None:
    skeleton = torch.zeros(2, 128, 192)
    skeleton[0, 40:60, 50] = torch.linspace(0.1, 0.9, 20)
    places = guided_places(skeleton, 0.2)
    assert places[:, 0].unique().tolist() == [0]
    assert len(places) == int((skeleton >= 0.2).sum())
    assert len(guided_places(skeleton, 0.2, most=5)) == 5
    assert guided_places(skeleton, 0.2, most=5)[:, 1].min() == 55  # the strongest stay
    assert len(dense_places(2, 128, 192)) == 2 * 128 * 192
    assert len(guided_places(skeleton[1:], 0.2)) == 0


def test_assignment_is_the_rule_of_the_paper() -> None:
    truths = torch.tensor([[50.0, 50, 12, 50, 0.0], [56, 50, 12, 50, 0.0], [200, 200, 3, 90, 0.3]])
    g = torch.Generator().manual_seed(5)
    anchors = truths[torch.randint(3, (400,), generator=g)] + torch.randn(400, 5, generator=g) * torch.tensor(
        [4.0, 4.0, 1.0, 5.0, 0.2]
    )
    anchors[:, 2:4] = anchors[:, 2:4].clamp_min(8)
    anchors[-1] = torch.tensor([400.0, 400, 12, 50, 0])
    iou = rotated_iou(anchors, truths)
    result = assign_anchors(anchors, truths)
    best = iou.amax(1)
    forced = iou.argmax(0)
    for k in range(400):
        if k in forced.tolist():
            assert int(result.truth[k]) in (forced == k).nonzero()[:, 0].tolist()
        elif best[k] >= 0.6:
            assert int(result.truth[k]) == int(iou[k].argmax())
        else:
            assert int(result.truth[k]) == (-1 if best[k] <= 0.4 else -2)
    assert int(result.truth[-1]) == -1
    taught = result.truth >= 0
    assert torch.allclose(result.density[taught], (best / (iou.sum(1) + 1e-8))[taught], atol=1e-5)
    assert not result.density[~taught].any()
    seen = best >= 0.1
    assert torch.allclose(result.best[seen], best[seen], atol=1e-5)
    assert bool((result.best[~seen] < 0.1).all())
    assert float(iou[forced[2], 2]) < 0.6  # the thin one had no good anchor and got its best


def test_no_overlap_that_counts_is_ruled_out_beforehand() -> None:
    g = torch.Generator().manual_seed(8)
    sides = torch.tensor([2.0, 2.0, 1.0, 4.0, 1.0])
    anchors = torch.rand(40_000, 5, generator=g) * torch.tensor([90.0, 90.0, 30.0, 80.0, 7.0]) + sides
    truths = torch.tensor([[45.0, 45, 12, 60, 0.4], [50, 40, 30, 9, 2.0], [40, 50, 20, 20, -3.0]])
    iou = rotated_iou(anchors, truths)
    for k, truth in enumerate(truths):
        most = highest_iou(anchors, truth)
        assert bool((most >= iou[:, k] - 1e-6).all())
        assert float((most >= 0.1).float().mean()) < 2 * float((iou[:, k] >= 0.1).float().mean()) + 0.05
    result = assign_anchors(anchors, truths)
    best = iou.amax(1)
    assert torch.allclose(result.best[best >= 0.1], best[best >= 0.1], atol=1e-5)


def test_positives_are_limited_and_doubtful_boxes_teach_nothing() -> None:
    truth = torch.tensor([[50.0, 50, 12, 50, 0.0]])
    anchors = truth.repeat(50, 1)
    anchors[:, 1] += torch.linspace(0, 4, 50)
    result = assign_anchors(anchors, truth, most_positives=10, generator=torch.Generator().manual_seed(6))
    assert 10 <= int((result.truth == 0).sum()) <= 11  # the best one may come on top
    assert int((result.truth == -1).sum()) == 0
    away = torch.tensor([[150.0, 50, 12, 50, 0.0], [300.0, 50, 12, 50, 0.0]])
    result = assign_anchors(away, truth, doubtful=torch.tensor([[140.0, 20, 160, 80]]))
    assert result.truth.tolist()[0] == -2
    no_truth = assign_anchors(away, torch.zeros(0, 5))
    assert no_truth.truth.tolist() == [-1, -1]
    assert no_truth.density.tolist() == [0, 0]
