"""The karyogram board without a window: strips, layout, and moves as steps of the review session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.karyogram import MARKERS, TRAY, Karyogram
from karyoview.core.karyogram_notes import KaryogramNote, notes_of
from karyoview.imaging.karyogram_layout import CellCutouts, Layout, Strip, follow, label_room, lay_out
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.imaging.karyogram_shapes import place_note
from karyoview.imaging.lengths import check_lengths
from karyoview.imaging.masks import GreyArray
from karyoview.imaging.stored_look import look_of
from karyoview.review import karyogram_edits
from karyoview.review.edits import new_id
from karyoview.review.session import ReviewSession
from karyoview.review.summary import headline


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """A cell cut out for the board: its chromosomes, the strips made of them, and the look that these have."""

    cutouts: CellCutouts
    look: KaryogramLook
    strips: Mapping[str, Strip]


class BoardModel:
    """The board of the session's current cell; every move is one undo step of the session."""

    def __init__(self, session: ReviewSession) -> None:
        self.session = session
        self.image = ""
        self.strips: dict[str, Strip] = {}
        self.beside = 0.0
        self.aspect = 0.0
        self.tried: KaryogramLook | None = None
        """A look that is only tried, as while a slider moves; nothing of it is kept."""
        self._drawn: ImageAnnotation | None = None
        self._cut: Cut | None = None
        self._originals: tuple[Cut, dict[str, Strip]] | None = None

    @property
    def annotation(self) -> ImageAnnotation:
        """The annotation of the cell that is shown."""
        return self.session.annotation(self.image)

    @property
    def look(self) -> KaryogramLook:
        """How the chromosomes are to be shown: as is tried, else as the cell says."""
        return self.tried or look_of(self.annotation)

    def karyogram(self) -> Karyogram:
        """The karyogram as it is now."""
        return Karyogram.of(self.annotation)

    def layout(self) -> Layout:
        """Where everything stands."""
        label_height = label_room(self.strips)
        return lay_out(self.karyogram(), self.strips, label_height=label_height, beside=self.beside, aspect=self.aspect)

    def clear(self) -> None:
        """Forget the cell that was shown."""
        self.strips, self._cut, self._drawn, self.tried, self._originals = {}, None, None, None, None

    def take(self, cut: Cut) -> None:
        """Show a cell that was cut out."""
        self._drawn, self._cut = cut.cutouts.annotation, cut
        self.image, self.strips = cut.cutouts.annotation.image, dict(cut.strips)

    def follow(self) -> bool:
        """Bring the strips up to the present annotation and look; False when they have to be cut out again."""
        if self._drawn is None or self._cut is None or self._drawn.image != self.session.current:
            return False
        now = self.annotation
        if self.look != self._cut.look:
            return self._restyle()
        found = follow(self.strips, self._drawn, now)
        if found is None:
            return False
        self.strips, self._drawn = found, now
        return True

    def _restyle(self) -> bool:
        """The same cut-outs in the present look, where no box and no outline changed since."""
        cutouts = self.cutouts()
        if cutouts is None:
            return False
        self.take(self.styled(cutouts, self.look))
        return True

    def originals(self) -> dict[str, Strip]:
        """Every chromosome as it was cut from the picture: bent as it is, its greys untouched."""
        if self._cut is None:
            return {}
        if self._originals is None or self._originals[0] is not self._cut:
            ids = frozenset(c.id for c in self._cut.cutouts.annotation.chromosomes)
            self._originals = (self._cut, self._cut.cutouts.strips(replace(self._cut.look, original=ids)))
        return self._originals[1]

    def cutouts(self) -> CellCutouts | None:
        """The cut-outs of the cell with its present classes; None where they have to be made anew."""
        if self._cut is None:
            return None
        cutouts, now = self._cut.cutouts, self.annotation
        if now == cutouts.annotation:
            return cutouts
        before = [(c.id, c.box, c.mask, c.axis) for c in cutouts.annotation.chromosomes]
        if before != [(c.id, c.box, c.mask, c.axis) for c in now.chromosomes]:
            return None
        return CellCutouts(cutouts.pixels, now, cutouts.masks)

    @staticmethod
    def cut(pixels: GreyArray, annotation: ImageAnnotation, look: KaryogramLook) -> Cut:
        """Cut out the chromosomes of a cell; slow (some tenths of a second), for a worker."""
        return BoardModel.styled(CellCutouts.of(pixels, annotation), look)

    @staticmethod
    def styled(cutouts: CellCutouts, look: KaryogramLook) -> Cut:
        """Strips of a look, of chromosomes that are cut out already."""
        return Cut(cutouts, look, cutouts.strips(look))

    # The look

    def set_look(self, look: KaryogramLook) -> None:
        """Show the cell so from now on, in report and exports too."""
        self.tried = None
        self.session.do(karyogram_edits.set_look(self.annotation, look), "karyogram look")

    def toggle_straight(self, chromosomes: Sequence[str]) -> None:
        """Straightened ones as they were, the others straightened; of none named, all."""
        look = look_of(self.annotation)
        if not chromosomes:
            self.set_look(replace(look, straight=not look.straight, unlike=frozenset()))
            return
        self.set_look(replace(look, unlike=look.unlike ^ set(chromosomes), original=look.original - set(chromosomes)))

    def toggle_original(self, chromosomes: Sequence[str]) -> None:
        """As cut from the picture, or as before; of none named, all."""
        look = look_of(self.annotation)
        named = frozenset(chromosomes or (c.id for c in self.annotation.chromosomes))
        original = look.original - named if named <= look.original else look.original | named
        self.set_look(replace(look, original=original))

    # Arrows and texts

    def add_note(self, tip: tuple[float, float], tail: tuple[float, float], text: str = "", arrow: bool = False) -> str:
        """An arrow or text at a place of the layout, fixed to the chromosome it is nearest to; → its id.

        ``tip`` is what it points at, ``tail`` where the arrow begins or the text stands. KaryoViewError on an empty
        board.
        """
        layout = self.layout()
        note = place_note(tip, layout, self.strips)
        if note is None:
            raise KaryoViewError("There is no chromosome here yet; run an engine (I) or draw boxes (R, O) first.")
        made = replace(note, id=new_id(), dx=tail[0] - tip[0], dy=tail[1] - tip[1], text=text, arrow=arrow)
        self.put_note(made)
        return made.id

    def put_note(self, note: KaryogramNote) -> None:
        """Keep a note, in place of the one of its id; one without arrow and text is taken away."""
        self.session.do(karyogram_edits.put_note(self.annotation, note), "karyogram note")

    def remove_note(self, note: str) -> None:
        """Take a note away."""
        self.session.do(karyogram_edits.remove_notes(self.annotation, [note]), "karyogram note")

    def notes(self) -> tuple[KaryogramNote, ...]:
        """The arrows and texts of the cell."""
        return notes_of(self.annotation)

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
