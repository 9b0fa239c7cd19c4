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

from karyoview.core.checked_json import parse_json, read_json
from karyoview.core.plain_files import open_to_read
from karyoview.io.atomic import write_atomic

_MAX_BYTES: Final = 1 << 20
_log = logging.getLogger(__name__)


def _T(context: str, text: str) -> str:  # noqa: N802 (the name by which texts for translators are found)
    """Mark a text that the window translates in a context."""
    return text


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: ``key``, default (its type is the setting's), title, help, choice, limits, a number's ``unit``."""

    key: str
    default: Any
    title: str
    help: str = ""
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    hidden: bool = False
    unit: str = ""


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
        low=8, high=20, unit="pt",
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
        _T("Settings", "Milliseconds before 1 or 2 is taken alone."), low=200, high=2000, unit="ms",
    ),
    Setting(
        "confirm_red", True, _T("Settings", "Ask about open doubts"),
        _T("Settings", "Before a cell with open doubts is marked as reviewed."),
    ),
    Setting(
        "idle_lock", 15, _T("Settings", "Lock when idle"),
        _T("Settings", "Minutes without a key or click, 0: never; only where people are entered."),
        low=0, high=240, unit="min",
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
    """Values by key; only what differs from the default is written.

    A file that cannot be read, or holds a value that no setting can have, is set aside beside it, and ``notices``
    says so; the defaults stand for what was left out.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or settings_path()
        self.notices: list[str] = []
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
        self._write(key)
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
        self["thresholds"] = {**self._stored().get("thresholds", self["thresholds"]), engine: round(value, 3)}

    def remember_case(self, folder: Path) -> None:
        """Put a case first in the list of recent ones (at most 12)."""
        name = str(folder.resolve())
        self["recent"] = [name, *(r for r in self._stored().get("recent", self["recent"]) if r != name)][:12]

    def _read(self) -> dict[str, Any]:
        try:
            with os.fdopen(open_to_read(self.path), "rb") as file:
                data = file.read(_MAX_BYTES + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._say(f"The settings in {self.path} cannot be read ({error.strerror or error}); the defaults are used.")
            return {}
        try:
            if len(data) > _MAX_BYTES:
                raise ValueError("the file is too large")
            stored = parse_json(data)
            if not isinstance(stored, dict):
                raise ValueError("it is no JSON object")
        except ValueError as error:
            self._set_aside(data, f"cannot be read ({' '.join(str(error).split())[:120]}); the defaults are used")
            return {}
        kept = {k: v for k, v in stored.items() if k in _BY_KEY and _fits(_BY_KEY[k], v)}
        wrong = sorted(set(stored) & set(_BY_KEY) - set(kept))
        if wrong:
            self._set_aside(data, f"hold what cannot be: {', '.join(wrong)}; the defaults are used for that")
        return kept

    def _stored(self) -> dict[str, Any]:
        """What the file holds now; the own values where there is none or it cannot be read."""
        try:
            stored = read_json(self.path, _MAX_BYTES)
            return {k: v for k, v in stored.items() if k in _BY_KEY and _fits(_BY_KEY[k], v)}
        except (OSError, ValueError, AttributeError):
            return dict(self._values)

    def _set_aside(self, data: bytes, what: str) -> None:
        """Keep a file that is at fault for a person to look at, and say what was done."""
        kept = self.path.with_name(f"{self.path.stem}-set-aside{self.path.suffix}")
        try:
            write_atomic(kept, data, private=True)
            where = f"; the file as it was is kept as {kept.name}"
        except OSError:
            where = ""
        self._say(f"The settings in {self.path} {what}{where}.")

    def _say(self, sentence: str) -> None:
        self.notices.append(sentence)
        _log.warning("%s", sentence)

    def _write(self, key: str) -> None:
        """Write this one setting into the file as it is now: another window may have written others meanwhile."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            present = self._stored()
            if key in self._values:
                present[key] = self._values[key]
            else:
                present.pop(key, None)
            data = json.dumps(present, indent=1, ensure_ascii=False).encode("utf-8", "backslashreplace")
            write_atomic(self.path, data, private=True)
        except (OSError, ValueError) as error:
            _log.warning("The settings cannot be written to %s (%s).", self.path, error)


def _fits(setting: Setting, value: Any) -> bool:
    """Whether a stored value has the type and lies in the choices or limits of its setting."""
    if setting.key in _INNER:
        return _INNER[setting.key](value)
    if isinstance(setting.default, bool) or not isinstance(setting.default, int):
        return isinstance(value, type(setting.default)) and (not setting.choices or value in setting.choices)
    return isinstance(value, int) and not isinstance(value, bool) and setting.low <= value <= setting.high


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and "\x00" not in v for v in value)


def _shares(value: Any) -> bool:
    plain = isinstance(value, dict) and all(type(v) in (int, float) for v in value.values())
    return plain and all(0 <= v <= 1 for v in value.values())


def _key_names(value: Any) -> bool:
    return isinstance(value, dict) and all(_texts(v) for v in value.values())


_INNER: Final[Mapping[str, Callable[[Any], bool]]] = {"recent": _texts, "thresholds": _shares, "keys": _key_names}
"""What the values of lists and objects must be, by the setting."""
