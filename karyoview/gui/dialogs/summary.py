"""The case at a glance: counts of each cell and the corrections meter."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.core.annotation import ImageAnnotation
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.messages import state_text, step_name
from karyoview.gui.screen_fit import fit_size
from karyoview.review.meter import CorrectionCounts, corrections_of, total
from karyoview.review.summary import headline

BY_HAND = 46


class SummaryDialog(QDialog):
    """One row a cell; below it corrections per reviewed cell, by kind and by engine, against 46 by hand.

    ``hidden`` are the images whose count the present person may not see.
    """

    def __init__(
        self,
        annotations: Sequence[ImageAnnotation],
        hidden: Collection[str] = (),
        sex_withheld: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Case summary"))
        add_help(self, "tasks")
        fit_size(self, 920, 560)
        tallies = [corrections_of(a) for a in annotations]
        self.table = QTableWidget(len(annotations), 6)
        self.table.setTabKeyNavigation(False)  # arrows go from cell to cell; Tab must lead out again
        self.table.setAccessibleName(self.tr("Cells"))
        self.table.setHorizontalHeaderLabels(
            [
                self.tr("Cell"), self.tr("State"), self.tr("Count"), self.tr("Corrections"), self.tr("Seconds"),
                self.tr("Engine"),
            ]
        )  # fmt: skip
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        for row, (annotation, tally) in enumerate(zip(annotations, tallies, strict=True)):
            kinds = ", ".join(f"{n} {step_name(k)}" for k, n in sorted(tally.kinds.items(), key=lambda kv: -kv[1]))
            texts = (
                annotation.image, state_text(annotation),
                "–" if annotation.image in hidden else headline(annotation, sex_withheld).text,
                f"{tally.corrections}" + (f"  ({kinds})" if kinds else ""), f"{tally.seconds:.0f}", tally.engine,
            )  # fmt: skip
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                if column == 4:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.meter = QLabel("\n".join(self._lines(annotations, tallies)))
        self.meter.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.meter)
        layout.addWidget(buttons)

    def _lines(self, annotations: Sequence[ImageAnnotation], tallies: list[CorrectionCounts]) -> list[str]:
        done = [t for a, t in zip(annotations, tallies, strict=True) if a.state.value == "reviewed"]
        if not done:
            return [self.tr("No cell is reviewed yet. By hand a cell takes {0} clicks.").format(BY_HAND)]
        whole = total(done)
        lines = [
            self.tr("{0} reviewed cells: {1:.1f} corrections and {2:.0f} s a cell (by hand: {3} clicks).").format(
                len(done), whole.corrections / len(done), whole.seconds / len(done), BY_HAND
            )
        ]
        for engine in sorted({t.engine for t in done}):
            mine = [t for t in done if t.engine == engine]
            name = engine or self.tr("without an engine")
            each = total(mine).corrections / len(mine)
            lines.append(self.tr("{0}: {1} cells, {2:.1f} corrections a cell").format(name, len(mine), each))
        kinds = sorted(whole.kinds.items(), key=lambda kv: -kv[1])
        if kinds:
            lines.append(", ".join(f"{number} {step_name(kind)}" for kind, number in kinds))
        return lines
