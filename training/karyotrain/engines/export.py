"""What goes with the weights of a finished run: the card that says where they come from, and pieces to carry."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import torch

from karyotrain.engines.network import Network
from karyotrain.engines.recipe import Recipe
from karyoview.detectors.cards import DIFFERENCES
from karyoview.detectors.paper_differences import differences

CITATIONS: Final = {
    "taichung": (
        "Tseng J-J. et al., An open dataset of annotated metaphase cell images for chromosome identification, "
        "Scientific Data 10:104 (2023), doi 10.1038/s41597-023-02003-7; Cell Image Library CIL:54816, "
        "doi 10.7295/W9CIL54816. Our copy states no licence."
    )
}
"""What must be cited wherever weights are described that were trained on a known set, by its folder's name."""
_FIGURES: Final = (
    "images", "truths", "rule", "iou", "score_threshold", "rotated", "corrections_per_cell",
    "corrections_per_cell_with_class", "wcr", "wcr_class", "aer", "aer_paper", "aer_strict", "acc", "acc_deepacc", "f1",
    "precision", "recall", "ap50", "ap75", "ap50_95", "map50", "map50_all_point", "mapmax", "mr2", "mfps", "mod",
    "recall_100", "class_accuracy", "ece", "intervals", "at_iou",
)  # fmt: skip


def describe_machine(device: torch.device) -> str:
    """The kind of machine, as ``NVIDIA H100 80GB HBM3`` or ``x86_64, 2 cores``; never its name."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return f"{platform.machine()}, {torch.get_num_threads()} threads"


def make_card(
    network: Network,
    recipe: Recipe,
    *,
    data: Mapping[str, Any],
    progress: Mapping[str, Any],
    report: Mapping[str, Any] | None,
    device: torch.device,
    title: str = "",
) -> dict[str, Any]:
    """The card of weights from this run; ``data`` are statistics and sources, ``progress`` steps and hours."""
    sources = [str(s) for s in data.get("sources", ())]
    card = {
        "engine": recipe.engine, "name": recipe.engine, "title": title or network.kind.title,
        "classes": list(network.classes), "rotated": network.kind.rotated,
        "operating_threshold": float(progress.get("threshold", 0.5)), "config": network.config.to_dict(),
        "chromosome_width": recipe.chromosome_width, "width_tolerance": recipe.width_tolerance,
        "data": {**data, "citations": [CITATIONS[s] for s in sources if s in CITATIONS]},
        "training": {
            "recipe": recipe.to_dict(),
            "seed": recipe.seed,
            "started": progress.get("started_from", ""),
            "steps": progress.get("step"),
            "hours": round(progress.get("seconds", 0.0) / 3600, 3),
            "machine": describe_machine(device),
        },
        "metrics": {k: report[k] for k in _FIGURES if report and report.get(k) is not None},
        "limits": "For review by a cytologist. Not a medical device.",
    }  # fmt: skip
    return card | ({DIFFERENCES: found} if (found := differences(card)) else {})


def split_file(path: Path, limit: int = 15 * 2**20) -> list[Path]:
    """Cut a file into pieces ``<name>.part01`` … of at most ``limit`` bytes; the file itself stays.

    ``cat`` in the order of their numbers puts them together again.
    """
    data = path.read_bytes()
    pieces = []
    for number, start in enumerate(range(0, max(len(data), 1), limit), 1):
        piece = path.with_name(f"{path.name}.part{number:02d}")
        piece.write_bytes(data[start : start + limit])
        pieces.append(piece)
    return pieces
