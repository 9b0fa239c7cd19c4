"""The menu Help."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from karyoview.gui.handlers.base import HandlerGroup
from karyoview.gui.keys import KeyMap
from karyoview.gui.menus import Menus
from karyoview.services.logs import log_path


@dataclass(eq=False)
class HelpHandlers(HandlerGroup):
    """Pages, keys, log and the About box."""

    parent: QWidget
    menus: Menus

    def help(self) -> None:
        from karyoview.gui.dialogs.help import HelpWindow

        HelpWindow.show_for(self.parent)

    def keys(self) -> None:
        from karyoview.gui.dialogs.shortcuts import ShortcutsDialog

        dialog = ShortcutsDialog(self.menus.keymap, self.parent)
        dialog.keys_chosen.connect(self._set_keys)
        dialog.open()

    def tour(self) -> None:
        from karyoview.gui.dialogs.tour import TourDialog

        dialog = TourDialog(self.menus.keymap, self.parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.help_wanted.connect(lambda: self.page("quick-start"))
        dialog.show()

    def page(self, name: str) -> None:
        """A page of the help by its file's name without the suffix."""
        from karyoview.gui.dialogs.help import HelpWindow

        HelpWindow.show_for(self.parent, name)

    def log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path())))

    def about(self) -> None:
        from karyoview.gui.dialogs.about import AboutDialog

        AboutDialog(self.parent).open()

    def _set_keys(self, keymap: KeyMap) -> None:
        self.controller.settings["keys"] = keymap.changed()
        self.menus.set_keymap(keymap)
