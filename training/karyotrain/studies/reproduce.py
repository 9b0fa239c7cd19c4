"""Every figure of the README again: ``python -m karyotrain.studies.reproduce``, or ``make reproduce``.

For each shipped engine the one command of its README row is run (``karyoview evaluate``), and what it prints is
compared with the engine's card; then the table by laboratory of each card that holds one. Ends with 1 where a figure
differs by more than ``--within`` points, or where the data is not there. ``--quick`` takes a few cells of each
laboratory and leaves the long rows out. ``--readme`` writes the tables of the README from the cards.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from karyotrain.engines.measure import figures
from karyotrain.studies import laboratories
from karyotrain.studies.common import shipped_cards
from karyotrain.studies.laboratory_figures import differences as differences_of_rows
from karyotrain.studies.papers import as_markdown
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.folders import shipped_weights_folder
from karyoview.detectors.registry import as_in_card, load_engine
from karyoview.io.atomic import write_atomic

SET: Final = "taichung/val"
BEGIN, END = "<!-- begin {} -->", "<!-- end {} -->"
"""Marks of a table in the README."""
COLUMNS: Final[Mapping[str, tuple[str, bool]]] = {
    "corrections_per_cell": ("corrections a cell", False),
    "f1": ("F1", True),
    "aer": ("AER", True),
    "wcr": ("WCR", True),
    "map50": ("mAP50", True),
    "ap50": ("AP50", True),
    "class_accuracy": ("class right", True),
}
"""Figures of a row, with their heads, and whether they are shares shown in per cent."""
CHECKED: Final = (*COLUMNS, "aer_strict", "aer_paper", "recall", "precision", "ece")


def command_of(engine: str) -> str:
    """The one command of an engine's row, as the README prints it."""
    return (
        f"karyoview evaluate --engine {engine} --truth $KARYOVIEW_DATA/{SET}.json "
        f"--images $KARYOVIEW_DATA/{SET.split('/')[0]}/images"
    )


def readme_table(cards: Mapping[str, Mapping[str, Any]]) -> str:
    """The rows of the README from what the cards hold, with the command of each below."""
    heads = [head + (" %" if share else "") for head, share in COLUMNS.values()]
    lines = ["| engine | cells | " + " | ".join(heads) + " |", "|" + "---|" * (2 + len(heads))]
    for name, card in cards.items():
        figures = card.get("metrics", {}).get(SET)
        if figures is None:
            continue
        shown = [shown_figure(figures, key) for key in COLUMNS]
        lines.append(f"| `{name}` | {figures['images']} | " + " | ".join(shown) + " |")
    commands = "\n".join(command_of(name) for name, card in cards.items() if SET in card.get("metrics", {}))
    return "\n".join(lines) + f"\n\n```\n{commands}\n```"


def shown_figure(figures: Mapping[str, Any], key: str) -> str:
    """One figure as the README shows it; a dash where the engine has none."""
    value = figures.get(key)
    if value is None:
        return "–"
    return f"{100 * value:.2f}" if COLUMNS[key][1] else f"{value:.2f}"


def laboratories_table(cards: Mapping[str, Mapping[str, Any]]) -> str:
    """The tables by laboratory that the cards hold; empty where none holds one."""
    tables = {name: laboratories.table_of_card(card) for name, card in cards.items()}
    return "\n\n".join(f"`{name}` on every laboratory's cells:\n\n{table}" for name, table in tables.items() if table)


def with_table(readme: str, table: str, name: str = "figures") -> str:
    """The README with the table between the marks of that name; KaryoViewError where it has no marks."""
    begin_mark, end_mark = BEGIN.format(name), END.format(name)
    head, begin, rest = readme.partition(begin_mark)
    _, end, tail = rest.partition(end_mark)
    if not begin or not end:
        raise KaryoViewError(f"README.md has no place for the {name}; put {begin_mark} and {end_mark} there.")
    return f"{head}{begin_mark}\n\n{table}\n\n{end_mark}{tail}" if table else f"{head}{begin_mark}\n{end_mark}{tail}"


def with_tables(readme: str, cards: Mapping[str, Mapping[str, Any]]) -> str:
    """The README with all its tables as the cards say."""
    text = with_table(with_table(readme, readme_table(cards)), laboratories_table(cards), "laboratories")
    return with_table(text, as_markdown(cards), "papers")


