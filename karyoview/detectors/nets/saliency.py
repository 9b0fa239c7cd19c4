"""Saliency maps of skeletons, edges and intersections: truths from masks, head and loss (DeepCHM III-A).

The released code lets edges overwrite skeletons and spreads intersections with σ² = 4; here every
map is its own and σ² is 1, 1, 2, as in the paper (whose Eq. 2 prints a product for the sum).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch
from skimage.morphology import skeletonize
from torch import Tensor, nn

VARIANCES = (1.0, 1.0, 2.0)
CHANNELS = ("skeletons", "edges", "intersections")

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """One chromosome's mask as lines: ``skeleton`` and ``edge`` (K, 2) x, y in image pixels, int64."""

    skeleton: npt.NDArray[np.int64]
    edge: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TruthMaps:
    """``maps`` (3, H/stride, W/stride) float32 in [0, 1]; ``crossing`` (N,) bool: its skeleton meets another's."""

    maps: npt.NDArray[np.float32]
    crossing: BoolArray


def shape_of_mask(mask: BoolArray, x: int = 0, y: int = 0) -> Shape:
    """Skeleton (scikit-image) and outline of a bool mask (h, w) whose left upper pixel is (x, y)."""
    padded = np.pad(np.ascontiguousarray(mask), 1)
    ys, xs = np.nonzero(skeletonize(padded))
    contours, _ = cv2.findContours(padded.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    edge = np.concatenate([c[:, 0] for c in contours]) if contours else np.zeros((0, 2), np.int64)
    offset = np.array([x - 1, y - 1])
    return Shape(np.stack([xs, ys], 1).astype(np.int64) + offset, edge.astype(np.int64) + offset)


def shape_of_box(box: npt.ArrayLike) -> Shape:
    """The lines of the capsule in a rotated box (cx, cy, w, h, angle), where no mask was drawn."""
    cx, cy, w, h, angle = (float(v) for v in np.asarray(box, dtype=np.float64))
    if w > h:
        w, h, angle = h, w, angle + np.pi / 2
    toward = np.array([np.sin(angle), -np.cos(angle)]) * (h - w) / 2
    centre = np.array([cx, cy])
    ends = np.stack([centre - toward, centre + toward])
    steps = max(int(np.hypot(*(ends[1] - ends[0]))) + 1, 2)
    skeleton = np.rint(np.linspace(ends[0], ends[1], steps)).astype(np.int64)
    reach = int(np.hypot(w, h) / 2) + 3
    left, top = round(cx) - reach, round(cy) - reach
    canvas = np.zeros((2 * reach + 1, 2 * reach + 1), np.uint8)
    points = np.rint(ends - [left, top]).astype(np.int32)
    cv2.line(canvas, tuple(map(int, points[0])), tuple(map(int, points[1])), 1, max(round(w), 1))
    contours, _ = cv2.findContours(canvas, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    edge = np.concatenate([c[:, 0] for c in contours]).astype(np.int64) + np.array([left, top])
    return Shape(skeleton, edge)


def truth_maps(shapes: Sequence[Shape], height: int, width: int, stride: int = 4) -> TruthMaps:
    """The three truth maps of an image of ``height`` × ``width`` input pixels (Eq. 2).

    Each map is the highest of the Gaussians around its points, which is the Gaussian of the
    distance to the nearest one. An intersection is where two chromosomes' skeletons, the one
    widened by a pixel, meet.
    """
    rows, columns = -(-height // stride), -(-width // stride)
    marks = np.zeros((3, rows, columns), np.uint8)
    for shape in shapes:
        for channel, points in ((0, shape.skeleton), (1, shape.edge)):
            cells = np.rint(points / stride).astype(np.int64)
            inside = (cells >= 0).all(1) & (cells[:, 0] < columns) & (cells[:, 1] < rows)
            marks[channel, cells[inside, 1], cells[inside, 0]] = 1
    places, crossing = intersections(shapes, height, width)
    for x, y in places:
        column, row = round(x / stride), round(y / stride)
        if 0 <= row < rows and 0 <= column < columns:
            marks[2, row, column] = 1
    maps = np.zeros(marks.shape, np.float32)
    for channel, variance in enumerate(VARIANCES):
        if marks[channel].any():
            distance = cv2.distanceTransform(1 - marks[channel], cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
            maps[channel] = np.exp(-(distance**2) / (2 * variance))
    return TruthMaps(maps, crossing)


def intersections(shapes: Sequence[Shape], height: int, width: int) -> tuple[FloatArray, BoolArray]:
    """Where skeletons of different chromosomes meet, (K, 2) x, y, and which chromosomes do, (N,) bool."""
    owner = np.full((height + 2, width + 2), -1, np.int64)
    crossing = np.zeros(len(shapes), dtype=bool)
    meeting = np.zeros((height + 2, width + 2), np.uint8)
    for index, shape in enumerate(shapes):
        p = shape.skeleton
        p = p[(p >= 0).all(1) & (p[:, 0] < width) & (p[:, 1] < height)] + 1
        for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1)):
            hit = owner[p[:, 1] + dy, p[:, 0] + dx]
            met = hit >= 0
            if met.any():
                crossing[index] = True
                crossing[np.unique(hit[met])] = True
                meeting[p[met, 1], p[met, 0]] = 1
        owner[p[:, 1], p[:, 0]] = index
    if not meeting.any():
        return np.zeros((0, 2)), crossing
    # two lines that cross at a sharp angle touch over several pixels: one place each
    _, _, _, centres = cv2.connectedComponentsWithStats(cv2.dilate(meeting, np.ones((3, 3), np.uint8)))
    return np.asarray(centres[1:] - 1, dtype=np.float64), crossing.astype(bool, copy=False)


class SaliencyHead(nn.Module):
    """3×3 convolution and sigmoid: (B, C, H, W) → (B, 3, H, W) in [0, 1]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, len(CHANNELS), 3, padding=1)
        nn.init.normal_(self.conv.weight, std=0.01)
        assert self.conv.bias is not None
        nn.init.constant_(self.conv.bias, -2.19)  # 0.1: most of a metaphase is background

    def forward(self, features: Tensor) -> Tensor:
        return torch.sigmoid(self.conv(features).float())


def saliency_loss(
    predicted: Tensor, truth: Tensor, taught: Tensor | None = None, channels: Sequence[int] = (0, 1, 2)
) -> Tensor:
    """−1/(N_pos + 1) Σ [M* = 1: (1−M)² ln M; else (1−M*)⁴ M² ln(1−M)] (Eq. 1 after Law et al.).

    ``predicted`` and ``truth`` (B, 3, H, W) in [0, 1]; places where ``taught`` (B, H, W) is False
    count for nothing; ``channels`` are the maps that are taught.
    """
    m = predicted[:, list(channels)].float().clamp(1e-4, 1 - 1e-4)
    t = truth[:, list(channels)].float()
    positive = t >= 1.0
    terms = torch.where(positive, (1 - m) ** 2 * m.log(), (1 - t) ** 4 * m**2 * torch.log1p(-m))
    if taught is not None:
        terms = terms * taught[:, None]
        positive = positive & taught[:, None]
    return -terms.sum() / (positive.sum() + 1)
