"""Paste mode: what is cut is certain, what is pasted is exact."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from karyotrain.data.synthesis import truth_hash
from karyotrain.data.synthesis.library import PasteLibrary
from karyotrain.data.synthesis.paste import make_pasted_cell
from karyotrain.data.synthesis.production import Order, parse_size, produce

from karyoview.cli import run
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import intersection_xyxy
from karyoview.core.runlength import decode_mask

MANIFEST = Path(__file__).with_name("pasted_val.json")


def test_cut_masks_and_classes_are_those_of_the_truth(case: Path, library: PasteLibrary) -> None:
    document = json.loads((case / "truth.json").read_text())
    ids = {row["file_name"]: row["id"] for row in document["images"]}
    ious = []
    for index in range(len(library)):
        piece = library.piece(index)
        h, w = piece.mask.shape
        x, y = piece.place
        mine = [a for a in document["annotations"] if a["image_id"] == ids[library.names[piece.picture]]]
        best, label = 0.0, -1
        for a in mine:
            whole = decode_mask(a["segmentation"]["counts"], tuple(a["segmentation"]["size"]))
            part = whole[y : y + h, x : x + w]
            iou = (part & piece.mask).sum() / (whole.sum() + piece.mask.sum() - (part & piece.mask).sum())
            if iou > best:
                best, label = float(iou), a["category_id"] - 1
        ious.append(best)
        assert label == piece.label
    assert len(library) > 40
    assert np.mean(ious) > 0.85
    assert min(ious) > 0.6


def test_pieces_stand_alone(case: Path, library: PasteLibrary) -> None:
    """No piece holds pixels of two chromosomes: it never overlaps another box's chromosome noticeably."""
    document = json.loads((case / "truth.json").read_text())
    shared = {row["file_name"]: [] for row in document["images"]}
    names = {row["id"]: row["file_name"] for row in document["images"]}
    for a in document["annotations"]:
        if a["overlap_pixels"] > 0.25 * a["area"]:
            x, y, w, h = a["bbox"]
            shared[names[a["image_id"]]].append((x, y, x + w, y + h))
    for index in range(len(library)):
        piece = library.piece(index)
        y, x = np.nonzero(piece.mask)
        box = np.array([[x.min(), y.min(), x.max() + 1, y.max() + 1]], float) + np.array([*piece.place, *piece.place])
        overlapped = np.asarray(shared[library.names[piece.picture]], float).reshape(-1, 4)
        common = intersection_xyxy(box, overlapped)
        areas = np.prod(overlapped[:, 2:] - overlapped[:, :2], 1)
        assert not (common > 0.9 * np.maximum(areas, np.prod(box[0, 2:] - box[0, :2]))).any()


def test_background_has_no_chromosomes_left(case: Path, library: PasteLibrary) -> None:
    document = json.loads((case / "truth.json").read_text())
    name = library.names[library.backgrounds[0]]
    image = next(i for i in document["images"] if i["file_name"] == name)
    inside = np.zeros((image["height"], image["width"]), dtype=bool)
    for a in document["annotations"]:
        if a["image_id"] == image["id"]:
            inside |= decode_mask(a["segmentation"]["counts"], tuple(a["segmentation"]["size"]))
    ground = library.background(0)
    assert abs(float(np.median(ground[inside])) - float(np.median(ground[~inside]))) < 6


def test_pasted_cells_are_exact_and_repeatable(library: PasteLibrary) -> None:
    first, again, other = (make_pasted_cell(library, s) for s in (3, 3, 4))
    assert truth_hash(first) == truth_hash(again) != truth_hash(other)
    assert np.array_equal(first.image, again.image)
    assert 40 <= len(first.truth) <= 48
    inside = np.zeros(first.image.shape, dtype=bool)
    for item in first.truth:
        assert not item.polarity_known
        assert item.centromere is None
        assert "cell-" in item.source
        inside |= item.full_mask(first.image.shape)
    assert np.median(first.image[inside]) + 25 < np.median(first.image[~inside])


