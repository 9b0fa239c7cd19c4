"""Everything in a metaphase but its chromosomes: nuclei, debris, light, lens, camera and the capture software."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

FloatImage = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Optics:
    """How one picture was taken.

    ``level`` is the bare background's grey (0–255), ``uneven`` the relative fall of light over the
    field, ``flare`` the share of stray light, ``smudge`` the absorbance of remnants of cytoplasm and
    stain, ``blur`` the lens's Gaussian sigma in pixels, ``sharpen`` and ``halo`` strength and sigma of
    the software's unsharp mask, ``black`` and ``white`` the greys that it stretches to 0 and 255,
    ``noise`` the camera's noise in grey levels and ``grain`` its size in pixels, ``codec`` jpeg, webp
    or none at ``quality`` (0–100). ``glare`` is the share of light that the lens spreads wide, with
    the Gaussian sigma ``spread`` in pixels. No grey is above ``ceiling``: some software keeps the last ones.
    """

    level: float
    uneven: float
    flare: float
    smudge: float
    blur: float
    halo: float
    sharpen: float
    black: float
    white: float
    noise: float
    grain: float
    codec: str
    quality: int
    glare: float = 0.0
    spread: float = 4.0
    ceiling: int = 255


def smooth_field(rng: np.random.Generator, shape: tuple[int, int], cells: int) -> FloatImage:
    """Smooth noise (H, W) float32 of about unit spread, ``cells`` waves over the longer side."""
    grid = (max(round(cells * shape[0] / max(shape)), 2) + 2, max(round(cells * shape[1] / max(shape)), 2) + 2)
    coarse = rng.standard_normal(grid, dtype=np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def add_nucleus(
    rng: np.random.Generator, canvas: FloatImage, centre: tuple[float, float], radius: float, absorbance: float
) -> None:
    """Add an interphase nucleus (or the part of it in the frame) to a canvas of absorbance, in place."""
    reach = int(radius * 1.5) + 6
    x0, y0 = int(centre[0]) - reach, int(centre[1]) - reach
    x1, y1 = max(x0, 0), max(y0, 0)
    x2, y2 = min(x0 + 2 * reach, canvas.shape[1]), min(y0 + 2 * reach, canvas.shape[0])
    if x2 <= x1 or y2 <= y1:
        return
    gx, gy = np.meshgrid(np.arange(x1, x2, dtype=np.float32), np.arange(y1, y2, dtype=np.float32))
    dx, dy = gx - np.float32(centre[0]), gy - np.float32(centre[1])
    turn, squash = rng.uniform(0, math.pi), math.exp(rng.normal(0, 0.12))
    u = (dx * math.cos(turn) + dy * math.sin(turn)) / squash
    v = (dy * math.cos(turn) - dx * math.sin(turn)) * squash
    angle = np.arctan2(v, u)
    outline = np.ones_like(angle)
    for wave in (2, 3, 4):
        outline += np.float32(rng.normal(0, 0.05 / wave)) * np.cos(wave * angle + np.float32(rng.uniform(0, 6.28)))
    inside = 1 / (1 + np.exp(np.clip((np.hypot(u, v) - radius * outline) / np.float32(rng.uniform(1.0, 2.2)), -30, 30)))
    shape = inside.shape
    lumps = smooth_field(rng, shape, max(int(max(shape) / 14), 3))
    raw = rng.standard_normal(shape, dtype=np.float32)
    # Chromatin is granular: grains of one to three pixels carry most of its contrast.
    fine = cv2.GaussianBlur(raw, (0, 0), 1.3) * np.float32(4.6)
    coarse = cv2.GaussianBlur(raw, (0, 0), 2.8) * np.float32(9.9)
    strength = rng.uniform(0.03, 0.1)
    grains = np.float32(rng.uniform(0.09, 0.2)) * fine + np.float32(rng.uniform(0.05, 0.12)) * coarse
    texture = 1 + np.float32(strength) * lumps + grains
    if rng.random() < 0.6:
        spots = np.clip(lumps - np.float32(1.4), 0, 1)
        texture += np.float32(rng.uniform(0.2, 0.7)) * spots
    canvas[y1:y2, x1:x2] += (np.float32(absorbance) * inside * np.maximum(texture, 0.2)).astype(np.float32)


def add_debris(rng: np.random.Generator, canvas: FloatImage, amount: float) -> None:
    """Add specks, crumbs of stain and pale smudges, about ``amount`` in half a megapixel, in place."""
    height, width = canvas.shape
    count = int(rng.poisson(amount * height * width / 5e5))
    for _ in range(count):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        kind = rng.random()
        if kind < 0.55:
            _add_blob(rng, canvas, x, y, rng.uniform(0.8, 2.6), rng.uniform(0.15, 1.3))
        elif kind < 0.75:
            for _ in range(int(rng.integers(3, 9))):
                at = rng.normal(0, 4.0, 2)
                _add_blob(rng, canvas, x + at[0], y + at[1], rng.uniform(0.8, 2.2), rng.uniform(0.3, 1.6))
        else:
            _add_blob(rng, canvas, x, y, rng.uniform(4, 18), rng.uniform(0.01, 0.07))


def add_smudges(rng: np.random.Generator, canvas: FloatImage, strength: float) -> None:
    """Add the faint uneven film of cytoplasm and stain of every slide, in place; ``strength`` in absorbance."""
    shape = (canvas.shape[0], canvas.shape[1])
    waves = max(shape)
    film = smooth_field(rng, shape, max(waves // 90, 3)) + 0.7 * smooth_field(rng, shape, max(waves // 22, 3))
    film += 0.6 * smooth_field(rng, shape, max(waves // 7, 3))
    # finer than that a field drawn on a grid would show the grid
    film += np.float32(0.9 * 5.6) * cv2.GaussianBlur(rng.standard_normal(shape, dtype=np.float32), (0, 0), 1.6)
    patchy = np.clip(0.85 + 0.75 * smooth_field(rng, shape, 5), 0.1, 2.5)
    canvas += np.float32(strength) * np.maximum(film, -1.0) * patchy


def _add_blob(
    rng: np.random.Generator, canvas: FloatImage, x: float, y: float, radius: float, absorbance: float
) -> None:
    reach = int(3 * radius) + 2
    x1, y1 = max(int(x) - reach, 0), max(int(y) - reach, 0)
    x2, y2 = min(int(x) + reach + 1, canvas.shape[1]), min(int(y) + reach + 1, canvas.shape[0])
    if x2 <= x1 or y2 <= y1:
        return
    gx, gy = np.meshgrid(np.arange(x1, x2) + 0.5 - x, np.arange(y1, y2) + 0.5 - y)
    turn, squash = rng.uniform(0, math.pi), math.exp(rng.normal(0, 0.35))
    u = (gx * math.cos(turn) + gy * math.sin(turn)) / squash
    v = (gy * math.cos(turn) - gx * math.sin(turn)) * squash
    bell = np.exp(-(((u * u + v * v) / radius**2) ** 1.5))
    canvas[y1:y2, x1:x2] += (absorbance * bell).astype(np.float32)


def expose(
    rng: np.random.Generator, absorbance: FloatImage, optics: Optics, bits: int
) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    """The picture (H, W) uint8 or uint16 of a field of absorbance (H, W) float32.

    Light falls off unevenly, the lens blurs what passes, the camera adds noise, the software
    stretches and sharpens.
    """
    shape = absorbance.shape
    light = np.exp(-absorbance) * np.float32(1 - optics.flare) + np.float32(optics.flare)
    light = np.asarray(cv2.GaussianBlur(np.float32(optics.level) * light, (0, 0), optics.blur), np.float32)
    if optics.glare > 0:
        light = _glared(light, optics.glare, optics.spread)
    y, x = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None], np.linspace(-1, 1, shape[1], dtype=np.float32)[None]
    tilt = rng.normal(0, 0.4, 2)
    fall = np.float32(tilt[0]) * x + np.float32(tilt[1]) * y - np.float32(rng.uniform(0.1, 0.6)) * (x * x + y * y)
    light *= 1 + np.float32(optics.uneven) * (fall + np.float32(0.25) * smooth_field(rng, shape, 6))
    noise = rng.standard_normal(shape, dtype=np.float32)
    if optics.grain > 0.3:  # pictures that were resampled, and their noise with them
        noise = cv2.GaussianBlur(noise, (0, 0), optics.grain) * np.float32(1 + 2.2 * optics.grain)
    light += np.float32(optics.noise) * np.sqrt(np.maximum(light, 4.0) / np.float32(optics.level)) * noise
    if optics.sharpen > 0:
        light += np.float32(optics.sharpen) * (light - cv2.GaussianBlur(light, (0, 0), optics.halo))
    light = (light - np.float32(optics.black)) * np.float32(255.0 / (optics.white - optics.black))
    if bits == 16:
        return np.clip(np.rint(light * 257.0), 0, 65535).astype(np.uint16)
    image = np.clip(np.rint(light), 0, optics.ceiling).astype(np.uint8)
    return coded(image, optics.codec, optics.quality)


def _glared(light: FloatImage, share: float, sigma: float) -> FloatImage:
    """The light with a share of it spread wide: the tail of the lens's point spread, found at half size."""
    height, width = light.shape
    half = cv2.resize(light, (max(width // 2, 1), max(height // 2, 1)), interpolation=cv2.INTER_AREA)
    wide = cv2.resize(cv2.GaussianBlur(half, (0, 0), sigma / 2), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(light + np.float32(share) * (wide - light), dtype=np.float32)


def coded(image: npt.NDArray[np.uint8], codec: str, quality: int) -> npt.NDArray[np.uint8]:
    """The picture after a lossy encoding (``jpeg``, ``webp``) or as it is (``none``)."""
    if codec == "none":
        return image
    suffix, option = (".jpg", cv2.IMWRITE_JPEG_QUALITY) if codec == "jpeg" else (".webp", cv2.IMWRITE_WEBP_QUALITY)
    data = cv2.imencode(suffix, image, [option, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
