"""DeepCHM (2023): chromosomes with rotated boxes, one class, in one stage.

The network and its switches are in :mod:`karyoview.detectors.nets.rotated_detector`; here it becomes
an engine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch

from karyoview.detectors.devices import autocast, choose_device
from karyoview.detectors.nets.rotated_detector import DeepCHM, DeepCHMConfig
from karyoview.detectors.nms import Array
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.region_engine import RunSettings
from karyoview.detectors.rotated_engine import ORIENTATION, RotatedEngine
from karyoview.detectors.weights import LoadedWeights

__all__ = ["DeepCHM", "DeepCHMConfig", "RotatedEngine", "build_deepchm", "load"]


def build_deepchm(config: DeepCHMConfig) -> DeepCHM:
    """The network at a random start; see DeepCHM for what goes in and out."""
    return DeepCHM(config)


class TorchRotatedNetwork:
    """The network of a configuration with these weights, on a device; see rotated_engine.RotatedNetwork."""

    def __init__(self, config: DeepCHMConfig, weights: LoadedWeights, device: torch.device, precision: str) -> None:
        autocast(device, precision)  # refuses a precision that there is not
        model = build_deepchm(config)
        network = {k: v for k, v in weights.tensors.items() if not k.startswith(ORIENTATION)}
        replace(weights, tensors=network).load_into(model)
        model.transform.unscaled()
        self.device, self._precision, self._name = device, precision, weights.name
        self._model = model.to(device).eval()
        if device.type == "cpu":
            self._model.to(memory_format=torch.channels_last)

    def run(self, image: npt.NDArray[np.float32]) -> dict[str, Array]:
        """See rotated_engine.RotatedNetwork."""
        try:
            with torch.inference_mode(), autocast(self.device, self._precision):
                output = self._model([torch.from_numpy(image)[None].to(self.device)])[0]
            return {k: v.float().cpu().numpy() for k, v in output.items()}
        except torch.OutOfMemoryError as error:
            raise EngineError(f"{self._name} ran out of memory on {self.device}; use the cpu.") from error


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> RotatedEngine:
    """The engine with these weights; see RotatedEngine for ``settings``."""
    config = DeepCHMConfig.from_dict(weights.card.get("config", {}))
    chosen = choose_device(device)

    def network(changed: DeepCHMConfig, run: RunSettings) -> TorchRotatedNetwork:
        return TorchRotatedNetwork(changed, weights, chosen, run.precision)

    known = {k.removeprefix(ORIENTATION): v.numpy() for k, v in weights.tensors.items() if k.startswith(ORIENTATION)}
    return RotatedEngine(config, weights, network, known, settings=settings)
