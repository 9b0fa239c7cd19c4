"""A case in which everything was done that can be: all that lies in its folder stands on the page about it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from people_samples import Laboratory

from karyoview._resources import resource
from karyoview.case.case import Case
from karyoview.case.counting import STRUCTURAL
from karyoview.case.karyotyping import set_karyotype
from karyoview.case.proof import REPORT
from karyoview.core.annotation import ReviewState
from karyoview.core.clock import utc_now
from karyoview.core.detection import Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.karyogram import MARKERS
from karyoview.core.karyogram_notes import KaryogramNote
from karyoview.core.runlength import encode_mask
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.report.content import collect_report
from karyoview.report.pdf import report_pdf
from karyoview.review import karyogram_edits
from karyoview.review.blind_count import KEY as SECOND
from karyoview.review.session import ReviewSession
from karyoview.services.demo import read_truth
from karyoview.services.signing import keep_report

PAGE: Final = resource("help", "case-folder.md").read_text(encoding="utf-8")
IMAGE: Final = "cell-001.webp"


def section(title: str) -> str:
    """What stands on the page below a heading, up to the next one."""
    prose = re.sub(r"```.*?```", "", PAGE, flags=re.DOTALL)
    found = re.search(rf"^## {title}.*?\n(.*?)(?=^## |\Z)", prose, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def named(text: str) -> set[str]:
    """Everything in code type, one by one."""
    return {word for code in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[\w.]+", code)}


def found_in(case: Case) -> Detections:
    truth = next(d for d in read_truth(resource("sample", "46XX")) if d.image == IMAGE)
    item = replace(truth.items[0], raw_label=3, probabilities=(1 / 24,) * 24, doubt=0.5, reasons=("faint",))
    item = replace(item, polarity=0.75, axis=((1.0, 2.0), (3.0, 4.5)), horizontal=Box(50, 50, 10, 10))
    settings = (("effort", "fast"),)
    origin = Provenance("karyoview", "f" * 64, "1", "cpu", 0.5, case.cell(IMAGE).sha256, 0, settings)
    return replace(truth, items=(item, *truth.items[1:]), provenance=origin, seconds=1.5, note="pale")


@pytest.fixture(scope="module")
def case_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Proposed, corrected, counted twice, karyotyped, reported, signed, amended; nothing of it by hand."""
    folder = tmp_path_factory.mktemp("case") / "Fall ü"
    folder.mkdir()
    for number in (1, 2):
        shutil.copy(resource("sample", "46XX", f"cell-00{number}.webp"), folder)
    with Case.open(folder, user="eva") as case:
        list(case.check_originals())
        case.update_settings("report header", details={"specimen": "blood", "banding": "GTG"})
        case.update_cell(IMAGE, slide="1", culture="A", stage=(1.5, 2.0), um_per_pixel=0.065, analysed=True)
        review(case)
        case.update_cell("cell-002.webp", state="set_aside", reason="too few")
        set_karyotype(case, "48,XX,+21", "seen by another method")
        people = Laboratory()
        people.sign(case, "eva", "analysed", shortfalls=("2 of 20 cells are counted.",), amends="a name was wrong")
        pdf = report_pdf(collect_report(case))
        keep_report(case, pdf)
        people.sign(case, "bob", "approved")
        case.keep_report(pdf, lambda row: people.proven(REPORT, row))
        people.amend(case, "a name was wrong", time=utc_now())
        set_karyotype(case, "48,XX,+21", "seen by another method")
        case.change_user("bert")
        lock = json.loads((case.store / "lock.json").read_text(encoding="utf-8"))
    assert set(lock) <= named(section("lock.json")), "lock.json"
    return folder


