"""DeepCHM (2023): one-stage detection of chromosomes with rotated boxes, every idea a switch.

The released code differs from the paper and is not followed where it does: it takes anchor places
from the higher of skeleton and intersection with box centres, weighs the losses 1 : 200 : 40,
triples the crossing indicator, mixes the KL terms of different anchors by a broadcast, and turns
images by 180° only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from karyoview.detectors.nets.aspp import ASPP
from karyoview.detectors.nets.dasmp import sample_negatives
from karyoview.detectors.nets.encoder_decoder import EncoderDecoder
from karyoview.detectors.nets.focal import focal_loss
from karyoview.detectors.nets.guided_anchors import (
    Assignment,
    anchors_at,
    assign_anchors,
    dense_places,
    guided_places,
    place_anchors,
)
from karyoview.detectors.nets.hardness import aspect, bend, hardness_weights
from karyoview.detectors.nets.init import zero_bias
from karyoview.detectors.nets.rotated_coder import decode, encode
from karyoview.detectors.nets.rotated_loss import kl_loss
from karyoview.detectors.nets.rotated_transform import RotatedTransform
from karyoview.detectors.nets.saliency import (
    SaliencyHead,
    Shape,
    saliency_loss,
    shape_of_box,
    shape_of_mask,
    truth_maps,
)
from karyoview.detectors.nets.tta import TTA_TRANSFORMS, apply_to_image
from karyoview.detectors.nms import Array, IntArray
from karyoview.detectors.rotated_config import PAPER_SIDES, STRIDE, DeepCHMConfig
from karyoview.detectors.rotated_reading import Candidates, ReadMaps, agreement, candidates, chosen, finished, in_image

__all__ = ["PAPER_SIDES", "STRIDE", "AnchorHead", "DeepCHM", "DeepCHMConfig", "agreement"]

Batch = list[dict[str, Tensor]]


class AnchorHead(nn.Module):
    """1×1 fusion and ASPP over the whole map, then a linear layer at the kept places only.

    ``forward(maps (B, C, H, W), places (K, 3))`` → one (K·A, n) for each n of ``outputs``, so that nothing
    of the size of a dense anchor map ever exists.
    """

    def __init__(self, in_channels: int, channels: int, kinds: int, outputs: tuple[int, ...]) -> None:
        super().__init__()
        self.sizes = outputs
        self.fuse = nn.Conv2d(in_channels, channels, 1)
        self.aspp = ASPP(channels, channels)
        layers = [nn.Linear(channels, kinds * n) for n in outputs]
        self.outputs = nn.ModuleList(layers)
        for layer in layers:
            nn.init.normal_(layer.weight, std=0.01)
            zero_bias(layer)

    def forward(self, maps: Tensor, places: Tensor) -> list[Tensor]:
        return self.at(self.features(maps)[places[:, 0], :, places[:, 1], places[:, 2]])

    def features(self, maps: Tensor) -> Tensor:
        """What the head sees at every place, (B, ``channels``, H, W)."""
        return self.aspp(F.relu(self.fuse(maps)))

    def at(self, rows: Tensor) -> list[Tensor]:
        """The outputs, float32, for rows (K, ``channels``) of :meth:`features`."""
        return [layer(rows).float().reshape(-1, n) for layer, n in zip(self.outputs, self.sizes, strict=True)]


class DeepCHM(nn.Module):
    """DeepCHM with torchvision's calling convention.

    ``images`` is a list of grey (1, H, W) float 0–1. Training: ``targets`` are dicts of ``boxes``
    (N, 4) xyxy, ``rotated`` (N, 5), ``rotated_valid`` (N,) bool (absent: all), ``masks`` (N, H, W)
    bool or uint8 (absent: capsules of the boxes), ``polarity_valid`` (N,) bool where the direction of
    ``rotated`` is known (absent: nowhere); the result is a dict of weighted losses, to be added up.
    Where ``rotated_valid`` is False nothing is taught in the horizontal box: neither presence nor
    absence. A target's ``seed`` fixes what is sampled for its image. Testing: a list of dicts ``boxes``
    (N, 5), ``bounds`` (N, 4) of their capsules, ``scores`` and ``polarity`` (N,) in [0, 1], ``labels``
    (N,) ones, by falling score, in each image's own pixels.
    """

    base: Tensor

    def __init__(self, config: DeepCHMConfig) -> None:
        super().__init__()
        self.config = c = config
        self.transform = RotatedTransform(c.rule, scale=c.scale, longer_side=c.longer_side)
        self.encoder = EncoderDecoder(
            c.backbone, last=c.last_stage, channels=c.channels, trainable=c.trainable_stages, rule=c.rule
        )
        self.saliency = SaliencyHead(c.channels)
        base = place_anchors(c.anchor_sides, c.angle_step)
        self.register_buffer("base", base, persistent=False)
        inputs = c.channels + (3 if c.pminf else 0)
        self.classify = AnchorHead(inputs, c.head_channels, len(base), (2,))
        self.regress = AnchorHead(inputs, c.head_channels, len(base), (5, 1) if c.polarity else (5,))
        self.taught_channels = [0, *([1] if c.edges else []), *([2] if c.intersections else [])]

    @property
    def body(self) -> nn.Module:
        """The ResNet, which starts from ImageNet's weights or a shared trunk's."""
        return self.encoder.body

    def forward(self, images: list[Tensor], targets: Batch | None = None) -> dict[str, Tensor] | Batch:
        if self.training and targets is None:
            raise ValueError("In training, targets must be given.")
        if not self.training:
            return self._detect(images)
        batch, targets = self.transform(images, targets)
        features = self.encoder(batch.tensors)
        return self._losses(features, self.saliency(features), targets)

    # -- shared -----------------------------------------------------------------------------------

    def head_input(self, features: Tensor, saliency: Tensor) -> Tensor:
        """What the heads read: the features, and the saliency maps that are taught, where they are in (PMInf)."""
        if not self.config.pminf:
            return features
        switches = saliency.new_tensor([float(channel in self.taught_channels) for channel in range(3)])
        return torch.cat([features, (saliency * switches[:, None, None]).to(features.dtype)], 1)

    # -- training ---------------------------------------------------------------------------------

    def _losses(self, features: Tensor, saliency: Tensor, targets: Batch) -> dict[str, Tensor]:
        c = self.config
        truths = [_Truth.of(t, saliency.shape[-2:], features.device) for t in targets]
        maps = torch.stack([t.maps for t in truths])
        taught = torch.stack([t.taught for t in truths])
        losses = {"loss_saliency": saliency_loss(saliency, maps, taught, self.taught_channels)}
        places = self._training_places(maps[:, 0], saliency[:, 0].detach(), taught)
        inputs = self.head_input(features, saliency)
        (logits,) = self.classify(inputs, places)
        regressed = self.regress(inputs, places)
        anchors = anchors_at(places, self.base, STRIDE)
        image_of = places[:, 0].repeat_interleave(len(self.base))
        parts = []
        for index, truth in enumerate(truths):
            own = (image_of == index).nonzero()[:, 0]
            generator = None
            if (seed := targets[index].get("seed")) is not None:
                generator = torch.Generator().manual_seed(int(seed))
            assigned = assign_anchors(anchors[own], truth.boxes, doubtful=truth.doubtful, generator=generator)
            drawn = self._negatives(logits[own], assigned, generator)
            parts.append(
                self._image_losses(anchors[own], logits[own], [r[own] for r in regressed], truth, assigned, drawn)
            )
        for name in parts[0]:
            losses[name] = torch.stack([p[name] for p in parts]).mean()
        losses["loss_cls"] = c.cls_weight * losses["loss_cls"]
        losses["loss_reg"] = c.reg_weight * losses["loss_reg"]
        return losses

    def _training_places(self, skeleton: Tensor, predicted: Tensor, taught: Tensor) -> Tensor:
        c = self.config
        if not c.sgach:
            return dense_places(len(skeleton), skeleton.shape[1], skeleton.shape[2], device=skeleton.device)
        strength = torch.maximum(skeleton, predicted) if c.predicted_places else skeleton
        return guided_places(strength * taught, c.place_threshold, c.most_places)

    def _negatives(self, logits: Tensor, assigned: Assignment, generator: torch.Generator | None) -> Tensor:
        """The sampled negative anchors of one image, two for each positive."""
        c = self.config
        negative = (assigned.truth == -1).nonzero()[:, 0]
        count = max(c.negatives_per_positive * int((assigned.truth >= 0).sum()), 1)
        with torch.no_grad():
            loss = focal_loss(logits[negative], positive=False)
        best = assigned.best[negative]
        return negative[sample_negatives(loss, count, c.sampler, iou=best, rho=c.dasmp_rho, generator=generator)]

    def _image_losses(
        self,
        anchors: Tensor,
        logits: Tensor,
        regressed: list[Tensor],
        truth: _Truth,
        assigned: Assignment,
        negative: Tensor,
    ) -> dict[str, Tensor]:
        c = self.config
        positive = (assigned.truth >= 0).nonzero()[:, 0]
        owner = assigned.truth[positive]
        weights = logits.new_ones(len(positive))
        if c.hdlos and len(positive):
            weights = hardness_weights(
                truth.crossing[owner],
                truth.bends[owner],
                aspect(truth.boxes)[owner],
                assigned.density[positive],
                rho=c.hdlos_rho,
            )
        offsets, box_truth = regressed[0][positive], truth.boxes[owner]
        losses = {
            "loss_cls": _mean(focal_loss(logits[negative], positive=False))
            + _mean(weights * focal_loss(logits[positive], positive=True)),
            "loss_reg": _mean(weights * kl_loss(decode(offsets, anchors[positive]), box_truth)),
        }
        if c.polarity:
            _, turned = encode(box_truth, anchors[positive])
            known = truth.polarity_known[owner]
            losses["loss_polarity"] = _mean(
                F.binary_cross_entropy_with_logits(
                    regressed[1][positive, 0][known], turned[known].float(), reduction="none"
                )
            )
        return losses

    # -- testing ----------------------------------------------------------------------------------

    def read(self, batch: Tensor) -> list[ReadMaps]:
        """What detectors.rotated_reading reads of each image of a batch, already by the backbone's input rule."""
        features = self.encoder(batch)
        saliency = self.saliency(features)
        maps = self.head_input(features, saliency)
        both = self.classify.features(maps), self.regress.features(maps)
        return [ReadMaps(_array(saliency[i, 0]), self._asker(*(one[i] for one in both))) for i in range(len(batch))]

    def _asker(self, classified: Tensor, regressed: Tensor) -> Callable[[IntArray], list[Array]]:
        def at_places(places: IntArray) -> list[Array]:
            y, x = torch.from_numpy(places).to(classified.device).unbind(1)
            outputs = (*self.classify.at(classified[:, y, x].T), *self.regress.at(regressed[:, y, x].T))
            return [_array(output) for output in outputs]

        return at_places

    def _detect(self, images: list[Tensor]) -> Batch:
        views: list[list[Candidates]] = [[] for _ in images]
        sizes: list[tuple[int, int]] = []
        for view in TTA_TRANSFORMS[: self.config.views]:
            batch, _ = self.transform([apply_to_image(image, view) for image in images], None)
            sizes = sizes or batch.image_sizes
            for own, maps, size in zip(views, self.read(batch.tensors), batch.image_sizes, strict=True):
                own.append(in_image(candidates(self.config, maps), size, view))
        results = []
        for own, size, image in zip(views, sizes, images, strict=True):
            found = finished(chosen(self.config, own), size, (image.shape[-2], image.shape[-1]))
            results.append({name: torch.from_numpy(array).to(image.device) for name, array in found.items()})
        return results


