"""The window's actions as Qt's: in the menus, with the keys in force."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from karyoview.gui.keys import MENUS, Action, KeyMap, actions

_REPEATED = frozenset(
    {"undo", "redo", "next_cell", "previous_cell", "next_doubt", "previous_doubt", "zoom_in", "zoom_out"}
    | {"rotate_left", "rotate_right", "rotate_left_fine", "rotate_right_fine", "board_next", "board_previous"}
    | {"threshold_up", "threshold_down"}
)


class Menus(QObject):
    """Builds one QAction for each row of the key table; :attr:`triggered` carries the row and whether it is checked."""

    triggered = Signal(object, bool)
    recent_chosen = Signal(Path)

    def __init__(self, window: QMainWindow, keymap: KeyMap, owners: Mapping[str, QWidget]) -> None:
        """``owners`` are the widgets in which the keys of a scope work; other keys work in the whole window."""
        super().__init__(window)
        self.keymap = keymap
        self.recent: Callable[[], Sequence[str]] = tuple
        """The folders of recent cases."""
        self.actions: dict[str, QAction] = {}
        self.menus = {name: window.menuBar().addMenu(_translated(text)) for name, text in MENUS}
        recent = self.menus["file"].addMenu(self.tr("&Recent cases"))
        recent.aboutToShow.connect(partial(self._fill_recent, recent))
        letters: dict[str, set[str]] = {}
        for row in actions():
            action = self._make(row)
            action.setText(with_free_letter(action.text(), letters.setdefault(row.menu, set())))
            if row.scope != "karyogram":  # the board takes its own when it is built
                owners.get(row.scope, window).addAction(action)
            if row.menu:
                self.menus[row.menu].addAction(action)
        self._panels = self.menus["view"].addMenu(self.tr("&Panels"))
        for menu in self.menus.values():
            menu.aboutToShow.connect(partial(self._give_keys_to_panes, False))
            menu.aboutToHide.connect(partial(self._give_keys_to_panes, True))
        self.actions["labels"].setChecked(True)
        self._apply_keys()

    def list_panel(self, shown: QAction) -> None:
        """Add a panel's own action to the menu of panels."""
        self._panels.addAction(shown)

    def of_scope(self, scope: str) -> dict[str, QAction]:
        """The actions whose keys work in this scope, by id."""
        return {row.id: self.actions[row.id] for row in actions() if row.scope == scope}

    def set_keymap(self, keymap: KeyMap) -> None:
        """Other keys from now on."""
        self.keymap = keymap
        self._apply_keys()

    def set_checked(self, action: str, on: bool) -> None:
        """Show whether what an action does is on."""
        self.actions[action].setChecked(on)

    def set_enabled(self, action: str, on: bool) -> None:
        """Let an action be triggered, or not."""
        self.actions[action].setEnabled(on)

    def mark_tool(self, tool: str) -> None:
        """Show which tool is in use; selecting, which always is when nothing else is, is not marked."""
        for row in actions():
            if row.is_tool and row.id in self.actions:
                font = self.actions[row.id].font()
                font.setBold(row.id == tool != "select")
                self.actions[row.id].setFont(font)

    def _make(self, row: Action) -> QAction:
        action = QAction(_translated(row.text), self.parent())
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        # A key that is held down goes on moving and stepping, but does nothing to data a second time.
        action.setAutoRepeat(row.scope == "canvas" or row.id in _REPEATED)
        action.setToolTip(row.tip or row.title)
        action.setStatusTip(row.tip)
        action.triggered.connect(lambda checked, r=row: self.triggered.emit(r, checked))
        if row.scope != "window":
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.actions[row.id] = action
        return action

    def _give_keys_to_panes(self, on: bool) -> None:
        """While a menu is open the pane behind it keeps the focus: its letters and arrows are the menu's then.

        A key of the window is not heard beside an open menu.
        """
        context = Qt.ShortcutContext.WidgetWithChildrenShortcut if on else Qt.ShortcutContext.WindowShortcut
        for row in actions():
            if row.scope != "window" and row.id in self.actions:
                self.actions[row.id].setShortcutContext(context)

    def _apply_keys(self) -> None:
        for name, action in self.actions.items():
            action.setShortcuts([QKeySequence(k) for k in self.keymap.keys(name)])

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for name in self.recent():
            menu.addAction(name).triggered.connect(partial(self.recent_chosen.emit, Path(name)))


def with_free_letter(text: str, used: set[str]) -> str:
    """A text whose letter after & is none of those ``used`` in its menu, to which it is added; without & for none left.

    A letter that two entries have chooses neither of them; in another language every pair can meet.
    """
    plain, at = text.replace("&", ""), text.find("&")
    wished = [at] if at >= 0 else []
    starts = [i for i, c in enumerate(plain) if i == 0 or plain[i - 1] == " "]
    for place in (*wished, *(starts if wished else ()), *(range(len(plain)) if wished else ())):
        letter = plain[place : place + 1].lower()
        if letter.isalnum() and letter not in used:
            used.add(letter)
            return f"{plain[:place]}&{plain[place:]}"
    return plain


def _translated(text: str) -> str:
    return QCoreApplication.translate("Actions", text)
