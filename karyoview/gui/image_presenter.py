"""The present cell's picture in the metaphase view: loading, adjusted for the eye, or why there is none."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from karyoview.gui.canvas.view import MetaphaseView
from karyoview.gui.image_cache import ImageCache
from karyoview.gui.panels.adjust import AdjustPanel
from karyoview.imaging.display import Adjustments


class ImagePresenter(QObject):
    """Shows one image of the cache; :attr:`decoded` and :attr:`failed` say what became of the one asked for."""

    decoded = Signal(str)
    failed = Signal(str)
    """The sentence why the present cell has no picture."""

    def __init__(
        self, images: ImageCache, view: MetaphaseView, adjust: AdjustPanel, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._images, self._view, self._adjust = images, view, adjust
        self.image = ""
        """The image that is shown or on its way."""
        self._raw = False
        self._fit_next = True
        images.image_ready.connect(self._ready)
        images.image_failed.connect(self._not_ready)
        images.pyramid_ready.connect(self._rendered)
        adjust.moved.connect(self.show)

    def load(self, image: str) -> None:
        """Show this image, fitted to the view, as soon as it is decoded."""
        self.image, self._fit_next = image, True
        self._view.set_image([], (0, 0), None, False)
        self._view.message = self.tr("Loading {0}…").format(image)

    def request(self) -> None:
        """Have the image decoded that :meth:`load` named."""
        self._images.request(self.image)

    def show_nothing(self, message: str = "") -> None:
        """No image, and why."""
        self.image, self._fit_next = "", True
        self._view.set_image([], (0, 0), None, False)
        self._view.message = message
        self._view.viewport().update()

    def show_raw(self, raw: bool) -> None:
        """Show the picture as it was taken, or as the display panel says."""
        self._raw = raw
        self.show()

    def show(self) -> None:
        """Render the picture anew."""
        if self.image:
            self._images.render(self.image, Adjustments() if self._raw else self._adjust.adjustments())

    def _ready(self, image: str) -> None:
        loaded = self._images.get(image)
        if loaded is not None and image == self.image:
            self._view.um_per_pixel = loaded.image.um_per_pixel
            self.show()
            self.decoded.emit(image)

    def _rendered(self, image: str, levels: list[QImage]) -> None:
        loaded = self._images.get(image)
        if image != self.image or loaded is None:
            return
        self._view.message = ""
        self._view.set_image(levels, (loaded.image.height, loaded.image.width), loaded.ground, self._fit_next)
        self._fit_next = False

    def _not_ready(self, image: str, sentence: str) -> None:
        if image == self.image:
            self._view.message = sentence
            self._view.viewport().update()
            self.failed.emit(sentence)
