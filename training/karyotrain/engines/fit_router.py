"""Give general weights a specialist, and fit the router that says which cells it reads (detectors.specialist).

``python -m karyotrain.engines.fit_router --general FILE --specialist FILE --data FOLDER --straight FOLDER --output
FOLDER``: a logistic function of the mean embedding of a cell's lone chromosomes, by the specialist's classifier, parts
calibration cells of the hospital that it learnt from, after the first ``--spare``, and ``--cells`` of its training
cells from cells of other looks: laid out anew from ``--straight``, drawn, and laid out from the crops of ``data/labs``
that training learns from. The cut lets one in two hundred of those others pass; the share of the spare cells that pass
is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from karyotrain.data.dataset import load
from karyotrain.data.laid_out import held_out, laid_out_cells, read_crops
from karyotrain.data.synthesis import drawn_cells
from karyotrain.data.synthesis.relaid import relaid_cells
from karyotrain.engines.feature_cache import chosen
from karyotrain.engines.fit_appearance import LEARNT_FROM
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.classifier import EMBEDDING_DIM
from karyoview.detectors.specialist import with_specialist
from karyoview.detectors.weights import load_weights, save_weights
from karyoview.imaging.normalization import normalize

_DRAWN_SEED: Final = 10_000_000
_WEIGHT_DECAY: Final = 0.01
_OTHERS_PASS: Final = 0.005  # a foreign cell read by the specialist costs far more than the reverse


def mean_embeddings(engine: KaryoViewEngine, pictures: Iterable[npt.NDArray[np.uint8]]) -> Tensor:
    """Mean embeddings (N, 256) of the lone chromosomes of (H, W) uint8 pictures, of those that show enough."""
    found = [engine.lone_embeddings(normalize(pixels)[0]) for pixels in pictures]
    means = [torch.from_numpy(each).float().mean(0) for each in found if each is not None]
    return torch.stack(means) if means else torch.zeros(0, EMBEDDING_DIM)


def fit_router(known: Tensor, others: Tensor) -> dict[str, Tensor]:
    """``weight`` (1, 256) and ``bias`` (1,), positive on 0.5 % of ``others`` (M, 256) and most ``known`` (N, 256)."""
    rows = torch.cat([known, others])
    wanted = torch.cat([torch.ones(len(known)), torch.zeros(len(others))])
    mean, spread = rows.mean(0), rows.std(0) + 1e-3
    line = nn.Linear(EMBEDDING_DIM, 1)
    nn.init.zeros_(line.weight)
    nn.init.zeros_(line.bias)
    optimiser = torch.optim.LBFGS(line.parameters(), max_iter=500)

    def loss() -> Tensor:
        optimiser.zero_grad()
        odds = line((rows - mean) / spread)[:, 0]
        value = (
            nn.functional.binary_cross_entropy_with_logits(odds, wanted) + _WEIGHT_DECAY * line.weight.square().sum()
        )
        value.backward()
        return value

    optimiser.step(loss)
    weight = (line.weight / spread).detach()
    cut = torch.quantile((others @ weight[0]), 1 - _OTHERS_PASS)
    return {"weight": weight, "bias": -cut.reshape(1)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Put a specialist and its router into weights; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--general", type=Path, required=True, help="weights of the default engine")
    parser.add_argument("--specialist", type=Path, required=True, help="weights of one that knows a single look")
    parser.add_argument("--data", type=Path, required=True, help="folder with taichung and labs")
    parser.add_argument("--straight", type=Path, required=True, help="folder of karyotrain.data.straight_crops")
    parser.add_argument("--cells", type=int, default=110, help="training cells, and cells of each other look, at most")
    parser.add_argument("--spare", type=int, default=60, help="calibration cells that nothing is fitted on")
    parser.add_argument("--output", type=Path, required=True)
    args = parser.parse_args(arguments)
    general, specialist = load_weights(args.general), load_weights(args.specialist)
    engine = KaryoViewEngine(specialist, device="cpu", settings={"precision": "bf16"})
    home = [sample.pixels for sample in load(args.data / "taichung", "calibration")]
    train = load(args.data / "taichung", "train")
    spare = mean_embeddings(engine, home[: args.spare])
    known = mean_embeddings(engine, [*home[args.spare :], *(train[i].pixels for i in chosen(train, args.cells))])
    pictures: list[Iterable[npt.NDArray[np.uint8]]] = [
        (np.asarray(cell.image, np.uint8) for cell in relaid_cells(args.straight, args.cells)),
        (cell.image.astype(np.uint8) for cell in drawn_cells(args.cells, _DRAWN_SEED)),
    ]
    crops = read_crops(args.data / "labs")
    for lab in LEARNT_FROM:
        names = sorted(set(crops[lab]) - set(held_out(lab, crops[lab])))
        pictures += [
            (cell.pixels for cell in laid_out_cells(args.data / "labs", lab, gap=gap, limit=args.cells, names=names))
            for gap in (-2, 4)
        ]
    others = torch.cat([mean_embeddings(engine, shown) for shown in pictures])
    router = fit_router(known, others)
    passed = float(((spare @ router["weight"][0] + router["bias"]) > 0).float().mean())
    tensors = dict(specialist.tensors) | {f"router.{name}": value for name, value in router.items()}
    both, card = with_specialist(general, replace(specialist, tensors=tensors))
    trunk = general.card["weights"].get("trunk")
    save_weights(args.output / args.general.name, both, card, trunk_prefix=trunk["prefix"] if trunk else None)
    print(
        f"{len(known)} known cells against {len(others)} others; {100 * passed:.0f} % of {len(spare)} spare ones pass"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
