"""The user's own folder, where KaryoView keeps what belongs to no folder of images."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import platformdirs

WORKSPACE_VARIABLE: Final = "KARYOVIEW_WORKSPACE"
INDEX_VARIABLE: Final = "KARYOVIEW_INDEX"


def workspace() -> Path:
    """The user's own folder for cases and the index; ``KARYOVIEW_WORKSPACE`` overrides it."""
    chosen = os.environ.get(WORKSPACE_VARIABLE)
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("KaryoView", appauthor=False))


def index_exists() -> bool:
    """Whether there is a database of cases and people already, without making one."""
    return bool(os.environ.get(INDEX_VARIABLE)) or (workspace() / "index.sqlite").is_file()
