"""The menus File and Help."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from karyoview.core.errors import KaryoViewError
from karyoview.gui.handlers.base import HandlersBase, translate
from karyoview.services.logs import log_path
from karyoview.services.samples import prepare_sample


class FileHandlers(HandlersBase):
    """Cases, dialogs about the whole case, help."""

    def open(self, *_: object) -> None:
        folder = QFileDialog.getExistingDirectory(
            self.window, translate("Handlers", "Open a folder of metaphase images")
        )
        if folder:
            self.window.open_case(Path(folder))

    def sample(self, *_: object) -> None:
        self.open_sample("")

    def open_sample(self, name: str) -> None:
        """A sample case by name, the first by default: a copy in the user's workspace, with proposals on its cells."""
        window = self.window
        window.show_message(translate("Handlers", "The sample case is being prepared…"))

        def work() -> tuple[Path | None, str]:
            try:
                return prepare_sample(name)
            except (KaryoViewError, OSError) as error:
                return None, str(error)

        def done(result: tuple[Path | None, str]) -> None:
            folder, said = result
            if folder is None:
                window.show_error(said)
                return
            window.note_when_opened(
                folder,
                translate("Handlers", "A copy of the sample case; its boxes are {0}.").format(said) if said else "",
            )
            window.open_case(folder)

        self.controller.run_in_pool(work, done)

    def close_case(self, *_: object) -> None:
        self.controller.close_case()

    def save_now(self, *_: object) -> None:
        self.controller.save_again()

    def export(self, *_: object) -> None:
        if self.controller.session is not None:
            from karyoview.gui.dialogs.export import ExportDialog

            ExportDialog(self.window).open()

    def case_settings(self, *_: object) -> None:
        if self.controller.session is not None:
            from karyoview.gui.dialogs.case_settings import CaseDialog

            CaseDialog(self.window).open()

    def summary(self, *_: object) -> None:
        if self.controller.session is not None:
            from karyoview.gui.dialogs.summary import SummaryDialog

            SummaryDialog(self.window).open()

    def settings(self, *_: object) -> None:
        from karyoview.gui.dialogs.preferences import PreferencesDialog

        PreferencesDialog(self.window).open()

    def quit(self, *_: object) -> None:
        self.window.close()

    def help(self, *_: object) -> None:
        from karyoview.gui.dialogs.help import HelpWindow

        HelpWindow.show_for(self.window)

    def keys(self, *_: object) -> None:
        from karyoview.gui.dialogs.shortcuts import ShortcutsDialog

        ShortcutsDialog(self.window).open()

    def log(self, *_: object) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path())))

    def about(self, *_: object) -> None:
        from karyoview.gui.dialogs.about import AboutDialog

        AboutDialog(self.window).open()
