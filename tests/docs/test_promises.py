"""Every promise about data names tests that there are."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "resources" / "help" / "promises.md"


def test_every_promise_names_its_tests() -> None:
    text = PAGE.read_text(encoding="utf-8")
    promised = text.split("## What is promised")[1].split("\n## ")[0]
    there = {path.name for path in TESTS.rglob("test_*.py")}
    promises = [part for part in promised.split("\n\n") if part.startswith("**")]
    assert len(promises) >= 10
    for promise in promises:
        head, _, tests = promise.partition("*Tests:*")
        named = set(re.findall(r"`(test_\w+\.py)`", tests))
        assert named, f"no test is named: {head[:60]}"
        assert named <= there, f"{head[:60]}: {named - there}"


def test_the_counts_are_those_of_the_command() -> None:
    rounds = "".join(p.read_text(encoding="utf-8") for p in (TESTS / "stress").glob("test_*.py"))
    asked = {int(n.replace("_", "")) for n in re.findall(r"rounds\((\d[\d_]*)", rounds)}
    table = PAGE.read_text(encoding="utf-8").split("## How often")[1].split("\n## ")[0]
    stated = {int(n.replace(",", "")) for n in re.findall(r"^\|[^|]+\| ([\d,]+) \|", table, re.MULTILINE)}
    assert stated - {sum(n for n in (60_000, 40_000, 5000))} <= asked