def differences(
    measured: Mapping[str, Any], card: Mapping[str, Any], within: float, corrections_within: float
) -> list[str]:
    """A sentence for each figure of the card that was not measured again; ``within`` in points of 100."""
    lines = []
    for key in CHECKED:
        old, new = card.get(key), measured.get(key)
        if old is None:
            continue
        limit = corrections_within if key == "corrections_per_cell" else within / 100
        if new is None or abs(new - old) > limit:
            unit = 1 if key == "corrections_per_cell" else 100
            shown = "nothing" if new is None else f"{unit * new:.3f}"
            lines.append(f"{key}: the card says {unit * old:.3f}, measured {shown}")
    return lines


def write_figures(path: Path, report: Mapping[str, Any]) -> None:
    """Put a report's figures and calibration bins into the card at ``path``; everything else in it stays."""
    card = json.loads(path.read_text(encoding="utf-8"))
    card.setdefault("metrics", {}).setdefault(SET, {}).update(figures(report))
    write_atomic(path, json.dumps(card, indent=2, ensure_ascii=False).encode() + b"\n")


def measure(engine: str, data: Path, device: str) -> dict[str, Any]:
    """What ``karyoview evaluate`` reports for one engine; its table goes to the screen. Raises KaryoViewError."""
    command = command_of(engine).replace("$KARYOVIEW_DATA", shlex.quote(str(data)))
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "report.json"
        words = [*shlex.split(command)[1:], "--device", device, "--output", str(output)]
        done = subprocess.run([sys.executable, "-m", "karyoview", *words], check=False)
        if done.returncode or not output.is_file():
            raise KaryoViewError(f"{command} ended with {done.returncode}; see what it printed above.")
        report: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return report


def engine_again(name: str, cards: Mapping[str, Mapping[str, Any]], args: argparse.Namespace, data: Path) -> bool:
    """Run one engine's row and print what differs from its card; → whether all is met."""
    print(f"$ {command_of(name)}", flush=True)
    report = measure(name, data, args.device)
    if args.write:
        write_figures(shipped_weights_folder() / f"{name}.card.json", report)
        cards = shipped_cards()
    known = cards[name].get("metrics", {}).get(SET)
    summary = differences(report, known or {}, args.within, args.corrections_within)
    if known is None:
        summary.append(f"the card holds no figures on {SET}")
    print("\n".join(summary) or f"{name}: every figure of the card is met again", flush=True)
    return not summary


def laboratories_again(name: str, card: Mapping[str, Any], args: argparse.Namespace, data: Path) -> bool:
    """Measure the rows of one card's table by laboratory and print what differs; → whether all is met."""
    known = (card.get("metrics", {}).get(laboratories.KEY) or {}).get("rows", {})
    if not known:
        return True
    print(f"$ {laboratories.command_of(name)}{' --quick' * args.quick}", flush=True)
    folder = laboratories.data_folder(data)
    cells = laboratories.QUICK_CELLS if args.quick else None
    rows = dict(
        laboratories.measure(
            load_engine(name, device=args.device, settings=as_in_card(name)), folder, list(known), cells
        )
    )
    summary = differences_of_rows(rows, known, args.within, args.corrections_within)
    print("\n".join(summary) or f"{name}: every row by laboratory is met again", flush=True)
    return not summary


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all rows; → 0 when every figure is met again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds taichung/ and labs/; else KARYOVIEW_DATA")
    parser.add_argument("--engine", action="append", help="only these engines")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--within", type=float, default=0.3, help="points of 100 a figure may differ by")
    parser.add_argument("--corrections-within", type=float, default=0.05, help="corrections a cell may differ by")
    parser.add_argument("--quick", action="store_true", help="only the table by laboratory, with few cells a row")
    parser.add_argument("--write", action="store_true", help="put what was measured into the cards, calibration too")
    parser.add_argument("--readme", type=Path, metavar="FILE", help="only write the tables of FILE from the cards")
    args = parser.parse_args(arguments)
    try:
        cards = shipped_cards()
        if args.readme is not None:
            text = args.readme.read_text(encoding="utf-8")
            args.readme.write_text(with_tables(text, cards), encoding="utf-8")
            return 0
        named = args.data or os.environ.get("KARYOVIEW_DATA")
        if not named or not (Path(named) / f"{SET}.json").is_file():
            raise KaryoViewError(
                f"The cells of {SET} are not at hand ({named or 'KARYOVIEW_DATA is not set'}); "
                "set KARYOVIEW_DATA to the folder that holds taichung/."
            )
        met = []
        for name in args.engine or cards:
            if name not in cards:
                raise KaryoViewError(f"{name} is not shipped; there are {', '.join(cards)}.")
            if not args.quick:
                met.append(engine_again(name, cards, args, Path(named)))
            met.append(laboratories_again(name, cards[name], args, Path(named)))
        return int(not all(met))
    except KaryoViewError as error:
        print(f"reproduce: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
