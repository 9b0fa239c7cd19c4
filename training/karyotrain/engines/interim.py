"""A default engine of which only the finder is new: what crops are cut by, so that naming learns what it will be shown.

``python -m karyotrain.engines.interim --run RUN --data FOLDER`` writes ``RUN/interim/karyoview.safetensors`` from the
finder in ``RUN/finder`` and the classifier that comes with KaryoView.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from karyotrain.data.cells import labelled_cells
from karyotrain.data.errors import NoCellsError
from karyotrain.engines.assembly import read_stage
from karyotrain.engines.measure import ask, load_everything
from karyoview.core.metrics import best_f1_threshold
from karyoview.detectors.registry import find_engines
from karyoview.detectors.weights import load_weights, save_weights


def interim_engine(run: Path, data: Path, limit: int | None) -> Path:
    """The run's finder with the shipped naming network, which its crops need: only its regions are asked for."""
    shipped = load_weights(find_engines()[0]["karyoview"])
    # the shipped neighbours know the features of the shipped finder, not of this one, and the cell's network theirs
    stages = ("finder.", "learned_nms.", "cell_context.")
    tensors = {k: v for k, v in shipped.tensors.items() if not k.startswith(stages)}
    tensors |= read_stage(run / "finder", "finder.")[0]
    kept = ("engine", "name", "classes", "rotated")
    card: dict[str, Any] = {k: shipped.card[k] for k in kept if k in shipped.card}
    card |= {"operating_threshold": 0.2, "config": {"soft_sigma": 0.3}}
    path = run / "interim" / "karyoview.safetensors"
    save_weights(path, tensors, card)
    try:
        cells = labelled_cells(data, "calibration", limit)
    except NoCellsError:
        return path  # a set of one case holds none back: the low threshold stays, and more regions are cut
    engine = load_everything("karyoview", path, "auto", quality="fast", joint_assignment=False)
    found = ask(engine, cells)[0]
    card["operating_threshold"] = best_f1_threshold(found, [c.truth() for c in cells])[0]
    return save_weights(path, tensors, card)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the engine; see the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fit-limit", type=int, help="cells that the threshold is chosen on")
    args = parser.parse_args(arguments)
    print(interim_engine(args.run, args.data, args.fit_limit))


if __name__ == "__main__":
    main()
