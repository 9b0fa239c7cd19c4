"""From the samples a decoder gives to one grey channel: depth, colour, transparency, polarity, orientation."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError

MAX_PIXELS: Final = 80_000_000
MAX_SIDE: Final = 32_000
# 72 to 1200 dpi in a file is a printer's number, not a microscope's: 21 µm per pixel and more.
PLAUSIBLE_UM_PER_PIXEL: Final = (0.005, 2.0)

Colour = Literal["grey", "rgb", "cmyk"]
Grey = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]


class ImageError(KaryoViewError):
    """An image file cannot be read; the message names the file, the reason and what to do."""


class DecodeError(Exception):
    """A decoder's reason, without the file's name; images.py makes an ImageError of it."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What a decoder gives.

    ``values`` is (H, W) or (H, W, C), any real type; ``bits`` its significant bits per sample.
    ``alpha`` is (H, W) of the same type or None. ``payload`` is the number of compressed bytes the
    picture came from, None where nothing was compressed. ``orientation`` is EXIF's 1–8.
    """

    values: npt.NDArray[Any]
    colour: Colour = "grey"
    bits: int = 8
    alpha: npt.NDArray[Any] | None = None
    premultiplied: bool = False
    white_is_zero: bool = False
    orientation: int = 1
    um_per_pixel: float | None = None
    payload: int | None = None
    notes: tuple[str, ...] = field(default=())


def check_size(width: int, height: int, bytes_per_pixel: int = 1) -> None:
    """DecodeError for a size that no metaphase has, before anything is allocated."""
    if width <= 0 or height <= 0:
        raise DecodeError(f"it says it is {width} × {height} pixels, so there is nothing to see; export it again")
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS or bytes_per_pixel > 64:
        raise DecodeError(
            f"it says it is {width} × {height} pixels; KaryoView opens up to {MAX_PIXELS // 1_000_000} million "
            f"pixels and {MAX_SIDE} a side. Crop it to the metaphase"
        )


def plausible_scale(um_per_pixel: float | None) -> float | None:
    """The scale if it can be a microscope's, else None."""
    if um_per_pixel is None or not PLAUSIBLE_UM_PER_PIXEL[0] <= um_per_pixel <= PLAUSIBLE_UM_PER_PIXEL[1]:
        return None
    return float(um_per_pixel)


def to_grey(samples: Samples) -> tuple[Grey, tuple[float, float] | None, tuple[str, ...]]:
    """One channel (H, W) uint8 or uint16, the range to show (16 bit only) and notes.

    Colour becomes luminance (ITU-R BT.601), transparent places become white, and a file whose white
    is 0 is inverted. Raises DecodeError when one grey value came out of a file that holds more.
    """
    values, bits, notes = _to_unsigned(samples.values, samples.bits)
    white = (1 << bits) - 1
    values, colour, carried = _carrier(values, samples.colour)
    grey = _luminance(values, colour, white)
    notes = (*notes, *carried)
    if samples.white_is_zero:
        grey = (white - grey).astype(grey.dtype)
    if samples.alpha is not None:
        grey = _over_white(grey, samples.alpha, white, samples.premultiplied)
    grey = np.ascontiguousarray(oriented(grey, samples.orientation))
    low, high = int(grey.min()), int(grey.max())
    if low == high:
        # A flat picture packs into next to nothing; real content that came out flat was lost in decoding.
        if samples.payload is not None and samples.payload > grey.size // 16 + 4096:
            raise DecodeError("it came out as one flat grey although the file holds more; export it again as PNG")
        notes = (*notes, f"The whole picture has the grey value {low}.")
    if grey.dtype == np.uint16:
        lower, upper = robust_range(grey)
        if (lower, upper) != (low, high):
            notes = (*notes, f"A few pixels are far from all others; greys are shown from {lower:g} to {upper:g}.")
        return grey, (float(lower), float(max(upper, lower + 1))), (*samples.notes, *notes)
    return grey, None, (*samples.notes, *notes)


