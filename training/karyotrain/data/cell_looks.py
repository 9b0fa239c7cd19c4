"""Looks of whole cells: how contracted their chromosomes are, how they are stained, how the picture was taken.

A :class:`CellLook` is drawn once for a cell, and all of its chromosomes share it. :func:`changed` gives one straight
chromosome that look, :func:`photographed` the whole picture; karyotrain.data.synthesis.relaid lays cells out between
the two. Looks of single crops, for the classifier, are in karyotrain.data.crop_looks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.straight_crops import NATIVE_WIDTH

FloatImage = npt.NDArray[np.float32]

ARRANGEMENTS: Final = ("apart", "touching", "crossing")
CONTRACTION: Final = (0.42, 1.1)  # of the length; the width stays
WIDENING: Final = (0.8, 1.35)
MEDIAN_WIDTH: Final = (9.0, 20.0)  # px
BAND_CONTRAST: Final = (0.3, 1.8)
_USUAL_STRENGTH: Final = 0.4
_REMOVED: Final = 0.4  # of usual looks have their ground removed
_REMOVED_GROUND: Final = (5.0, 40.0)  # grey levels that are lost with it
_INVERTED_FROM: Final = 0.6  # of a look's strength: inverted bands and CLAHE cannot be half there
_MASK_FROM: Final = 110  # of 255
_MARGIN: Final = 3  # px around a chromosome's mask
_TURNED: Final = (0.2, 4.0)  # by which an inverted band is darker than before
_SHORTEST: Final = 6  # rows; what is less is no chromosome
_SMALLEST: Final = 5  # px on each side of a changed chromosome
_DARKEST: Final = 1.2  # of the darkness of 255
_PICTURE_WIDTH: Final = 15.0  # px of a chromosome's width, for which blur and sharpening are given
_CLAHE_TILES: Final = 8
_FLAT_SHARE: Final = 70  # percentile of grey that is ground in a cut-out picture


@dataclass(frozen=True, slots=True)
class CellLook:
    """What the chromosomes and the picture of one cell share; as it stands, it changes nothing.

    Of the chromosomes: median ``width`` in px, ``contraction`` of the length, ``widening`` of the width, ``parting``
    0–1 how light the gap between the sister chromatids is and ``gap`` how far they part (share of half a width),
    ``band_contrast`` about the chromosome's mean, ``inverted`` whether pale bands are the dark ones, ``band_blur`` in
    native px along the axis, ``depth`` of the stain, ``bend`` how crooked they lie, ``arrangement`` how.

    Of the field: grey level of the ``ground`` and how ``uneven`` it is (grey levels), number of ``nuclei`` and of
    ``specks``, whether there are ``text`` and ``scale_bar``, ``halo`` 0–1 of light around what is dark.

    Of the picture: ``blur`` and ``sharpening_radius`` in px at a chromosome's width of 15 px, ``sharpening`` its
    strength, ``gamma``, ``noise`` in grey levels and ``grain`` its size, ``clahe`` its clip limit (0: none),
    ``white_margin`` grey levels below the ground from which all is white (0: nothing is), ``jpeg`` quality (0: none).
    """

    width: float = NATIVE_WIDTH
    contraction: float = 1.0
    widening: float = 1.0
    parting: float = 0.0
    gap: float = 0.0
    band_contrast: float = 1.0
    inverted: bool = False
    band_blur: float = 0.0
    depth: float = 1.0
    bend: float = 0.0
    arrangement: str = "apart"
    ground: float = 245.0
    uneven: float = 0.0
    nuclei: int = 0
    specks: int = 0
    text: bool = False
    scale_bar: bool = False
    halo: float = 0.0
    blur: float = 0.0
    sharpening: float = 0.0
    sharpening_radius: float = 2.0
    gamma: float = 1.0
    noise: float = 0.0
    grain: float = 1.0
    clahe: float = 0.0
    white_margin: float = 0.0
    jpeg: int = 0


def draw_look(rng: np.random.Generator) -> CellLook:
    """A random look, from that of a textbook to hardly readable."""

    def chance(share: float) -> bool:
        return bool(rng.random() < share)

    def ratio(low: float, high: float) -> float:
        return math.exp(rng.uniform(math.log(low), math.log(high)))

    return CellLook(
        width=rng.uniform(*MEDIAN_WIDTH),
        contraction=ratio(*CONTRACTION) if chance(0.7) else 1.0,
        widening=rng.uniform(*WIDENING),
        parting=rng.uniform(0.6, 1.0) if chance(0.3) else 0.0,
        gap=rng.uniform(0.1, 0.3),
        band_contrast=ratio(*BAND_CONTRAST) if chance(0.5) else 1.0,
        inverted=chance(0.03),
        band_blur=rng.uniform(0.0, 3.5) if chance(0.5) else 0.0,
        depth=rng.uniform(0.5, 1.25),
        bend=rng.uniform(0.0, 0.5),
        arrangement=str(rng.choice(ARRANGEMENTS, p=[0.3, 0.35, 0.35])),
        ground=rng.uniform(232, 255) if chance(0.6) else rng.uniform(165, 235),
        uneven=rng.uniform(0, 14) if chance(0.6) else 0.0,
        nuclei=int(rng.integers(1, 5)) if chance(0.35) else 0,
        specks=int(rng.integers(1, 40)) if chance(0.4) else 0,
        text=chance(0.12),
        scale_bar=chance(0.08),
        halo=rng.uniform(0, 1) if chance(0.2) else 0.0,
        blur=rng.uniform(0.3, 1.6) if chance(0.6) else 0.0,
        sharpening=rng.uniform(0.5, 3.0) if chance(0.3) else 0.0,
        sharpening_radius=rng.uniform(1, 4),
        gamma=math.exp(rng.uniform(-0.45, 0.45)),
        noise=rng.uniform(0, 5) if chance(0.6) else 0.0,
        grain=rng.uniform(0.5, 1.5),
        clahe=rng.uniform(1, 4) if chance(0.1) else 0.0,
        white_margin=rng.uniform(3, 14) if chance(0.3) else 0.0,
        jpeg=int(rng.integers(40, 95)) if chance(0.4) else 0,
    )


def tempered(look: CellLook, strength: float) -> CellLook:
    """The look, its changes of shape, bands and picture ``strength`` (0–1) as strong; 0: as the crops themselves are.

    Arrangement, bend, width in px, depth of stain, ground and what else lies on the field stay.
    """
    return replace(
        look,
        contraction=look.contraction**strength,
        widening=look.widening**strength,
        parting=look.parting * strength,
        gap=look.gap * strength,
        band_contrast=look.band_contrast**strength,
        inverted=look.inverted and strength > _INVERTED_FROM,
        band_blur=look.band_blur * strength,
        halo=look.halo * strength,
        blur=look.blur * strength,
        sharpening=look.sharpening * strength,
        gamma=look.gamma**strength,
        noise=look.noise * strength,
        clahe=look.clahe if strength > _INVERTED_FROM else 0.0,
    )


def usual_look(rng: np.random.Generator) -> CellLook:
    """A random look less far from that of the crops, often with its ground removed as commercial systems do."""
    look = tempered(draw_look(rng), _USUAL_STRENGTH)
    return replace(look, white_margin=rng.uniform(*_REMOVED_GROUND)) if rng.random() < _REMOVED else look


def changed(
    crop: npt.NDArray[np.uint8], look: CellLook, *, centromere: float = 0.0, widening: float = 1.0
) -> tuple[FloatImage, FloatImage] | None:
    """Darkness 0–1.2 and mask 0–1, each (h, w) float32, of one straight chromosome in a look; None where it is none.

    ``crop`` is (2, 256, 64) uint8 as karyotrain.data.straight_crops gives it. ``centromere`` is where parted
    chromatids meet, from −1 (upper end) to 1; ``widening`` is the chromosome's own, beside the look's.
    """
    cut = _cut_out(crop)
    if cut is None:
        return None
    dark, mask = _banded(*cut, look)
    if look.parting:
        dark, mask = _parted(dark, mask, look, centromere)
    scale = look.width / NATIVE_WIDTH
    height = max(round(dark.shape[0] * scale * look.contraction), _SMALLEST)
    width = max(round(dark.shape[1] * scale * look.widening * widening), _SMALLEST)
    # averaging along an axis that shrinks, interpolating along one that grows
    for size in ((width, dark.shape[0]), (width, height)):
        shrinks = size[0] * size[1] < dark.shape[0] * dark.shape[1]
        kind = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        dark, mask = (cv2.resize(a, size, interpolation=kind).astype(np.float32) for a in (dark, mask))
    return dark * np.float32(look.depth), mask


def _cut_out(crop: npt.NDArray[np.uint8]) -> tuple[FloatImage, FloatImage] | None:
    """Darkness with a soft rim and mask of the chromosome alone, cut to it."""
    mask = (crop[1] > _MASK_FROM).astype(np.float32)
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if len(rows) < _SHORTEST:
        return None
    rim = cv2.GaussianBlur(cv2.dilate(mask, np.ones((3, 3))), (0, 0), 0.8)
    dark = crop[0].astype(np.float32) / 255 * rim
    inside = np.s_[
        max(rows[0] - _MARGIN, 0) : rows[-1] + _MARGIN + 1, max(columns[0] - _MARGIN, 0) : columns[-1] + _MARGIN + 1
    ]
    return dark[inside].astype(np.float32), mask[inside]


def _banded(dark: FloatImage, mask: FloatImage, look: CellLook) -> tuple[FloatImage, FloatImage]:
    """The chromosome with its bands blurred along it, stronger or weaker about their mean, or inverted."""
    if look.band_blur:
        soft = cv2.GaussianBlur(dark, (0, 0), sigmaX=0.01 + look.band_blur / 4, sigmaY=0.01 + look.band_blur)
        dark = soft * mask + dark * (1 - mask)
    mean = float((dark * mask).sum() / max(mask.sum(), 1.0))
    if look.inverted:
        # bands change place with their surroundings row by row: the rim is pale by its blur and not by a band
        band = (dark * mask).sum(1, keepdims=True) / np.maximum(mask.sum(1, keepdims=True), 1.0)
        dark = dark * np.clip((2 * mean - band) / np.maximum(band, 1e-4), *_TURNED)
    changed_bands = np.clip(mean + (dark - mean) * look.band_contrast, 0, _DARKEST)
    return np.where(mask > 0.5, changed_bands, dark).astype(np.float32), mask


def _parted(dark: FloatImage, mask: FloatImage, look: CellLook, centromere: float) -> tuple[FloatImage, FloatImage]:
    """Sister chromatids that part towards the ends, with a pale gap between them."""
    height, width = dark.shape
    x, y = np.linspace(-1, 1, width)[None], np.linspace(-1, 1, height)[:, None]
    gap = look.gap * np.clip(np.abs(y - centromere) / 0.8, 0, 1)
    source = np.sign(x) * np.clip(np.abs(x) - gap, 0, 1)
    columns = ((source + 1) / 2 * (width - 1)).astype(np.float32)
    rows = np.repeat(np.arange(height, dtype=np.float32)[:, None], width, 1)
    valley = 1 - look.parting * np.exp(-((x / np.maximum(gap * 0.8, 0.04)) ** 2)) * (gap > 0.04)
    dark, mask = (cv2.remap(a, columns, rows, cv2.INTER_LINEAR).astype(np.float32) for a in (dark, mask))
    return dark * valley.astype(np.float32), mask


def photographed(picture: npt.NDArray[np.generic], look: CellLook, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """A picture (H, W) of grey levels 0–255, dark on light, as the lens, the camera and the software of a look give it.

    ``rng`` is asked for noise alone. Nothing moves: the truth of the picture stays.
    """
    grey: npt.NDArray[Any] = picture.astype(np.float32)
    pixel = look.width / _PICTURE_WIDTH
    if look.blur:
        grey = cv2.GaussianBlur(grey, (0, 0), look.blur * pixel).astype(np.float32)
    if look.sharpening:
        grey = grey + look.sharpening * (grey - cv2.GaussianBlur(grey, (0, 0), look.sharpening_radius * pixel))
    if look.noise:
        noise = rng.normal(0, 2 * look.noise, grey.shape).astype(np.float32)
        grey = grey + cv2.GaussianBlur(noise, (0, 0), 0.3 + 0.4 * look.grain)
    levels = np.clip(255 * np.clip(grey / 255, 0, 1) ** look.gamma, 0, 255).astype(np.uint8)
    if look.clahe:
        levels = cv2.createCLAHE(look.clahe, (_CLAHE_TILES, _CLAHE_TILES)).apply(levels).astype(np.uint8)
    if look.white_margin:
        ground = np.percentile(levels, _FLAT_SHARE) - look.white_margin
        levels = np.where(levels > ground, 255, levels).astype(np.uint8)
    if look.jpeg:
        data = cv2.imencode(".jpg", levels, [cv2.IMWRITE_JPEG_QUALITY, look.jpeg])[1]
        levels = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return levels
