"""What changed between two documents, and the way back into the new one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karyoview.case.delta import apply_delta, difference
from karyoview.io.documents import DocumentError, dump_document

names = st.lists(st.sampled_from("abcdef"), unique=True)
values = st.integers(0, 2)


def document(images: list[str], numbers: list[int]) -> dict[str, Any]:
    return {"cells": [{"image": i, "page": n} for i, n in zip(images, numbers, strict=False)]}


@given(names, names, st.lists(values, min_size=6), st.lists(values, min_size=6))
def test_cells_that_come_go_change_and_move_are_found_again(
    before: list[str], after: list[str], old: list[int], new: list[int]
) -> None:
    first, second = document(before, old), document(after, new)
    assert dump_document(apply_delta(first, difference(first, second))) == dump_document(second)


def test_another_order_is_told_only_where_it_is_not_plain() -> None:
    old = document(["a", "b", "c"], [0, 0, 0])
    assert difference(old, document(["a", "c"], [0, 0]))["items"]["cells"] == {"remove": [old["cells"][1]]}
    moved = difference(old, document(["c", "a", "b"], [0, 0, 0]))
    assert moved == {"items": {"cells": {"order": ["c", "a", "b"]}}}


@pytest.mark.parametrize(("old", "new"), [(0.0, -0.0), (1, True), (1, 1.0)])
def test_values_that_python_takes_for_equal_are_told_apart(old: object, new: object) -> None:
    delta = difference({"x": old}, {"x": new})
    assert delta == {"set": {"x": {"old": old, "new": new}}}
    assert difference({"x": old}, {"x": old}) == {}


@pytest.mark.parametrize(
    "delta",
    [{"items": {"cells": {"change": {"z": {}}}}}, {"items": {"marks": {}}},
     {"items": {"cells": {"order": ["a", "z"]}}}, {"set": 5}],
)  # fmt: skip
def test_a_change_that_does_not_fit_is_refused(delta: dict[str, Any]) -> None:
    with pytest.raises(DocumentError, match="does not fit the document"):
        apply_delta(document(["a", "b"], [0, 0]), delta)
