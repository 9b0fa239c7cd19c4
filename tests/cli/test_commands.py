"""The command line: what is there, how it ends, and the contracts of detect and evaluate."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from karyoview import __version__
from karyoview.__main__ import main
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.geometry import Box
from karyoview.core.image import MetaphaseImage
from karyoview.detectors import registry
from karyoview.detectors.protocol import CancelToken, EngineInfo

INFO = EngineInfo("small", "Small engine", CLASS_NAMES, True, "feed", 0.5)
BOXES = [Box.rotated(30 + 40 * k, 40, 10, 40, 0.2 * k) for k in range(3)]


class SmallEngine:
    """Finds three chromosomes in every picture; the third has a low score."""

    info = INFO

    def __init__(self, threshold: float) -> None:
        self._threshold = threshold

    def predict(self, images: Sequence[MetaphaseImage], cancel: CancelToken | None = None) -> list[Detections]:
        items = tuple(
            Detection(box, score, k, probabilities=tuple(np.eye(24)[k]), polarity=0.9)
            for k, (box, score) in enumerate(zip(BOXES, (0.9, 0.8, 0.2), strict=True))
            if score >= self._threshold
        )
        return [Detections(i.name, (i.height, i.width), items, Provenance("small", device="cpu")) for i in images]


@pytest.fixture(autouse=True)
def small_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(
        name: str, *, device: str = "auto", settings: Mapping[str, Any] | None = None, weights: Any = None
    ) -> SmallEngine:
        assert name == "small"
        return SmallEngine(float((settings or {}).get("threshold", INFO.operating_threshold)))

    monkeypatch.setattr(registry, "find_engines", lambda: ({"small": Path("small.safetensors")}, []))
    monkeypatch.setattr(registry, "available_engines", lambda: [INFO])
    monkeypatch.setattr(registry, "load_engine", load)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.fromarray(np.full((80, 160), 220, np.uint8)).save(folder / name)
    return folder


def run(*arguments: object) -> int:
    return main([str(a) for a in arguments])


def test_version_help_and_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert __version__ in capsys.readouterr().out
    assert run("--help") == 0
    text = capsys.readouterr().out
    for command in ("detect", "evaluate", "convert", "engines", "doctor"):
        assert command in text
    for wrong in (["detekt"], ["detect"], ["--frobnicate"]):
        assert run(*wrong) == 2, wrong


def test_detect_writes_a_file_that_coco_tools_load(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pictures / "c.png").write_bytes(b"broken")
    output = tmp_path / "out.json"
    assert run("detect", pictures, "--engine", "small", "--output", output) == 0
    document = json.loads(output.read_text())
    assert [i["file_name"] for i in document["images"]] == ["a.png", "b.png"]
    assert [a["category_id"] for a in document["annotations"]] == [1, 2, 1, 2]
    assert document["annotations"][0]["rotated_box"] == pytest.approx([30, 40, 10, 40, 0.0])
    assert document["annotations"][0]["polarity"] == 0.9
    assert [e["file_name"] for e in document["errors"]] == ["c.png"]
    assert {"version", "engine", "weights_hash", "operating_threshold", "device", "seconds"} <= set(document["info"])
    assert len(COCO(str(output)).getAnnIds()) == 4
    streams = capsys.readouterr()
    assert "[2/2]" in streams.err
    assert "c.png" in streams.err


def test_detect_thresholds_and_all_classes(pictures: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    assert run("detect", pictures / "a.png", "--engine", "small", "--output", output, "--threshold", 0.001) == 0
    document = json.loads(output.read_text())
    assert document["images"][0]["file_name"] == str(pictures / "a.png")
    assert len(document["annotations"]) == 3
    assert run("detect", pictures / "a.png", "--engine", "small", "--output", output, "--all-classes") == 0
    assert json.loads(output.read_text())["info"]["all_classes"] is True


def test_detect_ends_with_one_when_nothing_was_done_and_two_for_wrong_usage(pictures: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.json"
    assert run("detect", tmp_path / "missing.png", "--engine", "small", "--output", output) == 1
    document = json.loads(output.read_text())
    assert document["errors"][0]["file_name"] == str(tmp_path / "missing.png")
    assert document["info"]["engine"] == "small"
    good = ["detect", pictures, "--engine", "small", "--output", output]
    assert run(*good[:3], "nosuch", *good[4:]) == 2
    assert run(*good, "--threshold", 1.5) == 2
    assert run(*good, "--device", "abacus") == 2
    assert run(*good[:5], tmp_path / "no" / "folder.json") == 2
    assert run("detect", pictures, "--output", output) == 2


def truth_file(folder: Path, path: Path, names: Sequence[str] = ("a.png", "b.png"), boxes: int = 3) -> Path:
    rows = []
    for image in range(1, len(names) + 1):
        for k, box in enumerate(BOXES[:boxes]):
            x1, y1, x2, y2 = box.capsule_bounds().to_xyxy()
            rows.append(
                {"id": len(rows) + 1, "image_id": image, "category_id": k + 1, "bbox": [x1, y1, x2 - x1, y2 - y1],
                 "rotated_box": box.to_array().tolist(), "iscrowd": 0, "area": 1.0}
            )  # fmt: skip
    document = {
        "images": [{"id": k, "file_name": n, "width": 160, "height": 80} for k, n in enumerate(names, 1)],
        "categories": [{"id": k, "name": n} for k, n in enumerate(CLASS_NAMES, 1)],
        "annotations": rows,
    }
    path.write_text(json.dumps(document))
    return path


def test_evaluate_an_engine_and_its_file_agree(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = truth_file(pictures, pictures / "truth.json")
    found, by_engine, by_file = (tmp_path / n for n in ("found.json", "engine.json", "file.json"))
    assert run("detect", pictures, "--engine", "small", "--output", found, "--threshold", 0.001) == 0
    assert run("evaluate", "--truth", truth, "--engine", "small", "--output", by_engine) == 0
    assert (
        run("evaluate", "--truth", pictures, "--predictions", found, "--output", by_file, "--pictures", tmp_path / "p")
        == 0
    )
    assert "corrections per cell" in capsys.readouterr().out
    first, second = json.loads(by_engine.read_text()), json.loads(by_file.read_text())
    for report in (first, second):
        assert report["images"] == 2
        assert report["recall"] == pytest.approx(2 / 3)
        assert report["corrections_per_cell"] == 1
        assert report["ap50"] == pytest.approx(1.0)
        assert report["without_prediction"] == 0
    assert sorted(p.name for p in (tmp_path / "p").iterdir()) == ["a.png.png", "b.png.png"]
    with Image.open(tmp_path / "p" / "a.png.png") as drawn:
        assert drawn.mode == "RGB"
        assert len(drawn.getcolors(1 << 16)) > 3
    assert run("evaluate", "--truth", truth, "--predictions", found, "--output", by_file, "--rotated") == 0
    assert json.loads(by_file.read_text())["rotated"] is True


def test_evaluate_matches_by_unique_base_name(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, report = tmp_path / "found.json", tmp_path / "report.json"
    run("detect", pictures / "a.png", pictures / "b.png", "--engine", "small", "--output", found)
    truth = truth_file(pictures, tmp_path / "truth.json", ("train/a.png", "train/b.png", "train/c.png"), boxes=2)
    assert run("evaluate", "--truth", truth, "--predictions", found, "--output", report) == 0
    figures = json.loads(report.read_text())
    assert figures["images"] == 2
    assert figures["without_prediction"] == 1
    assert figures["wcr"] == 1.0
    assert "1 images of the truth" in capsys.readouterr().err
    twice = truth_file(pictures, tmp_path / "twice.json", ("x/a.png", "y/a.png"))
    assert run("evaluate", "--truth", twice, "--predictions", found) == 1


def test_evaluate_wrong_usage_and_damaged_files(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    truth = truth_file(pictures, pictures / "truth.json")
    assert run("evaluate", "--truth", truth) == 2
    assert run("evaluate", "--truth", truth, "--engine", "nosuch") == 2
    assert run("evaluate", "--truth", truth, "--engine", "small", "--predictions", truth) == 2
    for text in ("", "[]", "{}", '{"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"image_id": 1}]}'):
        (tmp_path / "bad.json").write_text(text)
        capsys.readouterr()
        assert run("evaluate", "--truth", truth, "--predictions", tmp_path / "bad.json") == 1
        assert "bad.json" in capsys.readouterr().err


def test_evaluate_by_laboratory_runs_the_study(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from karyotrain.studies import laboratories

    asked: list[list[str]] = []
    monkeypatch.setattr(laboratories, "main", lambda arguments: asked.append(arguments) or len(asked) - 1)
    output = tmp_path / "rows.json"
    assert run("evaluate", "--laboratories", tmp_path, "--engine", "small", "--quick", "--output", output) == 0
    assert asked[0][:2] == ["--data", str(tmp_path)]
    assert {"--quick", "--engine", "small", "--json", str(output)} <= set(asked[0])
    assert run("evaluate", "--laboratories", tmp_path) == 1  # as the study ends
    assert run("evaluate", "--laboratories", tmp_path, "--truth", tmp_path) == 2
    assert run("evaluate", "--laboratories", tmp_path, "--engine", "nosuch") == 2
    assert run("evaluate") == 2
    capsys.readouterr()
    monkeypatch.setitem(sys.modules, "karyotrain.studies.laboratories", None)
    assert run("evaluate", "--laboratories", tmp_path) == 1
    assert "run the command in a checkout" in capsys.readouterr().err


def test_engines(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("engines") == 0
    assert "Small engine" in capsys.readouterr().out
    assert run("engines", "--json") == 0
    assert json.loads(capsys.readouterr().out)["engines"][0]["rotated"] is True
    assert run("engines", "nosuch") == 1


def test_convert_case_to_coco_and_back(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from karyoview.case.case import Case

    truth = truth_file(pictures, tmp_path / "truth.json")
    assert run("convert", truth, pictures, "--from", "coco", "--to", "case") == 0
    with Case.open(pictures) as case:
        assert [len(case.annotation(c.image).chromosomes) for c in case.cells] == [3, 3]
    assert run("convert", truth, pictures, "--from", "coco", "--to", "case") == 1, "work of a person is not replaced"
    assert run("convert", pictures, tmp_path / "out.json", "--to", "coco") == 0
    rows = json.loads((tmp_path / "out.json").read_text())["annotations"]
    assert [r["rotated_box"] for r in rows] == [b.to_array().tolist() for b in BOXES] * 2
    capsys.readouterr()
    assert run("convert", pictures, tmp_path / "voc", "--to", "voc", "--dry-run") == 0
    assert "rotated boxes" in capsys.readouterr().err
    assert not (tmp_path / "voc").exists()
    assert run("convert", pictures, tmp_path / "x", "--to", "nosuch") == 2
    assert run("convert", pictures, tmp_path / "out.json", "--to", "coco") == 1, "a file in the way"


@pytest.mark.parametrize(
    ("display", "message", "problem"),
    [("", "no screen here: the window cannot be shown", ""), (":987", "the screen :987 cannot be reached", "ssh -X")],
)
def test_doctor_tells_a_missing_screen_from_missing_libraries(
    monkeypatch: pytest.MonkeyPatch, display: str, message: str, problem: str
) -> None:
    from karyoview.cli.doctor import _ask_window_system

    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    if display:
        monkeypatch.setenv("DISPLAY", display)
    found = _ask_window_system()
    assert message in found.value
    assert problem in found.problem
    assert bool(found.problem) == bool(problem)


def test_doctor_names_problems_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from karyoview.services import doctor

    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "no-such-package"))
    assert run("doctor") == 1
    text = capsys.readouterr().out
    assert f"KaryoView                {__version__}" in text
    assert "offscreen" in text
    assert "no-such-package" in text
    assert "pip install" in text


def test_the_short_form_of_a_card_is_its_figures_and_its_warning() -> None:
    from karyoview.cli.engines import short_form

    figures = {"images": 3, "corrections_per_cell": 6.25, "f1": 0.937, "map50": None, "wcr": 0.0}
    card = {"metrics": {"fit": {"images": 9, "f1": 1.0}, "cells": figures}, "experimental": True}
    assert short_form(card) == [
        "cells, 3 cells: 6.2 corrections a cell, F1 93.7 %, cells right 0.0 %",
        "held back, 9 cells: F1 100.0 %",
        "Experimental: to be trained further, not to work with.",
    ]
    assert short_form({}) == []
    # what the trainer writes stands there without a name
    assert short_form({"metrics": figures})[0].startswith("held back, 3 cells: 6.2")


def test_what_is_closed_to_the_user_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from karyoview.__main__ import main

    def closing(usual: Callable[..., bool]) -> Callable[..., bool]:
        def closed(path: Path, **options: object) -> bool:
            if tmp_path in path.parents:
                raise PermissionError(13, "Permission denied", str(path))
            return usual(path, **options)

        return closed

    for name in ("exists", "is_dir", "is_file"):
        monkeypatch.setattr(Path, name, closing(getattr(Path, name)))
    for arguments in (["verify", str(tmp_path / "case")], [str(tmp_path / "case")]):
        assert main(arguments) == 1
        output = capsys.readouterr().err
        assert "case is closed to you; ask its owner" in output
        assert output.count("\n") == 1
