"""A whole metaphase: chromosomes by karyotype, laid out, in their field, photographed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

import numpy as np

from karyotrain.data.synthesis.axis import bent_axis
from karyotrain.data.synthesis.chromosome import Look, draw_profile, label_text, lay
from karyotrain.data.synthesis.karyotype import clone_of_cell, read_clones
from karyotrain.data.synthesis.layout import add_absorbance, bounds_of, spread_out
from karyotrain.data.synthesis.optics import FloatImage, Optics, add_debris, add_nucleus, add_smudges, expose
from karyotrain.data.synthesis.structure import StructuralChange
from karyotrain.data.synthesis.truth import Placed, SyntheticCell, cell_truth
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.ideogram import load_bands

StyleName = Literal["clinic", "camera"]
STYLES: Final = ("clinic", "camera")
CAMERA_SIZE: Final = (1024, 1360)
_GENERATOR: Final = 2  # a seed means the same cell within one version
_KARYOTYPES: Final = ("46,XX", "46,XY", "47,XX,+21", "46,XY", "46,XX", "47,XY,+18", "45,X", "47,XXY")
_LEVELS: Final = (550, 400, 850)


@dataclass(frozen=True, slots=True)
class Style:
    """What one cell looks like; drawn by :func:`draw_style`.

    ``look`` is of its chromosomes, ``optics`` of the picture; ``bend``, ``crowding`` and
    ``crossing`` of the spread, ``nuclei`` a number, ``debris`` as in :func:`add_debris`, ``cropped``
    whether the picture is cut to the cell.
    """

    look: Look
    optics: Optics
    bend: float
    crowding: float
    crossing: float
    nuclei: int
    debris: float
    cropped: bool


def draw_style(rng: np.random.Generator, name: StyleName = "clinic") -> Style:
    """A random style: ``clinic`` as capture software stores a cell (cropped, stretched, sharpened), ``camera`` as
    the microscope's camera gives the whole field."""
    if name not in STYLES:
        raise KaryoViewError(f"There is no style {name!r}; choose {' or '.join(STYLES)}.")
    clinic = name == "clinic"
    scale = 0.0119 * math.exp(rng.normal(0, 0.11))
    tone = math.exp(rng.normal(0, 0.17))
    look = Look(
        scale=scale,
        width=float(np.clip(16.8 * math.exp(rng.normal(0, 0.09)), 13.0, 21.0)),
        pale=0.475 * tone * math.exp(rng.normal(0, 0.12)),
        dark=1.68 * tone * math.exp(rng.normal(0, 0.14)),
        diffuse=rng.uniform(0.9, 2.4),
        split=float(rng.beta(1.4, 4.0)) * 0.75,
        waist=rng.uniform(0.08, 0.26),
        skew=rng.uniform(0.4, 1.6),
        mottle=rng.uniform(0.12, 0.3),
        rough=rng.uniform(0.03, 0.085),
        rim=float(rng.beta(1.2, 2.5)) * 0.5,
        edge=rng.uniform(0.32, 0.64),
    )
    level = rng.uniform(205, 238)
    stretched = clinic and rng.random() < 0.68
    optics = Optics(
        level=level,
        uneven=rng.uniform(0.0, 0.018) if clinic else rng.uniform(0.02, 0.07),
        flare=rng.uniform(0.14, 0.36),
        smudge=math.exp(rng.normal(-4.5, 0.5)),
        blur=rng.uniform(0.9, 1.42),
        halo=rng.uniform(1.8, 5.0),
        sharpen=0.9 * float(rng.beta(1.0, 3.2)) if clinic else rng.uniform(0.0, 0.1),
        black=rng.uniform(5, 40) if clinic else 0.0,
        white=level * rng.uniform(0.945, 0.995) if stretched else level + rng.uniform(1, 22) if clinic else 255.0,
        noise=rng.uniform(0.4, 1.7) if clinic else rng.uniform(1.0, 3.0),
        grain=rng.uniform(0.0, 0.9),
        codec=str(rng.choice(["none", "jpeg", "webp"], p=[0.06, 0.64, 0.3])),
        quality=int(rng.integers(62, 93)),
        glare=rng.uniform(0.1, 0.34),
        spread=rng.uniform(3.0, 7.0),
        ceiling=int(rng.choice([253, 254, 255], p=[0.3, 0.4, 0.3])) if clinic else 255,
    )
    return Style(
        look, optics,
        bend=math.exp(rng.normal(0.08, 0.35)),
        crowding=math.exp(rng.normal(math.log(0.8), 0.26)),
        crossing=rng.uniform(0.2, 0.75),
        nuclei=int(rng.choice([0, 1, 2, 3, 4], p=[0.2, 0.26, 0.24, 0.17, 0.13])),
        debris=math.exp(rng.normal(2.6, 1.0)),
        cropped=clinic,
    )  # fmt: skip


def drawn_cell(number: int, seed: int) -> SyntheticCell:
    """Cell ``number`` of those with this ``seed``: karyotypes and band levels in turn, every sixth a camera's field."""
    return make_cell(
        _KARYOTYPES[number % len(_KARYOTYPES)], seed + number, level=_LEVELS[number % len(_LEVELS)],
        style="camera" if number % 6 == 5 else "clinic",
    )  # fmt: skip


def drawn_cells(count: int, seed: int) -> Iterator[SyntheticCell]:
    """The first ``count`` cells of :func:`drawn_cell`."""
    return (drawn_cell(number, seed) for number in range(count))


