"""The help window: the documentation that was shipped, read without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QKeySequence, QTextDocument
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QSplitter,
    QStyle,
    QTextBrowser,
    QToolBar,
    QToolButton,
    QWidget,
)

from karyoview._resources import resource
from karyoview.gui.screen_fit import fit_size


class HelpWindow(QMainWindow):
    """Pages of ``resources/help`` (HTML or Markdown); links between them work, others open in the browser."""

    _open: HelpWindow | None = None

    def __init__(self, parent: QWidget | None = None, folder: Path | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("KaryoView help"))
        fit_size(self, 980, 720)
        self.folder = folder or resource("help")
        self.pages = QListWidget()
        self.pages.setAccessibleName(self.tr("Pages"))
        self.text = _Pages()
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        bar = QToolBar()
        self.addToolBar(bar)
        back = bar.addAction(self.tr("Back"), self.text.backward)
        back.setShortcut(QKeySequence.StandardKey.Back)
        bar.addAction(self.tr("Forward"), self.text.forward).setShortcut(QKeySequence.StandardKey.Forward)
        close = bar.addAction(self.tr("Close"), self.close)
        close.setShortcut(QKeySequence("Esc"))
        for button in bar.findChildren(QToolButton):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # in a toolbar Tab would not lead to them
        splitter = QSplitter()
        for each in (self.pages, self.text):
            splitter.addWidget(each)
        splitter.setStretchFactor(1, 1)
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(splitter)
        self.setCentralWidget(holder)
        self._fill()
        # the longest title is seen whole
        wide = (
            self.pages.sizeHintForColumn(0)
            + 4 * self.pages.frameWidth()
            + self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        )
        self.pages.setFixedWidth(min(wide, 360))

    @classmethod
    def show_for(cls, parent: QWidget, page: str = "") -> HelpWindow:
        """Show the help window, the same one each time, with the page of this name (its file without the suffix)."""
        if cls._open is None or cls._open.parent() is not parent:
            cls._open = cls(parent)
            cls._open.destroyed.connect(cls._forget)
        if page:
            cls._open.turn_to(page)
        cls._open.show()
        cls._open.raise_()
        cls._open.activateWindow()
        return cls._open

    def turn_to(self, page: str) -> None:
        """Show a page by its file's name without the suffix; one that is missing changes nothing."""
        for row in range(self.pages.count()):
            if Path(self.pages.item(row).data(0x0100)).stem == page:
                self.pages.setCurrentRow(row)

    @classmethod
    def _forget(cls) -> None:
        cls._open = None

    def _fill(self) -> None:
        files = sorted(self.folder.glob("*.html")) or sorted(self.folder.glob("*.md"))
        files.sort(
            key=lambda p: (p.stem not in ("index", "README"), p.stem not in ("quick-start", "quickstart"), p.stem)
        )
        for file in files:
            item = QListWidgetItem(_title(file))
            item.setData(0x0100, str(file))
            self.pages.addItem(item)
        self.pages.currentItemChanged.connect(self._chosen)
        if files:
            self.pages.setCurrentRow(0)
        else:
            self.text.setPlainText(self.tr("The help pages are missing in this installation. Ctrl+/ lists all keys."))

    def _chosen(self, now: QListWidgetItem | None) -> None:
        if now is not None:
            self._show(Path(now.data(0x0100)))

    def _show(self, file: Path) -> None:
        self.text.setSource(QUrl.fromLocalFile(str(file)))

    def _follow(self, url: QUrl) -> None:
        target = self.text.source().resolved(url)
        if target.isLocalFile() and Path(target.toLocalFile()).resolve().is_relative_to(self.folder.resolve()):
            self.text.setSource(target)
        elif target.scheme() in ("http", "https"):
            QDesktopServices.openUrl(target)


class _Pages(QTextBrowser):
    """Pages whose pictures are no wider than the page."""

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        found = super().loadResource(kind, name)
        if kind != QTextDocument.ResourceType.ImageResource.value:
            return found
        picture = QImage(self.source().resolved(QUrl(name)).toLocalFile())
        room = max(self.viewport().width() - 24, 320)
        if picture.width() <= room:
            return found if picture.isNull() else picture
        return picture.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)


def _title(file: Path) -> str:
    """The page's title: the first heading, else the file's name in words."""
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("# "):
            return line[2:].strip()
        if "<title>" in line:
            return line.split("<title>")[1].split("</title>")[0].split(" — ")[0].split(" - ")[0].strip()
    return file.stem.replace("-", " ").capitalize()
