"""Networks as graphs, which run without PyTorch, against the engines that run with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from karyoview._resources import resource
from karyoview.core.detection import Detection, Detections
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.cards import card_path, read_card
from karyoview.detectors.engine_spec import ENGINES
from karyoview.detectors.graphs import MANIFEST, hashes_of, processor_only, read_graphs
from karyoview.detectors.onnx_runtime import runtime_installed
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.registry import find_engines, load_engine
from karyoview.detectors.weights import load_weights
from karyoview.io.images import read_image

SCORE, PIXELS = 1e-2, 0.5
"""By how much what is found without PyTorch may differ from what is found with it."""

if not runtime_installed():
    pytest.skip("ONNX Runtime is not installed; run: pip install -e .[cpu]", allow_module_level=True)

from karyoview.detectors.graph_sources import export_graphs  # noqa: E402 (needs ONNX)


@pytest.fixture(scope="module")
def cell() -> MetaphaseImage:
    """A cell of the sample case."""
    return read_image(resource("sample", "46XX", "cell-001.webp"))


def assert_alike(found: Detections, expected: Detections) -> None:
    """The same boxes with nearly the same scores, whatever order boxes of nearly the same score have."""
    assert len(found.items) == len(expected.items)
    rest = list(expected.items)
    for item in found.items:
        near = min(rest, key=lambda other: float(np.abs(_numbers(other) - _numbers(item)).sum()))
        rest.remove(near)
        assert np.abs(_numbers(item) - _numbers(near))[:4].max() < PIXELS
        assert item.score == pytest.approx(near.score, abs=SCORE)
        assert item.label == near.label
        np.testing.assert_allclose(item.probabilities, near.probabilities, atol=SCORE)


def _numbers(item: Detection) -> np.ndarray:
    return np.array([item.box.cx, item.box.cy, item.box.w, item.box.h, item.score])


@pytest.mark.parametrize("name", sorted(kind for kind, spec in ENGINES.items() if spec.graph_factory))
def test_shipped_engines_say_the_same_without_torch(name: str, cell: MetaphaseImage) -> None:
    settings: dict[str, object] = {"precision": "fp32"}
    if ENGINES[name].efforts:
        settings["quality"] = "fast"
    light = load_engine(name, settings=settings, runtime="graphs")
    full = load_engine(name, settings=settings, device="cpu", runtime="torch")
    (found,), (expected,) = light.predict([cell]), full.predict([cell])
    assert len(expected.items) > 20
    assert_alike(found, expected)
    assert found.provenance.device == "cpu"


def test_graphs_hold_no_weights(untrained_engine: Callable[..., Path], tmp_path: Path) -> None:
    path = untrained_engine(tmp_path, {"finder_threshold": 0.3}, "learned_nms", "cell_context", "appearance")
    (made,) = export_graphs(load_weights(path), tmp_path)
    assert set(made.graphs) == {"finder", "head", "classifier", "learned_nms", "cell_context"}
    assert sum(file.stat().st_size for file in made.folder.iterdir()) < 1 << 20


def test_graphs_serve_other_weights_of_the_same_structure(
    untrained_engine: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = untrained_engine(tmp_path / "a", {"finder_threshold": 0.3})
    export_graphs(load_weights(path), tmp_path / "own")
    with pytest.raises(EngineError, match="karyoview weights export karyoview"):
        load_engine("karyoview", weights=path, runtime="graphs")
    monkeypatch.setenv("KARYOVIEW_WEIGHTS", str(tmp_path / "own"))
    load_engine("karyoview", weights=path, runtime="graphs")


@pytest.mark.parametrize("damage", ["changed", "gone", "no list", "elsewhere", "another format", "not of the card"])
def test_damaged_graphs_are_refused_in_one_sentence(
    untrained_engine: Callable[..., Path], tmp_path: Path, damage: str
) -> None:
    path = untrained_engine(tmp_path, {"finder_threshold": 0.3})
    (made,) = export_graphs(load_weights(path), tmp_path)
    manifest = made.folder / MANIFEST
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    if damage == "changed":
        with (made.folder / "head.onnx").open("ab") as file:
            file.write(b"\0")
    elif damage == "gone":
        (made.folder / "head.onnx").unlink()
    elif damage == "no list":
        manifest.write_bytes(b"{")
    elif damage == "elsewhere":
        stored["graphs"]["head"]["file"] = "../head.onnx"
        manifest.write_text(json.dumps(stored), encoding="utf-8")
    elif damage == "another format":
        manifest.write_text(json.dumps({**stored, "format": 0}), encoding="utf-8")
    else:
        card = json.loads(card_path(path).read_text(encoding="utf-8"))
        card["weights"]["graphs"] = dict.fromkeys(hashes_of(made), "0" * 64)
        card_path(path).write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(EngineError, match=r"export|fetch") as refused:
        load_engine("karyoview", weights=path, runtime="graphs")
    assert "\n" not in str(refused.value)


def test_graphs_compute_on_the_processor_only() -> None:
    processor_only("auto")
    processor_only("cpu")
    with pytest.raises(EngineError, match="install KaryoView in full"):
        processor_only("cuda")


def test_every_shipped_engine_comes_with_the_graphs_that_its_card_names() -> None:
    for name, path in find_engines()[0].items():
        card = read_card(card_path(path))
        if not ENGINES[card["engine"]].graph_factory:
            continue
        named = card["weights"]["graphs"]
        assert named, name
        for folder in {file.partition("/")[0] for file in named}:
            place = path.parent / "graphs" / folder
            found = read_graphs(place, folder.removeprefix(f"{card['engine']}-"))
            for file, digest in hashes_of(found).items():
                assert named[file] == digest
