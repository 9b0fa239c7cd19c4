"""Measured figures in a card: what training left stays under fit, the rest of the card is not touched."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from karyotrain.engines.measure import drawn_cells, figures, write_metrics

from karyoview._resources import resource
from karyoview.detectors.cards import card_path


def test_figures_join_the_card_and_those_of_the_training_move_to_fit(tmp_path: Path) -> None:
    weights = tmp_path / "deepace-v2.safetensors"
    shutil.copy(resource("weights", "deepace-v2.card.json"), card_path(weights))
    before = json.loads(card_path(weights).read_text())
    card_path(weights).write_text(json.dumps(before | {"metrics": {"corrections_per_cell": 7.5}}))
    write_metrics(weights, {"set/val": {"corrections_per_cell": 3.0}})
    write_metrics(weights, {"drawn": {"corrections_per_cell": 9.0}})
    after = json.loads(card_path(weights).read_text())
    assert {k: v["corrections_per_cell"] for k, v in after.pop("metrics").items()} == {
        "fit": 7.5,
        "set/val": 3.0,
        "drawn": 9.0,
    }
    assert after == {k: v for k, v in before.items() if k != "metrics"}


def test_a_card_keeps_numbers_and_bins_but_no_lists_of_cells() -> None:
    report = {"f1": 0.9, "rule": "one", "calibration": [[0.1, 5]], "per_image": [1, 2], "intervals": {"f1": [0, 1]}}
    assert set(figures(report)) == {"f1", "rule", "calibration"}


def test_all_drawn_cells_are_measured_each_under_its_own_name() -> None:
    cells = drawn_cells()
    assert len(cells) == 12
    assert len({c.name for c in cells}) == 12
