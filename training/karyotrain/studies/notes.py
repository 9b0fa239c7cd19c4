"""The notes of each shipped engine: what was studied, what was tried, how it came about. Cards hold none of it.

They lie in ``training/studies/ENGINE.json`` of the repository: ``studies`` by name, each with the command that made it
and its rows; ``history``, how the weights came about; ``orientation``, what its directions were learnt from;
``beyond`` with what else was ``tried`` and what comes ``next``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from karyoview.io.atomic import write_atomic

FOLDER: Final = Path(__file__).resolve().parents[2] / "studies"


def read_notes(engine: str) -> dict[str, Any]:
    """The notes of an engine; empty where it has none."""
    path = FOLDER / f"{engine}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def put_into_notes(engine: str, study: str, rows: Mapping[str, Any]) -> None:
    """Write one study into the notes of an engine; everything else in them stays."""
    notes = read_notes(engine)
    notes.setdefault("studies", {})[study] = dict(rows)
    FOLDER.mkdir(exist_ok=True)
    write_atomic(FOLDER / f"{engine}.json", json.dumps(notes, indent=1, ensure_ascii=False).encode() + b"\n")
