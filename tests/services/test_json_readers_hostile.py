"""Every JSON file read beside a case: whatever lies there is one sentence, and nobody waits for ever."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from small_cases import damaged

from karyoview.core.checked_json import MAX_BYTES
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import info_from_card, read_card
from karyoview.detectors.exports import read_export
from karyoview.detectors.graphs import read_graphs
from karyoview.io.documents import read_document
from karyoview.io.formats import read_annotations
from karyoview.report.content import load_template
from karyoview.services.archive_import import PAIRS, ArchiveProject
from karyoview.services.demo import read_truth
from karyoview.services.evaluate import read_truths
from karyoview.services.settings import Settings
from karyoview.services.training import PLAN, TrainingRun
from karyoview.services.verdicts import VERDICT, kept_verdict

HOSTILE = {
    "empty": b"", "no JSON": b"{", "a list": b"[1]", "a text": b'"x"', "null": b"null", "a number": b"1e999",
    "too large a number": b'{"a": 1e999, "cases": 1e999}', "too large a whole number": b'{"a": ' + b"9" * 5000 + b"}",
    "NaN": b'{"operating_threshold": NaN}', "deep": b'{"a":' * 30_000, "deep lists": b"[" * 100_000,
    "half a letter": b'{"laboratory": "\\ud800"}', "no UTF-8": b'{"a": "\xff"}', "a mark": b"\xef\xbb\xbf{}",
    "other members": b'{"images": 5, "cases": 7, "classes": null, "logo": {}}', "zeros": bytes(4000),
}  # fmt: skip


def plan(path: Path) -> object:
    return TrainingRun(path.rename(path.with_name(PLAN)).parent)


def run_of_training(path: Path) -> object:
    from karyotrain.engines.detection import read_run

    return read_run(path.rename(path.with_name("run.json")).parent)


def coco(path: Path) -> object:
    from karyotrain.data.coco import read_coco

    return read_coco(path)


def card_of_weights(path: Path) -> object:
    from karyotrain.engines.lineage import lineage

    card = path.rename(path.with_name("w.card.json"))
    card.with_name("w.safetensors").write_bytes(b"")
    infos = [info_from_card(read_card(card), "w")]
    return infos, lineage([path.parent], card.with_name("w.safetensors"))


def named(name: str, reader: Callable[[Path], object]) -> Callable[[Path], object]:
    """A reader of a folder in which the file has this name."""
    return lambda path: reader(path.rename(path.with_name(name)).parent)


def progress(folder: Path) -> object:
    from karyotrain.trainer.progress import read_progress

    return read_progress(folder)


def cells_of(path: Path) -> object:
    from karyotrain.data.dataset import load

    Image.fromarray(np.full((9, 9), 200, np.uint8)).save(path.with_name("a.png"))
    return load(path)


READERS: dict[str, Callable[[Path], object]] = {
    "document": read_document, "template": load_template, "card": read_card, "plan of a training": plan,
    "run of a training": run_of_training, "coco": coco, "boxes": read_truths,
    "truth": named("truth.json", read_truth),
    "settings": lambda path: Settings(path)["person"],
    "card of weights": card_of_weights, "export": named("export.json", lambda folder: read_export(folder, "x")),
    "graphs": named("graphs.json", lambda folder: read_graphs(folder, "x")),
    "verdict": named(VERDICT, kept_verdict), "boxes of others": lambda path: read_annotations(path, fmt="coco"),
    "pairs of an archive": named(PAIRS, lambda folder: ArchiveProject(folder).matching()),
    "progress": named("progress.jsonl", progress), "cells": cells_of,
}  # fmt: skip
RENAMES = (
    "plan of a training", "run of a training", "truth", "card of weights", "export", "verdict", "pairs of an archive",
    "progress", "graphs",
)  # fmt: skip
TAKES_ANYTHING = ("settings", "document", "template", "verdict", "progress", "pairs of an archive")
"""Readers for which a file without what they look for is empty, and not wrong."""


def read(name: str, path: Path) -> str:
    """What the reader says; empty where it took the file."""
    try:
        READERS[name](path)
    except (KaryoViewError, OSError) as error:
        return " ".join([str(error)]) or type(error).__name__
    return ""


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_lies_there_is_one_sentence(tmp_path: Path, reader: str, what: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(HOSTILE[what])
    sentence = read(reader, path)
    assert "\n" not in sentence
    assert sentence or reader in TAKES_ANYTHING or what in ("a mark",)


@pytest.mark.skipif(os.name != "posix", reason="pipes and links as files are POSIX")
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", ["pipe", "folder", "nothing", "a link to nowhere"])
def test_what_is_no_file_is_one_sentence_and_nobody_waits(tmp_path: Path, reader: str, kind: str) -> None:
    path = tmp_path / "x.json"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "a link to nowhere":
        path.symlink_to(tmp_path / "away")
    if reader in RENAMES and kind == "nothing":
        pytest.skip("nothing can be renamed")
    sentence = read(reader, path)
    assert sentence or reader in ("settings", "verdict", "progress", "pairs of an archive")
    assert "\n" not in sentence


WHOLE: dict[str, Any] = {
    "format": 2, "laboratory": "A", "logo": "", "cases": ["a"], "engine": "karyoview", "minutes": 5.0,
    "person": "Ana", "name": "n", "title": "t", "rotated": True, "classes": ["chromosome"], "operating_threshold": 0.5,
    "recipe": {"engine": "deepace-v2"}, "data": ["x"], "options": {"start": None, "backbone": None}, "scale": 1.0,
    "categories": [{"id": 1, "name": "A1"}],
    "images": [{"id": 1, "file_name": "a.png", "width": 9, "height": 9, "case": "c"}],
    "annotations": [{
        "id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 0, "score": 0.5,
        "rotated_box": [2, 4, 3, 4, 0.1], "axis": [[1, 2], [3, 4]], "segmentation": {"counts": "", "size": [9, 9]},
        "attributes": {"rotation": 3},
    }],
}  # fmt: skip
_CARD = {
    **{k: WHOLE[k] for k in ("format", "engine", "name", "title", "rotated", "classes", "operating_threshold")},
    "config": {"prices": 1, "size": 5}, "data": {"trained_cells": ["x"], "citations": ["c"], "citation": "c"},
    "training": {"stages": [{"steps": 5}]}, "metrics": {"val": {"corrections_per_cell": 3}},
    "differs_from_the_paper": ["one."],
    "weights": {"file": "w.safetensors", "sha256": "a", "hash": "b", "precision": "fp16", "graphs": {"a": "b"},
                "trunk": {"file": "trunk-a.safetensors", "sha256": "c", "prefix": "p."}},
}  # fmt: skip
OWN: dict[str, dict[str, Any]] = {
    "card": _CARD, "card of weights": _CARD,
    "export": {"format": 1, "weights_hash": "x", "files": {"a": {"finder": "f"}}, "sha256": {"f": "0"}},
    "pairs of an archive": {
        "pairs": [{"metaphase": "a", "karyogram": "b", "how": "h", "case": "c", "order": 1}],
        "left": [{"picture": "p", "reason": "r"}],
    },
    "graphs": {"format": 1, "structure": "x", "graphs": {"finder": {"file": "f", "sha256": "a", "tensors": ["b"]}}},
    "progress": {"event": "checkpoint", "step": 5, "loss": 0.5},
    "verdict": {"version": 1, "cells": [{"image": "a"}], "predictions": [[], []], "names": {"a": "b"}},
}  # fmt: skip
"""What a reader takes, where it is not :data:`WHOLE`."""
VALUES: tuple[Any, ...] = (
    None, True, -1, 10**20, 2**63 - 1, 1e308, "", "\x00", "../../x", "9" * 400, [], [None], {}, {"a": None}, [[1]],
    "nan", "/dev/zero",
)  # fmt: skip


def places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values within a value."""
    if place:
        yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*place, key))


