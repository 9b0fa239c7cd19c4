"""Which end is p: what sets the ends apart is learnt without labels, and the measure of it counts right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.data.errors import DataError
from karyotrain.data.synthesis import make_cell
from karyotrain.engines.orientation import part_ends
from karyotrain.studies.common import wilson
from karyotrain.studies.polarity import (
    Judged,
    OrientationLabel,
    Polarity,
    detector_made,
    detector_real,
    judge_made,
    judge_real,
    read_by_eye,
    table,
)

from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.orientation import CLASS_FREE, ClassFree, class_free, upright_probability
from karyoview.imaging.direction import BINS, mirrored

ALONG = np.linspace(0, 1, BINS)


def profiles(rng: np.random.Generator, count: int, shared: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Profiles (N, 128) of which half are turned, who is up (N,), and the ideogram (64,).

    All have one dark band off the middle and a narrow p end; ``shared`` is the spread of how much darker one
    end is than the other, which says nothing about the direction.
    """
    ideogram = np.exp(-(((ALONG - 0.35) / 0.08) ** 2))
    dark = np.tile(ideogram, (count, 1)) + rng.normal(0, 0.25, (count, BINS))
    ends = np.exp(-(((ALONG - 0.12) / 0.06) ** 2)) - np.exp(-(((ALONG - 0.88) / 0.06) ** 2))
    dark += shared * rng.normal(0, 1, (count, 1)) * ends
    width = 1 - 0.5 * np.exp(-((ALONG / 0.1) ** 2)) + rng.normal(0, 0.1, (count, BINS))
    parts = [p - p.mean(1, keepdims=True) for p in (dark, width)]
    parts = [p / np.linalg.norm(p, axis=1, keepdims=True) for p in parts]
    upright = np.concatenate([parts[0], 0.5 * parts[1]], 1)
    up = rng.random(count) < 0.5
    return np.where(up[:, None], upright, mirrored(upright)), up, ideogram - ideogram.mean()


def test_ends_are_told_apart_without_a_label_and_p_comes_from_the_ideogram() -> None:
    rows, up, ideogram = profiles(np.random.default_rng(0), 500, shared=0.0)
    direction, slope, note = part_ends(rows, ideogram)
    told_up = (rows - mirrored(rows)) @ direction > 0
    assert (told_up == up).mean() > 0.99
    assert slope > 0
    assert note["separation"] > 2
    turned, _, _ = part_ends(mirrored(rows), ideogram)
    assert np.allclose(turned, direction, atol=1e-6)  # the crops' own way up does not matter


def test_a_strong_difference_that_says_nothing_does_not_decide() -> None:
    rows, up, ideogram = profiles(np.random.default_rng(1), 800, shared=2.0)
    odd = rows - mirrored(rows)
    first_axis = odd @ np.linalg.svd(odd, full_matrices=False)[2][0] > 0
    assert 0.3 < (first_axis == up).mean() < 0.7
    direction, _, _ = part_ends(rows, ideogram)
    assert ((odd @ direction > 0) == up).mean() > 0.95


def test_probabilities_mean_what_they_say() -> None:
    rng = np.random.default_rng(2)
    rows, up, ideogram = profiles(rng, 3000, shared=0.0)
    rows += rng.normal(0, 0.3, rows.shape)  # so that some are wrong
    direction, slope, _ = part_ends(rows[:1000], ideogram)
    means, slopes = np.zeros((24, 2 * BINS)), np.zeros(24)
    means[3], slopes[3] = direction, slope
    probabilities = np.array([upright_probability(r, means, slopes, np.eye(24)[3]) for r in rows[1000:]])
    right = (probabilities > 0.5) == up[1000:]
    assert 0.8 < right.mean() < 0.999
    assert abs(np.maximum(probabilities, 1 - probabilities).mean() - right.mean()) < 0.08


