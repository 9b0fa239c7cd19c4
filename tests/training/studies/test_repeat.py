"""One command repeats a published engine's weights: what its card lists, in that order, and what it cannot repeat."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from karyotrain import __main__ as trainer
from karyotrain.engines.lineage import lineage
from karyotrain.engines.pipeline import run
from karyotrain.engines.recipe import find_recipe
from karyotrain.studies import repeat
from karyotrain.studies.repeat import hours_of, stages_of
from karyotrain.studies.reproduce import shipped_cards

from karyoview.core.errors import KaryoViewError
from karyoview.detectors.cards import card_path
from karyoview.detectors.folders import shipped_weights_folder

PUBLISHED = ("deepace", "deepace-v2", "deepacc", "deepchm")


@pytest.mark.parametrize("engine", PUBLISHED)
def test_every_run_of_a_shipped_card_is_a_command_that_exists(engine: str) -> None:
    card = shipped_cards()[engine]
    stages = list(stages_of(card, Path("DATA-FOLDER"), Path("out"), "cpu"))
    assert stages[-1].command[2] == "karyotrain.engines.measure"
    trained = [s for s in stages if s.command[2] == "karyotrain"]
    assert trained
    for stage in trained:
        found = trainer._parser().parse_args(stage.command[3:])
        assert find_recipe(found.recipe).engine == engine
        assert found.steps
        assert found.seed is not None
        if found.backbone is not None:
            assert (shipped_weights_folder() / found.backbone.name).is_file()
    assert all(len(sentence) > 20 for sentence in card["training"]["not_repeated"])
    assert not {"history"} & card["training"].keys()


def test_each_run_begins_from_the_one_before() -> None:
    first = {"module": "made.up", "options": ["--data", "DATA", "--into", "RUN/set"], "gives": "", "hours": 1.0}
    runs = [
        {"recipe": "deepacc/small", "changes": {"seed": 3, "steps": n, "eval_images": 2}, "hours": 0.5} for n in (5, 7)
    ]
    card = {"engine": "deepacc", "training": {"stages": [first, *runs]}}
    made, one, two, measured = (s.command[1:] for s in stages_of(card, Path("d"), Path("o"), "cuda"))
    assert made == ("-m", "made.up", "--data", "d", "--into", "o/set")
    assert "--start" not in one
    assert one[-2:] == ("--output", "o/stage-2")
    assert two[two.index("--start") + 1] == "o/stage-2/weights/deepacc.safetensors"
    assert two[two.index("--eval-images") + 1] == "2"
    assert measured[2] == "o/stage-3/weights/deepacc.safetensors"
    assert hours_of(card) == 2.0
    with pytest.raises(KaryoViewError, match="lists no runs"):
        list(stages_of({"engine": "deepacc", "training": {}}, Path("d"), Path("o"), "cpu"))


def test_a_dry_run_says_what_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert repeat.main(["deepacc", "--data", "d", "--output", "o", "--dry"]) == 0
    out, err = capsys.readouterr()
    assert "pretrain_mosaics" in out
    assert "not repeated: The mosaics began" in err
    assert repeat.main(["yolo", "--data", "d", "--output", "o"]) == 1
    assert "yolo is not shipped" in capsys.readouterr().err


@pytest.mark.long
def test_weights_carry_their_runs_and_these_are_run_again(drawn_set: Path, tmp_path: Path) -> None:
    changes = {"preset": "tiny", "seed": 1, "steps": 1, "images": 2, "eval_images": 1, "batch": 1, "micro": 1}
    card: dict[str, Any] = {
        "engine": "deepace",
        "training": {"stages": [{"recipe": "deepace/small", "changes": changes}] * 2},
    }
    stages = list(stages_of(card, drawn_set, tmp_path, "cpu"))[:-1]
    assert run(stages, tmp_path) == ["stage-1", "stage-2"]
    weights = tmp_path / "stage-2" / "weights" / "deepace.safetensors"
    written = json.loads(card_path(weights).read_text())["training"]["stages"]
    assert [stage["changes"] for stage in written] == [changes, changes]
    assert [stage["recipe"] for stage in written] == ["deepace/small"] * 2
    assert lineage([], weights).stages == tuple(written)
