"""The one function that finds a resource: in a frozen build, in an installed wheel or in a bare checkout."""

from __future__ import annotations

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Path of a file or folder shipped with KaryoView, as ``resource("bands", "README.md")``.

    The path need not exist, so that optional resources (weights of one engine) can be asked for.
    Raises FileNotFoundError when the resources as a whole are missing, which means a broken install.
    """
    return _root().joinpath(*parts)


def _root() -> Path:
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [Path(frozen) / "karyoview" / "resources"] if frozen else []
    places += [package / "resources", package.parent / "resources"]
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(
        f"KaryoView's resources are missing (looked in {', '.join(map(str, places))}); install it again."
    )
