"""The sample cases in the user's workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from karyoview.case.case import Case
from karyoview.core.errors import KaryoViewError
from karyoview.services import demo
from karyoview.services.samples import prepare_sample, sample_folders


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(demo, "available_engines", list)
    return tmp_path


def test_a_sample_is_prepared_once_in_the_workspace(workspace: Path) -> None:
    folder, by = prepare_sample()
    assert folder == workspace / "samples" / sample_folders()[0].name
    assert "own truth" in by
    with Case.open(folder) as case:
        assert {case.annotation(c.image).total() for c in case.cells} == {46}
        case.update_settings(notes="mine")
    assert prepare_sample() == (folder, "")
    with Case.open(folder, read_only=True) as case:
        assert case.settings.notes == "mine"


def test_another_sample_is_chosen_by_its_name_and_a_missing_one_said() -> None:
    other = sample_folders()[1].name
    assert prepare_sample(other)[0].name == other
    with pytest.raises(KaryoViewError, match="missing in this installation"):
        prepare_sample("48XXXX")
