"""Arrows, texts, contrast, straightening: done on the board with keys and mouse, kept with the cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from board_samples import Bench
from PIL import Image
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.core.karyogram_notes import NOTES_KEY, notes_of
from karyoview.gui.karyogram import pair_walk
from karyoview.gui.karyogram.board_pages import paint_page
from karyoview.gui.karyogram.items import NoteItem, StripItem
from karyoview.imaging.homologue_doubts import HomologueDoubt
from karyoview.imaging.karyogram_layout import CellCutouts, Placed, label_room, lay_out
from karyoview.imaging.karyogram_shapes import TextShape, note_places
from karyoview.imaging.stored_look import LOOK_KEY, look_of
from karyoview.report.karyogram_page import karyogram_pdf
from karyoview.report.pictures import karyogram_image, karyogram_picture

PLAIN = Qt.KeyboardModifier.NoModifier


def key(bench: Bench, pressed: Qt.Key, keys: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(bench.board.view, pressed, keys)
    QApplication.processEvents()


def draw_arrow(bench: Bench, chromosome: str, by: tuple[int, int] = (60, 40)) -> None:
    tip, away = bench.place_of(chromosome), QPoint(*by)
    key(bench, Qt.Key.Key_P)
    bench.drag(tip + away, tip)


def grab(bench: Bench) -> np.ndarray:
    """The view's pixels, (H, W) grey."""
    image = bench.board.view.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return data[:, : image.width(), 1].copy()


def test_an_arrow_is_drawn_on_the_board_and_follows_its_chromosome(bench: Bench) -> None:
    draw_arrow(bench, "c4")
    (note,) = bench.board.model.notes()
    assert note.arrow
    assert note.chromosome == "c4"
    assert bench.saved == ["karyogram note"]
    pointed = note.x, note.y
    bench.board.model.move("c4", "22")
    layout = bench.board.model.layout()
    place = next(p for p in layout.placed if p.id == "c4")
    tip, _ = note_places(note, layout, bench.board.model.strips)
    assert place.x <= tip[0] <= place.x + place.width
    bench.session.turn(["c4"])
    turned, _ = note_places(bench.board.model.notes()[0], bench.board.model.layout(), bench.board.model.strips)
    assert (bench.board.model.notes()[0].x, bench.board.model.notes()[0].y) == pointed
    place = next(p for p in bench.board.model.layout().placed if p.id == "c4")
    before, now = (tip[1] - place.y) / place.height, (turned[1] - place.y) / place.height
    assert now == pytest.approx(1 - before, abs=0.06), "the same band, at the other end"


def test_an_arrow_stays_at_its_band_when_the_chromosome_is_mirrored_or_bent(bench: Bench) -> None:
    draw_arrow(bench, "c4")
    (note,) = bench.board.model.notes()
    strips = bench.board.model.strips

    def point() -> tuple[float, float]:
        layout = bench.board.model.layout()
        place = next(p for p in layout.placed if p.id == "c4")
        tip, _ = note_places(note, layout, bench.board.model.strips)
        x, y = (v[int(tip[1] - place.y), int(tip[0] - place.x)] for v in bench.board.model.strips["c4"].places)
        return float(x), float(y)

    assert strips["c4"].places is not None
    first = point()
    bench.board.model.mirror("c4", confirmed=True)
    assert point() == pytest.approx(first, abs=1.5)
    bench.board.model.toggle_straight(["c4"])
    bench.board.refresh()
    assert point() == pytest.approx(first, abs=1.5)


def test_a_text_is_typed_at_its_place_and_letters_are_no_commands_meanwhile(bench: Bench) -> None:
    key(bench, Qt.Key.Key_N)
    QTest.mouseClick(bench.board.view.viewport(), Qt.MouseButton.LeftButton, PLAIN, bench.place_of("c8") + QPoint(9, 0))
    field = bench.board.view.tools.field
    assert field is not None
    QTest.keyClicks(field, "del(5q)?")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert [n.text for n in bench.board.model.notes()] == ["del(5q)?"]
    assert [type(i) for i in bench.board.view.scene().items() if isinstance(i, NoteItem)] == [NoteItem]
    bench.session.undo()
    assert bench.board.model.notes() == ()
    bench.session.redo()
    assert len(bench.board.model.notes()) == 1


def test_what_is_typed_is_kept_when_another_cell_is_shown(bench: Bench) -> None:
    key(bench, Qt.Key.Key_N)
    QTest.mouseClick(bench.board.view.viewport(), Qt.MouseButton.LeftButton, PLAIN, bench.place_of("c8"))
    QTest.keyClicks(bench.board.view.tools.field, "kept")
    bench.board.show_no_cell("reading")
    assert [n.text for n in notes_of(bench.session.annotation("a.png"))] == ["kept"]


def test_escape_puts_the_tool_down_and_delete_takes_the_note_not_the_chromosome(bench: Bench) -> None:
    key(bench, Qt.Key.Key_P)
    assert bench.board.bar.arrow.isChecked()
    key(bench, Qt.Key.Key_Escape)
    assert not bench.board.bar.arrow.isChecked()
    draw_arrow(bench, "c4")
    assert bench.board.view.note
    key(bench, Qt.Key.Key_Delete)
    assert bench.board.model.notes() == ()
    assert bench.session.annotation().total() == 47


