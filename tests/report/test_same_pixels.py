"""The report shows the karyogram as the board does: its look, its arrows and texts, its very pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
from report_samples import text_of

from karyoview.case.case import Case
from karyoview.core.karyogram_notes import KaryogramNote, with_notes
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.imaging.stored_look import with_look
from karyoview.report import figures
from karyoview.report.content import collect_report
from karyoview.report.pdf import report_pdf
from karyoview.report.pictures import KaryogramPicture, karyogram_picture


def worked_on(case: Case) -> None:
    """The first cell with a look of its own, an arrow and a text."""
    old = case.annotation("m1.png")
    first = old.chromosomes[0]
    note = KaryogramNote("n", first.id, "1", *first.box.centre, dx=30, dy=20, text="del(1)(p36)?", arrow=True)
    look = KaryogramLook(strength=0.25, inverted=True, unlike=frozenset({first.id}))
    case.save_annotation(replace(with_look(with_notes(old, [note]), look), revision=old.revision + 1), "look")


def test_the_report_holds_the_pixels_of_the_board(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    worked_on(case)
    made: list[KaryogramPicture] = []

    def record(*args, **kwargs) -> KaryogramPicture:
        made.append(karyogram_picture(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(figures, "karyogram_picture", record)
    pdf = report_pdf(collect_report(case, pictures=1))
    document = pypdfium2.PdfDocument(pdf)
    shown = [
        np.asarray(o.get_bitmap(render=False).to_pil().convert("L"))
        for page in document
        for o in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    ]
    document.close()
    own = made[-1].pixels
    assert any(picture.shape == own.shape and np.array_equal(picture, own) for picture in shown)
    assert made[-1].inverted
    assert own[0, 0] == 0
    text = " ".join(text_of(pdf).split())
    assert "del(1)(p36)?" in text
    assert "25 %" in text
    assert "inverted" in text


def test_a_cell_without_a_look_or_notes_is_as_it_always_was(case: Case) -> None:
    annotation = case.annotation("m1.png")
    assert not {"karyogram_look", "karyogram_notes"} & set(annotation.extra)
    picture = karyogram_picture(case.read_image("m1.png").to_uint8(), annotation)
    assert picture.shapes == ()
    assert not picture.inverted
