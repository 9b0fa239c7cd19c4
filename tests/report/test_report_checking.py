"""A PDF against its case, what falls short before a signature, and sentences that follow from the cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from people_samples import sign_all_the_same
from report_samples import ANALYST, APPROVER, make_case, text_of, with_extra

from karyoview.accounts.users import Credentials, Users
from karyoview.case.case import Case
from karyoview.case.karyotyping import set_karyotype
from karyoview.case.verify import verify_case
from karyoview.core.annotation import Attribution, PredictedChromosome, ReviewedChromosome
from karyoview.core.errors import KaryoViewError
from karyoview.report.checking import check_report
from karyoview.report.content import ReportError, collect_report
from karyoview.report.pdf import report_pdf
from karyoview.services.signing import (
    ShortfallError,
    SigningError,
    amend_case,
    approved_report,
    shortfalls,
    sign_case,
)

ANA, BOB = Credentials("ana", ANALYST), Credentials("bob", APPROVER)


@pytest.fixture
def approved(case: Case, users: Users) -> Path:
    """The PDF of an approved case."""
    set_karyotype(case, "47,XY,+21")
    sign_all_the_same(case, users, *ANA, "analysed")
    sign_all_the_same(case, users, *BOB, "approved")
    return case.store / "reports" / "report-001.pdf"


def test_a_pdf_is_checked_against_its_case(case: Case, users: Users, approved: Path, tmp_path: Path) -> None:
    copy = tmp_path / "sent by mail.pdf"
    copy.write_bytes(approved.read_bytes())
    found = check_report(copy, case.folder)
    assert found.problems == []
    assert "report-001.pdf of this case, byte for byte" in found.facts[0]
    assert "Bob Li vouches for the file" in found.facts[1]
    assert [f.split(",")[0] for f in found.facts[2:]] == ["analysed by Ana Ng", "approved by Bob Li"]
    copy.write_bytes(copy.read_bytes() + b"\n")
    assert "was changed, or is of another case" in check_report(copy, case.folder).problems[0]
    with make_case(tmp_path / "another", [with_extra("female")]) as other:
        problems = check_report(approved, other.folder).problems
        assert any("has no such signature" in text for text in problems)
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4 a letter")
    with pytest.raises(ReportError, match=r"letter\.pdf"):
        check_report(tmp_path / "letter.pdf", case.folder)


def test_what_fell_short_is_printed_and_the_proof_too(case: Case, users: Users, approved: Path) -> None:
    text = " ".join(text_of(approved.read_bytes()).split())
    assert "Signed in spite of: 2 of 20 cells are counted." in text
    signature = case.settings.signatures[-1]
    assert signature.key in text.replace(" ", "")
    assert signature.proof in text.replace(" ", "")
    assert case.laboratory in text.replace(" ", "")
    assert approved_report(case) == approved.read_bytes()
    assert verify_case(case.folder).ok


def test_nothing_is_signed_before_what_falls_short_was_named(case: Case, users: Users) -> None:
    with pytest.raises(ShortfallError) as error:
        sign_case(case, users, ANA, "analysed")
    named = error.value.shortfalls
    assert "2 of 20 cells are counted." in named
    assert "Nobody has set the karyotype; 47,XY,+21 is proposed from the counts." in named
    assert "No cell of the line +21 is karyotyped." in named
    with pytest.raises(ShortfallError):
        sign_case(case, users, ANA, "analysed", confirmed=named[1:])
    assert sign_case(case, users, ANA, "analysed", confirmed=named).shortfalls == named
    with pytest.raises(SigningError, match="changed after its report was shown"):
        sign_case(case, users, BOB, "approved", confirmed=named, seen="0" * 64)


def test_a_karyotype_of_other_counts_stops_a_signature_also_after_an_amendment(case: Case, users: Users) -> None:
    set_karyotype(case, "46,XY", "seen by another method")
    assert not any(s.stops for s in shortfalls(case))
    sign_all_the_same(case, users, *ANA, "analysed")
    sign_all_the_same(case, users, *BOB, "approved")
    amend_case(case, users, BOB, "the counts are others")
    with pytest.raises(SigningError, match="The karyotype says 46,XY, the reviewed cells say 47,XY"):
        sign_all_the_same(case, users, *ANA, "analysed")


def test_a_replaced_original_and_an_unsettled_second_count_stop_a_signature(case: Case, users: Users) -> None:
    annotation = case.annotation("m1.png")
    counts = {"second_counts": {"cleo": {"marks": [[1.0, 1.0]], "done": True}}}
    case.save_annotation(annotation.next_revision(extra=counts), "second count")
    with pytest.raises(SigningError, match=r"m1\.png: cleo counted 1, the first count is 47"):
        sign_all_the_same(case, users, *ANA, "analysed")
    case.save_annotation(case.annotation("m1.png").next_revision(extra={}), "second count")
    path = case.cell("m2.png").path
    path.write_bytes(path.read_bytes() + b"?")
    with pytest.raises(KaryoViewError, match="not the file that was reviewed"):
        sign_all_the_same(case, users, *ANA, "analysed")


def test_withheld_sex_is_in_no_shortfall(case: Case) -> None:
    case.update_settings(sex_withheld=True)
    assert "XY" not in " ".join(s.text for s in shortfalls(case))


def test_sentences_follow_from_the_cells(case: Case) -> None:
    whole = " ".join(text_of(report_pdf(collect_report(case))).split())
    assert "The chromosomes of all 2 counted cells were confirmed by a person." in whole
    annotation = case.annotation("m1.png")
    first = annotation.chromosomes[0]
    by = Attribution("engine", "kv")
    proposed = PredictedChromosome(first.id, first.box, first.label, by, by, 0.37)
    case.save_annotation(replace(annotation, chromosomes=(proposed, *annotation.chromosomes[1:]), revision=9), "x")
    assert "Proposals that no person has confirmed: m1.png." in [s.text for s in shortfalls(case)]
    case.update_settings(details={"band_level": "550"})
    text = " ".join(text_of(report_pdf(collect_report(case))).split())
    assert "In 1 of 2 counted cells chromosomes stand as an engine proposed them" in text
    assert "every count" not in text
    assert "A line of 2 cells; it has 47 chromosomes." in text
    assert "bands seen" not in text or "the laboratory states 550" in text


def test_a_line_in_which_one_cell_is_odd_says_how_many_chromosomes_the_line_has(tmp_path: Path) -> None:
    counts = [with_extra("female")] * 5 + [tuple(n - (k == 6) for k, n in enumerate(with_extra("female")))]
    with make_case(tmp_path / "odd", counts) as case:
        content = collect_report(case)
        assert content.steps[0] == "A line of 6 cells; it has 46 chromosomes."
        text = " ".join(text_of(report_pdf(content)).split())
        assert "cells with 46 chromosomes" not in text
        assert "m6.png: -7, in too few cells for a clone" in text


def test_signing_counts_what_was_taken_over_with_others_as_unconfirmed_as_the_report_does(case: Case) -> None:
    annotation = case.annotation("m1.png")
    first = annotation.chromosomes[0]
    assert isinstance(first, ReviewedChromosome)
    taken = replace(first, looked_at=False)
    case.save_annotation(replace(annotation, chromosomes=(taken, *annotation.chromosomes[1:]), revision=9), "x")
    assert "Proposals that no person has confirmed: m1.png." in [s.text for s in shortfalls(case)]
    assert "m1.png" in " ".join(text_of(report_pdf(collect_report(case))).split()).split("nobody confirmed")[1]
