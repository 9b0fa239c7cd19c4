"""Which end of a straightened chromosome is p, learnt from chromosomes that stand upright.

A network looks at the profile along the axis, a second one, convolutional, at the crop; both are asked in either
direction. They run in numpy, since this layer knows no torch; karyotrain.engines.train_direction teaches them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file

from karyoview._resources import resource

BINS: Final = 64
VIEW_ROWS: Final = 96
VIEW_COLUMNS: Final = 16
VIEW_WIDTH: Final = 9  # columns of a view for the width of a chromosome
SURE: Final = 0.9
"""Probability of either direction from which it counts as sure."""

FloatArray = npt.NDArray[np.float64]
Float32Array = npt.NDArray[np.float32]


def crop_profile(crop: npt.NDArray[np.uint8]) -> FloatArray | None:
    """Darkness and width along the axis of a crop (2, H, W) uint8, from its upper to its lower end.

    Returns (2 · 64,) float64, each half of mean 0 and norm 1 (the width at half weight); None where
    the mask is too small to say anything.
    """
    dark, own = crop[0].astype(np.float64), crop[1] > 127
    rows = np.flatnonzero(own.any(1))
    if len(rows) < 8:
        return None
    weight = own[rows[0] : rows[-1] + 1].astype(np.float64)
    width = weight.sum(1)
    shade = (dark[rows[0] : rows[-1] + 1] * weight).sum(1) / np.maximum(width, 1.0)
    places = np.linspace(0, len(width) - 1, BINS)
    along = np.arange(len(width))
    parts = [np.interp(places, along, values) for values in (shade, width)]
    parts = [p - p.mean() for p in parts]
    parts = [p / max(float(np.linalg.norm(p)), 1e-9) for p in parts]
    return np.concatenate([parts[0], 0.5 * parts[1]])


def mirrored(profiles: FloatArray) -> FloatArray:
    """Profiles (..., 128) of the same chromosomes turned by π."""
    dark, width = profiles[..., :BINS], profiles[..., BINS:]
    return np.concatenate([dark[..., ::-1], width[..., ::-1]], -1)


def crop_view(crop: npt.NDArray[np.uint8]) -> Float32Array | None:
    """What a convolutional network sees of a crop (2, H, W) uint8, W even: (2, 96, 16) float32, from end to end.

    Channel 0 is darkness of mean 0 and spread 1 within the mask, channel 1 the mask in [0, 1]; any length fills the
    rows, and any mean width nine columns. None where the mask is too small to say anything.
    """
    rows = np.flatnonzero((crop[1] > 127).any(1))
    if len(rows) < 8:
        return None
    part = crop[:, rows[0] : rows[-1] + 1].astype(np.float32)
    part = part.reshape(2, part.shape[1], -1, 2).mean(-1) / np.float32(255)
    part[0] *= part[1]
    height, width = part.shape[1:]
    step = max(float(part[1].sum()) / height / VIEW_WIDTH, 0.1)
    along = _tents(np.linspace(0, height - 1, VIEW_ROWS), height, height / VIEW_ROWS)
    across = _tents((np.arange(VIEW_COLUMNS) - (VIEW_COLUMNS - 1) / 2) * step + (width - 1) / 2, width, step)
    dark, own = along @ part @ across.T
    weight = max(float(own.sum()), 1e-6)
    dark = dark - own * (float(dark.sum()) / weight)
    spread = np.sqrt(float((dark**2 / np.maximum(own, 1e-3)).sum()) / weight)
    return np.stack([dark / max(float(spread), 0.01), own])


def _tents(places: FloatArray, count: int, step: float) -> Float32Array:
    """Weights (N, count) of samples 0 … count - 1 about ``places`` (N,), as wide as ``step`` but for one at least."""
    reach = max(step, 1.0)
    beyond = int(np.ceil(reach))
    weights = np.maximum(1 - np.abs(places[:, None] - np.arange(-beyond, count + beyond)) / reach, 0)
    weights /= np.maximum(weights.sum(1, keepdims=True), 1e-6)
    return weights[:, beyond : beyond + count].astype(np.float32)


class CropPart:
    """The convolutional part of :class:`DirectionNet`, in single precision without PyTorch.

    Tensors ``crop.K.weight`` (rows, columns, in, out) and ``crop.K.bias`` of each convolution, then ``crop.hidden``,
    ``crop.of_class`` and ``crop.out``; see karyotrain.engines.train_direction. Raises KeyError where one is missing.
    """

    STRIDES: Final = (2, 1, 1, 1)
    POOLED: Final = (False, True, True, False)  # to half the rows and columns, by the largest
    _AT_ONCE: Final = 16  # crops; the windows of more do not stay in the cache

    def __init__(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> None:
        def read(name: str) -> Float32Array:
            return np.asarray(tensors[f"crop.{name}"], np.float32)

        self.layers = [(read(f"{k}.weight"), read(f"{k}.bias")) for k in range(len(self.STRIDES))]
        self.hidden, self.bias = read("hidden.weight"), read("hidden.bias")
        self.of_class, self.out = read("of_class"), read("out")

    def log_odds(self, views: Float32Array) -> FloatArray:
        """Of views (N, 2, 96, 16) as :func:`crop_view` gives them, for each class (N, 24), that the upper end is p."""
        parts = [self._log_odds(views[k : k + self._AT_ONCE]) for k in range(0, len(views), self._AT_ONCE)]
        return np.concatenate([np.zeros((0, len(self.of_class))), *parts])

    def _log_odds(self, views: Float32Array) -> FloatArray:
        x = np.concatenate([views, views[:, :, ::-1, ::-1]]).transpose(0, 2, 3, 1)
        for (weight, bias), stride, pooled in zip(self.layers, self.STRIDES, self.POOLED, strict=True):
            x = np.maximum(_convolved(x, weight, stride) + bias, 0)
            if pooled:
                n, h, w, c = x.shape
                x = x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))
        hidden = x.mean(2).reshape(len(x), -1) @ self.hidden + self.bias
        answers = np.maximum(hidden[:, None] * (1 + self.of_class), 0) @ self.out
        return np.asarray(answers[: len(views)] - answers[len(views) :], np.float64)


def _convolved(x: Float32Array, weight: Float32Array, stride: int) -> Float32Array:
    """Images (N, H, W, in) with kernels (rows, columns, in, out) and zeros around them: (N, H', W', out)."""
    rows, columns, _, channels = weight.shape
    x = np.pad(x, ((0, 0), (rows // 2,) * 2, (columns // 2,) * 2, (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (rows, columns), (1, 2))[:, ::stride, ::stride]
    flat = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, weight.size // channels)
    return np.asarray((flat @ weight.reshape(-1, channels)).reshape(*windows.shape[:3], channels))


class DirectionNet:
    """Which end is p, learnt from chromosomes that stand upright (karyotrain.engines.train_direction).

    The log odds of a class are ``share`` (24,) of those of its mean profile, ``means`` (24, 128), what a small network
    says of the profile less what it says of the mirrored one, and what a :class:`CropPart` says of the crop, if there
    are tensors of one: a turned crop gets the opposite answer. Raises KeyError where a tensor is missing.
    """

    WEIGHTS: Final = "direction.safetensors"
    SCALE: Final = 6.0  # of a profile, so that the network's inputs are about 1

    def __init__(self, tensors: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.means, self.share, self.out = (np.asarray(tensors[n], np.float64) for n in ("means", "share", "out"))
        self.first, self.second = (
            [np.asarray(tensors[f"{stage}.{part}"], np.float64) for part in ("weight", "bias", "of_class")]
            for stage in ("first", "second")
        )
        self.crop = CropPart(tensors) if any(name.startswith("crop.") for name in tensors) else None

    def log_odds(self, profile: FloatArray) -> FloatArray:
        """Of each class (24,) that the upper end of a crop with this profile (128,) is p, by the profile alone."""
        ways = np.stack([profile, mirrored(profile)])
        weight, bias, of_class = self.first
        hidden = np.maximum((self.SCALE * ways @ weight.T + bias)[:, None] + of_class, 0.0)
        weight, bias, of_class = self.second
        hidden = np.maximum((hidden @ weight.T + bias) * (1.0 + of_class), 0.0)
        answers = hidden @ self.out
        return np.asarray(self.share * (self.means @ (ways[0] - ways[1])) + answers[0] - answers[1])

    def upright_probabilities(self, crops: Sequence[npt.NDArray[np.uint8]], classes: FloatArray) -> FloatArray:
        """Probability (N,) that the upper end of each aligned crop (2, H, W) is p; NaN where it cannot be told.

        ``classes`` (N, 24) the probabilities of the classes, over which the odds are averaged.
        """
        found = np.full(len(crops), np.nan)
        profiles, views = [crop_profile(crop) for crop in crops], [crop_view(crop) for crop in crops]
        readable = [
            k
            for k, (profile, view) in enumerate(zip(profiles, views, strict=True))
            if profile is not None and view is not None
        ]
        if readable:
            odds = np.stack([self.log_odds(p) for p in profiles if p is not None])
            if self.crop is not None:
                odds += self.crop.log_odds(np.stack([v for v in views if v is not None]))
            shares = classes[readable] / np.maximum(classes[readable].sum(1, keepdims=True), 1e-9)
            found[readable] = (shares / (1.0 + np.exp(-np.clip(odds, -30, 30)))).sum(1)
        return found


@lru_cache(maxsize=1)
def shipped_direction_net() -> DirectionNet | None:
    """The network that comes with the program; None where its file is missing or of another network."""
    try:
        return DirectionNet(load_file(resource("weights", DirectionNet.WEIGHTS)))
    except (OSError, SafetensorError, KeyError, ValueError):
        return None
