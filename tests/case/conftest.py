"""A small case folder, and a workspace that is not the user's own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from case_samples import draw
from PIL import Image


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    monkeypatch.delenv("KARYOVIEW_INDEX", raising=False)
    return tmp_path / "workspace"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small images, one of them of two pages, and things that are no cells."""
    place = tmp_path / "Fall 7 é"
    place.mkdir()
    draw(place / "cell10.png", 10)
    draw(place / "cell2.png", 2)
    pages = [Image.fromarray(np.full((30, 40), grey, np.uint8)) for grey in (50, 90)]
    pages[0].save(place / "stack.tif", save_all=True, append_images=pages[1:])
    (place / "notes.txt").write_text("no image")
    (place / ".hidden.png").write_bytes((place / "cell2.png").read_bytes())
    (place / "sub").mkdir()
    draw(place / "sub" / "deeper.png", 3)
    return place
