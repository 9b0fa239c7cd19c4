"""Reading of ISCN karyotypes: the string, its cell lines, and what is wrong with it.

Grammar in nomenclature_grammar.py, symbols and editions in nomenclature_table.py, rules and
arithmetic in nomenclature_rules.py, faults of writing in nomenclature_text.py; strings are made from
counts in nomenclature_build.py.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Literal

from lark import Token, Tree
from lark.exceptions import LarkError, UnexpectedInput, VisitError

from karyoview.core.bands import BandTable
from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature_grammar import Change, ToChange, change_parser, lines_parser
from karyoview.core.nomenclature_rules import CellLine, check_change, check_order
from karyoview.core.nomenclature_shortening import Named
from karyoview.core.nomenclature_sum import check_copies, check_count, check_sex
from karyoview.core.nomenclature_table import (
    DEFAULT_EDITION,
    EDITIONS,
    MAX_PLOIDY,
    MEIOSIS,
    SYMBOLS,
    TECHNIQUES,
    UNPLACED,
    Edition,
)
from karyoview.core.nomenclature_text import MAX_LENGTH, Finding, check_writing, diagnose_change, error
from karyoview.core.nomenclature_words import describe_lines

Context = Literal["constitutional", "neoplasia"]

__all__ = ["CellLine", "Change", "Context", "Finding", "Karyotype", "describe", "read_karyotype"]

_TECHNIQUE: Final = "|".join(sorted(TECHNIQUES, key=len, reverse=True))
_OTHER: Final = re.compile(
    rf"(?:(?:^(?:mos |chi )?|\. ?)(?:{_TECHNIQUE})(?=[ \[(X0-9])|^(?:{'|'.join(MEIOSIS)}),).*$", re.DOTALL
)
_OR_KARYOTYPE: Final = re.compile(r" or (?=(?:mos |chi )?[0-9]+(?:~[0-9]+)?(?:<[^<>]*>)?,)")
_COUNT: Final = re.compile(r"([0-9]+)(?:~([0-9]+))?(?:<([0-9]+)n([+±-]?)>)?$")
_REFERENCE: Final = re.compile(r"(idem|sl|sdl([0-9]*))(?:[x×]([0-9]+))?$")
_SEX: Final = re.compile(r"(U|[XY?]+)(c?)$")
# What may follow the count directly, where no normal sex chromosome is left.
_NO_SEX_LEFT: Final = re.compile(
    r"[+-]\??[XY]c?$|[XY](?:[pq]|cen)?(?:h|stk|s)|[+-]?\??(?:psu |inv |dir )?"
    r"(?:t|dic|rob|der|inv|del|dup|add|ins|i|idic|ider|r|fra|tas|rec|trc)\([^)]*[XY]"
)


@dataclass(frozen=True, slots=True)
class Karyotype:
    """A karyotype as read: ``prefix`` mos, chi or empty, its lines, what other methods added
    (``other``, not read), the findings, and whole karyotypes that are given after "or"."""

    text: str
    prefix: str = ""
    lines: tuple[CellLine, ...] = ()
    other: str = ""
    findings: tuple[Finding, ...] = ()
    alternatives: tuple[Karyotype, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def is_valid(self) -> bool:
        """Whether no rule was broken; notes do not count."""
        return not self.errors


def read_karyotype(
    text: str, bands: BandTable | None = None, edition: str = DEFAULT_EDITION, context: Context | None = None
) -> Karyotype:
    """The karyotype that ``text`` writes, with every finding; never raises for any text.

    ``bands`` is the finest band table (850), against which breakpoints are checked; without it they
    are not. ``context`` adds the rules of constitutional or neoplastic karyotypes. Raises
    KaryoViewError only for an edition that is not in the table.
    """
    if edition not in EDITIONS:
        raise KaryoViewError(f"There is no table for ISCN {edition}; choose one of {', '.join(EDITIONS)}.")
    text = text.strip()
    table = EDITIONS[edition]
    choices = _OR_KARYOTYPE.split(text[:MAX_LENGTH])
    if len(choices) > 1 and len(text) <= MAX_LENGTH:
        return _read_choices(text, [read_karyotype(choice, bands, edition, context) for choice in choices])
    body, other = text, ""
    found = _OTHER.search(text[:MAX_LENGTH])
    if found:
        body, other = text[: found.start()], text[found.start() :].lstrip(".")
    fault = check_writing(body) if body or not other else None
    if fault:
        return Karyotype(text, findings=(fault,))
    notes = [Finding("technique", "note", f'"{other}" is of another method and was not checked.')] if other else []
    if not body or (other and body in ("mos", "chi")):
        return Karyotype(text, other=other, findings=tuple(notes))
    try:
        tree = lines_parser().parse(body)
    except UnexpectedInput as wrong:
        at = wrong.pos_in_stream if isinstance(wrong.pos_in_stream, int) and wrong.pos_in_stream >= 0 else len(body)
        message = f'"{body[at:]}" cannot be read' if at < len(body) else "the string is not finished"
        return Karyotype(text, findings=(*notes, error("form", f"{text}: {message}.", at, len(text))))
    prefix, raw = _raw_lines(tree)
    lines: list[CellLine] = []
    findings: list[Finding] = list(notes)
    whole, named = True, Named()
    for fields, donor in raw:
        line, faults = _read_line(body, fields, donor, table, named, bool(lines))
        findings += faults
        if line is None:
            whole = False
            continue
        lines.append(line)
        clean = not any(f.severity == "error" for f in faults)
        findings += _check_line(lines, clean, bands, table, bool(other))
    if whole and not any(f.severity == "error" for f in findings):
        findings += _check_together(text, prefix, lines, table, context)
    return Karyotype(text, prefix, tuple(lines), other, tuple(findings))


def _read_choices(text: str, choices: Sequence[Karyotype]) -> Karyotype:
    """The first of several whole karyotypes that are joined by "or", with the findings on all of them."""
    findings: list[Finding] = []
    start = 0
    for choice in choices:
        findings += [replace(f, start=f.start + start, end=f.end + start) for f in choice.findings]
        start += len(choice.text) + len(" or ")
    words = f"{len(choices)} karyotypes are given with or; the first is counted on."
    findings.append(Finding("or", "note", words, len(choices[0].text), len(text)))
    first = choices[0]
    return Karyotype(text, first.prefix, first.lines, first.other, tuple(findings), tuple(choices[1:]))


_Field = tuple[str, int, tuple[Token, ...]]


def _raw_lines(tree: Tree[Token]) -> tuple[str, list[tuple[list[_Field], bool]]]:
    """The prefix and, for each line, its fields (text, place, brackets) and whether it is the donor's."""
    prefix, donor = "", False
    result: list[tuple[list[_Field], bool]] = []

    def walk(node: Tree[Token] | Token) -> None:
        nonlocal prefix, donor
        if isinstance(node, Token):
            if node.type == "PREFIX":
                prefix = node.strip()
            elif node.type == "DONOR":
                donor = True
            return
        if node.data == "line":
            fields = []
            for child in node.children:
                assert isinstance(child, Tree)
                head, *brackets = [t for t in child.children if isinstance(t, Token)]
                fields.append((str(head), head.start_pos or 0, tuple(brackets)))
            result.append((fields, donor))
            return
        for child in node.children:
            walk(child)

    walk(tree)
    return prefix, result


