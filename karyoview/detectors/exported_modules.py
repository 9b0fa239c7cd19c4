"""Exported networks in the place of the default engine's own modules, for code that has torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from karyoview.detectors.exported_networks import SURE_CLASS, SURE_WHOLE, ExportedFinder, ExportedNetworks
from karyoview.detectors.exports import Export, find_export
from karyoview.detectors.nets.finder import FinderRegions
from karyoview.detectors.nets.karyoview import Classified, averaged_views
from karyoview.detectors.onnx_runtime import runtime_installed
from karyoview.detectors.protocol import EngineError
from karyoview.detectors.weights import LoadedWeights


class ExportedFinds:
    """nets.finder.Finder.find by an exported finder."""

    def __init__(self, finder: ExportedFinder) -> None:
        self._finder = finder

    def find(
        self,
        image: Tensor,
        views: int = 1,
        proposals: Tensor | None = None,
        looked: list[Any] | None = None,
        scaled: Sequence[Tensor] = (),
    ) -> FinderRegions:
        """All regions of one (H, W) float image 0–255 before suppression, over the first ``views``.

        ``looked`` holds the exported finder's views of this image that were looked at before.
        """
        array, arrays = image.numpy(), [each.numpy() for each in scaled]
        looked = [] if looked is None else looked
        looked += [self._finder.view(array, number, arrays) for number in range(len(looked), views)]
        asked = None if proposals is None else proposals.numpy()
        found = self._finder.regions(array, looked[:views], asked)
        return FinderRegions(*(torch.from_numpy(part) for part in found))


def classify_exported(exported: ExportedNetworks, crops: Tensor, views: int, temperature: float) -> Classified:
    """What nets.karyoview.KaryoViewModel.classify gives of crops (N, 2, 192, 32) float in [0, 1].

    All crops are looked at once, and those that leave doubt in all ``views``; ``temperature`` divides the logits.
    """

    def classifier(view: Tensor) -> tuple[Tensor, ...]:
        return tuple(map(torch.from_numpy, exported.classify(view.numpy())))

    with torch.inference_mode():
        found = averaged_views(classifier, crops, range(1), temperature)
        unsure = (found.probabilities.amax(1) < SURE_CLASS) | (found.whole.abs() < SURE_WHOLE)
        if views > 1 and bool(unsure.any()):
            further = averaged_views(classifier, crops[unsure], range(1, views), temperature)
            for whole, part in zip(found, further, strict=True):
                whole[unsure] = (whole[unsure] + (views - 1) * part) / views
    return found


def export_for(weights: LoadedWeights, device: torch.device, precision: str) -> Export | None:
    """The export that ``precision`` asks for; EngineError where int8 is asked for and cannot be had."""
    if precision not in ("auto", "int8") or device.type != "cpu":
        return None
    found = find_export(weights.hash, weights.path) if runtime_installed() and weights.hash else None
    if found is None and precision == "int8":
        raise EngineError(
            f"{weights.path.name} has not been exported to 8 bits here; run `karyoview weights export {weights.name}`."
        )
    return found
