"""The case folder: what it lists, keeps and writes."""

from __future__ import annotations

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from case_samples import draw, edit, files_of
from people_samples import Laboratory
from PIL import Image

from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.annotation import Attribution, ImageAnnotation, PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.core.detection import Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box


def test_opening_lists_the_top_level_in_natural_order_and_touches_no_original(folder: Path) -> None:
    before = files_of(folder)
    with Case.open(folder, user="anna") as case:
        assert [c.image for c in case.cells] == ["cell2.png", "cell10.png", "stack.tif", "stack.tif.p1"]
        assert [c.page for c in case.cells] == [0, 0, 0, 1]
        assert case.store == folder / "karyoview"
        assert not case.read_only
        assert case.settings.id.startswith("KV-")
        assert case.settings.training_consent is False
        assert case.notices == ()
    after = files_of(folder)
    assert {name: data for name, data in after.items() if not name.startswith("karyoview")} == before
    assert "karyoview/case.json" in after
    assert "karyoview/lock.json" not in after


def test_ids_are_pseudonymous(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "other")
    with Case.open(folder) as one, Case.open(tmp_path / "other") as two:
        assert one.settings.id != two.settings.id
        assert "Fall" not in one.settings.id


def test_an_edit_is_there_after_opening_again_and_in_the_record(folder: Path) -> None:
    with Case.open(folder, user="anna") as case:
        annotation = edit(case.annotation("cell2.png"))
        case.save_annotation(annotation, "add box", {"tool": "rotated"})
        case.save_annotation(replace(annotation, state=ReviewState.REVIEWED, revision=2), "reviewed")
        head = case.chain_head
    with Case.open(folder) as case:
        assert case.annotation("cell2.png").chromosomes == annotation.chromosomes
        assert case.cell("cell2.png").state is ReviewState.REVIEWED
        assert case.cell("cell2.png").count == 1
        assert case.chain_head == head
    lines = [json.loads(line) for line in (folder / "karyoview/audit.jsonl").read_text().splitlines()]
    assert [line["action"] for line in lines] == ["case created", "add box", "reviewed"]
    assert lines[1]["user"] == "anna"
    assert lines[1]["detail"] == {"tool": "rotated"}
    added = lines[1]["changes"][0]["delta"]["set"]["chromosomes"]["new"]
    assert [c["id"] for c in added] == ["c1"]
    assert lines[2]["changes"][0]["delta"]["set"]["state"] == {"old": "new", "new": "reviewed"}
    assert verify_case(folder).ok


def test_predicted_and_human_work_stay_apart_and_corrections_keep_their_proposal(folder: Path) -> None:
    proposal = PredictedChromosome("c1", Box.rotated(9, 9, 3, 8, 1.25), 4, Attribution("engine", "kv"), score=0.75)
    eva = Attribution("person", "eva")
    fixed = ReviewedChromosome("c1", Box.rotated(9, 9.5, 3, 8, 1.25), 5, label_by=eva, proposal=proposal)
    with Case.open(folder) as case:
        annotation = case.annotation("cell2.png").next_revision(chromosomes=(fixed, replace(proposal, id="c2")))
        case.save_annotation(annotation, "relabel")
    with Case.open(folder, read_only=True) as case:
        first, second = case.annotation("cell2.png").chromosomes
    assert isinstance(first, ReviewedChromosome)
    assert first.proposal == proposal
    assert isinstance(second, PredictedChromosome)
    assert not second.is_human


def test_read_only_writes_nothing(folder: Path) -> None:
    before = files_of(folder)
    with Case.open(folder, read_only=True) as case:
        assert len(case.cells) == 4
        assert case.annotation("cell2.png") == ImageAnnotation("cell2.png")
        with pytest.raises(CaseError, match="reading only"):
            case.save_annotation(edit(case.annotation("cell2.png")), "add box")
        with pytest.raises(CaseError, match="reading only"):
            case.save_proposals(Detections("cell2.png", (30, 40), (), Provenance("kv")))
        case.read_image("cell2.png")
        list(case.check_originals())
    assert files_of(folder) == before


def test_new_and_vanished_images(folder: Path) -> None:
    with Case.open(folder) as case:
        case.save_annotation(edit(case.annotation("cell10.png")), "add box")
    (folder / "cell10.png").unlink()
    draw(folder / "cell1.png", 1)
    with Case.open(folder) as case:
        assert [c.image for c in case.cells] == ["cell2.png", "cell10.png", "stack.tif", "stack.tif.p1", "cell1.png"]
        assert [c.image for c in case.cells if c.missing] == ["cell10.png"]
        assert "cell10.png is no longer in" in case.notices[0]
        assert len(case.annotation("cell10.png").chromosomes) == 1
        with pytest.raises(CaseError, match="no longer in the folder"):
            case.read_image("cell10.png")
        draw(folder / "cell10.png", 10)
        draw(folder / "late.png", 9)
    with Case.open(folder) as case:
        assert case.cells[-1].image == "late.png"
        assert not case.cell("cell10.png").missing
    assert verify_case(folder).ok


