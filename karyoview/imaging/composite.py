"""Many cells at once: all copies of one class in a strip, and a karyogram composed of the best of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from karyoview.core.chromosome import CLASSES
from karyoview.core.karyogram import SLOTS, Karyogram
from karyoview.imaging.karyogram_layout import PAPER, Strip
from karyoview.imaging.masks import GreyArray
from karyoview.imaging.profile import match_class


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """One chromosome of one cell; ``score`` is how well its bands fit its class (−1 to 1)."""

    image: str
    strip: Strip
    score: float

    @property
    def key(self) -> str:
        """A name that is unique over the cells."""
        return f"{self.image}\n{self.strip.id}"


def copies_of(label: str, cells: Mapping[str, Mapping[str, Strip]]) -> list[Copy]:
    """All copies of a class, cell by cell, left to right as they stand there."""
    found = []
    for image, strips in cells.items():
        for strip in strips.values():
            if strip.label == label:
                score = match_class(strip.profile, label).score if len(strip.profile) else 0.0
                found.append(Copy(image, strip, score))
    return found


def class_strip(copies: Sequence[Copy], gap: int = 8) -> tuple[GreyArray, list[tuple[float, float]]]:
    """The copies side by side, centromeres on one line, lengths scaled to their median.

    Returns the picture (H, W) uint8 and the (x from, x to) of each copy. Cells differ in contraction;
    bands are compared best at one length.
    """
    if not copies:
        return np.full((1, 1), PAPER, dtype=np.uint8), []
    median = float(np.median([c.strip.pixels.shape[0] for c in copies]))
    scaled = [_to_length(c.strip, median) for c in copies]
    above = int(np.ceil(max(s.centromere for s in scaled)))
    below = int(np.ceil(max(s.pixels.shape[0] - s.centromere for s in scaled))) + 1
    width = sum(s.pixels.shape[1] + gap for s in scaled) + gap
    canvas = np.full((above + below, width), PAPER, dtype=np.uint8)
    places, x = [], gap
    for strip in scaled:
        height, wide = strip.pixels.shape
        top = above - round(strip.centromere)
        canvas[top : top + height, x : x + wide] = strip.pixels[: canvas.shape[0] - top]
        places.append((float(x), float(x + wide)))
        x += wide + gap
    return canvas, places


def composite(
    cells: Mapping[str, Mapping[str, Strip]], copies: Sequence[int], chosen: Sequence[str] = ()
) -> tuple[Karyogram, dict[str, Strip]]:
    """A karyogram made of several cells: of each class the copies whose bands fit best.

    ``copies`` are the numbers wanted of the 24 classes; keys in ``chosen`` (see :attr:`Copy.key`) come
    first. All are scaled to one length unit. Every chromosome in it is a real one; the karyogram as a
    whole is no cell, and is to be labelled so.
    """
    slots: dict[str, tuple[str, ...]] = dict.fromkeys(SLOTS, ())
    strips: dict[str, Strip] = {}
    for item in CLASSES:
        found = copies_of(item.label, cells)
        if not found:
            continue
        median = float(np.median([c.strip.pixels.shape[0] for c in found]))
        found.sort(key=lambda c: (c.key not in chosen, -c.score))
        best = found[: copies[item.index]]
        slots[item.label] = tuple(c.key for c in best)
        strips.update({c.key: replace(_to_length(c.strip, median), id=c.key) for c in best})
    return Karyogram(MappingProxyType(slots)), strips


def _to_length(strip: Strip, length: float) -> Strip:
    import cv2

    height, width = strip.pixels.shape
    factor = length / height
    if abs(factor - 1.0) < 0.02:
        return strip
    size = (max(round(width * factor), 1), max(round(length), 1))
    pixels = np.asarray(cv2.resize(strip.pixels, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    return replace(strip, pixels=pixels, centromere=strip.centromere * factor)
