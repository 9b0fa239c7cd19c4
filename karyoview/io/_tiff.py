"""TIFF, OME-TIFF and ImageJ TIFF: 1 to 64 bit, any photometric kind, strips and tiles, many pages."""

from __future__ import annotations

import io
import logging
import zlib
from pathlib import Path
from typing import Any, BinaryIO, Final

import cv2
import numpy as np
import numpy.typing as npt
import tifffile
from defusedxml import ElementTree

from karyoview.io._headers import jpeg2000_header, jpeg_header
from karyoview.io._samples import MAX_SIDE, Colour, DecodeError, Samples, check_size, plausible_scale

# tifffile reports damaged tags in the log; what matters is raised.
logging.getLogger("tifffile").addHandler(logging.NullHandler())

MAX_PAGES: Final = 10_000

_NONE, _LZW, _DEFLATE, _PACKBITS = (1,), (5,), (8, 32946), (32773,)
_CCITT, _JPEG, _JPEG2000 = (2, 3, 4), (7,), (33003, 33004, 33005, 34712)
_READABLE: Final = frozenset((*_NONE, *_LZW, *_DEFLATE, *_PACKBITS, *_CCITT, *_JPEG, *_JPEG2000))
_UM_PER_UNIT: Final = {
    "µm": 1.0, "μm": 1.0, "um": 1.0, "micron": 1.0, "microns": 1.0, "\\u00b5m": 1.0, "micrometer": 1.0,
    "nm": 1e-3, "mm": 1e3, "cm": 1e4, "m": 1e6, "inch": 25_400.0, "in": 25_400.0, "å": 1e-4,
}  # fmt: skip


def count_tiff_pages(source: Path | BinaryIO) -> int:
    """Full-size pages in a TIFF; thumbnails, masks and reduced copies do not count."""
    with tifffile.TiffFile(source) as file:
        return len(_full_pages(file))


def decode_tiff(data: bytes, page: int) -> Samples:
    """One page of a TIFF; ``page`` counts full-size pages from 0."""
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        pages = _full_pages(file)
        if not 0 <= page < len(pages):
            raise DecodeError(f"it has {len(pages)} page{'s' * (len(pages) != 1)}, so there is no page {page + 1}")
        return _decode_page(file, pages[page], data)


def _full_pages(file: tifffile.TiffFile) -> list[tifffile.TiffPage]:
    pages = []
    for number, page in enumerate(file.pages):
        if number >= MAX_PAGES:
            raise DecodeError(f"it has more than {MAX_PAGES} pages; split it into single metaphases")
        if isinstance(page, tifffile.TiffFrame):
            page = page.aspage()
        if not int(page.subfiletype) & 5:
            pages.append(page)
    return pages


def tiff_cells(source: Path | BinaryIO) -> tuple[list[int], str]:
    """The full-size pages that are pictures of their own, and a sentence where others are planes of them.

    Planes of a Z stack, channels and smaller copies of an earlier page are no cells; of a stack the sharpest
    plane stands for all, of channels the one with most contrast. Raises what damaged files make tifffile raise.
    """
    with tifffile.TiffFile(source) as file:
        pages = _full_pages(file)
        places = {page.index: number for number, page in enumerate(pages)}
        groups = _stacks(file, places)
        grouped = {k for group in groups for k in group}
        chosen = [group[_sharpest([pages[k] for k in group])] for group in groups]
        chosen += [k for k in range(len(pages)) if k not in grouped]
        chosen.sort()
        copies = [k for k in chosen if _is_copy(pages, k, chosen)]
        cells = [k for k in chosen if k not in copies]
        words = []
        planes = len(grouped) - len(groups)
        if planes:
            words.append(f"{planes} planes or channels belong to the pictures listed (the sharpest of each)")
        if copies:
            words.append(f"{len(copies)} smaller copies of its pictures are left out")
        return cells, "; ".join(words)


