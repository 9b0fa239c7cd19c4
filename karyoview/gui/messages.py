"""Sentences of the record in the user's language: doubts, states, steps that can be taken back, counts."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.chromosome import CLASSES, X_INDEX
from karyoview.gui.application import mark as _T
from karyoview.review.blind_count import BlindOutcome
from karyoview.review.doubt import Doubt, Phrase

translate = QCoreApplication.translate
STATE_MARKS: Final = {
    ReviewState.NEW: "○",
    ReviewState.PROPOSED: "◔",
    ReviewState.IN_REVIEW: "◑",
    ReviewState.REVIEWED: "✔",
    ReviewState.SET_ASIDE: "✕",
}
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


def state_text(annotation: ImageAnnotation) -> str:
    """The state of a cell in words, with its mark."""
    return f"{STATE_MARKS[annotation.state]} {_state(annotation)}"


def short_state(annotation: ImageAnnotation) -> str:
    """The state of a cell for a narrow list."""
    if annotation.state is ReviewState.PROPOSED:
        return translate("Header", "proposed")
    return _state(annotation)


def _state(annotation: ImageAnnotation) -> str:
    return {
        ReviewState.NEW: translate("Header", "new"),
        ReviewState.PROPOSED: translate("Header", "proposed, not looked at"),
        ReviewState.IN_REVIEW: translate("Header", "in review"),
        ReviewState.REVIEWED: translate("Header", "reviewed"),
        ReviewState.SET_ASIDE: translate("Header", "set aside: {0}").format(annotation.reason),
    }[annotation.state]


def blind_text(outcome: BlindOutcome) -> str:
    """What a blind second count came to, in one sentence."""
    agree, differ = (
        translate("Blind", "Both counts agree: first {0}, yours {1}"),
        translate("Blind", "The counts differ: first {0}, yours {1}"),
    )
    sentence = (agree if outcome.first == outcome.second else differ).format(outcome.first, outcome.second)
    if outcome.unmarked:
        unmarked = translate("Blind", "; {0} boxes of the first count have no mark of yours")
        sentence += unmarked.format(outcome.unmarked)
    return sentence + "."


def class_names(sex_withheld: bool) -> dict[int, str]:
    """Class names by index as they may be shown: X and Y are one word where sex is withheld."""
    hidden = sex_word() if sex_withheld else ""
    return {c.index: hidden if hidden and c.index >= X_INDEX else c.label for c in CLASSES}


def sex_word() -> str:
    """What X and Y are called where sex is withheld."""
    return translate("Classes", "sex")
