"""Signatures: two people, a lock, amendments, and a record that cannot be written anew."""

from __future__ import annotations

import pytest
from report_samples import ANALYST, APPROVER, text_of

from karyoview.accounts.users import Users
from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.errors import KaryoViewError
from karyoview.report.content import collect_report
from karyoview.report.pdf import report_pdf
from karyoview.report.signing import amend_case, keep_report, sign_case, valid_signatures


def test_signing_needs_two_people_locks_and_is_printed(case: Case, users: Users) -> None:
    with pytest.raises(KaryoViewError, match="analyst signs first"):
        sign_case(case, users, "bob", APPROVER, "approved")
    with pytest.raises(KaryoViewError, match="passphrase is wrong"):
        sign_case(case, users, "ana", "wrong passphrase", "analysed")
    sign_case(case, users, "cleo", ANALYST, "analysed")
    with pytest.raises(KaryoViewError, match="already signed"):
        sign_case(case, users, "cleo", ANALYST, "analysed")
    with pytest.raises(KaryoViewError, match="Cleo Roy analysed the case"):
        sign_case(case, users, "cleo", ANALYST, "approved")
    with pytest.raises(KaryoViewError, match="no approver"):
        sign_case(case, users, "ana", ANALYST, "approved")
    sign_case(case, users, "bob", APPROVER, "approved")
    content = collect_report(case)
    text = text_of(report_pdf(content))
    assert not content.is_draft
    assert "Approved by Bob Li" in text
    assert "DRAFT" not in text
    with pytest.raises(KaryoViewError):
        case.update_settings(notes="changed")
    assert len(valid_signatures(case)) == 2


def test_an_amended_report_has_a_reason_and_keeps_the_old(case: Case, users: Users) -> None:
    sign_case(case, users, "ana", ANALYST, "analysed")
    sign_case(case, users, "bob", APPROVER, "approved")
    first = keep_report(case, report_pdf(collect_report(case)))
    old = first.read_bytes()
    with pytest.raises(CaseError, match="reason"):
        amend_case(case, "  ")
    amend_case(case, "wrong specimen")
    assert valid_signatures(case) == ()
    sign_case(case, users, "ana", ANALYST, "analysed")
    sign_case(case, users, "bob", APPROVER, "approved")
    pdf = report_pdf(collect_report(case))
    assert "AMENDED REPORT" in text_of(pdf)
    assert "wrong specimen" in text_of(pdf)
    second = keep_report(case, pdf)
    assert (first.name, second.name) == ("report-001.pdf", "report-002.pdf")
    assert first.read_bytes() == old


def test_the_printed_head_finds_a_rewritten_record(case: Case, users: Users) -> None:
    sign_case(case, users, "ana", ANALYST, "analysed")
    content = collect_report(case)
    assert content.chain_head in text_of(report_pdf(content))
    assert verify_case(case.folder, content.chain_head).ok
    assert not verify_case(case.folder, "0" * 64).ok
