"""The default engine with its networks as PyTorch runs them; detectors.cell_reading has its stages.

The networks are one module, nets.karyoview. On a processor exported ones in 8 bits may stand in for finder and
classifier (detectors.exported_modules).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from karyoview.detectors.cell_reading import CellReader, FinderInput, Proposed, usual_scale
from karyoview.detectors.devices import autocast, choose_device
from karyoview.detectors.exported_modules import ExportedFinds, classify_exported, export_for
from karyoview.detectors.exported_networks import ExportedNetworks
from karyoview.detectors.exports import GENERAL, SPECIALIST, Export
from karyoview.detectors.nets.finder import FinderRegions
from karyoview.detectors.nets.fusion import fuse_conv_bn
from karyoview.detectors.nets.karyoview import Classified, KaryoViewModel
from karyoview.detectors.regions import Candidates, ContextInputs, Float32Array, FloatArray, Regions
from karyoview.detectors.runtime import Runtime, compile_backends
from karyoview.detectors.specialist import general_weights, specialist_weights
from karyoview.detectors.weights import LoadedWeights

__all__ = ["Finds", "KaryoViewEngine", "Regions", "load", "usual_scale"]


class Finds(Protocol):
    """A finder, or what stands in for one: nets.finder.Finder.find."""

    def find(
        self,
        image: Tensor,
        views: int = 1,
        proposals: Tensor | None = None,
        looked: list[Any] | None = None,
        scaled: Sequence[Tensor] = (),
    ) -> FinderRegions: ...


class KaryoViewEngine(CellReader):
    """The default engine, loaded. See the module for its stages and karyoview.detectors.protocol for its use.

    ``model`` is ready to be asked: in evaluation mode, on the device, its batch norms fused.
    """

    specialist: KaryoViewEngine | None
    device: torch.device

    def __init__(
        self, weights: LoadedWeights, *, device: str, settings: Mapping[str, object], export: Export | None = None
    ) -> None:
        super().__init__(weights, settings)
        self.device = choose_device(device)
        which = GENERAL if export is None else SPECIALIST  # only a specialist is given the export of its weights
        export = export or export_for(weights, self.device, self._settings.precision)
        # of PyTorch's own networks, where there are no exported ones
        self._precision = {"auto": "bf16", "int8": "fp32"}.get(self._settings.precision, self._settings.precision)
        own = specialist_weights(weights)
        self.specialist = None if own is None else KaryoViewEngine(own, device=device, settings=settings, export=export)
        """Networks for cells of one look, if the weights hold such (detectors.specialist)."""
        self.model = KaryoViewModel.from_weights(general_weights(weights), exported=export is not None).eval()
        self._exported = None if export is None else ExportedNetworks(export, which, torch.get_num_threads())
        self.eight_bits = export is not None
        self.shown = {} if export is None else {"precision": "int8"}
        self.finder: Finds
        """What finds the regions; another may be set in its place."""
        if self._exported is not None:
            self.finder, self._runtime = ExportedFinds(self._exported.finder), Runtime("onnxruntime")
            return
        for network in (self.model.finder, self.model.classifier):
            fuse_conv_bn(network)
        self.model.to(device=self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.finder = self.model.finder
        self._runtime = compile_backends(
            self.model.finder, self.model.classifier, self.device, self._precision, self.info.weights_hash
        )
        self.note = self._runtime.note

    def finder_input(self, image: Float32Array) -> Tensor:
        """See CellReader: a tensor on the device."""
        return torch.from_numpy(image).to(self.device)

    def found(
        self, cell: npt.NDArray[np.uint8], views: int | None = None
    ) -> tuple[FinderRegions, FloatArray, FloatArray]:
        """The finder's regions of (H, W) uint8 ``cell`` before suppression, in its own pixels; the factors (4,) from
        these to the cell's; and the boxes (P, 4) of the cell's lone pieces, which it was asked about too."""
        return self._found(self.asked_of(cell), views)

    def _found(self, given: FinderInput, views: int | None) -> tuple[FinderRegions, FloatArray, FloatArray]:
        x, scaled, to_cell, pieces, looked = given
        views = self.effort.views if views is None else views
        with torch.inference_mode(), autocast(self.device, self._precision):
            if len(pieces):
                asked = torch.from_numpy((pieces / to_cell).astype(np.float32))
                return self.finder.find(x, views, asked, looked, scaled), to_cell, pieces
            return self.finder.find(x, views, looked=looked, scaled=scaled), to_cell, pieces

    def proposed(self, given: FinderInput, views: int) -> Proposed:
        """See CellReader."""
        found, to_cell, _ = self._found(given, views)
        with torch.inference_mode():
            kept, scores = self.model.suppress(found, self._calibration.soft_sigma)
        regions = Candidates(
            found.boxes.float().cpu().double().numpy() * to_cell,
            found.scores.float().cpu().double().numpy(),
            found.classes.cpu().double().numpy(),
            found.features.float().cpu().numpy(),
        )
        return Proposed(regions, kept.cpu().numpy(), scores.cpu().double().numpy())

    def classify(
        self, crops: npt.NDArray[np.uint8], views: int | None = None
    ) -> tuple[FloatArray, FloatArray, Float32Array]:
        """See CellReader."""
        views = self.effort.crop_views if views is None else views
        x = torch.from_numpy(crops).to(self.device).float() / 255
        if self._exported is not None:
            return _classified(classify_exported(self._exported, x, views, self._calibration.temperature))
        x = x.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode(), autocast(self.device, self._precision):
            return _classified(self.model.classify(x, views, self._calibration.temperature))

    def in_context(self, inputs: ContextInputs, temperature: float) -> tuple[FloatArray, FloatArray] | None:
        """See CellReader."""
        if self.model.cell_context is None:
            return None
        tensors = [torch.as_tensor(a, dtype=torch.float32, device=self.device) for a in inputs]
        with torch.inference_mode():
            odds, classes = self.model.cell_context(*tensors)
            classes = (classes / temperature).log_softmax(1)
        return odds.cpu().double().numpy(), classes.cpu().double().numpy()

    def known_look(self, embeddings: Float32Array) -> bool | None:
        """See CellReader."""
        if self.model.router is None:
            return None
        with torch.inference_mode():
            return bool(self.model.router(torch.from_numpy(embeddings).to(self.device).mean(0)) > 0)

    def novelty_of(self, embeddings: Float32Array) -> float | None:
        """See CellReader."""
        if self.model.appearance is None:
            return None
        return self.model.appearance.novelty(torch.from_numpy(embeddings).to(self.device))

    def profiles(self) -> tuple[FloatArray, FloatArray]:
        """See CellReader."""
        known = self.model.orientation
        return known.means.double().cpu().numpy(), known.slopes.double().cpu().numpy()


def _classified(found: Classified) -> tuple[FloatArray, FloatArray, Float32Array]:
    log_probs = found.probabilities.clamp_min(1e-9).log()
    return (
        log_probs.cpu().double().numpy(), found.whole.cpu().double().numpy(), found.embeddings.float().cpu().numpy(),
    )  # fmt: skip


def load(weights: LoadedWeights, *, device: str, settings: Mapping[str, object]) -> KaryoViewEngine:
    """The engine with these weights; the factory that the registry calls."""
    return KaryoViewEngine(weights, device=device, settings=settings)