def many_classes(rng: np.random.Generator, each: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Profiles of 24 classes, p-up or turned: (N, 128), lengths (N,), labels (N,), who is up (N,).

    Classes look different; in every second one the darker end is q, so that without a class nothing can be said.
    """
    rows, lengths, labels, ups = [], [], [], []
    for k in range(24):
        band = np.exp(-(((ALONG - 0.3 - 0.4 * k / 23) / 0.05) ** 2)) * (1 + k % 3)
        end = (1 if k % 2 else -1) * np.exp(-(((ALONG - 0.1) / 0.06) ** 2))
        own = np.tile(band + band[::-1] + end, (each, 1)) + rng.normal(0, 0.25, (each, BINS))
        width = 1 + rng.normal(0, 0.1, (each, BINS))
        parts = [p - p.mean(1, keepdims=True) for p in (own, width)]
        parts = [p / np.linalg.norm(p, axis=1, keepdims=True) for p in parts]
        upright = np.concatenate([parts[0], 0.5 * parts[1]], 1)
        up = rng.random(each) < 0.5
        rows.append(np.where(up[:, None], upright, mirrored(upright)))
        lengths.append(np.exp(0.8 - 1.6 * k / 23 + rng.normal(0, 0.1, each)))
        labels.append(np.full(each, k))
        ups.append(up)
    return np.concatenate(rows), np.concatenate(lengths), np.concatenate(labels), np.concatenate(ups)


def test_the_direction_is_told_without_the_class() -> None:
    rng = np.random.default_rng(4)
    rows, lengths, labels, up = many_classes(rng, 60)
    odd = np.where(up[:, None], rows, mirrored(rows)) - mirrored(np.where(up[:, None], rows, mirrored(rows)))
    means = np.stack([odd[labels == k].mean(0) for k in range(24)])
    slopes = np.full(24, 6.0)
    known = class_free(rows, lengths, labels, means, slopes)
    new, long, of, is_up = many_classes(np.random.default_rng(5), 20)
    probabilities = np.array([known.upright_probability(r, x) for r, x in zip(new, long, strict=True)])
    assert ((probabilities > 0.5) == is_up).mean() > 0.9
    blind = np.array([upright_probability(r, means, slopes, np.full(24, 1 / 24)) for r in new])
    assert ((blind > 0.5) == is_up).mean() < 0.8  # all classes alike cannot tell
    turned = np.array([known.upright_probability(mirrored(r), x) for r, x in zip(new, long, strict=True)])
    assert np.allclose(probabilities + turned, 1.0, atol=1e-9)
    shares = np.stack([known.classes(r, x) for r, x in zip(new, long, strict=True)])
    assert np.allclose(shares.sum(1), 1.0)
    assert (shares.argmax(1) == of).mean() > 0.9
    alike = replace(known, profiles=np.zeros((24, 2 * BINS)))  # only how long it is in its cell tells classes apart
    assert alike.classes(new[0], 2.2)[:6].sum() > 0.9
    assert alike.classes(new[0], 0.45)[18:].sum() > 0.9
    assert np.allclose(alike.classes(new[0], None), 1 / 24)
    with pytest.raises(ValueError, match="at least two chromosomes"):
        class_free(rows[:60], lengths[:60], labels[:60], means, slopes)


def test_profiles_of_another_shape_are_no_profiles() -> None:
    rows, lengths, labels, _ = many_classes(np.random.default_rng(6), 4)
    known = class_free(rows, lengths, labels, np.ones((24, 2 * BINS)), np.ones(24))
    arrays = dict(zip(CLASS_FREE, known.arrays(), strict=True))
    back = ClassFree.of_tensors(arrays)
    assert back is not None
    assert all(np.array_equal(a, b) for a, b in zip(back.arrays(), known.arrays(), strict=True))
    assert ClassFree.of_tensors({k: v for k, v in arrays.items() if k != "lengths"}) is None
    with pytest.raises(ValueError, match="slopes has shape"):
        ClassFree.of_tensors({**arrays, "slopes": np.ones(3)})


def knobbed(p_up: bool) -> tuple[np.ndarray, list[float]]:
    """A picture with one dark bar whose darker third is the p end, and the bar's box x, y, w, h."""
    picture = np.full((120, 90), 230, np.uint8)
    cv2.line(picture, (45, 25), (45, 95), 120, 15)
    cv2.line(picture, *(((45, 25), (45, 45)) if p_up else ((45, 75), (45, 95))), 40, 15)
    return picture, [34.0, 14.0, 23.0, 92.0]


def knob_polarity() -> Polarity:
    means = np.zeros((24, 2 * BINS))
    means[:, : BINS // 2], means[:, BINS // 2 : BINS] = 1.0, -1.0
    return Polarity(means, np.full(24, 2.0))


@pytest.fixture
def two_bars(tmp_path: Path) -> Path:
    """A set of two pictures: annotation 70 with p above, 71 with p below."""
    (tmp_path / "images").mkdir()
    images, annotations = [], []
    for k, p_up in enumerate((True, False)):
        picture, box = knobbed(p_up)
        cv2.imwrite(str(tmp_path / "images" / f"{k}.png"), picture)
        images.append({"id": k, "file_name": f"{k}.png"})
        annotations.append({"id": 70 + k, "image_id": k, "category_id": 1, "bbox": box})
    (tmp_path / "train.json").write_text(json.dumps({"images": images, "annotations": annotations}))
    return tmp_path


class Pointing:
    """A detector that finds given boxes, the same in every picture."""

    def __init__(self, boxes: list[Box]) -> None:
        self.boxes = boxes

    def predict(self, images: Sequence[MetaphaseImage]) -> list[Detections]:
        items = tuple(Detection(b, 0.9) for b in self.boxes)
        return [Detections(i.name, (i.height, i.width), items, Provenance("pointing")) for i in images]


def test_a_detector_is_judged_by_the_direction_of_what_it_found(two_bars: Path) -> None:
    seen = [OrientationLabel(70, 0, True, True), OrientationLabel(71, 0, False, True)]
    up = Pointing([Box.rotated(45, 60, 20, 88, 0.2)])
    assert [j.right for j in detector_real(up, two_bars, seen)] == [True, False]
    assert detector_real(Pointing([Box.rotated(10, 10, 9, 12, 0.0)]), two_bars, seen) == []
    assert detector_real(Pointing([]), two_bars, seen) == []
    cell = make_cell("46,XX", 10_000)
    some = [t.box for t in cell.truth[:5]]
    turned = [Box.rotated(b.cx, b.cy, b.w, b.h, b.angle + np.pi) for b in some[:2]]
    judged = detector_made(Pointing([*turned, *some[2:]]), 1, seed=1)
    own = judged[:5]
    assert [j.right for j in own] == [False, False, True, True, True]


def test_the_real_ones_are_judged_by_their_upper_end(two_bars: Path) -> None:
    tmp_path = two_bars
    seen = [OrientationLabel(70, 0, True, True), OrientationLabel(71, 0, False, False)]
    assert [j.right for j in judge_real(knob_polarity(), tmp_path, seen)] == [True, True]
    other = [OrientationLabel(70, 0, False, True), OrientationLabel(71, 0, True, True)]
    assert [j.right for j in judge_real(knob_polarity(), tmp_path, other)] == [False, False]
    with pytest.raises(DataError, match="1 of the chromosomes oriented by eye are not in this set"):
        judge_real(knob_polarity(), tmp_path, [*seen, OrientationLabel(99, 0, True, True)])


def test_drawn_ones_are_judged_by_their_true_axis() -> None:
    found = judge_made(knob_polarity(), 1)
    turned = Polarity(-knob_polarity().means, np.full(24, 2.0))
    assert len(found) > 20
    both = list(zip(found, judge_made(turned, 1), strict=True))
    assert all(abs(a.probability + b.probability - 1) < 1e-9 for a, b in both)


def test_ten_of_each_class_were_looked_at() -> None:
    seen = read_by_eye()
    assert [sum(s.label == c.index for s in seen) for c in CLASSES] == [10] * 24
    assert len({s.annotation for s in seen}) == 240
    assert sum(s.sure for s in seen) > 200
    assert 0.35 < np.mean([s.upper_is_p for s in seen]) < 0.65  # cells lie as they like


def test_the_table_gives_shares_with_intervals(tmp_path: Path) -> None:
    low, high = wilson(9, 10)
    assert (low, high) == pytest.approx((0.596, 0.982), abs=2e-3)
    text = table([Judged(0, 0.9), Judged(0, 0.2, sure=False), Judged(23, 0.8)], "title")
    assert "A1        1 of 2" in text
    assert "Y         1 of 1" in text
    assert "all: 2 of 3 = 66.7 %" in text
    assert "where the eye was sure: 2 of 2 = 100.0 %" in text
    with pytest.raises(DataError, match="tells no directions"):
        Polarity.of_engine(tmp_path / "none.safetensors")
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(DataError, match="no list of chromosomes"):
        read_by_eye(tmp_path / "x.json")
