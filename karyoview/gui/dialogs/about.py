"""The About box: what the program is, where its engines learnt, and all licences."""

from __future__ import annotations

from html import escape

from PySide6 import __version__ as qt_version
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontDatabase, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from karyoview import __version__
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.icon import icon
from karyoview.gui.screen_fit import fit_size
from karyoview.services.about import component_count, licence_text, sources

_ICON = 72


def about_text() -> str:
    """Version, what the program is for, and its licences in short."""
    use = QCoreApplication.translate(
        "About",
        "Computer-assisted. For research and evaluation use; "
        "interpretation by qualified cytogenetic personnel is required.",
    )
    licence = QCoreApplication.translate(
        "About",
        "MIT licence. Qt for Python {0} is used under the LGPL: its libraries are files of their own and may be "
        "replaced; their source is at download.qt.io.",
    ).format(qt_version)
    return f"<h3>KaryoView {__version__}</h3><p>{use}</p><p>{licence}</p>"


def sources_text() -> str:
    """For each engine with weights, what it learnt from, as HTML."""
    parts = []
    for each in sources():
        citations = each.citations or (QCoreApplication.translate("About", "Its card names no source."),)
        name = f" <small>({escape(each.name)})</small>" if each.name != each.title else ""
        parts.append(f"<h4>{escape(each.title)}{name}</h4>" + "".join(f"<p>{escape(c)}</p>" for c in citations))
    if not parts:
        parts = [f"<p>{QCoreApplication.translate('About', 'No engine has weights on this machine.')}</p>"]
    return "".join(parts)


class AboutDialog(QDialog):
    """Three pages: about, the engines' data, the licences with a search."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About KaryoView"))
        add_help(self, "licences")
        fit_size(self, 720, 560)
        self.pages = QTabWidget()
        self.pages.addTab(self._about(), self.tr("About"))
        self.data = QTextBrowser()
        self.data.setAccessibleName(self.tr("What the engines learnt from"))
        self.data.setHtml(sources_text())
        self.pages.addTab(self.data, self.tr("Engines' data"))
        self.pages.addTab(self._licences(), self.tr("Licences"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(self.pages)
        column.addWidget(buttons)
        self.pages.currentChanged.connect(self._fill)

    def _about(self) -> QWidget:
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(20, 20, 20, 20)
        row.setSpacing(20)
        picture = QLabel()
        picture.setPixmap(icon().pixmap(_ICON, _ICON))
        text = QLabel(about_text())
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for each in (picture, text):
            row.addWidget(each, 0 if each is picture else 1, Qt.AlignmentFlag.AlignTop)
        return page

    def _licences(self) -> QWidget:
        page = QWidget()
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search, for example Qt or torch; Enter for the next place"))
        self.search.setAccessibleName(self.tr("Search the licences"))
        self.search.textEdited.connect(lambda: self._find(anew=True))
        self.search.returnPressed.connect(self._find)
        self.licences = QPlainTextEdit()
        self.licences.setReadOnly(True)
        self.licences.setAccessibleName(self.tr("Licences"))
        self.licences.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.parts = QLabel()
        column = QVBoxLayout(page)
        for each in (self.search, self.licences, self.parts):
            column.addWidget(each)
        return page

    def _fill(self, page: int) -> None:
        """Read the licences when they are looked at first; they are some megabytes."""
        if page == 2 and not self.licences.toPlainText():
            self.licences.setPlainText(licence_text())
            count = component_count()
            text = self.tr("The bill of materials lists {0} parts; it is bom.json beside the licences.").format(count)
            self.parts.setText(text if count else "")
            self.parts.setVisible(bool(count))

    def _find(self, anew: bool = False) -> None:
        """The next place of what is searched, from the beginning after the last or with other words."""
        if anew:
            cursor = self.licences.textCursor()
            cursor.setPosition(0)
            self.licences.setTextCursor(cursor)
        if self.search.text() and not self.licences.find(self.search.text()) and not anew:
            self._find(anew=True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the search goes on searching and does not close the box."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.search.hasFocus():
            event.accept()
            return
        super().keyPressEvent(event)