def review(case: Case) -> None:
    def save(annotation: Any, action: str, detail: dict[str, Any]) -> None:
        case.save_annotation(annotation, action, detail)

    session = ReviewSession([case.annotation(c.image) for c in case.cells], save, "eva")
    session.go_to(IMAGE)
    found = found_in(case)
    case.save_proposals(found)
    session.set_size(IMAGE, found.size, case.cell(IMAGE).sha256)
    session.receive(found, 0.5, asked_here=True)
    ids = [c.id for c in session.annotation().chromosomes]
    session.turn(ids[1:2])
    session.relabel(ids[2:4], 20)
    session.delete(ids[4:5])
    session.set_uncertain(ids[5:6], True)
    session.undo()
    session.add(Box.rotated(40, 40, 8, 20, 0.3))
    shown = session.annotation()
    shown = karyogram_edits.move(shown, ids[6], MARKERS, "eva")
    session.do(karyogram_edits.mirror(shown, ids[7], "eva", confirmed=True), "mirror", (ids[7],))
    look = KaryogramLook(0.25, True, unlike=frozenset(ids[6:7]), original=frozenset(ids[7:8]))
    session.do(karyogram_edits.set_look(session.annotation(), look), "karyogram look")
    note = KaryogramNote("n1", ids[6], "6", 40, 40, 1, 1, 20, -10, "del?", arrow=True)
    session.do(karyogram_edits.put_note(session.annotation(), note), "karyogram note")
    outlined = session.annotation()
    pixels = np.zeros(outlined.size, dtype=bool)
    pixels[3:9, 4:6] = True
    items = [replace(c, mask=encode_mask(pixels)) if c.id == ids[8] else c for c in outlined.chromosomes]
    session.do(outlined.next_revision(chromosomes=tuple(items)), "outline", (ids[8],))
    session.set_extra(IMAGE, STRUCTURAL, ["del(5)(q13q33)"], "structural changes")
    session.set_extra(IMAGE, SECOND, {"bert": {"marks": [[1.0, 2.5]], "done": True}}, "second count")
    session.go_to("cell-002.webp")
    session.mark(5, 5, 2)
    session.set_state(IMAGE, ReviewState.REVIEWED, confirmed=session.judge(session.annotation(IMAGE)))


