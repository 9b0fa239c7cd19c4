"""The present cell in the window: its boxes, marks, selection, counts, doubts and suggestions."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from karyoview.core.annotation import CountMark, ImageAnnotation, ReviewState
from karyoview.core.detection import Detections
from karyoview.core.karyogram import Karyogram
from karyoview.gui.canvas.box_layer import OverlayBox, ShownBox
from karyoview.gui.case_controller import CaseController
from karyoview.gui.doubt_cache import DoubtCache
from karyoview.gui.engine_runner import EngineRunner
from karyoview.gui.layout import Panels
from karyoview.gui.messages import class_names, sex_word
from karyoview.review.blind_count import BlindCount
from karyoview.review.commands import Change
from karyoview.review.doubt import worst_by_chromosome
from karyoview.review.session import Event, ReviewSession

SUGGESTED = "#F0E442"


class CellPresenter(QObject):
    """Draws the session's present cell; during a blind count only the own marks."""

    def __init__(
        self,
        controller: CaseController,
        runner: EngineRunner,
        doubts: DoubtCache,
        blind: BlindCount,
        panels: Panels,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._controller, self._runner, self._doubts = controller, runner, doubts
        self._blind, self._panels = blind, panels
        self._show_scores = False
        self._compared: Sequence[OverlayBox] = ()

    def update(self, event: Event) -> None:
        """Draw what an event of the present cell changed."""
        session = self._session()
        if session is None:
            return
        if event.change & (Change.BOXES | Change.LABELS | Change.MARKS | Change.SUGGESTIONS):
            self.show_boxes()
        elif event.change & Change.SELECTION:
            self._panels.view.set_selected(session.selected)
            self._show_selection(session)
        if event.change & ~Change.SELECTION:
            self.show_counts()
        if event.change & Change.SUGGESTIONS:
            self.show_suggestions()
        if event.travel and event.place is not None:
            self._panels.view.travel_to(*event.place)

    def show_all(self) -> None:
        """Draw everything of the present cell."""
        self.show_boxes()
        self.show_counts()
        self.show_suggestions()

    def show_scores(self, shown: bool) -> None:
        """Show the proposals' scores beside their classes, or not."""
        self._show_scores = shown
        self.show_boxes()

    def show_boxes(self) -> None:
        """Show the present cell's boxes, marks and selection."""
        session, view = self._session(), self._panels.view
        if session is None:
            return
        if self._blind.active:
            view.set_boxes([], ())
            view.set_marks([CountMark(str(i), x, y) for i, (x, y) in enumerate(self._blind.marks())])
        else:
            view.set_boxes(self._shown_boxes(session), session.selected)
            view.set_marks(session.annotation().count_marks, self._blind.compared)
        self._show_selection(session)

    def show_counts(self) -> None:
        """Show header, palette and doubts of the present cell."""
        session = self._session()
        if session is None:
            return
        annotation, withheld = session.annotation(), self._controller.sex_withheld
        found = self._doubts.of(session.current)
        place = f"({session.images.index(session.current) + 1}/{len(session.images)})"
        blind = len(self._blind.marks()) if self._blind.active else None
        self._panels.header.show_cell(annotation, place, found, withheld, blind, self._remark(annotation))
        self._panels.inspector.show_counts(None if self._blind.active else annotation, withheld)
        names = class_names(withheld)
        labels = {c.id: "" if c.label is None else names[c.label] for c in annotation.chromosomes}
        self._panels.inspector.show_doubts([] if self._blind.active else found, labels)

    def show_suggestions(self) -> None:
        """Show late results as overlay boxes with a banner."""
        found = self._suggestions()
        if found is None:
            self._panels.banner.hide()
        else:
            self._panels.banner.offer(len(found), found.provenance.engine)
        self._show_overlays(found)

    def show_compared(self, overlays: Sequence[OverlayBox]) -> None:
        """What the comparison of two engines shows; suggestions of the cell go before it."""
        self._compared = overlays
        self._show_overlays(self._suggestions())

    def _remark(self, annotation: ImageAnnotation) -> str:
        """What the engine said of the cell as a whole, in a quiet line: no metaphase, or a look that is new to it."""
        if annotation.state not in (ReviewState.NEW, ReviewState.PROPOSED, ReviewState.IN_REVIEW):
            return ""
        found = self._runner.result(annotation.image)
        if found is None:
            return ""
        if not found.metaphase and not annotation.total():
            return self.tr("no metaphase found; Shift+I looks anyway")
        if found.novelty is not None and found.novelty > 1.0:
            return self.tr("new look: training helps")
        return ""

    def _session(self) -> ReviewSession | None:
        session = self._controller.session
        return session if session is not None and session.current else None

    def _suggestions(self) -> Detections | None:
        session = self._session()
        return session.suggestions.get(session.current) if session is not None and not self._blind.active else None

    def _show_overlays(self, suggestions: Detections | None) -> None:
        if suggestions is not None:
            names = class_names(self._controller.sex_withheld)
            self._panels.view.set_overlays(
                [OverlayBox(d.box, "?" if d.label is None else names[d.label], SUGGESTED) for d in suggestions.items]
            )
        else:
            self._panels.view.set_overlays([] if self._blind.active else self._compared)

    def _shown_boxes(self, session: ReviewSession) -> list[ShownBox]:
        names, sex = class_names(self._controller.sex_withheld), sex_word()
        worst = worst_by_chromosome(self._doubts.of(session.current))
        shown = []
        for item in session.annotation().chromosomes:
            level = int(worst[item.id].level) if item.id in worst else 0
            text = names[item.label] if item.label is not None else "?" if not level else ""
            score = getattr(item, "score", None)
            if self._show_scores and score is not None:
                text = f"{text or '?'} {score:.2f}"
            label = None if item.label is not None and names[item.label] == sex else item.label
            shown.append(ShownBox(item.id, item.box, label, text, item.is_human, level))
        return shown

    def _show_selection(self, session: ReviewSession) -> None:
        worst = worst_by_chromosome(self._doubts.of(session.current))
        chosen = () if self._blind.active else session.selection()
        mirrored = Karyogram.of(session.annotation()).mirrored
        names = class_names(self._controller.sex_withheld)
        self._panels.inspector.show_selection(chosen, worst, names, mirrored)
