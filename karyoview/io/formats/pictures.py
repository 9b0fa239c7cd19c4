"""The pictures that belong to annotation files: by place in parallel folders first, then by a unique name or stem."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from karyoview.io.formats.common import FormatError
from karyoview.io.images import ImageError, is_image_file, read_image, upright_size
from karyoview.io.picture_names import base_name, stem_name

Size = tuple[int, int]


class Pictures:
    """The pictures in one folder and below, with their sizes; never one outside it."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        self._by_stem: dict[str, list[Path]] = defaultdict(list)
        if folder is None:
            return
        if not folder.is_dir():
            raise FormatError(f"{folder}: there is no such folder of images.")
        root = folder.resolve()
        for path in sorted(folder.rglob("*")):
            if is_image_file(path) and path.is_file() and path.resolve().is_relative_to(root):
                self._by_name[base_name(path.name).casefold()].append(path)
                self._by_stem[stem_name(path.name)].append(path)

    def find(self, name: str, place: Path | None = None) -> tuple[str, Size] | None:
        """(image name, (height, width)) of the picture that ``name`` (a file name or a stem) means.

        ``place`` is the folder of the label file relative to the labels' root: of several pictures of one name the
        one in the parallel folder is meant. None where there is none. Raises FormatError, naming both, where two
        remain, and where the picture cannot be read.
        """
        path, page = self._path(name, place), 0
        found = "" if path is None else path.name
        if path is None and (match := re.fullmatch(r"(.+)\.p([1-9]\d{0,4})", name)):
            path, page, found = self._path(match[1], place), int(match[2]), name
        if path is None:
            return None
        return found, _size_of(path, page)

    def all_of(self, name: str) -> list[Path]:
        """Every picture that ``name`` could mean."""
        return self._by_name.get(base_name(name).casefold()) or self._by_stem.get(stem_name(name)) or []

    def path_of(self, name: str, place: Path | None = None) -> Path | None:
        """Where the picture lies, None where there is none; raises FormatError where two remain."""
        return self._path(name, place)

    def _path(self, name: str, place: Path | None) -> Path | None:
        wanted = re.split(r"[/\\]", name)
        found = self.all_of(name)
        if len(found) > 1:
            found = self._nearest(found, [*(place.parts if place is not None else ()), *wanted[:-1]])
        if len(found) > 1:
            both = " and ".join(str(p) for p in found[:2])
            raise FormatError(f"{name}: {both} could both be meant; put the labels into a folder of the same name.")
        return found[0] if found else None

    def _nearest(self, found: list[Path], place: list[str]) -> list[Path]:
        """Those whose folders agree longest, from the innermost on, with where the label lies."""
        assert self.folder is not None
        scores = []
        for path in found:
            own = path.relative_to(self.folder).parts[:-1]
            same = 0
            for a, b in zip(reversed(own), reversed(place), strict=False):
                if a.casefold() != b.casefold():
                    break
                same += 1
            scores.append((same, len(own) == len(place)))
        best = max(scores)
        return [p for p, score in zip(found, scores, strict=True) if score == best]


@lru_cache(maxsize=256)
def _cached_size(path: Path, page: int, changed: int) -> Size:
    image = read_image(path, page=page)
    return image.height, image.width


def _size_of(path: Path, page: int) -> Size:
    try:
        size = upright_size(path) if page == 0 else None
        return size or _cached_size(path, page, path.stat().st_mtime_ns)
    except (ImageError, OSError) as error:
        raise FormatError(f"The size of a picture is needed: {error}") from error
