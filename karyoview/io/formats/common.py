"""What the formats share: careful reading, plain names, corners to boxes, and geometry kept as it was written.

Every reader treats its file as untrusted: sizes and counts are limited, numbers must be finite, names are
reduced to a file name in the folder, and anything else is a FormatError that names file and place.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from karyoview.core.annotation import (
    Attribution,
    Chromosome,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.checked_json import parse_json
from karyoview.core.chromosome import CLASS_NAMES, parse_class
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box, box_from_corners
from karyoview.core.plain_files import read_at_most
from karyoview.io.formats.remarks import attempt, leave_out, tell
from karyoview.io.images import is_image_file
from karyoview.io.picture_names import fits

MAX_FILE_BYTES: Final = 512 << 20
MAX_FILES: Final = 200_000
MAX_ITEMS: Final = 5_000_000
MAX_ITEMS_PER_IMAGE: Final = 10_000
MAX_COORDINATE: Final = 1e6
NO_CLASS: Final = "chromosome"
FOLDER: Final = "import_folder"
"""The key in an annotation's ``extra`` of the folder that its picture had where it was read."""


class FormatError(KaryoViewError):
    """An annotation file cannot be read or written; the message names the file, the place and what to do."""


@dataclass(frozen=True, slots=True)
class Format:
    """One annotation format.

    ``holds`` names what survives it: the keys of what ``losses`` counts, and ``class``, ``none``, ``direction``.
    ``read(path, images)`` gives annotations, ``images`` being the folder of the pictures where the format
    needs it; ``write(annotations)`` the bytes of each file by its name relative to the target (``""``: the
    target is the file itself).
    """

    name: str
    title: str
    holds: frozenset[str]
    read: Callable[[Path, Path | None], list[ImageAnnotation]]
    write: Callable[[Sequence[ImageAnnotation]], dict[str, bytes]]


def read_bytes(path: Path) -> bytes:
    """A file's bytes; FormatError when it cannot be read or is larger than any annotation file."""
    try:
        return read_at_most(path, MAX_FILE_BYTES)
    except ValueError as error:
        raise FormatError(f"{path}: {error}; split it.") from error
    except OSError as error:
        raise FormatError(f"{path} cannot be read ({error.strerror or error}); check the path.") from error


def read_text(path: Path) -> str:
    """A file's text (UTF-8, with or without a byte order mark)."""
    try:
        return read_bytes(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormatError(f"{path} is not text in UTF-8; save it again as UTF-8.") from error


def read_json(path: Path) -> Any:
    """A JSON file; FormatError for anything else, also for NaN and nesting without end."""
    try:
        return parse_json(read_text(path))
    except ValueError as error:
        raise FormatError(f"{path} is not valid JSON ({str(error)[:100]}); write it again.") from error


def dump_json(value: object, indent: int | None = 2) -> bytes:
    """JSON bytes in one layout, UTF-8, with a newline at the end."""
    return (json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False) + "\n").encode()


def list_files(path: Path, suffix: str) -> list[Path]:
    """The file itself, or the files with ``suffix`` (in any case) in a folder and below, in order, links left out."""
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FormatError(f"{path}: there is no such file or folder.")
    found = sorted(p for p in path.rglob("*") if p.suffix.lower() == suffix and p.is_file() and not p.is_symlink())
    if len(found) > MAX_FILES:
        raise FormatError(f"{path} holds more than {MAX_FILES} files; split it.")
    return found


def plain_name(text: object, where: str) -> str:
    """The file name at the end of a path of any system; FormatError when there is none."""
    if not isinstance(text, str):
        raise FormatError(f"{where}: the image's name is missing.")
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", text)[-1].strip())
    if name in ("", ".", "..") or re.search(r"[\x00-\x1f]|^[A-Za-z]:", name) or not fits(name):
        raise FormatError(f"{where}: {text[:80]!r} names no image.")
    return name


