"""Which files of a case's folder are cells: the top level only, in the order a person expects."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from karyoview.case.schema import check_file_name, new_cell_row
from karyoview.core.errors import KaryoViewError
from karyoview.io.documents import Document, DocumentError

_SINGLE_PAGE: Final = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".webp", ".jp2", ".j2k", ".jpx"})
_MAX_PAGES: Final = 1000


@dataclass(frozen=True, slots=True)
class FolderListing:
    """The files at the top level of ``folder``; ``names`` maps each name in composed form to the name on disk."""

    folder: Path
    names: Mapping[str, str]

    def path(self, file: str) -> Path | None:
        """Where a file of that name lies, however the disk composes its letters; None when it is gone."""
        name = self.names.get(_composed(file))
        return None if name is None else self.folder / name

    def others(self, known: Iterable[str]) -> list[str]:
        """The names that are not among ``known``, in natural order."""
        seen = {_composed(name) for name in known}
        return sorted((name for key, name in self.names.items() if key not in seen), key=natural_key)


def list_folder(folder: Path) -> FolderListing:
    """Look at the folder now. Raises OSError."""
    # A pipe or a device is no picture: who opens one waits for ever.
    names = [entry.name for entry in os.scandir(folder) if entry.is_file()]
    return FolderListing(folder, {_composed(name): name for name in sorted(names)})


def new_rows(listing: FolderListing, known: Iterable[str]) -> tuple[list[Document], list[str]]:
    """Rows of case.json for the images that are not ``known``, and sentences about those left out."""
    from karyoview.io.images import is_image_file
    from karyoview.io.own_pictures import is_own_picture
    from karyoview.io.picture_names import MAX_NAME_BYTES

    rows: list[Document] = []
    notices: list[str] = []
    drawn: list[str] = []
    listed = list(known)
    alike = {name.casefold(): name for name in listed}
    for name in listing.others(listed):
        path = listing.folder / name
        if name.startswith(".") or not is_image_file(path):
            continue
        try:
            if len(name.encode()) > MAX_NAME_BYTES:
                notices.append(f"{name[:40]}… is left out: its name is too long; shorten it.")
                continue
            check_file_name(name, str(listing.folder))
        except (UnicodeEncodeError, DocumentError):
            notices.append(f"{name!a} is left out: its name has characters that not every system allows; rename it.")
            continue
        if is_own_picture(path):
            drawn.append(name)
            continue
        if (twin := alike.setdefault(name.casefold(), name)) != name:
            # Their annotations would be one file on Windows, on a Mac and on many a stick.
            notices.append(f"{name} is left out: it differs from {twin} in capitals only; rename one of the two.")
            continue
        pages, left_out = _pages(path)
        if left_out:
            notices.append(left_out)
        if len(pages) > _MAX_PAGES:
            notices.append(
                f"{name} has {len(pages)} pages, of which the first {_MAX_PAGES} are listed; split the file."
            )
        rows += [new_cell_row(name, page) for page in pages[:_MAX_PAGES]]
    if drawn:
        named = ", ".join(drawn[:3]) + (f" and {len(drawn) - 3} others" if len(drawn) > 3 else "")
        notices.append(f"Left out: {named}: drawn by KaryoView from a cell, so no metaphase of its own.")
    return rows, notices


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key under which ``cell2`` comes before ``cell10``."""
    parts = re.split(r"([0-9]+)", name.casefold())
    numbers = ((1, int(p), "") if p.isascii() and p.isdigit() else (0, 0, p) for p in parts)
    return (*numbers, (0, 0, name))


def _pages(path: Path) -> tuple[list[int], str]:
    """The pages that are cells, and a sentence about planes and copies that are none."""
    from karyoview.io.images import list_pictures

    if path.suffix.lower() in _SINGLE_PAGE:
        return [0], ""
    try:
        pages, left_out = list_pictures(path)
    except (KaryoViewError, OSError):
        # A file that cannot be read is a cell too: its reason is told when it is looked at.
        return [0], ""
    return pages or [0], left_out


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
