"""The sample cases: copies in the user's own workspace, with proposals, so that nothing shipped is ever changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from karyoview._resources import resource
from karyoview.core.errors import KaryoViewError
from karyoview.io.user_data import workspace


def sample_folders() -> list[Path]:
    """The sample cases that came with KaryoView."""
    root = resource("sample")
    return sorted(p for p in root.iterdir() if p.is_dir()) if root.is_dir() else []


def prepare_sample(name: str = "", tell: Callable[[str], None] = lambda line: None) -> tuple[Path, str]:
    """The copy of a sample case (the first by default) with proposals, as ``karyoview demo`` makes it; slow.

    Returns its folder and who gave the boxes, empty for a copy on which work was begun before. Raises
    KaryoViewError with a sentence.
    """
    from karyoview.case.location import STORE_NAME
    from karyoview.services.demo import copy_sample, prepare

    found = [p.name for p in sample_folders() if not name or p.name == name]
    if not found:
        raise KaryoViewError("The sample case is missing in this installation; open a folder of your own instead.")
    folder = copy_sample(workspace() / "samples", found[0])
    return folder, "" if (folder / STORE_NAME).exists() else prepare(folder, tell=tell).given_by
