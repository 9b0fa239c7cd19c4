"""Signing, approving and amending a case: who, what for, what falls short, and the report that is kept.

Analyst and approver are different people. What falls short is computed from the case, shown before the act,
confirmed by name and printed in the report; what may never be so stops it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from karyoview.accounts.users import Credentials, Role, User, Users
from karyoview.case.audit import SIGNED, scan
from karyoview.case.case import Case
from karyoview.case.counting import tally_of
from karyoview.case.karyotyping import check_karyotype
from karyoview.case.proof import AMENDMENT, APPROVED, REPORT, SIGNATURE, read_keys, report_problem, statement
from karyoview.case.schema import Signature, signature_row
from karyoview.core.annotation import ReviewState
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.core.tally import CaseTally
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.documents import Document, sha256_bytes
from karyoview.io.key_list import KeyListError
from karyoview.io.own_folder import OwnFolder
from karyoview.report.content import unconfirmed_cells, withhold_sex
from karyoview.services.authority import AMEND, authorise

MAX_PDF_BYTES: Final = 1 << 30
MEANINGS: Final = ("analysed", "reviewed", APPROVED)
_FEW: Final = 3


class SigningError(KaryoViewError):
    """A signature is not possible as asked."""


class ShortfallError(SigningError):
    """What falls short was not confirmed; ``shortfalls`` has the sentences."""

    def __init__(self, shortfalls: tuple[str, ...]) -> None:
        super().__init__("Confirm first what falls short: " + " ".join(shortfalls))
        self.shortfalls = shortfalls


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One sentence about what a signed case lacks; ``stops`` where it cannot be signed so."""

    text: str
    stops: bool = False


def shortfalls(case: Case, *, originals: bool = True) -> list[Shortfall]:
    """What the case lacks against its protocol and its own facts, what stops a signature first.

    ``originals`` reads every image and compares its SHA-256.
    """
    tally = tally_of(case)
    found = [*_originals(case, originals), *_karyotype(case, tally), *_second_counts(case), *_cells(case, tally)]
    return sorted(found, key=lambda s: not s.stops)


def sign_case(
    case: Case, users: Users, who: Credentials, meaning: str, *, confirmed: Iterable[str] = (), seen: str = "",
    report: Callable[[], bytes] | None = None,
) -> Signature:  # fmt: skip
    """Sign the present state of a case; an approval locks it until :func:`amend_case` and keeps its report.

    The signer proves who they are by the passphrase; ``confirmed`` are the sentences of :func:`shortfalls` that they
    were shown, ``seen`` the state of the case (SHA-256) that they were shown, where it was a preview, and ``report``
    makes the PDF that is kept with an approved case, in the laboratory's own template by default. An approval
    needs the role of an approver, an ``analysed`` signature under the same state, and another person than any who
    analysed it. Raises ShortfallError, SigningError, AuthorityError, UserError or CaseError with a sentence.
    """
    if meaning not in MEANINGS:
        raise SigningError(f'"{meaning}" is no meaning of a signature; use analysed, reviewed or approved.')
    authority = authorise(users, who, meaning)
    case.prepare_signing()
    state = case.state_sha256()
    if seen and seen != state:
        raise SigningError("The case changed after its report was shown; look at the new preview and sign then.")
    check_may_sign(case, authority.user, meaning, state)
    open_ones = shortfalls(case, originals=False)  # they were compared a moment ago
    stopping = [s.text for s in open_ones if s.stops]
    if stopping:
        raise SigningError("Not signed: " + " ".join(stopping))
    texts = tuple(s.text for s in open_ones)
    if set(texts) - set(confirmed):
        raise ShortfallError(texts)
    member = authority.member()
    unsigned = Signature(
        user=authority.user.name,
        name=authority.user.printed_name,
        meaning=meaning,
        time=utc_now(),
        state_sha256=state,
        chain_head=case.chain_head,
        amends=str(case.settings.details.get("amended", "")),
        shortfalls=texts,
        laboratory=member["laboratory"],
        key_list=member["key_list"],
        key=authority.key.public,
    )
    signature = replace(unsigned, proof=authority.key.sign(statement(SIGNATURE, signature_row(unsigned))))
    case.add_signature(signature, authority.keys)
    if meaning == APPROVED:
        _keep_approved(case, report or (lambda: _report_of(case)), lambda row: authority.proven(REPORT, row))
    return signature