def test_a_folder_moved_between_systems_keeps_its_cells(folder: Path) -> None:
    """One system composes letters, another one takes them apart; the same image stays the same cell."""
    draw(folder / "z\u00fcr.png", 7)
    with Case.open(folder) as case:
        case.save_annotation(edit(case.annotation("z\u00fcr.png")), "add box")
        list(case.check_originals())
    (folder / "z\u00fcr.png").rename(folder / "zu\u0308r.png")
    with Case.open(folder) as case:
        assert len(case.cells) == 5
        assert case.notices == ()
        assert case.read_image("z\u00fcr.png").name == "z\u00fcr.png"
        assert len(case.annotation("z\u00fcr.png").chromosomes) == 1
    assert verify_case(folder).originals == 4
    assert verify_case(folder).ok


def test_settings_and_cells_are_kept_and_checked(folder: Path) -> None:
    with Case.open(folder) as case:
        case.update_settings(protocol="oncology", training_consent=True, details={"specimen": "bone marrow"})
        case.update_cell("cell2.png", slide="S1", culture="B", stage=(1.5, -2.25), um_per_pixel=0.065, counted=True)
        case.update_cell("cell10.png", state=ReviewState.SET_ASIDE, reason="overlapping field")
        for bad in ({"id": 7}, {"sex": "x"}, {"locked": True}, {"training_consent": "yes"}):
            with pytest.raises(CaseError):
                case.update_settings(**bad)
        with pytest.raises(CaseError, match="sha256"):
            case.update_cell("cell2.png", sha256="0")
        with pytest.raises(CaseError, match=r"no image 'cell3\.png'"):
            case.update_cell("cell3.png", slide="S1")
        with pytest.raises(KaryoViewError, match="needs a reason"):
            case.update_cell("cell2.png", state="set_aside")
    with Case.open(folder) as case:
        assert case.settings.protocol == "oncology"
        assert case.settings.training_consent
        assert dict(case.settings.details) == {"specimen": "bone marrow"}
        cell = case.cell("cell2.png")
        assert (cell.slide, cell.culture, cell.stage, cell.um_per_pixel) == ("S1", "B", (1.5, -2.25), 0.065)
        assert cell.counted
        assert case.read_image("cell2.png").um_per_pixel == 0.065
        assert case.annotation("cell10.png").reason == "overlapping field"
        assert case.cell("cell10.png").state is ReviewState.SET_ASIDE


def test_unknown_members_of_case_json_survive_edits(folder: Path) -> None:
    Case.open(folder).close()
    path = folder / "karyoview/case.json"
    document = json.loads(path.read_text())
    document["laboratory"] = {"room": 5}
    document["cells"][0]["colour"] = "blue"
    path.write_text(json.dumps(document))
    with Case.open(folder) as case:
        assert "changed by another program" in " ".join(case.notices)
        case.update_settings(protocol="oncology")
        case.update_cell("cell10.png", slide="S2")
        assert case.settings.extra["laboratory"] == {"room": 5}
    document = json.loads(path.read_text())
    assert document["laboratory"] == {"room": 5}
    assert document["cells"][0]["colour"] == "blue"


def test_a_changed_original_is_said_and_nothing_lost(folder: Path) -> None:
    with Case.open(folder) as case:
        assert case.read_image("cell2.png").notes == ()
        assert {c.image for c in case.check_originals() if not c.problem} == {c.image for c in case.cells}
        assert all(len(c.sha256) == 64 for c in case.cells)
        case.save_annotation(edit(case.annotation("cell2.png")), "add box")
    draw(folder / "cell2.png", 200)
    with Case.open(folder) as case:
        assert "is not the file that was reviewed" in " ".join(case.read_image("cell2.png").notes)
        problems = [c for c in case.check_originals() if c.problem]
        assert [c.image for c in problems] == ["cell2.png"]
        assert len(case.annotation("cell2.png").chromosomes) == 1
    assert any("SHA-256 differs" in text for text in verify_case(folder).problems)
    assert verify_case(folder, originals=False).ok


def test_checking_originals_can_be_stopped(folder: Path) -> None:
    with Case.open(folder) as case:
        seen = iter([False, True])
        assert len(list(case.check_originals(stop=lambda: next(seen)))) == 1
        assert [bool(c.sha256) for c in case.cells] == [True, False, False, False]


def test_nothing_of_an_images_tags_reaches_the_case(folder: Path) -> None:
    tags = Image.Exif()
    tags[0x013B], tags[0x010E], tags[0x9C9B] = "Patient Mustermann", "born 1970", "Mustermann"
    Image.fromarray(np.eye(20, dtype=np.uint8) * 255).save(folder / "tagged.jpg", exif=tags)
    with Case.open(folder) as case:
        case.read_image("tagged.jpg")
        case.save_annotation(edit(case.annotation("tagged.jpg")), "add box")
        list(case.check_originals())
    for name, data in files_of(folder / "karyoview").items():
        assert b"Mustermann" not in data, name


