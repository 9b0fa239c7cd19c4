"""The people who sign: enter one, change a passphrase or role, close an account, let another person go on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.accounts.users import MIN_PASSPHRASE, Credentials, Role, User, Users
from karyoview.core.errors import KaryoViewError
from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.screen_fit import fit_size

translate = QCoreApplication.translate


class UsersDialog(QDialog):
    """Everybody who may sign; each button acts on the selected person."""

    def __init__(self, users: Users, parent: QWidget | None = None, lock: Callable[[], None] | None = None) -> None:
        super().__init__(parent)
        self._users = users
        self.setWindowTitle(self.tr("People who sign"))
        add_help(self, "promises")
        fit_size(self, 760, 380)
        self.table = QTableWidget(0, 4)
        self.table.setTabKeyNavigation(False)  # arrows go from cell to cell; Tab must lead out again
        self.table.setAccessibleName(self.tr("People"))
        self.table.setHorizontalHeaderLabels(
            [self.tr("Login name"), self.tr("Name as printed"), self.tr("May"), self.tr("Account")]
        )
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.add = QPushButton(self.tr("Enter a person…"))
        self.passphrase = QPushButton(self.tr("Change passphrase…"))
        self.role = QPushButton(self.tr("Change role…"))
        self.account = QPushButton(self.tr("Close account…"))
        self.change = QPushButton(self.tr("Let another person go on"))
        self.change.setToolTip(self.tr("Locks the window; whoever opens it again is named in the record."))
        self.message = QLabel()
        self.message.setWordWrap(True)
        side = QVBoxLayout()
        for button in (self.add, self.passphrase, self.role, self.account, self.change):
            button.setAutoDefault(False)
            side.addWidget(button)
        side.addStretch(1)
        middle = QHBoxLayout()
        middle.addWidget(self.table, 1)
        middle.addLayout(side)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(middle, 1)
        column.addWidget(self.message)
        column.addWidget(buttons)
        self.add.clicked.connect(lambda: self._ask(PersonDialog(self._users, self)))
        self.passphrase.clicked.connect(lambda: self._on(PassphraseDialog))
        self.role.clicked.connect(lambda: self._on(RoleDialog))
        self.account.clicked.connect(lambda: self._on(AccountDialog))
        self.change.setVisible(lock is not None)
        if lock is not None:
            self.change.clicked.connect(self.accept)
            self.change.clicked.connect(lambda: lock())
        self.fill()

    def chosen(self) -> User | None:
        """The selected person."""
        rows = self.table.selectionModel().selectedRows()
        item = self.table.item(rows[0].row(), 0) if rows else None
        return item.data(Qt.ItemDataRole.UserRole) if item is not None else None

    def select(self, name: str) -> None:
        """Select a person by login name."""
        for row in range(self.table.rowCount()):
            item = self.table.item(row, 0)
            if item is not None and item.text() == name:
                self.table.selectRow(row)

    def fill(self) -> None:
        """List everybody."""
        was = self.chosen()
        people = self._users.all()
        self.table.setRowCount(len(people))
        may = {Role.ANALYST: self.tr("analyse, review"), Role.APPROVER: self.tr("analyse, review, approve")}
        for row, user in enumerate(people):
            account = self.tr("closed") if user.disabled else self.tr("open")
            for column, text in enumerate((user.name, user.printed_name, may[user.role], account)):
                item = QTableWidgetItem(text)
                item.setData(Qt.ItemDataRole.UserRole, user)
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        if was is not None:
            self.select(was.name)
        self._chosen()
        if not people:
            self.message.setText(
                self.tr("Nobody is entered yet. Enter an analyst and an approver: a report needs two different people.")
            )

    def _chosen(self) -> None:
        user = self.chosen()
        for button in (self.passphrase, self.role, self.account):
            button.setEnabled(user is not None)
        closed = user is not None and user.disabled
        self.account.setText(self.tr("Reopen account…") if closed else self.tr("Close account…"))

    def _on(self, kind: type[_ChangeDialog]) -> None:
        user = self.chosen()
        if user is not None:
            self._ask(kind(self._users, user, self))

    def _ask(self, dialog: _VouchedDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def done() -> None:
            self.fill()
            self.message.setText(dialog.done_sentence)

        dialog.accepted.connect(done)
        dialog.open()


class _VouchedDialog(QDialog):
    """A change of the list, to which an approver agrees once there is one."""

    done_sentence = ""

    def __init__(self, users: Users, parent: QWidget | None, title: str) -> None:
        super().__init__(parent)
        self._users = users
        self.setWindowTitle(title)
        add_help(self, "promises")
        self.setMinimumWidth(420)
        self.form = QFormLayout()
        self.voucher, self.voucher_passphrase = QLineEdit(), passphrase_field()
        self.voucher.setAccessibleName(self.tr("Approver's login name"))
        self.voucher_passphrase.setAccessibleName(self.tr("Approver's passphrase"))
        managed = users.is_managed()
        agrees = self.tr("An approver agrees") if managed else self.tr("Somebody who is entered agrees")
        self.agreement = QGroupBox(agrees)
        rows = QFormLayout(self.agreement)
        rows.addRow(self.tr("Login name"), self.voucher)
        rows.addRow(self.tr("Passphrase"), self.voucher_passphrase)
        # The first people enter themselves; every other change is signed by somebody's key.
        self.agreement.setVisible(managed or (bool(title) and not isinstance(self, PassphraseDialog)))
        self.problem = QLabel()
        self.problem.setWordWrap(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addLayout(self.form)
        column.addWidget(self.agreement)
        column.addWidget(self.problem)
        column.addWidget(buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """Tab goes down the fields as they stand, the approver's last, and then to OK."""
        super().showEvent(event)
        rows = (self.form.itemAt(r, QFormLayout.ItemRole.FieldRole) for r in range(self.form.rowCount()))
        widgets = [r.widget() for r in rows if r is not None]
        fields: list[QWidget] = [w for w in widgets if isinstance(w, (QLineEdit, QComboBox))]
        order = [*fields, self.voucher, self.voucher_passphrase, self.ok]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        (fields[0] if fields else self.voucher).setFocus()

    def carry_out(self) -> None:
        """Make the change; raises KaryoViewError with a sentence."""
        raise NotImplementedError

    def accept(self) -> None:
        try:
            self.carry_out()
        except KaryoViewError as error:
            self.problem.setText(str(error))
            self.voucher_passphrase.clear()
            return
        super().accept()

    def agreed(self) -> Credentials | None:
        """Who answers for the change; None while nobody has to."""
        if self.agreement.isHidden():
            return None
        return Credentials(self.voucher.text(), self.voucher_passphrase.text())