def documents(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    found = sorted((folder / "karyoview").glob(pattern))
    assert found, pattern
    for path in found:
        yield json.loads(path.read_text(encoding="utf-8"))


def test_every_place_below_the_case_is_drawn(case_folder: Path) -> None:
    drawn = PAGE.split("```")[1]
    for path in (case_folder / "karyoview").rglob("*"):
        inside = path.relative_to(case_folder / "karyoview").parts
        assert inside[0] in re.sub("/", " ", drawn).split(), inside
    assert (case_folder / "karyoview" / "reports" / "report-001.pdf").is_file()
    assert "reports/report-001.pdf" in drawn


def test_the_case_file_is_described(case_folder: Path) -> None:
    documented = named(section("case.json"))
    (case,) = documents(case_folder, "case.json")
    assert len(case["cells"]) == len(case["signatures"]) == 2
    assert {"override_reason", "amended", "specimen"} <= set(case["details"])
    for each in (case, case["details"], *case["cells"], *case["signatures"]):
        assert set(each) <= documented, set(each) - documented
    assert re.fullmatch(r"KV(-[2-9A-Z]{4}){2}", case["id"])


def test_the_annotations_are_described(case_folder: Path) -> None:
    documented = named(section("annotations/"))
    first, second = documents(case_folder, "annotations/*.json")
    extra = first["extra"]
    assert set(extra) == {
        "karyogram", "karyogram_look", "karyogram_notes", "structural", "second_counts", "reviewed_by",
        "reviewed_with", "dismissed", "meter",
    }  # fmt: skip
    assert set(extra["karyogram_look"]) <= documented
    assert {key for note in extra["karyogram_notes"] for key in note} <= documented
    assert second["count_marks"]
    kinds = {c["kind"] for c in first["chromosomes"]}
    assert kinds == {"reviewed"}
    proposals = [c["proposal"] for c in first["chromosomes"] if "proposal" in c]
    assert any("doubt" in c for c in proposals)
    assert any("mask" in c for c in first["chromosomes"])
    objects = [first, second, extra, extra["karyogram"], extra["meter"], extra["second_counts"]["bert"]]
    for each in (*objects, *second["count_marks"], *first["chromosomes"], *proposals):
        assert set(each) <= documented, set(each) - documented
    assert set(extra["meter"]["kinds"]) <= documented
    assert set(extra["karyogram"]["order"]) <= documented | {str(n) for n in range(1, 23)}
    assert {c["label"] for c in first["chromosomes"] if "label" in c} <= documented | {"C7", "C8", "C9", "C10", "C11"}


def test_the_proposals_are_described(case_folder: Path) -> None:
    documented = named(section("annotations/") + section("proposals/"))
    (proposals,) = documents(case_folder, "proposals/*.json")
    assert {"horizontal", "reasons", "doubt"} <= set(proposals["items"][0])
    for each in (proposals, proposals["provenance"], *proposals["items"]):
        assert set(each) <= documented, set(each) - documented


def test_the_record_is_described(case_folder: Path) -> None:
    text = section("audit.jsonl")
    documented = named(text)
    actions = re.findall(r"`([a-z :]+)`", text)
    edits = 0
    for line in (case_folder / "karyoview" / "audit.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert set(row) <= documented, set(row) - documented
        assert list(row) == [*sorted(set(row) - {"hash"}), "hash"]
        for change in row.get("changes", []):
            parts = [change, change["delta"], *change["delta"].get("items", {}).values()]
            for each in parts:
                assert set(each) <= documented | {"chromosomes", "count_marks", "cells"}, set(each) - documented
        if row.get("image"):
            edits += 1
        else:
            assert row["action"] in actions, row["action"]
    assert edits > 10


def test_the_backup_is_described(case_folder: Path, tmp_path: Path) -> None:
    import zipfile

    from karyoview.case.backup import backup_case

    backup_case(case_folder, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as bundle:
        manifest = json.loads(bundle.read("karyoview-backup.json"))
        assert {IMAGE, "karyoview/case.json", "karyoview/audit.jsonl"} <= set(bundle.namelist())
        assert "karyoview/lock.json" not in bundle.namelist()
    entry = next(iter(manifest["files"].values()))
    assert {*manifest, *entry} <= named(section("Backup"))


@pytest.mark.parametrize("seed", range(4))
def test_masks_are_read_by_the_program_on_the_page(seed: int) -> None:
    program = next(p for p in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "def mask" in p)
    names: dict[str, Callable[..., Any]] = {}
    exec(program, {}, names)
    random = np.random.default_rng(seed)
    drawn = random.random((37, 53)) < 0.1 * seed
    if seed == 3:
        drawn[:, 10:40] = True
        drawn[0, 0] = True
    assert np.array_equal(np.array(names["mask"](encode_mask(drawn), drawn.shape), dtype=bool), drawn)


def test_bytes_are_escaped_and_numbers_written_as_said() -> None:
    from karyoview.io.documents import dump_document

    text = dump_document({"b": 88.0, "a": '"\\\b\f\n\r\t\x01\x7fü', "Z": [1e-5, 1e16, -0.0, 12]}).decode()
    assert text == '{\n "Z": [1e-05,1e+16,-0.0,12],\n "a": "\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7fü",\n "b": 88.0\n}\n'


def test_what_schema_1_said_stands_on_the_page() -> None:
    from karyoview.case import migrate

    rows = section("Schema 1")
    first, second = re.findall(r"^\| `status`: (.*?) \| `state`: (.*?) \(", rows, re.MULTILINE)[0]
    spelling = dict(zip(re.findall(r"`(\w+)`", first), re.findall(r"`(\w+)`", second), strict=True))
    assert spelling == migrate._STATUS
