"""Size and depth from the first bytes of a compressed picture, read before a decoder is let near it."""

from __future__ import annotations

from typing import NamedTuple

from karyoview.io._samples import DecodeError


class Header(NamedTuple):
    """Width and height in pixels, bits per sample, samples per pixel, and where the compressed picture begins."""

    width: int
    height: int
    bits: int
    samples: int
    start: int


_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def png_header(data: bytes) -> Header:
    """Header of a PNG; ``start`` is the first IDAT chunk."""
    if data[12:16] != b"IHDR" or len(data) < 33:
        raise DecodeError("its PNG header is damaged")
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}.get(data[25], 0)
    size = (int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    return Header(*size, data[24], samples, max(data.find(b"IDAT"), 0))


def jpeg_header(data: bytes) -> Header:
    """Header of a JPEG stream: the first frame; ``start`` is the first scan."""
    frame: tuple[int, int, int, int] | None = None
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            break
        marker = data[place + 1]
        if marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD8:
            place += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _JPEG_FRAMES and frame is None and place + 10 <= len(data):
            height, width = (int.from_bytes(data[place + k : place + k + 2], "big") for k in (5, 7))
            frame = (width, height, data[place + 4], data[place + 9])
        if marker == 0xDA:
            break
        place += 2 + length
    if frame is None:
        raise DecodeError("its JPEG header is damaged")
    return Header(*frame, place)


def jpeg2000_header(data: bytes) -> Header:
    """Header of a JPEG 2000 file or bare codestream; ``start`` is the codestream."""
    start = data.find(b"\xff\x4f\xff\x51")
    if start < 0 or len(data) < start + 43:
        raise DecodeError("its JPEG 2000 header is damaged")
    body = data[start + 4 :]
    x1, y1, x0, y0 = (int.from_bytes(body[k : k + 4], "big") for k in (4, 8, 12, 16))
    components = int.from_bytes(body[36:38], "big")
    return Header(x1 - x0, y1 - y0, (body[38] & 0x7F) + 1, components, start)


def bmp_header(data: bytes) -> Header:
    """Header of a BMP of any age; ``bits`` are per pixel."""
    if len(data) < 26:
        raise DecodeError("its BMP header is damaged")
    start, length = int.from_bytes(data[10:14], "little"), int.from_bytes(data[14:18], "little")
    if length == 12:
        width, height = (int.from_bytes(data[k : k + 2], "little") for k in (18, 20))
        return Header(width, height, int.from_bytes(data[24:26], "little"), 1, start)
    width, height = (int.from_bytes(data[k : k + 4], "little", signed=True) for k in (18, 22))
    return Header(width, abs(height), int.from_bytes(data[28:30], "little"), 1, start)


def webp_header(data: bytes) -> Header:
    """Header of a WebP: lossy, lossless or extended."""
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        width, height = (int.from_bytes(data[k : k + 3], "little") + 1 for k in (24, 27))
    elif kind == b"VP8L" and len(data) >= 25:
        packed = int.from_bytes(data[21:25], "little")
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and len(data) >= 30:
        width, height = (int.from_bytes(data[k : k + 2], "little") & 0x3FFF for k in (26, 28))
    else:
        raise DecodeError("its WebP header is damaged")
    return Header(width, height, 8, 3, 12)
