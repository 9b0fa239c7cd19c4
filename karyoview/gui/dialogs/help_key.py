"""F1 in a dialog opens the page of the help that is about it; every such window lies whole on its screen."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from karyoview.gui.screen_fit import keep_on_screen


def add_help(window: QWidget, page: str) -> None:
    """Let F1 open this page (its file's name without the suffix) above ``window``, which is kept on its screen."""
    keep_on_screen(window)

    def show() -> None:
        from karyoview.gui.dialogs.help import HelpWindow

        HelpWindow.show_for(window, page)

    QShortcut(QKeySequence("F1"), window).activated.connect(show)
