"""Our figures beside the papers': the mix of overlaps, two people, and the table from the cards."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from karyotrain.engines.recipe import recipes
from karyotrain.studies import paper_tables, papers
from karyotrain.studies.paper_tables import MISSING, table_of_tables
from karyotrain.studies.papers import (
    KEY,
    PAPERS_MIX,
    as_markdown,
    figures_of_card,
    mix_of,
    mix_of_figures,
    people_figures,
    rows,
)

CARD = {
    "engine": "deepace-v2", "weights": {"hash": "abc"},
    "metrics": {
        "taichung/val": {
            "rule": "one", "score_threshold": 0.3, "truths": 1000, "aer": 0.10, "f1": 0.95, "wcr": 0.1, "acc": 0.9,
            "severe_overlap": {"truths": 500, "precision": 0.9, "recall": 0.9},
        }
    },
}  # fmt: skip


def test_deepace_v2s_own_error_rates_give_an_aer_of_two_and_a_half_on_our_mix() -> None:
    assert PAPERS_MIX.aer() == pytest.approx(0.0117)
    assert PAPERS_MIX.severe == pytest.approx(0.0411, abs=1e-4)
    assert PAPERS_MIX.aer(9435 / 19492) == pytest.approx(0.0243, abs=1e-4)


def test_our_rates_are_weighted_to_the_papers_mix() -> None:
    """1,000 chromosomes, 500 severe: 50 missed and 50 false there, so no error elsewhere."""
    mix = mix_of_figures(CARD["metrics"]["taichung/val"])
    assert (mix.share, mix.severe, mix.other) == (0.5, pytest.approx(0.2), pytest.approx(0.0))
    assert mix.aer(0.1) == pytest.approx(0.02)
    assert mix_of(0.5, 0.15, 0.9, 0.9).other == pytest.approx(0.1)


def test_the_table_shows_what_was_measured_by_the_papers_rule_only_for_the_weights_at_hand() -> None:
    _, how = figures_of_card(CARD)
    assert how == "the rule one, the engine's own suppression, score from 0.3"
    own = {**CARD["metrics"]["taichung/val"], "rule": "own", "score_threshold": 0.5, "images": 8, "weights_hash": "abc"}
    measured = {**CARD, "metrics": {**CARD["metrics"], KEY: {"rows": own, "people": {"aer": 0.04}}}}
    assert figures_of_card(measured)[1] == "the paper's rule, score from 0.5, 8 cells"
    other = {**measured, "weights": {"hash": "def"}}
    assert figures_of_card(other)[1].startswith("the rule one")
    found = {row[1]: row for row in rows({"deepace-v2": measured})}
    assert found["AER"][2:5] == ("10.00 %", "1.17 %", "4.00 %")
    assert found["AER of boxes, 50 % overlap severely"][2] == "10.00 %"
    assert found["AER of boxes, 10 % overlap severely"][3] == "1.17 %"
    assert rows({}) == []
    assert "`deepace-v2` by the paper's rule, score from 0.5, 8 cells" in as_markdown({"deepace-v2": measured})


def test_two_people_are_compared_both_ways(tmp_path: Path) -> None:
    """The second person boxed one chromosome of two: AER 1/2 with the first as truth, 1/1 with the second."""
    folder = tmp_path / "taichung"
    folder.mkdir()

    def write(name: str, boxes: list[list[float]]) -> None:
        image = {"id": 1, "file_name": "a.webp", "width": 99, "height": 99}
        found = [{"id": i, "image_id": 1, "category_id": 1, "bbox": b} for i, b in enumerate(boxes)]
        (folder / name).write_text(json.dumps({"images": [image], "annotations": found}))

    write("val.json", [[0, 0, 10, 10], [40, 40, 10, 10]])
    write("second.json", [[0, 0, 10, 10]])
    found = people_figures(tmp_path)
    assert (found["aer"], found["wcr"], found["corrections"], found["severe_share"]) == (0.75, 0.0, 1.0, 0.0)
    assert np.isfinite(found["aer_on_papers_mix"])


def test_the_help_names_every_table_and_every_recipe_belongs_to_one() -> None:
    assert {r.table for r in recipes().values()} - {""} <= set(MISSING)
    head, found = table_of_tables()
    assert len(head) == 3
    assert all(count != "0" or missing != "–" for _, count, missing in found)  # a table without rows says why


def test_both_tables_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert papers.main([]) == 0
    out = capsys.readouterr().out
    assert all(f"`{engine}`" in out for engine in papers.PAPERS)
    paper_tables.main()
    assert "DeepCHM IX" in capsys.readouterr().out
