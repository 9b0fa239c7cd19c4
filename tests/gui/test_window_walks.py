"""A case from its folder to the point of approval, once without the mouse and once without the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QListWidget, QPushButton, QWidget
from test_window_keyboard import open_by_keys, tab_to

from karyoview.core.annotation import ReviewState
from karyoview.gui.dialogs.report import ReportDialog
from karyoview.gui.dialogs.tally import TallyDialog

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def case_folder(case_folder: Path) -> Path:
    """The drawn case under a name that test keys can type."""
    return case_folder.rename(case_folder.with_name("case 7"))


def opened(driver, kind: type[QWidget]) -> QWidget:
    """The window of this kind once it is open, in front as a window manager brings it."""
    driver.until(lambda: any(isinstance(w, kind) and w.isVisible() for w in QApplication.topLevelWidgets()))
    found = next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())
    found.activateWindow()
    driver.until(lambda: QApplication.activeWindow() is found)
    return found


def in_front(driver) -> None:
    driver.window.activateWindow()
    driver.until(lambda: QApplication.activeWindow() is driver.window)


def in_sight(driver, image: str) -> None:
    driver.in_sight(image)
    driver.until(lambda: driver.view.size_yx[0] > 0)


def is_ready_for_approval(driver) -> bool:
    """Every cell reviewed without an open doubt, analysed and karyotyped, and the karyotype set."""
    case = driver.window.controller.case
    return (
        all(driver.session.annotation(i).state is ReviewState.REVIEWED for i in driver.session.images)
        and not any(driver.window.doubts.of(i) for i in driver.session.images)
        and all(c.looked_at for i in driver.session.images for c in doubted(driver, i))
        and all(c.analysed and c.karyotyped for c in case.cells)
        and case.settings.karyotype == "46,XX"
    )


def doubted(driver, image: str) -> list:
    """The chromosomes of which the engine was not sure."""
    every = driver.session.annotation(image).chromosomes
    return [c for c in every if c.proposal is not None and (c.proposal.doubt or 0) > 0.5]


def test_by_keyboard_alone(driver, case_folder: Path) -> None:
    open_by_keys(driver, case_folder)
    driver.key(Qt.Key.Key_B, CTRL)
    driver.until(lambda: driver.window.runner.last_run.done == 3)
    for image in ("c00.png", "c01.png", "c02.png"):
        in_sight(driver, image)
        driver.view.setFocus()
        driver.key(Qt.Key.Key_G)
        for _ in range(40):
            if not driver.window.doubts.of(image):
                break
            driver.key(Qt.Key.Key_Space)
            driver.key(Qt.Key.Key_G)
        driver.key(Qt.Key.Key_A, SHIFT)
        driver.key(Qt.Key.Key_K, SHIFT)
        driver.key(Qt.Key.Key_Return)
        assert QApplication.activeModalWidget() is None, "nothing is open, so nothing is asked"
        assert driver.session.annotation(image).state is ReviewState.REVIEWED
    assert driver.window.cells.footer.text() == "3 of 3 reviewed"
    driver.key(Qt.Key.Key_T, CTRL | SHIFT)
    tally = opened(driver, TallyDialog)
    for button in (tally.propose, tally.keep):
        tab_to(button)
        QTest.keyClick(button, Qt.Key.Key_Space)
    assert "The karyotype is set" in tally.reading.text()
    QTest.keyClick(tally, Qt.Key.Key_Escape)
    driver.until(lambda: not driver.window.findChildren(TallyDialog))
    in_front(driver)
    driver.key(Qt.Key.Key_P, CTRL)
    report = opened(driver, ReportDialog)
    assert is_ready_for_approval(driver)
    QTest.keyClick(report, Qt.Key.Key_Escape)


class Mouse:
    """A person who has no keyboard."""

    def __init__(self, driver) -> None:
        self.driver, self.window = driver, driver.window

    def drop(self, folder: Path) -> None:
        """Drag a folder onto the window."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(folder))])
        copy = Qt.DropAction.CopyAction
        QApplication.sendEvent(self.window, QDragEnterEvent(QPoint(300, 300), copy, data, LEFT, NONE))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(300, 300), copy, data, LEFT, NONE))

    def click(self, widget: QWidget, place: QPoint | None = None) -> None:
        """Click a widget that is in sight, at a place of its own, the middle by default."""
        assert widget.isVisible(), f"{widget} is not in sight"
        QTest.mouseClick(widget, LEFT, NONE, place or widget.rect().center())
        QApplication.processEvents()

    def menu(self, title: str, entry: str) -> None:
        """Click a menu open, and then an entry of it."""
        in_front(self.driver)
        bar = self.window.menuBar()
        top = next(a for a in bar.actions() if a.text().replace("&", "") == title)
        self.click(bar, bar.actionGeometry(top).center())
        self.driver.until(lambda: QApplication.activePopupWidget() is not None)
        popup = QApplication.activePopupWidget()
        wanted = next(a for a in popup.actions() if a.text().replace("&", "") == entry)
        self.click(popup, popup.actionGeometry(wanted).center())

    def click_row(self, rows: QListWidget, row: int) -> None:
        rows.scrollToItem(rows.item(row))
        self.click(rows.viewport(), rows.visualItemRect(rows.item(row)).center())

    def button(self, text: str, inside: QWidget) -> QPushButton:
        (found,) = (b for b in inside.findChildren(QPushButton) if b.isVisible() and b.text().replace("&", "") == text)
        return found


def test_by_mouse_alone(driver, case_folder: Path) -> None:
    mouse, window = Mouse(driver), driver.window
    mouse.drop(case_folder)
    driver.until(lambda: driver.session is not None and driver.view.size_yx[0] > 0)
    mouse.click(mouse.button("All cells", window.engine))
    driver.until(lambda: window.runner.last_run.done == 3)
    for image in ("c00.png", "c01.png", "c02.png"):
        in_sight(driver, image)
        mouse.menu("Chromosome", "Accept")
        for _ in range(40):
            if not window.inspector.doubts.count():
                break
            mouse.click_row(window.inspector.doubts, 0)
            mouse.click(window.inspector.accept)
        assert window.inspector.doubt_title.text() == "No open doubts"
        mouse.menu("Karyotype", "Cell is analysed")
        mouse.menu("Karyotype", "Cell is karyotyped")
        mouse.menu("Cell", "Reviewed, and next")
        assert driver.session.annotation(image).state is ReviewState.REVIEWED
    mouse.menu("Karyotype", "Tally and karyotype…")
    tally = opened(driver, TallyDialog)
    mouse.click(tally.propose)
    mouse.click(tally.keep)
    assert "The karyotype is set" in tally.reading.text()
    mouse.click(tally.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close))
    driver.until(lambda: not window.findChildren(TallyDialog))
    mouse.menu("Karyotype", "Report and signatures…")
    report = opened(driver, ReportDialog)
    assert is_ready_for_approval(driver)
    report.done(0)
