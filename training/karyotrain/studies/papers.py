"""Our figures beside the papers', by the papers' own rules and on one mix of overlaps, and beside two people.

``python -m karyotrain.studies.papers`` prints the table from the shipped cards; nothing is chosen from it. A box may
take only the chromosome that it overlaps most, from IoU 0.5 on, each once (rule ``own`` of core.metrics; DeepCHM counts
by its rule ``any``), and it counts from the score that the paper took: 0.5, of DeepCHM the card's threshold. DeepACC is
asked three ways, as its paper does: best class of each box and NMS at 0.7 over all classes for AER and Acc, NMS for
each class for mAPmax, every class score for mAP.

``--measure --data FOLDER`` measures these figures on the cells of ``val`` and puts them into the cards (a card without
them, or with those of other weights, shows what ``karyoview evaluate`` measured at the engine's own threshold, and the
table says so). ``--cards`` writes anew in what each engine differs from its paper.

AER is a sum over chromosomes, so its parts on those that overlap severely and on the others say what it would be on
another mix of both: the paper's AER on our cells, where they are about half, and ours on the paper's, a tenth.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyotrain.data.dataset import Sample, load
from karyotrain.engines.measure import ask
from karyotrain.studies.common import shipped_cards
from karyotrain.studies.laboratories import HOSPITAL, annotated_twice, data_folder
from karyotrain.studies.laboratory_figures import figures_of_people
from karyotrain.trainer.command import use_threads
from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.core.errors import KaryoViewError
from karyoview.core.matching import MatchRule
from karyoview.core.metrics import ImagePrediction, ImageTruth, evaluate
from karyoview.detectors.cards import DIFFERENCES
from karyoview.detectors.folders import shipped_weights_folder
from karyoview.detectors.paper_differences import differences
from karyoview.detectors.registry import load_engine
from karyoview.io.atomic import write_atomic

KEY: Final = "papers_rule"
"""Where the measured figures stand under ``metrics`` of a card."""
PEOPLE: Final = "people"
COMMAND: Final = "python -m karyotrain.studies.papers"
HEAD: Final = ("engine", "figure", "ours", "paper", "two people")
_NAMES: Final[Mapping[str, str]] = {
    "aer": "AER", "wcr": "WCR", "f1": "F1", "acc": "Acc", "ap50_all_point": "AP50", "mr2": "MR-2",
    "aer_paper": "AER, a wrong class once", "acc_deepacc": "Acc, right of given", "map50_all_point": "mAP50",
    "mapmax": "mAPmax", "precision": "precision", "recall": "recall", "mfps": "false positives a cell", "mod": "mOD",
}  # fmt: skip
_COUNTS: Final = frozenset({"mfps"})


@dataclass(frozen=True, slots=True)
class Mix:
    """AER where chromosomes overlap severely and elsewhere, and the ``share`` of them that do; all 0–1."""

    share: float
    severe: float
    other: float

    def aer(self, share: float | None = None) -> float:
        """The AER where ``share`` of the chromosomes overlap severely (None: as many as were measured)."""
        part = self.share if share is None else share
        return part * self.severe + (1 - part) * self.other


def mix_of(share: float, aer: float, precision: float, recall: float) -> Mix:
    """From the AER of all chromosomes, and precision and recall on the ``share`` of them that overlap severely."""
    severe = (1 - recall) + (recall * (1 / precision - 1) if recall else 0.0)
    return Mix(share, severe, (aer - share * severe) / (1 - share) if share < 1 else 0.0)


def mix_of_figures(figures: Mapping[str, Any]) -> Mix:
    """The mix of a card's or report's figures."""
    severe = figures["severe_overlap"]
    precision, recall = (1.0 if severe[key] is None else severe[key] for key in ("precision", "recall"))
    return mix_of(severe["truths"] / figures["truths"], figures["aer"], precision, recall)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper printed of its system on its own cells: ``figures`` in per cent, mfps as a count."""

    where: str
    figures: Mapping[str, float]
    score: float | None = 0.5
    rule: MatchRule = "own"
    settings: Mapping[str, object] | None = None


