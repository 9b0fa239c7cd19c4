"""Detections, and a disk that remembers what was saved."""

from __future__ import annotations

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box

SIZE = (400, 600)


def detections(image: str = "a.png", number: int = 46, revision: int = 0, engine: str = "e") -> Detections:
    items = tuple(
        Detection(
            Box.rotated(30 + 60 * (k % 9), 30 + 60 * (k // 9), 14, 50 - k / 2, 0.1), 0.99 - k / 100, min(k // 2, 22)
        )
        for k in range(number)
    )
    return Detections(image, SIZE, items, Provenance(engine, revision=revision))


class Disk:
    """Keeps what was saved, as a saver would write it."""

    def __init__(self) -> None:
        self.files: dict[str, ImageAnnotation] = {}
        self.lines: list[tuple[str, str]] = []

    def save(self, annotation: ImageAnnotation, action: str, detail: dict) -> None:
        assert annotation.revision > self.files.get(annotation.image, ImageAnnotation("")).revision
        self.files[annotation.image] = annotation
        self.lines.append((annotation.image, action))