def _read_line(
    body: str, fields: list[_Field], donor: bool, edition: Edition, named: Named, later: bool
) -> tuple[CellLine | None, list[Finding]]:
    """One cell line; ``named`` holds what the lines before it named, ``later`` says that there are such lines."""
    start = fields[0][1]
    last, place, brackets = fields[-1]
    end = brackets[-1].end_pos or len(body) if brackets else place + len(last)
    text = body[start:end]
    findings: list[Finding] = []
    count = _COUNT.match(fields[0][0])
    if not count:
        return None, [_no_count(text, fields[0][0], start)]
    low, high = int(count[1][:9]), int((count[2] or count[1])[:9])
    ploidy = int(count[3][:9]) if count[3] else None
    if low > high:
        return None, [
            error("range", f"{text}: the range {low}~{high} runs backwards.", start, start + len(fields[0][0]))
        ]
    if high == 0 or (ploidy is not None and not 1 <= ploidy <= MAX_PLOIDY):
        return None, [
            error("count", f'{text}: "{fields[0][0]}" is no number of chromosomes.', start, start + len(fields[0][0]))
        ]
    cells, composite, faults = _read_cells(text, brackets)
    findings += faults
    for _, _, early in fields[:-1]:
        if early and not composite:
            message = f"{text}: {early[0]} stands in the middle of the line; the number of cells comes last"
            findings.append(error("cells", message + ".", early[0].start_pos or 0, early[0].end_pos or 0))
            return None, findings
    line = CellLine(
        text, (low, high), "", (), cells, ploidy, count[3] + "n" + count[4] if count[3] else "",
        composite=composite, donor=donor, start=start,
    )  # fmt: skip
    rest = fields[1:]
    if rest:
        line, taken, fault = _read_sex(line, rest[0])
        if fault:
            return None, [*findings, fault]
        rest = rest[taken:]
        line, rest, note = _drop_sex_before_reference(line, rest, later)
        findings += note
    else:
        message = f"{text}: the sex chromosomes are missing after the count"
        return None, [*findings, error("sex", message + ".", start, end)]
    changes, faults = _read_changes(line, rest, edition, named)
    return replace(line, changes=tuple(changes)), findings + faults


