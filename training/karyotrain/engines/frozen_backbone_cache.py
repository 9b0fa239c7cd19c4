"""Heads on a trunk at rest: the trunk looks once at each changed cell, and what it saw is kept for all epochs.

On a processor the trunk is most of a step. Where it does not learn, its maps of ``forms`` changed copies
of every cell are written to a folder beside the run, and pyramid, proposals and heads learn from those;
where the pyramid rests too, its map is kept. Runs that share trunk, size and changes share the maps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from karyotrain.data.augment import Augmentation
from karyotrain.data.dataset import CellSet, Sample
from karyotrain.data.tensor_cache import TensorCache
from karyotrain.engines.network import Network
from karyotrain.engines.recipe import RecipeError
from karyoview.core.metrics import ImagePrediction
from karyoview.detectors.engine_spec import EngineSpec

FOLDER: Final = "kept-maps"


class RestingTrunk(Network):
    """A region-based network in training whose trunk's maps are kept; see the module.

    ``change`` and ``seed`` give the ``forms`` copies of each cell, the same in every run. Images go
    through the network one at a time (``micro`` 1), since their maps differ in size.
    """

    changes_cells = True

    def __init__(
        self,
        kind: EngineSpec,
        config: Any,
        model: nn.Module,
        *,
        change: Augmentation,
        views: int,
        seed: int,
        micro: int,
    ) -> None:
        super().__init__(kind, config, model)
        if config.trainable_stages or micro != 1:
            raise RecipeError("cached_views needs a trunk at rest: set trainable_stages to 0 and micro to 1.")
        self._change, self._views, self._seed = change, views, seed
        self._kept: dict[int, Path] = {}
        self._current: dict[str, Tensor] | None = None

    def prepare(self, cells: CellSet, folder: Path, stopped: Callable[[], bool], device: str = "cpu") -> CellSet | None:
        """The changed cells, each once looked at; None when ``stopped`` said so."""
        part, changed = self._resting, []
        forward = part.forward
        self._maps = TensorCache(folder.parent / FOLDER, part, f"{self.config.rule} {self.config.clip_above}")
        was_training = self.model.training
        self.model.eval()
        for number in range(self._views * len(cells)):
            if stopped():
                return None
            cell = self._change(cells[number % len(cells)], np.random.default_rng((self._seed, 7, number)))
            path = self._maps.path(cell.pixels.tobytes(), str(cell.pixels.shape).encode())
            if not path.is_file():
                self._look(cell, path, device)
            self._kept[id(cell)] = path
            changed.append(cell)
        self.model.train(was_training)
        # an attribute of the object, not of its class: the moving average keeps its own trunk and can be asked
        part.__dict__["forward"] = lambda x: forward(x) if self._current is None else self._current
        return CellSet(tuple(changed), cells.source)

    @property
    def _resting(self) -> nn.Module:
        """The part whose maps are kept."""
        backbone: Any = self.model.backbone
        resting: nn.Module = backbone.body if self.config.train_pyramid else backbone
        return resting

    @torch.no_grad()
    def _look(self, cell: Sample, path: Path, device: str) -> None:
        image = torch.from_numpy(cell.pixels)[None].to(device).float() / 255
        model: Any = self.model
        maps = self._resting(model.transform([image])[0].tensors)
        used = model.backbone.stages if self.config.train_pyramid else list(maps)
        self._maps.write(path, {s: maps[s][0].half() for s in used})

    def batch(
        self, samples: Sequence[Sample], seeds: Sequence[int], device: torch.device
    ) -> tuple[list[Tensor], list[dict[str, Any]]]:
        """As Network.batch; the trunk's maps of the one sample are laid ready for the step."""
        (sample,) = samples
        self._current = {stage: maps[None] for stage, maps in self._maps.read(self._kept[id(sample)], device).items()}
        return super().batch(samples, seeds, device)

    def predict(
        self, sample: Sample, device: torch.device, precision: str = "bf16", model: nn.Module | None = None
    ) -> ImagePrediction:
        """As Network.predict, by a look of the trunk."""
        self._current = None
        return super().predict(sample, device, precision, model)
