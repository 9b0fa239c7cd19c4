"""Template masks, embeddings, pull and push against hand-worked numbers and a plain float64 loop."""

from __future__ import annotations

import math

import pytest
import torch
from torchvision.ops import box_iou

from karyoview.detectors.nets.template import TemplateModule, grouping_losses, template_masks


def test_masks_are_the_five_of_the_paper() -> None:
    masks = template_masks()
    assert masks.shape == (5, 7, 7)
    for row in range(7):
        for column in range(7):
            x, y = row - 3, column - 3
            expected = [
                math.exp(-((x - y) ** 2) / 3),
                math.exp(-((x + y) ** 2) / 3),
                math.exp(-(y**2) / 3),
                math.exp(-(x**2) / 3),
                math.exp(-abs(x**2 + y**2 - 5) / 3),
            ]
            assert masks[:, row, column].tolist() == pytest.approx(expected, rel=1e-6)


def test_embedding_is_the_weighted_sum_over_the_masks() -> None:
    torch.manual_seed(0)
    module = TemplateModule(6).double()
    maps = torch.randn(3, 6, 7, 7, dtype=torch.float64)
    module.requires_grad_(False)
    got = module(maps)
    for n in range(3):
        seen = torch.einsum("c,chw->hw", module.squeeze.weight[0, :, 0, 0], maps[n]) + module.squeeze.bias[0]
        places = seen.flatten().tolist()
        values = [
            max(v, 0.0) * m for mask in module.masks for v, m in zip(places, mask.flatten().tolist(), strict=True)
        ]
        expected = sum(w * v for w, v in zip(module.embed.weight[0].tolist(), values, strict=True))
        assert got[n].item() == pytest.approx(expected + module.embed.bias.item())
    assert module(maps[:0]).shape == (0,)
    assert float(module.embed.weight.std()) == pytest.approx(math.sqrt(2 / 245), rel=0.2)  # He, never zero


def plain_grouping(embeddings, matched, truths, theta=0.5, exponent=2.0, delta=1.0):
    pull, positives, push, pushed = 0.0, 0, 0.0, 0
    for e, m, boxes in zip(embeddings, matched, truths, strict=True):
        members = {g: [float(v) for v, i in zip(e, m, strict=True) if i == g] for g in range(len(boxes))}
        means = {g: sum(v) / len(v) for g, v in members.items() if v}
        for g, values in members.items():
            for v in values:
                d = abs(v - means[g])
                pull += (theta + d) ** exponent * d * d
                positives += 1
        iou = box_iou(boxes, boxes)
        for g in range(len(boxes)):
            rivals = [(float(iou[g, k]), -k) for k in range(len(boxes)) if k != g]
            if not rivals or max(rivals)[0] <= 0:
                continue
            rival = -max(rivals)[1]
            if g in means and rival in means:
                push += max(delta - abs(means[g] - means[rival]), 0.0)
                pushed += 1
    return pull / positives if positives else 0.0, push / pushed if pushed else 0.0


def test_losses_equal_a_plain_loop() -> None:
    generator = torch.Generator().manual_seed(4)
    embeddings, matched, truths = [], [], []
    for count, boxes in ((40, 8), (0, 3), (25, 5)):
        low = 60 * torch.rand(boxes, 2, generator=generator, dtype=torch.float64)
        truths.append(torch.cat([low, low + 30], 1))
        embeddings.append(torch.randn(count, generator=generator, dtype=torch.float64))
        matched.append(torch.randint(0, boxes - 1, (count,), generator=generator))  # the last truth has none
    pull, push = grouping_losses(embeddings, matched, truths)
    expected = plain_grouping(embeddings, [m.tolist() for m in matched], truths)
    assert (pull.item(), push.item()) == pytest.approx(expected, rel=1e-12)
    assert min(expected) > 0


def test_hand_worked_pull_and_push() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10], [100, 100, 110, 110]], dtype=torch.float64)
    e = torch.tensor([0.0, 2.0, 1.5, 7.0], dtype=torch.float64)
    pull, push = grouping_losses([e], [torch.tensor([0, 0, 1, 2])], [boxes])
    assert pull.item() == pytest.approx(2 * (1.5**2) * 1.0 / 4)  # two proposals at distance 1 from their mean
    assert push.item() == pytest.approx(0.5)  # means 1 and 1.5; the isolated third is in neither


def test_empty_and_lonely_images_give_zero_with_a_gradient() -> None:
    none = torch.zeros(0, dtype=torch.float64, requires_grad=True)
    index = torch.zeros(0, dtype=torch.int64)
    pull, push = grouping_losses([none], [index], [torch.zeros(0, 4)])
    assert (pull.item(), push.item()) == (0.0, 0.0)
    (pull + push).backward()
    one = torch.tensor([3.0], dtype=torch.float64, requires_grad=True)
    pull, push = grouping_losses([one], [torch.tensor([0])], [torch.tensor([[0.0, 0, 5, 5]], dtype=torch.float64)])
    assert (pull.item(), push.item()) == (0.0, 0.0)


def test_gradients_are_those_of_finite_differences() -> None:
    boxes = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10], [6, 5, 20, 20]], dtype=torch.float64)
    e = torch.tensor([0.1, 0.5, 0.45, 0.9, 0.3], dtype=torch.float64, requires_grad=True)
    index = torch.tensor([0, 0, 1, 1, 2])
    assert torch.autograd.gradcheck(lambda v: torch.stack(grouping_losses([v], [index], [boxes])), e)
