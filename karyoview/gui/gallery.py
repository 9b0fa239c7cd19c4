"""All metaphases of the case as large thumbnails, the best ones first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QIcon, QImage, QPalette, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from karyoview.case.case import Case
from karyoview.gui.canvas.image_item import to_qimage
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.main_thread import MainThread
from karyoview.gui.screen_fit import fit_size
from karyoview.imaging.metaphase_quality import MetaphaseQuality, metaphase_quality
from karyoview.services.jobs import Pool

SIDE = 220
Judged = tuple[QImage, MetaphaseQuality]


class Gallery(QDialog):
    """Beside the window. Pictures are judged one after the other in a thread and sorted in as they arrive; those that
    wait for it stand behind them.

    ``about`` gives what the list of cells says of an image; ``seen`` keeps what was judged already, by image.
    """

    image_chosen = Signal(str)
    set_aside_wanted = Signal(str)

    def __init__(
        self, case: Case, images: Sequence[str], about: Callable[[str], str], seen: dict[str, Judged],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._case, self._images, self._about, self._seen = case, list(images), about, seen
        self._main_thread, self._pool = MainThread(self), Pool(1)
        self._blank = QPixmap(SIDE, SIDE)
        self._blank.fill(self.palette().color(QPalette.ColorRole.AlternateBase))
        self.setWindowTitle(self.tr("Gallery of metaphases"))
        add_help(self, "tasks")
        fit_size(self, 1160, 760)
        self.order = QComboBox()
        self.order.setAccessibleName(self.tr("Order"))
        self.order.addItem(self.tr("Best metaphases first"), "quality")
        self.order.addItem(self.tr("In the order of the case"), "case")
        self.list = QListWidget()
        self.list.setObjectName("gallery")
        self.list.setAccessibleName(self.tr("Metaphases"))
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setIconSize(QSize(SIDE, SIDE))
        self.list.setGridSize(QSize(SIDE + 20, SIDE + self.fontMetrics().lineSpacing() * 3 + 18))
        self.list.setWordWrap(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.bar = QProgressBar()
        self.bar.setRange(0, len(self._images))
        self.bar.setFormat(self.tr("%v of %m judged"))
        hint = QLabel(
            self.tr("By lone chromosomes, room between them, sharpness and heaps; what it is worth is your decision.")
        )  # fmt: skip
        hint.setProperty("muted", True)
        hint.setWordWrap(True)
        self.go, self.aside = QPushButton(self.tr("Go to it")), QPushButton(self.tr("Set aside…"))
        self.go.setProperty("primary", True)
        close = QPushButton(self.tr("Close"))
        top, foot, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        top.addWidget(self.order)
        top.addWidget(hint, 1)
        for button in (self.go, self.aside, close):
            button.setAutoDefault(False)
        for button in (self.go, self.aside):
            foot.addWidget(button)
        foot.addWidget(self.bar, 1)
        foot.addStretch()
        foot.addWidget(close)
        column.addLayout(top)
        column.addWidget(self.list, 1)
        column.addLayout(foot)
        self.order.currentIndexChanged.connect(lambda index: self._fill())
        self.list.itemActivated.connect(lambda item: self.image_chosen.emit(item.data(Qt.ItemDataRole.UserRole)))
        self.list.currentItemChanged.connect(lambda now, before: self._enable())
        self.go.clicked.connect(lambda: self._emit(self.image_chosen))
        self.aside.clicked.connect(lambda: self._emit(self.set_aside_wanted))
        close.clicked.connect(self.reject)
        self._fill()
        for image in self._images:
            if image not in seen:
                self._judge(image)

    def refresh(self) -> None:
        """Cells have other states now."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setText(self._text(item.data(Qt.ItemDataRole.UserRole)))

    def done(self, result: int) -> None:
        self._main_thread.close()
        self._pool.close()
        super().done(result)

    def images(self) -> list[str]:
        """The images in the order in which they are shown."""
        return [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())]

    def _judge(self, image: str) -> None:
        case = self._case

        def work() -> Judged:
            pixels = case.read_image(image).to_uint8()
            scale = SIDE / max(pixels.shape)
            size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
            small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
            return to_qimage(small), metaphase_quality(pixels)

        wrap = self._main_thread.wrap
        failed = (QImage(), MetaphaseQuality())
        self._pool.submit(
            work, wrap(lambda found: self._judged(image, found)), wrap(lambda problem: self._judged(image, failed))
        )

    def _judged(self, image: str, found: Judged) -> None:
        self._seen[image] = found
        self._fill()

    def _fill(self) -> None:
        current = self.list.currentItem()
        chosen = current.data(Qt.ItemDataRole.UserRole) if current is not None else ""
        known = [i for i in self._images if i in self._seen]
        shown = self._images
        if self.order.currentData() == "quality":
            known.sort(key=lambda i: -self._seen[i][1].score)
            shown = [*known, *(i for i in self._images if i not in self._seen)]
        self.list.clear()
        for image in shown:
            thumb = self._seen[image][0] if image in self._seen else QImage()
            item = QListWidgetItem(QIcon(QPixmap.fromImage(thumb) if not thumb.isNull() else self._blank), "")
            item.setData(Qt.ItemDataRole.UserRole, image)
            item.setText(self._text(image))
            item.setToolTip(image)
            item.setTextAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            self.list.addItem(item)
            if image == chosen:
                self.list.setCurrentItem(item)
        self.bar.setValue(len(known))
        self.bar.setVisible(len(known) < len(self._images))
        self._enable()

    def _text(self, image: str) -> str:
        if image not in self._seen:
            return f"{image}\n{self._about(image)}\n{self.tr('is being judged…')}"
        quality = self._seen[image][1]
        if quality.score <= 0:
            judged = self.tr("no chromosomes seen")
        else:
            judged = self.tr("{0:.0f} %, {1} lone").format(100 * quality.score, quality.lone)
            if quality.heaped > 0.25:
                judged += self.tr(", heaps")
            if quality.sharpness < 0.5:
                judged += self.tr(", not sharp")
        return f"{image}\n{self._about(image)}\n{judged}"

    def _enable(self) -> None:
        for button in (self.go, self.aside):
            button.setEnabled(self.list.currentItem() is not None)

    def _emit(self, signal: SignalInstance) -> None:
        item = self.list.currentItem()
        if item is not None:
            signal.emit(item.data(Qt.ItemDataRole.UserRole))
