"""The ideograms that come with the program, loaded once."""

from __future__ import annotations

from functools import lru_cache

from karyoview._resources import resource
from karyoview.core.bands import LEVELS, BandTable, parse_band_table
from karyoview.core.errors import KaryoViewError


@lru_cache(maxsize=len(LEVELS))
def load_bands(level: int = 850) -> BandTable:
    """The band table at 400, 550 or 850 bands; KaryoViewError for another level or a missing file."""
    if level not in LEVELS:
        raise KaryoViewError(f"There is no ideogram of {level} bands; choose 400, 550 or 850.")
    folder = resource("bands")
    found = sorted(folder.glob(f"ideogram_9606_*_{level}_V1.tsv"))
    if not found:
        raise KaryoViewError(f"The ideogram of {level} bands is missing in {folder}; install KaryoView again.")
    return parse_band_table(found[0].read_text(encoding="utf-8"), level)