def test_pasted_cells_overlap_as_much_as_real_ones(library: PasteLibrary) -> None:
    pasted = [make_pasted_cell(library, s) for s in range(10, 18)]
    shares = [(c.severe_overlap(), len(c.truth)) for c in pasted]
    assert np.average([s for s, _ in shares], weights=[n for _, n in shares]) >= 0.42
    assert any(t.crossings for c in pasted for t in c.truth)
    loose = [make_pasted_cell(library, s, crowding=0.5).severe_overlap() for s in range(10, 13)]
    assert np.mean(loose) < 0.25


def test_counts_decide_what_is_pasted(library: PasteLibrary) -> None:
    counts = [0] * 24
    counts[8], counts[12] = 3, 1
    cell = make_pasted_cell(library, 1, counts=counts)
    assert sorted(t.label for t in cell.truth) == [8, 8, 8, 12]


def test_library_is_read_back_not_cut_again(case: Path, library: PasteLibrary, tmp_path: Path) -> None:
    first = PasteLibrary.build(case, case / "truth.json", tmp_path, limit=1)
    (file,) = tmp_path.iterdir()
    stamp = file.stat().st_mtime_ns
    again = PasteLibrary.build(case, case / "truth.json", tmp_path, limit=1)
    assert file.stat().st_mtime_ns == stamp
    assert np.array_equal(first.labels, again.labels)
    assert 0 < len(first) < len(library)


def test_bad_libraries_and_files_are_sentences(tmp_path: Path, case: Path) -> None:
    bad = tmp_path / "pieces.npz"
    bad.write_bytes(b"no archive")
    with pytest.raises(KaryoViewError, match="no library of cut chromosomes"):
        PasteLibrary.read(bad)
    with bad.open("wb") as file:
        np.savez(file, labels=np.array([{}], dtype=object))
    with pytest.raises(KaryoViewError, match="no library"):
        PasteLibrary.read(bad)
    with pytest.raises(KaryoViewError, match="no COCO file"):
        PasteLibrary.build(case, case / "cell-001.png", tmp_path)
    with pytest.raises(KaryoViewError, match="is not there"):
        list(produce(Order(1, paste=tmp_path / "none.json"), tmp_path / "out"))
    with pytest.raises(KaryoViewError, match="no size"):
        parse_size("large")


def test_command_writes_the_same_case_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = tmp_path / "hashes.json"
    order = ["synthesize", "--cells", "2", "--seed", "6", "--karyotype", "47,XY,+21"]
    assert run([*order, "-o", str(tmp_path / "a"), "--manifest", str(manifest)]) == 0
    assert run([*order, "-o", str(tmp_path / "b"), "--check", str(manifest)]) == 0
    assert "All 2 truths" in capsys.readouterr().out
    assert (tmp_path / "a" / "truth.json").read_bytes() == (tmp_path / "b" / "truth.json").read_bytes()
    assert run([*order[:-1], "46,XY", "-o", str(tmp_path / "c"), "--check", str(manifest)]) == 1
    assert "truths differ" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [(["--karyotype", "46,XX,+21"], "makes 47"), (["--band-level", "600"], "600 bands"), (["--cells", "0"], "0 cells"),
     (["--size", "12"], "no size"), (["--style", "film"], "no style")],
)  # fmt: skip
def test_command_says_what_is_wrong(
    options: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["synthesize", "-o", str(tmp_path / "x"), *options]) == 1
    printed = capsys.readouterr().err
    assert words in printed
    assert "Traceback" not in printed
    assert printed.count("\n") == 1


def test_command_pastes_from_a_case(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "pasted"
    assert run(["synthesize", "--paste", str(case / "truth.json"), "--cells", "2", "--seed", "1", "-o", str(out)]) == 0
    document = json.loads((out / "truth.json").read_text())
    assert len(document["images"]) == 2
    assert all(a["polarity_known"] is False for a in document["annotations"])


@pytest.mark.long
@pytest.mark.real
def test_fixed_pasted_set_is_that_of_the_manifest(real_data: Path, tmp_path: Path) -> None:
    coco = real_data / "taichung" / "val.json"
    known = json.loads(MANIFEST.read_text())
    lines = list(produce(Order(known["cells"], seed=known["seed"], paste=coco), tmp_path / "set", check=MANIFEST))
    assert "All 200 truths" in lines[-1]
    assert known["severe_overlap"] >= 0.4843  # val's own