PAPERS: Final[Mapping[str, Paper]] = {
    "deepace": Paper("DeepACE, table 2", {"aer": 2.49, "wcr": 48.0, "ap50_all_point": 98.45}),
    "deepace-v2": Paper(
        "DeepACEv2, table II",
        {"aer": 1.17, "wcr": 71.39, "acc": 98.84, "f1": 99.42, "ap50_all_point": 99.60, "mr2": 14.52},
    ),
    "deepacc": Paper(
        "DeepACC, table 2", {"aer_paper": 15.45, "acc_deepacc": 85.54, "map50_all_point": 91.88, "mapmax": 89.80},
        settings={"output": "top1", "nms": "hard", "nms_threshold": 0.7},
    ),
    "deepchm": Paper(
        "DeepCHM, table I",
        {"ap50_all_point": 93.53, "precision": 94.71, "recall": 93.51, "f1": 94.11, "mfps": 2.31, "mod": 97.13},
        score=None, rule="any",
    ),
}  # fmt: skip
PAPERS_MIX: Final = mix_of(1232 / 12614, 0.0117, 0.9877, 0.9710)
"""DeepACEv2's test set and figures (its tables II, IV and V)."""


def people_figures(data: Path) -> dict[str, Any]:
    """What two people who boxed the same val cells differ by: one taken as the truth of the other, both ways.

    The figures are those of core.metrics by the rule ``own``; people give no scores, so there is no AP.
    """
    pairs = annotated_twice(data, ("val",))
    reports = []
    for way in (pairs, [(b, a) for a, b in pairs]):
        truths, found = [], []
        for number, (given, true) in enumerate(way):
            unnamed, sure = np.full(len(given), -1, np.int64), np.ones(len(given))
            truths.append(ImageTruth(f"{number}", true, np.full(len(true), -1, np.int64)))
            found.append(ImagePrediction(f"{number}", given, unnamed, sure))
        reports.append(evaluate(found, truths, rule="own", resamples=0))
    keys = ("aer", "wcr", "f1", "acc", "precision", "recall", "mfps", "mod")
    mean = {key: (reports[0][key] + reports[1][key]) / 2 for key in keys}
    mixes = [mix_of_figures(report) for report in reports]
    on_papers = sum(mix.aer(PAPERS_MIX.share) for mix in mixes) / 2
    return {**mean, **figures_of_people(pairs), "aer_on_papers_mix": on_papers, "severe_share": mixes[0].share}


def measured(engine: str, cells: Sequence[Sample], device: str = "auto", weights: Path | None = None) -> dict[str, Any]:
    """The figures of ``engine`` on ``cells`` by its paper's own rule; see the module."""
    paper = PAPERS[engine]

    def predictions(**settings: object) -> list[ImagePrediction]:
        asked = {"threshold": MIN_RANKED_SCORE, **(paper.settings or {}), **settings}
        detector = load_engine(engine, device=device, weights=weights, settings=asked)
        return ask(detector, cells, detector.info.rotated and _are_rotated(cells))[0]

    truths = [cell.truth(_are_rotated(cells) and engine == "deepchm") for cell in cells]
    named = engine == "deepacc"
    if not named:
        truths = [replace(truth, labels=truth.labels * 0 - 1) for truth in truths]
    card = load_engine(engine, device=device, weights=weights).info
    cut = card.operating_threshold if paper.score is None else paper.score
    ranked = predictions(output="all") if named else None
    report = evaluate(predictions(), truths, score_threshold=cut, rule=paper.rule, ranked=ranked, resamples=0)
    if named:
        report["mapmax"] = evaluate(predictions(output="max"), truths, rule=paper.rule, resamples=0)["mapmax"]
    kept = {key: report[key] for key in (*_NAMES, "aer") if report.get(key) is not None}
    nested = {key: report[key] for key in ("rule", "score_threshold", "images", "truths", "severe_overlap")}
    return {**kept, **nested, "weights_hash": card.weights_hash}


def _are_rotated(cells: Sequence[Sample]) -> bool:
    return all(bool(cell.rotated_valid.all()) for cell in cells)


