"""Tables for spreadsheets, and texts of other people in a line that is shown."""

from __future__ import annotations

from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def safe_cell(value: Any) -> Any:
    """The value; text that a spreadsheet would take for a formula, blanks before it or not, gets an apostrophe."""
    if not isinstance(value, str):
        return value
    # Spreadsheets leave out blanks of every kind, and characters without a width, before they look for a formula.
    bare = value.lstrip().lstrip("\ufeff\u200b\u200c\u200d\u2060\x00 ").lstrip()
    return f"'{value}" if value.startswith(_FORMULA) or bare.startswith(_FORMULA) else value


def printable(text: str) -> str:
    """The text on one line: what would move the cursor, colour it or turn its direction is shown as its number."""
    return "".join(c if c.isprintable() or c == " " else f"\\x{ord(c):02x}" for c in text)
