"""The sheet of all keys, where each can be changed; a key that is taken is refused with its owner's name."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from karyoview.gui.dialogs.help_key import add_help
from karyoview.gui.keys import SCOPES, KeyMap, actions, find
from karyoview.gui.screen_fit import fit_size


class ShortcutsDialog(QDialog):
    """Search, read and change keys."""

    keys_chosen = Signal(object)
    """The :class:`KeyMap` from now on."""

    def __init__(self, keymap: KeyMap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.keymap = KeyMap(keymap.changed())
        self.setWindowTitle(self.tr("Keys"))
        add_help(self, "keys")
        fit_size(self, 640, 680)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search actions and keys"))
        self.search.textChanged.connect(self._filter)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName(self.tr("Actions and keys"))
        self.tree.setHeaderLabels([self.tr("Action"), self.tr("Keys"), self.tr("Works")])
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.setRootIsDecorated(False)
        self.tree.setAlternatingRowColors(True)
        self.tree.currentItemChanged.connect(self._chosen)
        self.editor = QKeySequenceEdit()
        self.editor.setMaximumSequenceLength(1)
        self.editor.setEnabled(False)
        self.apply = QPushButton(self.tr("Set key"))
        self.apply.clicked.connect(self._set)
        self.reset = QPushButton(self.tr("Default"))
        self.reset.clicked.connect(self._default)
        self.problem = QLabel(
            self.tr("Digits 1–22, X and Y give the class of the selected chromosome; 0 takes it away.")
        )
        self.problem.setWordWrap(True)
        row = QHBoxLayout()
        for each in (self.editor, self.apply, self.reset):
            row.addWidget(each)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.button(QDialogButtonBox.StandardButton.Ok)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for button in buttons.findChildren(QPushButton):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        column.addWidget(self.problem)
        column.addWidget(buttons)
        self._fill()

    def accept(self) -> None:
        super().accept()
        self.keys_chosen.emit(self.keymap)

    def choose(self, action: str) -> None:
        """Select an action's row."""
        for i in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(i)
            if item is not None and item.data(0, Qt.ItemDataRole.UserRole) == action:
                self.tree.setCurrentItem(item)

    def _fill(self) -> None:
        self.tree.clear()
        for act in actions():
            scope = QCoreApplication.translate("Actions", SCOPES[act.scope])
            item = QTreeWidgetItem([act.title, self._keys(act.id), scope])
            item.setData(0, Qt.ItemDataRole.UserRole, act.id)
            item.setToolTip(0, act.tip)
            self.tree.addTopLevelItem(item)
        self.tree.resizeColumnToContents(1)

    def _keys(self, action: str) -> str:
        native = QKeySequence.SequenceFormat.NativeText
        return "   ".join(QKeySequence(k).toString(native) for k in self.keymap.keys(action))

    def _filter(self, text: str) -> None:
        for i in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(i)
            if item is not None:
                item.setHidden(text.lower() not in f"{item.text(0)} {item.text(1)}".lower())

    def _action(self) -> str:
        item = self.tree.currentItem()
        return str(item.data(0, Qt.ItemDataRole.UserRole)) if item is not None else ""

    def _chosen(self) -> None:
        action = self._action()
        self.editor.setEnabled(bool(action))
        keys = self.keymap.keys(action) if action else ()
        self.editor.setKeySequence(QKeySequence(keys[0]) if keys else QKeySequence())

    def _set(self) -> None:
        action = self._action()
        key = self.editor.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        if not action:
            return
        problem = self.keymap.problem(action, key) if key else ""
        if problem:
            self.problem.setText(problem)
            return
        self.keymap.set(action, [key] if key else [])
        self._changed(action)

    def _default(self) -> None:
        action = self._action()
        if not action:
            return
        taken = next((p for k in find(action).keys if (p := self.keymap.problem(action, k))), "")
        if taken:
            self.problem.setText(taken)
            return
        self.keymap.set(action, find(action).keys)
        self._changed(action)

    def _changed(self, action: str) -> None:
        item = self.tree.currentItem()
        if item is not None:
            item.setText(1, self._keys(action))
        self.problem.setText(self.tr("Changed: {0}").format(find(action).title))
