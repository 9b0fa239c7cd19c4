"""What translators get: every text of the tables is in the template, and the window asks for it."""

from __future__ import annotations

import re
from pathlib import Path

import defusedxml.ElementTree as ElementTree
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QLabel

from karyoview import detectors
from karyoview._resources import resource
from karyoview.core.annotation import ImageAnnotation, PredictedChromosome
from karyoview.core.geometry import Box
from karyoview.gui.canvas.tool import TOOLS
from karyoview.gui.dialogs.preferences import PreferencesDialog
from karyoview.gui.keys import MENUS, SCOPES, TIPS, actions
from karyoview.gui.messages import STEPS, doubt_text, phrase_text, step_name
from karyoview.review.doubt import ENGINE_WORDS, FORMS, doubts, engine_reason
from karyoview.services.settings import CHOICES, SETTINGS


def template() -> dict[str, set[str]]:
    root = ElementTree.parse(resource("translations", "karyoview_template.ts")).getroot()
    return {c.findtext("name"): {m.findtext("source") for m in c.findall("message")} for c in root.findall("context")}


def test_every_text_of_the_tables_is_in_the_template() -> None:
    found = template()
    tips = {*TIPS.values(), *(a.hint for a in actions() if a.hint)}
    names = {*(a.text for a in actions()), *(t for _, t in MENUS), *SCOPES.values()}
    assert names | tips <= found["Actions"], "run make translations"
    settings = {t for s in SETTINGS if not s.hidden for t in (s.title, s.help)} | set(CHOICES.values())
    assert settings <= found["Settings"], "run make translations"
    assert all(c in CHOICES for s in SETTINGS for c in s.choices)
    assert {*FORMS.values(), *ENGINE_WORDS} <= found["Doubts"], "run make translations"
    assert set(STEPS.values()) <= found["Steps"], "run make translations"
    assert {t.hint for t in TOOLS.values() if t.hint} <= found["Tools"], "run make translations"


def test_every_reason_for_a_doubt_is_said_in_the_users_language(qapp) -> None:
    translator = Shouting()
    QApplication.installTranslator(translator)
    try:
        either = phrase_text(engine_reason("13 or 14"))
        known = {word: phrase_text(engine_reason(word)) for word in ENGINE_WORDS}
        strange = phrase_text(engine_reason("too {bright}"))
        steps = [step_name(a) for a in ("relabel", "something_new")]
        item = PredictedChromosome("a", Box(5, 5, 4, 4), 12, score=0.4, raw_label=13, reasons=("overlap", "13 or 14"))
        whole = [doubt_text(d) for d in doubts(ImageAnnotation("a.png", (9, 9), chromosomes=(item,)))]
    finally:
        QApplication.removeTranslator(translator)
    assert either == "§13 or 14"
    assert known == {word: f"§{word}" for word in ENGINE_WORDS}
    assert strange == "§too {bright}", "what is not known stays as it came"
    assert steps == ["§class", "something new"]
    assert whole[0] == "§§unsure (40%): §§overlap, §13 or 14"
    assert "§the network alone says 14, the cell as a whole 13" in whole
    assert all(w.startswith("§") for w in whole)


def test_what_engines_say_as_a_reason_is_known_here() -> None:
    sources = [p.read_text(encoding="utf-8") for p in Path(detectors.__file__).parent.rglob("*.py")]
    reasons = set(re.findall(r'reasons\.append\("([^"]+)"\)', "\n".join(sources)))
    assert reasons
    assert reasons <= set(ENGINE_WORDS)


class Shouting(QTranslator):
    """Puts a sign before every text."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"§{text}"

    def isEmpty(self) -> bool:  # noqa: N802 (Qt names it)
        return False


def test_the_preferences_are_in_the_users_language(driver) -> None:
    translator = Shouting()
    QApplication.installTranslator(translator)
    try:
        dialog = PreferencesDialog(driver.window.settings, driver.window)
    finally:
        QApplication.removeTranslator(translator)
    labels = {w.text() for w in dialog.findChildren(QLabel)}
    assert {f"§{s.title}" for s in SETTINGS if not s.hidden} <= labels
    quality = dialog.fields["quality"]
    assert quality.currentText() == "§balanced"
    quality.setCurrentIndex(quality.findData("best"))
    dialog.accept()
    assert driver.window.settings["quality"] == "best"
    dialog.deleteLater()
