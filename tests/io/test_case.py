"""The case folder: what it lists, keeps, refuses and restores."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from karyoview.core.annotation import GivenBy, ImageAnnotation, PredictedChromosome, ReviewedChromosome, ReviewState
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.io import lock as lock_module
from karyoview.io.audit import utc_now
from karyoview.io.case import Case, CaseError
from karyoview.io.case_schema import Signature
from karyoview.io.case_verify import verify_case


@pytest.fixture(autouse=True)
def own_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KARYOVIEW_WORKSPACE", str(tmp_path / "workspace"))
    return tmp_path / "workspace"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three small images, one of them of two pages, and things that are no cells."""
    place = tmp_path / "Fall 7 é"
    place.mkdir()
    _draw(place / "cell10.png", 10)
    _draw(place / "cell2.png", 2)
    pages = [Image.fromarray(np.full((30, 40), grey, np.uint8)) for grey in (50, 90)]
    pages[0].save(place / "stack.tif", save_all=True, append_images=pages[1:])
    (place / "notes.txt").write_text("no image")
    (place / ".hidden.png").write_bytes((place / "cell2.png").read_bytes())
    (place / "sub").mkdir()
    _draw(place / "sub" / "deeper.png", 3)
    return place


def _draw(path: Path, grey: int) -> None:
    pixels = np.full((30, 40), 240, np.uint8)
    pixels[5:9, 6:20] = grey
    Image.fromarray(pixels).save(path)


def _edit(annotation: ImageAnnotation, x: float = 5.0) -> ImageAnnotation:
    number = len(annotation.chromosomes) + 1
    return annotation.with_chromosomes([*annotation.chromosomes, ReviewedChromosome(f"c{number}", Box(x, 9, 4, 8))])


def _files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_opening_lists_the_top_level_in_natural_order_and_touches_no_original(folder: Path) -> None:
    before = _files(folder)
    with Case.open(folder, user="anna") as case:
        assert [c.image for c in case.cells] == ["cell2.png", "cell10.png", "stack.tif", "stack.tif.p1"]
        assert [c.page for c in case.cells] == [0, 0, 0, 1]
        assert case.store == folder / "karyoview"
        assert not case.read_only
        assert case.settings.id.startswith("KV-")
        assert case.settings.training_consent is False
        assert case.notices == ()
    after = _files(folder)
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
        annotation = _edit(case.annotation("cell2.png"))
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
    proposal = PredictedChromosome("c1", Box.rotated(9, 9, 3, 8, 1.25), 4, GivenBy("engine", "kv"), score=0.75)
    eva = GivenBy("person", "eva")
    fixed = ReviewedChromosome("c1", Box.rotated(9, 9.5, 3, 8, 1.25), 5, label_by=eva, proposal=proposal)
    with Case.open(folder) as case:
        annotation = case.annotation("cell2.png").with_chromosomes([fixed, replace(proposal, id="c2")])
        case.save_annotation(annotation, "relabel")
    with Case.open(folder, read_only=True) as case:
        first, second = case.annotation("cell2.png").chromosomes
    assert isinstance(first, ReviewedChromosome)
    assert first.proposal == proposal
    assert isinstance(second, PredictedChromosome)
    assert not second.is_human


def test_read_only_writes_nothing(folder: Path) -> None:
    before = _files(folder)
    with Case.open(folder, read_only=True) as case:
        assert len(case.cells) == 4
        assert case.annotation("cell2.png") == ImageAnnotation("cell2.png")
        with pytest.raises(CaseError, match="reading only"):
            case.save_annotation(_edit(case.annotation("cell2.png")), "add box")
        with pytest.raises(CaseError, match="reading only"):
            case.save_proposals(Detections("cell2.png", (30, 40), (), Provenance("kv")))
        case.read_image("cell2.png")
        list(case.check_originals())
    assert _files(folder) == before


