"""A validation record: how an engine does on a laboratory's own reviewed cells, with who stands for it.

The record names cells by case id and the digest of their pixels, never by file name, and carries the
SHA-256 of its own content; signing enters that hash in the record of the laboratory's weights.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from karyoview import __version__
from karyoview.accounts.users import User
from karyoview.core.chromosome import CLASS_NAMES, CLASSES
from karyoview.core.clock import utc_now
from karyoview.core.detection import MIN_STORED_SCORE
from karyoview.core.errors import KaryoViewError
from karyoview.core.metrics import ImagePrediction, ImageTruth, evaluate
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.protocol import CancelToken
from karyoview.detectors.registry import find_engines, load_engine
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.documents import compact, sha256_bytes
from karyoview.services.weights import WeightsRepository, held_back_cells, trained_cells

SCHEMA: Final = 1
MEANING: Final = "validated"
_ROWS: Final = (
    ("count_agreement", "cells with the right count", "%"),
    ("count_error", "chromosomes too many or few, per cell", ""),
    ("class_agreement", "classes right, of found chromosomes", "%"), ("recall", "chromosomes found", "%"),
    ("precision", "proposals that are chromosomes", "%"), ("corrections_per_cell", "corrections per cell", ""),
)  # fmt: skip


class ValidationError(KaryoViewError):
    """An engine cannot be validated, or a record is not what it was."""


def validate(
    cases: Sequence[Path],
    engine: str,
    *,
    device: str = "auto",
    cancel: CancelToken | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, what: None,
) -> dict[str, Any]:
    """The unsigned record of ``engine`` on the reviewed cells of ``cases``.

    Cells that taught the engine are left out. Intervals are 95 %: Wilson's for the count, resampled
    cells for the rest. Raises KaryoViewError, and Cancelled.
    """
    weights = find_engines()[0].get(engine)
    if weights is None:
        raise ValidationError(f"There is no engine {engine!r} on this machine; `karyoview engines` lists them.")
    card = read_card(card_path(weights))
    everything = held_back_cells(cases)
    seen = trained_cells(card)
    cells = [c for c in everything if c.digest not in seen]
    if not cells:
        raise ValidationError("Every one of these cells taught the engine; validate it on cases it has not seen.")
    detector = load_engine(engine, device=device, settings={"threshold": MIN_STORED_SCORE})
    found, used = [], ""
    judged, misplaced = [], 0
    for number, cell in enumerate(cells):
        progress(number, len(cells), cell.truth.image)
        image = cell.read()
        if boxes_outside(cell.truth, image.width, image.height):
            # Boxes of another picture would count as errors of the engine.
            misplaced += 1
            progress(number, len(cells), f"{cell.truth.image} is left out: boxes lie outside its picture")
            continue
        judged.append(cell)
        (detections,) = detector.predict([image], cancel)
        used = detections.provenance.device
        own = ImagePrediction.from_detections(detections)
        found.append(ImagePrediction(cell.truth.image, own.boxes, own.labels, own.scores, own.probabilities))
    if not judged:
        raise ValidationError("The boxes of every one of these cells lie outside their pictures; check the import.")
    cells = judged
    info = detector.info
    report = evaluate(found, [c.truth for c in cells], score_threshold=info.operating_threshold)
    rows = [
        {"case": c.truth.case, "pixels": c.digest, "chromosomes": r["truths"], "proposed": r["predictions"],
         "corrections": r["corrections"], "wrong_class": r["wrong_class"]}
        for c, r in zip(cells, report["per_image"], strict=True)
    ]  # fmt: skip
    record: dict[str, Any] = {
        "record": "KaryoView validation", "schema": SCHEMA, "made": utc_now(), "program": __version__,
        "engine": {
            "name": info.name, "title": info.title, "kind": card["engine"], "weights_hash": info.weights_hash,
            "operating_threshold": info.operating_threshold, "names_classes": info.names_classes, "device": used,
        },
        "data": {
            "cases": sorted({c.truth.case for c in cells}), "cells": len(cells), "chromosomes": report["truths"],
            "left_out_as_training": len(everything) - len(cells) - misplaced, "left_out_as_misplaced": misplaced,
            "sha256": sha256_bytes(compact(sorted(r["pixels"] for r in rows)).encode()), "rows": rows,
        },
        "rule": f"one-to-one matching at IoU >= {report['iou']:g}, score >= {info.operating_threshold:g}",
        "results": _results(report, rows),
        "confusion": {"order": [*CLASS_NAMES, "none"], "rows": report.get("confusion")},
        "limits": "Holds for these cells, this engine and these weights. For review by a cytologist.",
        "signature": None,
    }  # fmt: skip
    return seal(record)


def boxes_outside(truth: ImageTruth, width: int, height: int) -> bool:
    """Whether a box of the truth lies wholly outside a picture of that size, in pixels."""
    boxes = np.asarray(truth.boxes, dtype=np.float64)
    if boxes.shape[1:] == (5,):
        x, y = boxes[:, 0], boxes[:, 1]
        return bool(((x < 0) | (y < 0) | (x > width) | (y > height)).any())
    return bool(((boxes[:, 2] <= 0) | (boxes[:, 3] <= 0) | (boxes[:, 0] >= width) | (boxes[:, 1] >= height)).any())


def _results(report: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    agreeing = sum(r["chromosomes"] == r["proposed"] for r in rows)
    low, high = wilson(agreeing, len(rows))
    results: dict[str, Any] = {
        "count_agreement": {"value": agreeing / len(rows), "low": low, "high": high, "of": len(rows)}
    }
    for name in (row[0] for row in _ROWS[1:]):
        key = "class_accuracy" if name == "class_agreement" else name
        if report.get(key) is None:
            continue
        interval = report["intervals"].get(key, (None, None))
        results[name] = {"value": report[key], "low": interval[0], "high": interval[1], "of": len(rows)}
    return results


def wilson(hits: int, total: int, z: float = 1.959964) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, in [0, 1]."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    bottom = 1 + z * z / total
    return max((middle - half) / bottom, 0.0), min((middle + half) / bottom, 1.0)


def seal(record: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the SHA-256 of everything else in it."""
    body = {k: v for k, v in record.items() if k != "sha256"}
    return {**body, "sha256": sha256_bytes(compact(body).encode())}


