"""The head of the report: the laboratory's own fields, an interpretation of several lines, phrases, and paper."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from karyoview.gui.dialogs.printing import print_pdf
from karyoview.gui.dialogs.report import ReportDialog

TEMPLATE = {
    "laboratory": "Labor Ä", "fields": {"patient_code": "Patient", "material": "Material"},
    "phrases": ["No numerical change was seen.", "Please send a second specimen."],
}  # fmt: skip


def test_fields_phrases_and_lines_reach_the_pdf_and_the_paper(driver, case_folder: Path, tmp_path: Path) -> None:
    template = tmp_path / "template.json"
    template.write_text(json.dumps(TEMPLATE), encoding="utf-8")
    driver.open(case_folder)
    driver.key("n")
    driver.reviewed()
    driver.saved()
    driver.window.menus.actions["report"].trigger()
    driver.until(lambda: driver.window.findChild(ReportDialog) is not None)
    dialog = driver.window.findChild(ReportDialog)
    dialog.use_template(template)
    dialog.activateWindow()
    driver.until(lambda: QApplication.activeWindow() is dialog)
    QTest.keyClicks(dialog.fields["material"], "bone marrow")
    QTest.keyClicks(dialog.fields["patient_code"], "P-17")
    field = dialog.fields["interpretation"]
    field.setFocus()
    QTest.keyClicks(field, "First line.")
    QTest.keyClick(field, Qt.Key.Key_Return)
    dialog.header.phrases.setCurrentIndex(2)
    dialog.header.phrases.activated.emit(2)
    dialog.fields["specimen"].setFocus()
    QApplication.processEvents()
    details = driver.window.controller.case.settings.details
    assert details["interpretation"] == "First line.\nPlease send a second specimen."
    assert (details["material"], details["patient_code"]) == ("bone marrow", "P-17")
    driver.until(lambda: bool(dialog._pdf) and dialog.paper.isEnabled())
    document = pypdfium2.PdfDocument(dialog._pdf)
    text = document[0].get_textpage().get_text_bounded()
    number = len(document)
    document.close()
    assert "Patient" in text
    assert "bone marrow" in text
    assert "First line.\r\n" in text or "First line.\n" in text
    paper = QPrinter(QPrinter.PrinterMode.HighResolution)
    paper.setOutputFileName(str(tmp_path / "paper.pdf"))
    assert print_pdf(dialog._pdf, paper) == number
    printed = pypdfium2.PdfDocument(tmp_path / "paper.pdf")
    assert len(printed) == number
    assert printed[0].render(scale=0.5).to_numpy().min() < 100
    printed.close()
    dialog.reject()
