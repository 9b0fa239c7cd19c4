"""Networks in 8 bits for the benches: ``BENCH_EXPORT`` names the folder that ``karyoview weights export`` printed.

Tests do not read the caches of the person who runs them, where exports lie.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from karyoview.detectors.exports import export_folder


@pytest.fixture(scope="session", autouse=True)
def exported_networks() -> None:
    """The named export stands in the cache of this run."""
    if named := os.environ.get("BENCH_EXPORT"):
        folder = Path(named).resolve()
        manifest = json.loads((folder / "export.json").read_text(encoding="utf-8"))
        place = export_folder(manifest["weights_hash"])
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.symlink_to(folder)
