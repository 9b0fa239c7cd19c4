"""The sample cases: copies in the user's own workspace, with proposals, so that nothing shipped is ever changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from karyoview._resources import resource
from karyoview.core.errors import KaryoViewError
from karyoview.io.images import is_image_file
from karyoview.io.user_data import workspace


def sample_folders() -> list[Path]:
    """The sample cases that came with KaryoView."""
    root = resource("sample")
    return sorted(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else []


def copy_sample(name: str = "") -> Path:
    """Copy a sample case (the first by default) into the workspace, once, and return the copy's folder."""
    found = [p for p in sample_folders() if not name or p.name == name]
    if not found:
        raise KaryoViewError("The sample case is missing in this installation; open a folder of your own instead.")
    source, target = found[0], workspace() / "samples" / found[0].name
    if not target.is_dir():
        partial = target.with_name(target.name + ".part")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for file in sorted(source.iterdir()):
            if is_image_file(file):
                shutil.copyfile(file, partial / file.name)
        partial.rename(target)
    return target


def prepare_sample(name: str = "", tell: Callable[[str], None] = lambda line: None) -> tuple[Path, str]:
    """The copy of a sample case with proposals on its cells, as ``karyoview demo`` makes it; slow, for a worker.

    Returns its folder and who gave the boxes, empty for a copy on which work was begun before. Raises
    KaryoViewError with a sentence.
    """
    from karyoview.case.location import STORE_NAME
    from karyoview.services.demo import prepare

    folder = copy_sample(name)
    if (folder / STORE_NAME).exists():
        return folder, ""
    original = next(p for p in sample_folders() if p.name == folder.name)
    return folder, prepare(folder, tell=tell, truth=original).given_by
