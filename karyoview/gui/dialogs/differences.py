"""In which points an engine that follows a paper differs from it, as its card says."""

from __future__ import annotations

from html import escape

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from karyoview.detectors.cards import DIFFERENCES
from karyoview.detectors.protocol import EngineInfo
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.screen_fit import fit_size


class DifferencesDialog(QDialog):
    """One line for each difference; the text can be marked and copied."""

    def __init__(self, engine: EngineInfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("{0}: differences from its paper").format(engine.title))
        add_help(self, "tasks")
        fit_size(self, 640, 520)
        self.text = QTextBrowser()
        self.text.setAccessibleName(self.tr("Differences from the paper"))
        lines = "".join(f"<li>{escape(each)}</li>" for each in engine.card.get(DIFFERENCES, []))
        self.text.setHtml(f"<ul>{lines}</ul>")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.text)
        column.addWidget(buttons)
