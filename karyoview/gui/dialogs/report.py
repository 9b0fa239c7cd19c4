"""The report in the window: header fields, preview, signatures, and saving in every form."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from karyoview.accounts.users import Credentials, Users
from karyoview.case.case import Case
from karyoview.case.proof import APPROVED
from karyoview.core.errors import KaryoViewError
from karyoview.gui.accounts.credentials_dialog import CredentialsDialog
from karyoview.gui.application import application
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.dialogs.report_fields import ReportFields, TextField
from karyoview.gui.dialogs.save_file import ask_to_save
from karyoview.gui.karyogram.board import Executor, run_inline
from karyoview.gui.screen_fit import fit_size
from karyoview.report.content import collect_report, load_template
from karyoview.services.signing import (
    MEANINGS,
    Shortfall,
    ShortfallError,
    amend_case,
    approved_report,
    keep_report,
    shortfalls,
    sign_case,
    valid_signatures,
    write_bytes,
)

_WORDS = 420  # pixels of a sentence that stands where the pages would
_FORMS = ("pdf", "json", "csv", "hl7", "png", "tif", "svg")
IDLE_MINUTES = 10


@dataclass(frozen=True, slots=True)
class _Preview:
    """A report that was made: its bytes, pages and remarks, the state that it shows and what falls short of it."""

    pdf: bytes = b""
    pages: tuple[Any, ...] = ()
    remarks: tuple[str, ...] = ()
    problem: str = ""
    state_sha256: str = ""
    lacks: tuple[Shortfall, ...] = ()


class ReportDialog(QDialog):
    """Preview on the right, header and signatures on the left. A passphrase left unused is wiped when idle.

    ``saved`` waits for what is on its way to the disk and says whether all of it got there; ``person`` is the
    printed name of whoever works here.
    """

    case_changed = Signal()
    """The case was signed, approved or opened again for an amendment."""

    def __init__(
        self,
        case: Case,
        users: Callable[[], Users],
        parent: QWidget | None = None,
        run: Executor = run_inline,
        saved: Callable[[], bool] = lambda: True,
        person: str = "",
    ) -> None:
        super().__init__(parent)
        self.case, self._users, self._run, self._saved = case, users, run, saved
        self._pdf = b""
        self._shown_state = ""
        self._lacks: tuple[Shortfall, ...] = ()
        self._generation = 0
        self.setWindowTitle(self.tr("Report of {0}").format(case.settings.id))
        add_help(self, "tasks")
        fit_size(self, 1120, 860)
        self.template: Path | None = None
        self.header = ReportFields(case.settings.details, load_template())
        self.header.edited.connect(self._save_fields)
        self.header.template_clicked.connect(self._choose_template)
        self.message, self.note = QLabel(), QLabel()
        self.message.setWordWrap(True)
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        left = QVBoxLayout()
        left.addWidget(self.header)
        left.addWidget(self._signing_fields())
        left.addWidget(self.message)
        left.addWidget(self.note)
        left.addStretch(1)
        side = QWidget()
        side.setLayout(left)
        scrolled = QScrollArea()
        scrolled.setWidget(side)
        scrolled.setWidgetResizable(True)
        scrolled.setFrameShape(QScrollArea.Shape.NoFrame)
        scrolled.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scrolled.setFixedWidth(356)
        self.preview = QScrollArea()
        self.preview.setAccessibleName(self.tr("Preview"))
        self.preview.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        middle = QHBoxLayout()
        middle.addWidget(scrolled)
        middle.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.addLayout(middle, 1)
        column.addWidget(self._buttons())
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)
        self._last_used = time.monotonic()
        self._idle = QTimer(self)
        self._idle.setInterval(15_000)
        self._idle.timeout.connect(self._check_idle)
        self._idle.start()
        application().installEventFilter(self)
        self._show_signatures()
        self.user.setText(self._login_of(person))
        self.make()

    @property
    def fields(self) -> dict[str, QLineEdit | TextField]:
        """The fields of the report's head by their names in the case's details."""
        return self.header.fields

    def _signing_fields(self) -> QWidget:
        self.user, self.passphrase = QLineEdit(), QLineEdit()
        self.user.setAccessibleName(self.tr("Login name"))
        self.passphrase.setAccessibleName(self.tr("Passphrase"))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.meaning = QComboBox()
        self.meaning.setAccessibleName(self.tr("Meaning"))
        meanings = {"analysed": self.tr("analysed"), "reviewed": self.tr("reviewed"), "approved": self.tr("approved")}
        for meaning in MEANINGS:
            self.meaning.addItem(meanings[meaning], meaning)
        self.sign = QPushButton(self.tr("Sign"))
        self.sign.setProperty("primary", True)
        self.amend = QPushButton(self.tr("Amend…"))
        self.signed, self.lacks = QLabel(), QLabel()
        self.lacks.setAccessibleName(self.tr("What falls short"))
        self.lacks.setTextFormat(Qt.TextFormat.PlainText)
        for words in (self.signed, self.lacks):
            words.setWordWrap(True)
        signing = QGroupBox(self.tr("Signatures"))
        rows = QFormLayout(signing)
        rows.addRow(self.tr("Login name"), self.user)
        rows.addRow(self.tr("Passphrase"), self.passphrase)
        rows.addRow(self.tr("Meaning"), self.meaning)
        rows.addRow(self.lacks)
        buttons = QHBoxLayout()
        buttons.addWidget(self.sign, 1)
        buttons.addWidget(self.amend, 1)
        rows.addRow(buttons)
        rows.addRow(self.signed)
        self.sign.clicked.connect(self._sign)
        self.passphrase.returnPressed.connect(self._sign)
        self.amend.clicked.connect(self._amend)
        return signing

    def _buttons(self) -> QDialogButtonBox:
        self.renew = QPushButton(self.tr("Renew the preview"))
        self.save, self.paper = QPushButton(self.tr("Save as…")), QPushButton(self.tr("Print…"))
        self.save.setEnabled(False)
        self.paper.setEnabled(False)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.addButton(self.renew, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self.paper, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        self.renew.clicked.connect(self.make)
        self.save.clicked.connect(self._save_as)
        self.paper.clicked.connect(self._print)
        return buttons

    def _login_of(self, person: str) -> str:
        """The login name of whoever works here, where it is one of those who sign."""
        try:
            return next((u.name for u in self._users().all() if person and u.printed_name == person), "")
        except KaryoViewError as error:
            self.message.setText(str(error))
            return ""

    # Preview

    def make(self) -> None:
        """Make the report anew and show its pages."""
        self.note.setText(self.tr("The report is being made…"))
        self.save.setEnabled(False)
        self.paper.setEnabled(False)
        if not self._saved():
            self.note.setText(self.tr("The last edit could not be saved; close this, and try again with Ctrl+S."))
            return
        self._generation += 1
        case, template, generation = self.case, self.template, self._generation

        self._shown_state = ""

        def work() -> _Preview:
            from karyoview.report.pdf import pdf_pages, report_pdf

            if generation != self._generation:
                return _Preview()  # asked for again before this one was begun
            try:
                content = collect_report(case, load_template(template) if template else None)
                # An approved case shows the report that was approved, not one like it.
                pdf = approved_report(case) or report_pdf(content)
                lacks = tuple(shortfalls(case, originals=False))
                return _Preview(pdf, tuple(pdf_pages(pdf, 84.0)), content.remarks, "", content.state_sha256, lacks)
            except KaryoViewError as error:
                return _Preview(problem=str(error))

        self._run(work, lambda result: self._made(generation, result))

    def _made(self, generation: int, result: _Preview) -> None:
        if generation != self._generation:
            return  # another one was asked for meanwhile, or the dialog is closed
        self._pdf, pages, remarks, problem = result.pdf, result.pages, result.remarks, result.problem
        self._shown_state, self._lacks = result.state_sha256, result.lacks
        lines: list[str] = []
        for title, stops in ((self.tr("Stops a signature:"), True), (self.tr("Falls short:"), False)):
            texts = [f"• {s.text}" for s in result.lacks if s.stops is stops]
            lines += [title, *texts] if texts else []
        self.lacks.setText("" if self.case.settings.locked else "\n".join(lines))
        self.lacks.setVisible(bool(self.lacks.text()))
        place = self.preview.verticalScrollBar().value()
        holder = QWidget()
        column = QVBoxLayout(holder)
        if problem:  # where somebody looks for the pages
            words = QLabel(problem)
            words.setWordWrap(True)
            words.setMinimumWidth(_WORDS)
            words.setMargin(24)
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            column.addWidget(words)
        for number, page in enumerate(pages, start=1):
            data = page.tobytes("raw", "RGB")
            image = QImage(data, page.width, page.height, 3 * page.width, QImage.Format.Format_RGB888).copy()
            label = QLabel()
            label.setPixmap(QPixmap.fromImage(image))
            label.setFixedSize(image.size())
            label.setFrameStyle(QLabel.Shape.Box)
            label.setAccessibleName(self.tr("Page {0}").format(number))
            column.addWidget(label)
        self.preview.setWidget(holder)
        self.preview.verticalScrollBar().setValue(place)
        self.save.setEnabled(bool(self._pdf))
        self.paper.setEnabled(bool(self._pdf))
        self.note.setText(problem or "\n".join(remarks))

    def _save_fields(self) -> None:
        if self._keep_fields():
            self.make()

    def _keep_fields(self) -> bool:
        """Keep what stands in the head's fields; whether there was anything new."""
        values = self.header.values()
        old = self.case.settings.details
        if all(str(old.get(k, "")) == v for k, v in values.items()):
            return False
        details = {**{k: v for k, v in old.items() if k not in values}, **{k: v for k, v in values.items() if v}}
        self._try(lambda: self.case.update_settings("report header", details=details))
        return True

    def _choose_template(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Template"), "", self.tr("Templates (*.json)"))
        if name:
            self.use_template(Path(name))

    def use_template(self, path: Path) -> None:
        """Show the report, its fields and phrases as this template of the laboratory has them."""

        def use() -> None:
            template = load_template(path)
            self.template = path
            self.header.show_template(template, self.case.settings.details)
            self._show_signatures()
            self.make()

        self._try(use)

    # Saving

    def _save_as(self) -> None:
        proposed = self.case.folder / f"{self.case.settings.id}.pdf"
        ask_to_save(self, self.tr("Save the report"), proposed, _FORMS, self.save_to)

    def _print(self) -> None:
        from karyoview.gui.dialogs.printing import ask_and_print

        self._try(lambda: ask_and_print(self, self._pdf, self.case.settings.id))

    def save_to(self, path: Path) -> None:
        """Save in the form that the suffix names; a PDF is also kept in the case."""
        from karyoview.report.export import write_case_form

        def write() -> None:
            if path.suffix.lower() == ".pdf":
                write_bytes(path, self._pdf)
                if not self.case.read_only and self._pdf != approved_report(self.case):
                    keep_report(self.case, self._pdf)
            else:
                write_case_form(self.case, path, self.template)
            self.message.setText(self.tr("Saved: {0}").format(path))

        self._try(write)

    # Signatures

    def _sign(self) -> None:
        passphrase, meaning = self.passphrase.text(), self.meaning.currentData()
        if not self._saved():
            self.passphrase.clear()
            self.message.setText(self.tr("Not signed: the last edit is not saved."))
            return
        if not self._shown_state:
            self.message.setText(self.tr("Not signed yet: look at the preview first; it is still being made."))
            return
        self.passphrase.clear()
        self._sign_as(Credentials(self.user.text(), passphrase), meaning, ())

    def _sign_as(self, who: Credentials, meaning: str, confirmed: tuple[str, ...]) -> None:
        def sign() -> None:
            try:
                signature = sign_case(
                    self.case, self._users(), who, meaning, confirmed=confirmed, seen=self._shown_state,
                    report=self._final,
                )  # fmt: skip
            except ShortfallError as error:
                self._ask_about(error.shortfalls, who, meaning)
                return
            self._show_signatures()
            self.make()
            text = self.tr("Signed as {0} by {1}.").format(signature.meaning, signature.name)
            if meaning == APPROVED:
                text += " " + self.tr("The report is kept with the case.")
            self.message.setText(text)
            self.user.clear()  # the next signature is another person's
            self.user.setFocus()
            self.case_changed.emit()

        self._try(sign)

    def _final(self) -> bytes:
        """The report of the approved case in the template that was shown."""
        from karyoview.report.pdf import report_pdf

        return report_pdf(collect_report(self.case, load_template(self.template) if self.template else None))

    def _ask_about(self, texts: tuple[str, ...], who: Credentials, meaning: str) -> None:
        """Name what falls short, once; it is printed in the report. Enter and Esc leave the case unsigned."""
        question = QMessageBox(self)
        question.setWindowTitle(self.tr("Sign in spite of this?"))
        question.setIcon(QMessageBox.Icon.Warning)
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(self.tr("The case falls short of its protocol or of its own facts:"))
        closing = [self.tr("An approval closes the case.")] if meaning == APPROVED else []
        asked = [self.tr("This will be printed in the report."), *closing]
        question.setInformativeText("\n".join([*(f"• {text}" for text in texts), "", *asked]))
        sign = question.addButton(self.tr("Sign all the same"), QMessageBox.ButtonRole.AcceptRole)
        cancel = question.addButton(QMessageBox.StandardButton.Cancel)
        question.setDefaultButton(cancel)
        question.setEscapeButton(cancel)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sign.clicked.connect(lambda: self._sign_as(who, meaning, texts))
        cancel.clicked.connect(lambda: self.message.setText(self.tr("Not signed.")))
        # The Enter that asked to sign is still on its way: Qt would give it to the default button of what is open now.
        QTimer.singleShot(0, question, question.open)

    def _amend(self) -> None:
        title, reason = self.tr("Amended report"), self.tr("Why is the report amended?")
        text = self.tr("The approved report and its signatures are kept; the case opens for changes.")
        dialog = CredentialsDialog(title, text, self._amend_because, self, reason, self.user.text())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _amend_because(self, who: Credentials, reason: str) -> None:
        amend_case(self.case, self._users(), who, reason)
        self._show_signatures()
        self.make()
        self.message.setText(self.tr("The case is open for an amended report."))
        self.case_changed.emit()

    def _show_signatures(self) -> None:
        current = {(s.user, s.time) for s in valid_signatures(self.case)}
        lines = []
        for signature in self.case.settings.signatures:
            old = "" if (signature.user, signature.time) in current else self.tr(" (an earlier state)")
            lines.append(f"{signature.meaning}: {signature.name}, {signature.time[:19].replace('T', ' ')}{old}")
        self.signed.setText("\n".join(lines) or self.tr("Not signed yet."))
        analysed = any(s.meaning == "analysed" for s in valid_signatures(self.case))
        self.meaning.setCurrentIndex(self.meaning.findData("approved" if analysed else "analysed"))
        locked = self.case.settings.locked
        self.amend.setEnabled(locked and not self.case.read_only)
        self.sign.setEnabled(not locked and not self.case.read_only)
        for field in self.header.fields.values():
            field.setEnabled(not locked and not self.case.read_only)

    def _try(self, action: Callable[[], object]) -> None:
        try:
            action()
        except KaryoViewError as error:
            self.message.setText(str(error))

    # Idle: what a person typed to prove who they are does not stay on the screen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove):
            self._last_used = time.monotonic()
        return super().eventFilter(watched, event)

    def _check_idle(self) -> None:
        if time.monotonic() - self._last_used > IDLE_MINUTES * 60:
            self.user.clear()
            self.passphrase.clear()

    def done(self, result: int) -> None:
        application().removeEventFilter(self)
        if not (self.case.read_only or self.case.settings.locked):
            self._keep_fields()
        self._idle.stop()
        self._generation += 1
        super().done(result)
