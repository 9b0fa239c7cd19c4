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


def class_colour(label: int | None) -> QColor:
    """The colour of a class's group; grey without a class."""
    return QColor(NO_CLASS if label is None else GROUP_COLOURS[CLASSES[label].group])


def ink_on(colour: QColor) -> QColor:
    """Black or white, whichever reads better on ``colour`` (relative luminance)."""
    luminance = 0.2126 * colour.redF() ** 2.2 + 0.7152 * colour.greenF() ** 2.2 + 0.0722 * colour.blueF() ** 2.2
    return QColor("black") if luminance > 0.2 else QColor("white")
