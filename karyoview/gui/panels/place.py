"""Where the pointer is in the metaphase, and how large it is shown: in the status bar."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel

from karyoview.gui.canvas.view import MetaphaseView


class PlaceLabel(QLabel):
    """The zoom whenever there is a picture, before it the pixel under the pointer."""

    def __init__(self, view: MetaphaseView) -> None:
        super().__init__()
        self._view = view
        self._place = ""
        view.pointer_moved.connect(self._moved)
        view.zoom_changed.connect(lambda factor: self._show())
        view.image_changed.connect(self._show)

    def _moved(self, x: float, y: float) -> None:
        h, w = self._view.size_yx
        self._place = f"{x:.0f}, {y:.0f}   " if 0 <= x < w and 0 <= y < h else ""
        self._show()

    def _show(self) -> None:
        self.setText(f"{self._place}{self._view.scale_factor:.0%}" if self._view.size_yx[0] else "")
