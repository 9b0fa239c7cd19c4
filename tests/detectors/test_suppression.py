"""Hard, soft and embedding-guided NMS against plain loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torchvision.ops import box_iou, nms

from karyoview.detectors.nets.nms import suppress
from karyoview.detectors.nms import decay_scores, embedding_decay


def scene(count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(seed)
    low = 80 * torch.rand(count, 2, generator=g)
    boxes = torch.cat([low, low + 10 + 50 * torch.rand(count, 2, generator=g)], 1)
    return boxes, torch.rand(count, generator=g), torch.randn(count, generator=g)


def plain_soft(boxes, scores, factor, min_score=0.001, limit=100):
    iou = box_iou(boxes, boxes).tolist()
    left = dict(enumerate(scores.tolist()))
    kept = []
    while left and len(kept) < limit:
        best = max(left, key=lambda i: left[i])
        score = left.pop(best)
        if score >= min_score:
            kept.append((best, score))
        for i in left:
            left[i] *= factor(best, i, iou[best][i])
    return kept


def factors(embeddings: torch.Tensor):
    def eg(b, i, o):
        d = abs(float(embeddings[b] - embeddings[i]))
        return math.exp(-(o ** (1.5 + 1 / (1 + math.exp(-2 * (d - 0.3))))) / 0.5)

    return {
        "gaussian": lambda b, i, o: math.exp(-o * o / 0.5),
        "linear": lambda b, i, o: 1 - o if o >= 0.5 else 1.0,
        "eg": eg,
    }


@pytest.mark.parametrize("kind", ["gaussian", "linear", "eg"])
@pytest.mark.parametrize("count", [1, 2, 60])
def test_the_vectorised_forms_equal_the_loop_of_the_paper(kind: str, count: int) -> None:
    boxes, scores, embeddings = scene(count)
    expected = plain_soft(boxes, scores, factors(embeddings)[kind])
    if kind == "eg":
        kept, values = suppress(boxes, scores, embeddings, kind="eg")
    else:
        kept, values = suppress(boxes, scores, kind="soft", method=kind)  # type: ignore[arg-type]
    assert kept.tolist() == [i for i, _ in expected]
    assert values.tolist() == pytest.approx([s for _, s in expected], rel=1e-4)
    assert values.tolist() == sorted(values.tolist(), reverse=True)


def test_hard_nms_is_torchvisions() -> None:
    boxes, scores, _ = scene(60)
    kept, values = suppress(boxes, scores, kind="hard", threshold=0.5)
    assert kept.equal(nms(boxes, scores, 0.5))
    assert values.equal(scores[kept])


def test_hard_then_soft_decays_only_what_hard_nms_left() -> None:
    boxes, scores, _ = scene(60)
    left = nms(boxes, scores, 0.5)
    kept, values = suppress(boxes, scores, kind="hard_soft", threshold=0.5)
    expected = plain_soft(boxes[left], scores[left], factors(scores)["gaussian"])
    assert kept.tolist() == [left[i].item() for i, _ in expected]
    assert values.tolist() == pytest.approx([s for _, s in expected], rel=1e-4)
    linear, _ = suppress(boxes, scores, kind="hard_soft", threshold=0.5, method="linear")
    assert sorted(linear.tolist()) == sorted(left.tolist())  # linear at 0.5 after hard NMS at 0.5 does nothing


def test_far_embeddings_save_an_overlapped_chromosome() -> None:
    boxes = torch.tensor([[0.0, 0, 100, 20], [0, 0, 100, 26]])
    scores = torch.tensor([0.9, 0.8])
    near = suppress(boxes, scores, torch.tensor([0.0, 0.0]), kind="eg")[1]
    far = suppress(boxes, scores, torch.tensor([0.0, 2.0]), kind="eg")[1]
    soft = suppress(boxes, scores, kind="soft")[1]
    assert far[1] > near[1]
    assert far[1] > soft[1]
    assert near[0] == far[0] == soft[0]


def test_identical_embeddings_at_the_margin_give_the_exponent_two() -> None:
    overlap = np.array([1.0, 0.6])
    factor = embedding_decay(np.array([0.0, 0.3]))(0, overlap)
    assert factor[1].item() == pytest.approx(math.exp(-(0.6**2) / 0.5))  # S(Δ) = ½


def test_limits_and_empty_input() -> None:
    boxes, scores, embeddings = scene(60)
    assert len(suppress(boxes, scores, embeddings, kind="eg", limit=5)[0]) == 5
    assert len(suppress(boxes, scores, kind="hard", limit=5)[0]) == 5
    assert bool((suppress(boxes, scores, kind="soft", min_score=0.3)[1] >= 0.3).all())
    for kind in ("hard", "soft", "eg", "hard_soft"):
        kept, values = suppress(boxes[:0], scores[:0], embeddings[:0], kind=kind)  # type: ignore[arg-type]
        assert kept.dtype == torch.int64
        assert len(kept) == len(values) == 0


def test_any_kind_of_overlap_and_wide_embeddings_will_do() -> None:
    iou = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])
    embeddings = np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]])
    kept, values = decay_scores(lambda i: iou[i], np.array([0.9, 0.8, 0.7]), embedding_decay(embeddings))
    assert kept.tolist() == [0, 2, 1]
    exponent = 1.5 + 1 / (1 + math.exp(-2 * (5.0 - 0.3)))
    assert values[2].item() == pytest.approx(0.8 * math.exp(-(0.9**exponent) / 0.5))


def test_embedding_guided_nms_says_that_it_needs_embeddings() -> None:
    boxes, scores, _ = scene(3)
    with pytest.raises(ValueError, match="template"):
        suppress(boxes, scores, kind="eg")
