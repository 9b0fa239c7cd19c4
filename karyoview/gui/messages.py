"""Sentences of the record in the user's language: doubts, states, steps that can be taken back, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    "answer": _T("Steps", "doubt answered"),
    "outline": _T("Steps", "outline"),
    "cut outline": _T("Steps", "outline cut in two"),
    "karyogram move": _T("Steps", "move on the karyogram"),
    "karyogram swap": _T("Steps", "swap on the karyogram"),
    "karyogram mirror": _T("Steps", "mirror"),
    "karyogram look": _T("Steps", "look of the karyogram"),
    "karyogram note": _T("Steps", "arrow or text on the karyogram"),
    "structural changes": _T("Steps", "structural changes"),
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


ACTS: Final = {
    "add": _T("Acts", "Box added. {0} now."),
    "delete": _T("Acts", "Deleted. {0} left."),
    "move": _T("Acts", "Moved."),
    "resize": _T("Acts", "Size changed."),
    "rotate": _T("Acts", "Turned a little."),
    "turn": _T("Acts", "Turned by 180°."),
    "relabel": _T("Acts", "Class {1} given."),
    "accept": _T("Acts", "Accepted."),
    "uncertain": _T("Acts", "Mark of uncertainty changed."),
    "split": _T("Acts", "Split. {0} now."),
    "join": _T("Acts", "Joined. {0} now."),
    "mark": _T("Acts", "{0} counted."),
    "suggestion": _T("Acts", "Suggestion taken over. {0} now."),
    "propose": _T("Acts", "{0} chromosomes are proposed."),
    "threshold": _T("Acts", "{0} chromosomes at this threshold."),
    "clear": _T("Acts", "Proposals removed. {0} left."),
    "answer": _T("Acts", "Answered."),
    "outline": _T("Acts", "Outline changed."),
    "cut outline": _T("Acts", "Cut in two. {0} now; give the new part its class."),
    "karyogram move": _T("Acts", "Moved to {1}."),
    "karyogram swap": _T("Acts", "Swapped."),
    "karyogram mirror": _T("Acts", "Mirror image changed."),
    "karyogram look": _T("Acts", "Look of the karyogram changed, in the report too."),
    "karyogram note": _T("Acts", "Arrows and texts of the karyogram changed."),
    "structural changes": _T("Acts", "Structural changes noted."),
    "second count": _T("Acts", "Second count changed."),
    "reviewed": _T("Acts", "The cell is reviewed."),
    "set_aside": _T("Acts", "The cell is set aside."),
    "in_review": _T("Acts", "The cell is open again."),
}


def act_text(action: str, annotation: ImageAnnotation, ids: Sequence[str], names: Mapping[int, str]) -> str:
    """What was just done to a cell, in one sentence; empty for an action that has none. ``names`` are class names."""
    form = ACTS.get(action)
    if form is None:
        return ""
    labels = {c.label for c in annotation.chromosomes if c.id in ids}
    label = labels.pop() if len(labels) == 1 else None
    place = translate("Acts", "no class") if label is None else names[label]
    return QCoreApplication.translate("Acts", form).format(annotation.total(), place)


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
