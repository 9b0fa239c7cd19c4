"""RL and TNRL against hand-worked numbers and a plain float64 loop, with the edge cases of the papers."""

from __future__ import annotations

import math

import pytest
import torch

from karyoview.detectors.nets.repulsion import repulsion_loss, repulsion_terms, smooth_ln

Row = tuple[float, float, float, float]


def area(b: Row) -> float:
    return max(b[2] - b[0], 0.0) * max(b[3] - b[1], 0.0)


def common(a: Row, b: Row) -> float:
    return area((max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])))


def iou(a: Row, b: Row) -> float:
    return common(a, b) / (area(a) + area(b) - common(a, b))


def plain_smooth(x: float, sigma: float) -> float:
    s = min(sigma, 0.95)
    return -math.log(1 - x) if x <= s else (x - s) / (1 - s) - math.log(1 - s)


def plain_term(b: Row, p: Row, truths: list[Row], kind: str, sigma: float) -> float:
    order = sorted(range(len(truths)), key=lambda i: -iou(p, truths[i]))
    if len(order) < 2 or iou(p, truths[order[1]]) == 0:
        return 0.0
    g, r = truths[order[0]], truths[order[1]]
    if kind == "rl":
        return plain_smooth(common(b, r) / area(r), sigma)
    free = area(r) - common(g, r)
    if free < max(1.0, 1e-3 * area(r)):
        return 0.0
    return plain_smooth(max((common(b, r) - common(g, r)) / free, 0.0), sigma)


def random_boxes(count: int, generator: torch.Generator, spread: float = 60.0) -> torch.Tensor:
    low = torch.rand(count, 2, generator=generator, dtype=torch.float64) * spread
    return torch.cat([low, low + 5 + 60 * torch.rand(count, 2, generator=generator, dtype=torch.float64)], 1)


@pytest.mark.parametrize("kind", ["rl", "tnrl"])
@pytest.mark.parametrize("sigma", [0.0, 0.3, 0.5, 1.0])
def test_terms_equal_a_plain_loop(kind: str, sigma: float) -> None:
    generator = torch.Generator().manual_seed(11)
    truths, proposals = random_boxes(5, generator, 25.0), random_boxes(150, generator, 25.0)
    boxes = proposals + 8 * torch.rand(150, 4, generator=generator, dtype=torch.float64)
    terms = repulsion_terms(boxes, proposals, truths, kind, sigma)  # type: ignore[arg-type]
    expected = [
        plain_term(tuple(b), tuple(p), [tuple(t) for t in truths.tolist()], kind, sigma)  # type: ignore[arg-type,misc]
        for b, p in zip(boxes.tolist(), proposals.tolist(), strict=True)
    ]
    assert terms.tolist() == pytest.approx(expected, abs=1e-12)
    assert sum(v > 0 for v in expected) > 20


def test_hand_worked_numbers() -> None:
    truths = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10]], dtype=torch.float64)
    proposal = truths[:1]
    shifted = torch.tensor([[2.0, 0, 12, 10]], dtype=torch.float64)  # 70 of R's 100; G has 50 of them
    assert repulsion_terms(shifted, proposal, truths, "rl").item() == pytest.approx(-math.log(0.3))
    assert repulsion_terms(shifted, proposal, truths, "tnrl").item() == pytest.approx(
        -math.log(0.6)
    )  # (70−50)/(100−50)
    assert repulsion_terms(truths[:1], proposal, truths, "tnrl").item() == 0.0  # a perfect box costs nothing
    assert repulsion_terms(truths[:1], proposal, truths, "rl").item() == pytest.approx(math.log(2))  # under RL it does
    onto = repulsion_terms(truths[1:], proposal, truths, "tnrl").item()  # wholly on R: x = 1
    assert onto == pytest.approx(1 + math.log(20))  # (1−0.95)/0.05 − ln 0.05