def figures_of_card(card: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """The figures of a card that its table shows, and how they were counted."""
    metrics = card.get("metrics", {})
    own = metrics.get(KEY, {}).get("rows", {})
    if own and own["weights_hash"] == card["weights"].get("hash"):
        return own, f"the paper's rule, score from {own['score_threshold']:g}, {own['images']} cells"
    found = metrics.get(HOSPITAL, {})
    cut = f"score from {found.get('score_threshold', 0):.2g}"
    return found, f"the rule {found.get('rule')}, the engine's own suppression, {cut}"


def rows(cards: Mapping[str, Mapping[str, Any]], people: Mapping[str, Any] | None = None) -> list[tuple[str, ...]]:
    """The table: a row for each figure of a paper, and of each engine AER on either mix of overlaps."""
    people = people or next((c["metrics"][KEY]["people"] for c in cards.values() if _has_people(c)), {})
    found: list[tuple[str, ...]] = []
    for engine, paper in PAPERS.items():
        if engine not in cards:
            continue
        figures, _ = figures_of_card(cards[engine])
        for key, printed in paper.figures.items():
            theirs = f"{printed:.2f}" + ("" if key in _COUNTS else " %")
            shown = (_shown(key, figures.get(key)), theirs, _shown(key, people.get(key)))
            found.append((f"`{engine}`", _NAMES[key], *shown))
        if figures:
            found += _mix_rows(engine, figures, people)
    return found


def _has_people(card: Mapping[str, Any]) -> bool:
    return bool(card.get("metrics", {}).get(KEY, {}).get("people"))


def _mix_rows(engine: str, figures: Mapping[str, Any], people: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """AER on our mix of overlaps and on that of the paper; only DeepACEv2's paper says what it is on either part."""
    ours = mix_of_figures(figures)
    known = engine == "deepace-v2"
    lines: list[tuple[str, ...]] = []
    for share, of_people in ((ours.share, people.get("aer")), (PAPERS_MIX.share, people.get("aer_on_papers_mix"))):
        name = f"AER of boxes, {share:.0%} overlap severely".replace("%", " %")
        theirs = f"{100 * PAPERS_MIX.aer(share):.2f} %" if known else "–"
        lines.append((f"`{engine}`", name, _shown("aer", ours.aer(share)), theirs, _shown("aer", of_people)))
    return lines


def _shown(key: str, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f}" if key in _COUNTS else f"{100 * value:.2f} %"


def counted(cards: Mapping[str, Mapping[str, Any]]) -> str:
    """How our figures of each engine were counted, in one sentence."""
    ways = [f"`{engine}` by {figures_of_card(cards[engine])[1]}" for engine in PAPERS if engine in cards]
    return f"Ours were counted thus: {'; '.join(ways)}."


def as_markdown(cards: Mapping[str, Mapping[str, Any]]) -> str:
    """The table in Markdown, how it was counted and its command."""
    lines = [HEAD, ("---",) * len(HEAD), *rows(cards)]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"{table}\n\n{counted(cards)}\n\n```\n{COMMAND}\n```"


def write_cards(folder: Path, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Put ``changes`` of the figures by the papers' rule, and the present differences, into the cards in ``folder``."""
    for engine in PAPERS:
        path = folder / f"{engine}.card.json"
        if not path.is_file():
            continue
        card = json.loads(path.read_text(encoding="utf-8"))
        if engine in changes:
            metrics = card.setdefault("metrics", {})
            metrics[KEY] = {"rows": {}, **metrics.get(KEY, {}), "command": f"{COMMAND} --measure", **changes[engine]}
        card[DIFFERENCES] = differences(card)
        write_atomic(path, json.dumps(card, indent=2, ensure_ascii=False).encode() + b"\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, or measure it first; → 1 with one sentence where that cannot be done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--measure", action="store_true", help="measure on val and put the figures into the cards")
    add("--people", action="store_true", help="measure only the two people")
    add("--cards", action="store_true", help="write in what each engine differs from its paper into the cards")
    add("--data", type=Path, help="folder that holds taichung/ and labs/; else KARYOVIEW_DATA")
    add("--engine", action="append", choices=tuple(PAPERS), help="measure only these engines")
    add("--cells", type=int, help="measure on the first so many cells")
    add("--device", default="auto")
    add("--threads", type=int, default=0, help="of the processor; 0: as many as there are")
    args = parser.parse_args(arguments)
    folder = shipped_weights_folder()
    try:
        if args.measure or args.people:
            use_threads(args.threads)
            data = data_folder(args.data)
            people = people_figures(data)
            write_cards(folder, {engine: {PEOPLE: people} for engine in PAPERS})
        if args.measure:
            cells = load(data / HOSPITAL.split("/")[0], "val", limit=args.cells)
            for engine in args.engine or PAPERS:
                print(f"measuring {engine} on {len(cells)} cells", file=sys.stderr, flush=True)
                write_cards(folder, {engine: {"rows": measured(engine, cells, args.device)}})
        elif args.cards:
            write_cards(folder, {})
        lines = [HEAD, *rows(shipped_cards())]
        widths = [max(len(line[i]) for line in lines) for i in range(len(HEAD))]
        for line in lines:
            print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
        print(counted(shipped_cards()))
    except KaryoViewError as error:
        print(f"papers: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
