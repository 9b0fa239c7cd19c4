"""The default engine's pipeline, with networks at a random start: what must hold whatever the weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from karyoview.core.image import MetaphaseImage
from karyoview.detectors import cell_reading
from karyoview.detectors.karyoview_engine import KaryoViewEngine, usual_scale
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.orientation import upright_probability
from karyoview.detectors.postprocess import class_reasons
from karyoview.detectors.protocol import Cancelled, CancelToken, EngineError
from karyoview.detectors.registry import load_engine
from karyoview.imaging.direction import crop_profile, mirrored


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory, untrained_engine: Callable[..., Path]) -> Path:
    """Weights of networks at a random start."""
    return untrained_engine(tmp_path_factory.mktemp("weights"), {"temperature": 1.2})


@pytest.fixture(scope="module")
def cell() -> MetaphaseImage:
    """A field with twelve dark bars 15 px wide."""
    field = np.full((320, 380), 228, np.uint8)
    rng = np.random.default_rng(0)
    for i in range(12):
        place = (50 + 90 * (i % 4), 60 + 100 * (i // 4))
        corners = cv2.boxPoints((place, (15, float(rng.integers(40, 80))), float(rng.integers(0, 180))))
        cv2.fillPoly(field, [np.rint(corners).astype(np.int32)], int(rng.integers(60, 120)))
    return MetaphaseImage(cv2.GaussianBlur(field, (0, 0), 1.0), "bars.png")


def engine(weights: Path, **settings: object) -> KaryoViewEngine:
    loaded = load_engine("karyoview", weights=weights, device="cpu", settings=settings)
    assert isinstance(loaded, KaryoViewEngine)
    return loaded


def test_detections_are_whole_and_in_the_image_and_the_same_again(weights: Path, cell: MetaphaseImage) -> None:
    chosen = engine(weights, threshold=0.02, check_metaphase=False)
    first, second = chosen.predict([cell, cell])
    assert len(first) > 5
    assert first.items == second.items
    assert first.provenance.engine == "karyoview"
    for item in first.items:
        x1, y1, x2, y2 = item.bounds.to_xyxy()
        assert -1 <= x1 < x2 <= cell.width + 1
        assert -1 <= y1 < y2 <= cell.height + 1
        assert item.label is not None
        assert sum(item.probabilities) == pytest.approx(item.score, abs=1e-3)
        assert 0 <= (item.doubt or 0) <= 1
    assert [d.score for d in first.items] == sorted((d.score for d in first.items), reverse=True)
    assert any(d.box.is_rotated for d in first.items)
    assert all(0.5 <= d.polarity <= 1 for d in first.items if d.polarity is not None)


def test_the_threshold_only_hides(weights: Path, cell: MetaphaseImage) -> None:
    low, high = (engine(weights, threshold=t, joint_assignment=False).predict([cell])[0] for t in (0.02, 0.2))
    assert {d.bounds for d in high.items} <= {d.bounds for d in low.items}
    assert all(d.score >= 0.2 for d in high.items)


@pytest.mark.parametrize(("label", "own", "reason"), [(15, 15, "16 or 18"), (15, 16, "16 or 18"), (17, 15, "18 or 16")])
def test_a_doubtful_class_is_told_with_its_likeliest_rival(label: int, own: int, reason: str) -> None:
    log_probs = np.full((1, 24), np.log(0.1 / 22))
    log_probs[0, [15, 17]] = np.log([0.5, 0.4])
    reasons = class_reasons(np.exp(log_probs[0]), label, own)
    assert reasons[0] == reason
    assert ("class changed by the cell" in reasons) == (label != own)


def test_an_empty_field_has_a_note(weights: Path) -> None:
    empty = MetaphaseImage(np.full((200, 260), 230, np.uint8), "empty.png")
    assert "No metaphase" in engine(weights, threshold=0.999).predict([empty])[0].note


def test_a_bright_on_dark_picture_is_read_inverted(weights: Path, cell: MetaphaseImage) -> None:
    inverted = MetaphaseImage(255 - cell.pixels.astype(np.uint8), "fish.png")
    plain, other = engine(weights, threshold=0.02).predict([cell, inverted])
    assert "fluorescent" in other.note
    assert [d.box for d in other.items] == [d.box for d in plain.items]


def test_cancelling_stops_between_images(weights: Path, cell: MetaphaseImage) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        engine(weights).predict([cell], token)


@pytest.mark.parametrize(("settings", "word"), [({"speed": 1}, "speed"), ({"quality": "good"}, "quality")])
def test_unknown_settings_are_named(weights: Path, settings: dict[str, object], word: str) -> None:
    with pytest.raises(EngineError, match=word):
        engine(weights, **settings)


@pytest.mark.parametrize("factor", [0.5, 2.0])
def test_other_magnifications_are_brought_to_the_usual_width(cell: MetaphaseImage, factor: float) -> None:
    grey = np.asarray(cell.pixels, np.uint8)
    assert usual_scale(grey) == 1.0
    scaled = cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    assert usual_scale(scaled) == pytest.approx(1 / factor, rel=0.3)


@pytest.mark.parametrize(
    ("sure_as_it_is", "sure_resized", "as_it_is"), [(44.0, 23.0, True), (20.0, 44.0, False), (40.0, 40.0, True)]
)
def test_a_width_that_clusters_mislead_is_settled_by_what_the_finder_is_sure_of(
    weights: Path, cell: MetaphaseImage, monkeypatch: pytest.MonkeyPatch,
    sure_as_it_is: float, sure_resized: float, as_it_is: bool,
) -> None:  # fmt: skip
    grey = cv2.resize(np.asarray(cell.pixels, np.uint8), None, fx=2, fy=2, interpolation=cv2.INTER_AREA)
    chosen = engine(weights)
    monkeypatch.setattr(chosen, "_confidence_mass", lambda seen: sure_as_it_is if seen is grey else sure_resized)
    assert chosen.scale_of(grey) == (1.0 if as_it_is else pytest.approx(0.5, rel=0.3))
    assert chosen.scale_of(np.asarray(cell.pixels, np.uint8)) == 1.0  # nothing to settle


@pytest.mark.parametrize(
    ("sure", "taken"), [((41.7, 39.6, 46.2), 1.32), ((20.0, 33.0, 44.0), 1.8), ((44.0, 44.0, 44.0), 1.32)]
)
def test_the_size_that_the_area_asks_for_stays_unless_another_shows_clearly_more(
    weights: Path, cell: MetaphaseImage, monkeypatch: pytest.MonkeyPatch, sure: tuple[float, ...], taken: float
) -> None:  # fmt: skip
    # chromatids that lie apart look like thin chromosomes: too large, a cell falls to more pieces than it has
    chosen, masses = engine(weights), iter(sure)
    monkeypatch.setattr(chosen, "_calibration", replace(chosen._calibration, scale_by_area=True))
    monkeypatch.setattr(cell_reading, "factors_to_try", lambda grey: [1.32, 1.0, 1.8])
    monkeypatch.setattr(chosen, "_confidence_mass", lambda seen, views: next(masses))
    assert chosen.scale_of(np.asarray(cell.pixels, np.uint8)) == taken


def test_a_width_too_small_to_be_read_is_believed_unless_the_finder_sees_a_cell(
    weights: Path, cell: MetaphaseImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny = cv2.resize(np.asarray(cell.pixels, np.uint8), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    chosen = engine(weights)
    monkeypatch.setattr(chosen, "_confidence_mass", lambda seen: 2.0)
    assert chosen.scale_of(tiny) is None
    assert "higher magnification" in chosen.predict([MetaphaseImage(tiny, "tiny.png")])[0].note
    monkeypatch.setattr(chosen, "_confidence_mass", lambda seen: 45.0)
    assert chosen.scale_of(tiny) == 1.0


def test_a_profile_is_told_from_its_mirror_image() -> None:
    crop = np.zeros((2, 192, 32), np.uint8)
    crop[1, 40:150, 8:24] = 255
    crop[0, 40:60, 8:24] = 160
    crop[0, 90:100, 8:24] = 90
    profile = crop_profile(crop)
    turned = crop_profile(crop[:, ::-1].copy())
    assert profile is not None
    assert turned is not None
    np.testing.assert_allclose(turned, mirrored(profile), atol=1e-9)
    means = np.tile(profile, (24, 1))
    classes = np.eye(24)[4]
    up = upright_probability(profile, means, np.full(24, 5.0), classes)
    down = upright_probability(turned, means, np.full(24, 5.0), classes)
    assert up > 0.95
    assert down == pytest.approx(1 - up, abs=1e-6)


def test_a_mask_too_small_has_no_profile() -> None:
    crop = np.zeros((2, 192, 32), np.uint8)
    crop[1, 90:95] = 255
    assert crop_profile(crop) is None


def test_the_two_parts_of_the_finders_class_loss_make_up_the_cross_entropy_of_25_classes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(0)
    roi = Finder().roi
    scores, labels = torch.randn(40, 25), torch.randint(0, 25, (40,))
    monkeypatch.setattr(
        roi, "select_training_samples", lambda proposals, targets: (proposals, None, [labels], [torch.zeros(40, 4)])
    )
    monkeypatch.setattr(roi.box_roi_pool, "forward", lambda *given: None)
    monkeypatch.setattr(roi.box_predictor, "forward", lambda maps: (scores, torch.zeros(40, 100)))
    monkeypatch.setattr(roi, "class_weight", 1.0)
    losses = roi({}, [], [], [])
    whole = torch.nn.functional.cross_entropy(scores, labels)
    torch.testing.assert_close(losses["loss_classifier"] + losses["loss_names"], whole)
    monkeypatch.setattr(roi, "class_weight", 0.3)
    assert float(sum(roi({}, [], [], []).values())) < float(whole)
