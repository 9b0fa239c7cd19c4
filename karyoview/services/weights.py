"""Comparing a newly trained engine with the present one, and changing between them: audited, and back in one call.

A laboratory's weights folder (``detectors.folders.user_weights_folder``) holds the active weights by
engine name, which win over the shipped ones; ``store/<hash>/`` every set of weights that was ever
active there; and ``weights.jsonl``, an audit record as a case has one.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL.Image import Image

from karyoview.accounts.users import Users
from karyoview.case.audit import AuditLog, read_lines, scan
from karyoview.case.proof import statement
from karyoview.core.annotation import ReviewState
from karyoview.core.detection import MIN_STORED_SCORE
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import MetaphaseImage, pixel_digest
from karyoview.core.metrics import ImagePrediction, ImageTruth, Report, evaluate, paired_difference
from karyoview.detectors.cards import card_path, info_from_card, read_card, sha256_of_file
from karyoview.detectors.folders import user_weights_folder
from karyoview.detectors.protocol import CancelToken, Detector, EngineInfo
from karyoview.detectors.registry import as_in_card, find_engines, load_engine
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.images import read_image
from karyoview.io.signing_keys import is_signed
from karyoview.services.authority import (
    ACTIVATE,
    ROLL_BACK,
    WEIGHTS,
    Authority,
    Credentials,
    authorise_where_managed,
    users_if_any,
)
from karyoview.services.evaluate import read_truths
from karyoview.services.overlays import draw_comparison

RECORD: Final = "weights.jsonl"
STORE: Final = "store"
FEWEST_CELLS: Final = 3
SHIPPED: Final = "shipped"
BY_HAND: Final = "by hand"


class WeightsServiceError(KaryoViewError):
    """Weights cannot be compared, activated or taken back."""


@dataclass(frozen=True, slots=True, eq=False)
class JudgedCell:
    """A reviewed cell that no compared engine was trained on."""

    truth: ImageTruth
    path: Path
    page: int = 0
    digest: str = ""

    def read(self) -> MetaphaseImage:
        """The picture."""
        return read_image(self.path, page=self.page)


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell under the old and the new engine: corrections and count errors (chromosomes too many or few)."""

    image: str
    case: str
    old: int
    new: int
    old_count_error: int
    new_count_error: int


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Old and new engine on the same cells.

    ``difference`` is new less old in corrections per cell, with its 95 % interval (``mean``, ``low``,
    ``high``); ``verdict`` is better (the interval lies below zero), worse (the mean lies above) or
    unclear. Only a better engine is ``offered``.
    """

    old: str
    new: str
    old_hash: str
    new_hash: str
    verdict: str
    difference: Mapping[str, float]
    cells: tuple[CellChange, ...]
    old_report: Report
    new_report: Report
    weights: Path
    classes_by_hand: bool = False
    judged: tuple[JudgedCell, ...] = ()
    predictions: tuple[Sequence[ImagePrediction], Sequence[ImagePrediction]] = ((), ())

    @property
    def offered(self) -> bool:
        """Whether the new engine may take the old one's place."""
        return self.verdict == "better"

    @property
    def better(self) -> tuple[CellChange, ...]:
        """Cells with fewer corrections than before, the most improved first."""
        return tuple(sorted((c for c in self.cells if c.new < c.old), key=lambda c: c.new - c.old))

    @property
    def worse(self) -> tuple[CellChange, ...]:
        """Cells with more corrections than before, the worst first."""
        return tuple(sorted((c for c in self.cells if c.new > c.old), key=lambda c: c.old - c.new))

    def mean(self, which: str) -> float:
        """Corrections per cell; ``which`` is old or new."""
        return float(np.mean([getattr(c, which) for c in self.cells]))

    def sentence(self) -> str:
        """The outcome for a person."""
        d = self.difference
        figures = (
            f"{self.mean('old'):.1f} corrections per cell before, {self.mean('new'):.1f} now on {len(self.cells)} "
            f"held-back cells (difference {d['mean']:+.1f}, 95 % interval {d['low']:+.1f} to {d['high']:+.1f})"
        )
        if self.verdict == "better":
            return f"The new engine is better: {figures}."
        if self.verdict == "worse":
            return f"The new engine is worse and is not offered: {figures}."
        return f"Not decided, so the new engine is not offered: {figures}. Review more cells and train again."

    def pictures(self, image: str) -> tuple[Image, Image]:
        """A cell with what the old and what the new engine got right, wrong and not at all, as RGB pictures."""
        number = next((i for i, c in enumerate(self.judged) if c.truth.image == image), None)
        if number is None:
            raise WeightsServiceError(f"{image} is no cell of this comparison.")
        cell, picture = self.judged[number], self.judged[number].read()
        cuts = self.old_report["score_threshold"], self.new_report["score_threshold"]
        old, new = (
            draw_comparison(picture, cell.truth, prediction[number], cut)
            for prediction, cut in zip(self.predictions, cuts, strict=True)
        )
        return old, new

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON and for the record."""
        keys = ("count_error", "class_accuracy", "confusion", "per_class", "corrections", "wcr", "recall", "precision")
        return {
            "old": self.old, "new": self.new, "old_hash": self.old_hash, "new_hash": self.new_hash,
            "verdict": self.verdict, "difference": dict(self.difference), "classes_by_hand": self.classes_by_hand,
            "cells": [
                {"image": c.image, "case": c.case, "old": c.old, "new": c.new,
                 "old_count_error": c.old_count_error, "new_count_error": c.new_count_error}
                for c in self.cells
            ],
            "old_report": {k: self.old_report.get(k) for k in keys},
            "new_report": {k: self.new_report.get(k) for k in keys},
        }  # fmt: skip


def held_back_cells(sources: Iterable[Path], trained: Iterable[str] = ()) -> list[JudgedCell]:
    """Reviewed cells to judge on: of a training set its ``val.json``, of a case all that are reviewed.

    Cells whose pixels are among the digests ``trained`` are left out. Raises WeightsServiceError when
    none is left.
    """
    cells: dict[str, JudgedCell] = {}
    seen = frozenset(trained)
    left_out = 0
    for source in sources:
        for cell in _cells_of(Path(source)):
            if cell.digest in seen:
                left_out += 1
            else:
                cells.setdefault(cell.digest, cell)
    if not cells:
        reason = f"all {left_out} taught one of the engines" if left_out else "none is reviewed and held back"
        raise WeightsServiceError(
            f"There is no cell to compare the engines on ({reason}); review cells of another case."
        )
    return list(cells.values())


def _cells_of(source: Path) -> Iterable[JudgedCell]:
    if (source / "manifest.json").is_file():
        if not (source / "val.json").is_file():
            return
        truths = read_truths(source / "val.json", images=source / "images")
        places = [(t, truths.pictures[t.image], 0) for t in truths.items]
        prefix = ""
    else:
        from karyoview.case.case import Case

        with Case.open(source, read_only=True) as case:
            done = [c for c in case.cells if c.state is ReviewState.REVIEWED and not c.missing]
            name = case.settings.id
            items = [(ImageTruth.from_annotation(case.annotation(c.image), case=name), c.path, c.page) for c in done]
        prefix, places = f"{name}/", list(items)
    for truth, path, page in places:
        if path is None:
            raise WeightsServiceError(f"{source}: the picture {truth.image} is missing; make the set again.")
        digest = pixel_digest(read_image(path, page=page).to_uint8())
        own = ImageTruth(prefix + truth.image, truth.boxes, truth.labels, truth.case)
        yield JudgedCell(own, path, page, digest)


def trained_cells(card: Mapping[str, Any]) -> frozenset[str]:
    """Digests of the reviewed cells that these weights have seen, as their card says."""
    data = card.get("data")
    return frozenset(str(c) for c in data.get("trained_cells", ())) if isinstance(data, Mapping) else frozenset()


def compare(
    new: Path,
    sources: Sequence[Path],
    *,
    against: str = "",
    device: str = "auto",
    cancel: CancelToken | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> Comparison:
    """Judge the weights file ``new`` against the present engine on held-back reviewed cells.

    ``against`` names the old engine: by default the one whose place the new would take, else the default
    engine, else work by hand. Raises KaryoViewError (weights that do not fit, no cells), Cancelled.
    """
    present = find_engines()[0]
    card = read_card(card_path(new))
    name = against or (new.name.removesuffix(".safetensors") if new.stem in present else next(iter(present), ""))
    if against and against not in present:
        raise WeightsServiceError(f"There is no engine {against!r} to compare with; present: {', '.join(present)}.")
    old_card = read_card(card_path(present[name])) if name else {}
    cells = held_back_cells(sources, trained_cells(card) | trained_cells(old_card))
    kind, old_kind = str(card["engine"]), str(old_card.get("engine", ""))
    settings = {each: {"threshold": MIN_STORED_SCORE, **as_in_card(each)} for each in (kind, old_kind)}
    new_engine = load_engine(kind, device=device, settings=settings[kind], weights=new)
    old_engine = load_engine(name, device=device, settings=settings[old_kind]) if name else None
    found: tuple[list[ImagePrediction], list[ImagePrediction]] = ([], [])
    for number, cell in enumerate(cells):
        progress(number, len(cells), cell.truth.image)
        picture = cell.read()
        found[0].append(_ask(old_engine, picture, cell.truth, cancel))
        found[1].append(_ask(new_engine, picture, cell.truth, cancel))
    progress(len(cells), len(cells), "")
    old_info = old_engine.info if old_engine is not None else None
    outcome = judge(found[0], found[1], [c.truth for c in cells], old_info, new_engine.info, new)
    return replace(outcome, judged=tuple(cells), predictions=found)


def _ask(
    engine: Detector | None, picture: MetaphaseImage, truth: ImageTruth, cancel: CancelToken | None
) -> ImagePrediction:
    if engine is None:
        return ImagePrediction(truth.image, np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0))
    (detections,) = engine.predict([picture], cancel)
    found = ImagePrediction.from_detections(detections)
    return ImagePrediction(truth.image, found.boxes, found.labels, found.scores, found.probabilities)


def judge(
    old: Sequence[ImagePrediction],
    new: Sequence[ImagePrediction],
    truths: Sequence[ImageTruth],
    old_info: EngineInfo | None,
    new_info: EngineInfo,
    weights: Path = Path(),
) -> Comparison:
    """The comparison of two engines' predictions (None: by hand), each at its own operating threshold.

    Where only one of them gives classes, naming by hand counts for the other.
    """
    cuts = (old_info.operating_threshold if old_info else 0.5, new_info.operating_threshold)
    reports = [
        evaluate(p, truths, score_threshold=c, resamples=0) for p, c in zip((old, new), cuts, strict=True)
    ]  # fmt: skip
    # Work by hand is measured by what the new engine is for: counting, or naming as well.
    names = [(old_info or new_info).names_classes, new_info.names_classes]
    by_hand = names[0] != names[1]
    keys = ["corrections_by_hand" if by_hand and not gives else "corrections" for gives in names]
    rows = [
        {"per_image": [{"image": r["image"], "corrections": r[key]} for r in report["per_image"]]}
        for report, key in zip(reports, keys, strict=True)
    ]
    difference = paired_difference(rows[0], rows[1])
    cells = tuple(
        CellChange(
            a["image"], a["case"], a[keys[0]], b[keys[1]],
            abs(a["predictions"] - a["truths"]), abs(b["predictions"] - b["truths"]),
        )
        for a, b in zip(reports[0]["per_image"], reports[1]["per_image"], strict=True)
    )  # fmt: skip
    verdict = "worse" if difference["mean"] > 0 else "unclear"
    if difference["mean"] < 0 and difference["high"] < 0 and len(cells) >= FEWEST_CELLS:
        verdict = "better"
    return Comparison(
        old_info.name if old_info else BY_HAND, new_info.name, old_info.weights_hash if old_info else "",
        new_info.weights_hash, verdict, difference, cells, reports[0], reports[1], weights, by_hand,
    )  # fmt: skip


class WeightsRepository:
    """The laboratory's weights: what is active, what was, and the record of every change."""

    def __init__(
        self, folder: Path | None = None, user: str = "", users: Callable[[], Users | None] = users_if_any
    ) -> None:
        self.folder = folder or user_weights_folder()
        self.user = user
        self._users = users

    def activate(self, comparison: Comparison, name: str = "", *, who: Credentials | None = None) -> str:
        """Make the compared new weights the active ones of ``name`` (by default their own name); → their hash.

        Where people are entered ``who`` is the approver who does it. Refuses weights that the comparison did not
        find better, or that changed since.
        """
        name = name or comparison.weights.name.removesuffix(".safetensors")
        if not comparison.offered:
            raise WeightsServiceError(comparison.sentence())
        authority = authorise_where_managed(who, ACTIVATE, self._users)
        card = read_card(card_path(comparison.weights))
        if card["weights"].get("hash") != comparison.new_hash:
            raise WeightsServiceError(f"{comparison.weights.name} was changed since it was compared; compare again.")
        try:
            before = self._keep_present(name)
            self._keep(comparison.weights, name, comparison.new_hash)
            self._note_change(ACTIVATE, name, before, comparison.new_hash, comparison.to_dict(), authority)
            self._install(name, comparison.new_hash)
        except OSError as error:
            raise WeightsServiceError(f"Not activated: {explain(error, self.folder)}.") from error
        return comparison.new_hash

    def roll_back(self, name: str, *, who: Credentials | None = None) -> str:
        """Make the weights active that were so before the present ones; → their hash, or ``shipped``.

        Where people are entered ``who`` is the approver who does it.
        """
        stack = self._stack(name)
        if len(stack) < 2:
            raise WeightsServiceError(f"There are no earlier weights of {name} to go back to.")
        now, before = stack[-1], stack[-2]
        authority = authorise_where_managed(who, ROLL_BACK, self._users)
        try:
            self._note_change(ROLL_BACK, name, now, before, {}, authority)
            self._install(name, before)
        except OSError as error:
            raise WeightsServiceError(f"Not rolled back: {explain(error, self.folder)}.") from error
        return before

    def active(self, name: str) -> str:
        """Hash of the active weights of an engine, ``shipped`` where the laboratory has none of its own."""
        path = self.folder / f"{name}.safetensors"
        if not card_path(path).is_file():
            return SHIPPED
        return info_from_card(read_card(card_path(path)), name).weights_hash

    def earlier(self, name: str) -> str:
        """What a roll back would make active; empty where there is nothing."""
        stack = self._stack(name)
        return stack[-2] if len(stack) > 1 else ""

    def history(self) -> list[dict[str, Any]]:
        """Every change, the oldest first: time, user, action, engine, before, after, and its comparison."""
        path = self.folder / RECORD
        if not path.is_file():
            return []
        return [{"time": e.time, "user": e.user, "action": e.action, **e.detail} for e in read_lines(path)]

    def last_change(self, name: str) -> dict[str, Any] | None:
        """Who made the present weights of an engine the active ones, and when; None while those shipped are."""
        found = [e for e in self.history() if e.get("engine") == name and e["action"] in (ACTIVATE, ROLL_BACK)]
        return found[-1] if found else None

    def problems(self) -> list[str]:
        """What is wrong with the record or with the active weights, as sentences; empty when all is well."""
        found = scan(self.folder / RECORD)
        sentences = [p.text for p in found.problems] + ([found.head_problem] if found.head_problem else [])
        for name in sorted({str(e["engine"]) for e in self.history() if e["action"] in (ACTIVATE, ROLL_BACK)}):
            if (active := self.active(name)) != (wanted := self._stack(name)[-1]):
                sentences.append(
                    f"{name}: the record says {wanted[:12]}, but {active[:12]} is there; activate it again"
                )
        return sentences + self._unproven()

    def _unproven(self) -> list[str]:
        """Changes whose signature does not hold, and those without one after the first that has one."""
        path, keyed, sentences = self.folder / RECORD, False, []
        for line in read_lines(path) if path.is_file() else ():
            if line.action not in (ACTIVATE, ROLL_BACK):
                continue
            proof, key = str(line.detail.get("proof", "")), str(line.detail.get("key", ""))
            if proof and not is_signed(statement(WEIGHTS, line.detail), proof, key):
                sentences.append(f"line {line.seq}: the signature of {line.user} does not fit what it says")
            elif keyed and not proof:
                sentences.append(f"line {line.seq}: the change by {line.user} was made without an approver's key")
            keyed = keyed or bool(proof)
        return sentences

    def _stack(self, name: str) -> list[str]:
        stack: list[str] = []
        for entry in self.history():
            if entry.get("engine") != name:
                continue
            if entry["action"] == ACTIVATE:
                stack = stack or [entry["before"]]
                stack.append(entry["after"])
            elif entry["action"] == ROLL_BACK:
                stack.pop()
        return stack

    def _keep_present(self, name: str) -> str:
        """Keep what is active now in the store, so that it can come back; → its hash."""
        now = self.active(name)
        if now != SHIPPED and not (self.folder / STORE / now[:16]).is_dir():
            self._keep(self.folder / f"{name}.safetensors", name, now)
        return now

    def _keep(self, weights: Path, name: str, digest: str) -> None:
        place = self.folder / STORE / digest[:16]
        place.mkdir(parents=True, exist_ok=True)
        card = read_card(card_path(weights))
        trunk = card["weights"].get("trunk") or {}
        for source in (weights, *([weights.with_name(trunk["file"])] if trunk.get("file") else [])):
            target = place / (f"{name}.safetensors" if source is weights else source.name)
            if source.is_file() and not target.is_file():
                write_atomic(target, source.read_bytes())
            if source is not weights and source.is_file() and not (self.folder / source.name).is_file():
                shutil.copyfile(source, self.folder / source.name)
        write_atomic(card_path(place / f"{name}.safetensors"), (json.dumps(card, indent=1) + "\n").encode())

    def _install(self, name: str, digest: str) -> None:
        """Put stored weights in place. The card goes first and comes last: between, the shipped ones are active."""
        target = self.folder / f"{name}.safetensors"
        card_path(target).unlink(missing_ok=True)
        if digest == SHIPPED:
            target.unlink(missing_ok=True)
            return
        kept = self.folder / STORE / digest[:16] / target.name
        card = read_card(card_path(kept))
        if sha256_of_file(kept) != card["weights"].get("sha256"):
            raise WeightsServiceError(f"The stored weights {kept} are damaged; restore them from a backup.")
        write_atomic(target, kept.read_bytes())
        card["name"] = name
        write_atomic(card_path(target), (json.dumps(card, indent=1) + "\n").encode())

    def note(self, action: str, detail: Mapping[str, Any]) -> None:
        """Write a line into the record of the weights. Raises WeightsServiceError."""
        try:
            self._write_line(action, detail)
        except OSError as error:
            raise WeightsServiceError(f"Not recorded: {explain(error, self.folder)}.") from error

    def _note_change(
        self, action: str, name: str, before: str, after: str, comparison: Mapping[str, Any], by: Authority | None
    ) -> None:
        detail = {"engine": name, "before": before, "after": after, "comparison": dict(comparison)}
        if by is None:
            self._write_line(action, detail)
        else:
            # The record is named, so that the proof fits no other place in it.
            proven = by.proven(WEIGHTS, {**detail, "chain_head": scan(self.folder / RECORD).head})
            self._write_line(action, proven, by.user.printed_name)

    def _write_line(self, action: str, detail: Mapping[str, Any], user: str = "") -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / RECORD
        found = scan(path)
        if found.torn:  # a writer was killed in the middle of a line, whose change was then never made
            os.truncate(path, found.size)
        AuditLog(path, found).append(user=user or self.user, action=action, detail=dict(detail))
