"""How a metaphase is shown: adjustments for the eye, which never change data."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

GreyImage = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Adjustments:
    """Display only. ``brightness`` and ``contrast`` in [−1, 1], ``gamma`` in [0.2, 5], ``unsharp`` in [0, 3]."""

    brightness: float = 0.0
    contrast: float = 0.0
    gamma: float = 1.0
    inverted: bool = False
    unsharp: float = 0.0
    even_background: bool = False

    @property
    def is_raw(self) -> bool:
        return self == Adjustments()


def render(pixels: GreyImage, how: Adjustments) -> GreyImage:
    """The (H, W) uint8 picture to show for (H, W) uint8 ``pixels``."""
    if how.is_raw:
        return pixels
    shown = pixels
    if how.even_background:
        shown = _even(shown)
    if how.unsharp > 0:
        blurred = cv2.GaussianBlur(shown, (0, 0), 2.0)
        shown = cv2.addWeighted(shown, 1 + how.unsharp, blurred, -how.unsharp, 0).astype(np.uint8)
    return np.asarray(cv2.LUT(shown, tone_curve(how)), np.uint8)


def tone_curve(how: Adjustments) -> GreyImage:
    """256 grey values: contrast about the middle, brightness, gamma, inversion."""
    x = np.arange(256) / 255.0
    slope = np.tan((how.contrast + 1) * np.pi / 4) if how.contrast < 1 else 1e3
    x = np.clip((x - 0.5) * slope + 0.5 + how.brightness / 2, 0, 1) ** (1 / how.gamma)
    if how.inverted:
        x = 1 - x
    return np.rint(x * 255).astype(np.uint8)


def pyramid(pixels: GreyImage, smallest: int = 600) -> list[GreyImage]:
    """The picture and its halvings, by area averaging, down to ``smallest`` pixels on the longer side."""
    levels = [pixels]
    while max(levels[-1].shape) > smallest * 1.5:
        h, w = levels[-1].shape
        half = cv2.resize(levels[-1], (max(w // 2, 1), max(h // 2, 1)), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.uint8))
    return levels


def foreground(pixels: GreyImage, step: int = 4) -> npt.NDArray[np.bool_]:
    """A coarse mask (H / step, W / step) of what is not background, for keeping labels off chromosomes."""
    h, w = pixels.shape
    small = cv2.resize(pixels, (max(w // step, 1), max(h // step, 1)), interpolation=cv2.INTER_AREA)
    level, _ = cv2.threshold(small, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    dark = small <= level
    return np.asarray(dark if dark.mean() <= 0.5 else ~dark)


def _even(pixels: GreyImage) -> GreyImage:
    """Divide by the slowly varying background, estimated from a coarse closing (opening where it is dark)."""
    h, w = pixels.shape
    small = cv2.resize(pixels, (max(w // 8, 1), max(h // 8, 1)), interpolation=cv2.INTER_AREA)
    bright = float(np.median(small)) > 127
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (25, 25))
    ground = cv2.morphologyEx(small, cv2.MORPH_CLOSE if bright else cv2.MORPH_OPEN, kernel)
    ground = cv2.resize(cv2.GaussianBlur(ground, (0, 0), 12), (w, h), interpolation=cv2.INTER_LINEAR)
    if bright:
        level = float(np.median(ground))
        return np.asarray(cv2.divide(pixels, np.maximum(ground, 1).astype(np.uint8), scale=level), np.uint8)
    return np.asarray(cv2.subtract(pixels, ground), np.uint8)
