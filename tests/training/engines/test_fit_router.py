"""The router that says whether a specialist reads a cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from karyotrain.data.synthesis import make_cell
from karyotrain.engines.fit_router import fit_router, mean_embeddings

from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.weights import load_weights


def looks(shift: float, count: int, seed: int) -> torch.Tensor:
    """Mean embeddings of cells; a look moves a fifth of the numbers."""
    rows = torch.randn(count, 256, generator=torch.Generator().manual_seed(seed))
    rows[:, :50] += shift
    return rows


def test_known_cells_pass_and_one_in_two_hundred_others() -> None:
    router = fit_router(looks(2.0, 400, 0), looks(0.0, 400, 1))

    def share(rows: torch.Tensor) -> float:
        return float(((rows @ router["weight"][0] + router["bias"]) > 0).float().mean())

    assert share(looks(2.0, 200, 2)) > 0.95
    assert share(looks(0.0, 400, 1)) <= 0.006
    assert share(looks(0.0, 400, 3)) < 0.05
    assert share(looks(-2.0, 100, 4)) == 0.0


def test_cells_with_too_little_alone_are_left_out(tmp_path: Path, untrained_engine: Callable[..., Path]) -> None:
    engine = KaryoViewEngine(load_weights(untrained_engine(tmp_path, {})), device="cpu", settings={})
    cell = make_cell("46,XX", 3).image.astype(np.uint8)
    found = mean_embeddings(engine, [cell, np.full((200, 240), 230, np.uint8)])
    assert found.shape == (1, 256)
    assert torch.isfinite(found).all()
