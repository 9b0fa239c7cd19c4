"""Signing a case: who, what for, and when it locks. Analyst and approver are different people."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from karyoview.accounts.users import Role, User, Users
from karyoview.case.case import Case
from karyoview.case.schema import Signature
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.io.atomic import write_atomic
from karyoview.io.documents import sha256_bytes

MEANINGS: Final = ("analysed", "reviewed", "approved")


class SigningError(KaryoViewError):
    """A signature is not possible as asked."""


def sign_case(
    case: Case, users: Users, name: str, passphrase: str, meaning: str, *, report_sha256: str = ""
) -> Signature:
    """Sign the present state of a case; an approval locks it until :func:`amend_case`.

    The signer proves who they are by the passphrase. An approval needs the role of an approver, an
    ``analysed`` signature under the same state, and another person than any who analysed it. Raises
    SigningError, UserError or CaseError with a sentence.
    """
    if meaning not in MEANINGS:
        raise SigningError(f'"{meaning}" is no meaning of a signature; use analysed, reviewed or approved.')
    user = users.verify(name, passphrase)
    state = case.state_sha256()
    check_may_sign(case, user, meaning, state)
    signature = Signature(
        user=user.name,
        name=user.printed_name,
        meaning=meaning,
        time=utc_now(),
        state_sha256=state,
        chain_head=case.chain_head,
        report_sha256=report_sha256,
        amends=str(case.settings.details.get("amended", "")),
    )
    case.add_signature(signature, lock=meaning == "approved")
    return signature


def check_may_sign(case: Case, user: User, meaning: str, state: str) -> None:
    """SigningError when ``user`` may not sign the state of the case so."""
    if case.settings.locked:
        raise SigningError("The case is approved and locked; amend it with a reason before it is signed again.")
    if not any(cell.state == "reviewed" for cell in case.cells):
        raise SigningError("No cell of the case is reviewed yet; there is nothing to sign.")
    present = [s for s in case.settings.signatures if s.state_sha256 == state]
    if any(s.user == user.name and s.meaning == meaning for s in present):
        raise SigningError(f"{user.printed_name} has already signed this state as {meaning}.")
    if meaning != "approved":
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


def amend_case(case: Case, reason: str) -> None:
    """Open an approved case for an amended report; its signatures and reports are kept."""
    if not case.settings.locked:
        raise SigningError("The case is not locked; it can be changed without an amendment.")
    case.amend(reason)
    case.update_settings("amended report begun", details={**case.settings.details, "amended": reason.strip()})


def keep_report(case: Case, pdf: bytes) -> Path:
    """Keep a report in the case under the next number, never over an older one, and note its SHA-256 in the record."""
    folder = case.store / "reports"
    folder.mkdir(parents=True, exist_ok=True)
    number = 1 + max((int(p.stem[-3:]) for p in folder.glob("report-[0-9][0-9][0-9].pdf")), default=0)
    path = folder / f"report-{number:03d}.pdf"
    write_atomic(path, pdf)
    case.record("report made", {"file": path.name, "sha256": sha256_bytes(pdf)})
    return path


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all; SigningError when the place cannot be written."""
    try:
        write_atomic(path, data)
    except OSError as error:
        raise SigningError(f"{path} cannot be written ({error.strerror or error}); choose another place.") from error