def test_an_empty_folder_is_a_case_without_cells(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with Case.open(tmp_path / "empty") as case:
        assert case.cells == ()


def test_a_file_that_is_no_image_is_a_cell_with_its_reason(folder: Path) -> None:
    (folder / "broken.tif").write_bytes(b"II*\x00 nothing")
    with Case.open(folder) as case:
        assert "broken.tif" in [c.image for c in case.cells]
        with pytest.raises(KaryoViewError, match=r"broken\.tif"):
            case.read_image("broken.tif")


def test_many_threads_save_without_losing_anedit(folder: Path) -> None:
    with Case.open(folder) as case:
        errors: list[Exception] = []

        def work(image: str) -> None:
            try:
                annotation = case.annotation(image)
                for x in range(15):
                    annotation = edit(annotation, x + 1)
                    case.save_annotation(annotation, "add box")
                    case.update_cell(image, slide=str(x))
                    case.read_image(image)
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=work, args=(cell.image,)) for cell in case.cells]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []
    with Case.open(folder) as case:
        assert [len(case.annotation(c.image).chromosomes) for c in case.cells] == [15] * 4
        assert [c.slide for c in case.cells] == ["14"] * 4
    assert verify_case(folder).ok


def test_a_signed_case_is_closed_until_it_is_amended(folder: Path) -> None:
    with Case.open(folder, user="eva") as case:
        people = Laboratory()
        annotation = edit(case.annotation("cell2.png"))
        case.save_annotation(annotation, "add box")
        stale = people.signature(case, "bob", "approved")
        case.update_settings(karyotype="46,XX")
        with pytest.raises(CaseError, match="changed after it was shown for signing"):
            case.add_signature(stale, people.keys)
        signed_state = case.state_sha256()
        with case.cell("cell10.png").path.open("r+b") as file:
            whole = file.read()
            list(case.check_originals())
            file.seek(0)
            file.write(whole[:-1] + b"?")
            file.flush()
            with pytest.raises(CaseError, match=r"Not signed: cell10\.png is not the file that was reviewed"):
                people.sign(case, "bob", "approved")
            file.seek(0)
            file.write(whole)
        people.sign(case, "bob", "approved")
        assert case.state_sha256() == signed_state
        for change in (
            lambda: case.save_annotation(edit(annotation), "add box"),
            lambda: case.update_settings(notes="x"),
            lambda: case.update_cell("cell2.png", slide="x"),
        ):
            with pytest.raises(CaseError, match="signed and closed"):
                change()
        case.record("report written", {"sha256": "ab"})
    with Case.open(folder) as case:
        assert case.settings.locked
        with pytest.raises(CaseError, match="needs a reason"):
            people.amend(case, "  ")
        people.amend(case, "second culture")
        case.save_annotation(edit(annotation), "add box")
        assert case.state_sha256() != signed_state
        assert [s.name for s in case.settings.signatures] == ["Bob"]
    assert verify_case(folder).ok
    text = (folder / "karyoview/audit.jsonl").read_text()
    assert '"reason":"second culture"' in text


def test_signing_records_every_original(folder: Path) -> None:
    with Case.open(folder) as case:
        case.read_image("cell2.png")
        Laboratory().sign(case)
        assert all(cell.sha256 for cell in case.cells)
        assert case.settings.signatures[0].state_sha256 == case.state_sha256()


def test_edits_carry_the_name_of_who_is_at_the_desk(folder: Path) -> None:
    with Case.open(folder, user="anna") as case:
        case.change_user("ben")
        case.save_annotation(edit(case.annotation("cell2.png")), "add box")
        assert case.user == "ben"
    lines = [json.loads(line) for line in (folder / "karyoview/audit.jsonl").read_text().splitlines()]
    assert [(line["user"], line["action"]) for line in lines[1:]] == [("anna", "user changed"), ("ben", "add box")]


def test_the_state_does_not_depend_on_the_way(folder: Path) -> None:
    with Case.open(folder) as case:
        first = case.state_sha256()
        case.update_settings(protocol="oncology")
        assert case.state_sha256() != first
        case.update_settings(protocol="constitutional")
        assert case.state_sha256() == first


def test_closing_twice_is_allowed_and_ends_writing(folder: Path) -> None:
    case = Case.open(folder)
    case.close()
    case.close()
    with pytest.raises(CaseError, match="closed"):
        case.update_settings(protocol="oncology")


@pytest.mark.parametrize("engine", ["../evil", "", "a/b", ".x"])
def test_an_engines_name_cannot_leave_the_folder(folder: Path, engine: str) -> None:
    with Case.open(folder) as case, pytest.raises(CaseError, match="cannot name an engine"):
        case.save_proposals(Detections("cell2.png", (1, 1), (), Provenance(engine)))


def test_damaged_proposals_are_one_sentence(folder: Path) -> None:
    with Case.open(folder) as case:
        (case.store / "proposals/cell2.png.kv.json").write_text('{"schema": 2}')
        with pytest.raises(CaseError, match=r"cell2\.png\.kv\.json"):
            case.proposals("cell2.png", "kv")
