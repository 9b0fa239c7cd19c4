"""Reading metaphase images of every supported format, each into one grey channel.

The file is read once; its SHA-256 and its pixels come from the same bytes. What a file is, its first
bytes say; a suffix that says otherwise is an error, because such a file was mislabelled somewhere.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from karyoview.core.image import MetaphaseImage
from karyoview.io._samples import DecodeError, ImageError, Samples, plausible_scale, to_grey
from karyoview.io.own_folder import plain_opener

__all__ = [
    "IMAGE_SUFFIXES",
    "ImageError",
    "count_pages",
    "is_image_file",
    "list_pictures",
    "orientation_of",
    "read_image",
    "sha256_of",
    "stacks",
    "upright_size",
]

MAX_FILE_BYTES: Final = 1 << 30

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class _Format:
    name: str
    suffixes: tuple[str, ...]


_FORMATS: Final = {
    "png": _Format("PNG", (".png",)),
    "jpeg": _Format("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif")),
    "jpeg2000": _Format("JPEG 2000", (".jp2", ".j2k", ".j2c", ".jpc", ".jpx", ".jpf")),
    "bmp": _Format("BMP", (".bmp", ".dib")),
    "webp": _Format("WebP", (".webp",)),
    "tiff": _Format("TIFF", (".tif", ".tiff")),
    "dicom": _Format("DICOM", (".dcm", ".dicom")),
    "czi": _Format("CZI", (".czi",)),
}
IMAGE_SUFFIXES: Final = frozenset(suffix for kind in _FORMATS.values() for suffix in kind.suffixes)


def is_image_file(path: Path) -> bool:
    """Whether the suffix is one of a supported image format (the file itself is not looked at)."""
    return path.suffix.lower() in IMAGE_SUFFIXES


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits; raises ImageError."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb", opener=plain_opener) as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise ImageError(_why_not(path, error)) from error
    return digest.hexdigest()


def count_pages(path: Path) -> int:
    """Pictures in a file: pages of a TIFF, frames of a DICOM file, else 1; raises ImageError."""
    start = _read(path, 140)
    kind = _kind_of(path, start)
    if kind == "tiff":
        from karyoview.io._tiff import count_tiff_pages

        return _guarded(path, kind, lambda: count_tiff_pages(path)) or _fail(path, "it holds no picture")
    if kind == "dicom":
        from karyoview.io._dicom import count_dicom_frames

        data = _read(path)
        return _guarded(path, kind, lambda: count_dicom_frames(data))
    if kind == "czi":
        from karyoview.io._czi import count_czi_pictures

        data = _read(path)
        return _guarded(path, kind, lambda: count_czi_pictures(data))
    return 1


def list_pictures(path: Path) -> tuple[list[int], str]:
    """The pages of a file that are pictures of their own, and a sentence about the others; raises ImageError.

    Planes of a stack, channels and smaller copies in a TIFF are left out; every page can still be read.
    """
    kind = _kind_of(path, _read(path, 140))
    if kind != "tiff":
        return list(range(count_pages(path))), ""
    from karyoview.io._tiff import tiff_cells

    pages, words = _guarded(path, kind, lambda: tiff_cells(path))
    if not pages:
        _fail(path, "it holds no picture")
    return pages, f"{path.name}: {words}." if words else ""


def stacks(path: Path) -> list[list[int]]:
    """The pages that are planes of each picture in a TIFF; raises ImageError."""
    kind = _kind_of(path, _read(path, 140))
    if kind != "tiff":
        _fail(path, "planes are read from TIFF only; export the stack as TIFF")
    from karyoview.io._tiff import tiff_stacks

    return _guarded(path, kind, lambda: tiff_stacks(path)) or _fail(path, "it holds no picture")


def upright_size(path: Path) -> tuple[int, int] | None:
    """(height, width) of a PNG, JPEG, BMP or WebP as it is shown, from its header; None for other formats or damage."""
    stored = _header_size(path)
    if stored is None:
        return None
    return stored[::-1] if orientation_of(path) in (5, 6, 7, 8) else stored


def orientation_of(path: Path) -> int:
    """The EXIF orientation (1–8) by which a file's first picture is turned upright; 1 where it says nothing."""
    from PIL import Image

    try:
        with Image.open(path) as picture:
            value = picture.getexif().get(0x0112, 1)
    except Exception:
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _header_size(path: Path) -> tuple[int, int] | None:
    from PIL import Image

    if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".webp"):
        return None
    try:
        with Image.open(path, formats=["PNG", "JPEG", "BMP", "WEBP"]) as picture:
            return picture.height, picture.width
    except Exception:
        return None