def tiff_stacks(source: Path | BinaryIO) -> list[list[int]]:
    """The pages of each picture; where nothing says which pages are planes, all of the first one's size are one."""
    with tifffile.TiffFile(source) as file:
        pages = _full_pages(file)
        groups = _stacks(file, {page.index: number for number, page in enumerate(pages)})
        if groups:
            return groups
        return [[k for k, p in enumerate(pages) if p.shape == pages[0].shape]] if pages else []


def _stacks(file: tifffile.TiffFile, places: dict[int, int]) -> list[list[int]]:
    """Groups of pages that are planes or channels of one picture, by what OME or ImageJ says of the axes."""
    if not (file.is_ome or file.is_imagej or file.is_lsm or file.is_stk):
        return []
    groups: list[list[int]] = []
    for series in file.series:
        axes, shape = series.axes, series.shape
        frames = [(a, n) for a, n in zip(axes, shape, strict=True) if a not in "YXS"]
        total = int(np.prod([n for _, n in frames])) if frames else 1
        indices = [p.index for p in series.pages if p is not None]
        if total <= 1 or len(indices) != total or any(k not in places for k in indices):
            continue
        numbers = np.array([places[k] for k in indices]).reshape([n for _, n in frames])
        inner = [k for k, (a, _) in enumerate(frames) if a in "ZC"]
        if not inner:
            continue
        moved = np.moveaxis(numbers, inner, range(numbers.ndim - len(inner), numbers.ndim))
        size = int(np.prod([frames[k][1] for k in inner]))
        groups += [[int(v) for v in row] for row in moved.reshape(-1, size)]
    return groups


