"""The default engine's networks as ONNX Runtime runs them, in 8 bits on a processor (detectors.exports).

The finder does what nets.finder.Finder.find does: anchors, proposals and suppression are the same, in numpy. Runs
of pictures of many sizes cost the same as of one, since nothing is compiled for a size.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from karyoview.detectors.nms import non_maximum_suppression
from karyoview.detectors.onnx_runtime import session
from karyoview.detectors.tta_transforms import TTA_TRANSFORMS, apply_to_array, array_boxes_in_view, array_boxes_of_view

if TYPE_CHECKING:
    from karyoview.detectors.exports import Export

MAP_STRIDE: Final = 8
"""Pixels of the finder's image to one of its map."""
BACKGROUND: Final = 225.0
"""Grey of the ground that fills up a finder's image."""
ANCHOR_SIZES: Final = (20.0, 32.0, 48.0, 72.0)
ANCHOR_RATIOS: Final = (0.2, 0.25, 1 / 3, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
BEFORE_NMS, PROPOSALS, PROPOSAL_IOU = 1000, 300, 0.75
"""Proposals of one view before suppression and after it at most, and the IoU from which one suppresses another."""
DUPLICATE_IOU: Final = 0.75
"""Proposals of several augmented views that share more are one."""
SURE_CLASS: Final = 0.95
"""Probability of the likeliest class from which one view of a crop is enough."""
SURE_WHOLE: Final = 3.0
"""Log odds of being one whole chromosome, either way, from which one view of a crop is enough."""
REGION_BOX_WEIGHTS: Final = (10.0, 10.0, 5.0, 5.0)
"""Of the deltas of a second stage, as torchvision's RoIHeads has them."""
_LARGEST_GROWTH: Final = math.log(1000.0 / 16)  # of a side, as torchvision's BoxCoder has it
_SMALLEST_PROPOSAL: Final = 1e-3

Float32Array = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


class ArrayRegions(NamedTuple):
    """What nets.finder.FinderRegions holds, as float32 arrays."""

    boxes: Float32Array
    scores: Float32Array
    classes: Float32Array
    features: Float32Array


class View(NamedTuple):
    """An augmented view that was looked at: its number, map (1, 64, h, w), the height and width of the scaled image
    that it is of, and proposals (N, 4) in the pixels of the image itself."""

    number: int
    map: Float32Array
    scaled_size: tuple[int, int]
    proposals: Float32Array


class ExportedNetworks:
    """One set of exported networks (general or specialist), read from disk; ``threads`` is what each run may use."""

    def __init__(self, export: Export, which: str, threads: int) -> None:
        self._export, self._which, self._threads = export, which, threads

    @functools.cached_property
    def finder(self) -> ExportedFinder:
        """The finder."""
        return ExportedFinder(self._session("finder"), self._session("head"))

    @functools.cached_property
    def _classifier(self) -> Any:
        return self._session("classifier")

    def classify(self, crops: Float32Array) -> tuple[Float32Array, Float32Array, Float32Array]:
        """Logits (N, 24), embeddings (N, 256) and log odds (N,) of crops (N, 2, 192, 32) in [0, 1]."""
        logits, embeddings, whole = self._classifier.run(None, {"crops": np.ascontiguousarray(crops)})
        return logits, embeddings, whole

    def _session(self, network: str) -> Any:
        return session(str(self._export.path(self._which, network)), self._threads)


class ExportedFinder:
    """nets.finder.Finder.find on exported networks; numpy in and out."""

    def __init__(self, convolutions: Any, head: Any) -> None:
        self._convolutions, self._head = convolutions, head

    def view(self, image: Float32Array, number: int, scaled: Sequence[Float32Array] = ()) -> View:
        """View ``number`` of TTA_TRANSFORMS of an image (H, W), 0–255; proposals by falling score.

        ``scaled`` are the picture at the scales that the views take in turn, as in nets.finder.Finder.find.
        """
        picture = scaled[number % len(scaled)] if scaled else image
        size = picture.shape[0], picture.shape[1]
        augmented = apply_to_array(picture, TTA_TRANSFORMS[number])
        objectness, deltas, features = self._convolutions.run(None, {"image": padded(augmented)[None, None]})
        proposals = propose(objectness[0], deltas[0], (augmented.shape[0], augmented.shape[1]))
        own = array_boxes_of_view(proposals, size, TTA_TRANSFORMS[number])
        return View(number, features, size, own / _factors((image.shape[0], image.shape[1]), size))

    def regions(self, image: Float32Array, views: list[View], proposals: Float32Array | None = None) -> ArrayRegions:
        """All regions of an image (H, W) before suppression; ``proposals`` (P, 4) come before those of the views."""
        size = height, width = image.shape[0], image.shape[1]
        given = [np.zeros((0, 4), np.float32) if proposals is None else np.asarray(proposals, np.float32)]
        proposed = np.concatenate([*given, *(view.proposals for view in views)])
        order = [np.ones(len(given[0]), np.float32), *(-np.arange(len(v.proposals), dtype=np.float32) for v in views)]
        proposed = proposed[non_maximum_suppression(proposed, np.concatenate(order), DUPLICATE_IOU)]
        scores, boxes, features = 0.0, np.zeros_like(proposed), 0.0
        for view in views:
            factors = _factors(size, view.scaled_size)
            own = array_boxes_in_view(proposed * factors, view.scaled_size, TTA_TRANSFORMS[view.number])
            indexed = np.pad(own, ((0, 0), (1, 0)))
            of_view, logits, deltas = self._head.run(None, {"map": view.map, "boxes": indexed})
            features, scores = features + of_view / len(views), scores + logits / len(views)
            decoded = decode(deltas, own, REGION_BOX_WEIGHTS)
            of_image = array_boxes_of_view(decoded, view.scaled_size, TTA_TRANSFORMS[view.number]) / factors
            boxes += of_image / len(views)
        boxes = boxes.clip(0, np.array([width, height, width, height], np.float32))
        keep = ((boxes[:, 2:] - boxes[:, :2]) > 2).all(1)
        probabilities = _softmax(np.asarray(scores, np.float32)[keep])
        return ArrayRegions(
            boxes[keep], 1 - probabilities[:, 0], probabilities[:, 1:], np.asarray(features, np.float32)[keep]
        )


def _factors(size: tuple[int, int], scaled_size: tuple[int, int]) -> Float32Array:
    """What multiplies boxes xyxy of an image to be those of the scaled one, (4,); sizes are (height, width)."""
    return np.array([scaled_size[1] / size[1], scaled_size[0] / size[0]] * 2, np.float32)


def padded(image: Float32Array) -> Float32Array:
    """A finder's image (H, W) with ground added at the right and below, to a multiple of 32."""
    height, width = image.shape
    return np.pad(image, ((0, -height % 32), (0, -width % 32)), constant_values=BACKGROUND)


def propose(objectness: Float32Array, deltas: Float32Array, size: tuple[int, int]) -> Float32Array:
    """Proposals (N, 4) of one view whose height and width are ``size``, by falling score, as torchvision's RPN gives.

    ``objectness`` (A, h, w), ``deltas`` (4A, h, w).
    """
    anchors = np.round(anchors_around_origin(ANCHOR_SIZES, ANCHOR_RATIOS))  # as torchvision's AnchorGenerator has them
    boxes, scores = decoded_anchors(objectness, deltas, size, anchors, MAP_STRIDE, BEFORE_NMS)
    return boxes[non_maximum_suppression(boxes, scores, PROPOSAL_IOU)[:PROPOSALS]]


def decoded_anchors(
    objectness: Float32Array,
    deltas: Float32Array,
    size: tuple[int, int],
    anchors: Float32Array,
    stride: float,
    most: int,
) -> tuple[Float32Array, Float32Array]:
    """Boxes (N, 4) inside a picture whose height and width are ``size``, with their objectness (N,), falling.

    ``objectness`` (A, h, w) and ``deltas`` (4A, h, w) are of ``anchors`` (A, 4) around each place of a map of this
    ``stride``. Only the best ``most`` are decoded.
    """
    count, _, columns = objectness.shape
    flat = objectness.transpose(1, 2, 0).ravel()
    best = np.argpartition(-flat, min(most, len(flat) - 1))[:most]
    best = best[np.argsort(-flat[best], kind="stable")]
    place, anchor = np.divmod(best, count)
    row, column = np.divmod(place, columns)
    shift = np.stack([column, row, column, row], 1).astype(np.float32) * np.float32(stride)
    own = deltas.reshape(count, 4, *deltas.shape[1:])[anchor, :, row, column]
    boxes = decode(own, anchors[anchor] + shift, (1.0, 1.0, 1.0, 1.0))
    boxes = boxes.clip(0, np.array([size[1], size[0], size[1], size[0]], np.float32))
    large = ((boxes[:, 2:] - boxes[:, :2]) >= _SMALLEST_PROPOSAL).all(1)
    return boxes[large], flat[best][large]


@functools.cache
def anchors_around_origin(sizes: tuple[float, ...], ratios: tuple[float, ...]) -> Float32Array:
    """Anchors (A, 4) of √area ``sizes`` and ``ratios`` height / width around the origin, ratio by ratio."""
    root, side = np.sqrt(np.asarray(ratios, np.float32)), np.asarray(sizes, np.float32)
    w, h = (side / root[:, None]).ravel(), (side * root[:, None]).ravel()
    return np.asarray(np.stack([-w, -h, w, h], 1) / 2, np.float32)


def decode(deltas: Float32Array, boxes: Float32Array, weights: tuple[float, float, float, float]) -> Float32Array:
    """``boxes`` (N, 4) xyxy moved and stretched by ``deltas`` (N, 4), as torchvision's BoxCoder does."""
    side = boxes[:, 2:] - boxes[:, :2]
    centre = boxes[:, :2] + 0.5 * side
    scaled = deltas / np.asarray(weights, np.float32)
    centre = scaled[:, :2] * side + centre
    half = 0.5 * np.exp(np.minimum(scaled[:, 2:], np.float32(_LARGEST_GROWTH))) * side
    return np.concatenate([centre - half, centre + half], 1)


def _softmax(logits: Float32Array) -> Float32Array:
    powers = np.exp(logits - logits.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)
