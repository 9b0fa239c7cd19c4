"""What an engine's network is to the trainer: fed with samples, asked for boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from karyotrain.data.dataset import CellSet, Sample, to_target
from karyotrain.trainer import checkpoint
from karyoview.core.chromosome import CLASS_NAMES
from karyoview.core.metrics import ImagePrediction
from karyoview.detectors.devices import autocast
from karyoview.detectors.engine_spec import EngineSpec
from karyoview.detectors.protocol import ONE_CLASS


class Network:
    """A network in training: ``model`` gives a dict of losses, ``predict`` boxes in the sample's pixels.

    ``changes_cells``: what :meth:`prepare` gives is changed (augmented) already.
    """

    changes_cells = False

    def __init__(self, kind: EngineSpec, config: Any, model: nn.Module) -> None:
        self.kind = kind
        self.config = config
        self.model = model

    @property
    def classes(self) -> tuple[str, ...]:
        return CLASS_NAMES if self.kind.names_classes else ONE_CLASS

    @property
    def data_scale(self) -> float:
        """The scale at which samples are kept: the network's own, so that nothing is resized twice."""
        return float(getattr(self.config, "scale", None) or 1.0)

    @property
    def needs_all_class_scores(self) -> bool:
        """Whether every class score of a box has to be asked for apart, by :meth:`every_class`."""
        return self.kind.names_classes

    @property
    def trunk(self) -> str | None:
        """Prefix of the tensors that exported weights share with other engines; None: the file holds all."""
        return None

    def begin_from(self, weights: Path) -> str:
        """Take the tensors of a weights file or checkpoint that fit; → a sentence on what was taken."""
        return checkpoint.begin_from(weights, self.model)

    def prepare(self, cells: CellSet, folder: Path, stopped: Callable[[], bool], device: str = "cpu") -> CellSet | None:
        """The cells made ready to train on, once and before the first step; None when ``stopped`` said so."""
        return cells

    @contextmanager
    def inference_session(self, model: nn.Module, device: torch.device, precision: str) -> Iterator[None]:
        """Inside, :meth:`predict` is asked about many cells with the same ``model``."""
        yield

    def calibrate_threshold(
        self, cells: CellSet, device: torch.device, precision: str, model: nn.Module
    ) -> float | None:
        """The score cut for a trained ``model`` where no cell was held back; None: the one that it began with.

        A network may take back of what ``model`` learnt in place what it does not believe.
        """
        return None

    def tensors(self, model: nn.Module) -> Mapping[str, Tensor]:
        """The tensors of exported weights: the model's, and what only goes through with them."""
        tensors: dict[str, Tensor] = model.state_dict()
        return tensors

    def describe(self, card: Mapping[str, Any]) -> dict[str, Any]:
        """The card of exported weights, with what only this network knows."""
        return dict(card)

    def batch(
        self, samples: Sequence[Sample], seeds: Sequence[int], device: torch.device
    ) -> tuple[list[Tensor], list[dict[str, Any]]]:
        """Images (1, H, W) float in 0..1, and targets with labels as the network counts them."""
        images, targets = [], []
        for sample, seed in zip(samples, seeds, strict=True):
            images.append(torch.from_numpy(sample.pixels)[None].to(device).float() / 255)
            target = to_target(sample, masks=self.kind.rotated)
            labels = target["labels"] + 1 if self.kind.names_classes else torch.ones_like(target["labels"])
            target = {k: v.to(device) for k, v in target.items() if isinstance(v, Tensor)}
            targets.append(target | {"labels": labels.to(device), "seed": seed})
        return images, targets

    @torch.no_grad()
    def predict(
        self, sample: Sample, device: torch.device, precision: str = "bf16", model: nn.Module | None = None
    ) -> ImagePrediction:
        """What ``model`` (this network's own unless given) finds in one cell, every score above its floor."""
        model = self.model if model is None else model
        was_training = model.training
        model.eval()
        try:
            image = torch.from_numpy(sample.pixels)[None].to(device).float() / 255
            with autocast(device, precision):
                found = model([image])[0]
        finally:
            model.train(was_training)
        boxes = found["boxes"].double().cpu().numpy().reshape(-1, 5 if self.kind.rotated else 4)
        labels = found["labels"].cpu().numpy() - 1 if self.kind.names_classes else np.full(len(boxes), -1)
        return ImagePrediction(sample.name, boxes, labels, found["scores"].double().cpu().numpy().clip(0, 1))

    @contextmanager
    def every_class(self, model: nn.Module) -> Iterator[None]:
        """Inside, a naming ``model`` gives a row for every class score (for mAP)."""
        heads: Any = model.roi_heads
        own = heads.suppression
        heads.suppression = replace(own, output="all")
        try:
            yield
        finally:
            heads.suppression = own


def at_data_scale(network: Network, by_width: bool = False) -> None:
    """Tell the network that its images already have its scale (training and evaluation of samples).

    ``by_width``: each image has a scale of its own, to which the limit on the longer side does not apply.
    """
    if not hasattr(network.model, "transform"):  # it scales by itself, cell by cell
        return
    transform: Any = network.model.transform
    transform.scale = 1.0
    if by_width:
        transform.longer_side = None
