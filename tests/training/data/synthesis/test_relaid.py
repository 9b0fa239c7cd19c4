"""Cells laid out anew: the truth is what was laid, one look for all, and nothing of a held-out cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from karyotrain.data.cell_looks import CellLook
from karyotrain.data.cells import Cell
from karyotrain.data.dataset import load
from karyotrain.data.straight_crops import CELL, CONFIDENCE, LABEL, StraightCropSet, Straightened
from karyotrain.data.synthesis import relaid
from karyotrain.data.synthesis.relaid import CellCrops, empty_field, lay_out, relaid_cells
from karyotrain.data.synthesis.truth import SyntheticCell
from karyotrain.engines import train_cell_context
from karyotrain.engines.feature_cache import as_engine_reads

from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.rescoring import PAIR_FEATURES
from karyoview.detectors.weights import load_weights
from karyoview.imaging.aligned import axis_length

MARK = 77  # of tests/training/conftest.py: the first pixel of held-out crops
PLAIN = CellLook(ground=250.0)


def laid(cut: Straightened, look: CellLook, seed: int = 0) -> SyntheticCell:
    return lay_out(cut.crops, cut.rows[:, LABEL], look, np.random.default_rng(seed))


def covered(cell: SyntheticCell) -> np.ndarray:
    """How many chromosomes lie on each pixel."""
    shape = (cell.image.shape[0], cell.image.shape[1])
    return np.sum([t.full_mask(shape).astype(int) for t in cell.truth], axis=0)


@pytest.mark.parametrize("arrangement", ["apart", "touching", "crossing"])
def test_boxes_are_the_bounds_of_the_masks_and_the_masks_are_the_chromosomes(
    drawn_chromosomes: Straightened, arrangement: str
) -> None:
    cell = laid(drawn_chromosomes, replace(PLAIN, arrangement=arrangement, bend=0.3))
    assert len(cell.truth) >= len(drawn_chromosomes.rows) - 2
    for item, box in zip(cell.truth, cell.boxes(), strict=True):
        ys, xs = np.nonzero(item.full_mask((cell.image.shape[0], cell.image.shape[1])))
        assert box.tolist() == [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
        assert 0 <= box[0] < box[2] <= cell.image.shape[1]
        assert 0 <= box[1] < box[3] <= cell.image.shape[0]
    cover = covered(cell)
    image = cell.image.astype(float)
    assert image[cover > 0].mean() < 170
    far = cv2.dilate((cover > 0).astype(np.uint8), np.ones((13, 13))) == 0
    assert image[far].min() > 235  # nothing dark that is not in the truth
    assert (cover.max() > 1) == (arrangement != "apart")
    if arrangement == "apart":
        count, _ = cv2.connectedComponents((cover > 0).astype(np.uint8))
        assert count - 1 == len(cell.truth)
        laid_classes = sorted(cell.labels().tolist())
        assert laid_classes == sorted(drawn_chromosomes.rows[:, LABEL].tolist())


def lengths(cell: SyntheticCell) -> np.ndarray:
    """Of the chromosomes in the order of their classes, the copies by length."""
    return np.array([length for _, length in sorted((t.label, axis_length(t.axis)) for t in cell.truth)])


def test_all_chromosomes_of_a_cell_share_its_contraction_and_keep_their_widths(
    drawn_chromosomes: Straightened,
) -> None:
    before, after = laid(drawn_chromosomes, PLAIN), laid(drawn_chromosomes, replace(PLAIN, contraction=0.5))
    assert len(before.truth) == len(after.truth)
    np.testing.assert_allclose(lengths(after) / lengths(before), 0.5, atol=0.06)

    def widths(cell: SyntheticCell) -> float:
        return float(np.median([t.mask.sum() / axis_length(t.axis) for t in cell.truth]))

    assert widths(after) == pytest.approx(widths(before), rel=0.08)
    assert widths(laid(drawn_chromosomes, replace(PLAIN, widening=1.3))) == pytest.approx(1.3 * widths(before), rel=0.1)


def test_axes_run_from_the_upper_end_of_the_crop(drawn_chromosomes: Straightened) -> None:
    crops = drawn_chromosomes.crops[:20].copy()
    for crop in crops:
        rows = np.flatnonzero(crop[1].any(1))
        crop[0, : (rows[0] + rows[-1]) // 2] = np.minimum(crop[0, : (rows[0] + rows[-1]) // 2], 60)
        crop[0, (rows[0] + rows[-1]) // 2 :] = np.maximum(crop[0, (rows[0] + rows[-1]) // 2 :], 170)
    cell = lay_out(crops, drawn_chromosomes.rows[:20, LABEL], replace(PLAIN, bend=0.4), np.random.default_rng(1))
    image = cv2.GaussianBlur(cell.image.astype(np.float32), (0, 0), 1.5)
    assert len(cell.truth) == 20
    for item in cell.truth:
        (x1, y1), (x2, y2) = item.axis[len(item.axis) // 4].astype(int), item.axis[-len(item.axis) // 4].astype(int)
        assert image[y1, x1] > image[y2, x2] + 30
        assert not item.polarity_known


def test_bands_are_inverted_in_the_whole_cell(drawn_chromosomes: Straightened) -> None:
    before, after = laid(drawn_chromosomes, PLAIN), laid(drawn_chromosomes, replace(PLAIN, inverted=True))
    longest = int(np.argmax([t.mask.sum() for t in before.truth]))
    item = before.truth[longest]
    assert after.truth[longest].offset == item.offset  # a look changes no place
    at = tuple(item.axis[3:-3].astype(int).T[::-1])
    assert np.corrcoef(before.image[at], after.image[at])[0, 1] < -0.6


def test_fields_without_a_metaphase_hold_nuclei_and_specks_and_no_truth(tmp_path: Path) -> None:
    fields = [empty_field(np.random.default_rng(i)) for i in range(6)]
    assert all(len(f.truth) == 0 and f.boxes().shape == (0, 4) for f in fields)
    assert sum(float((f.image < 0.8 * np.median(f.image)).mean()) > 0.002 for f in fields) >= 3
    np.testing.assert_array_equal(fields[0].image, empty_field(np.random.default_rng(0)).image)


def test_cells_come_from_all_laboratories_and_never_from_held_out_cells(
    straight_crops: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[np.ndarray] = []
    blank = SyntheticCell(np.zeros((4, 4), np.uint8), ())

    def remember(crops: np.ndarray, labels: np.ndarray, *_: Any) -> SyntheticCell:
        shown.append(crops)
        assert sorted(np.bincount(labels, minlength=24))[-2] <= 2  # at most one class has a third copy
        return replace(blank, info=_[-1])

    monkeypatch.setattr(relaid, "lay_out", remember)
    made = list(relaid_cells(straight_crops, 40))
    assert {c.info["laboratory"] for c in made} == {"taichung", "padova", "pampaj"}
    assert all((crops[:, 0, 0, 0] != MARK).all() for crops in shown)
    later = list(relaid_cells(straight_crops, 2, first=38))
    assert [dict(c.info) for c in later] == [dict(c.info) for c in made[38:]]
    shown.clear()
    list(relaid_cells(straight_crops, 10, held=True))
    assert all((crops[:, 0, 0, 0] == MARK).all() for crops in shown)


def test_doubtful_outlines_are_replaced_by_clear_ones_of_their_class(straight_crops: Path) -> None:
    source = CellCrops.of(StraightCropSet(straight_crops, "padova"))
    table = source.crops.table
    assert [set(table[rows, CELL]) for rows in source.cells] == [{2}, {4}]
    replaced = 0
    for seed in range(5):
        rows, labels = source.draw(np.random.default_rng(seed))
        np.testing.assert_array_equal(table[rows, LABEL], labels)
        clear = {int(c) for c in table[~source.crops.held & (table[:, CONFIDENCE] >= 90), LABEL]}
        for row, label in zip(rows, labels, strict=True):
            if int(label) in clear:
                assert table[row, CONFIDENCE] >= 90
                replaced += 1
    assert replaced > 100


def test_a_case_of_them_is_read_with_its_truth(straight_crops: Path, tmp_path: Path) -> None:
    arguments = ["--straight", str(straight_crops), "--cells", "1", "--empty", "1", "--output", str(tmp_path / "case")]
    assert relaid.main(arguments) == 0
    cells = load(tmp_path / "case", "all")
    made = next(iter(relaid_cells(straight_crops, 1)))
    assert [len(c.boxes) for c in cells] == [len(made.truth), 0]
    np.testing.assert_allclose(cells[0].boxes, made.boxes())
    np.testing.assert_array_equal(cells[0].labels, made.labels())
    np.testing.assert_array_equal(cells[0].pixels, made.image)


# the network of the cell


@pytest.fixture
def engine_file(tmp_path: Path, untrained_engine: Callable[..., Path]) -> Path:
    return untrained_engine(tmp_path, {"finder_threshold": 0.4})


def bars() -> Cell:
    """A field with eight dark bars."""
    field = np.full((260, 380), 228, np.uint8)
    boxes = np.array([[30 + 85 * (i % 4), 30 + 110 * (i // 4)] * 2 for i in range(8)]) + np.array([0, 0, 15, 70])
    for x1, y1, x2, y2 in boxes:
        field[y1:y2, x1:x2] = 90
    return Cell("bars", "case", field, boxes.astype(np.float64), np.arange(8))


def test_a_cell_is_read_as_the_engine_scales_it(engine_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = KaryoViewEngine(load_weights(engine_file), device="cpu", settings={"quality": "fast"})
    monkeypatch.setattr(engine, "scale_of", lambda _: 0.5)
    pixels, factor = as_engine_reads(engine, bars().pixels)
    assert (pixels.shape, factor) == ((130, 190), 0.5)
    (cell,) = train_cell_context.collect(engine, [bars()])
    np.testing.assert_allclose(cell["truth"].numpy(), bars().boxes / 2)
    monkeypatch.setattr(engine, "scale_of", lambda _: None)
    assert as_engine_reads(engine, bars().pixels)[1] == 1.0


def test_the_network_of_the_cell_learns_from_laid_cells_and_empty_fields(
    engine_file: Path, straight_crops: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[tuple[int, np.ndarray]] = []

    def collect(engine: KaryoViewEngine, cells: list[Cell]) -> list[dict[str, torch.Tensor]]:
        looked.extend((len(c.boxes), c.pixels) for c in cells)
        return [
            {
                "node_features": torch.zeros(3, 12), "log_probs": torch.zeros(3, 24), "embeddings": torch.zeros(3, 256),
                "roi_features": torch.zeros(3, 512), "boxes": torch.zeros(3, 4),
                "pair_features": torch.zeros(3, 3, len(PAIR_FEATURES)),
                "overlap": torch.zeros(3, len(c.boxes)), "truth": torch.from_numpy(c.boxes),
                "labels": torch.from_numpy(c.labels),
            }
            for c in cells
        ]  # fmt: skip

    monkeypatch.setattr(train_cell_context, "collect", collect)
    monkeypatch.setattr(train_cell_context, "load", lambda *_, **__: [bars(), bars()])
    output = tmp_path / "run"
    arguments = ["--data", "x", "--engine", str(engine_file), "--output", str(output), "--spare", "1", "--cells", "2"]
    arguments += ["--epochs", "1", "--straight", str(straight_crops), "--relaid", "1", "--empty", "2", "--looks"]
    assert train_cell_context.main(arguments) == 0
    assert [count for count, _ in looked[:4]] == [8, 8, 8, 8]  # spare, fit, and two training cells
    np.testing.assert_array_equal(looked[2][1], bars().pixels)
    assert not np.array_equal(looked[3][1], bars().pixels)  # every second one in a look
    assert [count > 30 for count, _ in looked[4:]] == [True, False, False, True]  # laid, two empty, held out
    report = json.loads((output / "report.json").read_text())
    assert report["relaid"] == 3
    assert report["relaid_held"]["f1"] == 0
    looked.clear()
    assert train_cell_context.main(arguments) == 0
    assert len(looked) == 1  # the spare cell; what was seen of the others is kept
    with pytest.raises(SystemExit):
        train_cell_context.main(["--data", "x", "--engine", str(engine_file), "--output", str(output), "--relaid", "1"])