def changed(value: Any, place: tuple[Any, ...], other: Any, *, without: bool) -> Any:
    """A copy with another value at a place, or without it."""
    copied = copy.deepcopy(value)
    holder = copied
    for key in place[:-1]:
        holder = holder[key]
    if without:
        del holder[place[-1]]
    else:
        holder[place[-1]] = other
    return copied


@pytest.mark.parametrize("reader", READERS)
def test_every_value_that_is_missing_or_of_another_kind_is_read_or_one_sentence(tmp_path: Path, reader: str) -> None:
    whole, number = OWN.get(reader, WHOLE), 0
    for place in places(whole):
        for other in (*VALUES, ...):
            number += 1
            folder = tmp_path / str(number)
            folder.mkdir()
            text = json.dumps(changed(whole, place, other, without=other is ...))
            (folder / "x.json").write_text(text)
            sentence = read(reader, folder / "x.json")
            assert "\n" not in sentence, (place, other)
            shutil.rmtree(folder)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("rounds", [60, pytest.param(3000, marks=pytest.mark.long)])
def test_damaged_files_are_read_or_one_sentence(tmp_path: Path, reader: str, rounds: int) -> None:
    whole = json.dumps(OWN.get(reader, WHOLE), indent=1).encode()
    for seed in range(rounds):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "x.json").write_bytes(damaged(whole, random.Random(seed)))
        assert "\n" not in read(reader, folder / "x.json"), seed


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(2 * MAX_BYTES)
    for reader in ("document", "template", "card", "export"):
        assert "larger than" in read(reader, path)