def _read_changes(
    line: CellLine, fields: Sequence[_Field], edition: Edition, named: Named
) -> tuple[list[Change], list[Finding]]:
    """The changes of a line and what is wrong with them; the last field's last bracket is the line's own."""
    changes: list[Change] = []
    findings: list[Finding] = []
    for number, (item, at, marks) in enumerate(fields, start=1):
        own = marks[:-1] if number == len(fields) else marks
        change, fault = read_change(item, at, line.text, edition)
        if fault:
            findings.append(fault)
            continue
        assert change is not None
        known = named.explains(change) if change.kind == "structural" else False
        change = named.complete(change)
        if known and len(change.parts) == 1 and change.parts[0].symbol == "der" and not change.parts[0].groups:
            change = replace(change, shortened=True)
        inner = re.fullmatch(r"\[([0-9]+)\]", own[0]) if own else None
        changes.append(replace(change, cells=int(inner[1][:9]) if inner else None))
        if inner and line.cells is not None and int(inner[1][:9]) > line.cells:
            message = f"{line.text}: {item} is given {inner[1]} cells, the clone has {line.cells}."
            findings.append(error("cells", message, at, at + len(item)))
    return changes, findings


def _drop_sex_before_reference(
    line: CellLine, fields: list[_Field], later: bool
) -> tuple[CellLine, list[_Field], list[Finding]]:
    """``46,XY,idem,+8`` is often written for ``47,idem,+8``: the reference stands for the sex chromosomes too."""
    reference = _REFERENCE.match(fields[0][0]) if fields and later and line.sex else None
    if not reference:
        return line, fields, []
    item, at, _ = fields[0]
    note = Finding(
        "reference", "note", f"{line.text}: {item} stands for the sex chromosomes too; leave out {line.sex}.",
        at, at + len(item),
    )  # fmt: skip
    times = int((reference[3] or "1")[:6])
    return replace(line, sex="", reference=reference[1], reference_times=times), fields[1:], [note]


def _no_count(text: str, field: str, start: int) -> Finding:
    span = (start, start + len(field))
    if re.match(r"[0-9]+-[0-9]+$", field):
        return error("range", f"{text}: a range of counts is written with ~: {field.replace('-', '~')}.", *span)
    if re.match(r"[0-9]+;", field):
        return error("comma", f"{text}: the count and the sex chromosomes are separated by a comma.", *span)
    if re.match(r"(mos|chi)", field):
        return error("prefix", f'{text}: a space stands between "{field[:3]}" and the count.', *span)
    if re.match(r"[0-9~]+<", field):
        return error("ploidy", f'{text}: the ploidy is written as <2n>, <3n> or <4n+>, not as in "{field}".', *span)
    if re.match(r"[XY]+$", field):
        return error("count", f"{text}: the count of chromosomes is missing before {field}.", *span)
    return error("count", f'{text}: a karyotype begins with the count of chromosomes, "{field}" is none.', *span)


def _read_cells(text: str, brackets: Sequence[Token]) -> tuple[int | None, bool, list[Finding]]:
    if not brackets:
        return None, False, []
    mark = brackets[-1]
    span = (mark.start_pos or 0, mark.end_pos or 0)
    found = re.fullmatch(r"\[(cp)?([0-9]{1,9})\]", mark)
    if not found:
        return (
            None,
            False,
            [error("cells", f"{text}: {mark} should hold the number of cells, as [20] or [cp10].", *span)],
        )
    if int(found[2]) == 0:
        return None, False, [error("cells", f"{text}: a cell line of no cells is not written.", *span)]
    if len(brackets) > 1 and not found[1]:
        return None, False, [error("cells", f"{text}: the number of cells is given twice.", *span)]
    return int(found[2]), bool(found[1]), []


