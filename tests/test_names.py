"""Names that were given up for the field's own terms come back neither in the product nor in its tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
ROOTS = ("karyoview", "training", "packaging", "tests")

GIVEN_UP = {
    "everywhere": ("said", "heard", "told", "together", "want"),
    "the networks": (
        "mind", "loudest", "think", "felt", "FELT", "Neighbours", "_Round", "NamingNet", "fold_norms", "quicken",
        "boxes_seen", "boxes_unseen", "evidence",
    ),
    "the engine": ("rescored", "_second_look", "_sure", "PRICES", "own_label", "GivenBy", "depth_of", "strengthened"),
    "the window": (
        "Desk", "forget_picture", "noted", "Shell", "Act", "_said_step", "on_cell", "Hands", "Ghost", "_take", "_now",
    ),
    "the services": (
        "Proposer", "Finished", "FLOOR", "Lane", "sentence_of", "WeightsRoom", "Standing", "spoken_time",
        "gather", "_furniture", "Tally", "Wish",
    ),
    "training": (
        "sightings", "Sightings", "cellwise", "resting_trunk", "kept_forms", "drawn_only", "house", "blending",
        "mosaics", "but", "new_look", "goals", "thinned", "forms", "Seen",
    ),
    "lists beside EngineSpec": ("ENGINE_KINDS", "Kind", "TUNERS", "TRAINABLE", "OFFERS_EFFORT", "GOALS"),
}  # fmt: skip
GIVEN_UP_IN = {
    "karyoview/detectors": (
        "ask", "give", "judge", "standing", "seen", "unseen", "namer", "prices", "readable", "wanted", "ranks", "look",
        "_upright",
    ),
    "karyoview/detectors/nets/cell_context.py": ("take", "own", "between", "before", "after", "named"),
    "karyoview/detectors/nets/learned_nms.py": ("own", "between", "pairs", "rounds", "trust", "decide"),
    "training": ("renew", "settle", "ready", "finding", "standing", "wish", "_upright", "Budget"),
    "training/karyotrain/studies": ("look",),
    "training/karyotrain/trainer": ("look", "room", "house"),
    "tests/training": ("renew", "settle", "wish", "finding"),
}  # fmt: skip
"""Common words that name something else elsewhere, by the folder or file in which the field has its own."""

MODULES_GIVEN_UP = frozenset({
    "desk", "shell", "words", "bridge", "proposing", "neighbours", "views", "folding", "ground", "naming", "whole",
    "renew", "sightings", "new_look", "goals", "finding", "suppression", "cellwise", "blending", "mosaics",
    "resting_trunk", "case_schema", "report_content", "report_pdf",
})  # fmt: skip


def identifiers() -> Iterator[tuple[str, str]]:
    """Every name that is defined, with its place."""
    for root in ROOTS:
        for path in sorted((REPOSITORY / root).rglob("*.py")):
            place = path.relative_to(REPOSITORY).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                        yield node.name, f"{place}:{node.lineno}"
                    case ast.Name(ctx=ast.Store()):
                        yield node.id, f"{place}:{node.lineno}"
                    case ast.Attribute(ctx=ast.Store()):
                        yield node.attr, f"{place}:{node.lineno}"
                    case ast.arg():
                        yield node.arg, f"{place}:{node.lineno}"
                    case ast.alias():
                        yield (node.asname or node.name).rpartition(".")[2], f"{place}:{node.lineno}"


@pytest.fixture(scope="module")
def places() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, place in identifiers():
        found.setdefault(name, []).append(place)
    return found


@pytest.mark.parametrize("part", GIVEN_UP)
def test_a_name_that_was_given_up_is_none_of_the_identifiers(part: str, places: dict[str, list[str]]) -> None:
    back = {name: places[name] for name in GIVEN_UP[part] if name in places}
    assert not back, back


@pytest.mark.parametrize("where", GIVEN_UP_IN)
def test_a_common_word_does_not_stand_where_the_field_has_its_own(where: str, places: dict[str, list[str]]) -> None:
    assert any(place.startswith(where) for found in places.values() for place in found)
    back = {n: [p for p in places.get(n, ()) if p.startswith(where)] for n in GIVEN_UP_IN[where]}
    assert not any(back.values()), back


def test_no_module_has_a_name_that_was_given_up() -> None:
    found = [p for root in ROOTS for p in (REPOSITORY / root).rglob("*.py")]
    assert not [str(p.relative_to(REPOSITORY)) for p in found if p.stem in MODULES_GIVEN_UP]


def test_names_are_looked_for_where_they_are_defined(places: dict[str, list[str]]) -> None:
    for name in ("WeightsRepository", "collect_report", "Case", "read_ahead"):
        assert name in places