def read_image(path: Path, *, page: int = 0) -> MetaphaseImage:
    """One picture of a file as (H, W) uint8 or uint16; ``page`` counts from 0.

    16-bit pixels keep their values, with the range they really use as ``display_range``. Raises
    ImageError: one sentence that names the file, for anything that is not a readable picture.
    """
    data = _read(path)
    kind = _kind_of(path, data)

    def decode() -> MetaphaseImage:
        if page and kind not in ("tiff", "dicom", "czi"):
            raise DecodeError(f"a {_FORMATS[kind].name} file has one page, so there is no page {page + 1}")
        samples = _decoder(kind)(data, page)
        grey, display_range, notes = to_grey(samples)
        return MetaphaseImage(
            grey,
            name=f"{path.name}.p{page}" if page else path.name,
            sha256=hashlib.sha256(data).hexdigest(),
            display_range=display_range,
            um_per_pixel=plausible_scale(samples.um_per_pixel),
            page=page,
            notes=notes,
        )

    return _guarded(path, kind, decode)


def _decoder(kind: str) -> Callable[[bytes, int], Samples]:
    """The function that decodes a format; its library is imported only now."""
    if kind == "tiff":
        from karyoview.io._tiff import decode_tiff

        return decode_tiff
    if kind == "dicom":
        from karyoview.io._dicom import decode_dicom

        return decode_dicom
    if kind == "czi":
        from karyoview.io._czi import decode_czi

        return decode_czi
    from karyoview.io import _raster

    one_page: dict[str, Callable[[bytes], Samples]] = {
        "png": _raster.decode_png,
        "jpeg": _raster.decode_jpeg,
        "jpeg2000": _raster.decode_jpeg2000,
        "bmp": _raster.decode_bmp,
        "webp": _raster.decode_webp,
    }
    decode = one_page[kind]
    return lambda data, _page: decode(data)


def _kind_of(path: Path, data: bytes) -> str:
    """The format by the first bytes; ImageError when it is none, or another than the suffix says."""
    kind = _sniff(data)
    suffix = path.suffix.lower()
    if kind is None:
        if suffix in IMAGE_SUFFIXES:
            name = next(f.name for f in _FORMATS.values() if suffix in f.suffixes)
            _fail(path, f"this is no {name} picture, whatever its name says; copy it again from the microscope")
        _fail(path, "this is no image KaryoView reads (PNG, JPEG, JPEG 2000, BMP, WebP, TIFF, DICOM, CZI)")
    found = _FORMATS[kind]
    if suffix not in found.suffixes and not (kind == "dicom" and suffix not in IMAGE_SUFFIXES):
        _fail(path, f"the file holds a {found.name} picture, but its name ends in {suffix or 'nothing'!r}; "
              f"name it {path.stem}{found.suffixes[0]}")  # fmt: skip
    return kind


def _sniff(data: bytes) -> str | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith((b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")):
        return "jpeg2000"
    if data.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return "tiff"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "webp"
    if data[128:132] == b"DICM":
        return "dicom"
    if data.startswith(b"ZISRAWFILE\x00"):
        return "czi"
    if data.startswith(b"BM") and len(data) >= 18 and data[14:18] in _BMP_HEADERS:
        return "bmp"
    return None


_BMP_HEADERS: Final = frozenset(size.to_bytes(4, "little") for size in (12, 16, 40, 52, 56, 64, 108, 124))


def _read(path: Path, limit: int | None = None) -> bytes:
    """The bytes of a regular file, or its first ``limit``; raises ImageError."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            _fail(path, "this is a folder; choose an image in it, or open the folder as a case")
        if not stat.S_ISREG(status.st_mode):
            _fail(path, "this is not an ordinary file")
        if status.st_size == 0:
            _fail(path, "the file is empty; copy it again from the microscope")
        if status.st_size > MAX_FILE_BYTES:
            _fail(path, f"the file is larger than the {MAX_FILE_BYTES >> 20} MB that KaryoView opens")
        with open(path, "rb", opener=plain_opener) as file:
            return file.read(limit if limit is not None else MAX_FILE_BYTES)
    except (OSError, ValueError) as error:
        raise ImageError(_why_not(path, error)) from error


def _why_not(path: Path, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return f"{path}: there is no such file; it may have been moved or its disk is not connected."
    if isinstance(error, PermissionError):
        return f"{path}: there is no permission to read this file; ask whoever looks after the folder."
    if isinstance(error, IsADirectoryError):
        return f"{path}: this is a folder; choose an image in it, or open the folder as a case."
    return f"{path}: the file could not be read ({error}); check the disk or the network."


def _fail(path: Path, reason: str) -> NoReturn:
    raise ImageError(f"{path}: {reason}.")


def _guarded(path: Path, kind: str, work: Callable[[], _Result]) -> _Result:
    """Run a decoder; whatever a damaged file makes it raise becomes an ImageError that names the file."""
    try:
        return work()
    except ImageError:
        raise
    except DecodeError as error:
        raise ImageError(f"{path}: {error}.") from error
    except MemoryError as error:
        raise ImageError(f"{path}: the picture needs more memory than there is; close other programs.") from error
    except Exception as error:
        detail = " ".join(str(error).split())[:120] or type(error).__name__
        reason = f"the {_FORMATS[kind].name} file is damaged or cut off ({detail})"
        raise ImageError(f"{path}: {reason}; copy it again from the microscope.") from error
