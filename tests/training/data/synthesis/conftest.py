"""Made cells that several tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from karyotrain.data.synthesis import SyntheticCell, make_cell, write_case
from karyotrain.data.synthesis.paste import PasteLibrary


@pytest.fixture(scope="session")
def cells() -> list[SyntheticCell]:
    """Six cells of different seeds and karyotypes."""
    texts = ("46,XX", "46,XY", "47,XY,+21", "45,X", "47,XXY", "46,XX")
    return [make_cell(text, seed) for seed, text in enumerate(texts, start=100)]


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case folder of eight made cells, standing in for a real case to cut from."""
    folder = tmp_path_factory.mktemp("cut") / "case"
    write_case(folder, (make_cell("46,XY" if s % 2 else "46,XX", 300 + s) for s in range(8)))
    return folder


@pytest.fixture(scope="session")
def library(case: Path, tmp_path_factory: pytest.TempPathFactory) -> PasteLibrary:
    return PasteLibrary.build(case, case / "truth.json", tmp_path_factory.mktemp("pieces"))
