"""A metaphase image in memory: one channel, with what is known of its scale and origin."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError


@dataclass(frozen=True, slots=True, eq=False)
class MetaphaseImage:
    """One decoded metaphase.

    ``pixels`` is (H, W), uint8 or uint16, read-only, y down, bright background as in transmitted
    light. ``name`` is the file name, with ``.pN`` for page N ≥ 1 of a multi-page file;
    ``display_range`` the grey values shown as black and white; ``um_per_pixel`` is None where the
    file does not say; ``sha256`` is of the original file, hexadecimal, empty for made images.
    Raises KaryoViewError for other shapes or types.
    """

    pixels: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
    name: str = ""
    sha256: str = ""
    display_range: tuple[float, float] | None = None
    um_per_pixel: float | None = None
    page: int = 0
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.size == 0:
            raise KaryoViewError(f"{self.name or 'image'}: expected one grey channel, got shape {self.pixels.shape}.")
        if self.pixels.dtype not in (np.uint8, np.uint16):
            raise KaryoViewError(f"{self.name or 'image'}: expected 8 or 16 bit pixels, got {self.pixels.dtype}.")
        frozen = self.pixels.view()
        frozen.flags.writeable = False
        object.__setattr__(self, "pixels", frozen)

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    def to_uint8(self) -> npt.NDArray[np.uint8]:
        """The pixels as 8 bit (H, W), scaled by ``display_range`` or, for 16 bit, by their own range."""
        if self.pixels.dtype == np.uint8 and self.display_range is None:
            return self.pixels.astype(np.uint8, copy=False)
        low, high = self.display_range or (float(self.pixels.min()), float(self.pixels.max()))
        scaled = (self.pixels.astype(np.float32) - low) * (255.0 / max(high - low, 1e-6))
        shown: npt.NDArray[np.uint8] = np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
        return shown


def pixel_digest(pixels: npt.NDArray[np.uint8]) -> str:
    """SHA-256 of 8-bit pixels (H, W) and their shape: one picture has it under every name and in every format."""
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()
