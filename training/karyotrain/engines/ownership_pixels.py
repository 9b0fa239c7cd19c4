"""Teach what a picture's own pixels add to the ownership network: where, to a pixel, a chromosome ends.

``python -m karyotrain.engines.ownership_pixels --weights FILE --output FILE [--library FILE.npz] [--cells 12]``. The
network sees coarser pixels than the picture has; a logistic regression of exact masks on its log odds, on depth and on
foreground is written beside it into a file of the same network. Cells are those the network is taught on.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file, save_file
from scipy.optimize import minimize

from karyotrain.data.synthesis import SyntheticCell
from karyotrain.data.synthesis.paste import PasteLibrary
from karyotrain.engines.train_ownership import moved_rows, training_cells
from karyoview.core.geometry import boxes_to_array, capsule_bounds
from karyoview.imaging.masks import find_foreground
from karyoview.imaging.ownership import PIXELS, OwnershipNet, Surroundings, in_picture, pixel_terms

FloatArray = npt.NDArray[np.float64]

_NEAR: Final = 3.5  # log odds of the pixels that are in question
_EACH: Final = 300  # pixels a chromosome
_DECAY: Final = 1e-4


def pixels_of(
    net: OwnershipNet, cell: SyntheticCell, rng: np.random.Generator
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Of each chromosome some pixels in question (K, 7), odds, one and terms, and whether they are its own (K,)."""
    grey = np.asarray(cell.image, np.uint8)
    exact = boxes_to_array([t.box for t in cell.truth])
    for rows in (exact, moved_rows(exact, rng)):
        front = find_foreground(grey, capsule_bounds(rows))
        around, terms = Surroundings(front, rows), pixel_terms(front)
        for i, truth in enumerate(cell.truth):
            frame, seen = around.frame(i)
            (x1, y1, x2, y2), odds = in_picture(net(seen[None])[0], frame, front.mask.shape)
            if odds is None:
                continue
            whole = truth.full_mask((grey.shape[0], grey.shape[1]))[y1:y2, x1:x2]
            near = np.flatnonzero(np.abs(odds) < _NEAR)
            near = rng.permutation(near)[:_EACH]
            columns = [odds, np.ones_like(odds), *(term[y1:y2, x1:x2] for term in terms)]
            yield np.stack([c.ravel()[near] for c in columns], 1).astype(np.float64), whole.ravel()[near].astype(float)


def fit_pixels(net: OwnershipNet, cells: Iterable[SyntheticCell], seed: int = 0) -> npt.NDArray[np.float32]:
    """The weights (7,) of log odds, a constant, and karyoview.imaging.ownership.pixel_terms."""
    rng = np.random.default_rng([seed, 6])
    pairs = [pair for cell in cells for pair in pixels_of(net, cell, rng)]
    seen, own = np.concatenate([s for s, _ in pairs]), np.concatenate([o for _, o in pairs])

    def loss(weights: FloatArray) -> tuple[float, FloatArray]:
        odds = seen @ weights
        away = 1 / (1 + np.exp(-odds)) - own
        value = float(np.mean(np.logaddexp(0, odds) - own * odds)) + _DECAY * float(weights @ weights)
        return value, seen.T @ away / len(own) + 2 * _DECAY * weights

    found = minimize(loss, np.eye(1, seen.shape[1])[0], jac=True, method="L-BFGS-B")
    return np.asarray(found.x, dtype=np.float32)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and write; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, help="the network's file")
    parser.add_argument("--output", type=Path, required=True, help="the file to write")
    parser.add_argument("--library", type=Path, help="library of cut chromosomes (karyotrain.data.synthesis.library)")
    parser.add_argument("--cells", type=int, default=12, help="cells of each kind")
    args = parser.parse_args(arguments)
    library = PasteLibrary.read(args.library) if args.library else None
    tensors = load_file(args.weights)
    tensors[PIXELS] = fit_pixels(OwnershipNet(tensors), training_cells(library, args.cells, args.cells, 0))
    save_file(tensors, args.output)
    about = args.weights.with_suffix(".about.json")
    if about.exists() and about.resolve() != args.output.with_suffix(".about.json").resolve():
        shutil.copyfile(about, args.output.with_suffix(".about.json"))
    print(f"{args.output}: {PIXELS} {np.round(tensors[PIXELS], 3).tolist()}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
