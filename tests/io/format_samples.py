"""Cells and pictures that the tests of annotation formats write and read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from karyoview.core.annotation import (
    Chromosome,
    ImageAnnotation,
    ReviewState,
)

SIZE = (120, 160)


def cell(items: Sequence[Chromosome], name: str = "cell 1.png", **members: object) -> ImageAnnotation:
    numbered = [replace(item, id=f"c{k}") for k, item in enumerate(items)]
    return ImageAnnotation(name, SIZE, state=ReviewState.IN_REVIEW, chromosomes=tuple(numbered), **members)


def pictures(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        Image.fromarray(np.full(SIZE, 230, np.uint8)).save(folder / name)
    return folder


def target(folder: Path, fmt: str) -> Path:
    return folder / ("all.json" if fmt == "coco" else f"out_{fmt}")


def bytes_of(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    return {str(p.relative_to(path.parent)): p.read_bytes() for p in files}
