"""Strata of anchors and the minibatch drawn from them, against a plain loop and hand-made counts."""

from __future__ import annotations

import pytest
import torch

from karyoview.detectors.nets.anchors import RATIOS, SIZES, Anchors
from karyoview.detectors.nets.samplers import EASY, HARD, IGNORED, POSITIVE, STRATA, draw, seeded, stratify


def plain_strata(iou: torch.Tensor, name: str) -> list[int]:
    b = STRATA[name]
    out = []
    for a in range(iou.shape[1]):
        best = max(float(iou[t, a]) for t in range(iou.shape[0]))
        if best >= b.positive:
            stratum = POSITIVE
        elif b.hard_low <= best < b.hard_high:
            stratum = HARD
        elif best < b.easy:
            stratum = EASY
        else:
            stratum = IGNORED
        for t in range(iou.shape[0]):
            top = max(float(iou[t, k]) for k in range(iou.shape[1]))
            if top > 0 and float(iou[t, a]) == top:
                stratum = POSITIVE
        out.append(stratum)
    return out


@pytest.mark.parametrize("name", list(STRATA))
def test_strata_equal_a_plain_loop(name: str) -> None:
    generator = torch.Generator().manual_seed(3)
    iou = torch.rand(7, 200, generator=generator) ** 3
    iou[3] = 0.0  # a truth that no anchor touches forces none
    strata, truth = stratify(iou, STRATA[name])
    assert strata.tolist() == plain_strata(iou, name)
    assert truth.tolist() == iou.argmax(0).tolist()


def test_the_bounds_of_the_papers() -> None:
    iou = torch.tensor([[0.05, 0.1, 0.29, 0.3, 0.49, 0.5, 0.69, 0.7, 0.9]])
    codes = {n: stratify(iou, STRATA[n])[0].tolist() for n in STRATA}
    assert codes["uniform"] == [EASY, EASY, EASY, IGNORED, IGNORED, IGNORED, IGNORED, POSITIVE, POSITIVE]
    assert codes["hnas_v1"] == [EASY, EASY, EASY, HARD, HARD, HARD, HARD, POSITIVE, POSITIVE]
    assert codes["hnas_v2"] == [EASY, HARD, HARD, HARD, HARD, IGNORED, IGNORED, POSITIVE, POSITIVE]


def test_the_best_anchor_of_a_truth_is_positive_before_strata_are_formed() -> None:
    iou = torch.tensor([[0.8, 0.0, 0.0, 0.1], [0.0, 0.4, 0.4, 0.1]])
    for name in STRATA:
        assert stratify(iou, STRATA[name])[0].tolist()[:3] == [POSITIVE] * 3  # both tied anchors too


def test_an_image_without_truths_has_easy_negatives_only() -> None:
    strata, truth = stratify(torch.zeros(0, 5), STRATA["hnas_v2"])
    assert strata.tolist() == [EASY] * 5
    assert truth.tolist() == [0] * 5
    assert draw(strata, 4, 0.25).numel() == 4


def strata_of(positive: int, hard: int, easy: int, ignored: int = 50) -> torch.Tensor:
    codes = [POSITIVE] * positive + [HARD] * hard + [EASY] * easy + [IGNORED] * ignored
    return torch.tensor(codes)[torch.randperm(len(codes), generator=torch.Generator().manual_seed(0))]


@pytest.mark.parametrize(
    ("have", "drawn"),
    [
        ((1000, 1000, 1000), (128, 192, 192)),  # 25 / 37.5 / 37.5 % of 512
        ((28, 1000, 1000), (28, 242, 242)),  # half of what the positives leave
        ((1000, 10, 1000), (128, 10, 374)),  # short of hard ones: easy ones fill
        ((1000, 1000, 20), (128, 364, 20)),  # short of easy ones: hard ones fill
        ((1000, 0, 1000), (128, 0, 384)),  # the uniform sampler
        ((3, 2, 1), (3, 2, 1)),  # fewer than the minibatch
        ((0, 300, 300), (0, 256, 256)),
        ((0, 0, 0), (0, 0, 0)),
    ],
)
def test_the_minibatch_has_the_shares_of_the_papers(have: tuple[int, int, int], drawn: tuple[int, int, int]) -> None:
    strata = strata_of(*have)
    index = draw(strata, 512, 0.25)
    found = strata[index]
    assert tuple(int((found == s).sum()) for s in (POSITIVE, HARD, EASY)) == drawn
    assert len(index.unique()) == len(index) == sum(drawn)


def test_a_seed_fixes_the_draw_and_its_absence_does_not() -> None:
    strata = strata_of(300, 600, 900)
    first = draw(strata, 512, 0.25, seeded(torch.tensor(7)))
    torch.manual_seed(1)
    assert first.equal(draw(strata, 512, 0.25, seeded(7)))
    assert not first.equal(draw(strata, 512, 0.25, seeded(8)))
    assert not draw(strata, 512, 0.25).equal(draw(strata, 512, 0.25))


def test_every_hard_negative_is_as_likely_as_another() -> None:
    strata = strata_of(0, 40, 400, ignored=0)
    counts = torch.zeros(len(strata))
    generator = torch.Generator().manual_seed(5)
    for _ in range(400):
        counts[draw(strata, 40, 0.25, generator)] += 1
    share = counts[strata == HARD] / 400
    assert abs(float(share.mean()) - 0.5) < 1e-6  # 20 of 40
    assert float(share.min()) > 0.38  # five deviations of a fair draw
    assert float(share.max()) < 0.62


def test_anchors_have_the_papers_sizes_and_ratios_exactly() -> None:
    anchors = Anchors((SIZES,), (RATIOS,))
    base = anchors.generate_anchors(list(SIZES), list(RATIOS))
    width, height = base[:, 2] - base[:, 0], base[:, 3] - base[:, 1]
    assert len(base) == 36
    assert torch.allclose((width * height).sqrt().view(9, 4), torch.tensor(SIZES).expand(9, 4), rtol=1e-5)
    assert torch.allclose((height / width).view(9, 4), torch.tensor(RATIOS)[:, None].expand(9, 4), rtol=1e-5)


def test_anchors_stay_exact_for_half_precision_features() -> None:
    from torchvision.models.detection.image_list import ImageList

    anchors = Anchors((SIZES,), (RATIOS,))
    images = ImageList(torch.zeros(1, 1, 64, 1024), [(64, 1024)])
    full = anchors(images, [torch.zeros(1, 4, 8, 128)])[0]
    half = anchors(images, [torch.zeros(1, 4, 8, 128, dtype=torch.bfloat16)])[0]
    assert half.dtype == torch.float32
    assert half.equal(full)
    assert len(full) == 36 * 8 * 128
