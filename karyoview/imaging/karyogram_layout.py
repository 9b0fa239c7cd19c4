"""A karyogram as a picture: straightened chromosomes in rows, centromeres of a row on one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.annotation import Chromosome, ImageAnnotation
from karyoview.core.chromosome import CLASSES
from karyoview.core.karyogram import MARKERS, TRAY, Karyogram, karyogram_rows
from karyoview.imaging.aligned import CellScale, aligned_crop, cell_scale, chromosome_axis
from karyoview.imaging.axis import FloatArray, line_length
from karyoview.imaging.chromosome_greys import invert, map_greys
from karyoview.imaging.cutout import masks_of
from karyoview.imaging.direction import shipped_direction_net
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.imaging.masks import BoolArray, GreyArray, InstanceMask
from karyoview.imaging.normalization import dark_on_light
from karyoview.imaging.profile import Match, band_profile, find_centromere, match_class
from karyoview.imaging.straighten import strip_places

PAPER: Final = 255
FLAT: Final = 2.3
"""Width over height from which a karyogram has two rows."""

_RIM: Final = 0.7  # px of blur of an outline
_STANDS_OUT: Final = 0.72  # widths from the axis beyond which no chromosome reaches

Places = tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One chromosome as it stands in the karyogram, p end up.

    ``pixels`` (h, w) uint8, white outside its own pixels; ``centromere`` its row; ``length`` along the
    axis in image pixels; ``profile`` its band profile (empty where none); ``polarity_doubt`` True where
    the ideogram speaks for the other way up. ``places`` are x and y (h, w) in the picture of each pixel, None where
    the strip is of no picture any more.
    """

    id: str
    label: str
    pixels: GreyArray
    centromere: float
    length: float
    profile: FloatArray
    polarity_doubt: bool = False
    places: Places | None = None

    @property
    def own(self) -> BoolArray:
        """The chromosome's own pixels (h, w) bool."""
        return np.asarray(self.pixels < PAPER, dtype=np.bool_)

    def mirrored(self) -> Strip:
        """The strip left to right."""
        places = self.places and (self.places[0][:, ::-1], self.places[1][:, ::-1])
        return replace(self, pixels=np.ascontiguousarray(self.pixels[:, ::-1]), places=places)

    def turned(self) -> Strip:
        """The strip the other way up."""
        places = self.places and (self.places[0][::-1, ::-1], self.places[1][::-1, ::-1])
        pixels = np.ascontiguousarray(self.pixels[::-1, ::-1])
        return replace(self, pixels=pixels, profile=self.profile[::-1], places=places)


@dataclass(frozen=True, slots=True)
class Placed:
    """A strip in the layout: its chromosome, slot, and left upper corner."""

    id: str
    slot: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class SlotArea:
    """Where a slot lies, with its label's middle ``label_x`` and line ``label_y``; ``centromere_y`` of its row.

    ``line`` is half the length of the line under its chromosomes, about ``label_x``.
    """

    slot: str
    x: float
    y: float
    width: float
    height: float
    label_x: float
    label_y: float
    centromere_y: float
    row: int
    line: float


