"""Looks of straightened crops, batched: native crops as the classifier sees them, each cell in a look of its own.

Crops of karyotrain.data.straight_crops become (N, 2, 192, 32): the cell's median length takes MEDIAN_LENGTH rows, its
median width MEDIAN_COLUMNS columns, as the engine scales them (imaging.aligned). What belongs to a look is drawn once
for each cell of a batch, what belongs to a chromosome (which end is up, its place in the crop, its centromere) for
each crop. Looks of whole pictures are in karyotrain.data.cell_looks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from karyotrain.data.straight_crops import BREADTH, LENGTH, SQUEEZE
from karyoview.imaging.aligned import HEIGHT, MEDIAN_LENGTH, WIDTH

MEDIAN_COLUMNS: Final = 17.0
"""Columns of a crop that the cell's median width takes; cards of engines say it as ``crop_columns``."""
_KERNEL: Final = 25  # rows or columns of a blur
_SKEW: Final = 0.35  # columns by rows of a tilt: crops are stretched along the axis
_REACH: Final = 60.0  # rows from the centromere at which chromatids are parted as far as they part
_LEAST_GAP: Final = 0.15  # columns; chromatids that are nearer are not parted
_GROUND: Final = 1e-4  # darkness, so that gamma has a slope there
_INSIDE: Final = 0.3  # of a mask
_TURNED: Final = (0.2, 4.0)  # by which an inverted band is darker than before


@dataclass(frozen=True, slots=True)
class CropLooks:
    """Looks of C cells, each field (C,) float; as :meth:`plain` gives them they change nothing.

    ``length`` and ``width`` are factors; ``gap`` columns between parted chromatids, ``parting`` 0–1 how pale it is;
    ``band_blur`` and ``cross_blur`` rows and columns; ``band_contrast`` about a chromosome's mean, below 0 inverted;
    ``sharpening`` its strength and ``sharpening_sigma`` rows; then darkness is multiplied by ``gain``, raised by
    ``offset``, stretched from ``low``–``high`` to 0–1 and raised to ``gamma``; ``cut_out`` 1 where the ground is white;
    ``noise`` in shares of the range.
    """

    length: Tensor
    width: Tensor
    gap: Tensor
    parting: Tensor
    band_blur: Tensor
    cross_blur: Tensor
    band_contrast: Tensor
    sharpening: Tensor
    sharpening_sigma: Tensor
    gain: Tensor
    offset: Tensor
    low: Tensor
    high: Tensor
    gamma: Tensor
    cut_out: Tensor
    noise: Tensor

    @classmethod
    def plain(cls, count: int) -> CropLooks:
        """Looks that change nothing."""
        ones = {"length", "width", "band_contrast", "sharpening_sigma", "gain", "high", "gamma"}
        return cls(**{f.name: torch.full((count,), float(f.name in ones)) for f in fields(cls)})

    def take(self, cells: Tensor) -> CropLooks:
        """The looks of ``cells`` (N,), indices into the C cells."""
        return CropLooks(**{f.name: getattr(self, f.name)[cells] for f in fields(self)})

    def to(self, device: torch.device) -> CropLooks:
        """The same on a device."""
        return CropLooks(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})


def draw_looks(count: int, generator: torch.Generator) -> CropLooks:
    """Random looks of ``count`` cells."""

    def rand() -> Tensor:
        return torch.rand(count, generator=generator)

    def sometimes(share: float, value: Tensor, otherwise: float = 0.0) -> Tensor:
        return torch.where(rand() < share, value, torch.full((count,), otherwise))

    parted = rand() < 0.3
    band_blur = sometimes(0.65, 6.5 * rand() ** 1.7)  # up to what is left of chromosomes of 250 bands
    contrast = sometimes(0.5, torch.exp((rand() - 0.6) * 1.6), 1.0)
    stretched = rand() < 0.25
    return CropLooks(
        length=torch.exp((rand() - 0.5) * 0.26),
        width=torch.exp((rand() - 0.5) * 0.5),
        gap=torch.where(parted, 4.0 * rand(), torch.zeros(count)),
        parting=torch.where(parted, 0.3 + 0.7 * rand(), torch.zeros(count)),
        band_blur=band_blur,
        cross_blur=sometimes(0.6, 0.4 * band_blur * rand()),
        band_contrast=contrast * torch.where(rand() < 0.03, -1.0, 1.0),
        sharpening=sometimes(0.35, 2.5 * rand()),
        sharpening_sigma=1.0 + 2.5 * rand(),
        gain=torch.exp((rand() - 0.5) * 0.8),
        offset=(rand() - 0.5) * 0.16,
        low=torch.where(stretched, 0.25 * rand(), torch.zeros(count)),
        high=torch.where(stretched, 0.6 + 0.4 * rand(), torch.ones(count)),
        gamma=torch.exp(rand() - 0.5),
        cut_out=sometimes(0.3, torch.ones(count)),
        noise=sometimes(0.6, 0.05 * rand()),
    )