def _read_sex(line: CellLine, field: _Field) -> tuple[CellLine, int, Finding | None]:
    """The line with its sex chromosomes or reference, how many fields that took, and the fault."""
    item, at, _ = field
    span = (at, at + len(item))
    reference = _REFERENCE.match(item)
    if reference:
        times = int((reference[3] or "1")[:6])
        return replace(line, reference=reference[1], reference_times=times), 1, None
    sex = _SEX.match(item)
    if sex:
        letters = sex[1]
        if "YX" in letters:
            ordered = "".join(sorted(letters))
            return line, 1, error("sex order", f"{line.text}: X stands before Y: {ordered}, not {letters}.", *span)
        return replace(line, sex=letters, sex_constitutional=bool(sex[2])), 1, None
    if re.fullmatch(r"[xy]+", item):
        return line, 1, error("sex", f"{line.text}: sex chromosomes are written in capitals: {item.upper()}.", *span)
    if re.match(r"[XY]+[+-]", item):
        return line, 1, error("comma", f'{line.text}: a comma is missing after the sex chromosomes in "{item}".', *span)
    if _NO_SEX_LEFT.match(item):
        return line, 0, None
    if re.match(r"[XYxyA-Z?]+$", item):
        strange = next(c for c in item if c not in "XY?")
        return line, 1, error("sex", f'{line.text}: there is no sex chromosome "{strange}" in {item}.', *span)
    message = f'{line.text}: the sex chromosomes stand after the count, "{item}" names none'
    return line, 1, error("sex", message + ".", *span)


_LONG_FORM: Final = re.compile(r"->|→|::|\(:|:\)|\)\([0-9XY]*[pq]ter")


@lru_cache(maxsize=4096)
def _values_of(text: str) -> dict[str, Any] | None:
    """The fields of the change that ``text`` writes; None where the grammar does not read it."""
    try:
        return ToChange().transform(change_parser().parse(text))  # type: ignore[no-any-return]
    except (LarkError, VisitError):
        return None


def read_change(text: str, start: int, line: str, edition: Edition) -> tuple[Change | None, Finding | None]:
    """One change of a line, or the fault that keeps it from being read."""
    if " or " in text:
        return _read_alternatives(text, start, line, edition)
    if _LONG_FORM.search(text):
        return Change(text, "unchecked", start=start), None
    values = _values_of(text)
    if values is None:
        word = re.match(r"[+-]?\??([a-z]+(?: [a-z]+)?)", text)
        if word and word[1] in edition.unchecked and word[1] not in SYMBOLS and word[1] not in UNPLACED:
            return Change(text, "unchecked", start=start), None
        return None, diagnose_change(text, line, start)
    return Change(text, start=start, **values), None


_BREAK_CHOICE: Final = re.compile(r"\(([^()]* or [^()]*)\)")


def _read_alternatives(text: str, start: int, line: str, edition: Edition) -> tuple[Change | None, Finding | None]:
    """A change of which several readings are given, as ``add(19)(p13.3 or q13.3)``: the first, with the others."""
    inside = _BREAK_CHOICE.search(text)
    if inside:
        texts = [text[: inside.start(1)] + one + text[inside.end(1) :] for one in inside[1].split(" or ")]
    else:
        texts = text.split(" or ")
    read: list[Change] = []
    for one in texts:
        change, fault = read_change(one, start, line, edition)
        if fault or change is None:
            return None, fault
        read.append(change)
    if any(change.kind == "unchecked" for change in read):
        return Change(text, "unchecked", start=start), None
    return replace(read[0], text=text, certain=False, alternatives=tuple(read[1:])), None


def _check_line(
    lines: Sequence[CellLine], clean: bool, bands: BandTable | None, edition: Edition, other: bool
) -> Iterator[Finding]:
    line = lines[-1]
    faults: list[Finding] = []
    notes: list[Finding] = []
    for change in line.changes:
        for finding in check_change(change, line, bands, edition, other):
            (faults if finding.severity == "error" else notes).append(finding)
        if change.kind == "unchecked":
            span = (change.start, change.start + len(change.text))
            yield Finding("unchecked", "note", f'{line.text}: "{change.text}" is known but was not checked.', *span)
    yield from faults
    yield from notes
    earlier, fault = _referred(lines)
    if fault:
        yield fault
    elif earlier is not None and not line.changes and line.reference_times == 1:
        message = f"{line.text}: {line.reference} without a change is the line it refers to; add its cells there"
        yield error("reference", message + ".", line.start, line.start + len(line.text))
    elif clean and not faults:
        faults += (found := list(check_order(line, edition)))
        yield from found
        faults += (found := [*check_copies(line, earlier), *check_sex(line, earlier)])
        yield from found
        if not any(f.severity == "error" for f in faults):
            yield from check_count(line, earlier)


