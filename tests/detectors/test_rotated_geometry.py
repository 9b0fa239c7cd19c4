"""Skew IoU against shapely and the core, skew NMS against the one-by-one loop, KL and coding by their definitions."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator

import numpy as np
import pytest
import shapely
import torch
from torch import Tensor

from karyoview.core.geometry import Box, boxes_to_array, iou_rotated
from karyoview.core.geometry import capsule_bounds as core_capsule_bounds
from karyoview.core.geometry import corners as core_corners
from karyoview.core.geometry import rectangle_bounds as core_bounds
from karyoview.detectors.nets.rotated_coder import decode, encode
from karyoview.detectors.nets.rotated_loss import gaussian_kl, kl_loss
from karyoview.detectors.nets.rotated_nms import rotated_nms, soft_rotated_nms, vote
from karyoview.detectors.nets.rotated_ops import (
    capsule_bounds,
    paired_intersection,
    paired_iou,
    rotated_bounds,
    rotated_corners,
    rotated_iou,
)
from karyoview.detectors.nets.tta import TTA_TRANSFORMS, apply_to_image, invert_rotated_boxes

KINDS = ("random", "equal", "turned", "touching", "contained", "shifted", "nearly equal", "thin", "quarter", "lattice")


def _boxes(count: int, generator: torch.Generator) -> Tensor:
    r = torch.rand(count, 5, generator=generator, dtype=torch.float64)
    low = torch.tensor([0.0, 0.0, 5.0, 5.0, -math.pi], dtype=torch.float64)
    high = torch.tensor([1000.0, 1000.0, 25.0, 95.0, math.pi], dtype=torch.float64)
    return low + r * (high - low)


def _pairs(count: int, seed: int) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Pairs of boxes of every kind, ``count`` of each."""
    g = torch.Generator().manual_seed(seed)
    for kind in KINDS:
        a, b = _boxes(count, g), _boxes(count, g)
        s, c = a[:, 4].sin(), a[:, 4].cos()
        near = torch.rand(count, 2, generator=g, dtype=torch.float64) * 120 - 60
        if kind in ("random", "lattice"):
            b[:, :2] = a[:, :2] + near
        else:
            b = a.clone()
        if kind == "turned":
            b[:, 4] += math.pi
        elif kind == "touching":
            b[:, 0] += c * a[:, 2]
            b[:, 1] += s * a[:, 2]
        elif kind == "contained":
            b[:, 2:4] *= 0.5
        elif kind == "shifted":
            b[:, 0] += 0.3 * s * a[:, 3]
            b[:, 1] -= 0.3 * c * a[:, 3]
        elif kind == "nearly equal":
            b += 1e-7 * torch.rand(count, 5, generator=g, dtype=torch.float64)
        elif kind == "thin":
            b[:, 2] = 1e-9
        elif kind == "quarter":
            b[:, [2, 3]] = a[:, [3, 2]]
            b[:, 4] += math.pi / 2
        elif kind == "lattice":
            a, b = a.round(), b.round()
            a[:, 4], b[:, 4] = (a[:, 4] * 4).round() * math.pi / 12, (b[:, 4] * 4).round() * math.pi / 12
        yield kind, a, b


def _shapely_iou(a: Tensor, b: Tensor) -> Tensor:
    first, second = (shapely.polygons(rotated_corners(x).numpy()) for x in (a, b))
    # on a fine grid: without one, shapely says 0 for one in some thousand equal rectangles
    common = shapely.area(shapely.intersection(first, second, grid_size=1e-9))
    return torch.from_numpy(common / (shapely.area(first) + shapely.area(second) - common))


def _worst_errors(count: int, seed: int) -> tuple[float, float]:
    """Largest error in float64, and in float32 after centring, over all kinds."""
    double, single = 0.0, 0.0
    for _, a, b in _pairs(count, seed):
        middle = a[:, :2].clone()
        a[:, :2] -= middle
        b[:, :2] -= middle
        wanted = _shapely_iou(a, b)
        double = max(double, float((paired_iou(a, b) - wanted).abs().max()))
        single = max(single, float((paired_iou(a.float(), b.float()).double() - wanted).abs().max()))
    return double, single


def test_skew_iou_agrees_with_shapely_on_every_kind_of_pair() -> None:
    double, single = _worst_errors(1500, seed=0)
    assert double < 1e-5
    assert single < 1e-4


