"""Colours of Denver groups, from the palette of Okabe and Ito, which colour-blind people can tell apart.

Colour is never alone: every box also carries its class in words, proposals are dashed, doubts have a
question mark.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor

from karyoview.core.chromosome import CLASSES, GROUP_COLOURS

NO_CLASS: Final = "#9AA0A6"
RED_DOUBT: Final = "#E4003A"
AMBER_DOUBT: Final = "#FF9E1B"
SELECTED: Final = "#FF2BD6"
_LEAST_CONTRAST: Final = 4.6


def class_colour(label: int | None) -> QColor:
    """The colour of a class's group; grey without a class."""
    return QColor(NO_CLASS if label is None else GROUP_COLOURS[CLASSES[label].group])


def ink_on(colour: QColor) -> QColor:
    """Black or white, whichever reads better on ``colour`` (relative luminance)."""
    luminance = 0.2126 * colour.redF() ** 2.2 + 0.7152 * colour.greenF() ** 2.2 + 0.0722 * colour.blueF() ** 2.2
    return QColor("black") if luminance > 0.2 else QColor("white")


def ink_like(colour: QColor, ground: QColor) -> QColor:
    """The colour, or one of its hue that is as much darker or lighter as text on ``ground`` needs to be read."""
    dark_ground = _luminance(ground) < 0.18
    for step in range(20):
        other = colour.lighter(100 + 8 * step) if dark_ground else colour.darker(100 + 8 * step)
        low, high = sorted((_luminance(other), _luminance(ground)))
        if (high + 0.05) / (low + 0.05) >= _LEAST_CONTRAST:
            return other
    return ink_on(ground)


def _luminance(colour: QColor) -> float:
    """Relative luminance as WCAG counts it, 0–1."""
    shares = (colour.redF(), colour.greenF(), colour.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]
    return float(sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True)))