def test_new_and_vanished_images(folder: Path) -> None:
    with Case.open(folder) as case:
        case.save_annotation(_edit(case.annotation("cell10.png")), "add box")
    (folder / "cell10.png").unlink()
    _draw(folder / "cell1.png", 1)
    with Case.open(folder) as case:
        assert [c.image for c in case.cells] == ["cell2.png", "cell10.png", "stack.tif", "stack.tif.p1", "cell1.png"]
        assert [c.image for c in case.cells if c.missing] == ["cell10.png"]
        assert "cell10.png is no longer in" in case.notices[0]
        assert len(case.annotation("cell10.png").chromosomes) == 1
        with pytest.raises(CaseError, match="no longer in the folder"):
            case.read_image("cell10.png")
        _draw(folder / "cell10.png", 10)
        _draw(folder / "late.png", 9)
        assert case.rescan() == ("late.png",)
        assert not case.cell("cell10.png").missing
    assert verify_case(folder).ok


def test_a_folder_moved_between_systems_keeps_its_cells(folder: Path) -> None:
    """One system composes letters, another one takes them apart; the same image stays the same cell."""
    _draw(folder / "z\u00fcr.png", 7)
    with Case.open(folder) as case:
        case.save_annotation(_edit(case.annotation("z\u00fcr.png")), "add box")
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
        case.reorder_cells(["cell10.png", "stack.tif.p1", "stack.tif", "cell2.png"])
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
        assert [c.image for c in case.cells] == ["cell10.png", "stack.tif.p1", "stack.tif", "cell2.png"]
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


def test_two_instances_the_second_reads_and_is_told_who(folder: Path) -> None:
    with Case.open(folder, user="anna") as first, Case.open(folder, user="ben") as second:
        first.save_annotation(_edit(first.annotation("cell2.png")), "add box")
        assert second.read_only
        assert second.read_only_reason.startswith("anna has this case open on ")
        with pytest.raises(CaseError, match="anna has this case open"):
            second.save_annotation(_edit(second.annotation("cell10.png")), "add box")
        found = Detections("cell2.png", (30, 40), (Detection(Box(1, 2, 3, 4), 0.5),), Provenance("kv", revision=1))
        second.save_proposals(found)
        assert first.proposals("cell2.png", "kv") == found
        assert first.proposals("cell10.png", "kv") is None
        assert second.annotation("cell2.png") == first.annotation("cell2.png")
        first.save_annotation(_edit(first.annotation("cell2.png")), "add box")
        assert len(second.annotation("cell2.png").chromosomes) == 2
        assert second.notices == ()
    with Case.open(folder, user="ben") as third:
        assert not third.read_only


def test_a_lock_without_heartbeat_is_taken_over_with_a_notice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Case.open(folder).close()
    lock = folder / "karyoview/lock.json"
    holder = {"host": "far-away", "user": "Dora", "pid": 1, "since": utc_now(), "token": "t"}
    lock.write_text(json.dumps(holder))
    with Case.open(folder) as case:
        assert "Dora has this case open on far-away" in case.read_only_reason
    old = os.stat(lock).st_mtime - lock_module.STALE_S - 5
    os.utime(lock, (old, old))
    with Case.open(folder) as case:
        assert not case.read_only
        assert "marked as open by Dora on far-away; it was taken over" in case.notices[0]
    monkeypatch.setattr(lock_module, "HEARTBEAT_S", 0.01)
    with Case.open(folder):
        old = os.stat(lock).st_mtime - 1000
        os.utime(lock, (old, old))
        for _ in range(500):
            if os.stat(lock).st_mtime > old + 500:
                break
            threading.Event().wait(0.01)
        else:
            pytest.fail("the heartbeat did not come")


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"host": 5}'])
def test_a_damaged_lock_waits_for_its_age(folder: Path, content: bytes) -> None:
    Case.open(folder).close()
    lock = folder / "karyoview/lock.json"
    lock.write_bytes(content)
    with Case.open(folder) as case:
        assert case.read_only
    os.utime(lock, (1, 1))
    with Case.open(folder) as case:
        assert not case.read_only


def test_a_case_that_another_program_took_over_refuses_to_save(folder: Path) -> None:
    with Case.open(folder, user="anna") as sleeper:
        lock = folder / "karyoview/lock.json"
        os.utime(lock, (1, 1))
        text = lock.read_text().replace(f'"host": "{lock_module.socket.gethostname()}"', '"host": "elsewhere"')
        lock.write_text(text)
        os.utime(lock, (1, 1))
        with Case.open(folder, user="ben") as taker:
            assert not taker.read_only
            annotation = _edit(sleeper.annotation("cell2.png"))
            with pytest.raises(CaseError, match="another program has taken this case over"):
                sleeper.save_annotation(annotation, "add box")
            assert sleeper.dirty == {"cell2.png"}
            taker.save_annotation(annotation, "add box")
    assert verify_case(folder).ok


