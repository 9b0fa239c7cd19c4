"""What a person would find wrong in a window at first sight: parts off the screen, cut or pale text, no way by Tab."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QStyle,
    QStyleOptionComboBox,
    QTabBar,
    QTextEdit,
    QToolButton,
    QWidget,
)

LEAST_CONTRAST = 4.5
_ENLARGED = 2
_INK_PIXELS = 4  # of the enlarged picture; fewer are where two strokes overlap
_SLACK = 2
_TYPED_IN = (QAbstractButton, QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView, QPlainTextEdit, QTextEdit)


def faults_of(window: QWidget, *, tab: bool = True) -> list[str]:
    """One sentence for each fault of a window that is shown; ``tab`` also walks through it by that key."""
    faults = [*off_screen(window), *cut_text(window), *pale_text(window)]
    return [*faults, *unreached(window)] if tab else faults


def off_screen(window: QWidget) -> Iterator[str]:
    """Where the window, or a part that does not scroll, lies outside of what can be seen."""
    free = window.screen().availableGeometry()
    if window.isWindow() and not free.contains(window.frameGeometry()):
        yield f"lies at {window.frameGeometry().getRect()} on a screen {free.getRect()}"
    for part in _parts(window):
        if part.window() is not window or isinstance(part.parentWidget(), QAbstractScrollArea):
            continue
        if not isinstance(part, (*_TYPED_IN, QLabel)) or part.visibleRegion().isEmpty() or _scrolls(part, window):
            continue
        place = QRect(part.mapTo(window, QPoint(0, 0)), part.size())
        if not window.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(place):
            yield f"{_name(part)} ends outside the window: {place.getRect()} in {window.rect().getRect()}"


def cut_text(window: QWidget) -> Iterator[str]:
    """Texts that have less room than they need, and no tip that says them whole."""
    for part in _parts(window):
        if part.window() is not window or part.visibleRegion().isEmpty():
            continue
        if isinstance(part, QScrollArea):
            never = part.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
            inside = part.widget()
            if never and inside is not None and inside.width() > part.viewport().width() + _SLACK:
                yield f"{_name(part)} is {inside.width()} wide inside, {part.viewport().width()} are seen"
        if isinstance(part, QAbstractItemView):
            yield from _cut_items(part)
        elif not part.toolTip() and (fault := _cut(part)):
            yield f"{_name(part)}: {fault}"


def _cut(part: QWidget) -> str:
    """Why the text of a widget is cut, empty where it is not."""
    need, room = QSize(), part.size()
    if isinstance(part, QLabel) and part.text():
        if part.wordWrap():
            needed = part.heightForWidth(part.width())
            return f"needs a height of {needed}, has {part.height()}" if needed > part.height() + _SLACK else ""
        need, room = part.sizeHint(), part.size()
    elif isinstance(part, QPushButton | QCheckBox | QRadioButton) and part.text():
        need = part.sizeHint() if not isinstance(part, QPushButton) else part.minimumSizeHint()
    elif isinstance(part, QToolButton) and part.text():
        need = part.sizeHint()
    elif isinstance(part, QComboBox) and part.currentText():
        option = QStyleOptionComboBox()
        part.initStyleOption(option)
        field = part.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, part
        )
        need = QSize(part.fontMetrics().horizontalAdvance(part.currentText()), 0)
        room = field.size()
    elif isinstance(part, QLineEdit) and part.placeholderText() and not part.text():
        need = QSize(part.fontMetrics().horizontalAdvance(part.placeholderText()) + 8, 0)
        room = part.contentsRect().size()
    elif isinstance(part, QGroupBox) and part.title():
        need = QSize(part.fontMetrics().horizontalAdvance(part.title()) + 12, 0)
    elif isinstance(part, QTabBar):
        for index in range(part.count()):
            if part.isTabVisible(index) and not part.rect().contains(part.tabRect(index)):
                return f"tab “{part.tabText(index)}” is not whole"
    if need.width() > room.width() + _SLACK:
        return f"needs a width of {need.width()}, has {room.width()}"
    return f"needs a height of {need.height()}, has {room.height()}" if need.height() > room.height() + _SLACK else ""


def _cut_items(view: QAbstractItemView) -> Iterator[str]:
    """Cells and headings of a table or list that are shown with dots."""
    if isinstance(view, QHeaderView):
        if view.isVisible() and view.orientation() == Qt.Orientation.Horizontal:
            model = view.model()
            for k in range(view.count()):
                text = str(model.headerData(k, view.orientation()) or "")
                tip = model.headerData(k, view.orientation(), Qt.ItemDataRole.ToolTipRole)
                need = view.sectionSizeFromContents(k).width() if hasattr(view, "sectionSizeFromContents") else 0
                if not view.isSectionHidden(k) and need > view.sectionSize(k) + _SLACK and not tip:
                    yield f"heading “{text}” needs {need}, has {view.sectionSize(k)}"
        return
    model = view.model()
    if model is None:
        return
    for row in range(min(model.rowCount(view.rootIndex()), 200)):
        for column in _columns(view):
            index = model.index(row, column, view.rootIndex())
            place = view.visualRect(index)
            text = str(index.data() or "")
            if not text or not place.isValid() or not view.viewport().rect().intersects(place):
                continue
            if isinstance(view, QListView) and view.wordWrap() and view.viewMode() == QListView.ViewMode.ListMode:
                continue
            need = view.sizeHintForIndex(index)
            wraps = getattr(view, "wordWrap", lambda: False)() and place.height() > 1.6 * view.fontMetrics().height()
            wide = place.width() if not wraps else need.width()
            tip = str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
            if need.width() > wide + _SLACK and not tip:
                yield f"{_name(view)}: “{text[:40]}” needs {need.width()}, has {place.width()}"
            elif need.height() > place.height() + _SLACK and not tip:
                yield f"{_name(view)}: “{text[:40]}” needs a height of {need.height()}, has {place.height()}"


def _columns(view: QAbstractItemView) -> range:
    model, is_list = view.model(), isinstance(view, QListView)
    return range(1 if is_list or model is None else model.columnCount(view.rootIndex()))


def pale_text(window: QWidget) -> Iterator[str]:
    """Texts whose contrast with what lies below them is under 4.5 : 1, measured on the picture of the window."""
    picture = picture_of(window)
    for part in _parts(window):
        if part.window() is not window or part.visibleRegion().isEmpty():
            continue
        for text, place in _texts(part):
            seen = part.visibleRegion().boundingRect().intersected(place)
            if seen.width() < 6 or seen.height() < 0.9 * min(place.height(), part.fontMetrics().height()):
                continue  # the rest is scrolled away
            found = contrast(_cropped(picture, QRect(part.mapTo(window, seen.topLeft()), seen.size())))
            if found is not None and found < LEAST_CONTRAST:
                yield f"{_name(part)}: “{text[:40]}” has a contrast of {found:.1f}"


def _texts(part: QWidget) -> Iterator[tuple[str, QRect]]:
    """The texts of a widget, and where in it they stand."""
    inner = part.rect().adjusted(5, 3, -5, -3)
    if isinstance(part, QLabel) and part.text() and part.pixmap().isNull():
        plain = QTextDocument()
        plain.setHtml(part.text())
        yield plain.toPlainText(), part.contentsRect()
    elif isinstance(part, QCheckBox | QRadioButton) and part.text():
        yield part.text(), inner.adjusted(18, 0, 0, 0)
    elif isinstance(part, QAbstractButton | QComboBox):
        text = part.text() if isinstance(part, QAbstractButton) else part.currentText()
        yield from [(text, inner.adjusted(3, 1, -3, -1))] if text else []
    elif isinstance(part, QLineEdit) and (part.text() or part.placeholderText()):
        yield part.text() or part.placeholderText(), inner
    elif isinstance(part, QPlainTextEdit | QTextEdit) and part.toPlainText():
        yield part.toPlainText(), inner
    elif isinstance(part, QAbstractItemView) and not isinstance(part, QHeaderView) and part.model() is not None:
        model = part.model()
        for row in range(min(model.rowCount(part.rootIndex()), 40)):
            for column in _columns(part):
                index = model.index(row, column, part.rootIndex())
                place = part.visualRect(index)
                icon = index.data(Qt.ItemDataRole.DecorationRole)
                if index.data() and icon is None and part.viewport().rect().contains(place):
                    yield str(index.data()), place.translated(part.viewport().pos()).adjusted(3, 2, -3, -2)


def contrast(pixels: npt.NDArray[np.uint8]) -> float | None:
    """The best contrast of anything in (H, W, 3) with its commonest colour, as WCAG counts it; None for one colour."""
    flat = pixels.reshape(-1, 3).astype(np.int64)
    colours, counts = np.unique(flat @ np.array([65536, 256, 1]), return_counts=True)
    if len(colours) < 2:
        return None
    light = _luminance(np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], axis=1))
    ground = light[np.argmax(counts)]
    inks = light[counts >= _INK_PIXELS]
    pairs = (np.maximum(inks, ground) + 0.05) / (np.minimum(inks, ground) + 0.05)
    return float(pairs.max()) if len(inks) > 1 else None


def _luminance(colours: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    part = colours / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def picture_of(window: QWidget) -> npt.NDArray[np.uint8]:
    """The window enlarged, so that the strokes of its letters have their whole colour; (H, W, 3) uint8."""
    image = QImage(window.size() * _ENLARGED, QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(_ENLARGED)
    image.fill(Qt.GlobalColor.white)
    window.render(image)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def _cropped(picture: npt.NDArray[np.uint8], place: QRect) -> npt.NDArray[np.uint8]:
    x, y, w, h = (v * _ENLARGED for v in place.getRect())
    return picture[max(y, 0) : y + h, max(x, 0) : x + w]


def unreached(window: QWidget) -> Iterator[str]:
    """Controls of a window to which Tab does not lead."""
    window.activateWindow()
    QApplication.processEvents()
    controls = [p for p in _parts(window) if _is_control(p, window)]
    start, reached = QApplication.focusWidget(), set()
    for _ in range(2 * len(controls) + 8):
        focus = QApplication.focusWidget()
        if focus is None or focus.window() is not window:
            window.setFocus()
            focus = QApplication.focusWidget() or window
        reached.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    for part in controls:
        proxy = part.focusProxy() or part
        alike = _same_choice(part)
        if not {part, proxy, *alike} & reached and not any(part.isAncestorOf(r) for r in reached):
            yield f"Tab does not lead to {_name(part)}"
    if start is not None:
        start.setFocus()


def _is_control(part: QWidget, window: QWidget) -> bool:
    if not isinstance(part, _TYPED_IN) or isinstance(part, QHeaderView) or not part.isEnabled():
        return False
    if part.window() is not window or part.visibleRegion().isEmpty():
        return False
    above = part.parentWidget()
    while above is not None and above is not window:
        if isinstance(above, QComboBox | QAbstractSpinBox | QTabBar | QHeaderView | QLineEdit | QAbstractItemView):
            return False  # a part of a control, reached by the arrows
        above = above.parentWidget()
    return part.objectName() != "qt_toolbar_ext_button"


def _same_choice(part: QWidget) -> set[QWidget]:
    """The buttons of which one is chosen: Tab leads to one of them, the arrows to the others."""
    if not isinstance(part, QAbstractButton):
        return set()
    if (group := part.group()) is not None and group.exclusive():
        return set(group.buttons())
    parent = part.parentWidget()
    if part.autoExclusive() and parent is not None:
        return {b for b in parent.findChildren(QAbstractButton) if b.autoExclusive()}
    return set()


def _parts(window: QWidget) -> list[QWidget]:
    return [p for p in (window, *window.findChildren(QWidget)) if p.isVisibleTo(window) and p.isVisible()]


def _scrolls(part: QWidget, window: QWidget) -> bool:
    above = part.parentWidget()
    while above is not None and above is not window:
        if isinstance(above, QAbstractScrollArea):
            return True
        above = above.parentWidget()
    return False


def _name(part: QWidget) -> str:
    text = part.accessibleName() or part.objectName()
    if isinstance(part, QAbstractButton | QLabel):
        text = text or part.text()
    if isinstance(part, QDialogButtonBox):
        text = text or "buttons"
    return f"{type(part).__name__} “{text[:60]}”"
