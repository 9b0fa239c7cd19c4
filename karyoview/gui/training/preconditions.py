"""What a training lacks, said before it is started, each with the button that mends it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from karyoview.services.training_cases import CaseReadiness

_SHOWN = 4


class Preconditions(QWidget):
    """``fatal`` says why no training can be started now, empty where one can."""

    consent_clicked = Signal(str)
    """The folder of a case whose corrections a person allows to train engines."""
    add_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fatal = ""
        self.sentences: list[str] = []
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    def show_cases(self, cases: Sequence[CaseReadiness]) -> None:
        """Say what these cases, all that are ticked, lack."""
        self._clear()
        usable = [c for c in cases if c.usable]
        for case in [c for c in cases if not c.usable][:_SHOWN]:
            if case.problem:
                self._say(case.problem)
            elif not case.reviewed:
                self._say(self.tr("{0}: no cell is reviewed yet.").format(case.name))
            else:
                text = self.tr("{0}: its {1} reviewed cells may not train engines yet.")
                button = self._say(text.format(case.name, case.reviewed), self.tr("Allow it"))
                button.setToolTip(self.tr("Written in the case's record; an approved case stays approved."))
                button.clicked.connect(lambda _, folder=str(case.folder): self.consent_clicked.emit(folder))
        if len(usable) == 1:
            text = self.tr("Only {0} can teach: nothing is left to compare on, so nothing can be activated.")
            self._say(text.format(usable[0].name), self.tr("Add a case…")).clicked.connect(self.add_clicked)
        self.fatal = ""
        if not cases:
            self.fatal = self.tr("Tick at least one case to learn from.")
            self._say(self.fatal, self.tr("Add a case…")).clicked.connect(self.add_clicked)
        elif not usable:
            self.fatal = self.tr("None of the ticked cases can teach yet.")
        self.setVisible(bool(self.sentences))

    def _say(self, sentence: str, mend: str = "") -> QPushButton:
        line, label, button = QHBoxLayout(), QLabel("⚠ " + sentence), QPushButton(mend)
        label.setWordWrap(True)
        label.setToolTip(sentence)
        line.addWidget(label, 1)
        line.addWidget(button)
        button.setVisible(bool(mend))
        button.setAccessibleName(f"{mend}: {sentence}")
        self._column.addLayout(line)
        self.sentences.append(sentence)
        self.buttons.append(button)
        return button

    def _clear(self) -> None:
        self.sentences, self.buttons = [], []
        while (line := self._column.takeAt(0)) is not None:
            inner = line.layout()
            while inner is not None and (item := inner.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.hide()
                    widget.deleteLater()