@dataclass(frozen=True, slots=True)
class Layout:
    """All of a karyogram in one plane, in pixels of the strips."""

    width: float
    height: float
    placed: tuple[Placed, ...]
    slots: tuple[SlotArea, ...]
    label_height: float = 22.0

    def slot_at(self, x: float, y: float) -> str | None:
        """The slot under a point, None between slots."""
        for area in self.slots:
            if area.x <= x < area.x + area.width and area.y <= y < area.label_y + self.label_height:
                return area.slot
        return None

    def position_in(self, slot: str, x: float) -> int:
        """Before which of the slot's chromosomes a point lies."""
        return sum(p.x + p.width / 2 < x for p in self.placed if p.slot == slot)


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """Where the pixels of one chromosome's strip lie in the picture, and what its bands say, p end up.

    ``x`` and ``y`` (h, w) float32 are places in the picture, ``own`` (h, w) bool the chromosome's pixels, ``cover``
    (h, w) float32 in [0, 1] the same with a soft rim, which shows no stairs when it is enlarged.
    """

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.float32]
    own: BoolArray
    cover: npt.NDArray[np.float32]
    length: float

    def of(self, picture: GreyArray) -> GreyArray:
        """The strip of a picture, white outside the chromosome."""
        grey = cv2.remap(picture, self.x, self.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        paper = np.float32(PAPER)
        shown = paper - self.cover * (paper - np.minimum(grey, PAPER - 1))
        return np.where(self.cover > 0, np.clip(np.rint(shown), 0, PAPER - 1), PAPER).astype(np.uint8)

    def turned(self) -> _Cut:
        turned = {name: getattr(self, name)[::-1, ::-1] for name in ("x", "y", "own", "cover")}
        return replace(self, **turned)


class CellCutouts:
    """The chromosomes of a cell with their masks and centre lines: made once, shown with any look.

    Made by :meth:`of`, which is slow (some tenths of a second, for a worker); :meth:`strips` is not.
    """

    def __init__(self, pixels: GreyArray, annotation: ImageAnnotation, masks: Sequence[InstanceMask]) -> None:
        self.pixels, self.annotation, self.masks = pixels, annotation, tuple(masks)
        self._cuts: dict[tuple[str, bool], _Cut] = {}
        self._told: dict[tuple[str, bool], tuple[FloatArray, float, bool]] = {}
        self._mapped: tuple[float, GreyArray] = (0.0, pixels)
        self._scale: CellScale | None = None

    @classmethod
    def of(cls, pixels: GreyArray, annotation: ImageAnnotation) -> CellCutouts:
        """Of a picture (H, W) uint8; one that is bright on dark is shown dark on light."""
        grey, _ = dark_on_light(pixels)
        return cls(grey, annotation, masks_of(grey, annotation.chromosomes))

    def strips(self, look: KaryogramLook = KaryogramLook()) -> dict[str, Strip]:  # noqa: B008 - frozen
        """The strips of all chromosomes by id, at the image's own scale; inversion is left to the finished picture."""
        if self._mapped[0] != look.strength:
            self._mapped = (look.strength, map_greys(self.pixels, self.masks, look.strength))
        mirrored = Karyogram.of(self.annotation).mirrored
        strips = {}
        for item, mask in zip(self.annotation.chromosomes, self.masks, strict=True):
            picture = self.pixels if item.id in look.original else self._mapped[1]
            strip = self._strip(item, mask, picture, look.straight_of(item.id))
            strips[item.id] = strip.mirrored() if item.id in mirrored else strip
        return strips

    def _strip(self, item: Chromosome, mask: InstanceMask, picture: GreyArray, straight: bool) -> Strip:
        key = (item.id, straight)
        label = CLASSES[item.label].label if item.label is not None else ""
        if key not in self._cuts:
            cut = _cut(mask, straight)
            profile, centromere, doubt = np.zeros(0), 0.4, False
            # the bands are read from untouched greys, so that no look changes what is said of them
            if cut.own.sum() > 20:
                profile = band_profile(cut.of(self.pixels), cut.own)
            if label and len(profile):
                found = match_class(profile, label)
                # Nothing but the bands says which end of a horizontal box is up.
                if not item.box.is_rotated and not self._upright(mask, found):
                    cut, profile = cut.turned(), profile[::-1]
                doubt = item.box.is_rotated and not found.upright and found.confidence > 0.7
                centromere = find_centromere(match_class(profile, label, upright=True), cut.own)
            self._cuts[key], self._told[key] = cut, (profile, centromere, doubt)
        cut, (profile, centromere, doubt) = self._cuts[key], self._told[key]
        pixels, places = cut.of(picture), (cut.x, cut.y)
        return Strip(item.id, label, pixels, centromere * len(cut.own), cut.length, profile, doubt, places)

    def _upright(self, mask: InstanceMask, found: Match) -> bool:
        """Whether a mask's axis begins at the p end, by its match with the ideogram and by the learnt networks."""
        by_bands, net = found.confidence if found.upright else 1.0 - found.confidence, shipped_direction_net()
        if net is None:
            return found.upright
        self._scale = self._scale or cell_scale(self.pixels, self.masks)
        classes = np.array([[c.label == found.label for c in CLASSES]], dtype=np.float64)
        upper = float(net.upright_probabilities([aligned_crop(self.pixels, mask, self._scale)], classes)[0])
        if np.isnan(upper):
            return found.upright
        line, shown = chromosome_axis(mask), mask.axis
        learnt = upper if float((line[0] - line[-1]) @ (shown[0] - shown[-1])) >= 0 else 1.0 - upper
        return learnt * by_bands >= (1.0 - learnt) * (1.0 - by_bands)


def make_strips(
    pixels: GreyArray,
    annotation: ImageAnnotation,
    look: KaryogramLook = KaryogramLook(),  # noqa: B008 - frozen
) -> dict[str, Strip]:
    """The strips of all chromosomes of a cell (H, W) uint8, by id: see :class:`CellCutouts`."""
    return CellCutouts.of(pixels, annotation).strips(look)


def _cut(mask: InstanceMask, straight: bool) -> _Cut:
    """The strip of one chromosome: along its centre line, or only turned upright by the chord of that line."""
    ys, xs = np.nonzero(mask.mask)
    points = np.stack([xs + mask.x, ys + mask.y], 1) + 0.5
    line, length = mask.axis, max(line_length(mask.axis), 4.0)
    if straight:
        height, wide = int(np.ceil(length)) + 4, 2 * int(np.ceil(max(len(points) / length, 6.0))) + 2
    else:
        down = (line[-1] - line[0]) / max(float(np.hypot(*(line[-1] - line[0]))), 1e-9)
        along, across = points @ down, points @ np.array([-down[1], down[0]])
        middle = np.array([along.min() + along.max(), across.min() + across.max()]) / 2
        centre = middle[0] * down + middle[1] * np.array([-down[1], down[0]])
        height, wide = int(np.ceil(np.ptp(along))) + 4, int(np.ceil(np.ptp(across))) + 4
        line = np.stack([centre - down * (height - 4) / 2, centre + down * (height - 4) / 2])
    x, y = strip_places(line, wide, height, 1.0)
    whole = cv2.GaussianBlur(np.pad(mask.mask.astype(np.float32), 3), (0, 0), _RIM)
    share = cv2.remap(whole, x - np.float32(mask.x - 3), y - np.float32(mask.y - 3), cv2.INTER_LINEAR)
    own = share >= 0.5
    if straight:
        own &= _beside_axis(own)
    own &= _largest(own)
    if not own.any():
        own, share = np.ones_like(own), np.ones_like(share)
    # no rim but the own one: beyond a pixel or two the strip may come near another arm of a bent chromosome
    near = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    cover = np.where(near, np.clip(2.5 * share - 0.75, 0, 1), 0).astype(np.float32)
    rows, columns = np.flatnonzero((cover > 0).any(1)), np.flatnonzero((cover > 0).any(0))
    part = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return _Cut(x[part], y[part], np.asarray(own[part], dtype=np.bool_), cover[part], length)


def _beside_axis(own: BoolArray) -> BoolArray:
    """Where a straightened chromosome (h, w), its axis in the middle, can lie; what stands out is of a neighbour."""
    widths = own.sum(1)
    if not widths.any():
        return own
    usual = max(float(np.median(widths[widths > 0])), 4.0)
    away = np.arange(own.shape[1]) + 0.5 - own.shape[1] / 2
    allowed = np.ones_like(own)
    for side in (away, -away):
        reach = np.where(own, side, 0.0).max(1)
        # a flank that stands out is cut back to where it usually is: cut at the limit it would look like an arm
        allowed &= side <= np.where(reach > _STANDS_OUT * usual, usual / 2, usual)[:, None]
    return allowed


def _largest(own: BoolArray) -> BoolArray:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(own.astype(np.uint8), connectivity=8)
    if count <= 2:
        return own
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), dtype=np.bool_)


