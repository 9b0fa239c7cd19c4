"""Studies that train anew, on growing shares of the cases and by folds: who sees what, and what is kept of it."""

from __future__ import annotations

import argparse
import csv
import importlib
import inspect
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from karyotrain.data.cells import Cell
from karyotrain.data.dataset import calibration_cases
from karyotrain.data.errors import DataError, NoCellsError
from karyotrain.engines import interim
from karyotrain.engines.measure import load_everything
from karyotrain.engines.replace_stage import Runs, replace_stages
from karyotrain.engines.train_finder import FinderTask
from karyotrain.studies import folds, learning_curve, notes
from karyotrain.trainer.checkpoint import read_network
from karyotrain.trainer.command import run_parser
from karyotrain.trainer.loop import Options, run_task
from safetensors.torch import save_file

from karyoview._resources import resource
from karyoview.core.chromosome import CLASSES
from karyoview.detectors.cards import card_path
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.weights import load_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory, untrained_engine):
    config = {"finder_threshold": 0.3, "rescoring": [0.1] * 8}
    return load_weights(
        untrained_engine(tmp_path_factory.mktemp("w"), config, "learned_nms", "cell_context", threshold=0.6)
    )


def test_smaller_shares_lie_in_larger_ones_and_hold_no_case_of_fit(drawn_set: Path, tmp_path: Path) -> None:
    def cases(share: float) -> set[str]:
        folder = learning_curve.share_of_cases(drawn_set, share, tmp_path / f"{share}")
        document = json.loads((folder / "train.json").read_text())
        assert {a["image_id"] for a in document["annotations"]} == {i["id"] for i in document["images"]}
        assert (folder / "images" / document["images"][0]["file_name"]).is_file()
        return {i["case"] for i in document["images"]}

    half, whole = cases(0.5), cases(1.0)
    everything = {i["case"] for i in json.loads((drawn_set / "train.json").read_text())["images"]}
    assert half < whole
    assert whole == everything - calibration_cases(everything)


