"""Which rows of the papers' tables are recipes, and why the others are not.

``python -m karyotrain.studies.paper_tables`` prints it.
"""

from __future__ import annotations

from collections import Counter
from typing import Final

from karyotrain.engines.recipe import recipes

HEAD: Final = ("Table", "Rows here", "Not here, and why")
_NO_NETWORK: Final = "the count by image analysis (Gajendran and Rodríguez 2004), which is no network"
_OTHER_TABLES: Final = "it holds no row that is trained"
MISSING: Final[dict[str, str]] = {
    "DeepACE 1": f"{_NO_NETWORK}; its other row is the last of table 2",
    "DeepACE 2": "",
    "DeepACE 3": "WCR and AER at each IoU are in the report; the row gives their mean, as the paper's last line",
    "DeepACEv2 I": _OTHER_TABLES,
    "DeepACEv2 II": "",
    "DeepACEv2 III": f"{_NO_NETWORK}; Faster R-CNN's fully connected layers begin at random (paper: from ImageNet)",
    "DeepACEv2 IV": f"{_OTHER_TABLES}; the shares of overlaps stand above",
    "DeepACEv2 V": "",
    "DeepACEv2 VI": "",
    "DeepACEv2 VII": "",
    "DeepACEv2 VIII": "",
    "DeepACEv2 IX": "the template module of DeepACE: neither paper describes it",
    "DeepACEv2 X": "",
    "DeepACC 1": "",
    "DeepACC 2": "",
    "DeepCHM I": "YOLOv3, TOOD, DINO, DDOD, VFNet, R3Det, oriented RepPoints, SCNet, oriented R-CNN, RoI Transformer, "
    "turned RetinaNet and Faster R-CNN: networks of other toolboxes, no part of which is here; Mask R-CNN: real "
    "cells have no masks. Speed is measured by tests/bench",
    "DeepCHM II": "those of table I; the figure is the mean of the paper's five folds, as a share of its 106 pictures",
    "DeepCHM III": "", "DeepCHM IV": "", "DeepCHM V": "", "DeepCHM VI": "mOD, which is not legible in our copy",
    "DeepCHM VII": "", "DeepCHM VIII": "",
    "DeepCHM IX": _OTHER_TABLES,
}  # fmt: skip
"""Every table of the four papers, with what of it is no recipe."""


def table_of_tables() -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Head and rows: each table of the papers, how many of its rows are recipes, and what is missing."""
    counted = Counter(recipe.table for recipe in recipes().values())
    return HEAD, [(name, str(counted[name]), missing or "–") for name, missing in MISSING.items()]


def main() -> None:
    """Print the table."""
    head, rows = table_of_tables()
    for name, count, missing in (head, *rows):
        print(f"{name:<16}{count:<10}{missing}")


if __name__ == "__main__":
    main()
