"""Pictures that KaryoView draws from a cell (karyograms, overlays, pictures of its window) and that are no cells."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngInfo

MARK: Final = "KaryoView rendering, not a metaphase"
"""Stands in such a file; at most 40 ASCII characters, since longer texts are compressed in some PNG files."""

_SEARCHED: Final = 1 << 16


def png_mark() -> PngInfo:
    """What Pillow writes into a PNG (``pnginfo``) so that it is known again; no other tag."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Software", MARK)
    return info


def is_own_picture(path: Path) -> bool:
    """Whether a file carries the mark in its first or last 64 kB, where tags stand; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            if MARK.encode() in file.read(_SEARCHED):
                return True
            # TIFF writers put the tags behind the pixels.
            file.seek(max(file.seek(0, os.SEEK_END) - _SEARCHED, 0))
            return MARK.encode() in file.read(_SEARCHED)
    except OSError:
        return False
