"""The user's settings, declared once: this table feeds the file, the dialog and the manual."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import platformdirs

_log = logging.getLogger(__name__)


def _T(context: str, text: str) -> str:  # noqa: N802 (the name by which texts for translators are found)
    """Mark a text that the window translates in a context."""
    return text


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: ``key``, default (its type is the setting's), title, help and, where limited, the choices."""

    key: str
    default: Any
    title: str
    help: str = ""
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    hidden: bool = False


SETTINGS: Final = (
    Setting(
        "person", "", _T("Settings", "Your name"),
        _T("Settings", "Printed in the record beside each of your edits."),
    ),
    Setting(
        "theme", "system", _T("Settings", "Theme"), _T("Settings", "Colours of the window."),
        ("system", "light", "dark"),
    ),
    Setting(
        "text_size", 10, _T("Settings", "Text size"), _T("Settings", "In points; labels on the metaphase follow."),
        low=8, high=20,
    ),
    Setting("engine", "", "Engine", "Asked by I and Ctrl+B; empty means the default engine.", hidden=True),
    Setting(
        "device", "auto", _T("Settings", "Device"), _T("Settings", "Where engines compute."), ("auto", "cpu", "cuda")
    ),
    Setting(
        "quality", "balanced", _T("Settings", "Engine effort"), _T("Settings", "Views each cell is judged in."),
        ("fast", "balanced", "best"),
    ),
    Setting(
        "auto_advance", True, _T("Settings", "Next doubt after a class"),
        _T("Settings", "Typing a class on a doubtful chromosome goes to the next."),
    ),
    Setting(
        "digit_wait", 600, _T("Settings", "Wait for a second digit"),
        _T("Settings", "Milliseconds before 1 or 2 is taken alone."), low=200, high=2000,
    ),
    Setting(
        "confirm_red", True, _T("Settings", "Ask about open doubts"),
        _T("Settings", "Before a cell with open doubts is marked as reviewed."),
    ),
    Setting(
        "idle_lock", 15, _T("Settings", "Lock when idle"),
        _T("Settings", "Minutes without a key or click, 0: never; only where people are entered."), low=0, high=240,
    ),
    Setting("show_scores", False, "Scores on labels", "Show each proposal's score beside its class.", hidden=True),
    Setting("thresholds", {}, "Thresholds", "Per engine.", hidden=True),
    Setting("keys", {}, "Keys", "Only the keys that differ from the defaults.", hidden=True),
    Setting("recent", [], "Recent cases", "", hidden=True),
    Setting("layout", "", "Layout", "", hidden=True),
    Setting("geometry", "", "Window", "", hidden=True),
)  # fmt: skip
CHOICES: Final = {
    "system": _T("Settings", "as the system"), "light": _T("Settings", "light"), "dark": _T("Settings", "dark"),
    "auto": _T("Settings", "automatic"), "cpu": _T("Settings", "processor"), "cuda": _T("Settings", "graphics card"),
    "fast": _T("Settings", "fast"), "balanced": _T("Settings", "balanced"), "best": _T("Settings", "best"),
}  # fmt: skip
"""What a choice is called, by its value in the file."""
_BY_KEY: Final = {s.key: s for s in SETTINGS}


def settings_path() -> Path:
    """The user's settings file; ``KARYOVIEW_SETTINGS`` overrides it."""
    chosen = os.environ.get("KARYOVIEW_SETTINGS")
    return Path(chosen) if chosen else platformdirs.user_config_path("KaryoView", appauthor=False) / "settings.json"


class Settings:
    """Values by key; only what differs from the default is written. A broken file is set aside, not fatal."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings_path()
        self._values: dict[str, Any] = self._read()
        self._listeners: list[Callable[[str], None]] = []

    def __getitem__(self, key: str) -> Any:
        return self._values.get(key, _BY_KEY[key].default)

    def __setitem__(self, key: str, value: Any) -> None:
        if self[key] == value:
            return
        if value == _BY_KEY[key].default:
            self._values.pop(key, None)
        else:
            self._values[key] = value
        self._write()
        for listener in list(self._listeners):
            listener(key)

    def subscribe(self, listener: Callable[[str], None]) -> None:
        """Call ``listener(key)`` after each change."""
        self._listeners.append(listener)

    def threshold(self, engine: str, default: float) -> float:
        """The threshold for an engine's proposals, in [0, 1]."""
        return float(self["thresholds"].get(engine, default))

    def set_threshold(self, engine: str, value: float) -> None:
        """Remember a threshold for an engine."""
        self["thresholds"] = {**self["thresholds"], engine: round(value, 3)}

    def remember_case(self, folder: Path) -> None:
        """Put a case first in the list of recent ones (at most 12)."""
        name = str(folder.resolve())
        self["recent"] = [name, *(r for r in self["recent"] if r != name)][:12]

    def _read(self) -> dict[str, Any]:
        try:
            stored = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            _log.warning("The settings in %s cannot be read (%s); the defaults are used.", self.path, error)
            return {}
        if not isinstance(stored, Mapping):
            return {}
        return {k: v for k, v in stored.items() if k in _BY_KEY and _fits(_BY_KEY[k], v)}

    def _write(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary = self.path.with_suffix(".tmp")
            temporary.write_text(json.dumps(self._values, indent=1, ensure_ascii=False), encoding="utf-8")
            temporary.replace(self.path)
        except OSError as error:
            _log.warning("The settings cannot be written to %s (%s).", self.path, error)


def _fits(setting: Setting, value: Any) -> bool:
    """Whether a stored value has the type and lies in the choices or limits of its setting."""
    if isinstance(setting.default, bool) or not isinstance(setting.default, int):
        return isinstance(value, type(setting.default)) and (not setting.choices or value in setting.choices)
    return isinstance(value, int) and not isinstance(value, bool) and setting.low <= value <= setting.high
