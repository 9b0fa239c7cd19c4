"""Settings that cannot be: set aside with a word, and the window opens."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from karyoview.services.settings import Settings

BROKEN = {
    "no JSON": b"{", "deep": b"[" * 100_000, "a list": b"[1]", "not UTF-8": b"\xff\xfe{", "too large": b" " * 2_000_000,
    "no number": b'{"text_size": NaN}', "beyond all numbers": b'{"text_size": 1e999}',
    "beyond 64 bits": b'{"text_size": 1%s}' % (b"0" * 30),
}  # fmt: skip
WRONG = {
    "recent": [1, None], "thresholds": {"deepace": "high"}, "keys": {"undo": 5}, "theme": "pink", "text_size": 10**15,
    "layout": 5, "person": ["eva"],
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_file_that_cannot_be_read_is_set_aside(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(BROKEN[kind])
    settings = Settings(path)
    assert settings["text_size"] == 10
    assert str(path) in settings.notices[0]
    settings["theme"] = "dark"
    assert Settings(path)["theme"] == "dark"
    assert (tmp_path / "settings-set-aside.json").read_bytes()[:100] == BROKEN[kind][:100]


@pytest.mark.parametrize("key", WRONG)
def test_a_value_that_cannot_be_is_left_out_and_said(tmp_path: Path, key: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({key: WRONG[key], "quality": "best"}))
    settings = Settings(path)
    assert settings["quality"] == "best"
    assert settings[key] == Settings(tmp_path / "none.json")[key]
    assert key in settings.notices[0]


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and modes are POSIX")
def test_a_pipe_or_a_folder_in_its_place_stops_nobody_and_others_cannot_read_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "folder.json").mkdir()
    for name in ("pipe.json", "folder.json"):
        settings = Settings(tmp_path / name)
        assert settings["theme"] == "system"
        assert "cannot be read" in settings.notices[0]
    Settings(tmp_path / "own.json")["theme"] = "dark"
    assert stat.S_IMODE((tmp_path / "own.json").stat().st_mode) == 0o600
