"""Cases of older schemas are brought up to date with their originals kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from place_samples import add_box, draw_cells

from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.annotation import ReviewedChromosome, ReviewState
from karyoview.core.geometry import Box


def _old_case(folder: Path) -> dict[str, bytes]:
    """A case as the first schema wrote it."""
    store = draw_cells(folder) / "karyoview"
    (store / "annotations").mkdir(parents=True)
    case = {
        "schema": 1,
        "id": "OLD-1",
        "protocol": "oncology",
        "house": {"floor": 3},
        "cells": [
            {"image": "cell0.png", "status": "done", "scale": 0.1, "mark": "x"},
            {"image": "cell1.png", "status": "rejected", "reason": "broken"},
        ],
    }
    box = {"cx": 9.5, "cy": 8, "w": 3, "h": 9, "angle": 0.5, "rotated": True}
    proposal = {"id": "c1", "kind": "predicted", "box": {**box, "angle": 0.0, "rotated": False}, "score": 0.5}
    annotation = {
        "schema": 1,
        "image": "cell0.png",
        "status": "done",
        "revision": 4,
        "chromosomes": [{"id": "old1", "kind": "reviewed", "label": "X", "box": box, "proposal": proposal, "note": 1}],
    }
    (store / "case.json").write_text(json.dumps(case))
    (store / "annotations/cell0.png.json").write_text(json.dumps(annotation))
    return {name: (store / name).read_bytes() for name in ("case.json", "annotations/cell0.png.json")}


def _check_migrated(case: Case) -> None:
    assert (case.settings.id, case.settings.protocol) == ("OLD-1", "oncology")
    assert case.settings.extra["house"] == {"floor": 3}
    first, second = case.cells
    assert (first.state, first.um_per_pixel, first.extra["mark"]) == (ReviewState.REVIEWED, 0.1, "x")
    assert (second.state, second.reason) == (ReviewState.SET_ASIDE, "broken")
    annotation = case.annotation("cell0.png")
    assert (annotation.state, annotation.revision) == (ReviewState.REVIEWED, 4)
    chromosome = annotation.chromosomes[0]
    assert isinstance(chromosome, ReviewedChromosome)
    assert chromosome.box == Box.rotated(9.5, 8, 3, 9, 0.5)
    assert chromosome.proposal is not None
    assert chromosome.proposal.box == Box(9.5, 8, 3, 9)
    assert not chromosome.proposal.box.is_rotated


def test_an_older_schema_is_brought_up_to_date_and_the_original_kept(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    old = _old_case(folder)
    store = folder / "karyoview"
    with Case.open(folder, read_only=True) as case:
        _check_migrated(case)
    assert {name: (store / name).read_bytes() for name in old} == old
    with Case.open(folder) as case:
        _check_migrated(case)
        assert "came from an earlier version" in " ".join(case.notices)
        add_box(case)
    kept = store / "before-schema-2"
    assert (kept / "case.json").read_bytes() == old["case.json"]
    assert (kept / "cell0.png.json").read_bytes() == old["annotations/cell0.png.json"]
    with Case.open(folder) as case:
        assert case.notices == ()
        assert len(case.annotation("cell0.png").chromosomes) == 2
    assert verify_case(folder).ok


def test_a_migration_that_was_cut_short_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    old = _old_case(folder)
    with Case.open(folder):
        pass
    # As if the program had ended before case.json, the last file, was replaced and recorded.
    store = folder / "karyoview"
    lines = (store / "audit.jsonl").read_bytes().splitlines(keepends=True)
    (store / "audit.jsonl").write_bytes(lines[0])
    (store / "audit.head").unlink()
    (store / "case.json").write_bytes(old["case.json"])
    with Case.open(folder) as case:
        _check_migrated(case)
    assert (store / "before-schema-2/case.json").read_bytes() == old["case.json"]
    assert verify_case(folder).ok


def test_a_schema_from_the_future_is_left_alone(tmp_path: Path) -> None:
    folder = draw_cells(tmp_path / "case")
    Case.open(folder).close()
    path = folder / "karyoview/case.json"
    text = path.read_text().replace('"schema": 2', '"schema": 3')
    path.write_text(text)
    with pytest.raises(CaseError, match="written by a newer KaryoView"):
        Case.open(folder)
    assert path.read_text() == text
