"""Floors and aims of the shipped engines, held against what their cards say."""

from __future__ import annotations

import json

import pytest
from karyotrain.studies import targets
from karyotrain.studies.common import shipped_cards
from karyotrain.studies.notes import read_notes
from karyotrain.studies.targets import missed, rows

from karyoview._resources import resource
from karyoview.detectors.engine_spec import VAL, Target
from karyoview.detectors.registry import ENGINES


def card(engine: str, **figures: float) -> dict:
    return {"engine": engine, "metrics": {VAL: figures}}


def test_a_floor_is_met_at_it_and_missed_beyond_it_in_the_figures_own_sense() -> None:
    errors, found = Target("aer", 0.04, 0.02), Target("wcr", 0.35, 0.48)
    assert errors.met(card("deepace", aer=0.04))
    assert not errors.met(card("deepace", aer=0.041))
    assert found.met(card("deepace", wcr=0.35))
    assert not found.met(card("deepace", wcr=0.349))
    assert not found.met(card("deepace"))  # what was not measured is not reached
    assert Target("mfps", None, 1.0).met(card("deepchm", mfps=9.0))


def test_missed_floors_are_those_of_the_cards_own_engine() -> None:
    assert [g.figure for g in missed(card("deepace", aer=0.03, wcr=0.2))] == ["wcr"]
    shown = rows({"deepace": card("deepace", aer=0.03, wcr=0.2)})
    assert [line[-1] for line in shown] == ["3.00 %", "20.00 % (missed)"]


def test_the_notes_of_a_shipped_card_that_misses_a_floor_say_what_else_was_tried_and_what_is_next() -> None:
    cards = shipped_cards()
    assert {kind for kind, spec in ENGINES.items() if spec.targets} == set(cards)
    short = {name: each for name, each in cards.items() if missed(each)}
    for name, each in short.items():
        beyond = read_notes(name).get("beyond", {})
        assert len(beyond.get("tried", [])) >= 2, f"{name} misses {missed(each)} and names no two further attempts"
        assert all(any(c.isdigit() for c in attempt) for attempt in beyond["tried"]), (
            f"{name}: attempts without figures"
        )
        assert len(beyond.get("next", "")) > 20, f"{name} does not say what comes next"
    assert "karyoview" not in short


def test_the_table_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    targets.main()
    out = capsys.readouterr().out
    assert out.count("\n") == sum(len(spec.targets) for spec in ENGINES.values()) + 1
    assert "deepace-v2" in out


def test_cards_are_short_and_leave_the_diary_to_the_notes() -> None:
    for path in resource("weights").glob("*.card.json"):
        card = json.loads(path.read_text(encoding="utf-8"))
        size = len(path.read_text(encoding="utf-8"))
        if "differs_from_the_paper" in card:  # the exception: every difference from the paper is listed in its card
            size -= len(json.dumps(card["differs_from_the_paper"], indent=2, ensure_ascii=False))
        size -= len(json.dumps(card["weights"].get("graphs", {}), indent=2))  # the hashes of the files beside it
        assert size < 16 * 1024, path.name
        assert not {"studies", "beyond"} & card.keys()
        assert not {"history", "orientation"} & card["training"].keys()
    assert {"studies", "history", "orientation"} <= read_notes("karyoview").keys()