def test_a_note_is_dragged_and_its_tip_stays(bench: Bench) -> None:
    draw_arrow(bench, "c4")
    (before,) = bench.board.model.notes()
    tail = note_places(before, bench.board.model.layout(), bench.board.model.strips)[1]
    at = bench.board.view.mapFromScene(*tail)
    grip = at + (bench.place_of("c4") - at) / 4
    bench.drag(grip, grip + QPoint(20, 10))
    (after,) = bench.board.model.notes()
    assert (after.x, after.y, after.off_x, after.off_y) == (before.x, before.y, before.off_x, before.off_y)
    assert after.dx > before.dx


def test_a_read_only_case_says_why_nothing_is_drawn(bench: Bench) -> None:
    bench.session.read_only_reason = "The case is approved; amend it first."
    key(bench, Qt.Key.Key_P)
    assert bench.notes[-1] == "The case is approved; amend it first."
    assert not bench.board.bar.arrow.isChecked()
    bench.board.bar.contrast.setValue(0)
    assert bench.notes[-1] == "The case is approved; amend it first."
    assert bench.board.bar.contrast.value() != 0, "the slider shows what is shown"


def test_s_straightens_one_and_b_shows_it_as_cut_out(bench: Bench) -> None:
    bench.board.select("c3")
    key(bench, Qt.Key.Key_S)
    assert look_of(bench.session.annotation()).unlike == {"c3"}
    key(bench, Qt.Key.Key_S)
    assert LOOK_KEY not in bench.session.annotation().extra
    key(bench, Qt.Key.Key_B)
    assert look_of(bench.session.annotation()).original == {"c3"}
    assert np.array_equal(bench.board.model.strips["c3"].pixels, bench.board.model.originals()["c3"].pixels)
    bench.session.undo()
    assert LOOK_KEY not in bench.session.annotation().extra


def test_the_contrast_is_one_step_back_however_far_the_slider_went(bench: Bench) -> None:
    slider = bench.board.bar.contrast
    usual = slider.value()
    slider.setSliderDown(True)
    for value in (9, 6, 3):
        slider.setValue(value)
    assert bench.saved == [], "nothing is kept while the slider moves"
    shown = bench.board.model.strips["c0"].pixels.copy()
    slider.setSliderDown(False)
    assert bench.saved == ["karyogram look"]
    assert look_of(bench.session.annotation()).strength == pytest.approx(0.15)
    assert np.array_equal(bench.board.model.strips["c0"].pixels, shown)
    bench.session.undo()
    assert slider.value() == usual


