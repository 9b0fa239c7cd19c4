"""What translators get: every text of the tables is in the template, and the window asks for it."""

from __future__ import annotations

import defusedxml.ElementTree as ElementTree
from PySide6.QtCore import QTranslator
from PySide6.QtWidgets import QApplication, QLabel

from karyoview._resources import resource
from karyoview.gui.dialogs.preferences import PreferencesDialog
from karyoview.gui.keys import ACTIONS, MENUS, SCOPES, TIPS
from karyoview.services.settings import CHOICES, SETTINGS


def template() -> dict[str, set[str]]:
    root = ElementTree.parse(resource("translations", "karyoview_template.ts")).getroot()
    return {c.findtext("name"): {m.findtext("source") for m in c.findall("message")} for c in root.findall("context")}


def test_every_text_of_the_tables_is_in_the_template() -> None:
    found = template()
    actions = {a.text for a in ACTIONS} | set(TIPS.values()) | {t for _, t in MENUS} | set(SCOPES.values())
    assert actions <= found["Actions"], "run make translations"
    settings = {t for s in SETTINGS if not s.hidden for t in (s.title, s.help)} | set(CHOICES.values())
    assert settings <= found["Settings"], "run make translations"
    assert all(c in CHOICES for s in SETTINGS for c in s.choices)


class Shouting(QTranslator):
    """Puts a sign before every text."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"§{text}"

    def isEmpty(self) -> bool:  # noqa: N802 (Qt names it)
        return False


def test_the_preferences_are_in_the_users_language(hands) -> None:
    translator = Shouting()
    QApplication.installTranslator(translator)
    try:
        dialog = PreferencesDialog(hands.window)
    finally:
        QApplication.removeTranslator(translator)
    labels = {w.text() for w in dialog.findChildren(QLabel)}
    assert {f"§{s.title}" for s in SETTINGS if not s.hidden} <= labels
    quality = dialog.fields["quality"]
    assert quality.currentText() == "§balanced"
    quality.setCurrentIndex(quality.findData("best"))
    dialog.accept()
    assert hands.window.settings["quality"] == "best"
    dialog.deleteLater()