def test_a_contained_truth_gives_no_tnrl_and_a_full_rl() -> None:
    truths = torch.tensor([[0.0, 0, 40, 40], [10, 10, 20, 20]], dtype=torch.float64)
    proposal = torch.tensor([[0.0, 0, 38, 40]], dtype=torch.float64)
    box = torch.tensor([[0.0, 0, 40, 40]], dtype=torch.float64, requires_grad=True)
    term = repulsion_terms(box, proposal, truths, "tnrl")
    term.sum().backward()
    assert term.item() == 0.0
    assert bool(torch.isfinite(box.grad).all())  # type: ignore[arg-type]
    assert repulsion_terms(box, proposal, truths, "rl").item() == pytest.approx(1 + math.log(20))


def test_a_truth_all_but_contained_counts_as_contained() -> None:
    truths = torch.tensor([[0.0, 0, 40, 40], [10, 10, 40.05, 26]], dtype=torch.float64)  # 0.8 px² of R are free
    proposal = torch.tensor([[0.0, 0, 39, 40]], dtype=torch.float64)
    box = torch.tensor([[0.0, 0, 45, 40]], dtype=torch.float64)
    assert repulsion_terms(box, proposal, truths, "tnrl").item() == 0.0


def test_sigma_one_is_held_at_a_slope_of_twenty() -> None:
    x = torch.tensor([0.0, 0.5, 0.95, 1.0], dtype=torch.float64, requires_grad=True)
    value = smooth_ln(x, 1.0)
    (slope,) = torch.autograd.grad(value.sum(), x)
    assert slope.tolist() == pytest.approx([1.0, 2.0, 20.0, 20.0])
    assert value[2].item() == pytest.approx(-math.log(0.05))
    straight = smooth_ln(x, 0.0)
    assert straight.tolist() == pytest.approx([0.0, 0.5, 0.95, 1.0])  # σ = 0 is the identity


@pytest.mark.parametrize("kind", ["none", "rl", "tnrl"])
def test_nothing_to_repel_is_zero_with_a_gradient(kind: str) -> None:
    one = torch.tensor([[0.0, 0, 10, 10]], dtype=torch.float64)
    far = torch.tensor([[0.0, 0, 10, 10], [50, 50, 60, 60]], dtype=torch.float64)
    nowhere = torch.zeros(0, 4, dtype=torch.float64)
    box = torch.tensor([[1.0, 1, 11, 11]], dtype=torch.float64, requires_grad=True)
    cases = [([box], [one], [one]), ([box], [one], [far]), ([nowhere.requires_grad_()], [nowhere], [nowhere])]
    for boxes, proposals, truths in cases:
        loss = repulsion_loss(boxes, proposals, truths, kind)  # type: ignore[arg-type]
        assert loss.item() == 0.0
        loss.backward()


def test_the_loss_is_a_mean_over_all_positives_of_the_batch() -> None:
    truths = torch.tensor([[0.0, 0, 10, 10], [5, 0, 15, 10]], dtype=torch.float64)
    alone = torch.tensor([[0.0, 0, 10, 10]], dtype=torch.float64)
    shifted = torch.tensor([[2.0, 0, 12, 10]], dtype=torch.float64)
    loss = repulsion_loss([shifted, alone.repeat(3, 1)], [truths[:1], alone.repeat(3, 1)], [truths, alone], "tnrl")
    assert loss.item() == pytest.approx(-math.log(0.6) / 4)


@pytest.mark.parametrize("kind", ["rl", "tnrl"])
def test_gradients_are_those_of_finite_differences(kind: str) -> None:
    generator = torch.Generator().manual_seed(2)
    truths, proposals, boxes = (random_boxes(n, generator, 30.0) for n in (4, 12, 12))
    boxes.requires_grad_()
    assert torch.autograd.gradcheck(lambda b: repulsion_loss([b], [proposals], [truths], kind), boxes)  # type: ignore[arg-type]
