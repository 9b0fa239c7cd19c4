"""Masks as COCO run-length strings: column by column, the compressed form of the COCO tools."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError


def encode_mask(mask: npt.NDArray[np.bool_] | npt.NDArray[np.uint8]) -> str:
    """The string of an (H, W) mask; anything but 0 is inside."""
    flat = np.asarray(mask).astype(bool).ravel(order="F")
    edges = np.flatnonzero(np.diff(flat)) + 1
    starts = [0, *edges.tolist(), flat.size]
    counts = [b - a for a, b in pairwise(starts)]
    if flat.size and flat[0]:  # the first run is always outside
        counts.insert(0, 0)
    text = []
    for i, count in enumerate(counts):
        value = count - counts[i - 2] if i > 2 else count
        while True:
            digit, value = value & 0x1F, value >> 5
            more = value != -1 if digit & 0x10 else value != 0
            text.append(chr((digit | (0x20 if more else 0)) + 48))
            if not more:
                break
    return "".join(text)


def decode_mask(text: str, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """The (H, W) mask of a string; KaryoViewError when it does not fill ``size`` (height, width)."""
    counts: list[int] = []
    value, shift = 0, 0
    for letter in text:
        digit = ord(letter) - 48
        if not 0 <= digit < 64 or shift > 60:
            raise KaryoViewError("A mask's run-length string is damaged; leave the mask out or draw it again.")
        value |= (digit & 0x1F) << shift
        shift += 5
        if digit & 0x20:
            continue
        if digit & 0x10:
            value -= 1 << shift
        counts.append(value + counts[-2] if len(counts) > 2 else value)
        value, shift = 0, 0
    height, width = size
    if shift or any(c < 0 for c in counts) or sum(counts) != height * width:
        raise KaryoViewError(f"A mask's run-length string does not fill an image of {width} × {height} pixels.")
    inside = np.zeros(len(counts), dtype=bool)
    inside[1::2] = True
    return np.repeat(inside, counts).reshape(height, width, order="F")
