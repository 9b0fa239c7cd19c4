"""A laboratory's archive placed as a batch, kept, looked at and taken into cases.

A *project* is a folder of ours beside the archive, which is only read: ``pairs.json``, ``placed/`` with one outcome a
pair, and ``cases/``, where cells with truth come to lie. Every outcome is written when it is there, so whoever starts
again goes on; an outcome that a person looked at is never made anew.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from karyoview.case.case import Case
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import Cancelled, CancelToken
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.documents import dump_document, parse_document, read_document
from karyoview.io.images import sha256_of
from karyoview.io.user_data import workspace
from karyoview.services.archive_pairs import ArchiveError, ArchivePair, Matching, counted, match_archive, safe_name
from karyoview.services.archive_placement import VERSION, PairOutcome, place_pair

PAIRS: Final = "pairs.json"
PLACED: Final = "placed"
CASES: Final = "cases"
ACTION: Final = "import karyogram"
CONSENT: Final = "consent to training, given for the archive"
_LOST: Final = "its process was ended twice, as a rule for want of memory; use fewer workers."
_POLL: Final = 0.3  # seconds between two looks for a wish to cancel

Progress = Callable[[int, int, str], None]
"""Called with pairs done, pairs in all, and a sentence about the last one."""


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came into cases: folders, cells that are whole and reviewed, cells to look at, and what was refused."""

    cases: tuple[Path, ...] = ()
    reviewed: int = 0
    to_review: int = 0
    refused: tuple[str, ...] = ()

    def sentence(self) -> str:
        """The outcome for a person."""
        text = f"{counted(self.reviewed, 'cell')} with the whole truth, {self.to_review} to be looked at"
        return f"{text}, {len(self.refused)} left as they are." if self.refused else f"{text}."


