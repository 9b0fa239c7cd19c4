"""Cells drawn from the band tables: determinism, karyotypes, bands, and what cannot be drawn."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import cv2
import numpy as np
import pytest
from karyotrain.data.synthesis import KaryotypeError, SyntheticCell, make_cell, truth_hash
from karyotrain.data.synthesis.axis import STEP, axis_from_curvature, bent_axis, frame_of
from karyotrain.data.synthesis.chromosome import Look, draw_profile, label_text, lay
from karyotrain.data.synthesis.karyotype import clones_in_shares, read_clones
from karyotrain.data.synthesis.layout import add_absorbance
from karyotrain.data.synthesis.optics import Optics, expose

from karyoview._resources import resource
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.ideogram import load_bands

PINNED = Path(__file__).with_name("pinned_cells.json")
LOOK = Look(scale=0.012, width=16)


def thumbnail(image: np.ndarray) -> np.ndarray:
    return cv2.resize(image, (12, 12), interpolation=cv2.INTER_AREA).astype(int)


def test_the_same_arguments_make_the_same_cell() -> None:
    first, again, other = make_cell(seed=11), make_cell(seed=11), make_cell(seed=12)
    assert truth_hash(first) == truth_hash(again) != truth_hash(other)
    assert np.array_equal(first.image, again.image)


@pytest.mark.parametrize("row", json.loads(PINNED.read_text()), ids=lambda r: f"{r['karyotype']}-{r['level']}")
def test_cells_are_those_of_every_machine(row: dict) -> None:
    cell = make_cell(row["karyotype"], row["seed"], level=row["level"], style=row["style"])
    assert truth_hash(cell) == row["truth"]
    assert np.abs(thumbnail(cell.image) - np.array(row["thumbnail"])).max() <= 2


def test_another_process_makes_the_same_cell() -> None:
    code = "from karyotrain.data.synthesis import *; print(truth_hash(make_cell('47,XY,+21', 5)))"
    environment = {**os.environ, "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert done.stdout.strip() == truth_hash(make_cell("47,XY,+21", 5))


@pytest.mark.parametrize(
    ("karyotype", "total", "changed"),
    [("46,XX", 46, {"X": 2}), ("46,XY", 46, {"X": 1, "Y": 1}), ("47,XY,+21", 47, {"G21": 3}), ("45,X", 45, {"X": 1}),
     ("45,XX,-22", 45, {"G22": 1}), ("47,XYY", 47, {"Y": 2}), ("69,XXX", 69, {"X": 3, "A1": 3}),
     ("48,XY,+8,+21", 48, {"C8": 3, "G21": 3})],
)  # fmt: skip
def test_karyotype_decides_the_chromosomes(karyotype: str, total: int, changed: dict[str, int]) -> None:
    cell = make_cell(karyotype, seed=2, size=(900, 900))
    found = Counter(CLASS_NAMES[t.label] for t in cell.truth)
    assert len(cell.truth) == total
    assert {name: found[name] for name in changed} == changed
    assert cell.karyotype == karyotype


def test_mosaic_shares_hold_over_the_cells() -> None:
    clones = read_clones("mos 47,XY,+21[12]/46,XY[8]")
    given = Counter(c.text for c in clones_in_shares(clones, 10, seed=4))
    assert given == {"47,XY,+21": 6, "46,XY": 4}
    alone = {make_cell("mos 47,XY,+21[12]/46,XY[8]", seed, size=(200, 200)).karyotype for seed in range(12)}
    assert alone == {"47,XY,+21", "46,XY"}


@pytest.mark.parametrize(
    ("karyotype", "words"),
    [("46,XX,+21", "makes 47"), ("46,QQ", "not possible"), ("", "not possible"),
     ("46,XX,t(9;22)(q34;q11.2)", "structure"),
     ("45~48,XX,+8", "not possible|leaves open"), ("46,XX,+99", "not possible"), ("hello", "not possible")],
)  # fmt: skip
def test_impossible_karyotypes_are_sentences(karyotype: str, words: str) -> None:
    with pytest.raises(KaryotypeError, match=words) as refused:
        make_cell(karyotype)
    assert str(refused.value).endswith((".", '"'))
    assert "\n" not in str(refused.value)


def test_other_bad_input_is_a_sentence() -> None:
    for arguments, words in (
        ({"level": 600}, "no ideogram of 600 bands"), ({"bits": 12}, "8 or 16 bits"),
        ({"size": (10, 10)}, "10 × 10"), ({"style": "film"}, "no style 'film'"),
    ):  # fmt: skip
        with pytest.raises(KaryoViewError, match=words):
            make_cell(**arguments)


@pytest.mark.parametrize(("size", "bits"), [((1024, 1360), 8), ((1200, 1600), 16)])
def test_fields_of_a_camera(size: tuple[int, int], bits: int) -> None:
    cell = make_cell(seed=9, size=size, style="camera", bits=bits)
    assert cell.image.shape == size
    assert cell.image.dtype == (np.uint8 if bits == 8 else np.uint16)
    assert len(cell.truth) == 46
    full = 255 if bits == 8 else 65535
    assert 0.7 * full < np.median(cell.image) < full  # bright field


@pytest.mark.long
def test_largest_field() -> None:
    assert make_cell(seed=9, size=(2200, 3200), style="camera", bits=16).image.shape == (2200, 3200)


def test_chromosomes_are_darker_than_the_field(cells: list[SyntheticCell]) -> None:
    for cell in cells:
        inside = np.zeros(cell.image.shape, dtype=bool)
        for item in cell.truth:
            inside |= item.full_mask(cell.image.shape)
        assert np.median(cell.image[inside]) + 40 < np.median(cell.image[~inside])


def test_bands_along_the_axis_are_those_of_the_table_from_p_to_q() -> None:
    table = load_bands(550)
    agree = []
    for label in (2, 4, 6, 10, 11, 16, 17, 19):  # those without a block that varies
        rng = np.random.default_rng(label)
        profile = draw_profile(rng, table, label_text(label), LOOK)
        axis = bent_axis(rng, profile.length, LOOK.width, 1.0)
        item = lay(rng, profile, axis, LOOK, label)
        x, y = (axis.points - item.offset - 0.5).round().astype(int).T
        seen = cv2.GaussianBlur(item.absorbance, (0, 0), 1.0)[y, x]
        places = np.linspace(0, 1, len(seen))
        name = label_text(label)
        stops = np.array([band.stop for band in table.bands[name]]) / table.length(name)
        at = np.minimum(np.searchsorted(stops, places, side="right"), len(stops) - 1)
        wanted = np.array([band.density for band in table.bands[name]])[at]
        inner = slice(len(seen) // 12, -len(seen) // 12)
        agree.append([np.corrcoef(seen[inner], bands[inner])[0, 1] for bands in (wanted, wanted[::-1])])
    forward, backward = np.array(agree).T
    assert forward.mean() > 0.6
    assert (forward > backward).all()


def test_centromere_is_where_the_table_has_it(cells: list[SyntheticCell]) -> None:
    table = load_bands(550)
    off = []
    for item in (t for cell in cells for t in cell.truth):
        along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(item.axis, axis=0).T))])
        at = along[np.hypot(*(item.axis - item.centromere).T).argmin()] / along[-1]
        off.append(at - table.centromere_index(label_text(item.label)))
    assert abs(np.median(off)) < 0.03
    assert np.percentile(np.abs(off), 90) < 0.12


def test_finer_levels_draw_more_bands() -> None:
    def bands(level: int) -> int:
        table = load_bands(level)
        sharp = Look(scale=0.03 * 15100 / table.length("1"), width=16, diffuse=0.3)
        density = draw_profile(np.random.default_rng(0), table, "1", sharp).density
        return int((np.diff(np.sign(np.diff(density))) < 0).sum())

    assert bands(400) < bands(550) < bands(850)


def test_waist_of_the_centromere_and_round_ends() -> None:
    profile = draw_profile(np.random.default_rng(1), load_bands(550), "3", Look(scale=0.012, width=16, waist=0.3))
    at = round(profile.centromere / STEP)
    arms = np.concatenate([profile.half[at - 40 : at - 20], profile.half[at + 20 : at + 40]])
    assert profile.half[at] < 0.87 * arms.mean()
    assert profile.half[0] < 0.4 * arms.mean() > profile.half[-1]


def test_heteromorphic_blocks_vary_more_than_others() -> None:
    def spread(label: str) -> float:
        rng = np.random.default_rng(5)
        lengths = [draw_profile(rng, load_bands(550), label, LOOK).length for _ in range(40)]
        return float(np.std(lengths) / np.mean(lengths))

    assert spread("Y") > 1.5 * spread("20")


def test_frame_of_a_straight_axis_and_of_an_arc() -> None:
    straight = axis_from_curvature(np.zeros(4), 60.0, 0.0)  # p on the left, q on the right
    frame = frame_of(straight, 10)
    x = np.arange(frame.along.shape[1]) + 0.5 + frame.offset[0]
    y = np.arange(frame.along.shape[0]) + 0.5 + frame.offset[1]
    assert frame.along == pytest.approx(np.broadcast_to(x + 30, frame.along.shape), abs=0.03)
    assert frame.across == pytest.approx(np.broadcast_to(-y[:, None], frame.across.shape), abs=0.03)
    radius = 40.0
    arc = axis_from_curvature(np.full(4, 1 / radius), 80.0, 0.3)
    frame = frame_of(arc, 10)
    middle, tangent = arc.points[len(arc.points) // 2], np.array([math.cos(0.3), math.sin(0.3)])
    centre = middle + radius * np.array([-tangent[1], tangent[0]])
    gx, gy = np.meshgrid(np.arange(frame.along.shape[1]) + 0.5, np.arange(frame.along.shape[0]) + 0.5)
    distance = np.hypot(gx + frame.offset[0] - centre[0], gy + frame.offset[1] - centre[1]) - radius
    inside = (frame.along > 3) & (frame.along < 77) & (np.abs(frame.across) < 8)
    assert frame.across[inside] == pytest.approx(distance[inside], abs=0.25)


def test_bent_axes_keep_clear_of_themselves_and_some_are_hairpins() -> None:
    rng = np.random.default_rng(8)
    turns = []
    for _ in range(150):
        axis = bent_axis(rng, 150, 16, 1.0)
        assert axis.length == pytest.approx(150, abs=1)
        some = axis.points[::6]
        apart = np.hypot(*(some[:, None] - some[None]).T)
        along = np.abs(np.subtract.outer(np.arange(len(some)), np.arange(len(some)))) * 3.0
        assert apart[along > 1.7 * 16].min() > 16
        angle = np.unwrap(np.arctan2(axis.tangents[:, 1], axis.tangents[:, 0]))
        turns.append(np.ptp(angle))
    assert np.median(turns) < 1.3
    assert max(turns) > 2.2


def test_absorbance_adds_where_chromosomes_cross() -> None:
    rng = np.random.default_rng(0)
    profile = draw_profile(rng, load_bands(550), "2", LOOK)
    axes = [axis_from_curvature(np.zeros(4), profile.length, heading) for heading in (0.0, math.pi / 2)]
    items = [lay(rng, profile, axis, LOOK, 1) for axis in axes]
    canvas = np.zeros((240, 240), dtype=np.float32)
    for item in items:
        add_absorbance(canvas, item.moved(120, 120))
    alone = np.zeros_like(canvas)
    add_absorbance(alone, items[0].moved(120, 120))
    other = np.zeros_like(canvas)
    add_absorbance(other, items[1].moved(120, 120))
    both = (alone > 0.2) & (other > 0.2)
    assert both.sum() > 100
    assert canvas[both] == pytest.approx(alone[both] + other[both])
    optics = Optics(230, 0.0, 0.05, 0.0, 0.8, 2.0, 0.0, 0.0, 255.0, 0.0, 0.0, "none", 90)
    image = expose(rng, canvas, optics, 8)
    assert image[both].mean() < image[(alone > 0.2) & ~both].mean() - 15


def test_distributions_are_those_of_metaphases(cells: list[SyntheticCell]) -> None:
    boxes = np.concatenate([c.boxes() for c in cells])
    size = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], 1))
    assert 42 < np.median(size) < 72
    assert 0.2 < np.mean([c.severe_overlap() for c in cells]) < 0.7
    widths = [t.box.w for c in cells for t in c.truth if t.box.h > 3.2 * t.box.w]
    assert 13 < np.median(widths) < 26


@pytest.mark.parametrize(("name", "karyotype", "g21"), [("46XX", "46,XX", 2), ("47XY+21", "47,XY,+21", 3)])
def test_sample_cases(name: str, karyotype: str, g21: int) -> None:
    folder = resource("sample", name)
    document = json.loads((folder / "truth.json").read_text())
    pictures = sorted(p for p in folder.iterdir() if p.suffix == ".webp")
    assert [p.name for p in pictures] == [i["file_name"] for i in document["images"]]
    assert len(pictures) == 6
    assert max(p.stat().st_size for p in pictures) < 300_000
    assert not (folder / "karyoview").exists()  # unreviewed
    for row in document["images"]:
        labels = [a["category_id"] - 1 for a in document["annotations"] if a["image_id"] == row["id"]]
        assert row["karyotype"] == karyotype
        assert labels.count(CLASS_NAMES.index("G21")) == g21
        assert len(labels) == int(karyotype[:2])
