"""Crops of an archive for the classifier: single chromosomes by class folder, and karyograms without metaphases.

``python -m karyotrain.data.archive_crops FOLDER... --name NAME --output STRAIGHT`` writes shards of one laboratory as
karyotrain.data.straight_crops does, for ``train_classifier --straight``. A folder whose subfolders are named by classes
(``1``, ``chr01``, ``A1``, ``X``), at any depth, holds single chromosomes, upright or not, dark or bright; pictures in
other folders are karyograms, of which each chromosome with a class is cut out. What cannot be used is named with its
reason and left out.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.errors import DataError
from karyotrain.data.straight_crops import MEASURED_ONLY, Straightened, cut_shards, of_pictures
from karyoview.core.chromosome import CLASS_NAMES, CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.karyogram_picture import read_print
from karyoview.imaging.karyogram_segmentation import ink_depth
from karyoview.io.images import is_image_file, read_image

GreyArray = npt.NDArray[np.uint8]

_A_CELL: Final = 46
_FEWEST: Final = 4  # chromosomes by which the scale of a cell is judged
_FAINT: Final = 12.0  # grey levels that are still ground
_NAMES: Final = {
    **{kind.label.lower(): kind.index for kind in CLASSES},
    **{name.lower(): index for index, name in enumerate(CLASS_NAMES)},
}
_PREFIX: Final = re.compile(r"^(chromosome|chrom|chr|class|c)?[ _-]*0*([0-9]{1,2}|[xy])$|^([a-g][0-9]{1,2})$")


@dataclass(slots=True)
class ArchiveCell:
    """What is cut at one scale: single pictures with their classes, or one karyogram."""

    crops: list[tuple[Path, int]] = field(default_factory=list)
    karyogram: Path | None = None

    @property
    def name(self) -> str:
        """For a sentence about it."""
        return str(self.karyogram or self.crops[0][0].parent)


def class_of_folder(name: str) -> int | None:
    """The class index 0–23 that a folder's name stands for, None where it stands for none."""
    found = _PREFIX.match(name.strip().lower())
    return _NAMES.get(found.group(2) or found.group(3)) if found else None


def archive_cells(folders: Sequence[Path]) -> list[ArchiveCell]:
    """The cells of the folders, in the order of their names. Raises DataError where there is no picture.

    Single chromosomes belong to one cell that lie below the same folder and, where names are common to several classes
    (``0007_1.png``), have the same name before the last number; where none are, the k-th of every class make one.
    """
    cells: list[ArchiveCell] = []
    for folder in folders:
        single: dict[Path, list[tuple[Path, int]]] = defaultdict(list)
        for path in sorted(p for p in folder.rglob("*") if p.is_file() and is_image_file(p)):
            label = class_of_folder(path.parent.name) if path.parent != folder else None
            if label is None:
                cells.append(ArchiveCell(karyogram=path))
            else:
                single[path.parent.parent].append((path, label))
        for own in single.values():
            cells += [ArchiveCell(crops=crops) for crops in _grouped(own)]
    if not cells:
        raise DataError(f"{', '.join(map(str, folders))}: no pictures; give folders of crops by class, or karyograms.")
    return cells


def _grouped(crops: Sequence[tuple[Path, int]]) -> Iterator[list[tuple[Path, int]]]:
    by_name: dict[str, list[tuple[Path, int]]] = defaultdict(list)
    for path, label in crops:
        by_name[re.sub(r"[ _.-]*[0-9]+$", "", path.stem)].append((path, label))
    sizes = [len(g) for g in by_name.values()]
    classes = [len({label for _, label in g}) for g in by_name.values()]
    if len(by_name) > 1 and np.median(classes) >= 8 and max(sizes) <= 2 * _A_CELL:
        yield from by_name.values()
        return
    by_class: dict[int, list[tuple[Path, int]]] = defaultdict(list)
    for path, label in crops:
        by_class[label].append((path, label))
    for k in range(0, max(len(own) for own in by_class.values()), 2):
        yield [row for own in by_class.values() for row in own[k : k + 2]]


def cut_cell(source: ArchiveCell, cell: int) -> Straightened:
    """The straightened crops of one cell. Raises KaryoViewError where nothing can be cut."""
    if source.karyogram is not None:
        pictures, labels = _of_karyogram(read_image(source.karyogram).to_uint8())
    else:
        pictures = [dark_on_white(read_image(path).to_uint8()) for path, _ in source.crops]
        labels = [label for _, label in source.crops]
    if len(pictures) < _FEWEST:
        raise DataError(f"{source.name}: only {len(pictures)} chromosomes with a class, too few to judge their scale.")
    return of_pictures(pictures, labels, cell)


def _of_karyogram(picture: GreyArray) -> tuple[list[GreyArray], list[int]]:
    shown = read_print(picture)
    depth = ink_depth(shown.picture)
    pictures, labels = [], []
    for piece in shown.pieces:
        if piece.label is None:
            continue
        h, w = piece.mask.shape
        own = np.where(piece.mask, depth[piece.y : piece.y + h, piece.x : piece.x + w], 0)
        pictures.append(_on_white(own))
        labels.append(piece.label)
    return pictures, labels


def dark_on_white(crop: GreyArray) -> GreyArray:
    """A single chromosome (h, w), dark or bright on any ground, dark on white; its ground is the level of its edge."""
    edge = np.concatenate([crop[0], crop[-1], crop[:, 0], crop[:, -1]])
    away = float(np.median(edge)) - crop.astype(np.float32)
    strong = np.abs(away) > _FAINT
    if strong.any() and float(away[strong].sum()) < 0:
        away = -away
    return _on_white(away)


def _on_white(depth: npt.NDArray[np.float32]) -> GreyArray:
    """Ink (h, w) as grey levels with a margin of white."""
    shade = np.where(depth > _FAINT, 255 - np.clip(depth, 0, 255), 255)
    return np.pad(shade.astype(np.uint8), 3, constant_values=255)


def cut_archive(folders: Sequence[Path], name: str, output: Path) -> list[str]:
    """Cut everything that can be used into shards of the laboratory ``name``; → sentences about what was left out.

    Raises DataError for a name that is measured on only, or where nothing can be used.
    """
    if name in MEASURED_ONLY or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise DataError(f"{name!r} is no name for a laboratory to learn from; use small letters, as 'ours'.")
    cut: list[Straightened] = []
    left_out = []
    for source in archive_cells(folders):
        try:
            found = cut_cell(source, len(cut))
        except (KaryoViewError, OSError, cv2.error) as error:
            left_out.append(f"{source.name}: {error}")
            continue
        if len(found.rows):
            cut.append(found)
    if not cut:
        raise DataError(f"None of the {len(left_out)} cells can be used; the first: {left_out[0] if left_out else '–'}")
    cut_shards(f"{name}-all", range(len(cut)), output, lambda cell: cut[cell])
    return left_out


def main(arguments: Sequence[str] | None = None) -> int:
    """Cut an archive; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="crops by class folder, or karyograms")
    parser.add_argument("--name", required=True, help="the laboratory, in small letters")
    parser.add_argument("--output", type=Path, required=True, help="folder of the shards")
    args = parser.parse_args(arguments)
    for sentence in cut_archive(args.folders, args.name, args.output):
        print(f"left out: {sentence}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