class ArchiveProject:
    """One archive being imported; see the module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            (folder / PLACED).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ArchiveError(f"Nothing was begun: {explain(error, folder)}.") from error

    @classmethod
    def of_archive(cls, archive: Path) -> ArchiveProject:
        """The project of an archive in this user's workspace; the same folder has the same one."""
        place = hashlib.sha256(str(archive.resolve()).encode()).hexdigest()[:8]
        return cls(workspace() / "archives" / f"{safe_name(archive.name)}-{place}")

    # Pairs

    def match(
        self, archive: Path, *, cancel: CancelToken | None = None, progress: Progress = lambda done, total, name: None
    ) -> Matching:
        """Match the pictures of an archive and remember the pairs. Raises ArchiveError, Cancelled."""
        matching = match_archive(archive, cancel=cancel, progress=progress)
        self.remember(matching)
        return matching

    def remember(self, matching: Matching) -> None:
        """Write the pairs down."""
        rows = [
            {
                "metaphase": str(p.metaphase), "karyogram": str(p.karyogram), "how": p.how, "case": p.case,
                "order": p.order,
            }
            for p in matching.pairs
        ]  # fmt: skip
        left = [{"picture": str(path), "reason": reason} for path, reason in matching.left]
        self._write(self.folder / PAIRS, {"pairs": rows, "left": left})

    def matching(self) -> Matching:
        """The pairs that were remembered; none where there are no such yet. Raises ArchiveError."""
        path = self.folder / PAIRS
        if not path.is_file():
            return Matching(())
        try:
            document = read_document(path)
            pairs = tuple(
                ArchivePair(Path(r["metaphase"]), Path(r["karyogram"]), r["how"], r["case"], r["order"])
                for r in document["pairs"]
            )
            return Matching(pairs, tuple((Path(r["picture"]), r["reason"]) for r in document["left"]))
        except (OSError, KeyError, TypeError, KaryoViewError) as error:
            raise ArchiveError(f"{path} cannot be read; match the pictures again.") from error

    # Placing

    def outcome(self, pair: ArchivePair) -> PairOutcome | None:
        """What is known of a pair; None where it was not placed yet, or its pictures are others now."""
        path = self._place_of(pair)
        try:
            found = PairOutcome.from_document(read_document(path))
        except (OSError, KeyError, TypeError, ValueError, KaryoViewError):
            return None
        return replace(found, pair=replace(found.pair, how=pair.how, case=pair.case))

    def save(self, outcome: PairOutcome) -> None:
        """Keep what became of a pair, or what a person said of it. Raises ArchiveError."""
        self._write(self._place_of(outcome.pair), outcome.to_document())

    def open_pairs(self, pairs: Sequence[ArchivePair]) -> list[ArchivePair]:
        """Those that are still to be placed: never, with another version, or of pictures that were changed since."""
        return [pair for pair in pairs if self._is_open(pair)]

    def _is_open(self, pair: ArchivePair) -> bool:
        found = self.outcome(pair)
        if found is None:
            return True
        if found.looked_at:
            return False
        if found.version != VERSION or found.pair.order != pair.order or found.reason == _LOST:
            return True
        try:
            return found.digests != (sha256_of(pair.metaphase), sha256_of(pair.karyogram))
        except (OSError, KaryoViewError):
            return False

    def place(
        self, pairs: Sequence[ArchivePair], *, workers: int = 0, scheduler: str = "",
        cancel: CancelToken | None = None, progress: Progress = lambda done, total, text: None,
    ) -> list[PairOutcome]:  # fmt: skip
        """Place what is open of ``pairs``, here, by ``workers`` processes or on a Dask scheduler; → all outcomes.

        Each is kept as it comes, so that a stopped batch goes on. A bad pair stops nothing. When cancelled it ends
        with what there is.
        """
        token = cancel or CancelToken()
        waiting = self.open_pairs(pairs)
        done = len(pairs) - len(waiting)
        progress(done, len(pairs), "")
        if scheduler:
            source = self._on_scheduler(waiting, scheduler, token)
        elif workers and waiting:
            source = _by_processes(waiting, workers, token)
        else:
            source = _one_by_one(waiting, token)
        for outcome in source:
            self.save(outcome)
            done += 1
            progress(done, len(pairs), outcome.sentence())
        return [found for pair in pairs if (found := self.outcome(pair)) is not None]

    def _on_scheduler(self, pairs: Sequence[ArchivePair], scheduler: str, token: CancelToken) -> Iterator[PairOutcome]:
        from karyoview.services.cluster import connect, run_on

        documents = [json.dumps(PairOutcome(pair).to_document()) for pair in pairs]
        with connect(scheduler) as client:
            for number, answer, reason in run_on(client, _placed_document, documents, cancel=token):
                if answer:
                    yield _answered(answer, pairs[number])
                else:
                    yield PairOutcome(pairs[number], reason=f"{pairs[number].name}: {reason}")

    def accept_above(self, confidence: float, pairs: Sequence[ArchivePair] | None = None) -> list[PairOutcome]:
        """Accept every chromosome of at least this confidence in all pairs, keeping what a person said; → outcomes."""
        found = []
        for pair in self.matching().pairs if pairs is None else pairs:
            outcome = self.outcome(pair)
            if outcome is None:
                continue
            changed = outcome.accept_above(confidence)
            if changed != outcome:
                self.save(changed)
            found.append(changed)
        return found

    # Cases

    @property
    def cases(self) -> Path:
        """The folder of the cases that were made."""
        return self.folder / CASES

    def case_folders(self) -> list[Path]:
        """The cases that there are."""
        return sorted(p for p in self.cases.iterdir() if p.is_dir()) if self.cases.is_dir() else []

    @staticmethod
    def case_of(pair: ArchivePair) -> str:
        """The name of the case that a pair comes into."""
        return safe_name(pair.case or pair.metaphase.stem)

    def take_in(
        self, outcomes: Sequence[PairOutcome], *, consent: bool = False, user: str = "",
        cancel: CancelToken | None = None, progress: Progress = lambda done, total, text: None,
    ) -> TakenIn:  # fmt: skip
        """Make the cells' truth of placed pairs, one case a patient; metaphases are copied, never moved.

        ``consent`` allows training on these cases, noted in their record. A cell that a person worked on since it
        came here is left as it is. Raises ArchiveError where nothing can be written, Cancelled.
        """
        by_case: dict[str, list[PairOutcome]] = defaultdict(list)
        for outcome in outcomes:
            if outcome.placed and not outcome.reason:
                by_case[self.case_of(outcome.pair)].append(outcome)
        folders: list[Path] = []
        refused: list[str] = []
        states: list[bool] = []
        for number, (name, own) in enumerate(sorted(by_case.items())):
            if cancel is not None:
                cancel.raise_if_cancelled()
            progress(number, len(by_case), name)
            try:
                states += self._one_case(self.cases / name, own, consent, user, refused)
                folders.append(self.cases / name)
            except OSError as error:
                raise ArchiveError(f"{name} was not written: {explain(error, self.cases / name)}.") from error
            except KaryoViewError as error:
                refused.append(f"{name}: {error}")
        progress(len(by_case), len(by_case), "")
        return TakenIn(tuple(folders), sum(states), len(states) - sum(states), tuple(refused))

    def _one_case(
        self, folder: Path, outcomes: Sequence[PairOutcome], consent: bool, user: str, refused: list[str]
    ) -> list[bool]:
        """Whether each cell that is in the case now is whole."""
        folder.mkdir(parents=True, exist_ok=True)
        names = [_copied(outcome.pair.metaphase, folder) for outcome in outcomes]
        whole = []
        with Case.open(folder, user=user) as case:
            if case.read_only:
                raise ArchiveError(f"it cannot be written: {case.read_only_reason}")
            if consent and not case.settings.training_consent:
                case.update_settings(CONSENT, training_consent=True)
            for name, outcome in zip(names, outcomes, strict=True):
                present = case.annotation(name)
                if _holds_work(present):
                    refused.append(f"{name}: a person worked on this cell; it was left as it is.")
                    continue
                wanted = outcome.annotation(present)
                if not _same(wanted, present):
                    detail = {"picture": outcome.pair.karyogram.name, "chromosomes": outcome.placed}
                    case.save_annotation(wanted, ACTION, detail)
                whole.append(outcome.whole)
        return whole

    def _place_of(self, pair: ArchivePair) -> Path:
        key = hashlib.sha256(f"{pair.metaphase}\n{pair.karyogram}".encode()).hexdigest()[:10]
        return self.folder / PLACED / f"{safe_name(pair.metaphase.stem)[:60]}-{key}.json"

    def _write(self, path: Path, document: dict[str, Any]) -> None:
        try:
            write_atomic(path, dump_document(document))
        except OSError as error:
            raise ArchiveError(f"{path.name} was not written: {explain(error, path)}.") from error