def follow(strips: Mapping[str, Strip], before: ImageAnnotation, after: ImageAnnotation) -> dict[str, Strip] | None:
    """The strips after a change of classes, order or direction only; None where they must be cut out again."""
    old = {c.id: c for c in before.chromosomes}
    if not set(strips) >= {c.id for c in after.chromosomes} or not set(old) >= {c.id for c in after.chromosomes}:
        return None
    mirrored = Karyogram.of(before).mirrored ^ Karyogram.of(after).mirrored
    result: dict[str, Strip] = {}
    for item in after.chromosomes:
        was, strip = old[item.id], strips[item.id]
        label = CLASSES[item.label].label if item.label is not None else ""
        if item.box != was.box:
            if not (was.box.is_rotated and item.box == was.box.turned()):
                return None
            strip = _relabelled(strip.turned(), label)
        elif item.mask != was.mask:
            return None
        elif label != strip.label:
            strip = _relabelled(strip, label)
        result[item.id] = strip.mirrored() if item.id in mirrored else strip
    return result


def _relabelled(strip: Strip, label: str) -> Strip:
    height = strip.pixels.shape[0]
    if not label or len(strip.profile) == 0:
        return replace(strip, label=label, centromere=0.4 * height, polarity_doubt=False)
    found = match_class(strip.profile, label)
    place = find_centromere(match_class(strip.profile, label, upright=True), strip.own)
    doubt = not found.upright and found.confidence > 0.7
    return replace(strip, label=label, centromere=place * height, polarity_doubt=doubt)


