"""Where weights come from: the reviewed cells they have seen, and the weights they began from.

An engine must never be judged on a cell that taught it, nor on one that taught an engine it was
fine-tuned from; so the cells travel in its card, by the digest of their pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from karyoview.core.checked_json import read_json
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import card_path, read_card


@dataclass(frozen=True, slots=True)
class Lineage:
    """``versions`` of the data sets, ``cells`` (digests) ever trained on, ``start`` the hash of the weights
    begun from (empty: none), ``threshold`` the score cut that those were used with, ``stages`` their runs."""

    versions: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    start: str = ""
    threshold: float = 0.5
    stages: tuple[dict[str, Any], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Members for a card's ``data``; empty ones are left out."""
        found = {"versions": list(self.versions), "trained_cells": list(self.cells), "started_from": self.start}
        return {k: v for k, v in found.items() if v}


def lineage(data: Sequence[Path], start: Path | None) -> Lineage:
    """What training on ``data`` from the weights ``start`` inherits and adds; what cannot be read adds nothing."""
    versions: list[str] = []
    cells: set[str] = set()
    for folder in data:
        try:
            manifest = read_json(folder / "manifest.json")
            versions.append(str(manifest["version"]))
            cells.update(str(row["sha256"]) for row in manifest["cells"] if row["split"] == "train")
        except (OSError, ValueError, KeyError, TypeError):
            continue
    try:
        card = {} if start is None else read_card(card_path(start))
    except KaryoViewError:
        card = {}
    if isinstance(before := card.get("data", {}).get("trained_cells"), list):
        cells.update(str(c) for c in before)
    begun, threshold = str(card.get("weights", {}).get("hash", "")), float(card.get("operating_threshold", 0.5))
    stages = card.get("training", {}).get("stages")
    earlier = tuple(stages) if isinstance(stages, list) else ()
    return Lineage(tuple(versions), tuple(sorted(cells)), begun, threshold, earlier)
