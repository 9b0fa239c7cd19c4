"""The open doubts of each cell, kept until the cell changes."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from PySide6.QtCore import QObject

from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.gui.case_controller import CaseController
from karyoview.gui.engine_runner import EngineRunner
from karyoview.imaging.ideogram import load_bands
from karyoview.review.doubt import Doubt, doubts

_log = logging.getLogger(__name__)


class DoubtCache(QObject):
    """Finds the doubts of a cell of the open case, the compared engine's disagreement among them."""

    def __init__(self, controller: CaseController, runner: EngineRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller, self._runner = controller, runner
        self._doubts: dict[str, tuple[tuple[int, str, bool], list[Doubt]]] = {}
        self._lengths: tuple[float, ...] | None = None
        controller.closed.connect(self._doubts.clear)
        runner.result_arrived.connect(self._forget)

    def of(self, image: str) -> list[Doubt]:
        """Open doubts of a cell, the most urgent first."""
        session = self._controller.session
        if session is None:
            return []
        annotation, withheld = session.annotation(image), self._controller.sex_withheld
        key = (annotation.revision, self._runner.second_engine, withheld)
        kept = self._doubts.get(image)
        if kept is None or kept[0] != key:
            other = self._runner.second_proposals(image)
            kept = (key, doubts(annotation, other, self._relative_lengths(), withheld))
            self._doubts[image] = kept
        return kept[1]

    def _forget(self, image: str) -> None:
        self._doubts.pop(image, None)

    def _relative_lengths(self) -> Sequence[float]:
        if self._lengths is None:
            try:
                table = load_bands(550)
                self._lengths = tuple(table.relative_length(c.label) for c in CLASSES)
            except (KaryoViewError, OSError) as error:
                _log.warning("No band table, sizes are not judged: %s", error)
                self._lengths = ()
        return self._lengths