def label_room(strips: Mapping[str, Strip]) -> float:
    """The height for a label that is in proportion to the chromosomes, in their pixels."""
    return max(22.0, 0.17 * max((s.pixels.shape[0] for s in strips.values()), default=0))


def lay_out(
    karyogram: Karyogram,
    strips: Mapping[str, Strip],
    *,
    label_height: float = 22.0,
    beside: float = 0.0,
    aspect: float = 0.0,
    markers: bool = True,
) -> Layout:
    """Places of all strips: four rows, centromeres of a row on one line, homologues side by side, tray below.

    ``beside`` keeps so many pixels free at the left of each class's slot, for its ideogram. ``aspect`` (width
    over height) spreads the rows to that width where they are narrower, and makes two rows of the four from FLAT on;
    ``markers`` False leaves an empty slot for markers out.
    """
    typical = float(np.median([s.pixels.shape[1] for s in strips.values()])) if strips else 16.0
    gap, wide = max(4.0, typical * 0.35), typical
    lines = _flat_rows() if aspect >= FLAT else karyogram_rows()
    rows = [_Row(karyogram, strips, row, wide, gap, beside, markers) for row in (*lines, ((TRAY,),))]
    height = 2 * gap + sum(row.above + row.below + label_height + 2 * gap for row in rows)
    standing = sum(row.above + row.below + label_height + 2 * gap for row in rows[:-1]) + 2 * gap
    # The tray is as wide as it must be; the rows are spread to one width, as on a form.
    whole = max(max(row.width for row in rows), aspect * (standing if not karyogram.slots[TRAY] else height))
    placed: list[Placed] = []
    areas: list[SlotArea] = []
    y = gap * 2
    for number, row in enumerate(rows):
        room = whole - row.width if aspect and number < len(rows) - 1 else 0.0
        ends = max(len(row.groups) - 1, 0)
        between = 0.35 * room / ends if ends else 0.0
        each = (room - between * ends) / max(row.slots, 1)
        x = gap * 2
        for group in row.groups:
            for slot, found, need, natural in group:
                width = natural + each
                spare = beside if slot not in (TRAY, MARKERS) else 0.0
                place = x + spare + (width - spare - need) / 2 + gap
                middle = x + spare + (width - spare) / 2 if aspect else x + width / 2
                for strip in found:
                    tall, w = strip.pixels.shape
                    placed.append(
                        Placed(strip.id, slot, place, y + row.above - strip.centromere, float(w), float(tall))
                    )
                    place += w + gap
                label_y = y + row.above + row.below + label_height * 0.75
                half = min(natural, width) / 2 - 3
                areas.append(
                    SlotArea(slot, x, y, width, row.above + row.below, middle, label_y, y + row.above, number, half)
                )
                x += width + gap
            x += 3 * gap + between
        y += row.above + row.below + label_height + 2 * gap
    return Layout(max(whole, 1.0), y, tuple(placed), tuple(areas), label_height)


