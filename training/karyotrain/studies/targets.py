"""What each shipped engine must reach and aims at on unseen cells, beside what its card says was reached.

``python -m karyotrain.studies.targets`` prints the table. Where a card misses a floor, the engine's notes tell under
``beyond`` what else was ``tried`` and measured, and what comes ``next``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from karyotrain.studies.common import shipped_cards
from karyoview.detectors.engine_spec import Target
from karyoview.detectors.registry import ENGINES

_NAMES: Final[Mapping[str, tuple[str, bool]]] = {
    "corrections_per_cell": ("corrections a cell", False), "aer": ("AER", True), "aer_strict": ("AER, strict", True),
    "wcr": ("WCR", True), "f1": ("F1", True), "ap50": ("AP50", True), "map50": ("mAP50", True),
    "class_accuracy": ("class right", True), "mfps": ("false positives a cell", False),
}  # fmt: skip


def missed(card: Mapping[str, Any]) -> list[Target]:
    """The floors that the engine of a card does not reach."""
    spec = ENGINES.get(str(card.get("engine")))
    return [g for g in spec.targets if not g.met(card)] if spec else []


def rows(cards: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Engine, cells, figure, must, aim, reached, as shown to people; one row for each goal of a card at hand."""
    found: list[tuple[str, ...]] = []
    for kind, spec in ENGINES.items():
        for g in spec.targets if kind in cards else ():
            mark = "" if g.met(cards[kind]) else " (missed)"
            must, aim, reached = (_shown(g.figure, v) for v in (g.must, g.aim, g.reached(cards[kind])))
            found.append((kind, g.cells, _NAMES[g.figure][0], must, aim, reached + mark))
    return found


HEAD: Final = ("Engine", "Cells", "Figure", "Must", "Aim", "Reached")


def _shown(figure: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{100 * value:.2f} %" if _NAMES[figure][1] else f"{value:.2f}"


def main() -> None:
    """Print the goals of the shipped engines as a table."""
    lines = [HEAD, *rows(shipped_cards())]
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


if __name__ == "__main__":
    main()
