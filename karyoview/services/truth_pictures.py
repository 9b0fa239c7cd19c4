"""The pictures that belong to a truth: as sources for an engine, and drawn with what was right and wrong."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from karyoview.io.images import ImageError, read_image
from karyoview.services.detect import Source
from karyoview.services.evaluate import Predictions, Truths
from karyoview.services.overlays import draw_comparison, save_picture


def sources_of(truths: Truths) -> tuple[list[Source], list[str]]:
    """Sources of all pictures that were found, and the names of the others."""
    sources, lost = [], []
    for truth in truths.items:
        path = truths.pictures.get(truth.image)
        if path is None:
            lost.append(truth.image)
        else:
            sources.append(Source(truth.image, path, _page(truth.image, path)))
    return sources, lost


def draw_pictures(folder: Path, truths: Truths, found: Predictions, threshold: float) -> tuple[int, int]:
    """One PNG an image into ``folder``; → pictures drawn, images not found or not readable. Raises OSError."""
    predictions = {p.image: p for p in found.items}
    drawn = lost = 0
    for truth in truths.items:
        path, prediction = truths.pictures.get(truth.image), predictions.get(truth.image)
        if prediction is None:
            continue
        try:
            if path is None:
                raise ImageError(f"{truth.image}: not found.")
            image = replace(read_image(path, page=_page(truth.image, path)), name=truth.image)
        except ImageError:
            lost += 1
            continue
        name = re.sub(r"[^\w.-]+", "_", truth.image)
        save_picture(draw_comparison(image, truth, prediction, threshold), folder / f"{name}.png")
        drawn += 1
    return drawn, lost


def _page(name: str, path: Path) -> int:
    """The page that a name as ``a.tif.p2`` means; 0 where the file itself is named so."""
    found = re.fullmatch(r"(.+)\.p([1-9]\d*)", Path(name).name)
    return int(found.group(2)) if found and path.name == found.group(1) else 0
