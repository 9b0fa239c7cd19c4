"""Homologues that differ more than pairs of their class do: marked on the board, and gone through one by one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from karyoview.core.annotation import ImageAnnotation
from karyoview.gui.karyogram.board_view import PairDoubt
from karyoview.gui.karyogram.shown_board import ShownBoard
from karyoview.imaging.homologue_doubts import HomologueDoubt, homologue_doubts


class PairWalk(QObject):
    """What the board says of pairs that differ; each is a doubt for a person, never a finding.

    The comparison runs elsewhere, once for each arrangement of the cell: a pair is another one when classes change.
    """

    def __init__(self, board: ShownBoard, parent: QObject) -> None:
        super().__init__(parent)
        self._board = board
        self._found: tuple[HomologueDoubt, ...] = ()
        self._key: object = None
        self._asked: object = None

    def follow(self) -> None:
        """Compare the pairs of the cell that is shown, where that was not done yet."""
        model = self._board.model
        if model is None or not model.strips:
            self._found, self._key = (), None
            return
        key = _arrangement(model.annotation)
        if key == self._key or self._asked is not None:
            return
        cutouts = model.cutouts()
        if cutouts is None:
            return
        self._asked = key
        self._board.run(lambda: tuple(homologue_doubts(cutouts)), lambda found: self._done(key, found))

    def _done(self, key: object, found: tuple[HomologueDoubt, ...]) -> None:
        self._asked = None
        changed = found != self.doubts()
        self._found, self._key = found, key
        if changed:
            self._board.show_layout()
        else:
            self.follow()

    def doubts(self) -> tuple[HomologueDoubt, ...]:
        """The doubts of the cell that is shown; none of sex chromosomes where sex is withheld."""
        model = self._board.model
        if model is None or self._key is None or self._key != _arrangement(model.annotation):
            return ()
        return tuple(d for d in self._found if not (self._board.sex_withheld and d.label in ("X", "Y")))

    def shown(self) -> tuple[PairDoubt, ...]:
        """The pairs to mark, with what is said of each; several doubts of one pair are one mark."""
        words: dict[tuple[str, str], list[str]] = {}
        for doubt in self.doubts():
            words.setdefault((doubt.first, doubt.second), []).append(doubt.sentence())
        return tuple(PairDoubt(*pair, " ".join(texts)) for pair, texts in words.items())

    def places(self) -> dict[str, float]:
        """Where on a chromosome the difference is, 0 at its upper end to 1, by id."""
        return {i: d.at for d in self.doubts() for i in (d.first, d.second)}

    def sentences(self, chromosomes: Sequence[str]) -> list[str]:
        """What is doubted of these chromosomes."""
        return [d.sentence() for d in self.doubts() if {d.first, d.second} & set(chromosomes)]

    def next(self) -> None:
        """Select the next pair that differs, and show it large."""
        board, pairs = self._board, self.shown()
        if board.model is None or not board.model.strips:
            return
        if not pairs:
            board.message.emit(self.tr("No pair of this cell differs more than pairs of its class do."))
            return
        chosen = set(board.model.session.selected)
        at = next((k for k, pair in enumerate(pairs) if {pair.first, pair.second} == chosen), -1)
        number = (at + 1) % len(pairs)
        pair = pairs[number]
        board.model.session.select([pair.first, pair.second])
        if board.close_up.isHidden():
            board.toggle_close_up()
        board.message.emit(self.tr("Doubt {0} of {1}: {2}").format(number + 1, len(pairs), pair.text))


def _arrangement(annotation: ImageAnnotation) -> object:
    """What the comparison depends on: the cell, its outlines and its classes."""
    return annotation.image, tuple((c.id, c.box, c.mask, c.label) for c in annotation.chromosomes)