@pytest.mark.long
def test_skew_iou_agrees_with_shapely_on_a_million_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    worst = [_worst_errors(20_000, seed) for seed in range(5)]
    double, single = (max(w[i] for w in worst) for i in (0, 1))
    with capsys.disabled():
        print(
            f"\nskew IoU against shapely, {5 * 20_000 * len(KINDS):,} pairs: float64 {double:.1e}, float32 {single:.1e}"
        )
    assert double < 1e-5
    assert single < 1e-4


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_skew_iou_is_the_same_on_cuda() -> None:
    for _, a, b in _pairs(2000, seed=3):
        assert torch.allclose(paired_iou(a.cuda(), b.cuda()).cpu(), paired_iou(a, b), atol=1e-9)


def test_corners_bounds_and_iou_follow_the_angle_convention() -> None:
    rows = _boxes(40, torch.Generator().manual_seed(1))
    rows[:, :2] /= 10
    plain = rows.numpy()
    assert np.allclose(rotated_corners(rows).numpy(), core_corners(plain))
    assert np.allclose(rotated_bounds(rows).numpy(), core_bounds(plain))
    assert np.allclose(capsule_bounds(rows).numpy(), core_capsule_bounds(plain))
    assert np.allclose(rotated_iou(rows, rows[:17]).numpy(), iou_rotated(plain, plain[:17]), atol=1e-12)
    up = boxes_to_array([Box.rotated(0, 0, 4, 10, 0.0)])
    assert rotated_corners(torch.from_numpy(up))[0, 0].tolist() == [-2.0, -5.0]  # p-left is up and left


def test_skew_iou_has_the_right_gradient() -> None:
    g = torch.Generator().manual_seed(4)
    a = torch.tensor([[20.0, 20.0, 8.0, 30.0, 0.4]], dtype=torch.float64).repeat(12, 1)
    a += torch.rand(12, 5, generator=g, dtype=torch.float64)
    b = a.detach() + torch.rand(12, 5, generator=g, dtype=torch.float64)
    assert torch.autograd.gradcheck(paired_iou, (a.requires_grad_(), b.requires_grad_()), eps=1e-7, atol=1e-4)


def test_gradients_stay_finite_where_edges_coincide() -> None:
    for _, a, b in _pairs(200, seed=5):
        a32 = a.float().requires_grad_()
        paired_intersection(a32, b.float()).sum().backward()
        assert torch.isfinite(a32.grad).all()


def test_no_boxes_give_an_empty_matrix() -> None:
    assert rotated_iou(torch.zeros(0, 5), torch.rand(3, 5)).shape == (0, 3)
    assert rotated_nms(torch.zeros(0, 5), torch.zeros(0), 0.5).shape == (0,)
    assert soft_rotated_nms(torch.zeros(0, 5), torch.zeros(0))[0].shape == (0,)


def _crowd(count: int, seed: int) -> tuple[Tensor, Tensor]:
    """Candidates as a detector gives them: many shaken copies of 46 boxes in a 700 px image."""
    g = torch.Generator().manual_seed(seed)
    truth = _boxes(46, g).float()
    truth[:, :2] *= 0.7
    picked = truth[torch.randint(46, (count,), generator=g)]
    shaken = picked + torch.randn(count, 5, generator=g) * torch.tensor([4.0, 4.0, 2.0, 5.0, 0.15])
    shaken[:, 2:4] = shaken[:, 2:4].clamp_min(3)
    return shaken, torch.rand(count, generator=g)


@pytest.mark.parametrize("threshold", [0.05, 0.2, 0.5, 0.9])
def test_hard_nms_keeps_what_the_loop_keeps(threshold: float) -> None:
    boxes, scores = _crowd(1500, seed=6)
    iou = rotated_iou(boxes, boxes).numpy()
    kept: list[int] = []
    for i in scores.argsort(descending=True, stable=True).tolist():
        if not (iou[i, kept] > threshold).any():
            kept.append(i)
    assert rotated_nms(boxes, scores, threshold).tolist() == kept


def test_twenty_thousand_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    boxes, scores = _crowd(20_000, seed=7)
    began = time.perf_counter()
    kept = rotated_nms(boxes, scores, 0.2)
    seconds = time.perf_counter() - began
    with capsys.disabled():
        print(
            f"\nskew NMS of 20,000 candidates: {seconds:.3f} s, {torch.get_num_threads()} thread(s), {len(kept)} kept"
        )
    between = rotated_iou(boxes[kept], boxes[kept]).fill_diagonal_(0)
    assert float(between.max()) <= 0.2
    covered = rotated_iou(boxes[::50], boxes[kept]).amax(1)
    assert float(covered.min()) > 0.2  # every other one is near one that was kept


