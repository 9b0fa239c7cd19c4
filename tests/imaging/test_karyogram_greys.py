"""Greys of a karyogram: nothing clipped, nothing invented, 0 leaves them alone; looks toggle single chromosomes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from karyotrain.data.synthesis import SyntheticCell, make_cell
from scipy.signal import find_peaks

from karyoview.core.annotation import ImageAnnotation, ReviewedChromosome
from karyoview.core.errors import KaryoViewError
from karyoview.core.karyogram import Karyogram
from karyoview.imaging.chromosome_greys import LIGHTEST, clipped_shares, map_greys, own_pixels
from karyoview.imaging.cutout import cut_out
from karyoview.imaging.karyogram_layout import PAPER, CellCutouts, lay_out, render
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.imaging.masks import InstanceMask
from karyoview.imaging.profile import band_profile


@pytest.fixture(scope="module")
def cell() -> SyntheticCell:
    return make_cell("46,XY", seed=21)


@pytest.fixture(scope="module")
def pixels(cell: SyntheticCell) -> np.ndarray:
    return np.asarray(cell.image, np.uint8)


@pytest.fixture(scope="module")
def masks(cell: SyntheticCell, pixels: np.ndarray) -> list[InstanceMask]:
    return cut_out(pixels, [t.box for t in cell.truth])


@pytest.fixture(scope="module")
def cutouts(cell: SyntheticCell, pixels: np.ndarray) -> CellCutouts:
    items = (ReviewedChromosome(f"c{i}", t.box, t.label) for i, t in enumerate(cell.truth))
    return CellCutouts.of(pixels, ImageAnnotation("made.png", pixels.shape, chromosomes=tuple(items)))


@pytest.mark.parametrize("change", [lambda g: g, lambda g: g // 3 + 5, lambda g: g // 4 + 180])
def test_neither_dark_nor_pale_cells_are_clipped(change: object, pixels: np.ndarray, masks: list[InstanceMask]) -> None:
    grey = change(pixels)  # type: ignore[operator]
    shown = map_greys(grey, masks, 1.0)
    own = own_pixels(grey.shape, masks) > 0
    assert max(clipped_shares(grey, shown, own)) <= 0.005
    assert (
        np.ptp(np.percentile(shown[own], [5, 90])) > 1.4 * np.ptp(np.percentile(grey[own], [5, 90])) or change(9) == 9
    )
    assert np.percentile(shown[own], 90) - np.percentile(shown[own], 5) > 110


def test_strength_zero_leaves_every_grey_and_more_only_adds(pixels: np.ndarray, masks: list[InstanceMask]) -> None:
    assert map_greys(pixels, masks, 0.0) is pixels
    own = own_pixels(pixels.shape, masks) > 0
    spreads = [float(map_greys(pixels // 3 + 5, masks, s)[own].std()) for s in (0.25, 0.5, 1.0)]
    assert spreads == sorted(spreads)


def test_no_band_is_invented(cutouts: CellCutouts) -> None:
    plain, strong = (cutouts.strips(KaryogramLook(s)) for s in (0.0, 1.0))
    invented = seen = 0
    for name, strip in plain.items():
        before, after = (band_profile(s.pixels, strip.own) for s in (strip, strong[name]))
        for sign in (1, -1):
            shown, _ = find_peaks(sign * after, prominence=0.25)
            there, _ = find_peaks(sign * before)
            seen += len(shown)
            invented += sum(not (np.abs(there - k) <= 3).any() for k in shown)
    assert seen > 300
    assert invented <= 0.01 * seen


def test_one_chromosome_is_straightened_or_shown_as_cut(cutouts: CellCutouts) -> None:
    look = KaryogramLook(1.0)
    usual = cutouts.strips(look)
    bent = cutouts.strips(look.toggled("c0"))
    raw = cutouts.strips(look.with_original("c1"))
    assert np.array_equal(bent["c1"].pixels, usual["c1"].pixels)
    assert bent["c0"].pixels.shape != usual["c0"].pixels.shape
    own = raw["c1"].own
    assert abs(int(own.sum()) - int(cutouts.masks[1].mask.sum())) < 0.06 * own.sum()
    inside = np.sort(cutouts.pixels[cutouts.masks[1].y :, cutouts.masks[1].x :][:400, :400].ravel())
    assert inside[0] <= raw["c1"].pixels.min()
    assert look.toggled("c0").toggled("c0") == look
    for chromosome, strip in usual.items():  # the bands are read from untouched greys
        assert np.array_equal(strip.profile, cutouts.strips(KaryogramLook(0.0))[chromosome].profile)


def test_a_fluorescent_cell_is_cut_out_like_any_other(cutouts: CellCutouts) -> None:
    turned = CellCutouts.of(255 - cutouts.pixels, cutouts.annotation).strips()
    for name, strip in cutouts.strips().items():
        assert np.array_equal(turned[name].pixels, strip.pixels)


def test_the_inverted_picture_is_the_same_picture(cutouts: CellCutouts) -> None:
    strips = cutouts.strips()
    layout = lay_out(Karyogram.of(cutouts.annotation), strips)
    usual = render(layout, strips)
    assert np.array_equal(255 - usual, render(layout, strips, inverted=True))
    assert usual.max() == PAPER
    assert max(int(s.pixels[s.own].max()) for s in strips.values()) <= max(LIGHTEST, 254)


def test_what_was_applied_is_one_sentence() -> None:
    assert KaryogramLook().sentence() == (
        "Chromosomes straightened, short arm up, greys of the whole cell mapped once with strength 70 %."
    )
    other = replace(KaryogramLook(0.0, inverted=True, straight=False), unlike=frozenset("a"), original=frozenset("b"))
    assert other.sentence() == (
        "Chromosomes not straightened, 1 straightened, 1 shown as cut from the picture, short arm up, greys untouched, "
        "shown inverted."
    )
    with pytest.raises(KaryoViewError, match="between 0 and 1"):
        KaryogramLook(1.2)