def number(value: object, where: str) -> float:
    """A finite number of a size that a coordinate can have."""
    try:
        result = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        raise FormatError(f"{where}: {str(value)[:40]!r} is no number.") from None
    if isinstance(value, bool) or not math.isfinite(result) or abs(result) > MAX_COORDINATE:
        raise FormatError(f"{where}: {str(value)[:40]!r} cannot be a coordinate.")
    return result


def check_count(count: int, where: str, limit: int = MAX_ITEMS_PER_IMAGE) -> None:
    """FormatError for more objects than an image or a file can have."""
    if count > limit:
        raise FormatError(f"{where}: {count} objects are more than the {limit} that can be real.")


def each(rows: Iterable[Any], read: Callable[[Any, str], Read], where: str) -> list[Read]:
    """What ``read(row, "where number")`` makes of every row; odd rows are left out where that is being gathered."""
    found = (attempt(lambda r=row, n=number: read(r, f"{where} {n}")) for number, row in enumerate(rows, 1))  # type: ignore[misc]
    return [item for item in found if item is not None]


def each_line(lines: Iterable[str], read: Callable[[str, str], Read], path: Path) -> list[Read]:
    """What ``read(line, "path, line number")`` makes of every line that holds something."""
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            item = attempt(lambda t=line, n=number: read(t, f"{path}, line {n}"))  # type: ignore[misc]
            found += [] if item is None else [item]
    return found


def folder_of(path: Path, root: Path) -> str:
    """The folder of a label file relative to where reading began, with slashes; empty for the root itself."""
    if not root.is_dir():
        return ""
    place = path.parent.relative_to(root).as_posix()
    return "" if place == "." else place


def as_list(value: object, where: str) -> list[Any]:
    """The value if it is a list."""
    if not isinstance(value, list):
        raise FormatError(f"{where} should be a list.")
    return value


def as_object(value: object, where: str) -> dict[str, Any]:
    """The value if it is a JSON object."""
    if not isinstance(value, dict):
        raise FormatError(f"{where} should be an object.")
    return value


def make_box(build: Callable[[], Box], where: str) -> Box:
    """The box, or a FormatError where its numbers make none."""
    try:
        return build()
    except KaryoViewError as error:
        raise FormatError(f"{where}: {error}") from error


def quad_box(points: Sequence[tuple[float, float]], where: str) -> Box:
    """The box of four corners.

    Axis-parallel corners from the left upper one on are a horizontal box. Otherwise the corners are
    taken in KaryoView's order (p-left first), and a quadrilateral that is wider than long is turned
    by a quarter, because other programs start at any corner.
    """
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = points
    if x1 == x4 < x2 == x3 and y1 == y2 < y3 == y4:
        return Box.from_xyxy(x1, y1, x3, y3)
    box = make_box(lambda: box_from_corners(points), where)
    if min(box.w, box.h) < 1e-6:
        raise FormatError(f"{where}: the four corners enclose nothing.")
    if box.w > box.h:
        box = box_from_corners([points[1], points[2], points[3], points[0]])
    return box


def polygon_box(points: Sequence[tuple[float, float]], where: str) -> Box:
    """The smallest rotated box around a polygon, its longer side as the axis; the direction is unknown."""
    from shapely.geometry import MultiPoint

    rectangle: Any = MultiPoint(list(points)).minimum_rotated_rectangle
    if rectangle.geom_type != "Polygon":
        raise FormatError(f"{where}: the points enclose nothing.")
    return quad_box([(float(x), float(y)) for x, y in list(rectangle.exterior.coords)[:4]], where)


def label_text(item: Chromosome) -> str:
    """What to write as the class: its name, what another program called it, or ``chromosome``."""
    if item.label is not None:
        return CLASS_NAMES[item.label]
    name = item.extra.get("label")
    return name if isinstance(name, str) and name and parse_class(name) is None else NO_CLASS