def test_soft_nms_is_the_greedy_decay() -> None:
    boxes, scores = _crowd(300, seed=8)
    iou = rotated_iou(boxes, boxes)
    left, order, values = scores.clone(), [], []
    while left.max() >= 0.001:
        i = int(left.argmax())
        order.append(i)
        values.append(float(left[i]))
        left[i] = -1
        left = torch.where(left > 0, left * torch.exp(-(iou[i] ** 2) / 0.5), left)
    kept, decayed = soft_rotated_nms(boxes, scores)
    assert kept.tolist() == order
    assert decayed.tolist() == pytest.approx(values, rel=1e-4)


def test_soft_nms_stops_at_the_first_most() -> None:
    boxes, scores = _crowd(300, seed=8)
    every, decayed = soft_rotated_nms(boxes, scores)
    some, first = soft_rotated_nms(boxes, scores, most=12)
    assert some.tolist() == every[:12].tolist()
    assert first.tolist() == decayed[:12].tolist()
    assert len(every) > 12


def test_votes_mend_boxes() -> None:
    g = torch.Generator().manual_seed(9)
    truth = torch.tensor([[60.0, 60, 12, 50, 0.3], [140, 60, 12, 50, math.pi - 0.02]])
    many = truth.repeat_interleave(40, 0) + torch.randn(80, 5, generator=g) * torch.tensor([2.0, 2, 1, 2, 0.06])
    many[::2, 4] += math.pi  # half of them say the other direction: the same axis
    lone = torch.tensor([[100.0, 60, 12, 50, 1.4]])
    boxes, scores = torch.cat([many, lone]), torch.rand(81, generator=g) * 0.1 + 0.8
    votes = vote(boxes, scores)
    assert votes.seeds.tolist() == rotated_nms(boxes, scores, 0.8).tolist()
    first = [int(rotated_iou(votes.boxes, t[None])[:, 0].argmax()) for t in truth]
    raw = rotated_iou(boxes[:80], truth)[torch.arange(80), torch.arange(2).repeat_interleave(40)]
    for k, t in zip(first, truth, strict=True):
        assert float(rotated_iou(votes.boxes[k][None], t[None])) > max(0.93, float(raw.mean()))
        seed = boxes[votes.seeds[k]]
        assert float(torch.cos(votes.boxes[k, 4] - seed[4])) > 0.9  # the seed's own direction, not the mean of both
    alone = int((votes.seeds == 80).nonzero())
    assert torch.allclose(votes.boxes[alone], lone[0], atol=1e-4)
    assert float(votes.scores[alone]) == pytest.approx(float(scores[80]), rel=1e-4)
    assert float(votes.support[alone]) == pytest.approx(float(scores[80]), rel=1e-4)
    assert float(votes.support[first].min()) > 10 * float(votes.support[alone])
    assert float(votes.scores[first].min()) >= float(scores[:80].max()) - 0.02  # the best of many
    assert vote(torch.zeros(0, 5), torch.zeros(0)).boxes.shape == (0, 5)
    view = torch.arange(81) % 2
    two = vote(boxes, scores, view)
    assert torch.allclose(two.boxes, votes.boxes)
    assert float(two.scores[alone]) == pytest.approx(float(scores[80]) / 2)  # the other look does not see it
    assert float(two.scores[first].min()) > 0.8
    assert torch.allclose(two.support * 2, votes.support)


def test_every_form_of_an_image_leads_back() -> None:
    boxes = torch.tensor([[20.0, 30, 6, 24, 0.4], [50, 12, 5, 15, -2.0]])
    image = torch.zeros(1, 60, 80)
    for box in boxes:  # p ends are marked, so that directions count
        x, y = box[0] + torch.sin(box[4]) * box[3] / 2, box[1] - torch.cos(box[4]) * box[3] / 2
        image[0, int(y.round()), int(x.round())] = 1.0
    assert len({tuple(v) for v in TTA_TRANSFORMS}) == 8
    for view in TTA_TRANSFORMS:
        shown = apply_to_image(image, view)
        size = (shown.shape[-2], shown.shape[-1])
        marks = torch.stack(shown[0].nonzero().unbind(1)[::-1], 1).float()
        flat = torch.cat([marks, torch.ones(2, 2), torch.zeros(2, 1)], 1)
        back = invert_rotated_boxes(flat, size, view)[:, :2]
        ends = boxes[:, :2] + torch.stack([boxes[:, 4].sin(), -boxes[:, 4].cos()], 1) * boxes[:, 3:4] / 2
        assert float(torch.cdist(back, ends).min(1).values.max()) < 2.0  # a pixel's centre, mirrored
        # a box that points to a marked end in the form points to it in the image
        middle = invert_rotated_boxes(torch.tensor([[30.0, 20, 4, 10, 0.7]]), size, view)[0]
        tip = torch.tensor([[30 + 5 * math.sin(0.7), 20 - 5 * math.cos(0.7), 1, 1, 0.0]])
        there = invert_rotated_boxes(tip, size, view)[0, :2]
        output = middle[:2] + torch.stack([middle[4].sin(), -middle[4].cos()]) * 5
        assert torch.allclose(output, there, atol=1e-4)