def _referred(lines: Sequence[CellLine]) -> tuple[CellLine | None, Finding | None]:
    """The line that idem, sl or sdl of the last line refers to."""
    line = lines[-1]
    if not line.reference:
        return None, None
    digits = line.reference.removeprefix("sdl") if line.reference.startswith("sdl") else ""
    index = int(digits[:6]) if digits else (1 if line.reference == "sdl" else 0)
    if index < len(lines) - 1:
        return lines[index], None
    what = "an earlier cell line" if index == 0 else f"sideline {index}, which is cell line {index + 1}"
    message = f"{line.text}: {line.reference} refers to {what}, and there is none before it"
    return None, error("reference", message + ".", line.start, line.start + len(line.text))


def _check_together(
    text: str, prefix: str, lines: Sequence[CellLine], edition: Edition, context: Context | None
) -> Iterator[Finding]:
    """Rules between the lines: prefix, numbers of cells, order, and what the context asks."""
    if prefix and len(lines) == 1:
        yield error("prefix", f"{text}: {prefix} announces two or more cell lines, there is one.", 0, len(text))
        return
    counted = [line for line in lines if line.cells is not None]
    if counted and len(counted) < len(lines):
        bare = next(line for line in lines if line.cells is None)
        yield error("cells", f"{text}: {bare.text} has no number of cells, another line has.", bare.start, len(text))
    seen: dict[tuple[object, ...], CellLine] = {}
    for line in lines:
        key = (re.sub(r"\[[^]]*\]$", "", line.text), line.donor)
        if key in seen:
            yield error("same line", f"{text}: the cell line {key[0]} is written twice.", line.start, len(text))
            return
        seen[key] = line
    yield from _check_line_order(text, prefix, lines, edition)
    for line in lines:
        if context == "neoplasia" and line.cells is None:
            message = f"{line.text}: in neoplasia every clone carries its number of cells, as [20]"
            yield error("cells", message + ".", line.start, line.start + len(line.text))
        signed = [c for c in line.changes if c.kind == "whole" and c.chromosome in ("X", "Y")]
        if context == "constitutional" and signed and line.sex:
            message = "a constitutional change of sex chromosomes has no sign; name those there, as 45,X or 47,XXY"
            yield error("sex sign", f"{line.text}: {message}.", signed[0].start, signed[0].start + len(signed[0].text))


def _check_line_order(text: str, prefix: str, lines: Sequence[CellLine], edition: Edition) -> Iterator[Finding]:
    for group in ([x for x in lines if not x.donor], [x for x in lines if x.donor]):
        normal = [i for i, line in enumerate(group) if line.is_normal]
        if len({group[i].sex for i in normal}) > 1 and prefix != "chi":
            message = f"{text}: lines of both sexes are a chimera, usually written with chi"
            yield Finding("chimera", edition.severity["chimera"], message + ".", 0, len(text))
            continue
        if prefix != "chi" and normal and normal[0] < len(group) - 1:
            line = group[normal[0]]
            span = (line.start, line.start + len(line.text))
            message = f"{text}: the normal line {line.text} stands last."
            # Mosaics of sex chromosomes alone are also listed by their counts, as 45,X/46,XY/47,XYY.
            only_sex = all(not x.changes and not x.reference for x in group)
            mosaic = edition.severity["sex mosaic order"] if only_sex and len(group) > 2 else "error"
            yield Finding("line order", mosaic, message, *span)
            continue
        sized = [x for x in group if not x.is_normal and not x.reference and x.cells is not None]
        for before, after in itertools.pairwise(sized):
            assert before.cells is not None
            assert after.cells is not None
            if after.cells > before.cells and not any(x.reference for x in group):
                message = f"{text}: the larger line usually comes first, {after.text} before {before.text}"
                yield Finding(
                    "line size order", edition.severity["line size order"], message + ".", after.start, len(text)
                )
                break


def describe(karyotype: Karyotype) -> tuple[str, ...]:
    """The reading, one sentence for each cell line, in a technologist's words."""
    return describe_lines(karyotype.lines)
