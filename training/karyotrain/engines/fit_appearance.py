"""Fit what the default engine compares a cell's look with (nets.appearance), on cells that its classifier never saw.

``python -m karyotrain.engines.fit_appearance --engine FILE --data FOLDER --output FOLDER``: the engine looks at
``--cells`` calibration cells, at as many held-out cells of each laboratory of ``labs`` that it learnt from, laid out
apart, and at as many drawn ones; their means, spread and usual distance are written into weights in ``--output``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from karyotrain.data.dataset import load
from karyotrain.data.laid_out import held_out, laid_out_cells, read_crops
from karyotrain.data.synthesis import make_cell
from karyotrain.engines.feature_cache import as_engine_reads
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.appearance import MAX_LABORATORIES, Appearance
from karyoview.detectors.weights import load_weights, save_weights

LEARNT_FROM: Final = ("padova", "pampaj")
_DRAWN_SEED: Final = 6_000_000
_USUAL: Final = 0.99  # share of the known cells within the usual distance
_WITHIN: Final = 0.15  # of the spread within a cell, so that few cells do not make the scale too small
_LEAST: Final = 0.01
_HOME: Final = "hospital"


def embeddings_of(engine: KaryoViewEngine, pictures: Iterable[Any]) -> list[Tensor]:
    """Embeddings (N, 256) of the chromosomes that the engine counts in each (H, W) uint8 picture."""
    found = []
    for pixels in pictures:
        regions = engine.named_regions(as_engine_reads(engine, pixels)[0])
        counted = regions.scores[: len(regions.masks)] >= engine.finder_threshold
        found.append(torch.from_numpy(regions.embeddings[counted]).float())
    return found


def known_looks(cells: Mapping[str, Sequence[Tensor]]) -> dict[str, Tensor]:
    """Tensors of an Appearance from the embeddings (N, 256) of cells of at most 8 laboratories.

    The spread is that of the first laboratory, the usual distance that which 99 % of all cells keep.
    """
    means = [torch.stack([cell.mean(0) for cell in lab]) for lab in cells.values()]
    first = next(iter(cells.values()))
    looks = Appearance()
    looks.scale = means[0].std(0) + _WITHIN * torch.stack([cell.std(0) for cell in first]).mean(0) + _LEAST
    looks.known[: len(means)] = 1
    looks.means[: len(means)] = torch.stack([mean.mean(0) for mean in means[:MAX_LABORATORIES]])
    distances = [float(looks.distances(cell).min()) for lab in cells.values() for cell in lab]
    looks.usual = torch.tensor(float(np.quantile(distances, _USUAL)))
    return {f"appearance.{name}": value for name, value in looks.state_dict().items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit the looks that are known; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder with taichung and labs")
    parser.add_argument("--cells", type=int, default=30)
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args(arguments)
    weights = load_weights(args.engine)
    engine = KaryoViewEngine(weights, device="cpu", settings={"precision": "bf16"})
    home = load(args.data / "taichung", "calibration", limit=args.cells)
    pictures: dict[str, Iterable[Any]] = {_HOME: (home[i].pixels for i in range(len(home)))}
    crops = read_crops(args.data / "labs")
    for lab in LEARNT_FROM:
        names = held_out(lab, crops[lab])
        made = laid_out_cells(args.data / "labs", lab, gap=4, limit=args.cells, names=names)
        pictures[lab] = (cell.pixels for cell in made)
    pictures["drawn"] = (make_cell("46,XX", _DRAWN_SEED + i).image.astype(np.uint8) for i in range(args.cells))
    cells = {name: [e for e in embeddings_of(engine, shown) if len(e) > 1] for name, shown in pictures.items()}
    tensors = dict(weights.tensors) | known_looks(cells)
    trunk = weights.card["weights"].get("trunk")
    card = {k: v for k, v in weights.card.items() if k != "weights"}
    path = args.output / args.engine.name
    save_weights(path, tensors, card, precision="fp16", trunk_prefix=trunk["prefix"] if trunk else None)
    fitted = KaryoViewEngine(load_weights(path), device="cpu", settings={"precision": "bf16"})
    assert fitted.model.appearance is not None
    for name, shown in cells.items():
        values = sorted(fitted.model.appearance.novelty(cell) or 0.0 for cell in shown)
        print(f"{name}: {len(values)} cells, novelty {values[len(values) // 2]:.2f} (largest {values[-1]:.2f})")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
