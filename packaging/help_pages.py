"""The parts of the help that are made from the code: keys, settings, options, engines, imports.

``python packaging/help_pages.py`` rewrites them in ``resources/help``, and the tables of the README; with ``--check``
it only says which pages are out of date (status 1). A part stands in its page between ``<!-- begin NAME -->`` and
``<!-- end -->``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
HELP: Final = ROOT / "resources" / "help"
_PART: Final = re.compile(r"<!-- begin ([a-z]+(?: [a-z -]+)?) -->\n.*?<!-- end -->", re.DOTALL)
_PACKAGES: Final = (
    "cli", "gui", "services", "review", "report", "detectors", "case", "accounts", "io", "imaging", "core",
)  # fmt: skip


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", "\\|") for c in line) + " |" for line in lines)


# Keys


def keys(_: str) -> str:
    """Every action with its keys, menu by menu, from the table that the window itself reads."""
    from karyoview.gui.keys import MENUS, SCOPES, actions

    parts = []
    for menu, title in (*MENUS, ("", "Other keys")):
        rows = [
            (a.title, " or ".join(dict.fromkeys(f"`{_readable(k)}`" for k in a.keys)) or "–", SCOPES[a.scope], a.tip)
            for a in actions()
            if a.menu == menu
        ]
        if rows:
            parts.append(f"## {title.replace('&', '')}\n\n" + table(("Action", "Keys", "Where", ""), rows))
    return "\n\n".join(parts)


def _readable(key: str) -> str:
    names = {"Del": "Delete", "Return": "Enter", "Backtab": "Shift+Tab", "Enter": "Enter (keypad)"}
    return "+".join(names.get(k, k) for k in key.split("+")) if key != "Ctrl++" else "Ctrl++"


# Settings


def settings(_: str) -> str:
    """Every setting of the dialog, from the table that file and dialog read."""
    from karyoview.services.settings import CHOICES, SETTINGS

    rows = []
    for each in SETTINGS:
        if each.hidden:
            continue
        kind = ", ".join(CHOICES.get(c, c) for c in each.choices)
        if not kind and not isinstance(each.default, bool | str):
            kind = f"{each.low:g} to {each.high:g}"
        default = {True: "on", False: "off", "": "–"}.get(each.default, CHOICES.get(each.default, str(each.default)))
        rows.append((each.title, each.help, kind or "–", default, f"`{each.key}`"))
    return table(("Setting", "Meaning", "Choices", "Default", "In the file"), rows)


# Command line


@cache
def commands() -> dict[str, Any]:
    """Every command that does something, by its words after ``karyoview``, in the order of the help."""
    import typer

    from karyoview.cli import application

    found: dict[str, Any] = {}

    def walk(command: Any, words: str) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found[words] = command
            return
        for name, each in inner.items():
            walk(each, f"{words} {name}".strip())

    walk(typer.main.get_command(application()), "")
    return found


def options_of(command: Any) -> set[str]:
    """All spellings of a command's options."""
    return {o for p in command.params if p.param_type_name == "option" for o in (*p.opts, *p.secondary_opts)} | {
        "--help"
    }


def options(words: str) -> str:
    """What a command is for, and its arguments and options with their defaults."""
    command = commands()[words]
    rows = [
        (f"`{_spelling(p)}`", " ".join([*(getattr(p, "help", None) or "").split(), *_default(p)]))
        for p in command.params
        if p.name != "help" and not getattr(p, "hidden", False)
    ]
    about = "\n".join(line.strip() for line in (command.help or "").splitlines())
    return about + ("\n\n" + table(("Argument or option", "Meaning"), rows) if rows else "")


def _spelling(parameter: Any) -> str:
    """As one types it; the formatting of the library's help differs between its versions."""
    what = (parameter.metavar or parameter.name.upper()).replace("|", "/")
    if isinstance(parameter.default, Enum):
        what = "/".join(str(e.value) for e in type(parameter.default))
    if parameter.param_type_name == "argument":
        return what
    names = ", ".join(sorted(parameter.opts, key=len))
    if parameter.is_flag:
        return " / ".join([names, *parameter.secondary_opts])
    return f"{names} {what}"


def _default(parameter: Any) -> Iterator[str]:
    value = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if parameter.required:
        yield "*(required)*"
    elif isinstance(value, str | int | float | Path) and value not in (False, "", -1) and str(value) != ".":
        yield f"*(default: {'on' if value is True else value})*"


# Engines


