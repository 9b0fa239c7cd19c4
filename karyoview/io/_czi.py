"""CZI files of Zeiss microscopes, by the extra ``karyoview[czi]``: scenes and times are pictures, planes are not.

Tiles of a scene are laid out by their places; of a Z stack and its channels the sharpest plane is shown.
"""

from __future__ import annotations

import io
import warnings
from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
from defusedxml import ElementTree

from karyoview.io._samples import DecodeError, Samples, check_size, plausible_scale

_Plane = dict[tuple[int, ...], list[Any]]


def count_czi_pictures(data: bytes) -> int:
    """Scenes times points in time."""
    with _opened(data) as file:
        return len(_pictures(file))


def decode_czi(data: bytes, page: int) -> Samples:
    """One scene at one time; ``page`` counts them from 0."""
    with _opened(data) as file:
        pictures = _pictures(file)
        if not 0 <= page < len(pictures):
            raise DecodeError(f"it has {len(pictures)} scenes or times, so there is no picture {page + 1}")
        planes = list(pictures[page].values())
        best, grey, sharpness = 0, None, -1.0
        for number, tiles in enumerate(planes):
            laid = _laid_out(tiles)
            seen = _sharpness(laid)
            if seen > sharpness:
                best, grey, sharpness = number, laid, seen
        assert grey is not None
        notes = (f"The sharpest of {len(planes)} planes and channels is shown (number {best + 1}).",)
        return Samples(
            grey,
            "rgb" if grey.ndim == 3 else "grey",
            8 * grey.dtype.itemsize,
            um_per_pixel=plausible_scale(_um_per_pixel(file)),
            notes=notes if len(planes) > 1 else (),
        )


def _opened(data: bytes) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import czifile
    except ImportError:
        raise DecodeError("CZI needs an extra: pip install 'karyoview[czi]'") from None
    return czifile.CziFile(io.BytesIO(data))


def _pictures(file: Any) -> list[_Plane]:
    """For each scene and time the tiles of every plane (Z, C and what else there is), full size only."""
    found: dict[tuple[int, int], _Plane] = defaultdict(lambda: defaultdict(list))
    for entry in file.subblock_directory:
        if entry.pyramid_type or tuple(entry.shape) != tuple(entry.stored_shape):
            continue
        place = dict(zip(entry.axes, entry.start, strict=True))
        plane = tuple(v for axis, v in place.items() if axis not in "STXYM0")
        found[place.get("S", 0), place.get("T", 0)][plane].append(entry)
    if not found:
        raise DecodeError("it holds no picture at full size")
    return [found[key] for key in sorted(found)]


def _laid_out(entries: list[Any]) -> npt.NDArray[Any]:
    """The tiles of one plane as (H, W) or (H, W, 3)."""
    lefts, tops, tiles = [], [], []
    for entry in entries:
        size = dict(zip(entry.axes, entry.shape, strict=True))
        check_size(size["X"], size["Y"], size.get("0", 1))
    for entry in entries:
        place = dict(zip(entry.axes, entry.start, strict=True))
        size = dict(zip(entry.axes, entry.shape, strict=True))
        values = np.asarray(entry.data_segment().data()).reshape(size["Y"], size["X"], -1)
        # CZI keeps colours as blue, green, red.
        tiles.append(values[..., 0] if values.shape[2] == 1 else values[..., 2::-1])
        lefts.append(place["X"])
        tops.append(place["Y"])
    left, top = min(lefts), min(tops)
    width = max(x + t.shape[1] for x, t in zip(lefts, tiles, strict=True)) - left
    height = max(y + t.shape[0] for y, t in zip(tops, tiles, strict=True)) - top
    check_size(width, height, tiles[0].dtype.itemsize)
    if len(tiles) == 1:
        return tiles[0]
    laid = np.full((height, width, *tiles[0].shape[2:]), tiles[0].max(), tiles[0].dtype)
    for x, y, tile in zip(lefts, tops, tiles, strict=True):
        laid[y - top : y - top + tile.shape[0], x - left : x - left + tile.shape[1]] = tile
    return laid


def _sharpness(grey: npt.NDArray[Any]) -> float:
    values = grey.astype(np.float32)
    values = values if values.ndim == 2 else values.mean(axis=2)
    return float(np.abs(np.diff(values, axis=0)).mean() + np.abs(np.diff(values, axis=1)).mean())


def _um_per_pixel(file: Any) -> float | None:
    """µm per pixel; CZI gives metres."""
    try:
        root = ElementTree.fromstring(file.metadata())
        for item in root.iter("Distance"):
            if item.get("Id") == "X":
                return float(item.findtext("Value")) * 1e6
    except Exception:
        return None
    return None
