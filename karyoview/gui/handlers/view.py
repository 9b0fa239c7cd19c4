"""The menu View: what is shown and how large; nothing here changes data."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from karyoview.gui.handlers.base import HandlersBase


class ViewHandlers(HandlersBase):
    """Hiding, display, zoom, panes, the karyogram and its dialogs."""

    def hide(self, *_: object) -> None:
        self.view.layer.show_boxes = not self.window.actions_by_id["hide"].isChecked()
        self.view.layer.update()

    def hide_others(self, *_: object) -> None:
        self.view.layer.only_selected = self.window.actions_by_id["hide_others"].isChecked()
        self.view.layer.update()

    def labels(self, *_: object) -> None:
        self.view.layer.show_labels = self.window.actions_by_id["labels"].isChecked()
        self.view.layer.update()

    def scores(self, *_: object) -> None:
        self.window.show_scores = self.window.actions_by_id["scores"].isChecked()
        self.window.show_boxes()

    def raw(self, *_: object) -> None:
        self.window.raw = self.window.actions_by_id["raw"].isChecked()
        self.window.show_picture()

    def adjust(self, *_: object) -> None:
        self._toggle_dock("adjust")

    def loupe(self, *_: object) -> None:
        self.window.actions_by_id["loupe"].setChecked(self.view.loupe.toggle())

    def fit(self, *_: object) -> None:
        self.view.fit()

    def full_size(self, *_: object) -> None:
        self.view.zoom_to(1.0)

    def zoom_in(self, *_: object) -> None:
        self.view.zoom_by(1.25)

    def zoom_out(self, *_: object) -> None:
        self.view.zoom_by(0.8)

    def next_pane(self, *_: object) -> None:
        window = self.window
        panes: list[QWidget] = [
            window.cells.list, self.view, window.inspector.doubts, window.engine.engine, window.compare.list,
        ]  # fmt: skip
        panes = [p for p in panes if not p.visibleRegion().isEmpty()]  # a panel behind another tab is not seen
        focus = QApplication.focusWidget()
        at = next((i for i, p in enumerate(panes) if p is focus or p.isAncestorOf(focus)), -1) if focus else -1
        if panes:
            panes[(at + 1) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)
