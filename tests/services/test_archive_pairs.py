"""Metaphases and karyograms of an archive matched by name, by number and by looking."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from karyoview.detectors.protocol import Cancelled, CancelToken
from karyoview.services import archive_pairs
from karyoview.services.archive_pairs import ArchiveError, match_archive

GREY = np.full((60, 60), 220, np.uint8)


def put(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), GREY)


def told(folder: Path, **how: object) -> set[tuple[str, str, str, str]]:
    return {
        (p.metaphase.relative_to(folder).as_posix(), p.karyogram.relative_to(folder).as_posix(), p.how, p.case)
        for p in match_archive(folder, **how).pairs  # type: ignore[arg-type]
    }


def test_names_that_differ_by_what_a_picture_is_belong_together(tmp_path: Path) -> None:
    put(tmp_path, "tv1.A.png", "tv1.K.png", "tv2.A.png", "tv2.K.png")
    put(tmp_path, "7 metaphase.png", "7_Karyogramm.jpg", "X metaphase.png")
    matching = match_archive(tmp_path)
    assert {(p.metaphase.name, p.karyogram.name, p.how) for p in matching.pairs} == {
        ("tv1.A.png", "tv1.K.png", "name"),
        ("tv2.A.png", "tv2.K.png", "name"),
        ("7 metaphase.png", "7_Karyogramm.jpg", "name"),
    }
    assert [(p.name, reason) for p, reason in matching.left] == [
        ("X metaphase.png", "no karyogram belongs to this metaphase")
    ]
    assert matching.sentence() == "3 pairs (3 by name), 1 picture without a partner."


def test_folders_say_what_pictures_are_and_whose(tmp_path: Path) -> None:
    for patient in ("P1", "P2"):
        put(tmp_path, f"{patient}/metaphases/01.png", f"{patient}/karyograms/01.png")
        put(tmp_path, f"{patient}/metaphases/02.png", f"{patient}/karyograms/02_final.png")
    put(tmp_path, "P1/karyoview/metaphases/09.png", ".hidden/01.K.png")
    assert told(tmp_path) == {
        ("P1/metaphases/01.png", "P1/karyograms/01.png", "name", "P1"),
        ("P2/metaphases/01.png", "P2/karyograms/01.png", "name", "P2"),
        ("P1/metaphases/02.png", "P1/karyograms/02_final.png", "number", "P1"),
        ("P2/metaphases/02.png", "P2/karyograms/02_final.png", "number", "P2"),
    }


def test_the_name_before_the_last_number_is_the_patients(tmp_path: Path) -> None:
    for patient in (11, 12, 13):
        for cell in (1, 2):
            put(tmp_path, f"spread{patient}-{cell:03}.png", f"karyo {patient} {cell}.jpg")
    assert told(tmp_path) == {
        (f"spread{p}-{c:03}.png", f"karyo {p} {c}.jpg", "name", f"{p}") for p in (11, 12, 13) for c in (1, 2)
    }


def test_what_says_nothing_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its looks a picture is a karyogram, and by its chromosomes it is this metaphase's."""
    for number, name in enumerate(("q.png", "r.png", "u.png", "v.png")):
        cv2.imwrite(str(tmp_path / name), np.full((60, 60), 200 + number, np.uint8))
    (tmp_path / "w.png").write_bytes(b"no picture")
    monkeypatch.setattr(archive_pairs, "looks_like_karyogram", lambda p: p[0, 0] >= 202)

    class Shown:
        def __init__(self, picture: np.ndarray) -> None:
            self.picture, self.pieces = picture, ()

    monkeypatch.setattr(archive_pairs, "read_print", Shown)
    monkeypatch.setattr(
        archive_pairs, "common_chromosomes", lambda board, pieces, field: int(board[0, 0]) + int(field[0, 0]) == 403
    )
    seen: list[str] = []
    matching = match_archive(tmp_path, progress=lambda done, total, name: seen.append(name))
    assert {(p.metaphase.name, p.karyogram.name, p.how) for p in matching.pairs} == {
        ("q.png", "v.png", "looking"), ("r.png", "u.png", "looking")
    }  # fmt: skip
    assert [p.name for p, _ in matching.left] == ["w.png"]
    assert "q.png" in seen
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        match_archive(tmp_path, cancel=token)


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="holds no pictures"):
        match_archive(tmp_path)
    with pytest.raises(ArchiveError, match="is no folder"):
        match_archive(tmp_path / "missing")
