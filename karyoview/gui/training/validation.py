"""A laboratory's validation record in the window: measure an engine on reviewed cells, read it, sign it, keep it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from karyoview.accounts.users import Users
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import CancelToken
from karyoview.detectors.registry import available_engines
from karyoview.gui.accounts.idle_lock import known_users
from karyoview.gui.main_thread import MainThread
from karyoview.services import validation
from karyoview.services.weights import WeightsRepository

Work = Callable[[Callable[[CancelToken], Any], Callable[[Any], None], Callable[[str], None]], CancelToken]
"""Does a job beside the window: the job, what is done with its outcome, and with a sentence when it fails."""


class Validation(QWidget):
    """One engine on the reviewed cells of the ticked cases; the record is signed by who stands for it."""

    def __init__(
        self,
        cases: Callable[[], tuple[str, ...]],
        work: Work,
        main_thread: MainThread,
        users: Callable[[], Users] = known_users,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._cases, self._work, self._users = cases, work, users
        self._report_progress = main_thread.wrap(self._show_progress)
        self.record: dict[str, Any] | None = None
        self.engine, self.measure = QComboBox(), QPushButton(self.tr("Validate"))
        self.engine.setAccessibleName(self.tr("Engine to validate"))
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("Validation record"))
        self.text.setPlaceholderText(
            self.tr("Measures the engine on the reviewed cells of the ticked cases; cells that taught it are left out.")
        )
        self.name, self.passphrase = QLineEdit(), QLineEdit()
        self.name.setAccessibleName(self.tr("Login name"))
        self.passphrase.setAccessibleName(self.tr("Passphrase"))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.sign, self.keep = QPushButton(self.tr("Sign and save…")), QPushButton(self.tr("Save unsigned…"))
        self.sign.setProperty("primary", True)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self._build()
        self.measure.clicked.connect(self.validate)
        self.sign.clicked.connect(lambda: self._save(signed=True))
        self.keep.clicked.connect(lambda: self._save(signed=False))
        self.fill_engines()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.engine, 1)
        head.addWidget(self.measure)
        form = QFormLayout()
        form.addRow(self.tr("Login name"), self.name)
        form.addRow(self.tr("Passphrase"), self.passphrase)
        buttons = QHBoxLayout()
        buttons.addWidget(self.message, 1)
        buttons.addWidget(self.keep)
        buttons.addWidget(self.sign)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 6, 6, 6)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addLayout(form)
        column.addLayout(buttons)
        self._refresh()

    def fill_engines(self) -> None:
        """The engines that are present now."""
        chosen = self.engine.currentData()
        self.engine.clear()
        for info in available_engines():
            self.engine.addItem(f"{info.title} ({info.name}, {info.weights_hash[:12]})", info.name)
        self.engine.setCurrentIndex(max(self.engine.findData(chosen), 0))
        self._refresh()

    def validate(self) -> None:
        """Measure the chosen engine on the ticked cases."""
        cases, engine = [Path(c) for c in self._cases()], str(self.engine.currentData() or "")
        if not cases:
            self.message.setText(self.tr("Tick at least one case with reviewed cells."))
            return
        self.record = None
        self._refresh(busy=True)
        self.message.setText(self.tr("The engine is loading…"))

        def job(token: CancelToken) -> dict[str, Any]:
            return validation.validate(cases, engine, cancel=token, progress=self._report_progress)

        self._work(job, self._show, self._failed)

    def _show_progress(self, done: int, total: int, what: str) -> None:
        if self.record is None:
            self.message.setText(self.tr("Validating: {0} of {1} cells").format(done, total))

    def _show(self, record: dict[str, Any]) -> None:
        self.record = record
        self.text.setPlainText(validation.as_text(record))
        self.message.setText(self.tr("Measured. Sign it with your passphrase to stand for it."))
        self._refresh()

    def _failed(self, sentence: str) -> None:
        self.message.setText(sentence)
        self._refresh()

    def _save(self, *, signed: bool) -> None:
        passphrase = self.passphrase.text()
        self.passphrase.clear()
        if self.record is None:
            return
        try:
            # The folder is asked last, but before anything is entered: a record that is signed is also kept.
            user = self._users().verify(self.name.text(), passphrase) if signed else None
            folder = QFileDialog.getExistingDirectory(self, self.tr("A folder for the record"))
            if not folder:
                return
            record = self.record
            if user is not None:
                record = validation.sign(record, user, WeightsRepository(user=user.name))
            written = validation.write(record, Path(folder))
        except KaryoViewError as error:
            self.message.setText(str(error))
            return
        self.record = record
        self.text.setPlainText(validation.as_text(record))
        self.message.setText(self.tr("Written: {0}").format(", ".join(p.name for p in written)))
        self._refresh()

    def _refresh(self, busy: bool = False) -> None:
        there = self.record is not None
        self.measure.setEnabled(not busy and bool(self.engine.count()))
        self.sign.setEnabled(there and not (self.record or {}).get("signature"))
        self.keep.setEnabled(self.sign.isEnabled())
