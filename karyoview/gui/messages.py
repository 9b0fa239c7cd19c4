"""Sentences of the record in the user's language: doubts, steps that can be taken back, comparisons."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from karyoview.review.doubt import Doubt, Phrase

_T = QT_TRANSLATE_NOOP
STEPS: Final = {
    "add": _T("Steps", "add"),
    "delete": _T("Steps", "delete"),
    "move": _T("Steps", "move"),
    "resize": _T("Steps", "resize"),
    "rotate": _T("Steps", "rotate"),
    "turn": _T("Steps", "turn"),
    "relabel": _T("Steps", "class"),
    "accept": _T("Steps", "accept"),
    "uncertain": _T("Steps", "uncertain"),
    "split": _T("Steps", "split"),
    "join": _T("Steps", "join"),
    "mark": _T("Steps", "count mark"),
    "suggestion": _T("Steps", "suggestion"),
    "propose": _T("Steps", "proposals"),
    "clear": _T("Steps", "remove proposals"),
    "second count": _T("Steps", "second count"),
    "new": _T("Steps", "new"),
    "proposed": _T("Steps", "proposed"),
    "in_review": _T("Steps", "open again"),
    "reviewed": _T("Steps", "reviewed"),
    "set_aside": _T("Steps", "set aside"),
}


def step_name(action: str) -> str:
    """The name of what undo takes back; one that has none here is shown as it is stored."""
    return QCoreApplication.translate("Steps", STEPS[action]) if action in STEPS else action.replace("_", " ")


def doubt_text(doubt: Doubt) -> str:
    """Why there is a doubt, in one sentence."""
    return phrase_text(doubt.phrase)


def phrase_text(phrase: Phrase) -> str:
    """A phrase in the user's language; words of an engine that are not known stay as they came."""
    form = QCoreApplication.translate("Doubts", phrase.form)
    return form.format(*(phrase_text(v) if isinstance(v, Phrase) else v for v in phrase.values))