def _array(tensor: Tensor) -> Array:
    return tensor.detach().float().cpu().numpy()


@dataclass(frozen=True, slots=True)
class _Truth:
    """What one image teaches, at the network's scale."""

    boxes: Tensor
    crossing: Tensor
    bends: Tensor
    polarity_known: Tensor
    doubtful: Tensor
    maps: Tensor
    taught: Tensor

    @classmethod
    def of(cls, target: dict[str, Tensor], size: torch.Size, device: torch.device) -> _Truth:
        rows, columns = size
        boxes, horizontal = target["rotated"].float(), target["boxes"].float()
        valid = target.get("rotated_valid", torch.ones(len(boxes), dtype=torch.bool)).bool().to(boxes.device)
        known = target.get("polarity_valid", torch.zeros(len(boxes), dtype=torch.bool)).bool().to(boxes.device)
        # a side under 3 px is no chromosome but a sliver at the frame
        taught_box = valid & (boxes[:, 2:4].amin(1) >= 3)
        masks = target.get("masks")
        shapes = [_shape(boxes[i], None if masks is None else masks[i]) for i in taught_box.nonzero()[:, 0].tolist()]
        truth = truth_maps(shapes, rows * STRIDE, columns * STRIDE, STRIDE)
        doubtful = horizontal[~taught_box]
        taught = torch.ones(rows, columns, dtype=torch.bool)
        for x1, y1, x2, y2 in (doubtful.cpu() / STRIDE).tolist():
            taught[max(int(y1), 0) : int(y2) + 1, max(int(x1), 0) : int(x2) + 1] = False
        good = boxes[taught_box]
        bends = bend(shapes, good.double().cpu().numpy())
        return cls(
            good.to(device),
            torch.from_numpy(truth.crossing).to(device),
            torch.from_numpy(bends).float().to(device),
            known[taught_box].to(device),
            doubtful.to(device),
            torch.from_numpy(truth.maps).to(device),
            taught.to(device),
        )


def _shape(box: Tensor, mask: Tensor | None) -> Shape:
    if mask is not None:
        pixels = mask.detach().cpu().numpy().astype(bool)
        ys, xs = np.nonzero(pixels)
        if len(ys):
            top, left = int(ys.min()), int(xs.min())
            return shape_of_mask(pixels[top : int(ys.max()) + 1, left : int(xs.max()) + 1], left, top)
    return shape_of_box(box.detach().cpu().numpy())


def _mean(values: Tensor) -> Tensor:
    """The mean; of nothing, a zero that still has a gradient."""
    return values.mean() if values.numel() else values.sum()
