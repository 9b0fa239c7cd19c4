"""Karyogram prints taken apart and placed: pieces drawn with numpy here, real prints where they are at hand."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.core.chromosome import CLASS_NAMES
from karyoview.imaging.bent_search import centre_lines, is_straight, poses_along
from karyoview.imaging.correlation_search import CorrelationSearch, Template
from karyoview.imaging.karyogram_picture import STANDARD_ORDER, KaryogramPictureError, read_karyogram
from karyoview.imaging.karyogram_placement import Placement, belongs, place_karyogram
from karyoview.imaging.karyogram_segmentation import bracket_lines, cut_apart, ink_depth, segment_karyogram
from karyoview.imaging.placement_assignment import PlaceCandidate, settle_places
from karyoview.imaging.template_fit import FitLevel, Pose, drawn_mask, fit

REAL = json.loads((Path(__file__).parent / "karyogram_places.json").read_text())


def rod(length: int, width: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A banded upright chromosome: depth (h, w) float32 and its own pixels."""
    rng = np.random.default_rng(seed)
    bands = cv2.GaussianBlur(rng.uniform(40, 220, (1, length // 5 + 2)).astype(np.float32), (0, 0), 0.5)[0]
    own = np.zeros((length + 4, width + 4), np.uint8)
    cv2.ellipse(own, (width // 2 + 2, width // 2 + 2), (width // 2, width // 2), 0, 0, 360, 1, -1)
    cv2.ellipse(own, (width // 2 + 2, length - width // 2 + 2), (width // 2, width // 2), 0, 0, 360, 1, -1)
    own[width // 2 + 2 : length - width // 2 + 2, 2 : width + 2] = 1
    along = np.interp(np.arange(length + 4) / 5, np.arange(len(bands)), bands)
    return (along[:, None] * own).astype(np.float32), own > 0


def laid(field: np.ndarray, depth: np.ndarray, own: np.ndarray, pose: Pose) -> None:
    """Add a chromosome to a metaphase's ink as a pose says."""
    h, w = own.shape
    grid = np.stack(np.meshgrid(np.arange(0.125, w, 0.25), np.arange(0.125, h, 0.25)), -1).reshape(-1, 2)
    rows = np.flatnonzero(own.any(1))
    at = np.floor(pose.places(grid - (w / 2, h / 2), (rows[-1] - rows[0] + 1) / 2)).astype(int)
    values = depth[grid[:, 1].astype(int), grid[:, 0].astype(int)]
    total, count = np.zeros_like(field), np.zeros_like(field)
    np.add.at(total, (at[:, 1], at[:, 0]), values)
    np.add.at(count, (at[:, 1], at[:, 0]), 1)
    field += np.where(count > 0, total / np.maximum(count, 1), 0)


def test_a_template_is_found_turned_and_smaller() -> None:
    depth, own = rod(90, 22, 1)
    template = Template.cut(depth, own, 22)
    field = np.zeros((160, 200), np.float32)
    laid(field, depth, own, Pose(120.0, 70.0, 2.1, 0.6))
    found = CorrelationSearch(field, 0.4).candidates(template, 0.62, np.radians(np.arange(0, 360, 10)), 4)
    level = FitLevel(field, 1.0, 0.5)
    start = Pose(found[0].x, found[0].y, found[0].angle, 0.62)
    pose, value = fit(level, level.sampled(template, 0.62), start, 0.62, loose=0.1)
    assert value > 0.98
    assert np.hypot(pose.x - 120, pose.y - 70) < 1
    assert abs(pose.angle - 2.1) < 0.05
    assert abs(pose.zoom - 0.6) < 0.01


def test_a_straightened_chromosome_is_found_bent_by_its_bands() -> None:
    depth, own = rod(150, 20, 2)
    template = Template.cut(depth, own, 20)
    assert is_straight(template, 20)
    field = np.zeros((220, 260), np.float32)
    true = Pose(130.0, 110.0, 0.7, 0.8, (0.9, 0.1, 0.0))
    laid(field, depth, own, true)
    poses = poses_along(template, centre_lines(field, 16), 0.8, 3)
    level = FitLevel(field, 1.0, 0.5)
    best = max((fit(level, level.sampled(template, 0.8), p, 0.8, bends=1.0) for p in poses), key=lambda b: b[1])
    assert best[1] > 0.95
    mine, its = (drawn_mask(own, p, (220, 260)) for p in (best[0], true))
    assert (mine & its).sum() > 0.9 * (mine | its).sum()


def test_two_that_touch_are_cut_and_a_bent_one_is_not() -> None:
    width = 20
    _, own = rod(80, width, 3)
    pair = np.zeros((90, 60), bool)
    pair[2 : 2 + own.shape[0], 2 : 2 + own.shape[1]] |= own
    pair[4 : 4 + own.shape[0], 21 : 21 + own.shape[1]] |= own
    depth = np.where(pair, 150, 0).astype(np.float32)
    depth[:, 22:24] *= 0.6
    parts = cut_apart(pair, depth, width)
    assert len(parts) == 2
    assert np.array_equal(parts[0] | parts[1], pair)
    assert 0.4 < parts[0].sum() / pair.sum() < 0.6
    bent = np.zeros((120, 120), np.uint8)
    cv2.ellipse(bent, (100, 60), (70, 50), 0, 90, 270, 1, width)
    assert len(cut_apart(bent > 0, np.where(bent, 150, 0).astype(np.float32), width)) == 1


def printed(labels: bool, brackets: bool, dark: bool = False, snippet: bool = False) -> np.ndarray:
    """A print of the standard layout, two chromosomes a slot and none for Y."""
    canvas = np.full((900, 1000), 250, np.uint8)
    heights = ([150, 145, 125, 115, 110], [100] * 7, [70] * 3 + [60] * 3, [45, 45, 35, 35, 95, 0])
    for row, (names, tall) in enumerate(zip(STANDARD_ORDER, heights, strict=True)):
        base = 190 + row * 205
        for slot, (name, height) in enumerate(zip(names, tall, strict=True)):
            x = 30 + slot * 135
            for k in (0, 1) if height else ():
                depth, own = rod(height, 22, 10 * slot + row)
                left = x + 10 + 30 * k
                place = canvas[base - own.shape[0] : base, left : left + own.shape[1]]
                place[own] = 250 - depth[own]
            if brackets:
                cv2.line(canvas, (x, base + 6), (x + 80, base + 6), 40, 1)
            if labels:
                cv2.putText(canvas, name, (x + 30, base + 32), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 20, 1)
    if snippet:
        canvas[100:104, 20:24] = 90
    return 255 - canvas if dark else canvas


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("labels", [False, True])
def test_classes_come_from_labels_or_from_the_slots_of_the_standard_layout(labels: bool, dark: bool) -> None:
    found = read_karyogram(printed(labels, brackets=True, dark=dark, snippet=True))
    assert [CLASS_NAMES[p.label or 0] for p in found] == [n for n in CLASS_NAMES[:-1] for _ in range(2)]


def test_without_labels_and_slots_an_order_is_asked_for() -> None:
    picture = printed(labels=False, brackets=False)
    with pytest.raises(KaryogramPictureError, match="--order"):
        read_karyogram(picture)
    rows = [row if row[-1] != "Y" else row[:-1] for row in STANDARD_ORDER]
    assert len(read_karyogram(picture, rows)) == 46


def test_print_is_no_chromosome() -> None:
    picture = printed(labels=True, brackets=True)
    found = segment_karyogram(picture)
    assert len(found.pieces) == 46
    lines = bracket_lines(ink_depth(picture) > 30)
    assert lines.any()
    assert all(not lines[p.y : p.y + p.mask.shape[0], p.x : p.x + p.mask.shape[1]][p.mask].any() for p in found.pieces)


def test_each_chromosome_gets_one_place_and_each_place_one() -> None:
    left, right, across = np.arange(100), np.arange(200, 300), np.arange(30, 130)
    candidates = [
        PlaceCandidate(0, left, 0.95), PlaceCandidate(0, right, 0.94),
        PlaceCandidate(1, left, 0.94), PlaceCandidate(1, right, 0.80),
        PlaceCandidate(2, across, 0.90),
    ]  # fmt: skip
    chosen = settle_places(candidates, 3)
    assert chosen == {0: 1, 1: 2}  # together better than the best first; the third lies on another's pixels


def test_a_metaphase_of_another_cell_is_refused() -> None:
    assert not belongs([], 46)
    rng = np.random.default_rng(0)
    picture = printed(labels=True, brackets=True)
    other = np.full((400, 500), 250, np.uint8)
    for seed in range(46):
        depth, own = rod(int(rng.integers(20, 75)), 11, 500 + seed)
        x, y = int(rng.integers(10, 470)), int(rng.integers(10, 310))
        place = other[y : y + own.shape[0], x : x + own.shape[1]]
        place[own] = 250 - depth[own]
    with pytest.raises(KaryogramPictureError, match="cell"):
        place_karyogram(picture, read_karyogram(picture), other)


def test_progress_may_stop_the_search() -> None:
    class StoppedError(Exception):
        pass

    def stop(share: float) -> None:
        assert 0 <= share <= 1
        raise StoppedError

    picture = printed(labels=True, brackets=True)
    small = cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    with pytest.raises(StoppedError):
        place_karyogram(picture, read_karyogram(picture), np.asarray(small, np.uint8), stop)


def _pictures(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    both = [cv2.imread(str(folder / "labs" / "fields" / f"{name}.{k}.png"), cv2.IMREAD_GRAYSCALE) for k in "AK"]
    if any(p is None for p in both):
        pytest.skip(f"no {name} among the fields in {folder}")
    return both[0], both[1]


def _right(found: list[Placement], expected: list[list[object]]) -> int:
    """How many placements lie where a chromosome of their class was seen by eye, each for one."""
    open_ = [(str(name), float(x), float(y)) for name, x, y in expected]  # type: ignore[arg-type]
    right = 0
    for place in found:
        h, w = place.mask.shape
        x, y = place.corner[0] + w / 2, place.corner[1] + h / 2
        near = [e for e in open_ if np.hypot(e[1] - x, e[2] - y) < 8 and CLASS_NAMES.index(e[0]) == place.piece.label]
        if near:
            open_.remove(near[0])
            right += 1
    return right


@pytest.mark.real
@pytest.mark.parametrize("name", sorted(REAL))
def test_a_real_print_is_placed_on_its_metaphase_and_on_no_other(real_data: Path, name: str) -> None:
    metaphase, picture = _pictures(real_data, name)
    pieces = read_karyogram(picture)
    found = place_karyogram(picture, pieces, metaphase)
    right = _right(found, REAL[name])
    print(f"{name}: {right} of {len(REAL[name])} right, {sum(p.sure for p in found)} sure")
    assert right >= 44
    assert _right([p for p in found if p.sure], REAL[name]) == sum(p.sure for p in found)
    assert {len(REAL[name])} == {46} == {len(pieces)}
    (other,) = set(REAL) - {name}
    with pytest.raises(KaryogramPictureError, match="cell"):
        place_karyogram(picture, pieces, _pictures(real_data, other)[0])
