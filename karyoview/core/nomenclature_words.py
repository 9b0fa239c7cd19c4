"""A karyotype in a technologist's words, one sentence for each cell line."""

from __future__ import annotations

from collections.abc import Sequence

from karyoview.core.nomenclature_grammar import Change
from karyoview.core.nomenclature_rules import CellLine
from karyoview.core.nomenclature_table import SYMBOLS, UNPLACED


def describe_lines(lines: Sequence[CellLine]) -> tuple[str, ...]:
    """The reading of each cell line."""
    return tuple(_describe_line(line, index) for index, line in enumerate(lines, start=1))


def _describe_line(line: CellLine, index: int) -> str:
    low, high = line.count
    words = [f"{low} chromosomes" if low == high else f"{low} to {high} chromosomes"]
    if line.ploidy_text:
        words.append(f"ploidy {line.ploidy_text}")
    if line.reference:
        words.append(
            {"idem": "as the first line", "sl": "as the stemline"}.get(
                line.reference, f"as sideline {line.reference[3:] or 1}"
            )
        )
    elif line.sex:
        sexes = {"XX": "XX, female", "XY": "XY, male", "U": "sex not disclosed"}
        words.append(sexes.get(line.sex, line.sex))
    words += [_describe_change(change) for change in line.changes]
    if line.is_normal:
        words.append("normal")
    if line.cells is not None:
        of = "composite of " if line.composite else ""
        words.append(f"{of}{line.cells} cell{'' if line.cells == 1 else 's'}")
    return f"Line {index}{' (donor)' if line.donor else ''}: " + "; ".join(words) + "."


def _describe_change(change: Change) -> str:
    tail = " (constitutional)" if change.constitutional else ""
    tail += {"mat": ", from the mother", "pat": ", from the father", "dn": ", de novo"}.get(change.origin, "")
    tail += "" if change.certain else " (uncertain)"
    low, high = change.amount
    about = {"~": "about ", ">": "more than "}.get(change.text.lstrip("+-?")[:1], "")
    upto = f" to {'more than ' if '~>' in change.text else ''}{high}" if high > low else ""
    copies = "" if change.amount == (1, 1) else f" ({about}{low}{upto} copies)"
    if change.kind == "whole":
        return f"{'gain' if change.sign == '+' else 'loss'} of {change.chromosome}{tail}"
    if change.kind == "unplaced":
        return UNPLACED[change.symbol][0] + copies + tail
    if change.kind == "heteromorphism":
        return f"{change.text}, a variant of chromosome {change.chromosome}{tail}"
    if change.kind == "incomplete":
        return "incomplete karyotype"
    if change.kind == "unchecked":
        return f"{change.text} (not checked)"
    phrases = []
    for part in change.parts:
        where = " and ".join(part.chromosomes) if len(part.chromosomes) < 3 else ", ".join(part.chromosomes)
        bands = [n + "".join(b.text for b in g) for n, g in zip(part.chromosomes, part.groups, strict=False)]
        meaning = SYMBOLS[part.symbol].meaning
        phrases.append(f"{meaning} of {where}" + (f" at {' and '.join(bands)}" if bands else ""))
    sign = {"+": "additional ", "-": "loss of "}.get(change.sign, "")
    words = sign + " from ".join(phrases[:2]) + "".join(f" and {s}" for s in phrases[2:]) + copies + tail
    return " or ".join([words, *map(_describe_change, change.alternatives)])
