"""Angular margin, local centres and group inner-adjacency against hand-worked numbers and plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from karyoview.core.chromosome import CLASSES, parse_class
from karyoview.detectors.nets.adjacency import forbidden_pairs, group_adjacency_loss
from karyoview.detectors.nets.margin import CosineClassifier, angular_margin_logits, angular_margin_loss
from karyoview.detectors.nets.siamese import InferenceBranch, local_centres, log_odds, surest


def label_of(name: str) -> int:
    found = parse_class(name)
    assert found is not None
    return found.index + 1


def test_the_margin_turns_the_true_class_only() -> None:
    angles = torch.tensor([[0.3, 1.2, 2.0], [0.3, 1.2, 2.0]], dtype=torch.float64)
    logits = angular_margin_logits(angles.cos(), torch.tensor([2, 0]), scale=10.0, margin=0.25)
    expected = [10 * math.cos(0.3), 10 * math.cos(1.2), 10 * math.cos(2.25)]
    assert logits[0].tolist() == pytest.approx(expected)
    assert logits[1].tolist() == pytest.approx([10 * math.cos(a) for a in (0.3, 1.2, 2.0)])  # background: no margin


def test_beyond_pi_the_score_goes_on_falling() -> None:
    angles = torch.linspace(2.5, math.pi, 200, dtype=torch.float64)
    cosine = torch.stack([torch.zeros(200, dtype=torch.float64), angles.cos()], 1)
    logits = angular_margin_logits(cosine, torch.ones(200, dtype=torch.int64), scale=1.0, margin=0.25)[:, 1]
    assert bool((logits.diff() < 0).all())
    assert logits[-1].item() == pytest.approx(-1 - 0.25 * math.sin(0.25))


def test_loss_equals_the_equation_and_its_gradient_is_finite_everywhere() -> None:
    g = torch.Generator().manual_seed(0)
    cosine = (2 * torch.rand(6, 25, generator=g, dtype=torch.float64) - 1).requires_grad_()
    labels = torch.tensor([0, 1, 5, 24, 9, 9])
    expected = 0.0
    for row, label in zip(cosine.tolist(), labels.tolist(), strict=True):
        terms = [64 * c for c in row]
        if label:
            theta = math.acos(row[label])
            terms[label] = 64 * (
                math.cos(theta + 0.25) if theta + 0.25 < math.pi else row[label] - 0.25 * math.sin(0.25)
            )
        top = max(terms)
        expected += top + math.log(sum(math.exp(t - top) for t in terms)) - terms[label]
    assert angular_margin_loss(cosine, labels).item() == pytest.approx(expected / 6, rel=1e-5)
    assert torch.autograd.gradcheck(lambda c: angular_margin_loss(c, labels, scale=4.0), cosine)
    edge = torch.tensor([[0.0, 1.0], [0.0, -1.0]], dtype=torch.float64, requires_grad=True)
    angular_margin_loss(edge, torch.tensor([1, 1])).backward()
    assert edge.grad is not None
    assert bool(torch.isfinite(edge.grad).all())
    assert angular_margin_loss(cosine[:0], labels[:0]).item() == 0.0


def test_cosines_ignore_lengths() -> None:
    torch.manual_seed(0)
    classifier = CosineClassifier(8, 25)
    x = torch.randn(4, 8)
    assert torch.allclose(classifier(x), classifier(7 * x), atol=1e-6)
    assert torch.allclose(classifier.centres().norm(dim=1), torch.ones(25))


def test_local_centres_come_from_the_surest_proposal_above_delta() -> None:
    features = torch.tensor([[3.0, 4.0], [0.0, 2.0], [5.0, 0.0]])
    scores = torch.tensor([[0.9, 0.05, 0.05], [0.1, 0.6, 0.3], [0.1, 0.7, 0.2]])
    centres = torch.tensor([[1.0, 0.0], [0.0, -1.0], [0.6, 0.8]])
    got = local_centres(features, scores, centres, delta=0.5)
    assert got[0].tolist() == centres[0].tolist()  # the background is never a local centre, sure as it is
    assert got[1].tolist() == [1.0, 0.0]  # row 2, at length 1
    assert got[2].tolist() == pytest.approx([0.6, 0.8])  # 0.3 is not above δ: the global centre
    assert local_centres(features, scores, centres, delta=0.7)[1].tolist() == centres[1].tolist()  # > δ, not ≥
    assert local_centres(features[:0], scores[:0], centres).equal(centres)


def test_the_inference_branch_works_image_by_image() -> None:
    torch.manual_seed(1)
    branch = InferenceBranch(3)
    features, centres = torch.randn(5, 4), torch.nn.functional.normalize(torch.randn(3, 4), dim=1)
    scores = torch.tensor([[0.1, 0.8, 0.1], [0.3, 0.3, 0.4], [0.2, 0.2, 0.6], [0.1, 0.1, 0.8], [0.5, 0.4, 0.1]])
    logits = scores.log()
    batched = branch(features, logits, centres, [2, 3])
    assert batched[:2].equal(branch(features[:2], logits[:2], centres, [2]))
    assert batched[2:].equal(branch(features[2:], logits[2:], centres, [3]))
    assert batched[0, 1].item() == pytest.approx(float(features[0].norm()))  # its own centre, x not normalised
    assert branch.bias.tolist() == [0.0] * 3


def test_the_surest_is_found_where_probabilities_are_all_one() -> None:
    logits = 64 * torch.tensor([[0.1, 0.95, 0.0], [0.1, 0.99, 0.0], [0.1, 0.97, 0.0]])
    assert logits.softmax(1)[:, 1].tolist() == [1.0, 1.0, 1.0]
    row, sure = surest(logits.softmax(1), 0.5, log_odds(logits))
    assert row[1] == 1
    assert sure.tolist() == [False, True, False]
    mild = torch.tensor([[0.2, 0.7, 0.1], [0.5, 0.2, 0.3]])
    torch.testing.assert_close(log_odds(mild.log()), torch.logit(mild))


def test_forbidden_pairs_are_the_denver_groups() -> None:
    pairs = forbidden_pairs()
    assert not pairs[0].any()
    assert not pairs[:, 0].any()
    for a in CLASSES:
        for b in CLASSES:
            assert bool(pairs[a.index + 1, b.index + 1]) == (a.group == b.group and a is not b)
    assert bool(pairs[label_of("X"), label_of("7")])
    assert bool(pairs[label_of("Y"), label_of("21")])


def plain_adjacency(images, delta=0.5):
    total, count = 0.0, 0
    for rows, labels in images:
        for i, y in enumerate(labels):
            if y == 0:
                continue
            count += 1
            for j in range(1, 25):
                if j == y or CLASSES[j - 1].group != CLASSES[y - 1].group:
                    continue
                best = max(range(len(rows)), key=lambda k: float(rows[k][j]))
                if float(rows[best][j]) > delta and best != i:
                    total += sum(float(a) * float(b) for a, b in zip(rows[i], rows[best], strict=True))
    return total / max(count, 1)


def test_adjacency_equals_a_plain_loop() -> None:
    g = torch.Generator().manual_seed(3)
    images = []
    for count in (30, 12):
        rows = (6 * torch.randn(count, 25, generator=g, dtype=torch.float64)).softmax(1)
        images.append((rows, torch.randint(0, 25, (count,), generator=g)))
    expected = plain_adjacency([(r.tolist(), y.tolist()) for r, y in images])
    got = group_adjacency_loss([r for r, _ in images], [y for _, y in images])
    assert expected > 0
    assert got.item() == pytest.approx(expected, rel=1e-12)


def test_a_cell_without_y_does_not_punish_a_sure_21() -> None:
    rows = torch.full((1, 25), 0.01, dtype=torch.float64)
    rows[0, label_of("Y")] = 0.6
    rows[0, label_of("21")] = 0.3
    assert group_adjacency_loss([rows], [torch.tensor([label_of("21")])]).item() == 0.0  # the surest Y is x itself


def test_adjacency_without_positives_is_zero_and_its_centre_gradient_is_a_switch() -> None:
    g = torch.Generator().manual_seed(5)
    logits = (8 * torch.randn(10, 25, generator=g, dtype=torch.float64)).requires_grad_()
    background = torch.zeros(10, dtype=torch.int64)
    assert group_adjacency_loss([logits.softmax(1)], [background]).item() == 0.0
    labels = torch.tensor([1, 2, 3, 1, 2, 3, 6, 7, 8, 23])
    grads = []
    for through in (False, True):
        loss = group_adjacency_loss([logits.softmax(1)], [labels], delta=0.2, through_centre=through)
        grads.append(torch.autograd.grad(loss, logits)[0])
    assert not torch.allclose(grads[0], grads[1])
    assert torch.autograd.gradcheck(
        lambda v: group_adjacency_loss([v.softmax(1)], [labels], delta=0.2, through_centre=True), logits
    )
