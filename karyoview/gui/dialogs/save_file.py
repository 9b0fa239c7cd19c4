"""Where a file is to be written: the dialog asks before it writes over one, with the suffix that the file will have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from karyoview.gui.screen_fit import keep_on_screen


def ask_to_save(
    parent: QWidget | None, title: str, proposed: Path, suffixes: Sequence[str], save: Callable[[Path], object]
) -> QFileDialog:
    """Ask beside the window, and ``save`` the path that is chosen; returns the open dialog.

    ``suffixes`` are the forms without dot, the first one that of a name without any. A ``proposed`` name alone lies in
    the person's documents.
    """
    if not proposed.is_absolute():
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        proposed = Path(documents) / proposed
    dialog = QFileDialog(parent, title, str(proposed.parent))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    kinds = {f"{suffix.upper()} (*.{suffix})": suffix for suffix in suffixes}
    dialog.setNameFilters(list(kinds))
    dialog.setDefaultSuffix(suffixes[0])
    dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kinds.get(kind, suffixes[0])))
    dialog.selectFile(proposed.name)
    dialog.fileSelected.connect(lambda name: save(Path(name)))
    keep_on_screen(dialog)
    dialog.open()
    return dialog
