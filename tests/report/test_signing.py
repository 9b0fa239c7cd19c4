"""Signatures: two people, a lock, amendments, and a record that cannot be written anew."""

from __future__ import annotations

import pytest
from people_samples import sign_all_the_same
from report_samples import ANALYST, APPROVER, text_of

from karyoview.accounts.users import Credentials, Users
from karyoview.case.case import Case
from karyoview.case.verify import verify_case
from karyoview.core.errors import KaryoViewError
from karyoview.report.content import collect_report
from karyoview.report.pdf import report_pdf
from karyoview.services.signing import SigningError, amend_case, keep_report, valid_signatures


def test_signing_needs_two_people_locks_and_is_printed(case: Case, users: Users) -> None:
    with pytest.raises(KaryoViewError, match="analyst signs first"):
        sign_all_the_same(case, users, "bob", APPROVER, "approved")
    with pytest.raises(KaryoViewError, match="passphrase is wrong"):
        sign_all_the_same(case, users, "ana", "wrong passphrase", "analysed")
    sign_all_the_same(case, users, "cleo", ANALYST, "analysed")
    with pytest.raises(KaryoViewError, match="already signed"):
        sign_all_the_same(case, users, "cleo", ANALYST, "analysed")
    with pytest.raises(KaryoViewError, match="Cleo Roy analysed the case"):
        sign_all_the_same(case, users, "cleo", ANALYST, "approved")
    with pytest.raises(KaryoViewError, match="no approver"):
        sign_all_the_same(case, users, "ana", ANALYST, "approved")
    sign_all_the_same(case, users, "bob", APPROVER, "approved")
    content = collect_report(case)
    text = text_of(report_pdf(content))
    assert not content.is_draft
    assert "Approved by Bob Li" in text
    assert "DRAFT" not in text
    with pytest.raises(KaryoViewError):
        case.update_settings(notes="changed")
    assert len(valid_signatures(case)) == 2


def test_an_amended_report_has_a_reason_and_keeps_the_old(case: Case, users: Users) -> None:
    sign_all_the_same(case, users, "ana", ANALYST, "analysed")
    sign_all_the_same(case, users, "bob", APPROVER, "approved")
    first = keep_report(case, report_pdf(collect_report(case)))
    old = first.read_bytes()
    bob = Credentials("bob", APPROVER)
    with pytest.raises(SigningError, match="reason"):
        amend_case(case, users, bob, "  ")
    amend_case(case, users, bob, "wrong specimen")
    assert valid_signatures(case) == ()
    sign_all_the_same(case, users, "ana", ANALYST, "analysed")
    sign_all_the_same(case, users, "bob", APPROVER, "approved")
    pdf = report_pdf(collect_report(case))
    assert "AMENDED REPORT" in text_of(pdf)
    assert "wrong specimen" in text_of(pdf)
    second = keep_report(case, pdf)
    assert (first.name, second.name) == ("report-002.pdf", "report-004.pdf"), "each approval keeps its own"
    assert first.read_bytes() == old


def test_the_printed_head_finds_a_rewritten_record(case: Case, users: Users) -> None:
    sign_all_the_same(case, users, "ana", ANALYST, "analysed")
    content = collect_report(case)
    assert content.chain_head in text_of(report_pdf(content))
    assert verify_case(case.folder, content.chain_head).ok
    assert not verify_case(case.folder, "0" * 64).ok
