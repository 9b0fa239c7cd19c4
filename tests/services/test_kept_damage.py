"""Damaged inputs that once found a fault, kept as they were: each is read, or one sentence, for ever."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_json_readers_hostile import READERS, read

KEPT = Path(__file__).parents[1] / "fixtures" / "damaged" / "json"
FILES = sorted(p.relative_to(KEPT) for p in KEPT.rglob("*.json"))


def test_there_are_some() -> None:
    assert {p.parts[0].replace("-", " ") for p in FILES} <= set(READERS)
    assert len(FILES) >= 20


@pytest.mark.parametrize("name", FILES, ids=str)
def test_what_once_found_a_fault_is_read_or_one_sentence(tmp_path: Path, name: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes((KEPT / name).read_bytes())
    assert "\n" not in read(name.parts[0].replace("-", " "), path)
