"""Exported networks: proposals as torchvision gives, results as the eager networks', and damage that is noticed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models.detection.image_list import ImageList
from torchvision.ops import nms

from karyoview.core.image import MetaphaseImage
from karyoview.detectors import exports
from karyoview.detectors.exported_networks import decode, padded, propose
from karyoview.detectors.exports import find_export, read_export, write_export
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.nets.tta import apply_to_boxes, apply_to_image, invert_boxes
from karyoview.detectors.nms import non_maximum_suppression
from karyoview.detectors.onnx_runtime import runtime_installed
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.tta_transforms import TTA_TRANSFORMS, apply_to_array, array_boxes_in_view, array_boxes_of_view
from karyoview.detectors.weights import load_weights

HASH = "a" * 64


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: tmp_path / "cache")
    return tmp_path / "cache"


def needs_runtime() -> None:
    pytest.importorskip("onnx", reason="comes with the extra karyoview[cpu]")
    if not runtime_installed():
        pytest.skip("ONNX Runtime comes with the extra karyoview[cpu]")


def some_boxes(count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    corner, side = rng.uniform(0, 80, (count, 2)), rng.uniform(4, 40, (count, 2))
    return np.concatenate([corner, corner + side], 1).astype(np.float32)


@pytest.mark.parametrize("transform", TTA_TRANSFORMS)
def test_views_of_arrays_are_those_of_tensors(transform: object) -> None:
    image, boxes = np.random.default_rng(0).random((5, 8)).astype(np.float32), some_boxes(6, 1)
    t, b = torch.from_numpy(image), torch.from_numpy(boxes)
    np.testing.assert_array_equal(apply_to_array(image, transform), apply_to_image(t, transform))
    np.testing.assert_array_equal(array_boxes_in_view(boxes, (5, 8), transform), apply_to_boxes(b, (5, 8), transform))
    np.testing.assert_array_equal(array_boxes_of_view(boxes, (5, 8), transform), invert_boxes(b, (5, 8), transform))


@pytest.mark.parametrize("iou", [0.3, 0.75])
def test_suppression_is_torchvisions(iou: float) -> None:
    for seed in range(5):
        boxes, scores = some_boxes(200, seed), np.random.default_rng(seed).random(200).astype(np.float32)
        expected = nms(torch.from_numpy(boxes), torch.from_numpy(scores), iou).numpy()
        np.testing.assert_array_equal(non_maximum_suppression(boxes, scores, iou), expected)
    assert non_maximum_suppression(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), iou).tolist() == []


def test_proposals_and_boxes_are_torchvisions() -> None:
    torch.manual_seed(2)
    finder = Finder().eval()
    image = padded((200 + 40 * np.random.default_rng(3).random((90, 150))).astype(np.float32))
    with torch.inference_mode():
        features = finder.features(torch.from_numpy(image)[None, None])
        objectness, deltas = (levels[0] for levels in finder.rpn.head([features]))
        expected = finder.rpn(ImageList(torch.from_numpy(image)[None, None], [(90, 150)]), {"0": features}, None)[0][0]
    found = propose(objectness[0].numpy(), deltas[0].numpy(), (90, 150))
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, atol=1e-3)
    boxes, moves = some_boxes(7, 4), np.random.default_rng(5).normal(0, 2, (7, 4)).astype(np.float32)
    decoded = finder.roi.box_coder.decode(torch.from_numpy(moves), [torch.from_numpy(boxes)])[:, 0]
    np.testing.assert_allclose(decode(moves, boxes, (10.0, 10.0, 5.0, 5.0)), decoded, rtol=1e-4, atol=1e-2)


def write_word(path: Path) -> None:
    path.write_text(path.name, encoding="utf-8")


def some_export(folder: Path) -> exports.Export:
    return write_export(folder, HASH, {"general": dict.fromkeys(exports.NETWORKS, write_word)}, "nothing")


def test_an_export_is_whole_or_not_there(own_cache: Path, tmp_path: Path) -> None:
    folder = exports.export_folder(HASH)
    made = some_export(folder)
    assert made.path("general", "head").read_text(encoding="utf-8") == "general-head.onnx"
    assert find_export(HASH) == made
    assert find_export("b" * 64) is None

    def fails(path: Path) -> None:
        raise RuntimeError("no space")

    with pytest.raises(RuntimeError):
        write_export(folder, HASH, {"general": {**dict.fromkeys(exports.NETWORKS, write_word), "head": fails}}, "x")
    assert find_export(HASH) == made
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]
    beside = tmp_path / "karyoview.safetensors"
    shipped = some_export(exports.shipped_folder(beside))
    assert find_export(HASH, beside) == shipped
    assert some_export(folder).files == made.files  # made again, in its own place


@pytest.mark.parametrize("damage", ["flip", "remove", "other weights", "no json", "outside"])
def test_a_damaged_export_is_named_and_never_used(
    damage: str, own_cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = exports.export_folder(HASH)
    some_export(folder)
    manifest = folder / "export.json"
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    if damage == "flip":
        (folder / "general-head.onnx").write_bytes(b"general-heaD.onnx")
    elif damage == "remove":
        (folder / "general-head.onnx").unlink()
    elif damage == "other weights":
        manifest.write_text(json.dumps({**stored, "weights_hash": "b" * 64}), encoding="utf-8")
    elif damage == "no json":
        manifest.write_bytes(b"{")
    else:
        digests = {"../general-head.onnx": stored["sha256"]["general-head.onnx"]}
        manifest.write_text(json.dumps({**stored, "sha256": digests}), encoding="utf-8")
    with pytest.raises(EngineError, match="export"):
        read_export(folder, HASH)
    assert find_export(HASH) is None
    assert "export" in caplog.text


def bars() -> np.ndarray:
    """A field with dark bars."""
    rng = np.random.default_rng(0)
    field = np.full((220, 260), 228, np.uint8)
    for i in range(14):
        y, x = 12 + 50 * (i // 4), 12 + 60 * (i % 4)
        field[y : y + 38, x : x + 15] = 90 + rng.integers(0, 40, (38, 15))
    return field


def test_int8_without_an_export_says_what_to_do(untrained_engine: Callable[..., Path], tmp_path: Path) -> None:
    path = untrained_engine(tmp_path, {"finder_threshold": 0.3})
    with pytest.raises(EngineError, match=r"karyoview weights export"):
        KaryoViewEngine(load_weights(path), device="cpu", settings={"precision": "int8"})
    with pytest.raises(EngineError, match="precision must be"):
        KaryoViewEngine(load_weights(path), device="cpu", settings={"precision": "int4"})


def test_exported_networks_see_what_the_eager_ones_see(untrained_engine: Callable[..., Path], tmp_path: Path) -> None:
    needs_runtime()
    from karyoview.detectors.export_default import export_default_engine

    weights = load_weights(untrained_engine(tmp_path, {"finder_threshold": 0.3}))
    with pytest.raises(EngineError, match="at least one cell"):
        export_default_engine(weights, [], "nothing")
    steps: list[tuple[int, int, str]] = []
    export_default_engine(weights, [bars()], "bars", progress=lambda *now: steps.append(now))
    assert steps[0][:2] == (0, 3)
    assert steps[-1][:2] == (3, 3)
    eager = KaryoViewEngine(weights, device="cpu", settings={"precision": "fp32"})
    exported = KaryoViewEngine(weights, device="cpu", settings={})
    assert exported._runtime.name == "onnxruntime"
    cell = bars()
    for views in (1, 3):
        mine, theirs = exported.found(cell, views)[0], eager.found(cell, views)[0]
        assert abs(len(mine.boxes) - len(theirs.boxes)) <= 0.2 * len(theirs.boxes)
        assert float(mine.scores.mean()) == pytest.approx(float(theirs.scores.mean()), abs=0.02)
    crops = np.random.default_rng(1).integers(0, 255, (5, 2, 192, 32)).astype(np.uint8)
    for got, expected in zip(exported.classify(crops), eager.classify(crops), strict=True):
        assert got.shape == expected.shape
        np.testing.assert_allclose(got, expected, atol=0.1 * max(1.0, float(np.abs(expected).max())))
    image = MetaphaseImage(cell, "bars.png")
    assert ("precision", "int8") in exported.predict([image])[0].provenance.settings
    assert all(name != "precision" for name, _ in eager.predict([image])[0].provenance.settings)