def _flat_rows() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Two rows of the groups, 1 to 12 and 13 to Y: on a low board each chromosome is nearly twice as large."""
    first, second, third, fourth = karyogram_rows()
    return (first + second, third + fourth)


class _Row:
    """What a row needs before it is spread: heights about its centromere line, and each slot's own width."""

    def __init__(
        self,
        karyogram: Karyogram,
        strips: Mapping[str, Strip],
        row: tuple[tuple[str, ...], ...],
        wide: float,
        gap: float,
        beside: float,
        markers: bool,
    ) -> None:
        self.groups: list[list[tuple[str, list[Strip], float, float]]] = []
        for group in row:
            kept = []
            for slot in group:
                found = [strips[i] for i in karyogram.slots[slot] if i in strips]
                if slot == MARKERS and not found and not markers:
                    continue
                need = sum(s.pixels.shape[1] + gap for s in found) + gap
                spare = beside if slot not in (TRAY, MARKERS) else 0.0
                kept.append((slot, found, need, max(2 * (wide + gap) + gap, need) + spare))
            if kept:
                self.groups.append(kept)
        every = [strip for group in self.groups for _, found, _, _ in group for strip in found]
        # An empty row still takes drops; an empty tray needs little room for that.
        spare_height = 0.4 * wide if row == ((TRAY,),) else wide
        self.above = max((s.centromere for s in every), default=spare_height)
        self.below = max((s.pixels.shape[0] - s.centromere for s in every), default=spare_height)
        self.slots = sum(len(group) for group in self.groups)
        self.width = 2 * gap + sum(natural + gap for g in self.groups for *_, natural in g) + 3 * gap * len(self.groups)


def render(
    layout: Layout, strips: Mapping[str, Strip], zoom: float = 1.0, *, tray: bool = True, inverted: bool = False
) -> GreyArray:
    """The picture without text, (H, W) uint8, white paper (black where ``inverted``); ``zoom`` pixels a strip's."""
    height = int(np.ceil(layout.height * zoom)) if tray else int(np.ceil(_without_tray(layout) * zoom))
    canvas = np.full((height, int(np.ceil(layout.width * zoom))), PAPER, dtype=np.uint8)
    for place in layout.placed:
        if place.slot == TRAY and not tray:
            continue
        picture = scaled_strip(strips[place.id].pixels, zoom)
        x, y = int(place.x * zoom + 0.5), int(place.y * zoom + 0.5)
        target = canvas[y : y + picture.shape[0], x : x + picture.shape[1]]
        np.minimum(target, picture[: target.shape[0], : target.shape[1]], out=target)
    return invert(canvas) if inverted else canvas


def scaled_strip(pixels: GreyArray, zoom: float) -> GreyArray:
    """A strip (h, w) at ``zoom`` pixels a pixel, as the board, the report and every export show it."""
    height, width = pixels.shape
    size = (max(int(width * zoom + 0.5), 1), max(int(height * zoom + 0.5), 1))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA), np.uint8)


def _without_tray(layout: Layout) -> float:
    return next((a.y for a in layout.slots if a.slot == TRAY), layout.height)
