"""What a finder saw of a cell, kept on disk: looking takes seconds a cell, and more than one network is taught by it.

``python -m karyotrain.engines.feature_cache --data FOLDER --engine FILE --kept FOLDER --cells 1250 --workers 2`` looks
ahead at the fit cases and at so many training cells; ``karyotrain.engines.train_learned_nms`` and
``karyotrain.engines.train_cell_context``
take them with ``--kept``, and look themselves at what is not there. A kept cell belongs to one finder's
weights, its pixels and the number of views.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt
import torch

from karyotrain.data.dataset import CellSet
from karyotrain.data.dataset import load as load_cells
from karyotrain.data.tensor_cache import TensorCache
from karyotrain.trainer.command import use_threads
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.finder import Finder, FinderRegions, FinderView
from karyoview.detectors.nets.learned_nms import candidates
from karyoview.detectors.weights import load_weights
from karyoview.imaging.normalization import normalize


class FeatureCache:
    """A finder that looks once at each cell: :meth:`find` as Finder's, without what no network is asked about."""

    def __init__(self, finder: Finder, folder: Path) -> None:
        self.finder, self.looked, self._kept = finder, 0, TensorCache(folder, finder)

    def find(
        self,
        image: torch.Tensor,
        views: int = 1,
        proposals: torch.Tensor | None = None,
        looked: list[FinderView] | None = None,
        scaled: Sequence[torch.Tensor] = (),
    ) -> FinderRegions:
        """The regions of one (H, W) float image 0–255; see Finder.find."""
        sizes = [tuple(each.shape) for each in scaled]
        how = f"{tuple(image.shape)} {views} {sizes}".encode()
        more = b"" if proposals is None else proposals.numpy().tobytes()
        path = self._kept.path(image.numpy().tobytes(), how, more)
        if not path.is_file():
            self.looked += 1
            found = self.finder.find(image, views, proposals, looked, scaled)
            asked = candidates(found.boxes.float(), found.scores.float())
            seen = {name: getattr(found, name)[asked] for name in FinderRegions._fields}
            self._kept.write(path, seen | {name: seen[name].half() for name in ("classes", "features")})
        kept = self._kept.read(path)
        return FinderRegions(*(kept[name] for name in FinderRegions._fields))


def as_engine_reads(engine: KaryoViewEngine, pixels: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], float]:
    """The picture (H, W) as the engine looks at it, normalized and scaled, and the factor of its size.

    The factor is 1 where the engine would not look, since the chromosomes are too small.
    """
    grey, _ = normalize(pixels)
    factor = engine.scale_of(grey) or 1.0
    if factor == 1.0:
        return grey, factor
    scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return np.asarray(scaled, np.uint8), factor


def remembering(engine: KaryoViewEngine, folder: Path | None) -> KaryoViewEngine:
    """The engine, its finder looking only at cells that are not kept in ``folder`` (None: at all)."""
    if folder is not None:
        engine.finder = FeatureCache(cast(Finder, engine.finder), folder)
    return engine


def chosen(cells: CellSet, count: int) -> list[int]:
    """Places of the ``count`` training cells that teach: of a smaller number they are the first ones."""
    return np.random.default_rng(0).permutation(len(cells))[:count].tolist()


def _look(data: Path, weights: Path, kept: Path, count: int, worker: int, workers: int, threads: int) -> int:
    use_threads(threads)
    engine = remembering(KaryoViewEngine(load_weights(weights), device="auto", settings={"precision": "bf16"}), kept)
    fit, train = load_cells(data, "calibration"), load_cells(data, "train")
    pixels = [s.pixels for s in fit] + [train[i].pixels for i in chosen(train, count)]
    for cell in pixels[worker::workers]:
        engine.candidates(as_engine_reads(engine, cell)[0])
    return int(engine.finder.looked)  # type: ignore[attr-defined]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--engine", type=Path, required=True, help="weights of the default engine")
    parser.add_argument("--kept", type=Path, required=True, help="folder for what is seen")
    parser.add_argument("--cells", type=int, default=1250, help="training cells beside the fit cells")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=1, help="of each worker")
    args = parser.parse_args()
    with ProcessPoolExecutor(args.workers, mp_context=get_context("spawn")) as pool:
        jobs = [
            pool.submit(_look, args.data, args.engine, args.kept, args.cells, i, args.workers, args.threads)
            for i in range(args.workers)
        ]
        print(f"looked at {sum(job.result() for job in jobs)} cells")


if __name__ == "__main__":
    main()