def engines(_: str) -> str:
    """The shipped engines, as their cards say."""
    from karyoview.detectors.registry import ENGINES

    cards = {p.name.removesuffix(".card.json"): json.loads(p.read_text()) for p in _cards()}
    rows, notes = [], []
    for kind in ENGINES:
        card = cards.get(kind)
        if card is None:
            rows.append((f"`{kind}`", "no weights in this version: train it, or put its weights in place", "", ""))
            continue
        classes = "24 classes" if len(card["classes"]) > 1 else "boxes only"
        boxes = "rotated" if card["rotated"] else "horizontal"
        ready = "" if not card.get("experimental") else " (experimental: to be trained further)"
        rows.append((f"`{kind}`{ready}", classes, boxes, f"{card['operating_threshold']:g}"))
        facts = [f"- **{name}**: {value}" for name, value in _facts(card)]
        title = f"### {card.get('title', kind)} ({kind})"
        notes.append("\n\n".join([title, "\n".join(facts), *filter(None, [_figures(card)])]))
    head = ("Engine", "Classes", "Boxes", "Threshold")
    return "\n\n".join([table(head, rows), *notes])


def targets(_: str) -> str:
    """What each shipped engine must reach, what it aims at and what it reaches, as the cards say."""
    from karyotrain.studies.reproduce import shipped_cards
    from karyotrain.studies.targets import HEAD, rows

    return table(HEAD, rows(shipped_cards()))


def papers(_: str) -> str:
    """The shipped engines beside their papers and two people, as the cards say."""
    from karyotrain.studies.papers import as_markdown
    from karyotrain.studies.reproduce import shipped_cards

    return as_markdown(shipped_cards())


def differences(_: str) -> str:
    """In what each engine that follows a paper differs from it, as its card says."""
    from karyoview.detectors.cards import DIFFERENCES

    parts = []
    for path in _cards():
        card = json.loads(path.read_text(encoding="utf-8"))
        if found := card.get(DIFFERENCES):
            parts.append("\n".join([f"**{card.get('title', path.name)}**", "", *(f"- {each}" for each in found)]))
    return "\n\n".join(parts)


def rows(_: str) -> str:
    """Which rows of the papers' tables are recipes, and why the others are not."""
    from karyotrain.studies.paper_tables import table_of_tables

    return table(*table_of_tables())


def calibration(_: str) -> str:
    """The reliability diagrams of the engines whose cards hold the bins."""
    parts = []
    for name, (card, figures) in _calibrated().items():
        caption = f"How far a score of {card.get('title', name)} can be believed, on {figures['images']} cells"
        parts.append(f"![{caption}](pictures/calibration-{name}.svg)\n\n*{caption}.*")
    return "\n\n".join(parts) or "No card holds its calibration yet; `karyoview evaluate --output` measures it."


