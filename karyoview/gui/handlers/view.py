"""The menu View: what is shown and how large; nothing here changes data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.handlers.base import HandlerGroup
from karyoview.gui.image_presenter import ImagePresenter
from karyoview.gui.layout import WindowLayout

_ZOOM_STEP = 1.25


@dataclass(eq=False)
class ViewHandlers(HandlerGroup):
    """Hiding, display, zoom, panes; ``panes`` are what F6 goes through."""

    view: MetaphaseView
    picture: ImagePresenter
    layout: WindowLayout
    show_scores: Callable[[bool], None]
    panes: Sequence[QWidget]

    def hide(self, checked: bool) -> None:
        self.view.layer.show_boxes = not checked
        self.view.layer.update()

    def hide_others(self, checked: bool) -> None:
        self.view.layer.only_selected = checked
        self.view.layer.update()

    def labels(self, checked: bool) -> None:
        self.view.layer.show_labels = checked
        self.view.layer.update()

    def scores(self, checked: bool) -> None:
        self.show_scores(checked)

    def raw(self, checked: bool) -> None:
        self.picture.show_raw(checked)

    def adjust(self, checked: bool) -> None:
        self.layout.toggle("adjust", checked)

    def loupe(self, checked: bool) -> None:
        self.view.loupe.show_at_pointer(checked)

    def fit(self) -> None:
        self.view.fit()

    def full_size(self) -> None:
        self.view.zoom_to(1.0)

    def zoom_in(self) -> None:
        self.view.zoom_by(_ZOOM_STEP)

    def zoom_out(self) -> None:
        self.view.zoom_by(1 / _ZOOM_STEP)

    def next_pane(self) -> None:
        panes = [p for p in self.panes if not p.visibleRegion().isEmpty()]  # a panel behind another tab is not seen
        focus = QApplication.focusWidget()
        at = next((i for i, p in enumerate(panes) if p is focus or p.isAncestorOf(focus)), -1) if focus else -1
        if panes:
            panes[(at + 1) % len(panes)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def reset_panels(self) -> None:
        self.layout.reset()
