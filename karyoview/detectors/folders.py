"""Where weights lie: the laboratory's own folder, then the one that came with KaryoView."""

from __future__ import annotations

import os
from pathlib import Path


def user_weights_folder() -> Path:
    """Where a laboratory keeps its own weights: ``KARYOVIEW_WEIGHTS``, else the user's data folder."""
    named = os.environ.get("KARYOVIEW_WEIGHTS")
    if named:
        return Path(named)
    import platformdirs  # training runs without it

    return platformdirs.user_data_path("KaryoView", appauthor=False) / "weights"


def shipped_weights_folder() -> Path:
    """Where the weights that came with KaryoView lie."""
    from karyoview._resources import resource

    return resource("weights")


def weights_folders() -> tuple[Path, ...]:
    """Folders searched for engines and trunks, the user's first."""
    return (user_weights_folder(), shipped_weights_folder())
