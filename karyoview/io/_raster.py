"""PNG, JPEG, JPEG 2000, BMP and WebP: Pillow, and imagecodecs where Pillow would lose depth."""

from __future__ import annotations

import io
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
from PIL import Image

from karyoview.io._headers import (
    Header,
    bmp_header,
    jpeg2000_header,
    jpeg_header,
    png_header,
    webp_header,
)
from karyoview.io._samples import Colour, DecodeError, Samples, check_size

_ORIENTATION = 0x0112


def decode_png(data: bytes) -> Samples:
    """A PNG of any depth and colour type; 16-bit stays 16-bit."""
    header = png_header(data)
    check_size(header.width, header.height)
    payload = _png_payload(data)
    if header.bits == 16:
        values = np.asarray(imagecodecs.png_decode(data))
        return _from_channels(values, 16, payload=payload, orientation=_orientation(data))
    return _with_pillow(data, "PNG", header, payload)


def decode_jpeg(data: bytes) -> Samples:
    """A JPEG, 8 or 12 bit, grey, colour or CMYK."""
    header = jpeg_header(data)
    check_size(header.width, header.height)
    payload = len(data) - header.start
    if header.bits != 8:
        values = np.asarray(imagecodecs.jpeg_decode(data))
        return _from_channels(values, header.bits, payload=payload, orientation=_orientation(data))
    return _with_pillow(data, "JPEG", header, payload)


def decode_jpeg2000(data: bytes) -> Samples:
    """A JPEG 2000 file or codestream at its own depth."""
    header = jpeg2000_header(data)
    check_size(header.width, header.height, header.samples)
    payload = len(data) - header.start
    if not data.rstrip(b"\x00").endswith(b"\xff\xd9"):
        raise DecodeError("it is cut off before its end; copy it again from the microscope")
    if header.bits == 8 and header.samples == 3:
        return _with_pillow(data, "JPEG2000", header, payload)
    values = np.asarray(imagecodecs.jpeg2k_decode(data, numthreads=1))
    return _from_channels(values, header.bits, payload=payload)


def decode_bmp(data: bytes) -> Samples:
    """A BMP of any depth."""
    header = bmp_header(data)
    check_size(header.width, header.height)
    compressed = int.from_bytes(data[30:34], "little") in (1, 2)
    return _with_pillow(data, "BMP", header, len(data) - header.start if compressed else None)


def decode_webp(data: bytes) -> Samples:
    """A WebP; of an animation the first picture."""
    header = webp_header(data)
    check_size(header.width, header.height)
    if len(data) < int.from_bytes(data[4:8], "little") + 8:
        raise DecodeError("it is cut off before its end; copy it again from the microscope")
    return _with_pillow(data, "WEBP", header, len(data) - header.start)


def _with_pillow(data: bytes, kind: str, header: Header, payload: int | None) -> Samples:
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        if picture.size != (header.width, header.height):
            raise DecodeError("its header gives two different sizes")
        orientation = _exif_orientation(picture)
        picture.load()
        mode = picture.mode
        if mode == "P":
            mode = "RGBA" if "transparency" in picture.info else "RGB"
            values = np.asarray(picture.convert(mode))
        elif mode in ("YCbCr", "LAB", "HSV", "PA", "La"):
            mode = "RGB" if mode != "La" else "LA"
            values = np.asarray(picture.convert(mode))
        else:
            values = np.asarray(picture)
    bits = 8 * values.dtype.itemsize
    return _from_channels(values, bits, payload=payload, orientation=orientation, cmyk=mode == "CMYK")


def _from_channels(
    values: npt.NDArray[Any], bits: int, *, payload: int | None, orientation: int = 1, cmyk: bool = False
) -> Samples:
    """Samples from (H, W) or (H, W, 1–4): grey, grey + alpha, colour, colour + alpha or CMYK."""
    if values.ndim == 3 and values.shape[2] == 1:
        values = values[..., 0]
    channels = 1 if values.ndim == 2 else values.shape[2]
    if values.ndim not in (2, 3) or channels > 4:
        raise DecodeError(f"it has {channels} channels; export one grey or colour picture")
    alpha = values[..., -1] if channels in (2, 4) and not cmyk else None
    colour: Colour = "cmyk" if cmyk else "rgb" if channels >= 3 else "grey"
    return Samples(values, colour, bits, alpha=alpha, orientation=orientation, payload=payload)


def _orientation(data: bytes) -> int:
    # Pillow does not know 12-bit JPEG; such files come from devices that write no orientation.
    try:
        with Image.open(io.BytesIO(data)) as picture:
            return _exif_orientation(picture)
    except OSError:
        return 1


def _exif_orientation(picture: Image.Image) -> int:
    # Damaged EXIF beside a whole picture is no reason to refuse it.
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _png_payload(data: bytes) -> int:
    """Bytes in the IDAT chunks; DecodeError where the chain of chunks breaks off before IEND."""
    place, total = 8, 0
    while place + 12 <= len(data):
        length, kind = int.from_bytes(data[place : place + 4], "big"), data[place + 4 : place + 8]
        if kind == b"IEND":
            return total
        total += length if kind == b"IDAT" else 0
        place += 12 + length
    raise DecodeError("it is cut off before its end; copy it again from the microscope")
