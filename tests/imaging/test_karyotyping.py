"""Cutting out, straightening, band matching and the layout, on cells made with known truth."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from karyotrain.data.synthesis import SyntheticCell, make_cell

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.karyogram import TRAY, Karyogram
from karyoview.core.runlength import encode_mask
from karyoview.imaging import karyogram_layout
from karyoview.imaging.axis import extended_line, line_length, medial_axis
from karyoview.imaging.composite import class_strip, composite, copies_of
from karyoview.imaging.cutout import cut_out, masks_of, paint, split_mask
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import Strip, follow, lay_out, make_strips, render
from karyoview.imaging.lengths import check_lengths
from karyoview.imaging.profile import band_profile, find_centromere, match_class, polarity
from karyoview.imaging.straighten import straighten


@pytest.fixture(scope="module")
def cell() -> SyntheticCell:
    return make_cell("47,XY,+21", seed=7)


@pytest.fixture(scope="module")
def annotation(cell: SyntheticCell) -> ImageAnnotation:
    items = (ReviewedChromosome(f"c{i}", t.box, t.label) for i, t in enumerate(cell.truth))
    return ImageAnnotation("made.png", cell.image.shape, chromosomes=tuple(items))


@pytest.fixture(scope="module")
def strips(cell: SyntheticCell, annotation: ImageAnnotation) -> dict[str, Strip]:
    return make_strips(cell.image, annotation)


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max((a | b).sum(), 1))


def test_masks_agree_with_the_truth_and_share_crossings(cell: SyntheticCell) -> None:
    masks = cut_out(cell.image, [t.box for t in cell.truth])
    shape = cell.image.shape
    whole = [t.full_mask(shape) for t in cell.truth]
    found = [m.full(*shape) for m in masks]
    ious = [overlap(a, b) for a, b in zip(whole, found, strict=True)]
    lone = [v for v, t in zip(ious, cell.truth, strict=True) if t.overlap_pixels == 0]
    crossing = [v for v, t in zip(ious, cell.truth, strict=True) if t.overlap_pixels > 20]
    assert np.mean(ious) > 0.89
    assert np.mean(lone) > 0.91
    assert np.mean(crossing) > 0.84
    shared_truth, shared = np.sum(whole, 0) > 1, np.sum(found, 0) > 1
    if shared_truth.sum() > 50:
        assert (shared & shared_truth).sum() > 0.3 * shared_truth.sum()


def test_axis_runs_from_p_to_q_over_the_whole_length(cell: SyntheticCell) -> None:
    masks = cut_out(cell.image, [t.box for t in cell.truth])
    ratios = []
    for truth, mask in zip(cell.truth, masks, strict=True):
        assert np.dot(mask.axis[0] - mask.axis[-1], truth.box.p_direction) > 0
        ratios.append(line_length(mask.axis) / line_length(np.asarray(truth.axis)))
    assert 0.95 < np.median(ratios) < 1.05


def test_straightening_keeps_bands_and_length(cell: SyntheticCell) -> None:
    correlations = []
    for truth, mask in zip(cell.truth, cut_out(cell.image, [t.box for t in cell.truth]), strict=True):
        if truth.overlap_pixels:
            continue
        height = round(line_length(mask.axis))
        ours = band_profile(straighten(cell.image, mask.axis, 24, height))
        best = band_profile(straighten(cell.image, np.asarray(truth.axis), 24, height))
        correlations.append(np.corrcoef(ours, best)[0, 1])
    assert len(correlations) >= 5
    assert np.mean(correlations) > 0.85


def test_straightening_an_arc_gives_back_what_was_bent() -> None:
    angle = np.linspace(0, np.pi / 2, 60)
    axis = np.stack([100 - 80 * np.cos(angle) + 10, 110 - 80 * np.sin(angle)], 1)
    yy, xx = np.mgrid[:140, :140] + 0.5
    along = np.arctan2(110 - yy, 110 - xx) / (np.pi / 2)
    image = (127 + 120 * np.sin(along * 12)).astype(np.uint8)
    strip = straighten(image, axis, 9, 126)
    expected = 127 + 120 * np.sin((np.arange(126) + 0.5) / 126 * 12)
    assert np.abs(strip[3:-3].mean(1) - expected[3:-3]).max() < 14


def test_a_straight_box_is_cut_out_as_it_is() -> None:
    image = np.arange(60 * 40, dtype=np.uint16).reshape(60, 40)
    assert np.array_equal(straighten(image, Box.rotated(20, 30, 10, 40, 0.0), 10, 40, zoom=1.0), image[10:50, 15:25])
    turned = straighten(image, Box.rotated(20, 30, 10, 40, np.pi), 10, 40, zoom=1.0)
    assert np.array_equal(turned, image[10:50, 15:25][::-1, ::-1])
    with pytest.raises(KaryoViewError, match="centre line"):
        straighten(image, np.zeros((1, 2)), 5, 5)


def test_ideogram_finds_polarity_and_centromere(cell: SyntheticCell) -> None:
    table, right, errors = load_bands(550), [], []
    for truth, mask in zip(cell.truth, cut_out(cell.image, [t.box for t in cell.truth]), strict=True):
        if truth.overlap_pixels:
            continue
        label = CLASSES[truth.label].label
        profile = band_profile(straighten(cell.image, mask.axis, 24, round(line_length(mask.axis))))
        upright, confidence = polarity(profile, label)
        upside_down, _ = polarity(profile[::-1], label)
        assert upright != upside_down
        assert 0.5 <= confidence <= 1.0
        right.append(upright)
        errors.append(abs(find_centromere(match_class(profile, label)) - table.centromere_index(label)))
    assert np.mean(right) > 0.85
    assert np.median(errors) < 0.06


class Sure:
    """Networks of direction that are sure of one end, whatever they are shown."""

    def __init__(self, upper: float) -> None:
        self.upper = upper

    def upright_probabilities(self, crops: Sequence[np.ndarray], classes: np.ndarray) -> np.ndarray:
        assert classes.sum() == len(crops)
        return np.full(len(crops), self.upper)


def test_horizontal_boxes_stand_as_the_networks_and_the_ideogram_say(
    cell: SyntheticCell, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = [t for t in cell.truth if t.overlap_pixels == 0][:8]
    items = (ReviewedChromosome(f"c{i}", t.horizontal, t.label) for i, t in enumerate(chosen))
    annotation = ImageAnnotation("made.png", cell.image.shape, chromosomes=tuple(items))

    def ends(net: Sure | None) -> list[tuple[float, float]]:
        monkeypatch.setattr(karyogram_layout, "shipped_direction_net", lambda: net)
        made = [s.places for s in make_strips(cell.image, annotation).values()]
        return [(float(p[0][0].mean()), float(p[1][0].mean())) for p in made if p is not None]

    up, down, unsure, seen = ends(Sure(1.0)), ends(Sure(0.0)), ends(Sure(0.5)), ends(Sure(np.nan))
    assert len(up) == len(chosen)
    assert all(np.hypot(a[0] - b[0], a[1] - b[1]) > 10 for a, b in zip(up, down, strict=True))
    assert unsure == seen == ends(None)


def test_lengths_flag_only_what_is_far_off() -> None:
    table = load_bands(550)
    labels = [c.index for c in CLASSES[:22]]
    lengths = [table.length(CLASSES[k].label) * 0.01 for k in labels]
    assert not any(p.remarks for p in check_lengths(lengths, labels) if p)
    lengths[0] *= 0.4
    found = check_lengths([*lengths, 10.0], [*labels, None], [0.4] * 23)
    assert found[0] is not None
    assert "short for 1" in found[0].remarks
    assert found[-1] is None


def test_a_box_over_empty_ground_loses_nothing() -> None:
    image = np.full((120, 120), 220, dtype=np.uint8)
    (mask,) = cut_out(image, [Box.rotated(60, 60, 12, 50, 0.4)])
    assert mask.confidence == 0.0
    assert mask.mask.sum() > 300
    annotation = ImageAnnotation(
        "e.png", (120, 120), chromosomes=(ReviewedChromosome("c0", mask.box, 3, mask="damaged"),)
    )
    assert len(make_strips(image, annotation)) == 1


def test_stored_masks_are_used(cell: SyntheticCell) -> None:
    truth = cell.truth[0]
    whole = truth.full_mask(cell.image.shape)
    item = ReviewedChromosome("c0", truth.box, truth.label, mask=encode_mask(whole))
    assert np.array_equal(masks_of(cell.image, [item])[0].full(*cell.image.shape), whole)


def test_brush_and_split_stroke() -> None:
    mask = np.zeros((40, 40), dtype=bool)
    mask[5:35, 15:25] = True
    left, right = split_mask(mask, [(0, 20), (39, 20)])
    assert not (left & right).any()
    assert np.array_equal(left | right, mask)
    assert abs(int(left.sum()) - int(right.sum())) <= 20
    with pytest.raises(KaryoViewError, match="does not cross"):
        split_mask(mask, [(0, 39), (39, 39)])
    painted = paint(mask, [(30, 10), (36, 10)], 2.0)
    assert painted[10, 33]
    assert not paint(painted, [(30, 10), (36, 10)], 3.0, add=False)[10, 33]


def test_medial_axis_follows_a_bend_and_survives_specks() -> None:
    angle = np.linspace(0, np.pi * 0.8, 200)
    yy, xx = np.mgrid[:120, :120]
    line = np.stack([60 + 40 * np.cos(angle), 20 + 40 * np.sin(angle)], 1)
    mask = (np.hypot(xx[..., None] - line[:, 0], yy[..., None] - line[:, 1]).min(-1)) < 7
    found = medial_axis(mask)
    assert line_length(found) > 0.9 * line_length(line)
    assert np.abs(np.hypot(found[:, 0] - 60, found[:, 1] - 20) - 40)[3:-3].max() < 3.0
    assert medial_axis(np.zeros((5, 5), dtype=bool)).shape == (0, 2)


@pytest.mark.parametrize("degrees", [20, 40, 70])
def test_a_line_that_turns_sharply_at_its_end_leaves_a_broad_mask_and_does_not_circle_in_it(degrees: int) -> None:
    yy, xx = np.mgrid[:60, :60]
    broad = np.hypot(xx - 30, yy - 30) < 26
    angles = np.radians(degrees) * np.arange(4)
    steps = 2 * np.cumsum(np.stack([np.cos(angles), np.sin(angles)], 1), axis=0)
    line = extended_line(np.concatenate([steps[::-1], np.zeros((1, 2))]) + 30.0, broad)
    assert line_length(line) < 75  # the diameter is 52
    assert np.hypot(*(line[[0, -1]] - 30).T).min() > 22


def test_layout_lines_up_centromeres_and_drops_find_slots(
    annotation: ImageAnnotation, strips: dict[str, Strip]
) -> None:
    karyogram = Karyogram.of(annotation)
    layout = lay_out(karyogram, strips)
    assert {p.id for p in layout.placed} == {c.id for c in annotation.chromosomes}
    areas = {a.slot: a for a in layout.slots}
    for place in layout.placed:
        if place.slot != TRAY:
            assert place.y + strips[place.id].centromere == pytest.approx(areas[place.slot].centromere_y)
        assert layout.slot_at(place.x + place.width / 2, place.y + place.height / 2) == place.slot
    third = [p for p in layout.placed if p.slot == "21"]
    assert len(third) == 3
    assert layout.position_in("21", third[1].x) == 1
    boxes = [(p.x, p.x + p.width) for p in sorted(third, key=lambda p: p.x)]
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(boxes))
    assert render(layout, strips, 1.0).min() < 100


def test_a_low_board_has_two_rows_and_larger_chromosomes(annotation: ImageAnnotation, strips: dict[str, Strip]) -> None:
    karyogram = Karyogram.of(annotation)
    low, usual = lay_out(karyogram, strips, aspect=2.6), lay_out(karyogram, strips, aspect=2.0)
    rows = {k: [a.slot for a in low.slots if a.row == k and a.slot != TRAY] for k in (0, 1)}
    assert rows[0] == [str(n) for n in range(1, 13)]
    assert rows[1][:10] == [str(n) for n in range(13, 23)]
    assert {p.id for p in low.placed} == {p.id for p in usual.placed}
    view = 796, 309  # where the board lies below the metaphase in a window of 1366 x 768
    zooms = [min(view[0] / each.width, view[1] / each.height) for each in (low, usual)]
    assert zooms[0] > 1.5 * zooms[1]
    for area in low.slots:
        if area.slot != TRAY:
            assert low.slot_at(area.x + area.width / 2, area.centromere_y) == area.slot


def test_strips_follow_relabelling_and_turning_without_cutting(
    annotation: ImageAnnotation, strips: dict[str, Strip]
) -> None:
    first = annotation.chromosomes[0]
    turned = annotation.next_revision(
        chromosomes=(replace(first, box=first.box.turned(), label=3), *annotation.chromosomes[1:])
    )
    found = follow(strips, annotation, turned)
    assert found is not None
    assert np.array_equal(found[first.id].pixels, strips[first.id].pixels[::-1, ::-1])
    assert found[first.id].label == "4"
    moved = annotation.next_revision(
        chromosomes=(replace(first, box=first.box.moved(5, 0)), *annotation.chromosomes[1:])
    )
    assert follow(strips, annotation, moved) is None


def test_one_class_over_cells_and_composite(strips: dict[str, Strip]) -> None:
    cells = {"one": strips, "two": strips}
    copies = copies_of("21", cells)
    assert len(copies) == 6
    picture, places = class_strip(copies)
    assert len(places) == 6
    assert picture.shape[1] > places[-1][0]
    wanted = [2] * 22 + [1, 1]
    karyogram, taken = composite(cells, wanted, [copies[4].key])
    assert list(karyogram.counts()) == wanted
    assert karyogram.slots["21"][0] == copies[4].key
    assert lay_out(karyogram, taken).placed