def robust_range(values: npt.NDArray[Any]) -> tuple[float, float]:
    """Lowest and highest value of ``values``, without single pixels that would squeeze all others together.

    At most one pixel in ten thousand (and at least four may) is set aside on a side, and only where the rest
    fills less than half of the range.
    """
    flat = values.ravel()
    low, high = float(flat.min()), float(flat.max())
    few = min(max(4, flat.size // 10_000), (flat.size - 1) // 4)
    if few < 1 or low == high:
        return low, high
    sorted_ends = np.partition(flat, (few, flat.size - 1 - few))
    lower, upper = float(sorted_ends[few]), float(sorted_ends[flat.size - 1 - few])
    if upper <= lower or (high - low) < 2 * (upper - lower):
        return low, high
    # Only a side that reaches far out is cut; the other one keeps its own end.
    reach = upper - lower
    return (lower if lower - low > reach / 2 else low), (upper if high - upper > reach / 2 else high)


def _carrier(values: npt.NDArray[Any], colour: Colour) -> tuple[npt.NDArray[Any], Colour, tuple[str, ...]]:
    """The one colour channel that carries the picture where the two others are empty, as with DAPI in blue."""
    if colour != "rgb" or values.ndim != 3:
        return values, colour, ()
    step = max(1, int(np.sqrt(values.shape[0] * values.shape[1] / 250_000)))
    small = values[::step, ::step, :3].reshape(-1, 3).astype(np.float32)
    spans = np.percentile(small, 99.5, axis=0) - np.percentile(small, 0.5, axis=0)
    best = int(np.argmax(spans))
    if spans[best] <= 0 or np.delete(spans, best).max() > 0.1 * spans[best]:
        return values, colour, ()
    name = ("red", "green", "blue")[best]
    return values[..., best], "grey", (f"Only the {name} channel carries a picture; it is shown.",)


def _to_unsigned(values: npt.NDArray[Any], bits: int) -> tuple[npt.NDArray[Any], int, tuple[str, ...]]:
    """Values as uint8 (full range) or uint16, their bits, and a note where they were rescaled."""
    kind = values.dtype.kind
    if kind == "b":
        return values.astype(np.uint8) * np.uint8(255), 8, ()
    if kind == "u" and values.dtype.itemsize == 1:
        if bits < 8:
            top = (1 << bits) - 1
            table = (np.arange(256, dtype=np.uint32).clip(0, top) * 255 // top).astype(np.uint8)
            return table[values], 8, ()
        return values, 8, ()
    if kind == "u" and values.dtype.itemsize == 2:
        significant = bits if 8 < bits <= 16 and not (values >> bits).any() else 16
        return values.astype(np.uint16, copy=False), significant, ()
    if kind == "i" and values.dtype.itemsize <= 2:
        shifted = values.astype(np.int32) - np.iinfo(values.dtype).min
        if values.dtype.itemsize == 1:
            return shifted.astype(np.uint8), 8, ()
        return shifted.astype(np.uint16), 16, ()
    if kind in "iuf":
        finite = np.isfinite(values) if kind == "f" else np.ones(values.shape, bool)
        if not finite.any():
            raise DecodeError("none of its pixels is a number; export it again as 8 or 16 bit")
        low, high = float(values[finite].min()), float(values[finite].max())
        lower, upper = robust_range(values[finite]) if np.isfinite(high - low) else (low, high)
        cut = (lower, upper) != (low, high)
        low, high = lower, upper
        span = high - low
        if not np.isfinite(span) or span <= 0:
            return np.zeros(values.shape, np.uint16), 16, (f"{values.dtype} pixels without any contrast.",)
        with np.errstate(invalid="ignore", over="ignore"):
            scaled = np.where(finite, (values.astype(np.float64) - low) / span, 0.0).clip(0.0, 1.0) * 65535.0
        notes = [f"Pixels of type {values.dtype} were brought to 16 bit."]
        notes += [f"A few pixels are far from all others; values from {low:g} to {high:g} are shown."] if cut else []
        return np.rint(scaled).astype(np.uint16), 16, tuple(notes)
    raise DecodeError(f"its pixels are of type {values.dtype}, which is no grey value; export it as 8 or 16 bit")


def _luminance(values: npt.NDArray[Any], colour: Colour, white: int) -> npt.NDArray[Any]:
    """(H, W) of the type of ``values``; weights 0.299, 0.587, 0.114 in 16-bit fixed point, so that grey stays exact."""
    if colour == "grey":
        return values if values.ndim == 2 else values[..., 0]
    grey = np.empty(values.shape[:2], values.dtype)
    for start in range(0, len(values), 256):
        part = values[start : start + 256].astype(np.uint64)
        if colour == "cmyk":
            ink = np.minimum(part, white)
            part = (white - ink[..., :3]) * (white - ink[..., 3:4]) // white
        weighted = part[..., 0] * 19595 + part[..., 1] * 38470 + part[..., 2] * 7471
        grey[start : start + 256] = (weighted + 32768) >> 16
    return grey


def _over_white(grey: npt.NDArray[Any], alpha: npt.NDArray[Any], white: int, premultiplied: bool) -> npt.NDArray[Any]:
    """The picture laid over white, the background of transmitted light."""
    cover, bits, _ = _to_unsigned(alpha, 8 * alpha.dtype.itemsize)
    # Some programs write an alpha channel of zeros and mean nothing by it.
    if not cover.any() or cover.min() == (1 << bits) - 1:
        return grey
    share = cover.astype(np.float32) / ((1 << bits) - 1)
    shown = grey.astype(np.float32) * (1.0 if premultiplied else share) + white * (1.0 - share)
    return np.clip(np.rint(shown), 0, white).astype(grey.dtype)


def oriented(grey: npt.NDArray[Any], orientation: int) -> npt.NDArray[Any]:
    """The picture upright, from EXIF orientation 1–8 (anything else counts as 1)."""
    if orientation in (5, 6, 7, 8):
        grey = grey.T
    flip_x = orientation in (2, 3, 6, 7)
    flip_y = orientation in (3, 4, 7, 8)
    return grey[:: -1 if flip_y else 1, :: -1 if flip_x else 1]