def check_may_sign(case: Case, user: User, meaning: str, state: str) -> None:
    """SigningError when ``user`` may not sign the state of the case so."""
    if case.settings.locked:
        raise SigningError("The case is approved and locked; amend it with a reason before it is signed again.")
    if not any(cell.state is ReviewState.REVIEWED for cell in case.cells):
        raise SigningError("No cell of the case is reviewed yet; there is nothing to sign.")
    present = [s for s in case.settings.signatures if s.state_sha256 == state]
    if any(s.user == user.name and s.meaning == meaning for s in present):
        raise SigningError(f"{user.printed_name} has already signed this state as {meaning}.")
    if meaning != APPROVED:
        return
    if user.role is not Role.APPROVER:
        raise SigningError(f"{user.printed_name} is no approver; another person has to approve the case.")
    analysts = {s.user for s in present if s.meaning == "analysed"}
    if not analysts:
        raise SigningError("Nobody has signed this state as analysed; the analyst signs first.")
    if user.name in analysts:
        raise SigningError(f"{user.printed_name} analysed the case; another person has to approve it.")


def valid_signatures(case: Case) -> tuple[Signature, ...]:
    """The signatures under the present state; earlier ones stay in the case but say nothing about it."""
    state = case.state_sha256()
    return tuple(s for s in case.settings.signatures if s.state_sha256 == state)


def amend_case(case: Case, users: Users, who: Credentials, reason: str) -> None:
    """Open an approved case for an amended report; its signatures and reports are kept.

    A reason that was given for a karyotype belongs to the approved counts and has to be given anew. Raises
    SigningError, AuthorityError, UserError or CaseError.
    """
    if not case.settings.locked:
        raise SigningError("The case is not locked; it can be changed without an amendment.")
    if not reason.strip():
        raise SigningError("An amended report needs a reason.")
    authority = authorise(users, who, AMEND)
    case.prepare_amending()
    row = {"reason": " ".join(reason.split()), "time": utc_now(), "chain_head": case.chain_head}
    case.amend(authority.proven(AMENDMENT, row), authority.keys)


def approved_report(case: Case) -> bytes | None:
    """The PDF that was kept when the present approval was given; None where there is none or it was changed."""
    if not case.settings.locked:
        return None
    folder = OwnFolder(case.store)
    try:
        found, keys = scan(case.store / "audit.jsonl"), read_keys(folder)
        approved = [line.seq for line in found.signed if line.action == SIGNED + APPROVED]
        counts = [r for r in found.reports if r.seq > max(approved, default=0) and not report_problem(r, keys)]
        if not counts:
            return None
        pdf = folder.read(f"reports/{counts[-1].row.get('file')}", MAX_PDF_BYTES)
    except (OSError, KeyListError):
        return None
    return pdf if sha256_bytes(pdf) == counts[-1].row.get("sha256") else None


