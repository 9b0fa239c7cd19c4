"""``karyoview weights export``: the default engine's networks in 8 bits for this machine's processor, made once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

import numpy as np

from karyoview.core.checked_json import parse_json
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.engine_spec import ENGINES
from karyoview.detectors.exports import Export, shipped_folder
from karyoview.detectors.folders import user_weights_folder
from karyoview.detectors.graphs import Graphs, hashes_of, require_torch
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.registry import find_engines
from karyoview.io.atomic import write_atomic
from karyoview.io.images import read_image
from karyoview.services.detect import find_sources
from karyoview.services.evaluate import read_truths
from karyoview.services.samples import sample_folders

MOST_CELLS: Final = 12
"""Calibration cells that are read of a set unless another number is asked for."""


@dataclass(frozen=True, slots=True)
class CalibrationCells:
    """``paths`` of pictures, and in a few words what they are."""

    paths: tuple[Path, ...]
    about: str


def calibration_cells(cells: Path | None, images: Path | None, limit: int = MOST_CELLS) -> CalibrationCells:
    """Pictures spread evenly over ``cells``: a COCO file (``images`` beside it), a case, a folder; None: the samples.

    Raises EngineError where none can be read.
    """
    if cells is None:
        found = [path for folder in sample_folders() for path in sorted(folder.glob("cell-*"))]
        about = "sample cells"
    elif cells.is_file() and cells.suffix == ".json":
        found = [path for path in read_truths(cells, images=images).pictures.values() if path is not None]
        about = f"cells of {cells.name}"
    else:
        found = [source.path for source in find_sources([cells])[0]]
        about = f"cells of {cells.name}"
    if not found:
        raise EngineError(f"{cells or 'The installation'} holds no picture to calibrate on; name a folder with cells.")
    places = np.unique(np.linspace(0, len(found) - 1, min(limit, len(found))).round().astype(int))
    return CalibrationCells(tuple(found[i] for i in places), f"{len(places)} {about}")


def weights_file(name: str) -> Path:
    """The weights file that ``name`` means: a path, or an installed engine; EngineError where there is none."""
    if (path := Path(name)).suffix == ".safetensors":
        if not path.is_file():
            raise EngineError(f"The weights file {path} does not exist; choose another.")
        return path
    found = find_engines()[0]
    if name not in found:
        raise EngineError(f"There is no engine {name!r}; present: {', '.join(found) or 'none'}.")
    return found[name]


def export_graphs_of(name: str, *, beside: bool = False) -> list[Path]:
    """Write the graphs of the engine or weights file ``name``, which run without PyTorch; → their folders.

    They go into the user's weights folder, or ``beside`` the weights, whose card then names their hashes. Raises
    EngineError where the engine has none, or PyTorch or the extra ``cpu`` is missing.
    """
    path = weights_file(name)
    spec = ENGINES[str(read_card(card_path(path))["engine"])]
    if not spec.graph_factory:
        raise EngineError(f"{spec.title} needs PyTorch and has no graphs.")
    require_torch("Exporting")
    made: list[Graphs] = import_module("karyoview.detectors.graph_sources").export_graphs(
        import_module("karyoview.detectors.weights").load_weights(path),
        path.parent if beside else user_weights_folder(),
    )
    if beside:
        _name_in_card(card_path(path), {f: digest for graphs in made for f, digest in hashes_of(graphs).items()})
    return [graphs.folder for graphs in made]


def _name_in_card(path: Path, hashes: Mapping[str, str]) -> None:
    """Put the hashes of graphs into a card, which else stays as it is, to its indentation."""
    text = path.read_text(encoding="utf-8")
    card = parse_json(text)
    card["weights"]["graphs"] = dict(hashes)
    line = text.split("\n")[1:2]
    indent = len(line[0]) - len(line[0].lstrip()) if line else 2
    write_atomic(path, (json.dumps(card, indent=indent, ensure_ascii=False) + "\n").encode())


def export_weights(
    name: str,
    cells: CalibrationCells,
    *,
    beside: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, text: None,
) -> Export:
    """Export the engine or weights file ``name``; into the user's cache, or ``beside`` the weights, to be shipped.

    Takes about a minute of a processor. Raises EngineError where the engine has no export or the extra ``cpu`` is
    missing.
    """
    path = weights_file(name)
    kind = str(read_card(card_path(path))["engine"])
    if not ENGINES[kind].exporter:
        able = ", ".join(spec.title for spec in ENGINES.values() if spec.exporter)
        raise EngineError(f"{ENGINES[kind].title} runs as it is and has no export in 8 bits; {able} has one.")
    require_torch("Exporting")
    load_weights = import_module("karyoview.detectors.weights").load_weights

    pictures = [read_image(picture).to_uint8() for picture in cells.paths]
    made: Export = ENGINES[kind].part("exporter")(
        load_weights(path), pictures, cells.about, shipped_folder(path) if beside else None, progress
    )
    return made
