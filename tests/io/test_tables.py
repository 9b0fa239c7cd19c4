"""Cells of tables that no spreadsheet takes for formulas."""

from __future__ import annotations

import pytest

from karyoview.io.tables import safe_cell


@pytest.mark.parametrize("bad", ["=1+1", "+21", "-7", "@x", "\tx", "\rx"])
def test_text_that_looks_like_a_formula_gets_an_apostrophe(bad: str) -> None:
    assert safe_cell(bad) == f"'{bad}"


@pytest.mark.parametrize("value", ["ok", "", "5-6", 5, -7, 0.5, None, True])
def test_other_values_stay_what_they_are(value: object) -> None:
    assert safe_cell(value) is value
