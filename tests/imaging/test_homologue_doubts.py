"""Doubts about homologues: a changed copy is found where it is changed, a normal pair is left alone."""

from __future__ import annotations

import numpy as np
import pytest
from karyotrain.data.synthesis import make_cell
from karyotrain.data.synthesis.structure import StructuralChange
from karyotrain.studies.karyogram import drawn_annotation

from karyoview.core.bands import Band
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.homologue_comparison import MEASURES, PairDifference, compare
from karyoview.imaging.homologue_doubts import (
    FALSE_ALARMS,
    band_at,
    count_normal,
    homologue_doubts,
    known_pairs,
)
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.karyogram_layout import CellCutouts, Strip
from karyoview.imaging.profile import ideogram_profile

TABLE = load_bands(550)


def _strip(bands: tuple[Band, ...] | None = None, label: str = "5", name: str = "a") -> Strip:
    profile = ideogram_profile(label, 550, 96).copy()
    length = 100.0
    if bands is not None:
        stops = np.array([b.stop for b in bands])
        places = (np.arange(96) + 0.5) / 96 * stops[-1]
        dark = np.array([b.density / 100 for b in bands])
        profile = dark[np.minimum(np.searchsorted(stops, places, side="right"), len(dark) - 1)]
        length *= stops[-1] / TABLE.length(label)
    profile = np.convolve(np.pad(profile, 2, mode="edge"), np.ones(5) / 5, "valid")
    return Strip(name, label, np.zeros((100, 12), np.uint8), 30.0, length, (profile - profile.mean()) / profile.std())


def test_a_deletion_is_longer_and_placed_and_an_inversion_differs_in_bands() -> None:
    plain = _strip()
    missing = StructuralChange("del", "5", 0.55, 0.68)
    lost = compare(plain, _strip(missing.bands(TABLE)["5"]))
    turned = compare(plain, _strip(StructuralChange("inv", "5", 0.35, 0.75).bands(TABLE)["5"]))
    same = compare(plain, _strip(None, name="b"))
    assert same is not None
    assert lost is not None
    assert turned is not None
    assert lost.length == pytest.approx(-np.log(0.87), abs=0.01)
    assert abs(lost.at - 0.615) < 0.08
    assert same.bands < 0.01 < 0.04 < turned.bands
    assert 0.3 < turned.at < 0.8
    assert lost.piece > 0.05 > same.piece
    assert same.reversed < 0.005 < 0.01 < turned.reversed
    assert abs(turned.place("reversed") - 0.55) < 0.08
    assert max(same.turned, turned.turned) < -0.3


def test_changes_of_structure_are_drawn_and_named() -> None:
    assert StructuralChange("del", "5", 0.55, 0.68).text(TABLE) == "del(5)(q21q23)"
    swapped = StructuralChange("t", "9", 0.9, 0.6, "22")
    bands = swapped.bands(TABLE)
    assert swapped.text(TABLE).startswith("t(9;22)(q3")
    whole = sum(b[-1].stop for b in bands.values())
    assert whole == pytest.approx(TABLE.length("9") + TABLE.length("22"))
    with pytest.raises(KaryoViewError, match="centromere"):
        StructuralChange("del", "5", 0.1, 0.6).bands(TABLE)
    change = StructuralChange("dup", "2", 0.5, 0.62)
    cell = make_cell("46,XX", 77, changes=(change,))
    assert cell.karyotype == f"46,XX,{change.text(TABLE)}"
    (changed,) = [t for t in cell.truth if t.source]
    assert changed.label == 1
    plain = make_cell("46,XX", 77)
    assert not any(t.source for t in plain.truth)


def test_a_great_deletion_is_doubted_with_its_place_and_never_stated() -> None:
    known = known_pairs()
    assert known is not None
    assert set(known.usual) >= {str(n) for n in range(1, 23)}
    found = []
    for seed in (2, 8, 10):  # cells in which both lie clear of others
        cell = make_cell("46,XX", 8_800 + seed, changes=(StructuralChange("del", "6", 0.6, 0.85),))
        cutouts = CellCutouts.of(np.asarray(cell.image, np.uint8), drawn_annotation(cell))
        found += [d for d in homologue_doubts(cutouts) if d.label == "6"]
    assert len(found) >= 2
    assert all(d.score >= 4 and d.sentence().endswith("please look.") for d in found)
    assert band_at("1", 0.01).startswith("p36")
    assert not homologue_doubts(cutouts, limit=1e9)


def test_limits_allow_few_doubts_in_normal_cells_and_a_restless_cell_needs_more() -> None:
    rng = np.random.default_rng(4)

    def cell(scale: float) -> list[tuple[str, tuple[str, str], PairDifference]]:
        size = np.abs(rng.normal(0, scale, (8, 3))) + 0.02
        return [
            (str(k + 1), (f"a{k}", f"b{k}"), PairDifference(*row[:2], 0.5, reversed=row[2]))
            for k, row in enumerate(size)
        ]

    cells = [cell(0.1) for _ in range(100)]
    normal = count_normal(cells)
    over = [(normal.ratios(pairs) > normal.limits).any(1).sum() for pairs in cells]
    assert np.mean(over) <= sum(FALSE_ALARMS) + 0.01
    assert len(MEASURES) == len(normal.limits)
    restless = [cell(0.3) for _ in range(100)]
    held = [(normal.ratios(pairs) > normal.limits).any(1).sum() for pairs in restless]
    plain = [
        sum((d.measures() / normal.usual[label] > normal.limits).any() for label, _, d in pairs) for pairs in restless
    ]
    assert np.mean(held) < 0.5 * np.mean(plain)
