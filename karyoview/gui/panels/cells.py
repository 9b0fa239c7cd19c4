"""The cells of the case: thumbnail, count, state and doubt of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.annotation import ReviewState
from karyoview.gui.colours import AMBER_DOUBT, RED_DOUBT, ink_on
from karyoview.gui.messages import STATE_MARKS

_Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class CellRow:
    """What the list says of one cell."""

    image: str
    count: str = "–"
    state: ReviewState = ReviewState.NEW
    state_text: str = ""
    red: int = 0
    amber: int = 0
    note: str = ""
    problem: str = ""
    """Why the picture cannot be shown, empty where it can."""
    busy: bool = False
    thumb: QImage = field(default_factory=QImage)

    @property
    def shown_state(self) -> str:
        """The state in words; of a cell whose picture cannot be read that first."""
        if self.problem and self.state is not ReviewState.SET_ASIDE:
            return QCoreApplication.translate("CellsPanel", "cannot be read")
        return self.state_text

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in (ReviewState.REVIEWED, ReviewState.SET_ASIDE)


class CellsModel(QAbstractListModel):
    """The rows, by image name."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[CellRow] = []
        self._at: dict[str, int] = {}

    def set_rows(self, rows: Sequence[CellRow]) -> None:
        """Show these cells."""
        self.beginResetModel()
        self.rows = list(rows)
        self._at = {r.image: i for i, r in enumerate(self.rows)}
        self.endResetModel()

    def update_row(self, image: str, **changes: Any) -> None:
        """Change one row and repaint only it."""
        at = self._at.get(image)
        if at is not None:
            changed = replace(self.rows[at], **changes)
            if changed != self.rows[at] or "thumb" in changes:
                self.rows[at] = changed
                self.dataChanged.emit(self.index(at), self.index(at))

    def set_order(self, images: Sequence[str]) -> None:
        """Show the rows in this order; every image must be named once."""
        rows = {r.image: r for r in self.rows}
        self.set_rows([rows[i] for i in images])

    def row_of(self, image: str) -> int:
        """The row of an image, −1 when it is not there."""
        return self._at.get(image, -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's signature)
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(t for t in (row.image, row.count, row.shown_state, row.note) if t)
        if role == Qt.ItemDataRole.ToolTipRole:
            text = QCoreApplication.translate("CellsPanel", "{0} red and {1} amber doubts")
            doubt = text.format(row.red, row.amber) if row.red or row.amber else ""
            return "\n".join(t for t in (row.image, row.problem or row.state_text, doubt, row.note) if t)
        return None


class _Delegate(QStyledItemDelegate):
    """Paints one cell: picture left, count large, state in words, doubts as a badge with their number."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(200, max(64, option.fontMetrics.height() * 4))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row: CellRow = index.data(ROW)
        palette: QPalette = option.palette
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if chosen:
            tint = QColor(palette.color(QPalette.ColorRole.Highlight))
            tint.setAlpha(46)
            painter.fillRect(rect, tint)
            painter.fillRect(
                QRect(rect.left(), rect.top(), 4, rect.height()), palette.color(QPalette.ColorRole.Highlight)
            )
        side = rect.height() - 12
        frame = QRectF(rect.left() + 10, rect.top() + 6, side * 1.2, side)
        painter.fillRect(frame, palette.color(QPalette.ColorRole.Mid))
        if not row.thumb.isNull():
            fitted = row.thumb.size().scaled(frame.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            spot = QRectF(0, 0, fitted.width(), fitted.height())
            spot.moveCenter(frame.center())
            painter.drawImage(spot, row.thumb)
        text = QRectF(frame.right() + 10, rect.top() + 6, rect.right() - frame.right() - 18, side)
        big = QFont(option.font)
        big.setPointSizeF(option.font.pointSizeF() * 1.45)
        big.setWeight(QFont.Weight.DemiBold)
        badge = self._paint_doubt(painter, row, text, option.font)
        painter.setFont(big)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        top, room = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, text.width() - badge
        count, _, apart = row.count.partition("  ")
        if painter.fontMetrics().horizontalAdvance(row.count) <= room:
            count, apart = row.count, ""
        painter.drawText(text, top, count)
        after, ascent = painter.fontMetrics().horizontalAdvance(count + " "), painter.fontMetrics().ascent()
        painter.setFont(option.font)
        metrics = painter.fontMetrics()
        if apart:
            apart = metrics.elidedText(apart, Qt.TextElideMode.ElideRight, int(room - after))
            painter.drawText(text.topLeft() + QPointF(after, ascent), apart)
        remark = row.shown_state if row.is_done or row.problem else row.note or row.state_text
        mark = "⚠" if row.problem else STATE_MARKS[row.state]
        below = "…" if row.busy else f"{mark} {remark}"
        name = metrics.elidedText(row.image, Qt.TextElideMode.ElideMiddle, int(text.width()))
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        painter.setPen(palette.color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(text.adjusted(0, 0, 0, -metrics.height()), bottom, name)
        painter.drawText(text, bottom, metrics.elidedText(below, Qt.TextElideMode.ElideRight, int(text.width())))
        painter.restore()

    def _paint_doubt(self, painter: QPainter, row: CellRow, text: QRectF, font: QFont) -> float:
        """Draw the badge and return the width it takes."""
        number = row.red or row.amber
        if not number or row.state is ReviewState.SET_ASIDE:
            return 0.0
        colour = QColor(RED_DOUBT if row.red else AMBER_DOUBT)
        painter.setFont(font)
        label = f"? {number}"
        width = painter.fontMetrics().horizontalAdvance(label) + 12
        badge = QRectF(text.right() - width, text.top() + 2, width, painter.fontMetrics().height() + 2)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(colour if row.red else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(badge, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if row.red:
            painter.setPen(ink_on(colour))
        else:
            painter.setPen(painter.pen().color().darker(130))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, label)
        return badge.width() + 4


class CellsPanel(QWidget):
    """The list; the current row is the cell in view, several can be selected for a run."""

    chosen = Signal(str)
    order_requested = Signal(str)
    """A person chose an order: ``case``, ``doubt`` or ``benefit``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CellsModel()
        self.list = QListView()
        self.list.setObjectName("cells")
        self.list.setAccessibleName(self.tr("Cells of the case"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(_Delegate(self.list))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.selectionModel().currentChanged.connect(self._moved)
        self.order = QComboBox()
        self.order.setAccessibleName(self.tr("Order of the cells"))
        for text, kind in (
            (self.tr("In the order of the case"), "case"),
            (self.tr("Most doubtful first"), "doubt"),
            (self.tr("Review these first"), "benefit"),
        ):
            self.order.addItem(text, kind)
        tip = self.tr("Cells that are expected to need most corrections and look unlike those reviewed come first.")
        self.order.setItemData(2, tip, Qt.ItemDataRole.ToolTipRole)
        self.order.activated.connect(lambda _: self.order_requested.emit(self.order.currentData()))
        self.footer = QLabel()
        self.footer.setProperty("muted", True)
        self.footer.setContentsMargins(10, 6, 10, 6)
        self.footer.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.order)
        column.addWidget(self.list, 1)
        column.addWidget(self.footer)
        self._silent = False

    def set_current(self, image: str) -> None:
        """Follow the session to a cell."""
        row = self.model.row_of(image)
        if row >= 0 and self.list.currentIndex().row() != row:
            self._quietly(
                lambda: self.list.selectionModel().setCurrentIndex(
                    self.model.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
                )
            )
            self.list.scrollTo(self.model.index(row))

    def images(self) -> list[str]:
        """All images in the order in which they are listed."""
        return [r.image for r in self.model.rows]

    def show_order(self, kind: str, images: Sequence[str], notes: Mapping[str, str] | None = None) -> None:
        """List the cells in another order, each with a note why it stands there."""
        self.order.setCurrentIndex(max(self.order.findData(kind), 0))
        index = self.list.currentIndex()
        current = self.model.rows[index.row()].image if index.isValid() else ""
        self._quietly(lambda: self.model.set_order(images))
        for image in images:
            self.model.update_row(image, note=(notes or {}).get(image, ""))
        self.set_current(current)

    def selected(self) -> list[str]:
        """Images selected in the list, in order."""
        rows = sorted(i.row() for i in self.list.selectionModel().selectedIndexes())
        return [self.model.rows[r].image for r in rows]

    def refresh_footer(self) -> None:
        """How many cells are in which state."""
        rows = self.model.rows
        done = sum(r.state is ReviewState.REVIEWED for r in rows)
        aside = sum(r.state is ReviewState.SET_ASIDE for r in rows)
        text = self.tr("{0} of {1} reviewed").format(done, len(rows))
        text += self.tr(", {0} set aside").format(aside) if aside else ""
        doubtful = sum(bool(r.red or r.amber) for r in rows if r.state is ReviewState.REVIEWED)
        broken = sum(bool(r.problem) and not r.is_done for r in rows)
        text += self.tr(", {0} cannot be read").format(broken) if broken else ""
        self.footer.setText(text + (self.tr(", {0} of them with open doubts").format(doubtful) if doubtful else ""))

    def _quietly(self, call: Callable[[], None]) -> None:
        self._silent = True
        call()
        self._silent = False

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid() and not self._silent:
            self.chosen.emit(self.model.rows[now.row()].image)
