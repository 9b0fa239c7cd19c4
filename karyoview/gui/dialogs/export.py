"""Export from the window: choose what, see what a format cannot hold, and write in the background."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.annotation import ImageAnnotation
from karyoview.gui.dialogs.help_key import add_help
from karyoview.io.formats import FORMATS, losses
from karyoview.services.export import PICTURES, TABLES, ExportOptions


class ExportDialog(QDialog):
    """Annotations, overlay pictures and tables of the cells, into a folder."""

    export_requested = Signal(object, object, object)
    """:class:`ExportOptions`, the annotations by image, and the folder as a Path."""

    def __init__(
        self, annotations: Callable[[], Mapping[str, ImageAnnotation]], folder: Path, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._every = annotations
        self.setWindowTitle(self.tr("Export"))
        add_help(self, "tasks")
        self.setMinimumWidth(520)
        self.formats = {name: QCheckBox(form.title) for name, form in FORMATS.items()}
        self.pictures = {kind: QCheckBox(kind.upper()) for kind in PICTURES}
        self.tables = {kind: QCheckBox(kind.upper()) for kind in TABLES}
        self.tables["csv"].setChecked(True)
        self.folder = QLineEdit(str(folder))
        self.folder.setAccessibleName(self.tr("Folder"))
        browse = QPushButton(self.tr("Choose…"))
        browse.setAutoDefault(False)  # Return exports
        browse.clicked.connect(self._browse)
        self.reviewed = QCheckBox(self.tr("Reviewed cells only"))
        self.warning = QLabel()
        self.warning.setWordWrap(True)
        column = QVBoxLayout(self)
        for title, boxes in (
            (self.tr("Annotations"), self.formats),
            (self.tr("Pictures with boxes"), self.pictures),
            (self.tr("Table of counts and corrections"), self.tables),
        ):
            group = QGroupBox(title)
            inner = QVBoxLayout(group) if boxes is self.formats else QHBoxLayout(group)
            for box in boxes.values():
                inner.addWidget(box)
                box.toggled.connect(self._warn)
            column.addWidget(group)
        column.addWidget(self.reviewed)
        self.reviewed.toggled.connect(self._warn)
        row = QHBoxLayout()
        row.addWidget(QLabel(self.tr("Into")))
        row.addWidget(self.folder, 1)
        row.addWidget(browse)
        column.addLayout(row)
        column.addWidget(self.warning)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.go = buttons.addButton(self.tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self._export)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.go.setDefault(True)  # only now, in the dialog: before, Return would cancel
        self._warn()

    def options(self) -> ExportOptions:
        """What is ticked."""

        def picked(boxes: dict[str, QCheckBox]) -> tuple[str, ...]:
            return tuple(name for name, box in boxes.items() if box.isChecked())

        return ExportOptions(
            picked(self.formats), picked(self.pictures), picked(self.tables), tuple(self._annotations())
        )

    def _annotations(self) -> dict[str, ImageAnnotation]:
        only = self.reviewed.isChecked()
        return {i: a for i, a in self._every().items() if not only or a.state.value == "reviewed"}

    def _warn(self) -> None:
        lines = []
        for name, box in self.formats.items():
            if box.isChecked():
                lost = losses(list(self._annotations().values()), name)
                if lost:
                    lines.append(self.tr("{0} cannot hold: {1}").format(FORMATS[name].title, "; ".join(lost)))
        self.warning.setText("\n".join(lines))
        options = self.options()
        self.go.setEnabled(bool(options.images and (options.formats or options.pictures or options.tables)))

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Export into"), self.folder.text())
        if folder:
            self.folder.setText(folder)

    def _export(self) -> None:
        self.export_requested.emit(self.options(), self._annotations(), Path(self.folder.text()))
        self.accept()
