"""Looks of crops and of cells: lengths, widths, ends and bands stay what the look says, and one cell has one look."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from karyotrain.data import looks
from karyotrain.data.cell_looks import CellLook, changed, draw_look, photographed, tempered, usual_look
from karyotrain.data.crop_looks import (
    MEDIAN_COLUMNS,
    CropLooks,
    Poses,
    as_they_are,
    doubtful_masks,
    draw_looks,
    resampled,
    shown,
)
from karyotrain.data.crop_looks import photographed as photographed_crops
from karyotrain.data.errors import DataError
from karyotrain.data.straight_crops import BREADTH, LENGTH, Straightened, of_made_cell
from karyotrain.data.synthesis import make_cell

from karyoview.imaging.aligned import MEDIAN_LENGTH, aligned_crop, cell_scale
from karyoview.imaging.masks import InstanceMask

PLAIN = CellLook()


def extent(mask: np.ndarray) -> tuple[int, int]:
    """Rows and columns that a mask spans."""
    return int((mask > 0.5).any(1).sum()), int((mask > 0.5).any(0).sum())


def profile(dark: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Darkness along the axis, 60 values; the ends, where the blur is, are left out."""
    inside = mask > 0.5
    rows = np.flatnonzero(inside.any(1))
    values = (dark * inside).sum(1)[rows] / inside.sum(1)[rows]
    return np.interp(np.linspace(0.08, 0.92, 60), np.linspace(0, 1, len(rows)), values)


