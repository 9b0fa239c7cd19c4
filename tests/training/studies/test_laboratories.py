"""Every laboratory's cells: what is laid out, what is held out, what is counted, and how it is kept and met again."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from karyotrain.data.cells import Cell
from karyotrain.data.dataset import DataError
from karyotrain.data.laid_out import FRAME, held_out, laid_out_cells
from karyotrain.data.synthesis.axis import bent_axis
from karyotrain.data.synthesis.cell import draw_style
from karyotrain.data.synthesis.chromosome import draw_profile, label_text, lay
from karyotrain.studies import laboratories, reproduce
from karyotrain.studies import laboratory_figures as counting

from karyoview._resources import resource
from karyoview.core.chromosome import CLASS_NAMES, CLASSES
from karyoview.core.detection import Detection, Detections, Provenance
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box
from karyoview.core.metrics import ImagePrediction, ImageTruth
from karyoview.detectors.cards import measured_on
from karyoview.detectors.protocol import EngineInfo
from karyoview.imaging.ideogram import load_bands

SURE = 0.8
"""Probability that the engine of these tests gives every class it proposes."""


def drawn_crop(label: int) -> np.ndarray:
    """A drawn chromosome as a laboratory's crop, dark on white, (H, W) uint8."""
    rng = np.random.default_rng(label)
    look = draw_style(rng).look
    profile = draw_profile(rng, load_bands(550), label_text(label), look)
    axis = bent_axis(rng, profile.length, 2 * float(np.median(profile.half)))
    item = lay(rng, profile, axis, look, label).trimmed()
    light = np.where(item.mask, np.minimum(230 * np.exp(-item.absorbance), 230), 255)
    return np.pad(light.astype(np.uint8), 2, constant_values=255)


