"""Text for fonts that draw one glyph a character."""

from __future__ import annotations

from karyoview.core.script import drawable


def all_known(character: str) -> bool:
    return True


def test_plain_text_stays() -> None:
    assert drawable("cell 1.png", all_known) == "cell 1.png"
    assert drawable("Größe é 染色体", all_known) == "Größe é 染色体"
    assert drawable("e\u0301", all_known) == "é"


def test_arabic_letters_are_joined_and_turned() -> None:
    # beh: isolated, initial, medial, final
    assert drawable("ب", all_known) == "\ufe8f"
    assert drawable("ببب", all_known) == "\ufe90\ufe92\ufe91"
    # alef joins only to the letter before it
    assert drawable("باب", all_known) == "\ufe8f\ufe8e\ufe91"
    # lam with alef is one glyph
    assert drawable("لا", all_known) == "\ufefb"
    assert drawable("c1 ببب.png", all_known) == "c1 \ufe90\ufe92\ufe91.png"


def test_hebrew_words_are_turned_as_one_run() -> None:
    assert drawable("a שלום עולם.png", all_known) == "a " + "שלום עולם"[::-1] + ".png"


def test_what_no_font_has_is_its_code() -> None:
    assert drawable("a🧬b", str.isascii) == "a[U+1F9EC]b"
    assert drawable("ＡＢ", str.isascii) == "AB", "a plain form is better than a code"