def test_a_finished_row_is_kept_and_the_trainers_are_called_as_they_are(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = []
    monkeypatch.setattr(
        learning_curve, "train_row", lambda data, own, run, extra, budget, mixed: trained.append(run.name)
    )
    monkeypatch.setattr(learning_curve, "measure", lambda *_: {"cells": 2, "corrections_per_cell": 7.0})
    budget = learning_curve.TrainingBudget(finder_steps=2, namer_steps=2)
    (tmp_path / "run-1").mkdir()
    (tmp_path / "run-1" / "row.json").write_text(json.dumps({"cells": 2, "corrections_per_cell": 5.0}))
    monkeypatch.setattr(learning_curve, "write_atomic", lambda path, data: None)
    rows = learning_curve.study(drawn_set, tmp_path, (0.5, 1.0), (drawn_set,), budget)
    assert trained == ["run-0.5", "run-0.5-mixed", "run-1-mixed"]
    assert [r["corrections_per_cell"] for r in rows.values()] == [7.0, 7.0, 5.0, 7.0]


def test_the_trainers_know_every_option_that_is_given(tmp_path: Path) -> None:
    """The command lines are held against the trainers' own parsers."""
    lines = [learning_curve.finder_command(tmp_path, tmp_path, (tmp_path,), learning_curve.TrainingBudget())]
    bounded = learning_curve.TrainingBudget(crops=5, fitted=3)
    lines += learning_curve.naming_commands(tmp_path, tmp_path, tmp_path, (tmp_path,), bounded)
    for module in sorted({line[2] for line in lines}):
        source = inspect.getsource(importlib.import_module(module).main) + inspect.getsource(run_parser)
        known = set(re.findall(r'"(--[a-z-]+)"', source))
        given = {w for line in lines if line[2] == module for w in line if w.startswith("--")}
        assert given
        assert given <= known, module


def test_rows_begin_where_the_start_ended_with_no_step_done(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, own = tmp_path / "start", tmp_path / "own"
    for stage in ("finder", "namer"):
        (start / stage).mkdir(parents=True)
        save_file({"model.w": torch.full((2,), 3.0)}, str(start / stage / "last.safetensors"))
    asked: list[list[str]] = []
    monkeypatch.setattr(learning_curve.subprocess, "run", lambda command, **_: asked.append(command))
    monkeypatch.setattr(learning_curve, "interim_engine", lambda *_: None)
    monkeypatch.setattr(learning_curve, "build", lambda *_: None)
    budget = learning_curve.TrainingBudget(start=start)
    learning_curve.train_row(drawn_set, own, tmp_path / "run", (), budget, mixed=False)
    begun = {c[2]: c[c.index("--start") + 1] for c in asked if "--start" in c}
    assert begun == {
        "karyotrain.engines.train_finder": str(start / "finder" / "last.safetensors"),
        "karyotrain.engines.train_classifier": str(start / "namer" / "last.safetensors"),
    }
    with pytest.raises(DataError, match="train it there first"):
        learning_curve.train_row(
            drawn_set, own, tmp_path / "other", (), learning_curve.TrainingBudget(start=own), mixed=False
        )


def test_a_stage_begins_at_other_weights_with_no_step_done(drawn_set: Path, tmp_path: Path) -> None:
    options = Options(device="cpu", precision="fp32", threads=1, evaluations=0)
    run_task(lambda: FinderTask(drawn_set, 2, batch=1, limit=2), tmp_path / "first", options)
    last = tmp_path / "first" / "last.safetensors"
    task = FinderTask(drawn_set, 2, batch=1, limit=2, start=last)
    for name, tensor in read_network(last).items():
        torch.testing.assert_close(task.model.state_dict()[name], tensor)
    events: list[dict] = []
    run_task(lambda: task, tmp_path / "second", options, listener=events.append)
    assert events[0]["event"] == "start"
    assert events[0]["step"] == 0
    assert events[0]["started"].startswith("from last.safetensors")


def test_mixed_rows_at_some_shares_and_several_draws_of_the_cases(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, frozenset[str]] = {}
    cut: list[int | None] = []

    def train_row(data, own, run, extra, budget, mixed):
        run.mkdir(parents=True)
        cut.append(budget.crops)
        seen[run.name] = frozenset(i["case"] for i in json.loads((own / "train.json").read_text())["images"])

    monkeypatch.setattr(learning_curve, "train_row", train_row)
    monkeypatch.setattr(learning_curve, "measure", lambda *_: {"cells": 2, "corrections_per_cell": 7.0})
    some, budget = (0.4, 0.6, 1.0), learning_curve.TrainingBudget(crops=10)
    rows = learning_curve.study(drawn_set, tmp_path, some, (drawn_set,), budget, {0.4, 1.0}, (0, 1, 2), {0.4, 1.0})
    wanted = ["run-0.4", "run-0.4-mixed", "run-0.4-1", "run-0.4-2", "run-0.6", "run-1", "run-1-mixed"]
    assert list(seen) == wanted
    assert len(rows) == len(wanted)
    assert cut == [4, 4, 4, 4, 6, 10, 10]
    assert len({seen["run-0.4"], seen["run-0.4-1"], seen["run-0.4-2"]}) > 1


def test_a_share_of_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "train.json").write_text(json.dumps({"images": [], "annotations": [], "categories": []}))
    with pytest.raises(DataError):
        learning_curve.share_of_cases(tmp_path, 0.5, tmp_path / "out")


def test_a_row_of_the_shares_does_not_ask_the_neighbours_of_another_finder(
    weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert any(name.startswith("learned_nms.") for name in weights.tensors)
    finder = {f"finder.{k}": v for k, v in Finder().state_dict().items()}
    monkeypatch.setattr(interim, "find_engines", lambda: ({"karyoview": weights.path}, []))
    monkeypatch.setattr(interim, "read_stage", lambda run, prefix: (finder, {}))
    cell = Cell("a", "c", np.full((120, 160), 225, np.uint8), np.array([[10.0, 10, 30, 60]]), np.array([0]))
    monkeypatch.setattr(interim, "labelled_cells", lambda *_: [cell])
    own = load_weights(interim.interim_engine(tmp_path, tmp_path, 1))
    assert not any(name.startswith("learned_nms.") for name in own.tensors)
    assert any(name.startswith("classifier.") for name in own.tensors)
    assert own.card["operating_threshold"] != 0.2

    def none_held_back(*_: object) -> list[Cell]:
        raise NoCellsError("no labelled cell for the split 'fit'")

    monkeypatch.setattr(interim, "labelled_cells", none_held_back)
    assert load_weights(interim.interim_engine(tmp_path, tmp_path, 1)).card["operating_threshold"] == 0.2

    def no_such_folder(*_: object) -> list[Cell]:
        raise DataError("no such file or folder")

    monkeypatch.setattr(interim, "labelled_cells", no_such_folder)
    with pytest.raises(DataError, match="no such file"):
        interim.interim_engine(tmp_path, tmp_path, 1)


def test_cells_are_pasted_from_the_rows_own_cases_only(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(learning_curve.subprocess, "run", lambda command, **_: asked.append(command))
    monkeypatch.setattr(learning_curve, "interim_engine", lambda *_: None)
    monkeypatch.setattr(learning_curve, "build", lambda *_: None)
    own, budget = tmp_path / "own", learning_curve.TrainingBudget(pasted=7, crops=5, fitted=3)
    learning_curve.train_row(drawn_set, own, tmp_path / "plain", (tmp_path / "drawn",), budget, mixed=False)
    assert not any("--paste" in c for c in asked)
    assert all(str(tmp_path / "drawn") not in c for c in asked)
    asked.clear()
    learning_curve.train_row(drawn_set, own, tmp_path / "mixed", (tmp_path / "drawn",), budget, mixed=True)
    first = asked[0]
    assert first[first.index("--paste") + 1] == str(own / "train.json")
    assert first[first.index("--cells") + 1] == "7"
    finder = asked[1]
    mixed_in = finder[finder.index("--extra") + 1 : finder.index("--share")]
    assert mixed_in == [str(own), str(tmp_path / "drawn"), str(tmp_path / "mixed" / "pasted")]
    cut = [c for c in asked if "karyotrain.data.crops" in c]
    # only the row's own cells and those of fit are thinned
    assert [c[c.index("--limit") + 1] if "--limit" in c else None for c in cut] == ["5", "3", None, None]


def test_a_study_of_training_goes_into_the_notes_and_never_into_a_card(
    weights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in weights.path.parent.iterdir():
        shutil.copy(path, tmp_path / path.name)
    own = tmp_path / weights.path.name
    monkeypatch.setattr(notes, "FOLDER", tmp_path / "notes")
    parser = argparse.ArgumentParser()
    learning_curve.add_budget(parser)
    a = parser.parse_args(["--finder-steps", "9", "--note"])
    a.data, a.output, a.controls = Path("cells"), tmp_path, 4
    learning_curve.publish_trained("folds", {"rows": {"difference": [0, 0, 0]}}, a)
    study = notes.read_notes("karyoview")["studies"]["folds"]
    assert study["rows"] == {"difference": [0, 0, 0]}
    assert " --finder-steps 9" in study["command"]
    assert " --controls 4" in study["command"]
    card = json.loads(card_path(own).read_text()) | {"studies": {"robustness": {"rows": {}}}}
    card_path(own).write_text(json.dumps(card))
    assert "studies" not in json.loads(card_path(replace_stages(own, tmp_path / "new", Runs())).read_text())


# Folds over the abnormal cases


def listed_set(drawn_set: Path, folder: Path, cases: int) -> Path:
    """The drawn cells with a list that calls the first ``cases`` of their cases abnormal."""
    shutil.copytree(drawn_set, folder)
    document = json.loads((folder / "train.json").read_text())
    with (folder / "cases.csv").open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["image", "split", "case", "chromosomes", "abnormality", "description"])
        for i in document["images"]:
            listed = int(i["case"][1:]) < cases
            stem = Path(i["file_name"]).stem
            out.writerow([stem, "train", i["case"], 6, *(("number", "a1") if listed else ("", ""))])
        out.writerow(["x", "train", "c99", 47, "number", "unknow"])
        out.writerow(["y", "val", "c98", 47, "number", "21"])
    return folder


def test_a_fold_learns_from_none_of_its_cases_nor_from_fit(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = listed_set(drawn_set, tmp_path / "data", 3)
    found = folds.abnormal_images(data)
    # a listed cell whose chromosome is not told is judged by its count
    assert {c: len(rows) for c, rows in found.items()} == {"c0": 2, "c1": 2, "c2": 2, "c99": 1}
    monkeypatch.setattr(folds, "abnormal_images", lambda _: {c: r for c, r in found.items() if c != "c99"})
    learnt: list[set[str]] = []
    asked: list[tuple[set[str], dict[str, str], slice]] = []

    def cases(folder: Path) -> set[str]:
        return {i["case"] for i in json.loads((folder / "train.json").read_text())["images"]}

    def train_row(data, own, run, extra, budget, mixed):
        run.mkdir(parents=True)
        learnt.append(cases(own))
        return run / "weights"

    def judge_fold(weights, data, held, listed, controls):
        asked.append((cases(held), listed, controls))
        row = {"image": "a", "case": "c0", "class": "1", "copies": 2, "named": 1, "class_counted": True}
        return {"abnormal": [row | {"count_right": True}], "normal": [row | {"count_right": False}]}

    monkeypatch.setattr(folds, "train_row", train_row)
    monkeypatch.setattr(folds, "judge_fold", judge_fold)
    result = folds.study(data, tmp_path / "out", learning_curve.TrainingBudget(fitted=3), controls=4, folds=2)
    held_back = calibration_cases({f"c{i}" for i in range(6)})
    for own, (held, listed, _) in zip(learnt, asked, strict=True):
        assert not own & (held | held_back)
        assert own | held | held_back == {f"c{i}" for i in range(6)}
        assert set(listed.values()) == {"A1"}
    assert set.union(*(held for held, _, _ in asked)) == {"c0", "c1", "c2"}
    assert [c for _, _, c in asked] == [slice(3, 7), slice(7, 11)]
    assert result["difference"][0] == 0.0
    folds.study(data, tmp_path / "out", learning_curve.TrainingBudget(fitted=3), controls=4, folds=2)
    assert len(learnt) == 2  # finished folds are kept
    with pytest.raises(DataError, match="give 7 or more"):
        folds.study(data, tmp_path / "out", learning_curve.TrainingBudget(), folds=7)


def test_folds_go_on_from_a_common_start_that_saw_no_listed_case(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = listed_set(drawn_set, tmp_path / "data", 3)
    found = {c: rows for c, rows in folds.abnormal_images(data).items() if c != "c99"}
    monkeypatch.setattr(folds, "abnormal_images", lambda _: found)
    learnt: list[tuple[str, set[str], learning_curve.TrainingBudget]] = []

    def train_row(data, own, run, extra, budget, mixed):
        run.mkdir(parents=True)
        learnt.append((run.name, {i["case"] for i in json.loads((own / "train.json").read_text())["images"]}, budget))
        (run / "karyoview.safetensors").touch()
        return run / "weights"

    row = {"image": "a", "case": "c0", "class": "1", "copies": 2, "named": 1, "class_counted": True}
    row |= {"count_right": True}
    monkeypatch.setattr(folds, "train_row", train_row)
    monkeypatch.setattr(folds, "judge_fold", lambda *_: {"abnormal": [row], "normal": [row]})
    budget = learning_curve.TrainingBudget(finder_steps=5, namer_steps=4, fitted=1)
    folds.study(data, tmp_path / "out", budget, folds=3, common=(50, 40), normal=1)
    names, cases, budgets = zip(*learnt, strict=True)
    assert names == ("common", "fold-0", "fold-1", "fold-2")
    held_back = calibration_cases({f"c{i}" for i in range(6)})
    assert cases[0] == {"c3", "c4", "c5"} - held_back
    assert (budgets[0].finder_steps, budgets[0].namer_steps, budgets[0].start) == (50, 40, None)
    for group, own, its in zip(folds.parted(found, 3), cases[1:], budgets[1:], strict=True):
        assert own & {"c0", "c1", "c2"} == {"c0", "c1", "c2"} - set(group) - held_back
        assert len(own & {"c3", "c4", "c5"}) == 1
        assert (its.finder_steps, its.start) == (5, tmp_path / "out" / "common")


def test_abnormal_cells_are_compared_with_normal_ones_class_by_class() -> None:
    def row(case: str, name: str, counted: bool, image: str) -> dict:
        return {"image": image, "case": case, "class": name, "copies": 3, "named": 2, "class_counted": counted,
                "count_right": counted}  # fmt: skip

    abnormal = [row("c1", "21", True, "a"), row("c1", "21", False, "b"), row("c2", "X", True, "c")]
    normal = [row("n", "21", i % 4 > 0, f"n{i}") for i in range(8)] + [row("n", "X", False, f"n{i}") for i in range(8)]
    result = folds.compared({"abnormal": abnormal, "normal": normal})
    assert result["usual"] == {"21": 0.75, "X": 0.0}
    assert result["difference"][0] == pytest.approx((0.25 - 0.75 + 1.0) / 3)
    assert result["difference"][1] <= result["difference"][0] <= result["difference"][2]
    assert result["abnormal"] == {"class_counted": 2, "rows": 3, "named": 6, "copies": 9, "count_right": 2, "cells": 3}
    assert result["normal"]["cells"] == 8  # a cell asked about two classes is one cell
    unnamed = {"image": "d", "case": "c3", "class": None, "count_right": True}
    more = folds.compared({"abnormal": [*abnormal, unnamed], "normal": normal})
    assert more["difference"] == result["difference"]
    assert more["abnormal"] == result["abnormal"] | {"count_right": 3, "cells": 4}
    text = folds.say(result)
    assert "2 of 3" in text
    assert "over 2 cases" in text


def test_a_folds_engine_is_asked_about_its_own_abnormal_cells_and_normal_ones(
    drawn_set: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = listed_set(drawn_set, tmp_path / "data", 3)
    held = learning_curve.set_of_cases(data, {"c1"}, tmp_path / "held")
    shipped = resource("weights", "karyoview.safetensors")
    monkeypatch.setattr(folds, "load_everything", lambda name, path, device: load_everything(name, path, "cpu"))
    listed = {Path(r["image"]).stem: "A1" for r in folds.abnormal_images(data)["c1"]}
    # drawn cells have six chromosomes: those are the normal ones here
    monkeypatch.setattr(folds, "CLASSES", CLASSES[:4])
    found = folds.judge_fold(shipped, data, held, listed, slice(0, 1))
    assert {r["case"] for r in found["abnormal"]} == {"c1"}
    assert len(found["abnormal"]) == 2
    assert len(found["normal"]) == 1
    assert found["normal"][0]["case"] != "c1"
    assert {r["class"] for r in found["abnormal"] + found["normal"]} == {"1"}
