"""Damaged, foreign and hostile case folders: built anew, refused with one sentence, never lost."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from case_samples import draw, edit

from karyoview.case.case import Case, CaseError
from karyoview.case.verify import verify_case
from karyoview.core.annotation import ImageAnnotation


def test_a_lost_or_damaged_annotation_is_built_anew_from_the_record(folder: Path) -> None:
    path = folder / "karyoview/annotations/cell2.png.json"
    with Case.open(folder) as case:
        annotation = case.annotation("cell2.png")
        for x in range(1, 6):
            annotation = edit(annotation, x)
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
        case.save_annotation(edit(case.annotation("cell2.png")), "add box")
    path.write_text(path.read_text().replace("[5.0,9.0,4.0,8.0]", "[6.0,9.0,4.0,8.0]"))
    assert "changed outside KaryoView" in verify_case(folder).problems[0]
    with Case.open(folder) as case:
        annotation = case.annotation("cell2.png")
        assert annotation.chromosomes[0].box.cx == 6
        case.save_annotation(edit(annotation), "add box")
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
    draw(folder / long, 1)
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
        case.save_annotation(edit(ImageAnnotation(image)), "add box")


def test_wrong_places_get_a_sentence(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="does not exist"):
        Case.open(tmp_path / "nowhere")
    with pytest.raises(CaseError, match="is a file"):
        Case.open(folder / "cell2.png")
    Case.open(folder).close()
    with Case.open(folder / "karyoview") as case:
        assert case.folder == folder