def _calibrated() -> dict[str, tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Card and figures of each engine that was measured with calibration bins."""
    found = {}
    for path in _cards():
        card = json.loads(path.read_text(encoding="utf-8"))
        for figures in card.get("metrics", {}).values():
            if isinstance(figures, Mapping) and figures.get("calibration"):
                found.setdefault(path.name.removesuffix(".card.json"), (card, figures))
    return found


def calibration_svgs() -> dict[Path, str]:
    """The same as pictures."""
    sys.path.insert(0, str(ROOT / "packaging"))
    from reliability import reliability_svg

    return {
        HELP / "pictures" / f"calibration-{name}.svg": reliability_svg(
            str(card.get("title", name)), figures["calibration"], figures["ece"], str(figures["calibration_of"])
        )
        for name, (card, figures) in _calibrated().items()
    }


def laboratories(_: str) -> str:
    """The tables by laboratory that the cards hold."""
    from karyotrain.studies.reproduce import laboratories_table, shipped_cards

    return laboratories_table(shipped_cards()) or "No card holds figures by laboratory yet."


_STUDIES: Final = {
    "robustness": ("picture", "Other pictures"),
    "components": ("default engine", "What each part is worth"),
    "shares": ("trained on", "What more cells are worth, at a small number of steps"),
}


_SAID: Final = {
    "trisomy": ("Third copies", ""),
    "folds": ("Abnormal cells, by five engines trained anew", "cells of `train` in five folds, normal ones of `fit`"),
}


def studies(_: str) -> str:
    """Tables of the studies in the notes of the shipped engines."""
    from karyotrain.studies.common import as_table
    from karyotrain.studies.notes import read_notes

    parts = []
    for path in _cards():
        card = json.loads(path.read_text(encoding="utf-8"))
        found = read_notes(path.name.removesuffix(".card.json")).get("studies", {})
        for name, (first, title) in _STUDIES.items():
            study = found.get(name)
            if study is None:
                continue
            head = f"**{title}: {card.get('title', path.name)}** (`{study['split']}` cells)"
            parts.append(f"{head}\n\n{as_table(study['rows'], first)}\n\n```text\n{study['command']}\n```")
        for name, (title, cells) in _SAID.items():
            if (study := found.get(name)) is not None:
                head = f"**{title}: {card.get('title', path.name)}** ({cells or '`' + study['split'] + '` cells'})"
                parts.append(f"{head}\n\n```text\n{_say(name, study['rows'])}\n\n{study['command']}\n```")
    return "\n\n".join(parts) or "There is no study yet."


def _say(study: str, rows: Mapping[str, Any]) -> str:
    """A study without a table in the sentences that it prints itself."""
    from karyotrain.studies import folds, trisomy

    return trisomy.say(rows["pasted"]) if study == "trisomy" else folds.say(rows)


def _cards() -> list[Path]:
    return sorted((ROOT / "resources" / "weights").glob("*.card.json"))


_DATA: Final = (("trained_on", "learnt from"), ("fitted_on", "thresholds chosen on"), ("citation", "data"))
_TRAINING: Final = (("started", "began as"), ("steps", "steps"), ("hours", "time"), ("machine", "machine"))


def _facts(card: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What card and notes say of data, training and limits, as short lines; the rest is left to them."""
    from karyotrain.studies.notes import read_notes

    data, training = card.get("data", {}), card.get("training", {})
    if "trained_on" not in data and "images" in data:
        cases = f" of {data['cases']} cases" if "cases" in data else ""
        sources = f" ({', '.join(data['sources'])})" if data.get("sources") else ""
        yield "learnt from", f"{data['images']} cells{cases} with {data.get('chromosomes', '?')} chromosomes{sources}"
    for key, name in _DATA:
        if data.get(key):
            yield name, str(data[key])
    if data.get("citations"):
        yield "data", " ".join(data["citations"])
    recipe = training.get("recipe", {})
    if recipe.get("name"):
        yield "recipe", f"`{recipe['name']}`, {recipe.get('title', '')}".rstrip(", ")
    for key, name in _TRAINING:
        if training.get(key) not in (None, ""):
            value = training[key]
            yield name, f"{value:.3g}" if isinstance(value, float) else str(value)
    if card.get("limits"):
        yield "limits", str(card["limits"])
    if card.get("known_failures"):
        yield "known failures", " ".join(card["known_failures"])
    beyond = read_notes(str(card.get("name", ""))).get("beyond", {})
    for key, name in (("tried", "what else was tried"), ("next", "what comes next")):
        if beyond.get(key):
            yield name, " ".join(beyond[key]) if isinstance(beyond[key], list) else str(beyond[key])


def _figures(card: Mapping[str, Any]) -> str:
    """The main figures of a card, one column for each set of cells it was measured on."""
    from karyoview.core.metrics import _ROWS

    sets = {n: each for n, each in card.get("metrics", {}).items() if isinstance(each, Mapping) and "rows" not in each}
    if not sets:
        return "The card holds no figures; `karyoview evaluate` and `karyoview validate` measure on your cells."
    known = [("images", "cells", ""), ("truths", "chromosomes", ""), ("score_threshold", "score from", ""), *_ROWS]
    rows = []
    for key, name, unit in known:
        values = [_figure(each.get(key), unit) for each in sets.values()]
        if any(values):
            rows.append((name, *(value or "–" for value in values)))
    return table(("Figure", *(f"`{name}`" for name in sets)), rows)


def _figure(value: object, unit: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return f"{100 * value:.1f} %" if unit == "%" else f"{value:.4g}" if isinstance(value, float) else str(value)


# Imports


def package_of(module: str) -> str:
    """The package that a module belongs to; a module beside the packages is one of its own name."""
    first, *rest = module.split(".")
    return first if first == "karyotrain" or not rest else rest[0]


@cache
def arrows() -> dict[str, dict[str, int]]:
    """For each package the packages that it imports, with how many imports that are."""
    import grimp

    graph = grimp.build_graph("karyoview", "karyotrain", exclude_type_checking_imports=True, cache_dir=None)
    found: dict[str, dict[str, int]] = {}
    for module in sorted(graph.modules):
        for other in sorted(graph.find_modules_directly_imported_by(module)):
            here, there = package_of(module), package_of(other)
            if here != there and there != "karyoview":
                found.setdefault(here, {}).setdefault(there, 0)
                found[here][there] += 1
    return found


def imports(_: str) -> str:
    """The packages as layers, and which package imports which."""
    packages = arrows()
    drawn = [r for r in (*_PACKAGES, "karyotrain") if r in packages or any(r in v for v in packages.values())]
    names = {r: r if r == "karyotrain" else f"karyoview.{r}" for r in drawn}
    width = max(len(n) for n in names.values())
    lines = []
    for package in drawn:
        reached = [f"{other}" for other in (*_PACKAGES, "karyotrain") if other in packages.get(package, {})]
        lines.append(f"{names[package]:<{width}}  -->  {', '.join(reached) or 'nothing'}")
    return "```text\n" + "\n".join(lines) + "\n```\n\n![The packages and their imports](pictures/imports.svg)"


def imports_svg() -> str:
    """The same as a picture: an arrow for each import that no longer way explains."""
    packages = arrows()
    place = {
        "cli": (390, 40), "gui": (260, 120), "services": (260, 200), "karyotrain": (560, 280), "review": (100, 280),
        "report": (330, 280), "case": (420, 360), "accounts": (240, 360), "io": (330, 440), "detectors": (620, 400),
        "imaging": (330, 520), "core": (330, 600),
    }  # fmt: skip
    edges = {(a, b) for a in place for b in packages.get(a, {}) if b in place}
    longer = {(a, c) for a, b in edges for b2, c in _closure(edges) if b == b2}
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 640" width="720" height="640" '
        'font-family="sans-serif" font-size="15">',
        '<rect width="720" height="640" fill="#ffffff"/>',
    ]
    for a, b in sorted(edges - longer):
        (x1, y1), (x2, y2) = place[a], place[b]
        y1, y2 = y1 + 20, y2 - 20
        parts.append(
            f'<path d="M{x1:g} {y1:g} L{x2:g} {y2:g}" stroke="#44546a" stroke-width="1.5" fill="none"/>'
            f'<circle cx="{x2:g}" cy="{y2:g}" r="4" fill="#44546a"/>'
        )
    for package, (x, y) in place.items():
        parts.append(
            f'<rect x="{x - 70:g}" y="{y - 20:g}" width="140" height="40" rx="6" fill="#e8eef6" stroke="#44546a"/>'
            f'<text x="{x:g}" y="{y + 5:g}" text-anchor="middle" fill="#1b2733">{package}</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _closure(edges: set[tuple[str, str]]) -> set[tuple[str, str]]:
    found = set(edges)
    while more := {(a, d) for a, b in found for c, d in edges if b == c} - found:
        found |= more
    return found


# Licences


def licences(_: str) -> str:
    """What KaryoView itself asks for, with the licences; what these need in turn is in the full list."""
    from importlib.metadata import PackageNotFoundError, distribution

    from packaging.requirements import Requirement

    sys.path.insert(0, str(ROOT / "packaging"))
    from licences import asked_for, licence_of

    rows = []
    for name in (Requirement(line).name for line in asked_for()):
        try:
            rows.append((name, licence_of(distribution(name))))
        except PackageNotFoundError:
            rows.append((name, "not installed where this page was made"))
    return table(("Package", "Licence"), sorted(rows, key=lambda r: r[0].lower()))


# Pages

PARTS: Final[Mapping[str, Callable[[str], str]]] = {
    "keys": keys, "settings": settings, "options": options, "engines": engines, "imports": imports,
    "licences": licences, "calibration": calibration, "studies": studies, "goals": targets,
    "laboratories": laboratories, "papers": papers, "differences": differences, "rows": rows,
}  # fmt: skip


def made(text: str, leave: frozenset[str] = frozenset()) -> str:
    """A page with its parts made anew, but for the kinds to ``leave``."""

    def part(found: re.Match[str]) -> str:
        kind, _, rest = found[1].partition(" ")
        if kind in leave:
            return found[0]
        return f"<!-- begin {found[1]} -->\n\n{PARTS[kind](rest)}\n\n<!-- end -->"

    return _PART.sub(part, text)


def readme() -> str:
    """The README with its tables as the cards say."""
    from karyotrain.studies.reproduce import shipped_cards, with_tables

    return with_tables((ROOT / "README.md").read_text(encoding="utf-8"), shipped_cards())


def outdated(leave: frozenset[str] = frozenset()) -> dict[Path, str]:
    """Pages and pictures whose made parts are not what the code says now, with their new content."""
    wanted = {page: made(page.read_text(encoding="utf-8"), leave) for page in sorted(HELP.rglob("*.md"))}
    wanted[HELP / "pictures" / "imports.svg"] = imports_svg()
    wanted |= calibration_svgs()
    wanted[ROOT / "README.md"] = readme()
    return {p: t for p, t in wanted.items() if not p.is_file() or p.read_text(encoding="utf-8") != t}


def main(arguments: list[str]) -> int:
    """Rewrite, or with ``--check`` only report, the pages that are out of date."""
    check = "--check" in arguments
    found = outdated()
    for path, text in found.items():
        print(f"{'out of date' if check else 'written'}: {path.relative_to(ROOT)}")
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    return int(check and bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