def sign(record: Mapping[str, Any], user: User, repository: WeightsRepository) -> dict[str, Any]:
    """The record signed by ``user`` (who has given their passphrase), entered in the record of the weights."""
    if user.disabled:
        raise ValidationError(f"The account of {user.printed_name} is closed; somebody else has to sign.")
    signature = {"user": user.name, "name": user.printed_name, "meaning": MEANING, "time": utc_now()}
    signed = seal({**record, "signature": {**signature, "content_sha256": record["sha256"]}})
    engine = record["engine"]
    detail = {"engine": engine["name"], "weights": engine["weights_hash"], "sha256": signed["sha256"]}
    repository.note(MEANING, {**detail, **{k: signature[k] for k in ("user", "name", "time")}})
    return signed


def check(record: Mapping[str, Any], repository: WeightsRepository) -> list[str]:
    """What is wrong with a record, as sentences; empty when it is whole and signed here."""
    problems = []
    if seal(record)["sha256"] != record.get("sha256"):
        problems.append("The content was changed: it does not match its SHA-256.")
    if not record.get("signature"):
        return [*problems, "The record is not signed."]
    known = {e.get("sha256") for e in repository.history() if e["action"] == MEANING}
    if record.get("sha256") not in known:
        problems.append("The record of this laboratory's weights does not know this signature.")
    return problems + repository.problems()


def as_text(record: Mapping[str, Any]) -> str:
    """The record for people to read."""
    engine, data, signature = record["engine"], record["data"], record["signature"]
    lines = [
        "Validation of a chromosome detector",
        "",
        f"Engine        {engine['title']} ({engine['name']}), threshold {engine['operating_threshold']:g}",
        f"Weights       {engine['weights_hash']}",
        f"Program       KaryoView {record['program']} on {engine['device']}",
        f"Cells         {data['cells']} reviewed, of {len(data['cases'])} cases, {data['chromosomes']} chromosomes",
        *(
            [f"Left out      {n} cells with boxes outside their pictures"]
            if (n := data.get("left_out_as_misplaced"))
            else []
        ),
        f"Cells SHA-256 {data['sha256']}",
        f"Rule          {record['rule']}",
        f"Made          {record['made']}",
        "",
    ]
    for key, title, unit in _ROWS:
        row = record["results"].get(key)
        if row is None:
            continue
        scale = 100 if unit == "%" else 1
        text = f"{title:<40}{scale * row['value']:8.2f} {unit:1}"
        if row["low"] is not None:
            text += f"   95 % interval {scale * row['low']:.2f} to {scale * row['high']:.2f}"
        lines.append(text)
    lines += ["", *_confused(record["confusion"]["rows"]), record["limits"], ""]
    if signature:
        lines.append(
            f"Signed as {signature['meaning']} by {signature['name']} ({signature['user']}), {signature['time']}"
        )
    else:
        lines.append("Not signed.")
    return "\n".join([*lines, f"Record SHA-256 {record['sha256']}", ""])


def _confused(rows: Sequence[Sequence[int]] | None) -> list[str]:
    """The ten most frequent wrong classes, where the engine gives classes."""
    if rows is None:
        return []
    size = len(CLASSES)
    pairs = [(rows[t][p], CLASSES[t].label, CLASSES[p].label) for t in range(size) for p in range(size) if t != p]
    wrong = sorted((p for p in pairs if p[0]), reverse=True)[:10]
    lines = [f"  {number} times {truth} was called {predicted}" for number, truth, predicted in wrong]
    return ["Most frequent wrong classes", *(lines or ["  none"]), ""]


def write(record: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write the record as JSON and as text into ``folder``; → both files. Raises ValidationError."""
    engine = record["engine"]
    stem = f"validation-{engine['name']}-{engine['weights_hash'][:8]}-{record['sha256'][:8]}"
    paths = folder / f"{stem}.json", folder / f"{stem}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(paths[0], json.dumps(record, indent=1, ensure_ascii=False).encode() + b"\n")
        write_atomic(paths[1], as_text(record).encode())
    except OSError as error:
        raise ValidationError(f"The record was not written: {explain(error, folder)}.") from error
    return paths
