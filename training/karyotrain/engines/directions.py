"""Gives an engine without classes what it needs to tell p from q: the default engine's profiles of all classes.

``python -m karyotrain.engines.directions --weights FILE --engine FILE --crops FOLDER --output FILE`` copies the
weights of a DeepCHM (``--weights``) with the directions of a default engine (``--engine``) in them, and
besides the mean profile, spread and relative length of each class, learnt from labelled crops of real
chromosomes (``--crops``, cut by ``python -m karyotrain.data.crops``) turned p up by those directions.
The card follows: hash, ``direction: profile``, and what else ``--set NAME=VALUE`` changes in its config.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from karyotrain.data.crops import CropSet
from karyotrain.data.errors import DataError
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.nets.rotated_detector import DeepCHMConfig
from karyoview.detectors.orientation import CLASS_FREE, ClassFree, class_free
from karyoview.detectors.weights import load_weights, read_tensors, save_weights
from karyoview.imaging.direction import crop_profile

PREFIX: Final = "orientation."


def learn(crops: CropSet, cells: np.ndarray, means: np.ndarray, slopes: np.ndarray, most: int = 10_000) -> ClassFree:
    """From at most ``most`` labelled crops with clear masks; ``cells`` (N,) says which cell each crop is of.

    ``means`` (24, 128) and ``slopes`` (24,) of the default engine. Raises DataError where classes are missing.
    """
    rows = np.flatnonzero((crops.labels < len(CLASSES)) & (crops.confidence >= 40))
    _, of = np.unique(cells[rows], return_inverse=True)
    whole = np.flatnonzero(np.bincount(of) >= 30)  # the median of a few chromosomes is no measure
    keep = np.random.default_rng(0).permutation(whole)
    profiles, lengths, labels = [], [], []
    for cell in keep:
        own = rows[of == cell]
        cut = crops.read(own)
        extent = np.array([_extent(c) for c in cut], dtype=np.float64)
        for crop, length, row in zip(cut, extent / max(float(np.median(extent)), 1.0), own, strict=True):
            if (profile := crop_profile(crop)) is not None:
                profiles.append(profile)
                lengths.append(length)
                labels.append(crops.labels[row])
        if len(labels) >= most:
            break
    try:
        return class_free(np.array(profiles), np.array(lengths), np.array(labels, dtype=np.int64), means, slopes)
    except ValueError as error:
        raise DataError(f"These crops do not tell all classes ({error}); cut more of them.") from error


def _extent(crop: np.ndarray) -> int:
    rows = np.flatnonzero((crop[1] > 127).any(1))
    return int(rows[-1] - rows[0] + 1) if len(rows) else 1


def with_directions(weights: Path, known: ClassFree, output: Path, changes: Mapping[str, Any] | None = None) -> Path:
    """Writes ``output``: the tensors of ``weights`` with what ``known`` holds, and the card with the new hash.

    ``changes`` are settings of DeepCHMConfig for the card's config. Raises EngineError for names that do not exist.
    """
    old = load_weights(weights)
    card = dict(old.card)
    config = {**card.get("config", {}), "direction": "profile", **(changes or {})}
    card["config"] = DeepCHMConfig.from_dict(config).to_dict()
    precision = card.pop("weights").get("precision", "fp16")
    tensors = {k: v for k, v in old.tensors.items() if not k.startswith(PREFIX)}
    for name, array in zip(CLASS_FREE, known.arrays(), strict=True):
        tensors[PREFIX + name] = torch.from_numpy(array).float().contiguous()
    return save_weights(output, tensors, card, precision=precision)


def directions_of(engine: Path) -> tuple[np.ndarray, np.ndarray]:
    """``means`` (24, 128) and ``slopes`` (24,) of a default engine's weights; DataError where it holds none."""
    tensors = read_tensors(engine)
    try:
        means, slopes = (tensors[PREFIX + n].double().numpy() for n in ("means", "slopes"))
    except KeyError as error:
        raise DataError(f"{engine} tells no directions ({error}); give weights of the default engine.") from error
    return means, slopes


def _value(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file and say where it is."""
    parser = argparse.ArgumentParser(description="Gives weights of DeepCHM the profiles that tell p from q.")
    parser.add_argument("--weights", type=Path, required=True, help="weights of a DeepCHM")
    parser.add_argument("--engine", type=Path, required=True, help="weights of the default engine")
    parser.add_argument("--crops", type=Path, required=True, help="folder of labelled crops")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--most", type=int, default=10_000, help="crops to learn from")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the card")
    args = parser.parse_args(arguments)
    try:
        crops = CropSet(args.crops, "train")
        cells = np.concatenate([np.load(p)[:, 0] for p in sorted(args.crops.glob("train-*.table.npy"))])
        known = learn(crops, cells, *directions_of(args.engine), most=args.most)
        print(with_directions(args.weights, known, args.output, dict(_value(s) for s in args.set)))
    except KaryoViewError as error:
        parser.exit(1, f"{error}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
