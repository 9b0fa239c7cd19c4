"""Consent to training is no part of what is signed: it can be given and taken back after the approval."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from people_samples import Laboratory

from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "case"
    folder.mkdir()
    cv2.imwrite(str(folder / "a.png"), np.full((60, 80), 220, np.uint8))
    return folder


def test_consent_after_an_approval_leaves_the_case_approved(folder: Path) -> None:
    laboratory = Laboratory()
    with Case.open(folder, user="bob") as case:
        laboratory.sign(case)
        laboratory.sign(case, "bob", "approved")
        signed = case.state_sha256()
        with pytest.raises(CaseError, match="amend"):
            case.update_settings(training_consent=True)
        case.allow_training(True)
        assert case.settings.training_consent
        assert case.settings.locked
        assert case.state_sha256() == signed
    with Case.open(folder, user="bob") as case:
        assert case.settings.training_consent
        assert case.settings.locked
        case.allow_training(False)
        assert not case.settings.training_consent
    assert not [p for p in verify_case(folder).problems if "consent" not in p.text.casefold()]


def test_consent_of_an_open_case_is_its_setting(folder: Path) -> None:
    with Case.open(folder) as case:
        case.allow_training(True)
        assert case.settings.training_consent
        case.allow_training(False)
    with Case.open(folder) as case:
        assert not case.settings.training_consent