def test_embeddings_spare_a_crossing_chromosome() -> None:
    cross = torch.tensor([[50.0, 50, 14, 30, 0.0], [50, 50, 14, 30, math.pi / 2], [51, 50, 14, 30, 0.02]])
    scores = torch.tensor([0.9, 0.8, 0.7])
    assert rotated_nms(cross, scores, 0.2).tolist() == [0]  # the known cost of the paper's threshold
    kept, decayed = soft_rotated_nms(cross, scores, embeddings=torch.tensor([0.0, 1.0, 0.02]))
    final = dict(zip(kept.tolist(), decayed.tolist(), strict=True))
    plain = dict(zip(*(x.tolist() for x in soft_rotated_nms(cross, scores)), strict=True))
    assert final[1] > 0.65  # the other chromosome stays
    assert final[2] < 0.35  # the double does not
    assert final[1] > plain[1] * 0.9


def test_kl_of_gaussians_is_torchs() -> None:
    g = torch.Generator().manual_seed(9)
    a, b = _boxes(50, g), _boxes(50, g)
    b[:, :2] = a[:, :2] + torch.rand(50, 2, generator=g, dtype=torch.float64) * 20

    def gaussian(box: Tensor) -> torch.distributions.MultivariateNormal:
        s, c = box[:, 4].sin(), box[:, 4].cos()
        turn = torch.stack([torch.stack([c, -s], -1), torch.stack([s, c], -1)], -2)
        spread = torch.diag_embed(box[:, 2:4] ** 2 / 4)
        return torch.distributions.MultivariateNormal(box[:, :2], turn @ spread @ turn.mT + 1e-6 * torch.eye(2))

    wanted = torch.distributions.kl_divergence(gaussian(a), gaussian(b))
    assert torch.allclose(gaussian_kl(a, b), wanted, rtol=1e-5, atol=1e-8)


def test_kl_loss_gradient_and_limits() -> None:
    a = _boxes(8, torch.Generator().manual_seed(10))
    b = a + torch.tensor([2.0, -3.0, 1.0, 4.0, 0.3], dtype=torch.float64)
    assert torch.autograd.gradcheck(kl_loss, (a.requires_grad_(), b))
    same = kl_loss(b, b)
    assert float(same.max()) < 1e-9
    turned = b.clone()
    turned[:, 4] += math.pi
    assert float(kl_loss(turned, b).max()) < 1e-9  # the arms' direction is not in a Gaussian
    far = b.clone()
    far[:, 0] += 1e4
    assert 0.8 < float(kl_loss(far, b).min()) < 1


def test_coding_is_exact_over_the_full_turn() -> None:
    g = torch.Generator().manual_seed(11)
    boxes, anchors = _boxes(500, g), _boxes(500, g)
    boxes[:, :2] = anchors[:, :2] + torch.rand(500, 2, generator=g, dtype=torch.float64) * 30 - 15
    offsets, polarity = encode(boxes, anchors)
    assert float(offsets[:, 4].abs().max()) <= math.pi / 2 + 1e-12
    back = decode(offsets, anchors, polarity)
    assert torch.allclose(back[:, :4], boxes[:, :4])
    assert torch.allclose(back[:, 4].cos(), boxes[:, 4].cos())
    assert torch.allclose(back[:, 4].sin(), boxes[:, 4].sin())
    assert back[:, 4].abs().max() <= math.pi
    assert 100 < int(polarity.sum()) < 400


def test_decoding_limits_sizes() -> None:
    wild = torch.tensor([[0.0, 0.0, 50.0, -50.0, 0.0]])
    box = decode(wild, torch.tensor([[10.0, 10.0, 10.0, 40.0, 0.0]]))
    assert box[0, 2] == pytest.approx(10 * math.exp(4))
    assert box[0, 3] == pytest.approx(40 * math.exp(-4))
