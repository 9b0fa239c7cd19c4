"""Before a case is closed whose last edits are not on the disk: try again, keep it open, or lose them knowingly."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from karyoview.gui.case_controller import CaseController

translate = QCoreApplication.translate
_log = logging.getLogger(__name__)
_NAMED = 6


def go_on_saved(parent: QWidget, controller: CaseController, go_on: Callable[[], None]) -> None:
    """Call ``go_on`` at once where every edit is on the disk; else when a person gives up what could not be written.

    Enter and Esc keep the case open.
    """
    left = controller.unsaved
    if not left:
        go_on()
        return
    box = QMessageBox(parent)
    box.setObjectName("unsaved")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    named = ", ".join(left[:_NAMED]) + (" …" if len(left) > _NAMED else "")
    box.setText(translate("Unsaved", "The last edits of {0} could not be written to the disk.").format(named))
    text = translate("Unsaved", "They are lost when the case is closed now. Make room or reconnect the disk first.")
    box.setInformativeText(text)
    keep = box.addButton(translate("Unsaved", "&Keep the case open"), QMessageBox.ButtonRole.RejectRole)
    again = box.addButton(translate("Unsaved", "&Try to save again"), QMessageBox.ButtonRole.AcceptRole)
    lose = box.addButton(translate("Unsaved", "&Close and lose them"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(keep)
    box.setEscapeButton(keep)

    def answered() -> None:
        if box.clickedButton() is again:
            controller.save_again()
            controller.all_saved(3.0)
            go_on_saved(parent, controller, go_on)
        elif box.clickedButton() is lose:
            _log.warning("Closed without the last edits of %d images, which could not be written.", len(left))
            go_on()

    box.finished.connect(answered)
    box.open()