def _small(page: tifffile.TiffPage, limit: int = 512) -> npt.NDArray[np.float32]:
    """A page as float32 grey, thinned out to at most ``limit`` pixels a side."""
    values = _channels_last(page.asarray(maxworkers=1), page)
    values = values if values.ndim == 2 else values.mean(axis=2)
    step = max(1, max(values.shape) // limit)
    return np.ascontiguousarray(values[::step, ::step], dtype=np.float32)


def _sharpest(pages: list[tifffile.TiffPage]) -> int:
    """The page whose neighbouring pixels differ most, which is the plane in focus and no empty channel."""
    scores = [
        float(np.abs(np.diff(_small(p), axis=0)).mean() + np.abs(np.diff(_small(p), axis=1)).mean()) for p in pages
    ]
    return int(np.argmax(scores))


def _is_copy(pages: list[tifffile.TiffPage], number: int, chosen: list[int]) -> bool:
    """Whether a page is a smaller copy of an earlier one: same shape, whole factor, same content."""
    page = pages[number]
    for earlier in (pages[k] for k in chosen if k < number):
        factor = earlier.imagewidth / max(page.imagewidth, 1)
        across = earlier.imagelength / max(page.imagelength, 1)
        if factor < 1.5 or abs(factor - across) > 0.05 * factor or abs(factor - round(factor)) > 0.05 * factor:
            continue
        if min(page.imagewidth, page.imagelength) < 4:
            return True
        large, small = _small(earlier, MAX_SIDE), _small(page, MAX_SIDE)
        shrunk = cv2.resize(large, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA)
        if shrunk.std() == 0 or small.std() == 0:
            if abs(float(shrunk.mean()) - float(small.mean())) < 2:
                return True
            continue
        if float(np.corrcoef(shrunk.ravel(), small.ravel())[0, 1]) > 0.8:
            return True
    return False


def _decode_page(file: tifffile.TiffFile, page: tifffile.TiffPage, data: bytes) -> Samples:
    check_size(page.imagewidth, page.imagelength, page.samplesperpixel * max(page.bitspersample // 8, 1))
    if page.imagedepth != 1:
        raise DecodeError("it is a volume, not a picture; export single planes")
    compression = int(page.compression)
    if compression not in _READABLE:
        raise DecodeError(
            f"its compression ({_name(page.compression)}) is not one KaryoView reads; save it with LZW, deflate or none"
        )
    payload = _check_segments(page, data, compression)
    if page.is_subsampled and compression not in _JPEG:
        values = _unsubsampled(page, data)
    else:
        values = _channels_last(page.asarray(maxworkers=1), page)

    photometric = int(page.photometric)
    bits, colour, alpha = page.bitspersample, "grey", None
    extra = [int(e) for e in page.extrasamples or ()]
    base = max(page.samplesperpixel - len(extra), 1)
    if values.ndim == 3 and extra and extra[0] in (1, 2) and base < values.shape[2]:
        alpha = values[..., base]
    notes: tuple[str, ...] = ()
    if photometric == 3:
        values, bits, colour = _through_palette(values, page), 8, "rgb"
    elif photometric == 2 or (photometric == 6 and compression in _JPEG and values.ndim == 3):
        colour = "rgb"
    elif photometric == 5:
        colour = "cmyk"
    elif photometric not in (0, 1, 6, 8, 9, 10):
        raise DecodeError(f"KaryoView does not read its kind of colours ({_name(page.photometric)}); save it as RGB")
    needed = {"grey": 1, "rgb": 3, "cmyk": 4}[colour]
    if (1 if values.ndim == 2 else values.shape[2]) < needed:
        raise DecodeError("its header names more colours than the file holds")
    if colour == "grey" and values.ndim == 3 and base > 1 and photometric in (0, 1):
        notes = (f"Channel 1 of {base} is shown.",)
    return Samples(
        values,
        _as_colour(colour),
        bits,
        alpha=alpha,
        premultiplied=extra[:1] == [1],
        white_is_zero=photometric == 0,
        orientation=_orientation(page),
        um_per_pixel=_scale(file, page),
        payload=payload,
        notes=notes,
    )


def _as_colour(name: str) -> Colour:
    return "rgb" if name == "rgb" else "cmyk" if name == "cmyk" else "grey"


def _name(value: object) -> str:
    return str(getattr(value, "name", value))


def _channels_last(values: npt.NDArray[Any], page: tifffile.TiffPage) -> npt.NDArray[Any]:
    """(H, W) or (H, W, C), also from planes that are stored one after the other."""
    height, width, samples = page.imagelength, page.imagewidth, page.samplesperpixel
    if samples == 1:
        return values.reshape(height, width)
    if int(page.planarconfig) == 2:
        return np.moveaxis(values.reshape(samples, height, width), 0, -1)
    return values.reshape(height, width, samples)


def _check_segments(page: tifffile.TiffPage, data: bytes, compression: int) -> int | None:
    """Compressed bytes of a page, None where nothing is compressed.

    A missing or short strip would come out black, and a JPEG in a strip may claim any size, so both
    are looked at before decoding. Raises DecodeError.
    """
    expected = int(np.prod(page.chunked)) if page.chunked else 0
    offsets, counts = page.dataoffsets, page.databytecounts
    contiguous = len(offsets) == 1 and compression in _NONE
    if len(offsets) != len(counts) or not offsets or (len(offsets) < expected and not contiguous):
        raise DecodeError("parts of the picture are missing from the file; copy it again from the microscope")
    for offset, count in zip(offsets, counts, strict=True):
        if offset <= 0 or count <= 0 or offset + count > len(data):
            raise DecodeError("it is cut off before its end; copy it again from the microscope")
        if compression in _JPEG:
            _check_inner(jpeg_header(data[offset : offset + count])[:2], page)
        elif compression in _JPEG2000:
            _check_inner(jpeg2000_header(data[offset : offset + count])[:2], page)
        elif compression in _DEFLATE:
            _check_deflate(data[offset : offset + count])
    return None if compression in _NONE else int(sum(counts))


def _check_deflate(segment: bytes) -> None:
    """DecodeError where a deflate stream is cut off (which decoders with a known size may accept)."""
    stream = zlib.decompressobj()
    size = 0
    rest = segment
    while rest and not stream.eof:
        size += len(stream.decompress(rest, 1 << 22))
        rest = stream.unconsumed_tail
        if size > 1 << 31:
            raise DecodeError("it unpacks to far more than its picture; it may be damaged on purpose")
    if not stream.eof:
        raise DecodeError("it is cut off before its end; copy it again from the microscope")


def _check_inner(size: tuple[int, ...], page: tifffile.TiffPage) -> None:
    limit = (page.tilewidth, page.tilelength) if page.is_tiled else (page.imagewidth, page.imagelength)
    if size[0] > limit[0] or size[1] > max(limit[1], page.rowsperstrip if not page.is_tiled else 0):
        raise DecodeError(f"a part of it says it is {size[0]} × {size[1]} pixels, more than its page")
    check_size(size[0], size[1])


def _unsubsampled(page: tifffile.TiffPage, data: bytes) -> npt.NDArray[Any]:
    """The picture through Pillow (libtiff), for YCbCr with shared colours, which tifffile leaves alone."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=["TIFF"]) as picture:
        picture.seek(page.index)
        if picture.size != (page.imagewidth, page.imagelength):
            raise DecodeError("its header gives two different sizes")
        return np.asarray(picture.convert("YCbCr"))


def _through_palette(values: npt.NDArray[Any], page: tifffile.TiffPage) -> npt.NDArray[Any]:
    table = page.colormap
    if table is None or values.ndim != 2 or values.dtype.kind not in "ub":
        raise DecodeError("its colour table is missing or damaged; save it as grey or RGB")
    table = np.asarray(table, dtype=np.uint16).reshape(3, -1)
    # The table has 16 bits by the book; some programs fill only the lower eight.
    eight = (table >> 8 if table.max(initial=0) > 255 else table).astype(np.uint8)
    colours: npt.NDArray[Any] = eight.T[np.minimum(values, table.shape[1] - 1).astype(np.intp)]
    return colours


def _orientation(page: tifffile.TiffPage) -> int:
    tag = page.tags.get(274)
    return int(tag.value) if tag is not None and isinstance(tag.value, int) else 1


def _scale(file: tifffile.TiffFile, page: tifffile.TiffPage) -> float | None:
    """µm per pixel from OME, ImageJ or the resolution tags, the first that a microscope can have."""
    for found in (_ome_scale(file, page.index), _imagej_scale(file, page), _tag_scale(page)):
        if plausible_scale(found) is not None:
            return found
    return None


def _ome_scale(file: tifffile.TiffFile, index: int) -> float | None:
    text = file.ome_metadata if file.is_ome else None
    if not text:
        return None
    try:
        root = ElementTree.fromstring(text)
    except Exception:
        return None
    # Every scene has its own scale; the one of the scene to which the page belongs counts.
    pixels = [e for e in root.iter() if e.tag.rpartition("}")[2] == "Pixels"]
    own = [k for k, s in enumerate(file.series) if any(p is not None and p.index == index for p in s.pages)]
    if len(pixels) > 1 and len(pixels) == len(file.series) and own:
        pixels = [pixels[own[0]]]
    for element in pixels:
        if element.get("PhysicalSizeX"):
            unit = _UM_PER_UNIT.get(element.get("PhysicalSizeXUnit", "µm").strip().lower())
            try:
                return float(element.get("PhysicalSizeX")) * unit if unit else None
            except ValueError:
                return None
    return None


def _imagej_scale(file: tifffile.TiffFile, page: tifffile.TiffPage) -> float | None:
    metadata = file.imagej_metadata if file.is_imagej else None
    unit = _UM_PER_UNIT.get(str((metadata or {}).get("unit", "")).strip().lower())
    density = _density(page)
    return unit / density if unit and density else None


def _tag_scale(page: tifffile.TiffPage) -> float | None:
    tag = page.tags.get(296)
    unit = {2: 25_400.0, 3: 10_000.0}.get(int(tag.value) if tag is not None else 2)
    density = _density(page)
    return unit / density if unit and density else None


def _density(page: tifffile.TiffPage) -> float | None:
    tag = page.tags.get(282)
    if tag is None:
        return None
    try:
        top, bottom = tag.value
        return float(top) / float(bottom) or None
    except (TypeError, ValueError, ZeroDivisionError):
        return None
