"""Settings of the case, and what is known of one cell: slide, culture, stage, scale."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from karyoview.case.case import Case
from karyoview.core.errors import KaryoViewError
from karyoview.core.tally import PROTOCOLS
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.dialogs.typed import TypedDialog


class CaseDialog(TypedDialog):
    """Protocol, consent, sex withheld, blind second count."""

    def __init__(self, case: Case, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        now = case.settings
        self.setWindowTitle(self.tr("Case settings"))
        add_help(self, "case-folder")
        self.case_id = QLineEdit(now.id)
        self.protocol = QComboBox()
        for preset in PROTOCOLS.values():
            self.protocol.addItem(preset.title, preset.name)
        if now.protocol not in PROTOCOLS:
            self.protocol.addItem(now.protocol, now.protocol)
        self.protocol.setCurrentIndex(self.protocol.findData(now.protocol))
        self.sex = QCheckBox(self.tr("Withhold sex in window, export and report"))
        self.sex.setChecked(now.sex_withheld)
        self.blind = QCheckBox(self.tr("Blind second count of reviewed cells by a colleague"))
        self.blind.setChecked(now.blind_second_count)
        self.consent = QCheckBox(self.tr("Corrections of this case may train engines"))
        self.consent.setChecked(now.training_consent)
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        form = QFormLayout()
        form.addRow(self.tr("Case id (no names of patients)"), self.case_id)
        form.addRow(self.tr("Protocol"), self.protocol)
        column = QVBoxLayout(self)
        column.addLayout(form)
        for each in (self.sex, self.blind, self.consent, self.problem):
            column.addWidget(each)
        column.addWidget(_buttons(self))

    def accept(self) -> None:
        wanted = {
            "id": self.case_id.text().strip(), "protocol": self.protocol.currentData(),
            "sex_withheld": self.sex.isChecked(), "blind_second_count": self.blind.isChecked(),
        }  # fmt: skip
        changes = {k: v for k, v in wanted.items() if getattr(self._case.settings, k) != v}
        try:
            if changes:
                self._case.update_settings(**changes)
            if self.consent.isChecked() != self._case.settings.training_consent:
                self._case.allow_training(self.consent.isChecked())
        except KaryoViewError as error:
            self.problem.setText(str(error))
            return
        super().accept()


class CellDialog(TypedDialog):
    """Slide, culture, stage coordinates and scale of one cell."""

    def __init__(self, case: Case, image: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case, self._image = case, image
        cell = case.cell(image)
        self.setWindowTitle(image)
        add_help(self, "case-folder")
        self.slide, self.culture = QLineEdit(cell.slide), QLineEdit(cell.culture)
        self.stage = QLineEdit("" if cell.stage is None else f"{cell.stage[0]:g}, {cell.stage[1]:g}")
        self.scale = QLineEdit("" if cell.um_per_pixel is None else f"{cell.um_per_pixel:g}")
        self.scale.setPlaceholderText(self.tr("as the file says"))
        self.analysed = QCheckBox(self.tr("Bands analysed"))
        self.analysed.setChecked(cell.analysed)
        self.problem = QLabel()
        form = QFormLayout()
        form.addRow(self.tr("Slide"), self.slide)
        form.addRow(self.tr("Culture"), self.culture)
        form.addRow(self.tr("Stage x, y"), self.stage)
        form.addRow(self.tr("Scale, µm per pixel"), self.scale)
        column = QVBoxLayout(self)
        column.addLayout(form)
        column.addWidget(self.analysed)
        column.addWidget(self.problem)
        column.addWidget(_buttons(self))

    def accept(self) -> None:
        try:
            stage = _numbers(self.stage.text(), 2, self.tr("Stage: two numbers, such as 12.5, 40.2."))
            scale = _numbers(self.scale.text(), 1, self.tr("Scale: one number, such as 0.065."))
            self._case.update_cell(
                self._image, slide=self.slide.text().strip(), culture=self.culture.text().strip(),
                stage=(stage[0], stage[1]) if stage else None, um_per_pixel=scale[0] if scale else None,
                analysed=self.analysed.isChecked(),
            )  # fmt: skip
        except KaryoViewError as error:
            self.problem.setText(str(error))
            return
        super().accept()


def _numbers(text: str, wanted: int, problem: str) -> list[float]:
    """Numbers separated by commas, none for empty text; KaryoViewError for anything else."""
    parts = [p for p in text.replace(";", ",").split(",") if p.strip()]
    try:
        found = [float(p) for p in parts]
    except ValueError:
        raise KaryoViewError(problem) from None
    if found and (len(found) != wanted or (wanted == 1 and found[0] <= 0)):
        raise KaryoViewError(problem)
    return found


def _buttons(dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons
