"""The verdict of a comparison, kept in the folder of its run: it outlives the page and the program."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyoview.case.case import Case
from karyoview.core.checked_json import read_json
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.core.image import pixel_digest
from karyoview.core.metric_input import ImagePrediction
from karyoview.core.metrics import Report
from karyoview.io.atomic import explain, write_atomic
from karyoview.services.weights import CellChange, Comparison, JudgedCell, WeightsServiceError, held_back_cells

VERDICT: Final = "comparison.json"
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """A comparison that was made at ``time`` (UTC); ``names`` are the cells' own names by those of the set."""

    outcome: Comparison
    time: str
    names: Mapping[str, str] = field(default_factory=dict)


def keep_verdict(run: Path, outcome: Comparison, names: Mapping[str, str]) -> Verdict:
    """Write the verdict into the folder of the run. Raises WeightsServiceError."""
    time = utc_now()
    reports = {
        side: {**report, "score_threshold": full["score_threshold"]}
        for side, report, full in (
            ("old_report", outcome.to_dict()["old_report"], outcome.old_report),
            ("new_report", outcome.to_dict()["new_report"], outcome.new_report),
        )
    }
    document = {
        "version": _VERSION, "time": time, "weights": str(outcome.weights), "names": dict(names),
        **outcome.to_dict(), **reports, "predictions": [[_row(p) for p in side] for side in outcome.predictions],
    }  # fmt: skip
    try:
        write_atomic(run / VERDICT, json.dumps(document, default=_plain).encode())
    except OSError as error:
        raise WeightsServiceError(f"The comparison was made and not kept: {explain(error, run / VERDICT)}.") from error
    return Verdict(outcome, time, dict(names))


def kept_verdict(run: Path) -> Verdict | None:
    """The verdict in the folder of a run, with the pictures of its cells where they are still there; None for none."""
    try:
        row = read_json(run / VERDICT)
        if row["version"] != _VERSION:
            return None
        cells = tuple(CellChange(**c) for c in row["cells"])
        predictions = tuple([_prediction(p) for p in side] for side in row["predictions"])
        outcome = Comparison(
            row["old"], row["new"], row["old_hash"], row["new_hash"], row["verdict"], row["difference"], cells,
            Report(row["old_report"]), Report(row["new_report"]), Path(row["weights"]), row["classes_by_hand"],
            _judged(run, [c.image for c in cells]), (predictions[0], predictions[1]),
        )  # fmt: skip
        return Verdict(outcome, str(row["time"]), {str(k): str(v) for k, v in row["names"].items()})
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, KaryoViewError):
        return None


def names_of(cases: Sequence[Path], cells: Sequence[JudgedCell]) -> dict[str, str]:
    """The names that the laboratory knows cells by, ``case, image``, found by their pixels; cases are only read."""
    wanted = {c.digest: c.truth.image for c in cells if c.digest}
    belongs = {c.truth.case for c in cells}
    names: dict[str, str] = {}
    for folder in cases:
        if not wanted:
            break
        try:
            with Case.open(folder, read_only=True) as case:
                if case.settings.id not in belongs:
                    continue
                for cell in case.cells:
                    if wanted and not cell.missing:
                        image = wanted.pop(pixel_digest(case.read_image(cell.image).to_uint8()), "")
                        names |= {image: f"{folder.name}, {cell.image}"} if image else {}
        except KaryoViewError:
            continue
    return names


def _judged(run: Path, images: Sequence[str]) -> tuple[JudgedCell, ...]:
    try:
        found = {c.truth.image: c for c in held_back_cells([run / "set"])}
        return tuple(found[image] for image in images)
    except (KaryoViewError, KeyError):
        return ()


def _row(prediction: ImagePrediction) -> dict[str, Any]:
    return {
        "image": prediction.image, "boxes": np.round(prediction.boxes, 2).tolist(),
        "labels": prediction.labels.tolist(), "scores": np.round(prediction.scores, 4).tolist(),
    }  # fmt: skip


def _prediction(row: Mapping[str, Any]) -> ImagePrediction:
    boxes = np.asarray(row["boxes"], np.float64).reshape(len(row["labels"]), -1)
    if not len(boxes):
        boxes = np.zeros((0, 4))
    return ImagePrediction(row["image"], boxes, np.asarray(row["labels"], np.int64), np.asarray(row["scores"]))


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else str(value)