class PersonDialog(_VouchedDialog):
    """A new person."""

    def __init__(self, users: Users, parent: QWidget | None = None) -> None:
        super().__init__(users, parent, "")
        self.setWindowTitle(self.tr("Enter a person"))
        self.name, self.printed, self.role = QLineEdit(), QLineEdit(), role_box(self)
        self.first, self.second = passphrase_field(), passphrase_field()
        for text, field in (
            (self.tr("Login name"), self.name), (self.tr("Name as printed on reports"), self.printed),
            (self.tr("Role"), self.role), (self.tr("Passphrase"), self.first), (self.tr("Once more"), self.second),
        ):  # fmt: skip
            field.setAccessibleName(text)
            self.form.addRow(text, field)
        hint = QLabel(self.tr("At least {0} characters; several words are good.").format(MIN_PASSPHRASE))
        hint.setWordWrap(True)
        hint.setProperty("muted", True)
        self.form.addRow("", hint)
        self.name.setFocus()

    def carry_out(self) -> None:
        check_repeated(self.first, self.second)
        user = self._users.create(
            self.name.text(), self.printed.text(), Role(self.role.currentData()), self.first.text(), by=self.agreed()
        )
        self.done_sentence = self.tr("{0} is entered.").format(user.printed_name)


class _ChangeDialog(_VouchedDialog):
    """A change of one person."""

    def __init__(self, users: Users, user: User, parent: QWidget | None = None) -> None:
        super().__init__(users, parent, user.printed_name)
        self.user = user
        self.build()

    def build(self) -> None:
        """Add the fields."""


class PassphraseDialog(_ChangeDialog):
    """Another passphrase: by the person, who knows the present one, or with an approver's agreement."""

    def build(self) -> None:
        self.setWindowTitle(self.tr("Change the passphrase of {0}").format(self.user.printed_name))
        self.now, self.first, self.second = passphrase_field(), passphrase_field(), passphrase_field()
        self.now.setFocus()
        for text, field in (
            (self.tr("Present passphrase"), self.now), (self.tr("New passphrase"), self.first),
            (self.tr("Once more"), self.second),
        ):  # fmt: skip
            field.setAccessibleName(text)
            self.form.addRow(text, field)
        if not self.agreement.isHidden():
            self.now.setPlaceholderText(self.tr("or an approver agrees below"))

    def carry_out(self) -> None:
        check_repeated(self.first, self.second)
        own = Credentials(self.user.name, self.now.text())
        by = own if self.now.text() else self.agreed() or own
        self._users.set_passphrase(self.user.name, self.first.text(), by=by)
        self.done_sentence = self.tr("{0} has a new passphrase.").format(self.user.printed_name)


class RoleDialog(_ChangeDialog):
    """Another role."""

    def build(self) -> None:
        self.setWindowTitle(self.tr("Role of {0}").format(self.user.printed_name))
        self.role = role_box(self)
        self.role.setAccessibleName(self.tr("Role"))
        self.role.setCurrentIndex(self.role.findData(str(self.user.role)))
        self.form.addRow(self.tr("Role"), self.role)

    def carry_out(self) -> None:
        self._users.set_role(self.user.name, Role(self.role.currentData()), by=self.agreed() or Credentials("", ""))
        self.done_sentence = self.tr("{0}: the role is changed.").format(self.user.printed_name)


class AccountDialog(_ChangeDialog):
    """Close an account, or open it again; it is never deleted."""

    def build(self) -> None:
        closed = self.user.disabled
        title = self.tr("Reopen the account of {0}") if closed else self.tr("Close the account of {0}")
        self.setWindowTitle(title.format(self.user.printed_name))
        text = QLabel(self.tr("The account is never deleted: what was signed stays signed."))
        text.setWordWrap(True)
        self.form.addRow(text)

    def carry_out(self) -> None:
        by = self.agreed() or Credentials("", "")
        self._users.set_disabled(self.user.name, not self.user.disabled, by=by)
        done = (
            self.tr("{0}: the account is open again.") if self.user.disabled else self.tr("{0}: the account is closed.")
        )
        self.done_sentence = done.format(self.user.printed_name)


def passphrase_field() -> QLineEdit:
    """A field for a passphrase."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    return field


def role_box(parent: QWidget) -> QComboBox:
    """The two roles with what each may do."""
    box = QComboBox(parent)
    box.addItem(translate("UsersDialog", "analyst: analyses and reviews"), str(Role.ANALYST))
    box.addItem(translate("UsersDialog", "approver: approves as well"), str(Role.APPROVER))
    return box


def check_repeated(first: QLineEdit, second: QLineEdit) -> None:
    """KaryoViewError where a new passphrase was not typed the same way twice."""
    if first.text() != second.text():
        second.clear()
        raise KaryoViewError(translate("UsersDialog", "The two passphrases differ; type the second again."))
