"""A karyogram as a picture: straightened chromosomes in four rows, centromeres of a row on one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASSES
from karyoview.core.karyogram import MARKERS, TRAY, Karyogram, karyogram_rows
from karyoview.imaging.axis import line_length
from karyoview.imaging.cutout import masks_of
from karyoview.imaging.masks import GreyArray, InstanceMask
from karyoview.imaging.profile import band_profile, find_centromere, match_class
from karyoview.imaging.straighten import straighten

PAPER: Final = 255


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """One chromosome as it stands in the karyogram, p end up.

    ``pixels`` (h, w) uint8, white outside its own pixels; ``centromere`` its row; ``length`` along the
    axis in image pixels; ``profile`` its band profile (empty where none); ``polarity_doubt`` True where
    the ideogram speaks for the other way up.
    """

    id: str
    label: str
    pixels: GreyArray
    centromere: float
    length: float
    profile: npt.NDArray[np.float64]
    polarity_doubt: bool = False

    def mirrored(self) -> Strip:
        """The strip left to right."""
        return replace(self, pixels=np.ascontiguousarray(self.pixels[:, ::-1]))


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


def contrast_range(pixels: GreyArray, masks: list[InstanceMask]) -> tuple[float, float]:
    """Greys of a cell's dark bands and of its background, the same for all its chromosomes."""
    background = float(np.percentile(pixels, 80))
    inside = [pixels[m.y : m.y + m.mask.shape[0], m.x : m.x + m.mask.shape[1]][m.mask] for m in masks if m.mask.any()]
    dark = float(np.percentile(np.concatenate(inside), 3)) if inside else 0.0
    return dark, max(background, dark + 10.0)


def make_strips(
    pixels: GreyArray, annotation: ImageAnnotation, *, enhance: bool = True, straight: bool = True
) -> dict[str, Strip]:
    """The strips of all chromosomes of a cell, by id, at the image's own scale.

    ``pixels`` is (H, W) uint8. ``enhance`` stretches the greys of the whole cell once; ``straight`` False
    keeps bends, only turned upright.
    """
    chromosomes = annotation.chromosomes
    masks = masks_of(pixels, chromosomes)
    dark, background = contrast_range(pixels, masks)
    grey = pixels.astype(np.float32)
    if enhance:
        grey = np.clip((grey - dark) * (235.0 / (background - dark)), 0, 255)
        soft = cv2.GaussianBlur(grey, (0, 0), 1.5)
        grey = np.clip(grey + 0.6 * (grey - soft), 0, 255)
    source = grey.astype(np.uint8)
    mirrored = Karyogram.of(annotation).mirrored
    strips = {}
    for item, mask in zip(chromosomes, masks, strict=True):
        label = CLASSES[item.label].label if item.label is not None else ""
        strip = _strip(source, mask, item.id, label, straight, item.box.is_rotated)
        strips[item.id] = strip.mirrored() if item.id in mirrored else strip
    return strips


def _strip(source: GreyArray, mask: InstanceMask, name: str, label: str, straight: bool, directed: bool) -> Strip:
    line = mask.axis
    length = max(line_length(line), 4.0)
    if not straight:
        line = np.stack([line[0], line[-1]])
    height = int(np.ceil(max(length if straight else line_length(line), 4.0))) + 4
    wide = 2 * int(np.ceil(max(mask.mask.sum() / length, 6.0) * (0.8 if straight else 1.4))) + 2
    grey = np.asarray(straighten(source, line, wide, height, zoom=1.0), dtype=np.uint8)
    own = np.asarray(straighten(_whole(mask), line - [mask.x - 2, mask.y - 2], wide, height, zoom=1.0)) > 127
    own &= _largest(own)
    ideogram = label or None
    profile = band_profile(grey, own) if own.sum() > 20 else np.zeros(0)
    centromere, doubt = 0.4, False
    if ideogram and len(profile):
        found = match_class(profile, ideogram)
        if not found.upright and not directed:
            # Nothing but the bands says which end of a horizontal box is up.
            grey, own, profile = grey[::-1, ::-1], own[::-1, ::-1], profile[::-1]
        doubt = directed and not found.upright and found.confidence > 0.7
        centromere = find_centromere(match_class(profile, ideogram, upright=True), own)
    shown = np.where(own, np.minimum(grey, 250), PAPER).astype(np.uint8)
    rows = np.flatnonzero(own.any(1))
    top, bottom = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, height)
    columns = np.flatnonzero(own.any(0))
    left, right = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, wide)
    shown = np.ascontiguousarray(shown[top:bottom, left:right])
    return Strip(name, label, shown, centromere * (bottom - top), length, profile, doubt)


def _whole(mask: InstanceMask) -> GreyArray:
    return np.pad(mask.mask.astype(np.uint8) * 255, 2)


def _largest(own: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(own.astype(np.uint8), connectivity=8)
    if count <= 2:
        return own
    return np.asarray(labels == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])))


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
            strip = replace(strip, pixels=np.ascontiguousarray(strip.pixels[::-1, ::-1]), profile=strip.profile[::-1])
            strip = _relabelled(strip, label)
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
    place = find_centromere(match_class(strip.profile, label, upright=True), strip.pixels < PAPER)
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
    over height) spreads the rows to that width where they are narrower; ``markers`` False leaves an empty
    slot for markers out.
    """
    typical = float(np.median([s.pixels.shape[1] for s in strips.values()])) if strips else 16.0
    gap, wide = max(4.0, typical * 0.35), typical
    rows = [_Row(karyogram, strips, row, wide, gap, beside, markers) for row in (*karyogram_rows(), ((TRAY,),))]
    height = 2 * gap + sum(row.above + row.below + label_height + 2 * gap for row in rows)
    standing = sum(row.above + row.below + label_height + 2 * gap for row in rows[:-1]) + 2 * gap
    # The tray is as wide as it must be; the four rows are spread to one width, as on a form.
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


def render(layout: Layout, strips: Mapping[str, Strip], zoom: float = 1.0, *, tray: bool = True) -> GreyArray:
    """The picture without text, (H, W) uint8, white paper; ``zoom`` pixels a strip's pixel."""
    height = int(np.ceil(layout.height * zoom)) if tray else int(np.ceil(_without_tray(layout) * zoom))
    canvas = np.full((height, int(np.ceil(layout.width * zoom))), PAPER, dtype=np.uint8)
    for place in layout.placed:
        if place.slot == TRAY and not tray:
            continue
        source = strips[place.id].pixels
        size = (max(round(place.width * zoom), 1), max(round(place.height * zoom), 1))
        picture = cv2.resize(source, size, interpolation=cv2.INTER_CUBIC if zoom > 1 else cv2.INTER_AREA)
        x, y = round(place.x * zoom), round(place.y * zoom)
        target = canvas[y : y + size[1], x : x + size[0]]
        np.minimum(target, picture[: target.shape[0], : target.shape[1]], out=target)
    return canvas


def _without_tray(layout: Layout) -> float:
    return next((a.y for a in layout.slots if a.slot == TRAY), layout.height)
