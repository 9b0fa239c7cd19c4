"""YOLO text (``class cx cy w h``) and Ultralytics' oriented boxes (``class x1 y1 … x4 y4``), one file an image.

Numbers are shares of the image's size, so reading needs the pictures; class numbers mean what ``data.yaml``,
``classes.txt`` or ``obj.names`` beside the labels says. A last number more is the score.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.geometry import Box
from karyoview.io.formats import common
from karyoview.io.formats.common import Format, FormatError, Read
from karyoview.io.formats.pictures import Pictures
from karyoview.io.formats.remarks import attempt, tell

_NAMES_FILES: Final = ("data.yaml", "data.yml", "dataset.yaml", "classes.txt", "obj.names")


def read(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """YOLO boxes from a folder with ``labels`` (or label files) and ``images``, or from one label file."""
    return _read(path, images, "yolo", 4, _read_box)


def read_oriented(path: Path, images: Path | None) -> list[ImageAnnotation]:
    """YOLO-OBB corners, laid out as for :func:`read`."""
    return _read(path, images, "yolo-obb", 8, _read_corners)


_Reader = Callable[[Sequence[float], tuple[int, int], str], Box]


def _read(path: Path, images: Path | None, source: str, count: int, to_box: _Reader) -> list[ImageAnnotation]:
    root = path if path.is_dir() else path.parent
    labels = root / "labels" if (root / "labels").is_dir() and path.is_dir() else path
    names = _class_names(root, labels)
    pictures = Pictures(images or _pictures_folder(root))
    files = [f for f in common.list_files(labels, ".txt") if f.name.lower() not in _NAMES_FILES]

    def read_one(file: Path) -> ImageAnnotation:
        place = common.folder_of(file, labels)
        picture = pictures.find(file.stem, Path(place))
        if picture is None:
            raise FormatError(f"{file}: its picture, whose size is needed, was not found; name the folder of images.")
        name, size = picture
        lines = common.read_text(file).splitlines()
        common.check_count(len(lines), str(file))
        items = common.each_line(lines, lambda t, w: _read_line(t.split(), names, size, w, source, count, to_box), file)
        return common.make_annotation(name, size, items, source, folder=place)

    found = (attempt(lambda f=file: read_one(f)) for file in files)  # type: ignore[misc]
    return [annotation for annotation in found if annotation is not None]


def _pictures_folder(root: Path) -> Path:
    """``images`` beside ``labels``, as Ultralytics has it, else the folder itself."""
    parts = list(root.parts)
    if "labels" in parts:
        place = len(parts) - 1 - parts[::-1].index("labels")
        beside = Path(*parts[:place], "images", *parts[place + 1 :])
        if beside.is_dir():
            return beside
    return root / "images" if (root / "images").is_dir() else root


def _read_line(
    words: Sequence[str],
    names: Sequence[str],
    size: tuple[int, int],
    where: str,
    source: str,
    count: int,
    to_box: _Reader,
) -> Read:
    if len(words) not in (count + 1, count + 2):
        raise FormatError(f"{where}: expected a class and {count} numbers, got {len(words)} words.")
    if not re.fullmatch(r"\d{1,5}", words[0]) or int(words[0]) >= len(names):
        raise FormatError(f"{where}: {words[0][:20]!r} is none of the {len(names)} classes.")
    numbers = [common.number(word, where) for word in words[1:]]
    if any(abs(v) > 10 for v in numbers):
        raise FormatError(f"{where}: the numbers are not shares of the image's size.")
    if any(not 0.0 <= v <= 1.0 for v in numbers[:count]):
        tell(f"{where}: its numbers are not all between 0 and 1; the box goes beyond the picture.")
    box = to_box(numbers[:count], size, where)
    score = numbers[count] if len(numbers) > count else None
    return Read(box, names[int(words[0])], score, extra=common.keep_geometry(source, box, list(words[1 : count + 1])))


def _read_box(numbers: Sequence[float], size: tuple[int, int], where: str) -> Box:
    cx, cy, w, h = numbers
    return common.make_box(lambda: Box(cx * size[1], cy * size[0], w * size[1], h * size[0]), where)


def _read_corners(numbers: Sequence[float], size: tuple[int, int], where: str) -> Box:
    return common.quad_box([(numbers[k] * size[1], numbers[k + 1] * size[0]) for k in range(0, 8, 2)], where)


def _class_names(*folders: Path) -> list[str]:
    for folder in {f: None for base in folders for f in (base, base.parent)}:
        for file in _NAMES_FILES:
            path = folder / file
            if path.is_file():
                text = common.read_text(path)
                names = _yaml_names(text, path) if path.suffix in (".yaml", ".yml") else text.split("\n")
                names = [n.strip() for n in names]
                while names and not names[-1]:
                    names.pop()
                if not names or len(names) > 10_000:
                    raise FormatError(f"{path} lists no classes.")
                return names
    raise FormatError(f"{folders[0]}: no data.yaml or classes.txt says what the class numbers mean; put one there.")


def _yaml_names(text: str, path: Path) -> list[str]:
    """The ``names`` of a data.yaml: a list in brackets, a list of lines, or numbered lines."""
    if inline := re.search(r"(?m)^names:\s*\[(.*?)\]", text, re.S):
        return [_unquoted(part) for part in inline[1].split(",")]
    block = re.search(r"(?m)^names:\s*(?:#.*)?\n((?:[ \t]*(?:-|\d+\s*:).*\n?|[ \t]*#.*\n?|[ \t]*\n)*)", text)
    numbered: dict[int, str] = {}
    for line in block[1].splitlines() if block else ():
        entry = re.match(r"\s*(?:-|(\d{1,5})\s*:)\s*(.*?)\s*(?:\s#.*)?$", line)
        if entry and entry[2]:
            numbered[int(entry[1]) if entry[1] else len(numbered)] = _unquoted(entry[2])
    if not numbered or sorted(numbered) != list(range(len(numbered))):
        raise FormatError(f"{path}: its names are not a list of classes from 0 on.")
    return [numbered[k] for k in range(len(numbered))]


def _unquoted(text: str) -> str:
    return text.strip().strip("'\"")


def write(annotations: Sequence[ImageAnnotation]) -> dict[str, bytes]:
    """``labels/<image>.txt`` and ``data.yaml``; boxes are cut at the image's edge."""
    return _write(annotations, "yolo", _box_words)