def alike(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def plain(crop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = changed(crop, PLAIN)
    assert found is not None
    return found


@pytest.mark.parametrize("place", [0, 14, 30])
def test_contraction_halves_the_length_and_leaves_the_width(drawn_chromosomes: Straightened, place: int) -> None:
    crop = drawn_chromosomes.crops[place]
    length, width = extent(plain(crop)[1])
    short = changed(crop, replace(PLAIN, contraction=0.5))
    wide = changed(crop, replace(PLAIN, widening=1.3))
    assert short is not None
    assert wide is not None
    assert extent(short[1])[0] == pytest.approx(length / 2, abs=2)
    assert extent(short[1])[1] == pytest.approx(width, abs=1)
    assert extent(wide[1])[0] == pytest.approx(length, abs=1)
    assert extent(wide[1])[1] == pytest.approx(1.3 * width, abs=2)


def test_a_cell_of_half_the_resolution_is_half_as_large(drawn_chromosomes: Straightened) -> None:
    crop = drawn_chromosomes.crops[0]
    small = changed(crop, replace(PLAIN, width=PLAIN.width / 2))
    assert small is not None
    assert np.array(extent(small[1])) == pytest.approx(np.array(extent(plain(crop)[1])) / 2, abs=2)


CHANGES: dict[str, dict[str, Any]] = {
    "contraction": {"contraction": 0.5}, "widening": {"widening": 1.35}, "parted": {"parting": 1.0, "gap": 0.3},
    "weak": {"band_contrast": 0.4}, "strong": {"band_contrast": 1.8}, "blurred": {"band_blur": 2.0},
    "pale": {"depth": 0.5}, "small": {"width": 9.0},
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_short_arm_stays_up_in_every_look(drawn_chromosomes: Straightened, change: dict[str, Any]) -> None:
    for place in (0, 6, 14):
        crop = drawn_chromosomes.crops[place]
        before = profile(*plain(crop))
        found = changed(crop, replace(PLAIN, **change))
        assert found is not None
        after = profile(*found)
        assert alike(before, after) > 0.75
        assert alike(before, after) > alike(before, after[::-1]) + 0.2


def test_inverted_bands_are_pale_where_they_were_dark(drawn_chromosomes: Straightened) -> None:
    for place in (0, 6, 14):
        crop = drawn_chromosomes.crops[place]
        before = profile(*plain(crop))
        found = changed(crop, replace(PLAIN, inverted=True))
        assert found is not None
        assert alike(before, profile(*found)) < -0.75
        # the rim is no dark outline: in every row the middle is darker than the edge
        dark, mask = found
        rows = np.flatnonzero((mask > 0.5).any(1))[6:-6]
        edge = [dark[row, np.flatnonzero(mask[row] > 0.5)[0]] for row in rows]
        middle = [dark[row, round(float(np.flatnonzero(mask[row] > 0.5).mean()))] for row in rows]
        assert np.mean(middle) > np.mean(edge)


def test_band_contrast_and_band_blur_change_bands_as_they_say(drawn_chromosomes: Straightened) -> None:
    crop = drawn_chromosomes.crops[0]
    spread = profile(*plain(crop)).std()

    def spread_of(**change: float) -> float:
        found = changed(crop, replace(PLAIN, **change))
        assert found is not None
        return float(profile(*found).std())

    assert spread_of(band_contrast=0.3) == pytest.approx(0.3 * spread, rel=0.2)
    assert spread_of(band_contrast=1.5) > 1.3 * spread
    assert spread_of(band_blur=3.5) < 0.8 * spread


def test_chromatids_part_at_the_ends_and_meet_at_the_centromere(drawn_chromosomes: Straightened) -> None:
    found = changed(drawn_chromosomes.crops[0], replace(PLAIN, parting=1.0, gap=0.3), centromere=0.0)
    assert found is not None
    dark, mask = found
    height, middle = len(dark), dark.shape[1] // 2
    ends = dark[[height // 8, -height // 8]]
    for row in ends:
        assert row[middle] < 0.4 * row.max()
    assert dark[height // 2, middle] > 0.6 * dark[height // 2].max()
    assert (mask[:, middle] > 0.5).mean() > 0.9  # the gap belongs to the chromosome


PICTURE: dict[str, dict[str, Any]] = {
    "blur": {"blur": 1.6}, "sharpened": {"sharpening": 3.0}, "dark": {"gamma": 1.5}, "noise": {"noise": 5.0},
    "clahe": {"clahe": 4.0}, "white": {"white_margin": 10.0}, "jpeg": {"jpeg": 40},
}  # fmt: skip


@pytest.mark.parametrize("change", PICTURE.values(), ids=PICTURE.keys())
def test_nothing_moves_when_a_picture_is_taken(change: dict[str, Any]) -> None:
    grey = np.full((120, 160), 240, np.float32)
    cv2.ellipse(grey, (60, 70), (30, 9), 25, 0, 360, 110.0, -1)
    before = grey < 175
    taken = photographed(grey, replace(PLAIN, **change), np.random.default_rng(0))
    assert taken.shape == grey.shape
    assert taken.dtype == np.uint8
    after = taken < (int(taken[70, 60]) + int(np.median(taken))) / 2
    assert (before & after).sum() / (before | after).sum() > 0.85
    assert np.argwhere(after).mean(0) == pytest.approx(np.argwhere(before).mean(0), abs=0.6)
    assert not np.array_equal(taken, grey.astype(np.uint8))


def test_drawn_looks_differ_and_stay_in_their_ranges() -> None:
    drawn = [draw_look(np.random.default_rng(i)) for i in range(300)]
    assert drawn[0] == draw_look(np.random.default_rng(0))
    assert {look.arrangement for look in drawn} == {"apart", "touching", "crossing"}
    assert min(look.contraction for look in drawn) < 0.5
    assert all(0.42 <= look.contraction <= 1.1 for look in drawn)
    for field in fields(CellLook):
        assert len({getattr(look, field.name) for look in drawn}) > 1, field.name


def test_a_tempered_look_lies_between_that_of_the_crops_and_its_own() -> None:
    for seed in range(60):
        look = draw_look(np.random.default_rng(seed))
        half, none = tempered(look, 0.5), tempered(look, 0.0)
        assert tempered(look, 1.0) == look
        for name in ("contraction", "widening", "band_contrast", "gamma"):
            own = getattr(look, name)
            assert getattr(none, name) == 1.0
            assert min(own, 1.0) <= getattr(half, name) <= max(own, 1.0), name
        for name in ("parting", "gap", "band_blur", "halo", "blur", "sharpening", "noise"):
            assert getattr(none, name) == 0.0
            assert getattr(half, name) == pytest.approx(getattr(look, name) / 2), name
        assert not half.inverted
        assert half.arrangement == look.arrangement


def test_usual_looks_are_nearer_to_the_crops_and_often_without_ground() -> None:
    usual = [usual_look(np.random.default_rng(i)) for i in range(300)]
    assert min(look.contraction for look in usual) > 0.65
    assert 0.3 < np.mean([look.white_margin >= 5 for look in usual]) < 0.7
    cell = np.full((80, 80), 240.0)
    cell[20:60, 30:45] = 150
    cell[60:70, 30:45] = 225
    cleaned = photographed(cell, replace(PLAIN, white_margin=20.0), np.random.default_rng(0))
    assert (cleaned[cell == 240] == 255).all()
    assert (cleaned[61:69, 31:44] == 255).all()
    assert (cleaned[21:59, 31:44] < 160).all()


# crops


def resampled_in(cut: Straightened, rows: list[int], **change: float) -> tuple[np.ndarray, np.ndarray]:
    own = replace(CropLooks.plain(len(rows)), **{k: torch.full((len(rows),), v) for k, v in change.items()})
    grey, mask = resampled(cut.crops[rows], cut.rows[rows], own, Poses.upright(len(rows)))
    out = photographed_crops(grey, mask, own, torch.Generator().manual_seed(0))
    return out[:, 0].numpy(), mask[:, 0].numpy()


def test_plain_crops_are_those_that_the_engine_shows_its_classifier() -> None:
    made = make_cell("46,XX", 11)
    masks = [InstanceMask(t.mask, *t.offset, 1.0, True, True, t.box, t.axis) for t in made.truth]
    image = made.image.astype(np.uint8)
    scale = cell_scale(image, masks, MEDIAN_COLUMNS)
    cut = of_made_cell(made)
    seen = as_they_are(cut.crops, cut.rows).numpy()
    for i in (0, 10, 20, 30, 45):
        engine = aligned_crop(image, masks[i], scale).astype(np.float32) / 255
        inside = engine[1] > 0.5
        assert alike(seen[i, 0][inside], engine[0][inside]) > 0.95
        assert ((seen[i, 1] > 0.5) == inside).mean() > 0.98


def test_the_median_chromosome_fills_its_rows_and_columns(drawn_chromosomes: Straightened) -> None:
    masks = as_they_are(*drawn_chromosomes)[:, 1].numpy() > 0.5
    rows = masks.any(2).sum(1)
    assert np.median(rows) == pytest.approx(MEDIAN_LENGTH, rel=0.05)
    assert np.median(masks.sum((1, 2)) / rows) == pytest.approx(MEDIAN_COLUMNS, rel=0.06)
    assert (drawn_chromosomes.rows[:, BREADTH] == 1600).all()
    assert len(set(drawn_chromosomes.rows[:, LENGTH])) == 1  # one scale for all of a cell


def test_a_crop_of_half_the_length_keeps_its_width(drawn_chromosomes: Straightened) -> None:
    _, before = resampled_in(drawn_chromosomes, [0, 14])
    _, after = resampled_in(drawn_chromosomes, [0, 14], length=0.5)
    for a, b in zip(before, after, strict=True):
        assert extent(b)[0] == pytest.approx(extent(a)[0] / 2, abs=2)
        assert extent(b)[1] == pytest.approx(extent(a)[1], abs=1)


CROPS: dict[str, dict[str, float]] = {
    "length": {"length": 0.6}, "width": {"width": 1.28}, "parted": {"gap": 4.0, "parting": 1.0},
    "blurred": {"band_blur": 3.0}, "weak": {"band_contrast": 0.4}, "sharpened": {"sharpening": 2.5},
    "stretched": {"low": 0.1, "high": 0.8}, "gamma": {"gamma": 1.6}, "noise": {"noise": 0.05}, "cut": {"cut_out": 1.0},
}  # fmt: skip


@pytest.mark.parametrize("change", CROPS.values(), ids=CROPS.keys())
def test_the_first_end_of_a_crop_stays_up_in_every_look(
    drawn_chromosomes: Straightened, change: dict[str, float]
) -> None:
    rows = [0, 6, 14]
    before, masks = resampled_in(drawn_chromosomes, rows)
    after, changed_masks = resampled_in(drawn_chromosomes, rows, **change)
    for i in range(len(rows)):
        a, b = profile(before[i], masks[i]), profile(after[i], changed_masks[i])
        assert alike(a, b) > 0.75
        assert alike(a, b) > alike(a, b[::-1]) + 0.2
    assert not np.allclose(before, after, atol=0.02)


def test_inverted_crops_and_mirrored_ones(drawn_chromosomes: Straightened) -> None:
    before, masks = resampled_in(drawn_chromosomes, [0, 6])
    after, _ = resampled_in(drawn_chromosomes, [0, 6], band_contrast=-1.0)
    for i in range(2):
        assert alike(profile(before[i], masks[i]), profile(after[i], masks[i])) < -0.75
    crops, table = drawn_chromosomes.crops[:2], drawn_chromosomes.rows[:2]
    torch.testing.assert_close(
        as_they_are(crops, table, end=-1.0), as_they_are(crops, table).flip(2), atol=1e-4, rtol=0
    )


def test_a_cut_out_crop_has_white_ground_and_its_chromosome(drawn_chromosomes: Straightened) -> None:
    crops = drawn_chromosomes.crops[:1].copy()
    crops[:, 0, :, :20] = 200  # a neighbour
    cut = Straightened(crops, drawn_chromosomes.rows[:1])
    before, mask = resampled_in(cut, [0])
    after, _ = resampled_in(cut, [0], cut_out=1.0)
    away = cv2.dilate(mask[0], np.ones((9, 9))) < 0.01
    assert before[0][away].max() > 0.5
    assert after[0][away].max() < 0.01
    np.testing.assert_allclose(after[0][mask[0] > 0.9], before[0][mask[0] > 0.9], atol=1e-5)


def test_all_crops_of_a_cell_share_its_look(drawn_chromosomes: Straightened) -> None:
    rows = np.zeros(4, int)
    crops, table = drawn_chromosomes.crops[rows], drawn_chromosomes.rows[rows]

    def draw(count: int, generator: torch.Generator) -> CropLooks:
        assert count == 2
        return replace(CropLooks.plain(count), offset=torch.tensor([0.5, 0.0]))

    out = shown(crops, table, np.array([40, 7, 40, 7]), torch.Generator().manual_seed(0), draw)
    ground = out[:, 0].flatten(1).quantile(0.02, dim=1)
    assert ground[[1, 3]].min() > 0.45
    assert ground[[0, 2]].max() < 0.1
    out = shown(crops, table, np.array([40, 7, 40, 7]), torch.Generator().manual_seed(3))
    again = shown(crops, table, np.array([40, 7, 40, 7]), torch.Generator().manual_seed(3))
    assert out.shape == (4, 2, 192, 32)
    assert float(out.min()) >= 0
    assert float(out.max()) <= 1
    assert torch.equal(out, again)


def test_looks_of_crops_are_drawn_for_each_cell() -> None:
    drawn = draw_looks(400, torch.Generator().manual_seed(0))
    for field in fields(CropLooks):
        values = getattr(drawn, field.name)
        assert values.shape == (400,)
        assert len(values.unique()) > 1, field.name
    assert (drawn.high > drawn.low).all()
    assert 0 < float((drawn.band_contrast < 0).float().mean()) < 0.1


def test_some_masks_are_lost_and_some_wider_or_narrower() -> None:
    mask = torch.zeros(400, 1, 30, 16)
    mask[:, :, 8:22, 4:12] = 1
    areas = doubtful_masks(mask, torch.Generator().manual_seed(0)).sum((1, 2, 3)).int().tolist()
    assert set(areas) == {14 * 8, 16 * 10, 12 * 6, 30 * 16}
    assert areas.count(14 * 8) > 250


def test_the_contact_sheet_is_written_and_shows_every_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    titles: list[str] = []
    plain_title = looks._titled
    monkeypatch.setattr(looks, "_titled", lambda tile, title: titles.append(title) or plain_title(tile, title))
    assert looks.main(["--sheet", str(tmp_path / "sheet.webp")]) == 0
    picture = cv2.imread(str(tmp_path / "sheet.webp"), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    assert picture.shape[1] > 1000
    assert {*looks.CROP_LOOKS, *looks.CELL_LOOKS, "no metaphase"} <= set(titles)
    assert (tmp_path / "sheet.webp").stat().st_size < 150_000
    with pytest.raises(DataError, match=r"\.webp or \.png"):
        looks.main(["--sheet", str(tmp_path / "sheet.gif")])
