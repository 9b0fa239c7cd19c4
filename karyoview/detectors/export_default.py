"""The default engine's networks as 8-bit ONNX files (detectors.exports), calibrated on cells; needs torch and ONNX."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torchvision.ops import roi_align

from karyoview.detectors.exported_networks import MAP_STRIDE, padded
from karyoview.detectors.exports import GENERAL, SPECIALIST, Export, export_folder, quantised, write_export
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.nets.finder import Finder
from karyoview.detectors.nets.fusion import fuse_conv_bn
from karyoview.detectors.nets.karyoview import KaryoViewModel
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.specialist import general_weights, specialist_weights
from karyoview.detectors.weights import LoadedWeights
from karyoview.imaging.normalization import normalize

_FEWEST_OF_A_LOOK: Final = 4  # calibration cells of its own that a set of networks needs to leave out the others
_MOST_CROPS: Final = 64  # of one calibration cell

GreyArray = npt.NDArray[np.uint8]
Inputs = Mapping[str, npt.NDArray[np.float32]]


class Convolutions(nn.Module):
    """Everything of a finder up to its regions: an image (1, 1, H, W) to objectness (1, A, h, w), deltas (1, 4A, h, w)
    and the map (1, 64, h, w) that its head reads."""

    mean: Tensor

    def __init__(self, finder: Finder) -> None:
        super().__init__()
        self.backbone, self.squeeze = finder.backbone, finder.squeeze
        head = finder.rpn.head
        self.conv, self.cls_logits, self.bbox_pred = head.conv, head.cls_logits, head.bbox_pred
        self.register_buffer("mean", finder.mean, persistent=False)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        features = self.backbone(images.expand(-1, 3, -1, -1) - self.mean)["0"]
        hidden = self.conv(features)
        return self.cls_logits(hidden), self.bbox_pred(hidden), torch.relu(self.squeeze(features))


class Head(nn.Module):
    """A finder's head: map and boxes (N, 5) of column 0 zero to features (N, 512), scores (N, 25), deltas (N, 4)."""

    def __init__(self, finder: Finder) -> None:
        super().__init__()
        self.head = finder.roi.box_predictor

    def forward(self, features: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        pooled = roi_align(features, boxes, (7, 7), 1 / MAP_STRIDE, 2, False)
        found = self.head.features(pooled)
        return found, self.head.cls(found), self.head.box(found)


def export_default_engine(
    weights: LoadedWeights,
    cells: Sequence[GreyArray],
    calibrated_on: str,
    folder: Path | None = None,
    progress: Callable[[int, int, str], None] = lambda done, total, text: None,
) -> Export:
    """Export all networks of ``weights``, calibrated on the grey pictures ``cells`` (H, W) uint8.

    ``folder`` is the user's cache unless given; ``calibrated_on`` says in a few words what the cells are. Raises
    EngineError where there are no cells or the extra ``cpu`` is not installed.
    """
    if not cells:
        raise EngineError("Exporting needs at least one cell to calibrate on; name a folder with metaphases.")
    engine = KaryoViewEngine(weights, device="cpu", settings={"precision": "bf16", "quality": "fast"})
    grey = [normalize(cell)[0] for cell in cells]
    sets = {GENERAL: (engine, general_weights(weights))}
    if engine.specialist is not None and (own_weights := specialist_weights(weights)) is not None:
        sets[SPECIALIST] = (engine.specialist, own_weights)
    owners = [engine.engine_for(cell) for cell in grey]
    networks = {}
    for which, (own, parameters) in sets.items():
        chosen = [cell for cell, owner in zip(grey, owners, strict=True) if owner is own]
        networks[which] = _writers(own, parameters, chosen if len(chosen) >= _FEWEST_OF_A_LOOK else grey)
    return write_export(folder or export_folder(weights.hash), weights.hash, networks, calibrated_on, progress)


def _writers(
    engine: KaryoViewEngine, weights: LoadedWeights, cells: Sequence[GreyArray]
) -> dict[str, Callable[[Path], None]]:
    """How each network of ``weights``, which ``engine`` has, is written; it reads what they are calibrated on."""
    model = KaryoViewModel.from_weights(weights).eval()  # an engine's own may be handed over to a runtime
    for network in (model.finder, model.classifier):
        fuse_conv_bn(network)
    convolutions, head, classifier = Convolutions(model.finder).eval(), Head(model.finder).eval(), model.classifier
    read = [engine.read_at_scale(cell) for cell in cells]

    def images() -> list[Inputs]:
        return [{"image": padded(engine.finder_image(cell))[None, None]} for cell in read]

    def regions() -> list[Inputs]:
        found: list[Inputs] = []
        for cell in read:
            image = torch.from_numpy(padded(engine.finder_image(cell)))[None, None]
            with torch.inference_mode():
                features = convolutions(image)[2].float()
                boxes = engine.found(cell, views=1)[0].boxes.float()
            found.append({"map": features.numpy(), "boxes": np.pad(boxes.numpy(), ((0, 0), (1, 0)))})
        return found

    def crops() -> list[Inputs]:
        stacks = [engine.regions(cell).crops[:_MOST_CROPS] for cell in read]
        return [{"crops": stack.astype(np.float32) / np.float32(255)} for stack in stacks if len(stack)]

    map_example = torch.zeros(1, 64, 12, 16)
    boxes_example = torch.tensor([[0.0, 8.0, 8.0, 40.0, 60.0]])
    return {
        "finder": partial(
            _write, convolutions, {"image": torch.full((1, 1, 96, 128), 200.0)}, ("objectness", "deltas", "map"),
            {"image": {2: "height", 3: "width"}}, images, ("cls_logits", "bbox_pred"),
        ),
        "head": partial(
            _write, head, {"map": map_example, "boxes": boxes_example}, ("features", "scores", "deltas"),
            {"map": {2: "h", 3: "w"}, "boxes": {0: "n"}}, regions, ("fc2", "cls", "box/", "box."),
        ),
        "classifier": partial(
            _write, classifier, {"crops": torch.zeros(2, 2, 192, 32)}, ("logits", "embeddings", "whole"),
            {"crops": {0: "n"}}, crops, ("embed", "classify", "whole"),
        ),
    }  # fmt: skip


def _write(
    module: nn.Module,
    example: Mapping[str, Tensor],
    outputs: Sequence[str],
    free: Mapping[str, Mapping[int, str]],
    inputs: Callable[[], list[Inputs]],
    kept: Sequence[str],
    target: Path,
) -> None:
    """Write a network in 8 bits; layers whose name holds one of ``kept`` stay in float32."""
    with tempfile.TemporaryDirectory(prefix="karyoview-export-") as folder:
        plain = Path(folder) / "network.onnx"
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # the tracer speaks of its own future
            torch.onnx.export(
                module, tuple(example.values()), str(plain), dynamo=False, opset_version=17,
                input_names=list(example), output_names=list(outputs),
                dynamic_axes={name: dict(axes) for name, axes in free.items()},
            )  # fmt: skip
        quantised(plain, target, inputs(), _nodes(plain, kept))


def _nodes(network: Path, named: Sequence[str]) -> list[str]:
    """Nodes of an ONNX network whose name, or whose weights' name, holds one of ``named``."""
    import onnx

    graph: Any = onnx.load(str(network)).graph
    return [
        node.name for node in graph.node if any(word in text for word in named for text in (node.name, *node.input))
    ]