def test_inverted_is_light_on_dark(bench: Bench) -> None:
    before = grab(bench)
    key(bench, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert bench.board.bar.inverted.isChecked()
    after = grab(bench)
    strip = bench.board.view.mapFromScene(next(
        i for i in bench.board.view.scene().items() if isinstance(i, StripItem)
    ).sceneBoundingRect().center())  # fmt: skip
    y, x = strip.y(), strip.x()
    assert after[y, x] == 255 - before[y, x]
    assert after[2, 2] == 0


def test_board_report_and_exports_show_the_same_pixels(bench: Bench, tmp_path: Path, monkeypatch) -> None:
    """The chromosomes of the board, of the report's picture, of a PNG and of a PDF are equal, pixel by pixel."""
    board, view = bench.board, bench.board.view
    board.model.toggle_straight(["c3"])
    board.bar.contrast.setValue(14)
    draw_arrow(bench, "c4")
    view.mark_note("")
    bench.session.select([])
    monkeypatch.setattr(board.model, "remarks", dict)  # signs over chromosomes are for the person at the board
    board.refresh()
    for item in view.scene().items():
        if isinstance(item, StripItem):
            item.doubt = False
    zoom = view.transform().m11()
    picture = karyogram_picture(bench.pixels, bench.session.annotation(), zoom=zoom, aspect=board.model.aspect)
    Image.fromarray(np.asarray(karyogram_image(picture))).save(tmp_path / "k.png")
    karyogram_pdf(picture, tmp_path / "k.pdf")
    others = [picture.pixels, np.asarray(Image.open(tmp_path / "k.png")), *embedded(tmp_path / "k.pdf")]
    strips = board.model.strips
    printed = lay_out(
        board.model.karyogram(), strips, label_height=label_room(strips), aspect=board.model.aspect, markers=False
    )
    shown, origin = grab(bench), view.mapFromScene(0, 0)
    items = {i.id: i for i in view.scene().items() if isinstance(i, StripItem)}
    under = {i for i, item in items.items() if any(isinstance(o, NoteItem) for o in item.collidingItems())}
    clear = [i for i in items if i not in under]
    assert len(clear) > 35
    assert len(others) == 3
    for name in clear:
        ours = cut(shown, next(p for p in board.model.layout().placed if p.id == name), zoom, origin.x(), origin.y())
        assert (ours < 200).any()
        for other in others:
            assert np.array_equal(ours, cut(other, next(p for p in printed.placed if p.id == name), zoom)), name


def cut(picture: np.ndarray, place: Placed, zoom: float, x: int = 0, y: int = 0) -> np.ndarray:
    """The pixels of one chromosome in a picture of the karyogram whose corner is at (x, y)."""
    height, width = (max(int(v * zoom + 0.5), 1) for v in (place.height, place.width))
    left, top = int(place.x * zoom + 0.5) + x, int(place.y * zoom + 0.5) + y
    return picture[top : top + height, left : left + width]


def embedded(path: Path) -> list[np.ndarray]:
    """The pictures in a PDF, grey."""
    document = pypdfium2.PdfDocument(path)
    found = [
        np.asarray(o.get_bitmap(render=False).to_pil().convert("L"))
        for page in document
        for o in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    ]
    document.close()
    return found


def test_a_printed_page_has_the_chromosomes_the_title_and_what_was_applied(bench: Bench) -> None:
    made = bench.board.pages.picture(1200)
    assert made is not None
    picture = made()
    page = QImage(1754, 1240, QImage.Format.Format_RGB32)
    page.fill(QColor("white"))
    painter = QPainter(page)
    paint_page(painter, QRectF(page.rect()), picture, bench.board.pages.title())
    painter.end()
    data = np.frombuffer(page.constBits(), np.uint8).reshape(1240, 1754, 4)[..., 1]
    assert (data[:30] < 128).any(), "the title"
    assert (data[-40:] < 128).any(), "what was applied"
    assert (data[60:1180] < 128).sum() > 4000
    assert "a.png" in bench.board.pages.title()


@pytest.mark.parametrize("suffix", [".png", ".tif", ".svg", ".pdf"])
def test_the_board_is_saved_with_its_notes_at_600_dpi(bench: Bench, tmp_path: Path, suffix: str) -> None:
    draw_arrow(bench, "c4")
    bench.board.ideograms.click()
    path = tmp_path / f"k{suffix}"
    bench.board.pages.save_to(path)
    assert "600 dpi" in bench.notes[-1]
    if suffix in (".png", ".tif"):
        with Image.open(path) as image:
            assert round(image.info["dpi"][0]) == 600
            assert image.width > 3000
    elif suffix == ".svg":
        text = path.read_text()
        assert text.count("<polygon") > 300, "ideograms and the arrow's head"
        assert "greys of the whole cell" in text
    else:
        assert path.read_bytes().startswith(b"%PDF")
    bench.board.pages.save_to(tmp_path / "k.doc")
    assert ".doc" in bench.notes[-1]


def test_the_close_up_shows_the_pair_beside_the_ideogram_that_is_chosen(bench: Bench) -> None:
    bench.session.select(["c0", "c1"])
    key(bench, Qt.Key.Key_Z)
    close_up = bench.board.close_up
    assert close_up.isVisible()
    assert close_up.title.text() == "1"
    shot = close_up.picture.grab().toImage()
    greys = {shot.pixelColor(x, y).red() for x in range(0, shot.width(), 3) for y in range(0, shot.height(), 3)}
    assert len(greys) > 10
    close_up.level.setCurrentIndex(close_up.level.findData(850))
    assert close_up.picture._level == 850
    key(bench, Qt.Key.Key_Z)
    assert not close_up.isVisible()


def test_a_note_of_a_chromosome_that_is_gone_stays_in_its_slot_and_in_the_file(bench: Bench) -> None:
    draw_arrow(bench, "c4")
    bench.session.delete(["c4"])
    assert len(bench.session.annotation().extra[NOTES_KEY]) == 1
    picture = karyogram_picture(bench.pixels, bench.session.annotation())
    assert picture.shapes
    assert not [s for s in picture.shapes if isinstance(s, TextShape)]


def test_a_pair_that_differs_is_marked_as_a_doubt_and_shown_large(bench: Bench, monkeypatch) -> None:
    doubt = HomologueDoubt("c0", "c1", "1", "bands", "q21", 0.6, 5.0)
    seen: list[tuple[str, ...]] = []

    def compared(cutouts: CellCutouts) -> list[HomologueDoubt]:
        pair = tuple(c.id for c in cutouts.annotation.chromosomes if c.label == 0)
        seen.append(pair)
        return [doubt] if pair == ("c0", "c1") else []

    monkeypatch.setattr(pair_walk, "homologue_doubts", compared)
    key(bench, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert "No pair" in bench.notes[-1]
    bench.board.model.move("c4", "2")
    assert [type(i).__name__ for i in bench.board.view.scene().items()].count("PairDoubtItem") == 1
    key(bench, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert set(bench.session.selected) == {"c0", "c1"}
    assert "please look" in bench.notes[-1]
    assert "please look" in bench.board.close_up.note.text()
    bench.board.model.move("c0", "3")
    assert seen[-1] == ("c1",)
    assert not any(type(i).__name__ == "PairDoubtItem" for i in bench.board.view.scene().items())
