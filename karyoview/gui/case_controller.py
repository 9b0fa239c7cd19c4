"""What the window works on: the open case, its session, and all work beside the window's thread."""

from __future__ import annotations

import getpass
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import Detections
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.protocol import EngineInfo
from karyoview.detectors.registry import available_engines
from karyoview.gui.canvas.image_item import to_qimage
from karyoview.gui.main_thread import MainThread
from karyoview.imaging.display import Adjustments, foreground, pyramid, render
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.label_places import BackgroundMap
from karyoview.review.commands import Change
from karyoview.review.doubt import Doubt, doubts
from karyoview.review.session import Event, ReviewSession
from karyoview.services.inference import InferenceRunner, Progress, Request, RunFinished, engine_settings
from karyoview.services.jobs import Pool, Saver
from karyoview.services.settings import Settings

_log = logging.getLogger(__name__)
THUMB = 112
_KEPT = 5


@dataclass(frozen=True, slots=True)
class LoadedImage:
    """A decoded metaphase with all that the view needs; made in a worker."""

    image: MetaphaseImage
    pixels: npt.NDArray[np.uint8]
    ground: BackgroundMap


class CaseController(QObject):
    """The open case. Signals arrive in the window's thread; methods belong to it."""

    opened = Signal()
    closed = Signal()
    opening_failed = Signal(str)
    changed = Signal(object)
    image_ready = Signal(str)
    image_failed = Signal(str, str)
    pyramid_ready = Signal(str, list)
    thumb_ready = Signal(str, QImage)
    saved = Signal(str, str)
    progressed = Signal(object)
    run_ended = Signal(object)
    message = Signal(str)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.main_thread = MainThread(self)
        self.case: Case | None = None
        self.session: ReviewSession | None = None
        self.last_run = RunFinished(0, 0)
        self._saver: Saver | None = None
        self._runner: InferenceRunner | None = None
        self._pool = Pool(2)
        self._thumb_pool = Pool(1)
        self._pictures: OrderedDict[str, LoadedImage] = OrderedDict()
        self._requested = ""
        self._loading: set[str] = set()
        self._rendering: tuple[str, Adjustments] | None = None
        self._pending_render: tuple[str, Adjustments] | None = None
        self._doubts: dict[str, tuple[tuple[int, str, bool], list[Doubt]]] = {}
        self._proposals: OrderedDict[tuple[str, str], Detections | None] = OrderedDict()
        self._engines: list[EngineInfo] | None = None
        self._lengths: tuple[float, ...] | None = None
        self.second_engine = ""

    # Opening and closing

    @property
    def person(self) -> str:
        """Who works here, as printed in the record."""
        name: str = self.settings["person"]
        if name:
            return name
        try:
            return getpass.getuser()
        except (OSError, KeyError):
            return "unnamed"

    def change_person(self) -> None:
        """Somebody else goes on: edits from now on carry the other name, in the file and in the record."""
        case, person = self.case, self.person
        if case is None or self.session is None or self.session.person == person:
            return
        self.session.person = person
        if self._saver is not None and not case.read_only:
            self._saver.after(lambda: case.change_user(person))

    def open(self, folder: Path) -> None:
        """Open a folder as the case, in the background; :attr:`opened` or :attr:`opening_failed` follows."""
        person = self.person

        def work() -> tuple[Case, list[ImageAnnotation], list[str]]:
            case = Case.open(folder, user=person)
            found, problems = [], []
            for cell in case.cells:
                try:
                    found.append(case.annotation(cell.image))
                except KaryoViewError as error:
                    problems.append(str(error))
            return case, found, problems

        done = self.main_thread.wrap(lambda result: self._opened(*result))
        self._pool.submit(work, done, self.main_thread.wrap(self.opening_failed.emit))

    def close_case(self) -> bool:
        """Finish saving and close; False when something could not be saved."""
        if self.case is None:
            return True
        if self._runner is not None and self._runner.busy:
            self._runner.cancel()
        clean = self._saver.close() if self._saver is not None else True
        self.case.close()
        self.case = self.session = self._saver = None
        self._pictures.clear()
        self._doubts.clear()
        self._proposals.clear()
        self._loading.clear()
        self._requested = ""
        self.closed.emit()
        return clean

    def shut_down(self) -> bool:
        """End all work; False when something could not be saved."""
        if self._runner is not None:
            self._runner.cancel()
        clean = self.close_case()
        self.main_thread.close()
        self._thumb_pool.close()
        self._pool.close()
        if self._runner is not None:
            self._runner.close()
        return clean

    def _opened(self, case: Case, annotations: list[ImageAnnotation], problems: list[str]) -> None:
        self.close_case()
        self.case = case
        self._saver = Saver(case.save_annotation, self.main_thread.wrap(self._saved))
        self.session = ReviewSession(annotations, self._save, self.person)
        self.refresh_lock()
        self.session.subscribe(self._on_event)
        self.settings.remember_case(case.folder)
        self.opened.emit()
        for sentence in (*case.notices, *problems):
            self.message.emit(sentence)
        for image in self.session.images:
            self._make_thumb(image)

    def _save(self, annotation: ImageAnnotation, action: str, detail: dict[str, Any]) -> None:
        if self._saver is not None:
            self.saved.emit("saving", "")
            self._saver.save(annotation, action, detail)

    def _saved(self, state: str, sentence: str) -> None:
        # What is said here was true a moment ago; an edit made since is still on its way.
        if state == "failed" or (self._saver is not None and not self._saver.busy):
            self.saved.emit(state, sentence)

    def refresh_lock(self) -> None:
        """Let the session refuse edits while the case cannot be written or is approved, and take them again after."""
        if self.case is None or self.session is None:
            return
        approved = self.tr("The case is approved; amend it (Karyotype, Report and signatures) to change it.")
        locked = approved if self.case.settings.locked else ""
        self.session.read_only_reason = self.case.read_only_reason or locked

    def all_saved(self, seconds: float = 10.0) -> bool:
        """Wait a moment for what is on its way to the disk; whether all of it is there."""
        saver, end = self._saver, time.monotonic() + seconds
        while saver is not None and saver.busy and time.monotonic() < end:
            time.sleep(0.005)
        return saver is None or not (saver.busy or saver.dirty)

    def save_again(self) -> None:
        """Try again what could not be saved."""
        if self._saver is not None:
            self._saver.retry()

    # Pictures

    def request_image(self, image: str) -> None:
        """Load a picture for the view, and the neighbours after it; :attr:`image_ready` follows."""
        self._requested = image
        if image in self._pictures:
            self._pictures.move_to_end(image)
            self.image_ready.emit(image)
        else:
            self._load(image)

    def image(self, image: str) -> LoadedImage | None:
        """A picture that is in memory."""
        return self._pictures.get(image)

    def evict(self, image: str) -> None:
        """Decode it again next time (its scale was changed)."""
        self._pictures.pop(image, None)

    def render(self, image: str, how: Adjustments) -> None:
        """Make the pyramid of a picture in a worker, the latest request first; :attr:`pyramid_ready` follows."""
        if self._rendering is not None:
            self._pending_render = (image, how)
            return
        picture = self._pictures.get(image)
        if picture is None:
            return
        self._rendering = (image, how)

        def work() -> list[QImage]:
            return [to_qimage(level) for level in pyramid(render(picture.pixels, how))]

        failed = self.main_thread.wrap(lambda sentence: self._shown(image, [], sentence))
        self._pool.submit(work, self.main_thread.wrap(lambda levels: self._shown(image, levels)), failed)

    def _shown(self, image: str, levels: list[QImage], problem: str = "") -> None:
        self._rendering = None
        if problem:
            self.message.emit(problem)
        elif image == self._requested:
            self.pyramid_ready.emit(image, levels)
        if self._pending_render is not None:
            request, self._pending_render = self._pending_render, None
            self.render(*request)

    def _load(self, image: str) -> None:
        case = self.case
        if case is None or image in self._loading:
            return
        self._loading.add(image)

        def work() -> LoadedImage:
            loaded = case.read_image(image)
            pixels = loaded.to_uint8()
            return LoadedImage(loaded, pixels, BackgroundMap(foreground(pixels), 4))

        done = self.main_thread.wrap(lambda picture: self._loaded(case, image, picture))
        failed = self.main_thread.wrap(lambda sentence: self._not_loaded(case, image, sentence))
        self._pool.submit(work, done, failed)

    def _loaded(self, case: Case, image: str, picture: LoadedImage) -> None:
        self._loading.discard(image)
        if case is not self.case or self.session is None:
            return
        self._pictures[image] = picture
        while len(self._pictures) > _KEPT:
            oldest = next(k for k in self._pictures if k != self._requested)
            del self._pictures[oldest]
        shape = (picture.image.height, picture.image.width)
        self.session.set_size(image, shape, picture.image.sha256)
        if image == self._requested:
            self.image_ready.emit(image)
            images = self.session.images
            after = images.index(image) + 1
            if after < len(images) and images[after] not in self._pictures:
                self._load(images[after])
        for note in picture.image.notes:
            self.message.emit(f"{image}: {note}" if image not in note else note)

    def _not_loaded(self, case: Case, image: str, sentence: str) -> None:
        self._loading.discard(image)
        if case is self.case and image == self._requested:
            self.image_failed.emit(image, sentence)

    def _make_thumb(self, image: str) -> None:
        case = self.case
        if case is None:
            return

        def work() -> QImage:
            pixels = case.read_image(image).to_uint8()
            scale = THUMB / max(pixels.shape)
            size = (max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1))
            return to_qimage(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))

        def done(thumb: QImage) -> None:
            if case is self.case:
                self.thumb_ready.emit(image, thumb)

        empty = self.main_thread.wrap(lambda sentence: done(QImage()))
        self._thumb_pool.submit(work, self.main_thread.wrap(done), empty)

    # Engines

    def engines(self) -> list[EngineInfo]:
        """The engines on this machine; read once."""
        if self._engines is None:
            try:
                self._engines = available_engines()
            except KaryoViewError as error:
                self.message.emit(str(error))
                self._engines = []
        return self._engines

    def refresh_engines(self) -> None:
        """Look again for engines (after a training)."""
        self._engines = None

    def engine(self) -> EngineInfo | None:
        """The chosen engine, the default one where none was chosen."""
        found = self.engines()
        return next((e for e in found if e.name == self.settings["engine"]), found[0] if found else None)

    def threshold(self, engine: EngineInfo) -> float:
        """The threshold for an engine's proposals."""
        return self.settings.threshold(engine.name, engine.operating_threshold)

    @property
    def running(self) -> bool:
        return self._runner is not None and self._runner.busy

    def run_engine(self, images: Iterable[str], engine: EngineInfo | None = None, here: bool = False) -> None:
        """Ask an engine about cells in the background; ``here`` when a person asked about just this cell."""
        engine = engine or self.engine()
        case, session = self.case, self.session
        if case is None or session is None:
            return
        if engine is None:
            self.message.emit(self.tr("No engine with weights was found. Help, Engines says where to put weights."))
            return
        if self.running:
            self.message.emit(self.tr("An engine is running; cancel it first (Ctrl+.) or wait for it to end."))
            return
        if self._runner is None:
            self._runner = InferenceRunner()
        cells = [Request(i, session.annotation(i).revision) for i in images]
        if not cells:
            self.message.emit(self.tr("There is no cell left to ask about."))
            return
        compare = engine.name == self.second_engine
        report = self.main_thread.wrap(lambda message: self._report(case, engine, message, here, compare))
        keep: Callable[[Detections], None] = case.save_proposals if not case.read_only else _keep_nothing
        self._runner.ask(
            engine.name, cells, case.read_image, report, self.settings["device"],
            engine_settings(self.settings["quality"], engine.card), keep,
        )  # fmt: skip
        self.progressed.emit(Progress(0, len(cells), "loading"))

    def cancel_run(self) -> None:
        """Stop the present run; the window hears of it at once."""
        if self._runner is not None:
            self._runner.cancel()

    def proposals(self, image: str, engine: str) -> Detections | None:
        """What an engine said about a cell, from memory or disk; None when it was not asked."""
        key = (image, engine)
        if key not in self._proposals and self.case is not None:
            try:
                self._proposals[key] = self.case.proposals(image, engine)
            except KaryoViewError as error:
                self.message.emit(str(error))
                self._proposals[key] = None
        while len(self._proposals) > 200:
            self._proposals.popitem(last=False)
        return self._proposals.get(key)

    def rethreshold(self, value: float, all_cells: bool) -> None:
        """Show the present engine's stored proposals at another threshold; other untouched cells only on demand."""
        engine, session = self.engine(), self.session
        if engine is None or session is None or session.read_only_reason:
            return
        self.settings.set_threshold(engine.name, value)
        for image in session.images if all_cells else (session.current,):
            if not image:
                continue
            state = session.annotation(image).state.value
            found = self.proposals(image, engine.name) if state in ("proposed", "in_review") else None
            if found is not None:
                session.rethreshold(found, value)

    def _report(self, case: Case, engine: EngineInfo, message: Any, here: bool, compare: bool) -> None:
        if case is not self.case or self.session is None:
            return
        if isinstance(message, Detections):
            self._proposals[message.image, engine.name] = message
            self._doubts.pop(message.image, None)
            if compare:
                self.changed.emit(Event(message.image, Change.SUGGESTIONS | Change.LABELS))
            elif not self.session.receive(message, self.threshold(engine), here):
                self.message.emit(
                    self.tr("{0}: a person worked here meanwhile; new finds are shown as suggestions.").format(
                        message.image
                    )
                )
            if message.note:
                self.message.emit(f"{message.image}: {message.note}")
        elif isinstance(message, RunFinished):
            self.last_run = message
            self.run_ended.emit(message)
        else:
            self.progressed.emit(message)

    # Doubts

    def doubts(self, image: str) -> list[Doubt]:
        """Open doubts of a cell; kept until the cell changes."""
        if self.session is None:
            return []
        annotation = self.session.annotation(image)
        kept = self._doubts.get(image)
        withheld = self.case is not None and self.case.settings.sex_withheld
        key = (annotation.revision, self.second_engine, withheld)
        if kept is None or kept[0] != key:
            other = self.proposals(image, self.second_engine) if self.second_engine else None
            if other is not None:
                engine = next((e for e in self.engines() if e.name == self.second_engine), None)
                other = other.above(self.threshold(engine)) if engine else other
            kept = (key, doubts(annotation, other, self._relative_lengths(), withheld))
            self._doubts[image] = kept
        return kept[1]

    def _relative_lengths(self) -> Sequence[float]:
        if self._lengths is None:
            try:
                table = load_bands(550)
                self._lengths = tuple(table.relative_length(c.label) for c in CLASSES)
            except (KaryoViewError, OSError) as error:
                _log.warning("No band table, sizes are not judged: %s", error)
                self._lengths = ()
        return self._lengths

    def _on_event(self, event: Event) -> None:
        self.changed.emit(event)

    def run_in_pool(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Run something else in the background; errors become a note."""
        self._pool.submit(work, self.main_thread.wrap(done), self.main_thread.wrap(self.message.emit))


def _keep_nothing(detections: Detections) -> None:
    """On a read-only case results are shown and not stored."""
