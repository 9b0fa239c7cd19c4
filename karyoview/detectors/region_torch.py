"""A region-based network as PyTorch runs it, for detectors.region_engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from karyoview.detectors.devices import autocast, choose_device
from karyoview.detectors.nets.region import RegionDetector
from karyoview.detectors.nms import Array
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.region_engine import RegionEngine, RunSettings
from karyoview.detectors.weights import LoadedWeights


class TorchRegionNetwork:
    """The network ``model`` with these weights on a device; see region_engine.RegionNetwork."""

    def __init__(self, model: RegionDetector, weights: LoadedWeights, device: torch.device, precision: str) -> None:
        autocast(device, precision)  # refuses a precision that there is not
        weights.load_into(model)
        model.transform.unscaled()
        self.device, self._precision, self._name = device, precision, weights.name
        self._model = model.to(device).eval()
        if device.type == "cpu":
            self._model.to(memory_format=torch.channels_last)

    def run(self, images: Sequence[npt.NDArray[np.float32]]) -> list[dict[str, Array]]:
        """See region_engine.RegionNetwork."""
        try:
            with torch.inference_mode(), autocast(self.device, self._precision):
                outputs = self._model([torch.from_numpy(image)[None].to(self.device) for image in images])
            return [{k: v.float().cpu().numpy() for k, v in output.items()} for output in outputs]
        except torch.OutOfMemoryError as error:
            raise EngineError(
                f"{self._name} ran out of memory on {self.device}; set a smaller batch_size or use the cpu."
            ) from error


def region_engine(
    build: Callable[[Any], RegionDetector],
    config: Any,
    weights: LoadedWeights,
    *,
    classes: tuple[str, ...],
    device: str,
    settings: Mapping[str, object],
) -> RegionEngine:
    """The engine of the network that ``build`` makes of a configuration, with these weights, on ``device``."""
    chosen = choose_device(device)

    def network(changed: Any, run: RunSettings) -> TorchRegionNetwork:
        model = build(config)
        model.roi_heads.suppression = changed
        return TorchRegionNetwork(model, weights, chosen, run.precision)

    return RegionEngine(config, weights, network, classes=classes, settings=settings)