@dataclass(frozen=True, slots=True)
class Read:
    """One object as a file gives it, before it is a chromosome."""

    box: Box
    name: str = NO_CLASS
    score: float | None = None
    uncertain: bool = False
    polarity: float | None = None
    mask: str = ""
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


def make_annotation(
    image: str,
    size: tuple[int, int],
    items: Iterable[Read],
    source: str,
    state: ReviewState | None = None,
    reason: str = "",
    notes: str = "",
    folder: str = "",
) -> ImageAnnotation:
    """An annotation of what was read: proposals where there are scores, else a person's work, not yet reviewed here.

    ``folder`` is where the picture or its labels lay, for telling pictures of one name apart.
    """
    by = Attribution("import", source)
    chromosomes: list[Chromosome] = []
    for index, item in enumerate(items, 1):
        known = parse_class(item.name)
        extra = dict(item.extra) | ({"label": item.name} if known is None and item.name != NO_CLASS else {})
        common: dict[str, Any] = {
            "id": f"i{index}",
            "box": item.box,
            "label": None if known is None else known.index,
            "box_by": by,
            "label_by": None if known is None else by,
            "polarity": item.polarity,
            "mask": item.mask,
            "extra": MappingProxyType(extra),
        }
        if item.score is not None:
            if not 0.0 <= item.score <= 1.0:
                nearest = min(max(item.score, 0.0), 1.0)
                tell(f"{image}, object {index}: its score {item.score:g} was taken as {nearest:g}.")
            chromosomes.append(PredictedChromosome(**common, score=min(max(item.score, 0.0), 1.0)))
        else:
            chromosomes.append(ReviewedChromosome(**common, uncertain=item.uncertain))
    if state is None:
        people = any(c.is_human for c in chromosomes)
        state = ReviewState.IN_REVIEW if people else ReviewState.PROPOSED if chromosomes else ReviewState.NEW
    return ImageAnnotation(
        image=image, size=size, state=state, reason=reason, chromosomes=tuple(chromosomes), notes=notes,
        extra=MappingProxyType({FOLDER: folder} if folder else {}),
    )  # fmt: skip


def keep_geometry(source: str, box: Box, written: object) -> dict[str, Any]:
    """For ``extra``: what a file said of a box, so that an unchanged box is written back to the digit."""
    return {source: {"box": _key(box), "written": written}}


def kept_geometry(source: str, item: Chromosome) -> Any:
    """What :func:`keep_geometry` kept, None once the box was changed."""
    kept = item.extra.get(source)
    if not isinstance(kept, Mapping) or kept.get("box") != _key(item.box):
        return None
    return kept.get("written")


def _key(box: Box) -> list[float]:
    return [box.cx, box.cy, box.w, box.h, box.angle, float(box.is_rotated)]


def stem_of(image: str) -> str:
    """The image's name without the suffix of its format (``a.tif.p1`` keeps all)."""
    return image.rpartition(".")[0] if is_image_file(Path(image)) else image


def _own_name(image: str) -> str:
    if plain_name(image, image) != unicodedata.normalize("NFC", image):
        raise FormatError(f"{image!r} is no plain file name, so no file can be named after it.")
    return image


def file_per_image(annotations: Sequence[ImageAnnotation], suffix: str) -> dict[str, ImageAnnotation]:
    """File name → annotation; FormatError where two images would share a file or a name leaves the folder."""
    files: dict[str, ImageAnnotation] = {}
    taken: set[str] = set()
    for annotation in annotations:
        name = attempt(lambda a=annotation: _own_name(a.image))  # type: ignore[misc]
        if name is None:
            continue
        file = f"{stem_of(name)}{suffix}"
        if file.casefold() in taken:
            both = f"{annotation.image} and another image would both become {file}; rename one of the two."
            leave_out(FormatError(both))
            continue
        taken.add(file.casefold())
        files[file] = annotation
    return files