def test_a_changed_original_is_said_and_nothing_lost(folder: Path) -> None:
    with Case.open(folder) as case:
        assert case.read_image("cell2.png").notes == ()
        assert {c.image for c in case.check_originals() if not c.problem} == {c.image for c in case.cells}
        assert all(len(c.sha256) == 64 for c in case.cells)
        case.save_annotation(_edit(case.annotation("cell2.png")), "add box")
    _draw(folder / "cell2.png", 200)
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
        case.save_annotation(_edit(case.annotation("tagged.jpg")), "add box")
        list(case.check_originals())
    for name, data in _files(folder / "karyoview").items():
        assert b"Mustermann" not in data, name


def test_a_lost_or_damaged_annotation_is_built_anew_from_the_record(folder: Path) -> None:
    path = folder / "karyoview/annotations/cell2.png.json"
    with Case.open(folder) as case:
        annotation = case.annotation("cell2.png")
        for x in range(1, 6):
            annotation = _edit(annotation, x)
            case.save_annotation(annotation, "add box")
    whole = path.read_bytes()
    path.unlink()
    with Case.open(folder) as case:
        assert case.annotation("cell2.png") == annotation
        assert "restored from the record" in " ".join(case.notices)
    path.write_bytes(whole[: len(whole) // 2])
    with Case.open(folder, read_only=True) as case:
        assert case.annotation("cell2.png") == annotation
        assert path.read_bytes() == whole[: len(whole) // 2]
    with Case.open(folder) as case:
        assert case.annotation("cell2.png") == annotation
    assert path.read_bytes() == whole
    kept = [p.read_bytes() for p in (folder / "karyoview").glob("damaged-*")]
    assert kept == [whole[: len(whole) // 2]]
    assert verify_case(folder).ok


def test_an_annotation_edited_by_hand_is_kept_and_said(folder: Path) -> None:
    path = folder / "karyoview/annotations/cell2.png.json"
    with Case.open(folder) as case:
        case.save_annotation(_edit(case.annotation("cell2.png")), "add box")
    path.write_text(path.read_text().replace("[5.0,9.0,4.0,8.0]", "[6.0,9.0,4.0,8.0]"))
    assert "changed outside KaryoView" in verify_case(folder).problems[0]
    with Case.open(folder) as case:
        annotation = case.annotation("cell2.png")
        assert annotation.chromosomes[0].box.cx == 6
        case.save_annotation(_edit(annotation), "add box")
        assert "changed by another program" in " ".join(case.notices)
    with Case.open(folder) as case:
        assert [c.box.cx for c in case.annotation("cell2.png").chromosomes] == [6, 5]


def test_damage_without_a_record_is_one_sentence_and_changes_nothing(folder: Path) -> None:
    Case.open(folder).close()
    path = folder / "karyoview/case.json"
    (folder / "karyoview/audit.jsonl").unlink()
    for content in (b"", b"{}", b'{"schema": 77}', b'{"schema": 2, "id": 5}', b"\x00" * 50):
        path.write_bytes(content)
        with pytest.raises(CaseError, match=r"case\.json"):
            Case.open(folder)
        assert path.read_bytes() == content
        assert not (folder / "karyoview/lock.json").exists()


@pytest.mark.parametrize("name", ["../../secret.png", "/etc/passwd", "..", "a/b.png", "C:\\x.png", "x\\..\\y", ""])
def test_no_name_in_case_json_leaves_the_folder(folder: Path, name: str) -> None:
    Case.open(folder).close()
    path = folder / "karyoview/case.json"
    document = json.loads(path.read_text())
    document["cells"][0] |= {"file": name, "image": name}
    path.write_text(json.dumps(document))
    with pytest.raises(CaseError, match="not the name of a file in the case's folder"):
        Case.open(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
@pytest.mark.parametrize("part", ["karyoview", "karyoview/annotations"])
def test_a_link_out_of_the_folder_is_refused(folder: Path, tmp_path: Path, part: str) -> None:
    (tmp_path / "outside").mkdir()
    (folder / part).parent.mkdir(exist_ok=True)
    (folder / part).symlink_to(tmp_path / "outside")
    with pytest.raises(CaseError, match="is a link"):
        Case.open(folder)
    assert list((tmp_path / "outside").iterdir()) == []


def test_names_that_cannot_be_stored_are_left_out_with_a_notice(folder: Path) -> None:
    long = "x" * 240 + ".png"
    _draw(folder / long, 1)
    if sys.platform == "linux":
        shutil.copy(folder / "cell2.png", os.fsencode(folder) + b"/bad\xff.png")
    with Case.open(folder) as case:
        assert len(case.cells) == 4
        assert any("too long" in text for text in case.notices)
        if sys.platform == "linux":
            assert any("rename it" in text for text in case.notices)


@pytest.mark.parametrize("image", ["../x.png", "nowhere.png"])
def test_an_annotation_of_an_unknown_image_is_refused(folder: Path, image: str) -> None:
    with Case.open(folder) as case, pytest.raises(CaseError, match=r"x\.png|nowhere\.png"):
        case.save_annotation(_edit(ImageAnnotation(image)), "add box")


def test_wrong_places_get_a_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="does not exist"):
        Case.open(tmp_path / "nowhere")
    with pytest.raises(CaseError, match="is a file"):
        Case.open(folder / "cell2.png")
    Case.open(folder).close()
    with Case.open(folder / "karyoview") as case:
        assert case.folder == folder


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


def test_many_threads_save_without_losing_an_edit(folder: Path) -> None:
    with Case.open(folder) as case:
        errors: list[Exception] = []

        def work(image: str) -> None:
            try:
                annotation = case.annotation(image)
                for x in range(15):
                    annotation = _edit(annotation, x + 1)
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


def _signature(case: Case, meaning: str = "approved") -> Signature:
    return Signature("eva", "Dr. Eva Adam", meaning, utc_now(), case.state_sha256(), case.chain_head)


def test_a_signed_case_is_closed_until_it_is_amended(folder: Path) -> None:
    with Case.open(folder, user="eva") as case:
        annotation = _edit(case.annotation("cell2.png"))
        case.save_annotation(annotation, "add box")
        stale = _signature(case)
        case.update_settings(karyotype="46,XX")
        with pytest.raises(CaseError, match="changed after it was shown for signing"):
            case.add_signature(stale, lock=True)
        signed_state = case.state_sha256()
        with case.cell("cell10.png").path.open("r+b") as file:
            whole = file.read()
            list(case.check_originals())
            file.seek(0)
            file.write(whole[:-1] + b"?")
            file.flush()
            with pytest.raises(CaseError, match=r"Not signed: cell10\.png is not the file that was reviewed"):
                case.add_signature(_signature(case), lock=True)
            file.seek(0)
            file.write(whole)
        case.add_signature(_signature(case), lock=True)
        assert case.state_sha256() == signed_state
        for edit in (
            lambda: case.save_annotation(_edit(annotation), "add box"),
            lambda: case.update_settings(notes="x"),
            lambda: case.update_cell("cell2.png", slide="x"),
            lambda: case.reorder_cells([c.image for c in reversed(case.cells)]),
        ):
            with pytest.raises(CaseError, match="signed and closed"):
                edit()
        case.record("report written", {"sha256": "ab"})
    with Case.open(folder) as case:
        assert case.settings.locked
        with pytest.raises(CaseError, match="needs a reason"):
            case.amend("  ")
        case.amend("second culture")
        case.save_annotation(_edit(annotation), "add box")
        assert case.state_sha256() != signed_state
        assert [s.name for s in case.settings.signatures] == ["Dr. Eva Adam"]
    assert verify_case(folder).ok
    text = (folder / "karyoview/audit.jsonl").read_text()
    assert '"reason":"second culture"' in text


def test_signing_records_every_original(folder: Path) -> None:
    with Case.open(folder) as case:
        signature = _signature(case, "analysed")
        case.read_image("cell2.png")
        case.add_signature(signature)
        assert all(cell.sha256 for cell in case.cells)
        assert case.settings.signatures[0].state_sha256 == case.state_sha256()


def test_edits_carry_the_name_of_who_is_at_the_desk(folder: Path) -> None:
    with Case.open(folder, user="anna") as case:
        case.change_user("ben")
        case.save_annotation(_edit(case.annotation("cell2.png")), "add box")
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
