"""Whose pixels are whose: the shipped network on drawn cells, its torch twin, and centre lines without kinks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from karyotrain.data.synthesis import SyntheticCell, make_cell
from safetensors.numpy import load_file

from karyoview._resources import resource
from karyoview.core.geometry import Box, boxes_to_array, capsule_bounds
from karyoview.imaging import cutout, ownership
from karyoview.imaging.axis import centre_line, line_length
from karyoview.imaging.cutout import cut_out, without_stubs
from karyoview.imaging.mask_quality import boundary_agreement
from karyoview.imaging.masks import InstanceMask, find_foreground
from karyoview.imaging.ownership import CHANNELS, Frame, OwnershipNet, mask_in_picture, shipped_net


@pytest.fixture(scope="module")
def cells() -> list[SyntheticCell]:
    return [make_cell("46,XY", seed) for seed in (5_300, 5_301)]


def _agreement(cells: list[SyntheticCell]) -> np.ndarray:
    rows = []
    for cell in cells:
        found = cut_out(np.asarray(cell.image, np.uint8), [t.box for t in cell.truth])
        for one, truth in zip(found, cell.truth, strict=True):
            crossing = bool(truth.crossings) and truth.overlap_pixels > 20
            rows.append((*boundary_agreement(one, truth.mask, truth.offset), crossing))
    return np.array(rows, dtype=np.float64)


def test_crossing_chromosomes_keep_their_own_pixels(
    cells: list[SyntheticCell], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = _agreement(cells)
    crossing = table[:, 2] > 0
    assert crossing.sum() >= 10
    assert table[:, 0].mean() > 0.92
    assert table[crossing, 0].mean() > 0.90
    assert table[:, 1].mean() > 0.95
    monkeypatch.setattr(cutout, "shipped_net", lambda: None)
    without = _agreement(cells)
    assert without[crossing, 0].mean() < table[crossing, 0].mean() - 0.02
    assert without[:, 0].mean() > 0.85  # a program without the file still cuts out


def test_the_network_is_small_and_answers_only_for_its_own_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert resource("weights", ownership.WEIGHTS).stat().st_size < 1_000_000
    monkeypatch.setattr(ownership, "resource", lambda *parts: tmp_path / parts[-1])
    shipped_net.cache_clear()
    try:
        (tmp_path / ownership.WEIGHTS).write_bytes(b"no weights")
        assert shipped_net() is None
    finally:
        shipped_net.cache_clear()


def test_numpy_and_torch_say_the_same() -> None:
    torch = pytest.importorskip("torch")
    from karyotrain.engines.train_ownership import OwnershipNetwork

    torch.manual_seed(3)
    network = OwnershipNetwork().eval()
    seen = np.random.default_rng(0).random((2, CHANNELS, 24, 16), dtype=np.float32)
    with torch.no_grad():
        wanted = network(torch.from_numpy(seen)).numpy()
    found = OwnershipNet({k: v.numpy() for k, v in network.state_dict().items()})(seen)
    assert np.abs(found - wanted).max() < 1e-5


def _tube(line: np.ndarray, radius: float, size: int = 160) -> np.ndarray:
    yy, xx = np.mgrid[:size, :size] + 0.5
    return np.asarray((np.hypot(xx[..., None] - line[:, 0], yy[..., None] - line[:, 1])).min(-1) < radius)


@pytest.mark.parametrize("turn", [0.6, 2.0, 3.0])
def test_the_centre_line_of_a_bent_chromosome_keeps_its_length_and_has_no_kinks(turn: float) -> None:
    radius = 90 / turn
    angle = np.linspace(0, turn, 300)
    line = np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
    line += 80 - (line.min(0) + line.max(0)) / 2
    mask = _tube(line, 8.0)
    found = centre_line(mask, line[[0, -1]] if turn < 1 else None)
    assert line_length(found) == pytest.approx(90 + 16, rel=0.05)
    # the line goes on as the chromosome bends: its ends lie in the middle of the rounded ends
    step = (line[-1] - line[-2]) / np.hypot(*(line[-1] - line[-2]))
    ends = np.array([line[-1] + 6.5 * step, line[0] + 6.5 * (line[0] - line[1]) / np.hypot(*(line[0] - line[1]))])
    apart = np.hypot(*(found[[0, -1]][:, None] - ends[None]).transpose(2, 0, 1)).min(0)
    assert apart.max() < 3.0
    away = np.hypot(*(found[:, None] - line[None]).transpose(2, 0, 1)).min(1)
    assert np.median(away) < 0.6
    assert away[5:-5].max() < 1.6
    directions = np.unwrap(np.arctan2(*np.diff(found, axis=0).T))
    assert np.abs(np.diff(directions)).max() < 0.22


def test_the_pictures_own_pixels_say_where_a_chromosome_ends(cells: list[SyntheticCell]) -> None:
    net = shipped_net()
    assert net is not None
    assert net.pixels[2:].any()
    tensors = load_file(resource("weights", ownership.WEIGHTS))
    plain = OwnershipNet({k: v for k, v in tensors.items() if k != ownership.PIXELS})
    assert np.array_equal(plain.pixels, np.eye(1, len(net.pixels))[0])
    grey = np.asarray(cells[0].image, np.uint8)
    rows = boxes_to_array([t.box for t in cells[0].truth])
    front = find_foreground(grey, capsule_bounds(rows))
    agree: dict[str, list[float]] = {"plain": [], "with pixels": []}
    for name, each in (("plain", plain), ("with pixels", net)):
        for i, (mask, x, y, _) in ownership.own_masks(front, rows, each).items():
            truth = cells[0].truth[i]
            found = InstanceMask(mask, x, y, 1.0, False, True, truth.box, np.zeros((0, 2)))
            agree[name].append(boundary_agreement(found, truth.mask, truth.offset)[0])
    assert np.mean(agree["with pixels"]) > np.mean(agree["plain"]) + 0.003


def test_a_bright_cell_gives_the_same_masks_as_its_negative(cells: list[SyntheticCell]) -> None:
    grey, boxes = np.asarray(cells[0].image, np.uint8), [t.box for t in cells[0].truth][:8]
    for one, other in zip(cut_out(grey, boxes), cut_out(255 - grey, boxes), strict=True):
        assert np.array_equal(one.mask, other.mask)


def test_boxes_at_the_frame_and_far_outside_lose_nothing(cells: list[SyntheticCell]) -> None:
    grey = np.asarray(cells[0].image, np.uint8)
    odd = [
        Box.rotated(2, 2, 14, 60, 0.5),
        Box.rotated(grey.shape[1] - 1, 40, 20, 90, 0.0),
        Box.rotated(-40, -40, 9, 9, 1.0),
    ]
    found = cut_out(grey, odd)
    assert len(found) == 3
    assert all(m.mask.any() for m in found[:2])


def test_less_is_asked_for_only_where_a_mask_keeps_away_from_a_side_of_its_box() -> None:
    row = np.array([60.0, 60.0, 12.0, 80.0, 0.0])
    frame = Frame.of(row, 10.0)
    along, across, _, _ = frame.places()
    inside = (np.abs(across) <= 5) & (np.abs(along) <= 40)
    odds = np.where(inside, 4.0, -8.0).astype(np.float32)
    odds[inside & (along > 33)] = -1.0  # this end lies on another chromosome
    odds[(np.abs(across) > 5) & (np.abs(across) <= 9) & (np.abs(along) < 10)] = -1.0  # a neighbour's flank
    found = mask_in_picture(odds, frame, np.zeros((120, 120), np.float32), 1.0)
    assert found is not None
    mask, _, y = found
    assert y + mask.shape[0] >= 98  # the box ends at 100
    assert mask.shape[1] <= 12


def test_what_stands_out_beside_the_axis_is_a_neighbours() -> None:
    picture = np.zeros((110, 40), np.bool_)
    picture[5:105, 10:22] = True
    own = picture.copy()
    picture[50:58, 22:38] = True  # a stub of the one that crosses
    axis = np.stack([np.full(50, 16.0), np.linspace(5, 105, 50)], 1)
    box = Box.rotated(16, 55, 12, 100, 0.0)
    mask = InstanceMask(picture, 0, 0, 0.9, False, True, box, axis)
    kept = without_stubs(mask, box, 12.0).full(110, 40)
    assert (kept & ~own).sum() <= 32  # of 128; outlines are a pixel off here and there
    assert (own & ~kept).sum() <= 8
    plain = InstanceMask(own, 0, 0, 0.9, False, True, box, axis)
    assert without_stubs(plain, box, 12.0) is plain
