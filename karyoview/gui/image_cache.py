"""The decoded metaphases: a few are kept, the next one is read ahead, and each is rendered as it is to be seen."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.gui.background import Background
from karyoview.gui.canvas.image_item import to_qimage
from karyoview.gui.case_controller import CaseController
from karyoview.imaging.display import Adjustments, foreground, pyramid, render
from karyoview.imaging.label_places import BackgroundMap
from karyoview.imaging.objects import CellObjects, Content
from karyoview.review.doubt import box_row
from karyoview.services.jobs import Pool

THUMBNAIL_SIDE = 112
KEPT_IMAGES = 5


@dataclass(frozen=True, slots=True)
class LoadedImage:
    """A decoded metaphase with all that the view needs; made in a worker."""

    image: MetaphaseImage
    pixels: npt.NDArray[np.uint8]
    ground: BackgroundMap
    objects: CellObjects
    contents: dict[Box, Content] = field(default_factory=dict)
    """What boxes hold that were looked into already."""


class ImageCache(QObject):
    """Decodes, renders and keeps the images of the open case; nothing of a case is left once it is closed."""

    image_ready = Signal(str)
    image_failed = Signal(str, str)
    unreadable = Signal(str, str)
    """An image whose file cannot be decoded, whether somebody asked for it or not, and the sentence why."""
    pyramid_ready = Signal(str, list)
    """Image and its QImages, each half as large as the one before."""
    thumbnail_ready = Signal(str, QImage)
    original_read = Signal(str, str)
    """Image and the SHA-256 of the file it was read from."""
    message = Signal(str)

    def __init__(self, controller: CaseController, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller, self._background = controller, background
        self._thumbnail_pool = Pool(1)
        self._images: OrderedDict[str, LoadedImage] = OrderedDict()
        self._requested = ""
        self._loading: set[str] = set()
        self._rendering: tuple[str, Adjustments] | None = None
        self._pending_render: tuple[str, Adjustments] | None = None
        controller.closed.connect(self._clear)

    def request(self, image: str) -> None:
        """Load an image for the view, then the next one; :attr:`image_ready` or :attr:`image_failed` follows."""
        self._requested = image
        if image in self._images:
            self._images.move_to_end(image)
            self.image_ready.emit(image)
        else:
            self._load(image)

    def get(self, image: str) -> LoadedImage | None:
        """An image that is in memory."""
        return self._images.get(image)

    def is_loading(self, image: str) -> bool:
        """Whether an image is on its way."""
        return image in self._loading

    def examine(self, annotation: ImageAnnotation) -> dict[str, Any] | None:
        """What the picture shows in boxes that hold no chromosome, by id; None while it is not in memory."""
        loaded = self._images.get(annotation.image)
        if loaded is None:
            return None
        found = {}
        for item in annotation.chromosomes:
            if item.box not in loaded.contents:
                loaded.contents[item.box] = loaded.objects.content(item.box)
            if (content := loaded.contents[item.box]) != "chromosome":
                found[item.id] = [content, box_row(item.box)]
        return found

    def evict(self, image: str) -> None:
        """Decode it again next time (its scale was changed)."""
        self._images.pop(image, None)

    @property
    def rendering(self) -> bool:
        """Whether a pyramid is being made."""
        return self._rendering is not None

    def render(self, image: str, how: Adjustments) -> None:
        """Make an image's pyramid in a worker, the latest request first; :attr:`pyramid_ready` follows."""
        if self._rendering is not None:
            self._pending_render = (image, how)
            return
        loaded = self._images.get(image)
        if loaded is None:
            return
        self._rendering = (image, how)

        def work() -> list[QImage]:
            return [to_qimage(level) for level in pyramid(render(loaded.pixels, how))]

        self._background.run(
            work, lambda levels: self._rendered(image, levels), lambda problem: self._rendered(image, [], problem)
        )

    def make_thumbnails(self) -> None:
        """Make a thumbnail of every image, one after the other; :attr:`thumbnail_ready` follows for each."""
        if self._controller.session is not None:
            for image in self._controller.session.images:
                self._make_thumbnail(image)

    def close(self) -> None:
        """Make no more thumbnails."""
        self._thumbnail_pool.close()

    def _clear(self) -> None:
        self._images.clear()
        self._loading.clear()
        self._requested = ""

    def _rendered(self, image: str, levels: list[QImage], problem: str = "") -> None:
        self._rendering = None
        if problem:
            self.message.emit(problem)
        elif image == self._requested:
            self.pyramid_ready.emit(image, levels)
        if self._pending_render is not None:
            request, self._pending_render = self._pending_render, None
            self.render(*request)

    def _load(self, image: str) -> None:
        case = self._controller.case
        if case is None or image in self._loading:
            return
        self._loading.add(image)

        def work() -> LoadedImage:
            decoded = case.read_image(image)
            pixels = decoded.to_uint8()
            return LoadedImage(decoded, pixels, BackgroundMap(foreground(pixels), 4), CellObjects(pixels))

        self._background.run(
            work,
            lambda loaded: self._loaded(case, image, loaded),
            lambda sentence: self._not_loaded(case, image, sentence),
        )

    def _loaded(self, case: Case, image: str, loaded: LoadedImage) -> None:
        self._loading.discard(image)
        session = self._controller.session
        if case is not self._controller.case or session is None:
            return
        self._images[image] = loaded
        while len(self._images) > KEPT_IMAGES:
            oldest = next(k for k in self._images if k != self._requested)
            del self._images[oldest]
        session.set_size(image, (loaded.image.height, loaded.image.width), loaded.image.sha256)
        session.examine_again(image)
        self.original_read.emit(image, loaded.image.sha256)
        if image == self._requested:
            self.image_ready.emit(image)
            after = session.images.index(image) + 1
            if after < len(session.images) and session.images[after] not in self._images:
                self._load(session.images[after])
        for note in loaded.image.notes:
            self.message.emit(f"{image}: {note}" if image not in note else note)

    def _not_loaded(self, case: Case, image: str, sentence: str) -> None:
        self._loading.discard(image)
        if case is not self._controller.case:
            return
        self.unreadable.emit(image, sentence)
        if image == self._requested:
            self.image_failed.emit(image, sentence)

    def _make_thumbnail(self, image: str) -> None:
        case = self._controller.case
        if case is None:
            return

        def work() -> tuple[QImage, str]:
            decoded = case.read_image(image)
            pixels = decoded.to_uint8()
            scale = THUMBNAIL_SIDE / max(pixels.shape)
            size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
            small = to_qimage(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))
            return small, decoded.sha256

        def done(result: tuple[QImage, str]) -> None:
            if case is self._controller.case:
                thumbnail, sha256 = result
                self.thumbnail_ready.emit(image, thumbnail)
                if sha256:
                    self.original_read.emit(image, sha256)

        wrap = self._background.main_thread.wrap

        def failed(sentence: str) -> None:
            if case is self._controller.case:
                self.unreadable.emit(image, sentence)

        self._thumbnail_pool.submit(work, wrap(done), wrap(failed))
