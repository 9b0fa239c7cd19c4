"""Old karyogram pictures laid back onto their cells; the pictures are drawn here, not by the program's board."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.data.synthesis.cell import make_cell
from karyotrain.data.synthesis.truth import SyntheticCell
from PIL import Image, ImageDraw, ImageFont

from karyoview.case.case import Case
from karyoview.cli import run
from karyoview.core.annotation import ReviewState
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import iou_matrix, iou_xyxy
from karyoview.imaging.karyogram_picture import KaryogramPictureError, read_karyogram
from karyoview.imaging.karyogram_placement import place_karyogram
from karyoview.services.karyogram_import import (
    SURE,
    KaryogramImportError,
    cell_of,
    import_karyogram,
    overlay,
    read_order,
    save,
)

ROWS = (("1 2 3", "4 5"), ("6 7 8 9 10 11 12",), ("13 14 15", "16 17 18"), ("19 20", "21 22", "X Y"))
OTHER_ROWS = (("13 14 15 16",), ("1 2 3", "4 5"), ("X Y", "6 7 8 9"), ("10 11 12", "17 18"), ("19 20 21 22",))


@dataclass(frozen=True)
class Style:
    """How another program printed its karyograms."""

    zoom: float = 1.3
    paper: int = 248
    rows: tuple[tuple[str, ...], ...] = ROWS
    below: bool = True
    lines: bool = True
    contrast: float = 1.15
    tilt: float = 3.0
    labelled: bool = True
    inverted: bool = False


def print_karyogram(cell: SyntheticCell, style: Style, seed: int = 0) -> np.ndarray:
    """A karyogram (H, W) uint8: each chromosome cut by its true mask, turned upright, pasted and labelled."""
    rng = np.random.default_rng(seed)
    picture = cell.image.astype(np.float32)
    ground = float(np.percentile(picture, 80))
    tiles: dict[str, list[np.ndarray]] = {}
    for t in cell.truth:
        h, w = t.mask.shape
        x, y = t.offset
        grey = ground + (picture[y : y + h, x : x + w] - ground) * style.contrast
        up = t.axis[0] - t.axis[-1]
        turn = float(np.degrees(np.arctan2(up[0], -up[1])) + rng.uniform(-style.tilt, style.tilt))
        side = int(np.hypot(h, w) * style.zoom) + 6
        matrix = cv2.getRotationMatrix2D((w / 2, h / 2), turn, style.zoom)
        matrix[:, 2] += side / 2 - np.array([w / 2, h / 2])
        turned = cv2.warpAffine(np.where(t.mask, grey, style.paper), matrix, (side, side), flags=cv2.INTER_CUBIC)
        own = cv2.warpAffine(t.mask.astype(np.uint8) * 255, matrix, (side, side)) > 127
        rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
        tile = np.where(own, np.clip(turned, 0, style.paper - 6), style.paper)
        tile = tile[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        tiles.setdefault(CLASSES[t.label].label, []).append(tile)
    canvas = np.full((int(900 * style.zoom), int(1000 * style.zoom)), style.paper, np.float32)
    texts, edge = [], 30 * style.zoom
    for row in style.rows:
        names = " ".join(row).split()
        tall = max(t.shape[0] for name in names for t in tiles.get(name, [np.zeros((20, 1))]))
        x, base = 25 * style.zoom, edge + tall + (0 if style.below else 24 * style.zoom)
        for group in row:
            for name in group.split():
                begun = x
                for tile in tiles.get(name, []):
                    top, left = int(base) - tile.shape[0], int(x)
                    place = canvas[top : top + tile.shape[0], left : left + tile.shape[1]]
                    np.minimum(place, tile, out=place)
                    x += tile.shape[1] + 6 * style.zoom
                x = max(x, begun + 30 * style.zoom)
                texts.append((name, (begun + x - 6 * style.zoom) / 2, base + 10 * style.zoom if style.below else edge))
                x += 14 * style.zoom
            x += 22 * style.zoom
        edge = base + (40 if style.below else 14) * style.zoom
    image = Image.fromarray(canvas.astype(np.uint8))
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(13 * style.zoom)
    for name, x, y in texts if style.labelled else ():
        pen.text((x, y), name, fill=20, font=font, anchor="ma")
        if style.lines:
            pen.line((x - 18 * style.zoom, y - 3, x + 18 * style.zoom, y - 3), fill=60)
    whole = np.asarray(image)
    packed = cv2.imencode(".jpg", 255 - whole if style.inverted else whole, [cv2.IMWRITE_JPEG_QUALITY, 85])[1]
    return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)


def laid_back(cell: SyntheticCell, found: list) -> tuple[int, int]:  # type: ignore[type-arg]
    """How many places hold a chromosome of the class that the karyogram shows, and how many do not."""
    right = 0
    for place in found:
        ys, xs = np.nonzero(place.full_mask(cell.image.shape))
        own = np.array([[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]], float)
        overlap = iou_xyxy(own, cell.boxes())[0]
        best = int(overlap.argmax())
        right += bool(overlap[best] > 0.6 and cell.truth[best].label == place.piece.label)
    return right, len(found) - right


@pytest.mark.parametrize(
    "style",
    [
        Style(),
        Style(zoom=0.85, paper=232, rows=OTHER_ROWS, below=False, lines=False),
        Style(zoom=1.9, inverted=True, tilt=8),
    ],
    ids=["plain", "labels above, other rows, grey paper", "bright on dark, large"],
)
def test_labels_are_read_wherever_they_stand(style: Style) -> None:
    cell = make_cell("47,XY,+21", 11)
    found = read_karyogram(print_karyogram(cell, style))
    assert Counter(p.label for p in found) == Counter(t.label for t in cell.truth)


def test_the_order_can_be_told_where_nothing_is_written() -> None:
    cell = make_cell("46,XX", 12)
    picture = print_karyogram(cell, Style(labelled=False))
    with pytest.raises(KaryogramPictureError, match=r"Only 0 labels can be read .* --order"):
        read_karyogram(picture)
    order = read_order("1 2 3 4 5 / 6,7,8,9,10,11,12 / 13 14 15 16 17 18 / 19 20 21 22 x")
    assert len(read_order("standard")) == 4
    found = read_karyogram(picture, order)
    assert Counter(p.label for p in found) == Counter(t.label for t in cell.truth)
    with pytest.raises(KaryogramPictureError, match="has 4 rows of chromosomes and 1 were told"):
        read_karyogram(picture, [["1"]])
    with pytest.raises(KaryogramPictureError, match="There is no chromosome '23'"):
        read_karyogram(picture, [["23"], ["1"], ["2"], ["3"]])
    with pytest.raises(KaryogramPictureError, match="hardly any chromosomes"):
        read_karyogram(np.full((200, 200), 250, np.uint8))


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, SyntheticCell, Path]:
    """A case of one cell, what is true of it, and its old karyogram beside the case."""
    cell = make_cell("46,XY", 3)
    folder = tmp_path / "case"
    folder.mkdir()
    cv2.imwrite(str(folder / "m07.png"), cell.image)
    picture = tmp_path / "M07 karyogram.jpg"
    cv2.imwrite(str(picture), print_karyogram(cell, Style()))
    return folder, cell, picture


def test_a_karyogram_gives_its_cell_classes_boxes_and_directions(
    made: tuple[Path, SyntheticCell, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, cell, picture = made
    assert run(["import-karyogram", str(folder), str(picture), "--overlay", str(tmp_path / "drawn")]) == 0
    output = capsys.readouterr().out
    assert "chromosomes of M07 karyogram.jpg found again" in output
    with Image.open(tmp_path / "drawn" / "m07-karyogram.png") as drawn:
        assert drawn.size == cell.image.shape[::-1]
    with Case.open(folder, read_only=True) as case:
        annotation = case.annotation("m07.png")
    assert annotation.state is ReviewState.IN_REVIEW
    sure = annotation.human()
    assert len(sure) >= 0.75 * len(cell.truth)
    overlap = iou_matrix([c.box for c in sure], [t.box for t in cell.truth])
    best = overlap.argmax(1)
    assert len(set(best.tolist())) == len(sure)
    assert [c.label for c in sure] == [cell.truth[i].label for i in best]
    assert np.median(overlap.max(1)) > 0.8
    turns = [c.box.angle - cell.truth[i].box.angle for c, i in zip(sure, best, strict=True)]
    assert np.mean(np.cos(turns) > 0.8) > 0.9  # the end that is up in the karyogram is p
    assert all(c.mask and c.label_by is not None and c.label_by.kind == "import" for c in sure)
    doubtful = [c for c in annotation.chromosomes if not c.is_human]
    assert all(c.reasons == ("place in the cell uncertain",) and c.score < SURE for c in doubtful)
    assert run(["import-karyogram", str(folder), str(picture)]) == 1
    assert "holds a person's work already; nothing was changed" in capsys.readouterr().err


def test_what_does_not_fit_is_said(made: tuple[Path, SyntheticCell, Path], tmp_path: Path) -> None:
    folder, _, picture = made
    with Case.open(folder, read_only=True) as case:
        assert cell_of(case, picture) == "m07.png"
        with pytest.raises(KaryogramImportError, match="begins with the name of no cell"):
            cell_of(case, tmp_path / "unknown.png")
        with pytest.raises(KaryogramImportError, match=r"m08\.png is no cell"):
            import_karyogram(case, "m08.png", picture)
    blank = tmp_path / "m07.png"
    cv2.imwrite(str(blank), np.full((300, 300), 255, np.uint8))
    assert run(["import-karyogram", str(folder), str(blank)]) == 1
    assert run(["import-karyogram", str(folder), str(blank), str(picture), "--image", "m07.png"]) == 2


@pytest.mark.long
def test_other_prints_and_another_cell(made: tuple[Path, SyntheticCell, Path], tmp_path: Path) -> None:
    right = wrong = total = 0
    for seed, style in ((21, Style(zoom=0.85, paper=232, rows=OTHER_ROWS, below=False)), (22, Style(inverted=True))):
        cell = make_cell("46,XX", seed)
        picture = print_karyogram(cell, style, seed)
        found = place_karyogram(picture, read_karyogram(picture), np.asarray(cell.image, np.uint8))
        good, bad = laid_back(cell, [p for p in found if p.confidence >= SURE])
        right, wrong, total = right + good, wrong + bad, total + len(cell.truth)
    print(f"{right} of {total} chromosomes surely in their place, {wrong} surely in a wrong one")
    assert right >= 0.8 * total
    assert wrong <= 0.02 * total
    other = tmp_path / "other.jpg"
    cv2.imwrite(str(other), print_karyogram(make_cell("46,XX", 31), Style()))
    with Case.open(made[0]) as case:
        with pytest.raises((KaryogramImportError, KaryogramPictureError), match="cell"):
            import_karyogram(case, "m07.png", other)
        found = import_karyogram(case, "m07.png", made[2], reviewed=True)
        assert (found.annotation.state is ReviewState.REVIEWED) == (found.sure == found.pieces)
        assert overlay(case.read_image("m07.png").to_uint8(), found).mode == "RGB"
        save(case, found)
        assert len(case.annotation("m07.png").chromosomes) == len(found.found)
