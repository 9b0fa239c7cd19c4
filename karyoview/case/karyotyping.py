"""The karyotype of a case: set by a person, checked, and overridden only with a reason."""

from __future__ import annotations

from karyoview.case.case import Case
from karyoview.case.counting import protocol_of, tally_of
from karyoview.core.errors import KaryoViewError
from karyoview.core.nomenclature import Karyotype, read_karyotype
from karyoview.imaging.ideogram import load_bands


class KaryotypeError(KaryoViewError):
    """A karyotype breaks a rule and no reason was given."""


def check_karyotype(case: Case, text: str) -> Karyotype:
    """The reading of a typed karyotype under the case's protocol."""
    edition = str(case.settings.details.get("iscn_edition", "2024"))
    bracketed = protocol_of(case).context == "neoplasia"
    return read_karyotype(text, load_bands(850), edition, "neoplasia" if bracketed else "constitutional")


def set_karyotype(case: Case, text: str, reason: str = "") -> tuple[str, ...]:
    """Set the karyotype; returns notes. One that breaks a rule or differs from the counts needs ``reason``.

    Raises KaryotypeError with the first rule that is broken, or the difference.
    """
    found = check_karyotype(case, text)
    faults = [f.sentence for f in found.errors]
    try:
        proposal = tally_of(case).proposal().text
    except KaryoViewError:
        proposal = ""
    if not faults and proposal and proposal != found.text:
        faults.append(f"{found.text} is not what the reviewed cells say, {proposal}.")
    if faults and not reason.strip():
        raise KaryotypeError(f"{faults[0]} Correct it, or give a reason to keep it so.")
    details = {k: v for k, v in case.settings.details.items() if k != "override_reason"}
    if faults:
        details["override_reason"] = reason.strip()
    case.update_settings("karyotype set", karyotype=found.text, details=details)
    return tuple(f.sentence for f in found.findings if f.severity == "note") + tuple(faults)