def write_oriented(annotations: Sequence[ImageAnnotation]) -> dict[str, bytes]:
    """``labels/<image>.txt`` and ``data.yaml``; corners from p-left on."""
    return _write(annotations, "yolo-obb", _corner_words)


def _write(
    annotations: Sequence[ImageAnnotation], source: str, words: Callable[[Chromosome, tuple[int, int]], list[str]]
) -> dict[str, bytes]:
    others = sorted({common.label_text(c) for a in annotations for c in a.chromosomes if c.label is None})
    names = [*CLASS_NAMES, *others]
    files: dict[str, bytes] = {}
    for file, annotation in common.file_per_image(annotations, ".txt").items():
        if min(annotation.size) <= 0 and annotation.chromosomes:
            raise FormatError(f"{annotation.image}: YOLO needs its size, which is not known; open it in KaryoView.")
        lines = []
        for item in annotation.chromosomes:
            score = [f"{item.score:.6g}"] if isinstance(item, PredictedChromosome) else []
            shares = common.kept_geometry(source, item) or words(item, annotation.size)
            lines.append(" ".join([str(names.index(common.label_text(item))), *shares, *score]) + "\n")
        files[f"labels/{file}"] = "".join(lines).encode()
    listed = "".join(f"  {k}: {_quoted(name)}\n" for k, name in enumerate(names))
    files["data.yaml"] = f"path: .\ntrain: images\nval: images\nnames:\n{listed}".encode()
    return files


def _quoted(name: str) -> str:
    # YAML reads a bare y as true.
    return name if re.fullmatch(r"[A-Z]?\d+|chromosome", name) else "'" + re.sub(r"['\"\n,#]", " ", name).strip() + "'"


def _box_words(item: Chromosome, size: tuple[int, int]) -> list[str]:
    x1, y1, x2, y2 = item.box.capsule_bounds().to_xyxy()
    left, right = (min(max(v / size[1], 0.0), 1.0) for v in (x1, x2))
    top, bottom = (min(max(v / size[0], 0.0), 1.0) for v in (y1, y2))
    return [
        f"{v:.8f}" for v in ((left + right) / 2, (top + bottom) / 2, max(right - left, 1e-8), max(bottom - top, 1e-8))
    ]


def _corner_words(item: Chromosome, size: tuple[int, int]) -> list[str]:
    points = item.box.corners().tolist()
    if not item.box.is_rotated:
        x1, y1, x2, y2 = item.box.to_xyxy()
        points = [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]
    return [f"{v:.8f}" for x, y in points for v in (x / size[1], y / size[0])]


YOLO: Final = Format("yolo", "YOLO", frozenset({"class", "none", "score", "corners"}), read, write)
YOLO_OBB: Final = Format(
    "yolo-obb",
    "YOLO-OBB",
    frozenset({"class", "none", "score", "rotated", "direction", "outside"}),
    read_oriented,
    write_oriented,
)