@dataclass(frozen=True, slots=True)
class Poses:
    """How N crops lie, each field (N,) float: ``tilt`` in radians, signs ``side`` and ``end`` (−1: mirrored across and
    along), ``aside`` columns and ``along`` rows from the middle, ``centromere`` rows from the middle."""

    tilt: Tensor
    side: Tensor
    end: Tensor
    aside: Tensor
    along: Tensor
    centromere: Tensor

    @classmethod
    def upright(cls, count: int, side: float = 1.0, end: float = 1.0) -> Poses:
        """In the middle, with the first end of the axis up, or mirrored."""
        none = torch.zeros(count)
        return cls(none, torch.full((count,), side), torch.full((count,), end), none, none, none)


def draw_poses(count: int, generator: torch.Generator) -> Poses:
    """Random places of ``count`` crops; either end may be up."""

    def centred(reach: float) -> Tensor:
        return (torch.rand(count, generator=generator) - 0.5) * reach

    def sign() -> Tensor:
        return torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)

    return Poses(centred(0.24), sign(), sign(), centred(6.0), centred(14.0), centred(60.0))


def resampled(
    crops: npt.NDArray[np.uint8], table: npt.NDArray[np.integer], looks: CropLooks, poses: Poses
) -> tuple[Tensor, Tensor]:
    """Darkness and mask, each (N, 1, 192, 32) in 0–1, of native crops (N, 2, 256, 64) uint8 with a ``table`` (N, 7).

    ``looks`` and ``poses`` are of the N crops; of the looks only length, width and parting are used.
    """
    native = torch.from_numpy(crops).float() / 255
    columns = torch.from_numpy(table.astype(np.float32))
    squeeze = (columns[:, SQUEEZE] / 1000).clamp(max=1)
    rows_per_native = looks.length * MEDIAN_LENGTH / (columns[:, LENGTH] / 100 * squeeze)
    columns_per_native = looks.width * MEDIAN_COLUMNS / (columns[:, BREADTH] / 100)
    each = (slice(None), None, None)
    y = (torch.arange(HEIGHT).float() - (HEIGHT - 1) / 2)[None, :, None] + poses.along[each]
    x = (torch.arange(WIDTH).float() - (WIDTH - 1) / 2)[None, None, :] + poses.aside[each]
    cos, sin = torch.cos(poses.tilt)[each], torch.sin(poses.tilt)[each]
    across, along = cos * x + _SKEW * sin * y, cos * y - sin * x
    gap = looks.gap[each] * ((along - poses.centromere[each]).abs() / _REACH).clamp(max=1)
    source = torch.sign(across) * (across.abs() - 0.6 * gap).clamp(min=0)
    u = source * (poses.side / columns_per_native)[each] / (native.shape[3] / 2)
    v = along * (poses.end / rows_per_native)[each] / (native.shape[2] / 2)
    out = functional.grid_sample(native, torch.stack([u, v], -1), align_corners=False, padding_mode="zeros")
    pale = looks.parting[each] * torch.exp(-((across / gap.clamp(min=0.6)) ** 2)) * (gap > _LEAST_GAP)
    return out[:, :1] * (1 - pale)[:, None], out[:, 1:]


