"""The page about the case folder is enough to read a case without any of our code."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from people_samples import Laboratory
from PIL import Image

from karyoview._resources import resource
from karyoview.case.case import Case
from karyoview.case.schema import CELL_MEMBERS, SETTINGS_MEMBERS, Signature
from karyoview.core.annotation import (
    Attribution,
    CountMark,
    ImageAnnotation,
    PredictedChromosome,
    ReviewedChromosome,
    ReviewState,
)
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.io.annotation_json import annotation_to_document, detections_to_document


@pytest.fixture
def case_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A case in which boxes were added, moved, deleted, reordered and marked, cells changed, and all of it signed."""
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    folder = tmp_path / "Fall ü"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(np.eye(20, dtype=np.uint8)).save(folder / name)
    engine = Attribution("engine", "kv")
    proposals = [
        PredictedChromosome(f"c{i}", Box.rotated(i, 9.1, 4, 8, 0.1 * i), i, engine, engine, score=0.5)
        for i in range(1, 6)
    ]
    with Case.open(folder, user="änna") as case:
        annotation = case.annotation("a.png").next_revision(chromosomes=tuple(proposals))
        case.save_annotation(annotation, "proposed")
        fixed = ReviewedChromosome(
            "c2", Box(2, 9, 4, 8), 7, label_by=Attribution("person", "änna"), proposal=proposals[1]
        )
        annotation = annotation.next_revision(chromosomes=(proposals[4], proposals[0], fixed))
        case.save_annotation(annotation, 'delete "two"\n')
        marks = (CountMark("m1", 1.25, -0.0),)
        annotation = replace(annotation, state=ReviewState.REVIEWED, count_marks=marks, notes="\x7f\u2028")
        case.save_annotation(annotation, "reviewed")
        case.update_cell("b.png", state="set_aside", reason="broken")
        case.update_settings(karyotype="46,XX", details={"specimen": "blood"})
        list(case.check_originals())
        Laboratory().sign(case)
    return folder


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _written(document: dict[str, Any]) -> bytes:
    """As the page says files are written."""
    lines = []
    for name in sorted(document):
        value = document[name]
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            text = "[\n  " + ",\n  ".join(map(_compact, value)) + "\n ]"
        else:
            text = _compact(value)
        lines.append(f" {_compact(name)}: {text}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _apply(document: dict[str, Any], delta: dict[str, Any]) -> dict[str, Any]:
    """As the page says a delta is applied."""

    def members(target: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in target.items() if "new" in changes.get(name, {"new": 0})}
        return kept | {name: entry["new"] for name, entry in changes.items() if "new" in entry}

    result = members(document, delta.get("set", {}))
    for name, part in delta.get("items", {}).items():
        key = "image" if name == "cells" else "id"
        gone = [item[key] for item in part.get("remove", [])]
        change = part.get("change", {})
        items = [members(item, change.get(item[key], {})) for item in result[name] if item[key] not in gone]
        items += part.get("add", [])
        if "order" in part:
            items.sort(key=lambda item: part["order"].index(item[key]))
        result[name] = items
    return result


def test_every_file_can_be_built_anew_from_the_record_as_described(case_folder: Path) -> None:
    store = case_folder / "karyoview"
    documents: dict[str, dict[str, Any]] = {}
    for line in (store / "audit.jsonl").read_bytes().splitlines():
        entry = json.loads(line)
        for change in entry.get("changes", []):
            target = change["target"]
            before = documents.get(target)
            assert change["before"] == (hashlib.sha256(_written(before)).hexdigest() if before else "")
            documents[target] = {**_apply(before or {}, change["delta"]), "audit_seq": entry["seq"]}
            assert hashlib.sha256(_written(documents[target])).hexdigest() == change["after"]
    assert sorted(documents) == ["annotations/a.png.json", "annotations/b.png.json", "case.json"]
    for target, document in documents.items():
        assert (store / target).read_bytes() == _written(document)


def test_the_signed_state_can_be_computed_as_described(case_folder: Path) -> None:
    store = case_folder / "karyoview"
    case = json.loads((store / "case.json").read_text())
    signature = case["signatures"][0]
    own = {k: v for k, v in case.items() if k not in ("signatures", "locked", "audit_seq", "program")}
    own["cells"] = [{k: v for k, v in cell.items() if k != "sha256"} for cell in case["cells"]]
    texts = [_compact(own)]
    for cell in case["cells"]:
        path = store / f"annotations/{cell['image']}.json"
        annotation = json.loads(path.read_text()) if path.exists() else {}
        texts.append(_compact({k: v for k, v in annotation.items() if k != "audit_seq"}))
    assert hashlib.sha256("\n".join(texts).encode()).hexdigest() == signature["state_sha256"]


def test_the_programs_on_the_page_run(case_folder: Path) -> None:
    page = resource("help", "case-folder.md").read_text(encoding="utf-8")
    programs = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    program = next(text for text in programs if "audit" in text)
    store = case_folder / "karyoview"
    done = subprocess.run([sys.executable, "-c", program], cwd=store, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["head:", (store / "audit.head").read_text().split()[1]]
    example = re.findall(r"```json\n(.*?)```", page, re.DOTALL)[0]
    assert _written(json.loads(example)) == example.encode()


def test_every_member_that_is_written_is_on_the_page() -> None:
    page = resource("help", "case-folder.md").read_text(encoding="utf-8")
    by, extra, axis = Attribution("engine", "kv"), MappingProxyType({"x": 1}), ((1.0, 1.0),)
    box, rotated = Box(1, 1, 1, 1), Box.rotated(1, 1, 1, 1, 1)
    predicted = PredictedChromosome("c", rotated, 1, by, by, 0.5, axis, "m", extra, 0.5, 2, (0.1,), 0.5, ("r",))
    reviewed = ReviewedChromosome("d", box, label_by=by, proposal=predicted, uncertain=True)
    marks = (CountMark("m", 1, 1),)
    annotation = annotation_to_document(
        ImageAnnotation("a", (1, 1), "s", ReviewState.SET_ASIDE, "r", (predicted, reviewed), marks, 1, "n", extra)
    )
    detection = Detection(rotated, 0.5, 1, box, 1, (0.1,), 0.5, 0.5, axis, ("r",))
    origin = Provenance("kv", "w", "v", "cpu", 0.5, "s", 1, (("a", "b"),))
    proposals = detections_to_document(Detections("a", (1, 1), (detection,), origin, 1.0, "n"))
    names = {*CELL_MEMBERS, *SETTINGS_MEMBERS, *Signature.__dataclass_fields__} - {"extra"}
    for document in (annotation, *annotation["chromosomes"], proposals, *proposals["items"], proposals["provenance"]):
        names |= set(document)
    assert len(names) > 50
    assert {name for name in names if f"`{name}`" not in page} == set()
