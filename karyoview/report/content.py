"""What a report says, gathered from a case; no drawing here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import karyoview
from karyoview._resources import resource
from karyoview.case.case import Case
from karyoview.case.counting import tally_of
from karyoview.case.schema import CellRecord, Signature
from karyoview.core.annotation import Chromosome, ImageAnnotation, PredictedChromosome, ReviewedChromosome
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.core.nomenclature import read_karyotype
from karyoview.core.tally import CaseTally, CellCount, Protocol, tally_case
from karyoview.io.documents import DocumentError, read_document

MAX_KARYOGRAMS: Final = 12
MAX_TEMPLATE_BYTES: Final = 1 << 20
_NAMED: Final = 4


class ReportError(KaryoViewError):
    """A report cannot be made."""


INTERPRETATION: Final = "interpretation"
_NOT_IN_HEADER: Final = ("sex", "amended", "override_reason", "iscn_edition", "priority", "assignee")


@dataclass(frozen=True, slots=True)
class Template:
    """Header and texts of the laboratory; ``logo`` is a picture file or None.

    ``fields`` are the laboratory's own members of a case's details with their titles, in the order of the report;
    ``phrases`` are sentences for the interpretation.
    """

    laboratory: str = ""
    address: str = ""
    title: str = "Chromosome analysis"
    notice: str = ""
    method: str = ""
    limits: str = ""
    footer: str = ""
    logo: Path | None = None
    fields: tuple[tuple[str, str], ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class CellPicture:
    """A cell shown in the report; ``image`` None with its ``problem`` where the original cannot be read."""

    record: CellRecord
    annotation: ImageAnnotation
    image: MetaphaseImage | None
    karyotype: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything that a report shows."""

    case_id: str
    template: Template
    details: tuple[tuple[str, str], ...]
    protocol: Protocol
    tally: CaseTally
    karyotype: str
    karyotype_note: str
    steps: tuple[str, ...]
    pictures: tuple[CellPicture, ...]
    remarks: tuple[str, ...]
    signatures: tuple[Signature, ...]
    state_sha256: str
    chain_head: str
    provenance: tuple[tuple[str, str], ...]
    created: str
    sex_withheld: bool = False
    amended: str = ""
    edition: str = "2024"
    confirmed: str = ""
    shortfalls: tuple[str, ...] = ()
    laboratory: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_draft(self) -> bool:
        """Whether nobody has approved this very state."""
        return not any(s.meaning == "approved" and s.state_sha256 == self.state_sha256 for s in self.signatures)


def load_template(path: Path | None = None) -> Template:
    """The laboratory's template (JSON), by default the one that comes with the program. Raises ReportError."""
    path = path or resource("report", "template.json")
    try:
        values = dict(read_document(path, MAX_TEMPLATE_BYTES))
    except DocumentError as error:
        raise ReportError(f"The report template cannot be used: {error} Mend it or choose another.") from error
    except OSError as error:
        reason = error.strerror or error
        raise ReportError(f"The report template {path} cannot be read ({reason}); choose another.") from error
    fields, phrases = values.pop("fields", {}), values.pop("phrases", [])
    if any(not isinstance(v, str) for v in values.values()):
        raise ReportError(f"The report template {path} must be one JSON object of texts.")
    if not isinstance(fields, dict) or any(not isinstance(v, str) for v in fields.values()):
        raise ReportError(f'"fields" of {path} must give each field its title, as {{"patient": "Patient"}}.')
    if not isinstance(phrases, list) or any(not isinstance(v, str) for v in phrases):
        raise ReportError(f'"phrases" of {path} must be a list of texts.')
    known = {k: v for k, v in values.items() if k in Template.__dataclass_fields__ and k != "logo"}
    logo = path.parent / values["logo"] if values.get("logo") else None
    if logo is not None and not logo.is_file():
        raise ReportError(f"The logo {logo} named in {path.name} is missing.")
    return Template(**known, logo=logo, fields=tuple(fields.items()), phrases=tuple(phrases))


