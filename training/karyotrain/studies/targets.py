"""What each shipped engine must reach and aims at on unseen cells, beside what its card says was reached.

``python -m karyotrain.studies.targets`` prints the table. A card that misses a floor tells under ``beyond`` what else
was ``tried`` and measured, and what comes ``next``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from karyotrain.studies.reproduce import shipped_cards

VAL: Final = "taichung/val"
PASTED: Final = "pasted val cells"
_NAMES: Final[Mapping[str, tuple[str, bool]]] = {
    "corrections_per_cell": ("corrections a cell", False), "aer": ("AER", True), "aer_strict": ("AER, strict", True),
    "wcr": ("WCR", True), "f1": ("F1", True), "ap50": ("AP50", True), "map50": ("mAP50", True),
    "class_accuracy": ("class right", True), "mfps": ("false positives a cell", False),
}  # fmt: skip
_LESS_IS_BETTER: Final = frozenset({"corrections_per_cell", "aer", "aer_strict", "mfps"})


@dataclass(frozen=True, slots=True)
class Target:
    """One figure of one engine: its floor ``must`` (None: there is none) and its ``aim``; shares in 0–1."""

    engine: str
    figure: str
    must: float | None
    aim: float | None
    cells: str = VAL

    def reached(self, card: Mapping[str, Any]) -> float | None:
        """The figure in a card; None where it was not measured."""
        value = card.get("metrics", {}).get(self.cells, {}).get(self.figure)
        return None if value is None else float(value)

    def met(self, card: Mapping[str, Any]) -> bool:
        """Whether the floor is reached; where there is none, nothing is missed."""
        if self.must is None:
            return True
        value = self.reached(card)
        if value is None:
            return False
        return value <= self.must if self.figure in _LESS_IS_BETTER else value >= self.must


TARGETS: Final = (
    Target("karyoview", "map50", 0.95, 0.996),
    Target("karyoview", "class_accuracy", 0.975, None),
    Target("karyoview", "corrections_per_cell", 2.5, 0.5),
    Target("karyoview", "wcr", None, 0.75),
    Target("deepace", "aer", 0.04, 0.0249),
    Target("deepace", "wcr", 0.35, 0.48),
    Target("deepace-v2", "aer", 0.02, 0.01),
    Target("deepace-v2", "f1", 0.99, 0.995),
    Target("deepace-v2", "wcr", 0.50, 0.75),
    Target("deepacc", "map50", 0.92, 0.98),
    Target("deepacc", "aer_strict", 0.12, 0.03),
    Target("deepchm", "ap50", 0.90, 0.95, PASTED),
    Target("deepchm", "mfps", None, 1.0, PASTED),
)
"""The aims of the published systems lean on the figures of their papers, which are of other cells than these."""


def missed(card: Mapping[str, Any]) -> list[Target]:
    """The floors that the engine of a card does not reach."""
    return [g for g in TARGETS if g.engine == card.get("engine") and not g.met(card)]


def rows(cards: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Engine, cells, figure, must, aim, reached, as shown to people; one row for each goal of a card at hand."""
    found = []
    for g in TARGETS:
        if g.engine in cards:
            card = cards[g.engine]
            mark = "" if g.met(card) else " (missed)"
            values = (_shown(g.figure, v) for v in (g.must, g.aim, g.reached(card)))
            must, aim, reached = values
            found.append((g.engine, g.cells, _NAMES[g.figure][0], must, aim, reached + mark))
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
