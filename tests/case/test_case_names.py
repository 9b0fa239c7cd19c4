"""Names of files that mean something else on another system: refused on every one of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from place_samples import draw_cells

from karyoview.case import schema
from karyoview.case.audit import scan
from karyoview.case.case import Case, CaseError
from karyoview.case.schema import check_file_name, is_document, tells_capitals
from karyoview.io.documents import DocumentError

ELSEWHERE = [
    "..\\..\\x.png", "sub\\a.png", "/etc/a.png", "a/b.png", "C:a.png", "CON", "con.png", "Aux.tif", "nul .png",
    "COM1.png", "lpt9.tif", "com¹.png", "CONIN$.png", "a.png.", "a.png ", "..", ".", "", "a\x00.png",
]  # fmt: skip


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_name_that_is_another_file_on_another_system_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(DocumentError, match="is not the name of a file in the case's folder"):
        check_file_name(name, "case.json")
    assert not is_document(f"annotations/{name}.json") or name in ("a.png.", "a.png ")
    folder = draw_cells(tmp_path / "case")
    Case.open(folder).close()
    path = folder / "karyoview/case.json"
    document = json.loads(path.read_text())
    for member in ("file", "image"):
        changed = {**document, "cells": [{**document["cells"][0], member: name}, *document["cells"][1:]]}
        path.write_text(json.dumps(changed))
        for read_only in (True, False):
            with pytest.raises(CaseError) as refused:
                Case.open(folder, read_only=read_only)
            assert "\n" not in str(refused.value)
    assert sorted(p.name for p in folder.iterdir()) == ["cell0.png", "cell1.png", "karyoview"]


@pytest.mark.parametrize("name", ["console.png", "auxiliary.tif", "com10.png", "a.b.c.png", "nul-1.png", "Fall é.png"])
def test_names_that_only_look_like_it_are_taken(tmp_path: Path, name: str) -> None:
    check_file_name(name, "case.json")
    folder = draw_cells(tmp_path / "case", 1)
    (folder / "cell0.png").rename(folder / name)
    with Case.open(folder) as case:
        assert [cell.image for cell in case.cells] == [name]


@pytest.mark.parametrize("name", ["aux.png", "lpt1.png"])
def test_a_picture_of_such_a_name_is_left_out_with_a_word(tmp_path: Path, name: str) -> None:
    folder = draw_cells(tmp_path / "case")
    (folder / "cell1.png").rename(folder / name)
    with Case.open(folder) as case:
        assert [cell.image for cell in case.cells] == ["cell0.png"]
        assert any(name in notice and "rename it" in notice for notice in case.notices)


def test_two_names_that_differ_in_capitals_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = draw_cells(tmp_path / "case")
    if not tells_capitals(folder):
        pytest.skip("this disk has no two such files")
    (folder / "Cell0.png").write_bytes((folder / "cell1.png").read_bytes())
    with Case.open(folder) as case:
        assert sorted(cell.image for cell in case.cells) == ["Cell0.png", "cell1.png"]
        assert any("cell0.png is left out: it differs from Cell0.png in capitals only" in n for n in case.notices)
    # A case that has both, from before this was looked at, on a disk that tells them apart, and on one that does not.
    path = folder / "karyoview/case.json"
    document = json.loads(path.read_text())
    document["cells"].append({**document["cells"][0], "file": "cell0.png", "image": "cell0.png"})
    path.write_text(json.dumps(document))
    with Case.open(folder) as case:
        assert len(case.cells) == 3
    lines = scan(folder / "karyoview/audit.jsonl").lines
    monkeypatch.setattr(schema, "tells_capitals", lambda folder: False)
    with pytest.raises(CaseError, match="differ in capitals only"):
        Case.open(folder)
    assert scan(folder / "karyoview/audit.jsonl").lines == lines