def make_cell(
    karyotype: str = "46,XX",
    seed: int = 0,
    size: tuple[int, int] | None = None,
    level: int = 550,
    style: StyleName | Style = "clinic",
    bits: int = 8,
    changes: Sequence[StructuralChange] = (),
) -> SyntheticCell:
    """A made G-banded metaphase with its exact truth, the same for the same arguments.

    ``karyotype`` is ISCN with gains and losses of whole chromosomes (of a mosaic one line is drawn by
    its share), ``size`` (height, width) in pixels or None for the style's own, ``level`` 400, 550 or
    850 bands, ``bits`` 8 or 16. Each of ``changes`` is made to one copy of its chromosomes, whose truth names it as
    its source. In a ``size`` that is too small for the cell, chromosomes are cut off
    by the frame. Raises KaryoViewError for what cannot be drawn.
    """
    if bits not in (8, 16):
        raise KaryoViewError(f"A picture has 8 or 16 bits a pixel, not {bits}.")
    if size is not None and (min(size) < 64 or max(size) > 8192):
        raise KaryoViewError(f"A picture of {size[1]} × {size[0]} pixels cannot be made; choose sides from 64 to 8192.")
    load_bands(level)  # a level that there is none of is said at once
    clones = read_clones(karyotype)
    rng = np.random.default_rng([_GENERATOR, seed])
    clone = clone_of_cell(rng, clones)
    drawn = style if isinstance(style, Style) else draw_style(rng, style)
    items = _chromosomes(rng, clone.counts, drawn, level, changes)
    placed, shape = _framed(rng, spread_out(rng, items, drawn.crowding, drawn.crossing), drawn, size)
    absorbance = np.zeros(shape, dtype=np.float32)
    for item in placed:
        add_absorbance(absorbance, item)
    _add_nuclei(rng, absorbance, placed, drawn)
    add_debris(rng, absorbance, drawn.debris)
    add_smudges(rng, absorbance, drawn.optics.smudge)
    image = expose(rng, absorbance, drawn.optics, bits)
    info = MappingProxyType({"seed": seed, "band_level": level, "generator": _GENERATOR})
    karyotype = ",".join([clone.text, *(c.text(load_bands(level)) for c in changes)])
    return SyntheticCell(image, cell_truth(placed, shape), karyotype, info)


def _chromosomes(
    rng: np.random.Generator,
    counts: tuple[int, ...],
    style: Style,
    level: int,
    changes: Sequence[StructuralChange] = (),
) -> list[Placed]:
    table = load_bands(level)
    changed = {label: (bands, c.text(table)) for c in changes for label, bands in c.bands(table).items()}
    # The 400 and 850 tables have their own units; a chromosome is as long at every level.
    unit = style.look.scale * load_bands(550).length("1") / table.length("1")
    items = []
    for label, copies in enumerate(counts):
        for copy in range(copies):
            look = replace(style.look, scale=unit)
            bands, source = changed.get(label_text(label), (None, "")) if copy == 0 else (None, "")
            profile = draw_profile(rng, table, label_text(label), look, bands)
            width = 2 * float(np.median(profile.half))
            axis = bent_axis(rng, profile.length, width, style.bend, profile.centromere / profile.length)
            items.append(replace(lay(rng, profile, axis, look, label).trimmed(), source=source))
    return items


def _framed(
    rng: np.random.Generator, placed: list[Placed], style: Style, size: tuple[int, int] | None
) -> tuple[list[Placed], tuple[int, int]]:
    """The spread moved into its frame, and the frame's (height, width)."""
    x1, y1, x2, y2 = bounds_of(placed)
    if size is None and style.cropped:
        left, top, right, bottom = (int(v) for v in rng.integers(8, 70, 4))
        return [p.moved(left - x1, top - y1) for p in placed], (y2 - y1 + top + bottom, x2 - x1 + left + right)
    height, width = size or CAMERA_SIZE
    spare_x, spare_y = width - (x2 - x1), height - (y2 - y1)
    left = int(spare_x * rng.uniform(0.35, 0.65)) if spare_x > 0 else spare_x // 2
    top = int(spare_y * rng.uniform(0.35, 0.65)) if spare_y > 0 else spare_y // 2
    return [p.moved(left - x1, top - y1) for p in placed], (height, width)


def _add_nuclei(rng: np.random.Generator, canvas: FloatImage, placed: list[Placed], style: Style) -> None:
    """Nuclei about the cell, mostly clear of the chromosomes and often cut by the frame."""
    height, width = canvas.shape
    middles = np.array([(p.offset[0] + p.mask.shape[1] / 2, p.offset[1] + p.mask.shape[0] / 2) for p in placed])
    count = style.nuclei if style.cropped else 2 * style.nuclei + int(height * width / 7e5)
    shade = style.look.pale * rng.uniform(1.3, 2.7)
    for _ in range(count):
        radius = style.look.width * rng.uniform(3.6, 8.0)
        best, widest = (0.0, 0.0), -math.inf
        for _ in range(12):
            x, y = rng.uniform(-0.8 * radius, width + 0.8 * radius), rng.uniform(-0.8 * radius, height + 0.8 * radius)
            clear = float(np.hypot(*(middles - (x, y)).T).min()) - radius
            if clear > widest:
                best, widest = (x, y), clear
            if clear > 0.3 * radius:
                break
        if widest > -0.35 * radius:
            add_nucleus(rng, canvas, best, radius, shade * math.exp(rng.normal(0, 0.15)))