def _holds_work(present: ImageAnnotation) -> bool:
    """Whether a person did anything in the cell since an import wrote it, or before."""
    origin = present.extra.get("karyogram")
    if origin is not None:
        return bool(origin.get("revision") != present.revision)
    return bool(present.human() or present.count_marks) or present.state is ReviewState.SET_ASIDE


def _same(wanted: ImageAnnotation, present: ImageAnnotation) -> bool:
    """Whether a cell holds all of this already."""
    now = {**wanted.extra, "karyogram": {**wanted.extra["karyogram"], "revision": present.revision}}
    return replace(wanted, revision=present.revision, extra=now) == replace(present, extra=dict(present.extra))


def _copied(picture: Path, folder: Path) -> str:
    """The name under which a metaphase lies in a case; it is copied where it does not yet. Raises OSError."""
    name = picture.name
    for number in range(2, 1000):
        target = folder / name
        if not target.exists():
            part = folder / f".{name}.part"
            shutil.copyfile(picture, part)
            os.replace(part, target)
            return name
        if sha256_of(target) == sha256_of(picture):
            return name
        name = f"{picture.stem}-{number}{picture.suffix}"
    raise ArchiveError(f"{folder} holds too many pictures of the name {picture.name}; sort the archive by patients.")


def _one_by_one(pairs: Sequence[ArchivePair], token: CancelToken) -> Iterator[PairOutcome]:
    def check_cancel(share: float) -> None:
        token.raise_if_cancelled()

    for pair in pairs:
        if token.cancelled:
            return
        try:
            yield place_pair(pair, check_cancel)
        except Cancelled:
            return


def _by_processes(pairs: Sequence[ArchivePair], workers: int, token: CancelToken) -> Iterator[PairOutcome]:
    """By processes of this machine; where one is lost its pair is tried once more, and costs no other."""
    left, lost = list(pairs), Counter[ArchivePair]()
    while left:
        running: dict[Future[PairOutcome], ArchivePair] = {}
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(min(workers, len(left)), mp_context=context, initializer=_one_thread)
        try:
            while left or running:
                while left and len(running) < workers:
                    running[pool.submit(place_pair, left[0])] = left[0]
                    left.pop(0)
                done, _ = wait(running, timeout=_POLL, return_when=FIRST_COMPLETED)
                if token.cancelled:
                    return
                for future in done:
                    yield future.result()
                    running.pop(future)
        except BrokenProcessPool:
            for pair in running.values():
                lost[pair] += 1
                if lost[pair] < 2:
                    left.append(pair)
                else:
                    yield PairOutcome(pair, reason=_LOST)
        finally:
            _end(pool)


def _end(pool: ProcessPoolExecutor) -> None:
    """End the processes now rather than after the pairs that they are at."""
    for process in list((pool._processes or {}).values()):
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)


def _answered(answer: str, pair: ArchivePair) -> PairOutcome:
    """What a worker of a cluster answered on a pair."""
    try:
        return PairOutcome.from_document(parse_document(answer.encode("utf-8", "surrogatepass"), "A worker's answer"))
    except (KeyError, TypeError, ValueError, KaryoViewError) as error:
        return PairOutcome(pair, reason=f"{pair.name}: a worker's answer cannot be read ({error}).")


def _one_thread() -> None:
    """A worker process computes with one thread; the others are at work beside it."""
    import cv2

    cv2.setNumThreads(1)


def _placed_document(text: str) -> str:
    """What runs in a worker of a cluster: a pair's document in, its outcome's out."""
    pair = PairOutcome.from_document(parse_document(text.encode(), "The pair")).pair
    for path in (pair.metaphase, pair.karyogram):
        if not path.is_file():
            reason = f"{path} is not there on every worker; put the archive on a disk that all of them see."
            return json.dumps(PairOutcome(pair, reason=reason).to_document())
    return json.dumps(place_pair(pair).to_document())
