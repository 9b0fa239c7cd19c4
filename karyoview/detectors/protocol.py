"""What every chromosome detector is to the rest of KaryoView; importing this does not import torch."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Protocol, runtime_checkable

from karyoview.core.detection import Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage

ONE_CLASS: Final = ("chromosome",)


class EngineError(KaryoViewError):
    """An engine cannot be found, loaded or run; the message says what to do."""


class Cancelled(Exception):  # noqa: N818 (not an error)
    """A person cancelled the work; not an error, so not shown as one."""


class CancelToken:
    """A flag that one thread sets and a worker asks between its steps."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the worker to stop at its next step; may be called from any thread and more than once."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        return self._event.is_set()

    def raise_if_cancelled(self) -> None:
        """Raise Cancelled once :meth:`cancel` was called."""
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What a person chooses an engine by.

    ``name`` is unique and the stem of its files; ``classes`` the 24 class names in order, or
    ``("chromosome",)``; ``rotated`` whether its boxes have an angle; ``weights_hash`` the SHA-256 of
    what was loaded; ``operating_threshold`` the score in [0, 1] above which its detections are
    proposed; ``card`` everything else that is known of it (data, training, figures, licences).
    """

    name: str
    title: str
    classes: tuple[str, ...]
    rotated: bool
    weights_hash: str
    operating_threshold: float
    card: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def names_classes(self) -> bool:
        """Whether the engine gives a class to each chromosome."""
        return self.classes != ONE_CLASS


@runtime_checkable
class Detector(Protocol):
    """A loaded engine. Not thread-safe: one thread calls it."""

    info: EngineInfo

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        """Detections for each image, in order, in the image's own pixels, by falling score.

        Detections below the setting ``threshold`` (the card's operating threshold unless set) are
        left out. Cancelling is noticed between batches and raises Cancelled. Raises EngineError
        when the device fails.
        """
        ...