@pytest.fixture(scope="session")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Crops of three drawn laboratories: two cells of xu, twelve of padova, seven slides of pampaj."""
    folder = tmp_path_factory.mktemp("data") / "labs"
    (folder / "crops").mkdir(parents=True)
    for item in CLASSES:
        cv2.imwrite(str(folder / "crops" / f"{item.label}.png"), drawn_crop(item.index))
    cell = [str(i) for i in range(1, 23) for _ in range(2)] + ["X", "Y"]
    rows = [("xu", f"xu{i}", name) for i in range(2) for name in cell]
    rows += [("xu", "xu-few", name) for name in cell[:30]]
    rows += [("padova", f"padova{i:02d}", name) for i in range(12) for name in cell]
    rows += [("pampaj", f"slide{i}", name) for i in range(7) for name in cell * 2]
    with (folder / "labs.csv").open("w", newline="") as out:
        table = csv.writer(out)
        table.writerow(("lab", "split", "cell", "class", "file", "width", "height"))
        table.writerows((lab, "train", name, label, f"crops/{label}.png", 0, 0) for lab, name, label in rows)
    return folder


class KnowingEngine:
    """Gives the truth of the cells it knows, but for the faults that are named, and nothing on others."""

    def __init__(self, cells: Sequence[Cell], missed: int = 0, false: int = 0, misnamed: int = 0) -> None:
        self.info = EngineInfo("karyoview", "Knowing", CLASS_NAMES, False, "feed", 0.5)
        self.truths: Mapping[str, Cell] = {c.name: c for c in cells}
        self.missed, self.false, self.misnamed = missed, false, misnamed

    def predict(self, images, cancel=None):
        return [self._one(image) for image in images]

    def _one(self, image):
        items = []
        if (cell := self.truths.get(image.name)) is not None:
            for i, (box, label) in enumerate(zip(cell.boxes, cell.labels, strict=True)):
                if i >= self.missed:
                    wrong = i < self.missed + self.misnamed
                    items.append(detection(Box.from_xyxy(*box), (int(label) + wrong) % 24, 0.9))
        items += [detection(Box.from_xyxy(2 + 20 * i, 2, 12 + 20 * i, 12), 0, 0.9) for i in range(self.false)]
        items.append(detection(Box.from_xyxy(2, 40, 12, 50), 0, 0.4))  # below the engine's own threshold
        return Detections(image.name, image.pixels.shape, tuple(items), Provenance("knowing"))


def detection(box: Box, label: int, score: float) -> Detection:
    rest = (1 - SURE) / 23
    return Detection(box, score, label, probabilities=tuple(SURE if k == label else rest for k in range(24)))


# Cells laid out


def test_a_cell_is_laid_out_whole_with_boxes_that_hold_what_is_dark(labs: Path) -> None:
    cells = list(laid_out_cells(labs, "xu", gap=4))
    assert sorted(c.name for c in cells) == ["xu-xu0", "xu-xu1"]  # the cell of 30 crops is not whole
    for cell in cells:
        assert cell.pixels.shape == FRAME
        assert sorted(cell.labels) == [*(i for i in range(22) for _ in range(2)), 22, 23]
        pieces, _, facts, _ = cv2.connectedComponentsWithStats((cell.pixels < 245).astype(np.uint8))
        large = facts[1:][facts[1:, cv2.CC_STAT_AREA] > 20]
        assert len(large) == 46, pieces  # apart: as many pieces as chromosomes, each in its box
        middles = large[:, :2] + large[:, 2:4] / 2
        inside = (cell.boxes[:, None, :2] <= middles) & (middles <= cell.boxes[:, None, 2:])
        assert inside.all(2).any(0).all()


def test_touching_cells_have_fewer_pieces_and_the_same_arguments_give_the_same_cells(labs: Path) -> None:
    apart, touching, again = (next(laid_out_cells(labs, "xu", gap=gap, limit=1)) for gap in (4, -2, -2))
    pieces = [cv2.connectedComponents((c.pixels < 245).astype(np.uint8))[0] for c in (apart, touching)]
    assert pieces[1] < pieces[0]
    assert np.array_equal(touching.pixels, again.pixels)
    assert np.array_equal(touching.boxes, again.boxes)
    assert np.array_equal(apart.pixels, next(laid_out_cells(labs, "xu", gap=4)).pixels)  # whatever the limit


def test_slides_give_as_many_whole_cells_as_their_crops_are_enough_for(labs: Path) -> None:
    cells = list(laid_out_cells(labs, "pampaj", gap=4, names=["slide2"]))
    assert sorted(c.name for c in cells) == ["pampaj-slide2.0", "pampaj-slide2.1"]
    assert [len(c.labels) for c in cells] == [46, 46]


def test_what_cannot_be_laid_out_is_said(labs: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no crops of nowhere; there are padova, pampaj, xu"):
        next(laid_out_cells(labs, "nowhere", gap=4))
    with pytest.raises(DataError, match="is not there"):
        next(laid_out_cells(tmp_path, "xu", gap=4))


# Held out


def test_only_held_out_cells_and_slides_are_measured(labs: Path) -> None:
    assert held_out("padova", [f"padova{i:02d}" for i in reversed(range(12))]) == ["padova03", "padova10"]
    assert held_out("pampaj", [f"slide{i}" for i in range(7)]) == ["slide2", "slide5"]
    padova = laboratories.SOURCES["padova held out, apart"].cells(labs.parent, None)
    assert sorted(c.name for c in padova) == ["padova-padova03", "padova-padova10"]
    pampaj = laboratories.SOURCES["pampaj held out, touching"].cells(labs.parent, None)
    assert {c.name.split(".")[0] for c in pampaj} == {"pampaj-slide2", "pampaj-slide5"}
    assert len(laboratories.SOURCES["xu, apart"].cells(labs.parent, 1)) == 1


# Counting


@pytest.mark.parametrize(
    ("faults", "found", "right", "corrections", "false"),
    [
        ({}, 1, 1, 0, 0),
        ({"missed": 1}, 45 / 46, 1, 1, 0),
        ({"false": 2}, 1, 1, 2, 2),
        ({"misnamed": 3}, 1, 43 / 46, 3, 0),
        ({"missed": 1, "false": 1, "misnamed": 1}, 45 / 46, 44 / 45, 3, 1),
    ],
)
def test_each_fault_is_counted_once(
    labs: Path, faults: dict[str, int], found: float, right: float, corrections: float, false: float
) -> None:
    cells = list(laid_out_cells(labs, "xu", gap=4))
    rows = dict(laboratories.measure(KnowingEngine(cells, **faults), labs.parent, ["xu, apart"]))
    row = rows["xu, apart"]
    assert (row["cells"], row["chromosomes"]) == (2, 92)
    assert row["found"] == pytest.approx(found)
    assert row["class_right"] == pytest.approx(right)
    assert (row["corrections"], row["false_boxes"], row["spread"]) == (corrections, false, 0)
    assert row["interval"] == [corrections, corrections]  # both cells alike
    assert row["class_ece"] == pytest.approx(abs(SURE - right))


def test_an_engine_that_finds_nothing_adds_every_chromosome_by_hand() -> None:
    cell = Cell("a", "a", np.full((40, 40), 255, np.uint8), np.array([[0, 0, 9, 9.0], [20, 20, 30, 30]]), np.arange(2))
    none = ImagePrediction("a", np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0))
    row = counting.figures_with_truth([none], [cell], 0.5)
    assert (row["found"], row["corrections"], row["false_boxes"], row["boxes"]) == (0, 2, 0, [0])
    assert (row["class_right"], row["class_ece"], row["interval"]) == (None, None, None)
    assert "| a | 1 | 0.00 | – | 2.00 | 0.00 | 0 | – |" in counting.as_markdown({"a": row})


def test_an_empty_field_has_nothing_but_false_boxes(labs: Path) -> None:
    fields = laboratories.SOURCES["drawn empty fields"].cells(labs.parent, None)
    assert len(fields) == laboratories.EMPTY_FIELDS
    assert all(len(c.boxes) == 0 and c.pixels.shape == (1024, 1280) for c in fields)
    assert len({c.pixels.tobytes() for c in fields}) == len(fields)
    for false in (0, 8):
        row = dict(laboratories.measure(KnowingEngine([], false=false), labs.parent, ["drawn"], 2))[
            "drawn empty fields"
        ]
        assert row == {"cells": 2, "boxes": [false, false], "expected": 0, "false_boxes": false}


def test_fields_without_truth_are_counted_and_those_with_one_are_judged(labs: Path, tmp_path: Path) -> None:
    (tmp_path / "labs" / "fields").mkdir(parents=True)
    for name in ("tv1.A", "xd01", "xd02"):
        cv2.imwrite(str(tmp_path / "labs" / "fields" / f"{name}.png"), np.full((896, 1017), 250, np.uint8))
    cell = laboratories.fields(("tv1.A",), tmp_path, None)[0]
    assert sorted(cell.labels)[:3] == [0, 0, 1]
    assert len(cell.boxes) == 46
    assert (cell.boxes >= 0).all()
    assert (cell.boxes <= [1017, 896, 1017, 896]).all()
    row = dict(laboratories.measure(KnowingEngine([cell], missed=2), tmp_path, ["tv1"]))["tv1"]
    assert (row["corrections"], row["interval"], row["boxes"]) == (2, None, [44])
    row = dict(laboratories.measure(KnowingEngine([], false=5), tmp_path, ["xd01"], 2))["xd01–xd06"]
    assert row == {"cells": 2, "boxes": [5, 5], "expected": 46}
    assert "5, 5 of 46" in counting.as_text({"xd": row})


def test_the_interval_is_that_of_the_mean_over_cells() -> None:
    values = np.random.default_rng(3).normal(5.0, 2.0, 400)
    low, high = counting.interval_over_cells(values)
    half = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.03)
    assert counting.interval_over_cells(values) == [low, high]
    assert counting.interval_over_cells(values[:1]) is None


def test_calibration_weighs_each_bin_by_its_chromosomes() -> None:
    sure, unsure = np.full(30, 0.9), np.full(10, 0.5)
    right = np.concatenate([np.arange(30) < 27, np.arange(10) < 1])  # 90 % and 10 %
    assert counting.class_calibration_error(np.concatenate([sure, unsure]), right) == pytest.approx(0.25 * 0.4)
    assert counting.class_calibration_error(np.zeros(0), np.zeros(0, bool)) is None


def test_only_found_chromosomes_enter_the_calibration_with_probabilities_that_sum_to_one() -> None:
    boxes = np.array([[0, 0, 10, 10.0], [20, 0, 30, 10], [50, 50, 60, 60]])
    probabilities = np.zeros((3, 24))
    probabilities[:, :2] = [[0.4, 0.1], [0.1, 0.3], [0.5, 0.0]]
    prediction = ImagePrediction("a", boxes, np.array([0, 1, 0]), np.full(3, 0.9), probabilities)
    confidence, right = counting.class_confidences([prediction], [ImageTruth("a", boxes[:2], np.array([0, 0]))])
    assert confidence.tolist() == pytest.approx([0.8, 0.75])
    assert right.tolist() == [True, False]


def test_two_people_differ_by_the_boxes_that_only_one_of_them_drew(tmp_path: Path) -> None:
    (tmp_path / "taichung").mkdir()

    def write(name: str, boxes: Mapping[str, int]) -> None:
        images = [{"id": i, "file_name": image} for i, image in enumerate(boxes)]
        rows = [
            {"image_id": i, "category_id": 1, "bbox": [30 * k, 0, 20, 20]}
            for i, n in enumerate(boxes.values())
            for k in range(n)
        ]
        (tmp_path / "taichung" / f"{name}.json").write_text(json.dumps({"images": images, "annotations": rows}))

    write("train", {"t.webp": 3})
    write("val", {"a.webp": 4, "b.webp": 4, "alone.webp": 9})
    write("second", {"b.webp": 6, "t.webp": 3, "a.webp": 3})
    rows = dict(laboratories.measure(KnowingEngine([]), tmp_path, ["two people"]))
    assert [(r["cells"], r["corrections"]) for r in rows.values()] == [(2, 1.5), (3, 1.0)]


# The table, the card, and the figures again


def test_rows_are_chosen_by_how_they_begin() -> None:
    assert laboratories.chosen_rows(["tv", "xu, t"]) == ["xu, touching", "tv1", "tv2", "tv3"]
    assert len(laboratories.chosen_rows(None)) == len(laboratories.SOURCES) + 2
    with pytest.raises(KaryoViewError, match="no row 'zu'; there are xu, apart"):
        laboratories.chosen_rows(["zu"])


@pytest.fixture
def engine(labs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KnowingEngine:
    """The engine ``karyoview`` of this machine, with a card; it makes three corrections a cell of xu."""
    known = KnowingEngine(list(laid_out_cells(labs, "xu", gap=4)), missed=1, misnamed=2)
    weights = tmp_path / "karyoview.safetensors"
    card = {"title": "E", "metrics": {"fit": {"images": 1, "f1": 0.5}}}
    (tmp_path / "karyoview.card.json").write_text(json.dumps(card))
    monkeypatch.setattr(laboratories, "load_engine", lambda *_, **__: known)
    monkeypatch.setattr(laboratories, "find_engines", lambda: ({"karyoview": weights}, []))
    return known


def read_card(folder: Path) -> dict:
    return json.loads((folder / "karyoview.card.json").read_text())


def test_the_table_is_printed_written_and_put_into_the_card(
    engine: KnowingEngine, labs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ["--data", str(labs.parent)]
    output = tmp_path / "rows.json"
    assert laboratories.main([*data, "--rows", "xu, apart", "drawn", "--card", "--json", str(output)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:6] == ["xu,", "apart", "2", "97.83", "95.56", "3.00"]
    rows = json.loads(output.read_text())["rows"]
    card = read_card(tmp_path)
    assert card["metrics"]["laboratories"]["rows"] == rows
    assert list(measured_on(card)) == ["held back"]  # a table is no set of figures
    assert "| xu, apart | 2 | 97.83 | 95.56 | 3.00 [3.00, 3.00] |" in laboratories.table_of_card(card)
    assert laboratories.main([*data, "--rows", "xu, apart", "--markdown", "--quick"]) == 0
    assert capsys.readouterr().out.startswith("| cells of | cells |")
    with pytest.raises(SystemExit):
        laboratories.main([*data, "--card", "--quick"])
    engine.info = replace(engine.info, weights_hash="other")
    assert laboratories.main([*data, "--rows", "xu, apart", "--card"]) == 0
    assert list(read_card(tmp_path)["metrics"]["laboratories"]["rows"]) == ["xu, apart"]  # not those of other weights


def test_without_the_crops_it_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KARYOVIEW_DATA", raising=False)
    assert laboratories.main([]) == 1
    assert laboratories.main(["--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("not at hand") == 2


def test_rows_that_are_not_met_again_are_named() -> None:
    row = {"cells": 60, "found": 0.99, "class_right": 0.97, "corrections": 3.0, "spread": 2.0, "false_boxes": 0.1}
    known = {"xu": row, "xd": {"cells": 2, "boxes": [46, 44], "expected": 46}}

    def sentences(name: str, **changes: object) -> list[str]:
        return counting.differences({name: known.get(name, row) | changes}, known, 0.3, 0.05)

    assert sentences("xu", corrections=3.04, found=0.988) == []
    assert sentences("xu", corrections=3.2, class_right=None) == [
        "xu, corrections: the card says 3, measured 3.2",
        "xu, class_right: the card says 0.97, measured nothing",
    ]
    assert sentences("xu", cells=4, corrections=5.9, found=0.5) == []  # other cells: three standard errors, 3.05
    assert len(sentences("xu", cells=4, corrections=6.1)) == 1
    assert sentences("xd", boxes=[45, 45]) == []
    assert len(sentences("xd", boxes=[46, 42])) == 1
    assert sentences("new") == ["new: the card holds no such row"]


def test_reproduce_measures_the_rows_of_a_card_again(
    engine: KnowingEngine, labs: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reproduce, "load_engine", lambda *_, **__: engine)
    rows = dict(laboratories.measure(engine, labs.parent, ["xu, apart"]))
    card = {"metrics": {"laboratories": {"command": "c", "rows": rows}}}
    for quick in (False, True):
        args = SimpleNamespace(device="cpu", quick=quick, within=0.3, corrections_within=0.05)
        assert reproduce.laboratories_again("karyoview", card, args, labs.parent)
    assert "every row by laboratory is met again" in capsys.readouterr().out
    engine.missed = 5
    assert not reproduce.laboratories_again("karyoview", card, args, labs.parent)
    assert "xu, apart, corrections: the card says 3, measured 7" in capsys.readouterr().out
    assert reproduce.laboratories_again("karyoview", {"metrics": {}}, args, labs.parent)  # nothing to meet


def test_the_readme_shows_the_table_only_where_a_card_holds_one() -> None:
    readme = (resource("weights").parent.parent / "README.md").read_text(encoding="utf-8")
    cards = {name: json.loads(json.dumps(card)) for name, card in reproduce.shipped_cards().items()}
    for card in cards.values():
        card["metrics"].pop("laboratories", None)
    without = reproduce.with_tables(readme, cards)
    assert "<!-- begin laboratories -->\n<!-- end laboratories -->" in without
    row = {"cells": 60, "found": 0.998, "class_right": 0.975, "corrections": 1.5, "interval": [1.25, 1.75]}
    cards["karyoview"]["metrics"]["laboratories"] = {"command": "the command", "rows": {"xu, apart": row}}
    shown = reproduce.with_tables(readme, cards)
    assert "| xu, apart | 60 | 99.80 | 97.50 | 1.50 [1.25, 1.75] | – | – | – |" in shown
    assert "the command" in shown
    assert reproduce.with_tables(shown, reproduce.shipped_cards()) == reproduce.with_tables(
        readme, reproduce.shipped_cards()
    )
