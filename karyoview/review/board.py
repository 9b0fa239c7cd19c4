"""The karyogram board without a window: strips, layout, and moves as steps of the review session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.karyogram import MARKERS, TRAY, Karyogram
from karyoview.imaging.karyogram_layout import Layout, Strip, follow, label_room, lay_out, make_strips
from karyoview.imaging.karyogram_look import USUAL_STRENGTH, KaryogramLook
from karyoview.imaging.lengths import check_lengths
from karyoview.imaging.masks import GreyArray
from karyoview.review import karyogram_edits
from karyoview.review.session import ReviewSession
from karyoview.review.summary import headline


class BoardModel:
    """The board of the session's current cell; every move is one undo step of the session."""

    def __init__(self, session: ReviewSession) -> None:
        self.session = session
        self.image = ""
        self.strips: dict[str, Strip] = {}
        self.beside = 0.0
        self.aspect = 0.0
        self._drawn: ImageAnnotation | None = None

    @property
    def annotation(self) -> ImageAnnotation:
        """The annotation of the cell that is shown."""
        return self.session.annotation(self.image)

    def karyogram(self) -> Karyogram:
        """The karyogram as it is now."""
        return Karyogram.of(self.annotation)

    def layout(self) -> Layout:
        """Where everything stands."""
        label_height = label_room(self.strips)
        return lay_out(self.karyogram(), self.strips, label_height=label_height, beside=self.beside, aspect=self.aspect)

    def take(self, annotation: ImageAnnotation, strips: Mapping[str, Strip]) -> None:
        """Show these strips, which were made for ``annotation``."""
        self.image, self._drawn, self.strips = annotation.image, annotation, dict(strips)

    def follow(self) -> bool:
        """Bring the strips up to the present annotation; False when they have to be cut out again."""
        if self._drawn is None or self._drawn.image != self.session.current:
            return False
        now = self.annotation
        found = follow(self.strips, self._drawn, now)
        if found is None:
            return False
        self.strips, self._drawn = found, now
        return True

    @staticmethod
    def cut(pixels: GreyArray, annotation: ImageAnnotation, enhance: bool, straight: bool) -> dict[str, Strip]:
        """The strips of a cell; slow (some tenths of a second), for a worker."""
        return make_strips(pixels, annotation, KaryogramLook(USUAL_STRENGTH if enhance else 0.0, straight=straight))

    # Moves

    def move(self, chromosome: str, slot: str, position: int | None = None) -> None:
        """Into a slot: a class, the markers or the tray."""
        if self.karyogram().move(chromosome, slot, position) != self.karyogram():
            after = karyogram_edits.move(self.annotation, chromosome, slot, self.session.person, position)
            self.session.do(after, "karyogram move", (chromosome,))

    def swap(self, first: str, second: str) -> None:
        """Two chromosomes change places."""
        after = karyogram_edits.swap(self.annotation, first, second, self.session.person)
        self.session.do(after, "karyogram swap", (first, second))

    def mirror(self, chromosome: str, confirmed: bool) -> None:
        """Mirror image; refused unless confirmed."""
        after = karyogram_edits.mirror(self.annotation, chromosome, self.session.person, confirmed)
        self.session.do(after, "karyogram mirror", (chromosome,))

    def rotate(self, chromosome: str, degrees: float) -> None:
        """Turn the axis a little."""
        after = karyogram_edits.rotate(self.annotation, chromosome, degrees, self.session.person)
        self.session.do(after, "rotate", (chromosome,))

    def drop(self, chromosome: str, x: float, y: float) -> str:
        """Put a dragged chromosome where it was let go; returns the slot. KaryoViewError outside all slots."""
        layout = self.layout()
        slot = layout.slot_at(x, y)
        if slot is None:
            raise KaryoViewError("There is no slot here; drop a chromosome on a class, the markers or the tray.")
        without = replace(layout, placed=tuple(p for p in layout.placed if p.id != chromosome))
        self.move(chromosome, slot, without.position_in(slot, x))
        return slot

    def next_id(self, chromosome: str, step: int) -> str:
        """The chromosome after (or before) one in reading order of the board."""
        order = [i for slot in (*(c.label for c in CLASSES), MARKERS, TRAY) for i in self.karyogram().slots[slot]]
        if not order:
            return ""
        return order[(order.index(chromosome) + step) % len(order)] if chromosome in order else order[0]

    def remarks(self) -> dict[str, str]:
        """What is unusual for the class, by chromosome: length or centromere beyond 3 SD, bands the other way up."""
        items = [(c, self.strips[c.id]) for c in self.annotation.chromosomes if c.id in self.strips]
        places = [s.centromere / max(s.pixels.shape[0], 1) for _, s in items]
        found = check_lengths([s.length for _, s in items], [c.label for c, _ in items], places)
        texts = {}
        for (item, strip), one in zip(items, found, strict=True):
            words = list(one.remarks) if one is not None else []
            if strip.polarity_doubt:
                words.append("the bands fit better the other way up")
            if words:
                texts[item.id] = ", ".join(words)
        return texts

    def headline(self, sex_withheld: bool = False) -> str:
        """The window's headline, as ``47  +21``, or – where nothing is boxed."""
        shown = headline(self.annotation, sex_withheld)
        return shown.text if shown.total else "–"