def keep_report(case: Case, pdf: bytes) -> Path:
    """Keep a report in the case under the next number, never over an older one, and note its SHA-256 in the record."""
    return case.keep_report(pdf)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all; SigningError when the place cannot be written."""
    try:
        write_atomic(path, data)
    except OSError as error:
        raise SigningError(f"The report was not written: {explain(error, path)}.") from error


def _report_of(case: Case) -> bytes:
    from karyoview.report.content import collect_report
    from karyoview.report.pdf import report_pdf

    return report_pdf(collect_report(case))


def _keep_approved(case: Case, report: Callable[[], bytes], prove: Callable[[Document], Document]) -> None:
    try:
        case.keep_report(report(), prove)
    except KaryoViewError as error:
        raise SigningError(
            f"The case is approved, but its report is not kept yet: {error} Save it as a PDF."
        ) from error


def _originals(case: Case, compare: bool) -> Iterator[Shortfall]:
    if compare:
        for check in case.check_originals():
            if check.problem and not case.cell(check.image).missing:
                yield Shortfall(check.problem, stops=True)
    gone = [cell.image for cell in case.cells if cell.missing and cell.state is ReviewState.REVIEWED]
    if gone:
        yield Shortfall(f"The original is no longer in the folder: {_listed(gone)}.")


def _karyotype(case: Case, tally: CaseTally) -> Iterator[Shortfall]:
    if not tally.counted:
        return
    written, reason = case.settings.karyotype, str(case.settings.details.get("override_reason", ""))
    shown = withhold_sex if case.settings.sex_withheld else str
    try:
        proposed = tally.proposal().text
    except KaryoViewError as error:
        proposed = ""
        if not written:
            yield Shortfall(f"There is no karyotype: {error}")
            return
    if not written:
        yield Shortfall(f"Nobody has set the karyotype; {shown(proposed)} is proposed from the counts.")
        return
    broken = [fault.sentence for fault in check_karyotype(case, written).errors]
    if broken and case.settings.sex_withheld:
        broken = ["The karyotype breaks a rule."]  # which one may tell the sex
    if not broken and proposed and proposed != written:
        broken = [f"The karyotype says {shown(written)}, the reviewed cells say {shown(proposed)}."]
    if broken and not reason:
        yield Shortfall(f"{broken[0]} Set the karyotype anew, or give a reason to keep it.", stops=True)
    elif broken:
        yield Shortfall(f"{broken[0]} Kept because: {reason}.")


def _second_counts(case: Case) -> Iterator[Shortfall]:
    """Blind second counts that differ from the first and that nobody has answered."""
    for cell in case.cells:
        if cell.state is not ReviewState.REVIEWED:
            continue
        annotation = case.annotation(cell.image)
        counts = annotation.extra.get("second_counts")
        answered = annotation.extra.get("answered")
        keys = list(answered) if isinstance(answered, dict) else []
        for person, count in counts.items() if isinstance(counts, dict) else ():
            if not isinstance(count, dict) or not count.get("done"):
                continue
            second = len(count.get("marks") or ())
            if second != annotation.total() and not any(str(k).startswith("second") for k in keys):
                yield Shortfall(
                    f"{cell.image}: {person} counted {second}, the first count is {annotation.total()}; settle it.",
                    stops=True,
                )


def _cells(case: Case, tally: CaseTally) -> Iterator[Shortfall]:
    protocol = tally.protocol
    for have, needed, what in (
        (len(tally.counted), protocol.count, "counted"),
        (tally.analysed, protocol.analyse, "analysed"),
        (tally.karyotyped, protocol.karyograms, "karyotyped"),
    ):
        if have < needed:
            yield Shortfall(f"{have} of {needed} cells are {what}.")
    shown = {c.image for c in tally.counted if c.karyotyped}
    for clone in tally.clones:
        if not shown & set(clone.images):
            name = ", ".join(c.split(" ")[0] for c in clone.changes) or "normal"
            hidden = case.settings.sex_withheld and any(c[1:2] in ("X", "Y") for c in clone.changes)
            yield Shortfall(f"No cell of the line {'with a change' if hidden else name} is karyotyped.")
    waiting = [c.image for c in case.cells if c.state not in (ReviewState.REVIEWED, ReviewState.SET_ASIDE)]
    if waiting:
        yield Shortfall(f"{len(waiting)} cells are neither reviewed nor set aside: {_listed(waiting)}.")
    unclassed = [c.image for c in tally.counted if c.unclassed]
    if unclassed:
        yield Shortfall(f"Chromosomes without a class: {_listed(unclassed)}.")
    unconfirmed = unconfirmed_cells(case, tally)
    if unconfirmed:
        yield Shortfall(f"Proposals that no person has confirmed: {_listed(unconfirmed)}.")


def _listed(images: list[str]) -> str:
    more = f" and {len(images) - _FEW} more" if len(images) > _FEW else ""
    return ", ".join(images[:_FEW]) + more
