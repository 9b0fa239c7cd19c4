"""DOTA text: ``x1 y1 x2 y2 x3 y3 x4 y4 class difficult`` in pixels, one file an image.

``difficult`` is 1 for chromosomes a person marked as uncertain. The lines ``imagesource`` and ``gsd`` of the
original data set may stand on top and are passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from karyoview.core.annotation import Chromosome, ImageAnnotation, ReviewedChromosome
from karyoview.io.formats import common
from karyoview.io.formats.common import Format, FormatError, Read
from karyoview.io.formats.pictures import Pictures
from karyoview.io.formats.remarks import attempt

_NAME: Final = "dota"


def read(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """A DOTA file or a folder of them (``labelTxt`` where there is one); image sizes need the pictures."""
    root = path if path.is_dir() else path.parent
    folder = root / "labelTxt" if path.is_dir() and (root / "labelTxt").is_dir() else path
    beside = root / "images"
    pictures = Pictures(images or (beside if beside.is_dir() else None))
    found: list[ImageAnnotation] = []
    for file in common.list_files(folder, ".txt"):
        annotation = attempt(lambda f=file: _read_one(f, folder, pictures))  # type: ignore[misc]
        found += [] if annotation is None else [annotation]
    return found


def _read_one(file: Path, root: Path, pictures: Pictures) -> ImageAnnotation:
    place = common.folder_of(file, root)
    name, size = pictures.find(file.stem, Path(place)) or (common.plain_name(file.stem, str(file)), (0, 0))
    lines = common.read_text(file).splitlines()
    common.check_count(len(lines), str(file))
    rows = ["" if line.startswith(("imagesource:", "gsd:")) else line.strip() for line in lines]
    return common.make_annotation(name, size, common.each_line(rows, _read_line, file), _NAME, folder=place)


def _read_line(line: str, where: str) -> Read:
    words = line.split()
    if len(words) not in (9, 10):
        raise FormatError(f"{where}: expected eight numbers, a class and a difficulty, got {len(words)} words.")
    numbers = [common.number(word, where) for word in words[:8]]
    box = common.quad_box(list(zip(numbers[::2], numbers[1::2], strict=True)), where)
    uncertain = len(words) == 10 and words[9] not in ("0", "0.0")
    return Read(box, words[8], uncertain=uncertain, extra=common.keep_geometry(_NAME, box, list(words[:8])))


def write(annotations: Sequence[ImageAnnotation]) -> dict[str, bytes]:
    """``labelTxt/<image>.txt``; corners from p-left on, in thousandths of a pixel."""
    files = common.file_per_image(annotations, ".txt")
    return {f"labelTxt/{file}": "".join(map(_line, a.chromosomes)).encode() for file, a in files.items()}


def _line(item: Chromosome) -> str:
    words = common.kept_geometry(_NAME, item)
    if words is None:
        points = item.box.corners().tolist()
        if not item.box.is_rotated:
            x1, y1, x2, y2 = item.box.to_xyxy()
            points = [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]
        words = [f"{v:.3f}" for point in points for v in point]
    uncertain = isinstance(item, ReviewedChromosome) and item.uncertain
    name = "_".join(common.label_text(item).split())
    return " ".join([*words, name, "1" if uncertain else "0"]) + "\n"


FORMAT: Final = Format(
    _NAME, "DOTA", frozenset({"class", "none", "rotated", "direction", "uncertain", "outside"}), read, write
)
