"""The default engine as the trainer sees it: its finder and its naming network, trained further together.

Each step shows the finder one changed cell and the naming network that cell's straightened chromosomes,
cut once by the engine that the run begins from. The trunk and all batch normalisation stay as they
are: a few cells could only spoil them, and the trunk remains the file that other engines share.
Judging is done by the whole engine, so that its figures are those that a reviewer will see.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Self

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from karyotrain.data.augment import transform
from karyotrain.data.crops import augment, cut_image
from karyotrain.data.dataset import CellSet, Sample
from karyotrain.data.tensor_cache import TensorCache
from karyotrain.engines.network import Network
from karyotrain.engines.recipe import RecipeError
from karyotrain.trainer.weight_averaging import blend, share_to_keep
from karyoview.core.chromosome import CLASSES
from karyoview.core.detection import MIN_RANKED_SCORE
from karyoview.core.image import MetaphaseImage
from karyoview.core.metrics import ImagePrediction, best_f1_threshold, evaluate
from karyoview.detectors.engine_spec import EngineSpec
from karyoview.detectors.exported_networks import BACKGROUND
from karyoview.detectors.karyoview_engine import KaryoViewEngine
from karyoview.detectors.karyoview_engine import load as load_engine
from karyoview.detectors.nets.chromosome_width import REFERENCE_WIDTH
from karyoview.detectors.nets.classifier import CROP_SHAPE
from karyoview.detectors.nets.finder import CHROMOSOME_WIDTH
from karyoview.detectors.nets.karyoview import OPTIONAL, KaryoViewModel
from karyoview.detectors.specialist import KEY as SPECIALIST
from karyoview.detectors.specialist import PREFIX, general_weights, specialist_weights
from karyoview.detectors.weights import LoadedWeights, load_weights
from karyoview.imaging.normalization import normalize

STAGES: Final = ("both", "finder", "namer")
CROPS: Final = "crops"
_SETTLED_ON: Final = 8
_SURE: Final = 15  # percent of mask confidence below which a crop teaches nothing


class TrainedModel(KaryoViewModel):
    """The default engine's model with the losses of its finder and classifier; its other parts go through unchanged.

    ``forward(images, targets)`` gives named losses: ``images`` are (1, H, W) float 0–255 at the finder's
    scale; ``targets`` as :meth:`DefaultNetwork.batch` makes them. ``stages``: which of the two learn.
    """

    def __init__(self, stages: str = "both", parts: Iterable[str] = ()) -> None:
        super().__init__(parts)
        self.stages = stages
        self.requires_grad_(False)
        if stages != "namer":
            self.finder.requires_grad_(True)
            self.finder.backbone.body.requires_grad_(False)
        if stages != "finder":
            self.classifier.requires_grad_(True)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def forward(self, images: list[Tensor], targets: list[dict[str, Any]]) -> dict[str, Tensor]:
        losses: dict[str, Tensor] = {}
        if self.stages != "namer":
            losses |= self._find(images, targets)
        if self.stages != "finder":
            losses |= self._name(targets)
        return losses

    def _find(self, images: list[Tensor], targets: list[dict[str, Any]]) -> dict[str, Tensor]:
        sizes = [(int(x.shape[1]), int(x.shape[2])) for x in images]
        height, width = (-(-max(side) // 32) * 32 for side in zip(*sizes, strict=True))
        padded = images[0].new_full((len(images), 1, height, width), BACKGROUND)
        for plane, image in zip(padded, images, strict=True):
            plane[:, : image.shape[1], : image.shape[2]] = image
        padded = padded.contiguous(memory_format=torch.channels_last)
        losses: dict[str, Tensor] = self.finder(padded, sizes, targets)
        if not all(t["classed"] for t in targets):
            losses.pop("loss_names", None)  # a box without a class still says where a chromosome is
        return losses

    def _name(self, targets: list[dict[str, Any]]) -> dict[str, Tensor]:
        crops = torch.cat([t["crops"] for t in targets]).contiguous(memory_format=torch.channels_last)
        label = torch.cat([t["names"] for t in targets])
        logits, _, whole = self.classifier(crops)
        named = (label >= 0) & (label < len(CLASSES))
        wrong = nn.functional.cross_entropy(
            logits, label.where(named, label.new_tensor(-1)), ignore_index=-1, label_smoothing=0.05, reduction="sum"
        )
        one = nn.functional.binary_cross_entropy_with_logits(whole, (label < len(CLASSES)).float())
        return {"loss_class": wrong / named.sum().clamp(min=1), "loss_whole": 0.3 * one}


class _Config:
    """The settings of the engine that a run begins from, as they stand in its card."""

    def __init__(self, card: Mapping[str, Any]) -> None:
        self.card = card

    def to_dict(self) -> dict[str, Any]:
        return dict(self.card.get("config", {}))


class DefaultNetwork(Network):
    """The default engine in training; see the module, and karyotrain.engines.networks for what a network does."""

    def __init__(self, kind: EngineSpec, settings: Mapping[str, Any], seed: int) -> None:
        stages = str(settings.get("stages", "both"))
        if stages not in STAGES:
            raise RecipeError(f"There is no stage {stages!r} of the default engine; choose {', '.join(STAGES)}.")
        torch.manual_seed(seed)
        super().__init__(kind, _Config({}), TrainedModel(stages))
        self._stages = stages
        self._start: LoadedWeights | None = None
        self._specialist: LoadedWeights | None = None
        self._engine: KaryoViewEngine | None = None
        self._kept = 1.0
        self._crops: dict[str, tuple[np.ndarray, np.ndarray]] = {}

    @property
    def data_scale(self) -> float:
        return 1.0

    @property
    def needs_all_class_scores(self) -> bool:
        return False  # its probabilities are in the one prediction

    @property
    def trunk(self) -> str | None:
        trunk = self._begun().card["weights"].get("trunk")
        return str(trunk["prefix"]) if trunk else None

    def begin_from(self, weights: Path) -> str:
        start = load_weights(weights)
        # learned NMS and cell context were trained on more cells than a laboratory will correct
        parts = [part for part in OPTIONAL if any(name.startswith(f"{part}.") for name in start.tensors)]
        self.model = TrainedModel(self._stages, parts)
        general = general_weights(start)
        general.load_into(self.model)
        self._start, self._specialist, self.config = general, specialist_weights(start), _Config(start.card)
        return f"from {weights.name}"

    def _begun(self) -> LoadedWeights:
        if self._start is None:
            raise RecipeError("The default engine is trained further, not anew; give its weights with --fine-tune.")
        return self._start

    def prepare(self, cells: CellSet, folder: Path, stopped: Callable[[], bool], device: str = "cpu") -> CellSet | None:
        """The cells as the engine sees them, with their chromosomes cut out; None when ``stopped`` said so.

        What was cut is kept in ``folder``, so that a run that goes on cuts nothing twice.
        """
        start = self._begun()
        engine = load_engine(start, device=device, settings={"precision": "bf16"})
        if self._specialist is not None:
            # cells of its look would be read by it, and what was learnt from them never asked
            own = load_engine(self._specialist, device=device, settings={"precision": "bf16"})
            known = sum(own.knows(normalize(s.pixels)[0]) for s in cells)
            self._specialist = self._specialist if 2 * known < len(cells) else None
        usual = replace(cells, samples=tuple(_as_seen(s, engine) for s in cells))
        kept = TensorCache(folder / CROPS, engine.model)
        for number, sample in enumerate(usual):
            path = kept.path(sample.pixels.tobytes(), sample.boxes.tobytes(), sample.labels.tobytes())
            if not path.is_file():
                if stopped():
                    return None
                crops, table = (torch.from_numpy(each) for each in cut_image(engine, sample, number))
                kept.write(path, {"crops": crops, "table": table})
            cut = kept.read(path)
            self._crops[_key(sample)] = cut["crops"].byte().numpy(), cut["table"].long().numpy()
        return usual

    def batch(
        self, samples: Sequence[Sample], seeds: Sequence[int], device: torch.device
    ) -> tuple[list[Tensor], list[dict[str, Any]]]:
        """Images (1, H, W) float 0–255 at the finder's scale; targets with boxes, labels 1–24, crops and names."""
        factor = CHROMOSOME_WIDTH / REFERENCE_WIDTH
        images, targets = [], []
        for sample, seed in zip(samples, seeds, strict=True):
            small = cv2.resize(sample.pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
            images.append(torch.from_numpy(small)[None].to(device).float())
            scale = np.array([small.shape[1] / sample.pixels.shape[1], small.shape[0] / sample.pixels.shape[0]] * 2)
            crops, names = self._some_crops(sample, seed)
            target = {
                "boxes": torch.from_numpy((sample.boxes * scale).astype(np.float32)),
                "labels": torch.from_numpy(np.maximum(sample.labels, 0) + 1), "crops": crops, "names": names,
            }  # fmt: skip
            classed = bool((sample.labels >= 0).all())
            targets.append({k: v.to(device) for k, v in target.items()} | {"classed": classed, "seed": seed})
        return images, targets

    def _some_crops(self, sample: Sample, seed: int) -> tuple[Tensor, Tensor]:
        """The changed crops (N, 2, 192, 32) float in [0, 1] of a cell and their names (N,), 24 for no chromosome."""
        crops, table = self._crops[_key(sample)]
        sure = np.flatnonzero((table[:, 1] >= _SURE) | (table[:, 0] == len(CLASSES)))
        if not len(sure):  # the network must see something in every process
            return torch.zeros(1, *CROP_SHAPE), torch.full((1,), len(CLASSES))
        generator = torch.Generator().manual_seed(seed)
        changed = augment(torch.from_numpy(crops[sure]).float() / 255, generator)
        return changed, torch.from_numpy(table[sure, 0].astype(np.int64))

    @contextmanager
    def inference_session(self, model: nn.Module, device: torch.device, precision: str) -> Iterator[None]:
        """Inside, :meth:`predict` asks the whole engine with ``model``'s weights."""
        start = self._begun()
        tensors = {k: v.detach().float().cpu().clone() for k, v in model.state_dict().items()}
        card = {**start.card, "config": self.config.to_dict()}
        weights = LoadedWeights(card, tensors, "", start.path)  # not the start's: no conversion of that fits
        settings = {"threshold": MIN_RANKED_SCORE, "precision": precision}
        self._engine = load_engine(weights, device=str(device), settings=settings)
        try:
            yield
        finally:
            self._engine = None

    def predict(
        self, sample: Sample, device: torch.device, precision: str = "bf16", model: nn.Module | None = None
    ) -> ImagePrediction:
        if self._engine is None:
            with self.inference_session(self.model if model is None else model, device, precision):
                return self.predict(sample, device)
        return _asked(self._engine, sample)

    def calibrate_threshold(
        self, cells: CellSet, device: torch.device, precision: str, model: nn.Module
    ) -> float | None:
        """Keep what the cells had to teach (karyotrain.trainer.weight_averaging), and move the cut of scores as far
        with it.

        The cut goes towards that of best F1 on some of the cells: scores move with a look. Where a network of the cell
        gives them, they are moved instead (``score_offset``), since a specialist is cut at the same threshold.
        """
        start, some = self._begun(), cells.subsample(_SETTLED_ON)
        self.config = _Config(start.card)
        truths, cut = [s.truth() for s in some], float(start.card["operating_threshold"])
        engine = load_engine(
            start, device=str(device), settings={"threshold": MIN_RANKED_SCORE, "precision": precision}
        )
        before = [_asked(engine, s) for s in some]
        self._kept = share_to_keep(start.card, evaluate(before, truths, score_threshold=cut, resamples=0), len(cells))
        blend(model, start.tensors, self._kept)
        with self.inference_session(model, device, precision):
            found = [self.predict(s, device) for s in some]
        moved = cut + self._kept * (float(best_f1_threshold(found, truths)[0]) - cut)
        if not any(name.startswith("cell_context.") for name in start.tensors):
            return moved
        config = self.config.to_dict()
        config["score_offset"] = float(config.get("score_offset", 0.0)) + _log_odds(cut) - _log_odds(moved)
        self.config = _Config({**start.card, "config": config})
        return cut

    def tensors(self, model: nn.Module) -> Mapping[str, Tensor]:
        """What was trained, and the specialist that the start had, unless it would read the cells that were learnt."""
        if self._specialist is None:
            return super().tensors(model)
        return {**super().tensors(model), **{PREFIX + k: v for k, v in self._specialist.tensors.items()}}

    def describe(self, card: Mapping[str, Any]) -> dict[str, Any]:
        """The card of new weights: what the start's card says of the engine, and where it came from."""
        before = self._begun().card
        data = before.get("data", {})
        kept = {k: data[k] for k in ("trained_on", "citation", "fitted_on", "citations", "begun_from") if data.get(k)}
        specialist = {} if self._specialist is None else {SPECIALIST: before[SPECIALIST]}
        return {
            **card, **specialist, "title": before.get("title", card["title"]), "rotated": before["rotated"],
            "classes": before["classes"], "config": self.config.to_dict(),
            "data": {**card["data"], "begun_from": kept},
            "training": {**card["training"], "share_of_learnt": round(self._kept, 3)},
        }  # fmt: skip


def _log_odds(probability: float) -> float:
    held = min(max(probability, 1e-3), 1 - 1e-3)
    return math.log(held / (1 - held))


def _asked(engine: KaryoViewEngine, sample: Sample) -> ImagePrediction:
    return ImagePrediction.from_detections(engine.predict([MetaphaseImage(sample.pixels, sample.name)])[0])


def _key(sample: Sample) -> str:
    return f"{sample.case}/{sample.name}"


def _as_seen(sample: Sample, engine: KaryoViewEngine) -> Sample:
    """A cell as the engine turns it before it looks: dark on bright, of usual contrast and of its scale."""
    grey, changed = normalize(sample.pixels)
    if changed:
        sample = replace(sample, pixels=grey)
    factor = engine.scale_of(grey) or 1.0
    return sample if factor == 1.0 else transform(sample, factor * np.eye(2))
