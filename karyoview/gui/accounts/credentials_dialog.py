"""Who does it, and the passphrase that proves it: asked before an act that others rely on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from karyoview.accounts.users import Credentials
from karyoview.core.errors import KaryoViewError
from karyoview.gui.accounts.users_dialog import passphrase_field
from karyoview.gui.dialogs.help_key import add_help


class CredentialsDialog(QDialog):
    """Login name and passphrase, and a reason where one is asked for.

    ``act`` does it with the credentials and the reason; what it raises is shown, and the dialog stays.
    """

    def __init__(
        self, title: str, text: str, act: Callable[[Credentials, str], None], parent: QWidget | None = None,
        reason: str = "", login: str = "",
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._act, self._warned = act, False
        self.setWindowTitle(title)
        add_help(self, "promises")
        self.setMinimumWidth(460)
        self.reason, self.user, self.passphrase = QLineEdit(), QLineEdit(login), passphrase_field()
        form = QFormLayout()
        rows = [(self.tr("Login name"), self.user), (self.tr("Passphrase"), self.passphrase)]
        self._asks_reason = bool(reason)
        if reason:
            rows.insert(0, (reason, self.reason))
        for label, field in rows:
            field.setAccessibleName(label)
            form.addRow(label, field)
        explanation, self.problem = QLabel(text), QLabel()
        for words in (explanation, self.problem):
            words.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(super().reject)
        column = QVBoxLayout(self)
        column.addWidget(explanation)
        column.addLayout(form)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        (self.reason if reason else self.passphrase if login else self.user).setFocus()

    def accept(self) -> None:
        who = Credentials(self.user.text(), self.passphrase.text())
        self.passphrase.clear()
        try:
            self._act(who, self.reason.text().strip())
        except KaryoViewError as error:
            self.problem.setText(str(error))
            return
        super().accept()

    def reject(self) -> None:
        """Esc asks once before a reason that was typed is lost."""
        if self._asks_reason and self.reason.text().strip() and not self._warned:
            self._warned = True
            self.problem.setText(self.tr("Esc once more drops the reason that you typed."))
            return
        super().reject()