def collect_report(case: Case, template: Template | None = None, *, pictures: int = 4) -> ReportContent:
    """The content of a case's report. Raises ReportError when no cell is reviewed.

    ``pictures`` cells are shown at most, karyotyped ones first, one of each clone before a second.
    A missing or changed original is a remark; the report is made all the same.
    """
    tally = tally_of(case)
    if not tally.counted:
        raise ReportError(f"No cell of {case.settings.id} is reviewed yet; review at least one, then make the report.")
    karyotype, note, steps = _karyotype(case, tally)
    remarks: list[str] = []
    shown = []
    withheld = case.settings.sex_withheld
    for image in _chosen(tally, min(pictures, MAX_KARYOGRAMS)):
        record = case.cell(image)
        annotation = case.annotation(image)
        cell = next(c for c in tally.counted if c.image == image)
        own = _cell_karyotype(cell, tally, withheld)
        try:
            picture: MetaphaseImage | None = case.read_image(image)
            problem = next((n for n in picture.notes if "SHA-256" in n or "changed" in n), "") if picture else ""
        except KaryoViewError as error:
            picture, problem = None, str(error)
        if problem:
            remarks.append(problem if image in problem else f"{image}: {problem}")
        shown.append(CellPicture(record, annotation, picture, own, problem))
    for cell in tally.counted:
        if case.cell(cell.image).missing and not any(cell.image in r for r in remarks):
            remarks.append(f"{cell.image}: the original is no longer in the folder; its counts are kept.")
    template = template or load_template()
    titles = dict(template.fields)
    order = [*titles, *(key for key in case.settings.details if key not in titles)]
    details = tuple(
        (titles.get(key) or key.replace("_", " ").capitalize(), value)
        for key in order
        if isinstance(value := case.settings.details.get(key), str) and value and key not in _NOT_IN_HEADER
    )
    return ReportContent(
        case_id=case.settings.id,
        template=template,
        details=details,
        protocol=tally.protocol,
        tally=tally,
        karyotype=withhold_sex(karyotype) if withheld else karyotype,
        karyotype_note=note,
        steps=() if withheld else steps,
        pictures=tuple(shown),
        remarks=tuple(remarks),
        signatures=case.settings.signatures,
        state_sha256=case.state_sha256(),
        chain_head=case.chain_head,
        provenance=tuple(_provenance(case, tally)),
        created=utc_now(),
        sex_withheld=withheld,
        amended=str(case.settings.details.get("amended", "")),
        edition=str(case.settings.details.get("iscn_edition", "2024")),
        confirmed=_confirmed(case, tally),
        shortfalls=_confirmed_shortfalls(case),
        laboratory=case.laboratory,
    )


def _confirmed_shortfalls(case: Case) -> tuple[str, ...]:
    """What the signers of the present state were shown to fall short, each once."""
    state = case.state_sha256()
    texts = [text for s in case.settings.signatures if s.state_sha256 == state for text in s.shortfalls]
    return tuple(dict.fromkeys(texts))


def unconfirmed_cells(case: Case, tally: CaseTally) -> list[str]:
    """Names of the counted cells that hold a chromosome at which no person looked, also one taken over with others."""
    return [
        cell.image for cell in tally.counted if any(_is_unconfirmed(c) for c in case.annotation(cell.image).chromosomes)
    ]


