"""Export from the window: choose what, see what a format cannot hold, and write in the background."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

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
)

from karyoview.core.annotation import ImageAnnotation
from karyoview.io.formats import FORMATS, losses
from karyoview.services.export import PICTURES, TABLES, ExportOptions, export_case

if TYPE_CHECKING:
    from karyoview.gui.window import MainWindow


class ExportDialog(QDialog):
    """Annotations, overlay pictures and tables of this cell, the selected ones, or the case."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        case = window.controller.case
        assert case is not None
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumWidth(520)
        self.formats = {name: QCheckBox(form.title) for name, form in FORMATS.items()}
        self.pictures = {kind: QCheckBox(kind.upper()) for kind in PICTURES}
        self.tables = {kind: QCheckBox(kind.upper()) for kind in TABLES}
        self.tables["csv"].setChecked(True)
        self.folder = QLineEdit(str(case.store / "export"))
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
        session = self._window.controller.session
        assert session is not None
        every = {i: session.annotation(i) for i in session.images}
        only = self.reviewed.isChecked()
        return {i: a for i, a in every.items() if not only or a.state.value == "reviewed"}

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
        controller, options, target = self._window.controller, self.options(), Path(self.folder.text())
        case, annotations = controller.case, self._annotations()
        assert case is not None
        show_message = controller.main_thread.wrap(self._window.show_message)
        progress = self.tr("Exporting {0}/{1}: {2}")
        done = self.tr("{0} files written to {1}")
        controller.run_in_pool(
            lambda: export_case(
                case, annotations, options, target, lambda i, n, name: show_message(progress.format(i + 1, n, name))
            ),
            lambda files: self._window.show_message(done.format(len(files), target)),
        )
        self.accept()
