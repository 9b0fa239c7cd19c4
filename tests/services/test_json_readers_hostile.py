"""Every JSON file read beside a case: whatever lies there is one sentence, and nobody waits for ever."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from small_cases import damaged

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import read_card
from karyoview.io.documents import MAX_BYTES, read_document
from karyoview.report.content import load_template
from karyoview.services.demo import read_truth
from karyoview.services.evaluate import read_truths
from karyoview.services.settings import Settings
from karyoview.services.training import PLAN, TrainingRun

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


READERS: dict[str, Callable[[Path], object]] = {
    "document": read_document, "template": load_template, "card": read_card, "plan of a training": plan,
    "run of a training": run_of_training, "coco": coco, "boxes": read_truths,
    "truth": lambda path: read_truth(path.rename(path.with_name("truth.json")).parent),
    "settings": lambda path: Settings(path)["person"],
}  # fmt: skip


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
    assert sentence or reader in ("settings", "document", "template") or what in ("a mark",)


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
    if reader in ("plan of a training", "run of a training", "truth") and kind == "nothing":
        pytest.skip("nothing can be renamed")
    sentence = read(reader, path)
    assert sentence or reader == "settings"
    assert "\n" not in sentence


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("rounds", [60, pytest.param(3000, marks=pytest.mark.long)])
def test_damaged_files_are_read_or_one_sentence(tmp_path: Path, reader: str, rounds: int) -> None:
    whole = json.dumps({
        "laboratory": "A", "logo": "", "cases": ["a"], "engine": "karyoview", "minutes": 5.0, "person": "Ana",
        "classes": ["chromosome"], "operating_threshold": 0.5, "recipe": {"engine": "deepace-v2"}, "data": ["x"],
        "options": {"start": None, "backbone": None}, "categories": [{"id": 1, "name": "A1"}],
        "images": [{"id": 1, "file_name": "a.png", "width": 9, "height": 9}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
    }, indent=1).encode()  # fmt: skip
    for seed in range(rounds):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "x.json").write_bytes(damaged(whole, random.Random(seed)))
        assert "\n" not in read(reader, folder / "x.json"), seed


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(2 * MAX_BYTES)
    for reader in ("document", "template", "card"):
        assert "large" in read(reader, path)