def _confirmed(case: Case, tally: CaseTally) -> str:
    """Whether persons looked at every chromosome of the counted cells, as the cells themselves say."""
    unconfirmed = unconfirmed_cells(case, tally)
    number = len(tally.counted)
    if not unconfirmed:
        named = "the counted cell" if number == 1 else f"all {number} counted cells"
        return f"The chromosomes of {named} were confirmed by a person."
    cells, more = len(unconfirmed), len(unconfirmed) - _NAMED
    shown = ", ".join(unconfirmed[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    return (
        f"In {cells} of {number} counted cells chromosomes stand as an engine proposed them, and nobody "
        f"confirmed each of them: {shown}."
    )


def _is_unconfirmed(item: Chromosome) -> bool:
    return isinstance(item, PredictedChromosome) or not getattr(item, "looked_at", True)


def withhold_sex(karyotype: str) -> str:
    """The karyotype with the sex chromosomes of each line written U (not disclosed)."""
    found = read_karyotype(karyotype)
    text = found.text
    for line in sorted(found.lines, key=lambda x: -x.start):
        fields = line.text.split(",")
        if line.sex and len(fields) > 1:
            tail = fields[1][len(line.sex) :] if fields[1].startswith(line.sex) else ""
            own = ",".join([fields[0], "U" + tail, *fields[2:]])
            text = text[: line.start] + own + text[line.start + len(line.text) :]
    return text


def _karyotype(case: Case, tally: CaseTally) -> tuple[str, str, tuple[str, ...]]:
    """The karyotype to print, a remark on it, and the steps of the proposal."""
    try:
        proposal = tally.proposal()
    except KaryoViewError as error:
        if not case.settings.karyotype:
            return "", str(error), ()
        return case.settings.karyotype, "", ()
    if case.settings.karyotype:
        reason = case.settings.details.get("override_reason")
        differs = case.settings.karyotype != proposal.text
        note = f"Written by a person; from the counts: {proposal.text}." if differs else ""
        if differs and reason:
            note += f" Reason: {reason}."
        return case.settings.karyotype, note, proposal.steps
    return proposal.text, "Proposed from the reviewed counts; not yet confirmed by a person.", proposal.steps


def _cell_karyotype(cell: CellCount, tally: CaseTally, withheld: bool) -> str:
    try:
        own = tally_case([cell], tally.protocol, tally.sex).proposal().text
    except KaryoViewError:
        return f"{cell.total} chromosomes"
    own = own.removesuffix("[1]")
    return withhold_sex(own) if withheld else own


def _chosen(tally: CaseTally, most: int) -> list[str]:
    """Cells to show: of each clone one after the other, karyotyped ones first."""
    cells = {c.image: c for c in tally.counted}
    lines = [sorted(clone.images, key=lambda i: not cells[i].karyotyped) for clone in tally.clones]
    rest = [c.image for c in tally.counted if not any(c.image in line for line in lines)]
    order = []
    for rank in range(max((len(line) for line in lines), default=0)):
        order += [line[rank] for line in lines if rank < len(line)]
    return [*order, *rest][:most]


def _provenance(case: Case, tally: CaseTally) -> Iterator[tuple[str, str]]:
    yield "Program", f"KaryoView {karyoview.__version__}"
    seen: dict[str, str] = {}
    least: dict[str, float] = {}
    given: dict[str, int] = {}
    for cell in tally.counted:
        for item in case.annotation(cell.image).chromosomes:
            source: object = item
            if isinstance(item, ReviewedChromosome):
                given[item.label_by.kind if item.label_by else "nobody"] = (
                    given.get(item.label_by.kind if item.label_by else "nobody", 0) + 1
                )
                source = item.proposal
            if not isinstance(source, PredictedChromosome) or not source.box_by.name:
                continue
            engine = source.box_by.name
            least[engine] = min(least.get(engine, 1.0), source.score)
            if engine not in seen:
                try:
                    found = case.proposals(cell.image, engine)
                except KaryoViewError:
                    found = None
                seen[engine] = found.provenance.weights_hash if found else ""
    for engine, weights in seen.items():
        # What was drawn with the picture, or read from another program's file, has no weights. The threshold that
        # a file of proposals names is the one they were stored by, not the one that a person worked with.
        taken = f"proposals taken from a score of {least[engine]:.2f} on"
        yield "Engine", f"{engine}, weights {weights[:16]}, {taken}" if weights else engine
    words = {"person": "a person", "engine": "an engine, as proposed", "nobody": "not given"}
    if given:
        numbers = sorted(given.items(), key=lambda item: -item[1])
        yield "Classes given by", "; ".join(f"{words.get(kind, kind)}: {number}" for kind, number in numbers)
    yield "Case state (SHA-256)", case.state_sha256()
    if case.laboratory:
        yield "Laboratory", case.laboratory
    yield "Record head", case.chain_head
