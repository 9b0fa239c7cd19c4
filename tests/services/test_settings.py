"""The user's settings."""

from __future__ import annotations

import json
from pathlib import Path

from karyoview.services.settings import SETTINGS, Settings


def test_settings_keep_only_what_differs_and_survive_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    settings = Settings(path)
    settings["theme"] = "dark"
    settings.set_threshold("e", 0.3)
    assert json.loads(path.read_text()) == {"theme": "dark", "thresholds": {"e": 0.3}}
    settings["theme"] = "system"
    assert "theme" not in json.loads(path.read_text())
    path.write_text('{"theme": 5, "text_size": 4000, "unknown": 1, "thresholds": {"e": 0.4}}')
    again = Settings(path)
    assert (again["theme"], again["text_size"], again.threshold("e", 0.9)) == ("system", 10, 0.4)
    path.write_text("{broken")
    assert Settings(path)["theme"] == "system"


def test_every_visible_setting_explains_itself() -> None:
    assert all(s.title and s.help for s in SETTINGS if not s.hidden)


def test_two_windows_keep_each_others_settings(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    first, second = Settings(path), Settings(path)
    first["theme"] = "dark"
    second["text_size"] = 14
    first.set_threshold("one", 0.3)
    second.set_threshold("two", 0.4)
    for window, name in ((first, "a"), (second, "b")):
        (tmp_path / name).mkdir()
        window.remember_case(tmp_path / name)
    now = Settings(path)
    assert (now["theme"], now["text_size"]) == ("dark", 14)
    assert now["thresholds"] == {"one": 0.3, "two": 0.4}
    assert [Path(r).name for r in now["recent"]] == ["b", "a"]