def blurred(crops: Tensor, sigma: Tensor, dim: int) -> Tensor:
    """Crops (N, C, H, W) blurred along ``dim`` (2 rows, 3 columns), each by its own ``sigma`` (N,) in pixels."""
    count, channels, height, width = crops.shape
    steps = torch.arange(_KERNEL, device=crops.device).float() - _KERNEL // 2
    weights = torch.exp(-0.5 * (steps[None] / sigma.clamp(min=0.05)[:, None]) ** 2)
    weights = (weights / weights.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    flat = crops.reshape(1, count * channels, height, width)
    margin = _KERNEL // 2
    along = dim == 2
    pad = (0, 0, margin, margin) if along else (margin, margin, 0, 0)
    shape = (-1, 1, _KERNEL, 1) if along else (-1, 1, 1, _KERNEL)
    padded = functional.pad(flat, pad, mode="replicate")
    return functional.conv2d(padded, weights.view(shape), groups=count * channels).view_as(crops)


def photographed(grey: Tensor, mask: Tensor, looks: CropLooks, generator: torch.Generator) -> Tensor:
    """Darkness (N, 1, H, W) in 0–1 as stain, lens and software of the looks give it; nothing moves."""

    def each(values: Tensor) -> Tensor:
        return values[:, None, None, None]

    grey = blurred(blurred(grey, looks.band_blur, 2), looks.cross_blur, 3)
    weight = mask.clamp(0, 1)
    mean = each((grey * weight).sum((1, 2, 3)) / weight.sum((1, 2, 3)).clamp(min=1))
    # bands change place with their surroundings row by row: the rim is pale by its blur and not by a band
    band = (grey * weight).sum(3, keepdim=True) / weight.sum(3, keepdim=True).clamp(min=1)
    turned = grey * ((2 * mean - band) / band.clamp(min=_GROUND)).clamp(*_TURNED)
    grey = torch.where((each(looks.band_contrast) < 0) & (weight > _INSIDE), turned, grey)
    grey = torch.where(weight > _INSIDE, mean + (grey - mean) * each(looks.band_contrast.abs()), grey)
    if (looks.sharpening > 0).any():
        soft = blurred(blurred(grey, looks.sharpening_sigma, 2), 0.5 * looks.sharpening_sigma, 3)
        grey = grey + each(looks.sharpening) * (grey - soft)
    grey = grey * each(looks.gain) + each(looks.offset)
    grey = ((grey - each(looks.low)) / each(looks.high - looks.low)).clamp(0, 1)
    grey = (grey + _GROUND).pow(each(looks.gamma))
    near = blurred(mask, torch.full_like(looks.gain, 0.8), 3) > 0.2
    grey = torch.where((each(looks.cut_out) > 0) & ~near, torch.zeros_like(grey), grey)
    noise = torch.randn(grey.shape, generator=generator).to(grey.device)
    return (grey + noise * each(looks.noise)).clamp(0, 1)


def doubtful_masks(mask: Tensor, generator: torch.Generator) -> Tensor:
    """Masks (N, 1, H, W) as an engine outlines: some lost, some too wide, some too narrow."""
    chance = torch.rand(len(mask), generator=generator).to(mask.device)[:, None, None, None]
    mask = torch.where(chance < 0.04, torch.ones_like(mask), mask)
    wide = functional.max_pool2d(mask, 3, 1, 1)
    narrow = -functional.max_pool2d(-mask, 3, 1, 1)
    mask = torch.where((chance >= 0.04) & (chance < 0.16), wide, mask)
    return torch.where((chance >= 0.16) & (chance < 0.26), narrow, mask)


def shown(
    crops: npt.NDArray[np.uint8],
    table: npt.NDArray[np.integer],
    cells: npt.NDArray[np.integer],
    generator: torch.Generator,
    draw: Callable[[int, torch.Generator], CropLooks] | None = draw_looks,
) -> Tensor:
    """What teaches: native crops (N, 2, 256, 64) uint8 as (N, 2, 192, 32) in 0–1, in random poses and looks.

    ``cells`` (N,) says which crops are of one cell: those share a look. ``draw`` None: the looks change nothing.
    """
    _, of_cell = np.unique(cells, return_inverse=True)
    count = int(of_cell.max()) + 1
    looks = CropLooks.plain(count) if draw is None else draw(count, generator)
    own = looks.take(torch.from_numpy(of_cell))
    grey, mask = resampled(crops, table, own, draw_poses(len(crops), generator))
    return torch.cat([photographed(grey, mask, own, generator), doubtful_masks(mask, generator)], 1)


def as_they_are(
    crops: npt.NDArray[np.uint8], table: npt.NDArray[np.integer], side: float = 1.0, end: float = 1.0
) -> Tensor:
    """Native crops as the engine shows them to the classifier, (N, 2, 192, 32) in 0–1, or mirrored."""
    return torch.cat(resampled(crops, table, CropLooks.plain(len(crops)), Poses.upright(len(crops), side, end)), 1)
