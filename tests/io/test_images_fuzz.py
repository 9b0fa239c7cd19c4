"""Mutated image files: each gives a picture or an ImageError, and never takes the program down.

A mutation follows from its number alone, so a failure is repeated with ``mutated(number)``. The files are
read in a process of their own with limited memory: a decoder that crashes or allocates without bound shows.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

QUICK = 2400
LONG = 40_000
# Numbers that once broke something; they run every time.
KEPT: tuple[int, ...] = ()


def originals() -> list[tuple[str, bytes]]:
    """Small files of every format: (suffix, bytes)."""
    grey = np.random.default_rng(1).integers(150, 255, (24, 40)).astype(np.uint8)
    grey[6:18, 10:14] = 60
    colour = np.stack([grey, grey[::-1], grey[:, ::-1]], -1)
    deep = grey.astype(np.uint16) << 4

    def pillow(picture: np.ndarray | Image.Image, kind: str, **options: object) -> bytes:
        buffer = io.BytesIO()
        (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(buffer, kind, **options)
        return buffer.getvalue()

    def tiff(picture: np.ndarray, **options: object) -> bytes:
        buffer = io.BytesIO()
        tifffile.imwrite(buffer, picture, **options)
        return buffer.getvalue()

    return [
        (".png", pillow(grey, "PNG")), (".png", pillow(deep, "PNG")),
        (".png", pillow(Image.fromarray(colour).quantize(16), "PNG")),
        (".png", imagecodecs.png_encode(colour.astype(np.uint16) * 257)),
        (".jpg", pillow(grey, "JPEG")), (".jpg", pillow(colour, "JPEG", progressive=True)),
        (".jpg", pillow(Image.fromarray(colour).convert("CMYK"), "JPEG")),
        (".jpg", imagecodecs.jpeg_encode(deep, bitspersample=12)),
        (".jp2", imagecodecs.jpeg2k_encode(grey, level=0, codecformat="jp2")),
        (".jp2", imagecodecs.jpeg2k_encode(colour, level=30, codecformat="jp2")),
        (".j2k", imagecodecs.jpeg2k_encode(deep, level=0, codecformat="j2k")),
        (".bmp", pillow(grey, "BMP")), (".bmp", pillow(colour, "BMP")),
        (".webp", pillow(grey, "WEBP")), (".webp", pillow(colour, "WEBP", lossless=True)),
        (".tif", tiff(grey)), (".tif", tiff(deep, compression="lzw", predictor=True)),
        (".tif", tiff(colour, photometric="rgb", compression="deflate", tile=(16, 16))),
        (".tif", tiff(grey, photometric="miniswhite", compression="packbits", rowsperstrip=4)),
        (".tif", tiff(grey, compression="jpeg2000")), (".tif", tiff(colour, photometric="rgb", compression="jpeg")),
        (".tif", tiff(np.stack([grey, grey]), compression="lzw", ome=True)),
        (".tif", pillow(Image.fromarray(grey > 128), "TIFF", compression="group4")),
        (".tif", pillow(Image.fromarray(colour).quantize(16), "TIFF")),
        (".tif", pillow(colour, "TIFF", compression="jpeg")),
        *dicom_original(deep),
    ]  # fmt: skip


def dicom_original(deep: np.ndarray) -> list[tuple[str, bytes]]:
    try:
        import pydicom
    except ImportError:
        return []
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.Rows, dataset.Columns = deep.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = deep.astype("<u2").tobytes()
    dataset["PixelData"].VR = "OW"
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset)
    return [(".dcm", buffer.getvalue())]


def mutated(number: int, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Mutation ``number``: a file with changed, lost, repeated or exchanged bytes."""
    rng = np.random.default_rng(number)
    suffix, whole = files[number % len(files)]
    data = bytearray(whole)
    head = min(len(data), 200)

    def place() -> int:
        return int(rng.integers(head if rng.random() < 0.6 else len(data)))

    changes: list[Callable[[], None]] = [
        lambda: data.__setitem__(place(), int(rng.integers(256))),
        lambda: data.__setitem__((at := place()), data[at] ^ (1 << int(rng.integers(8)))),
        lambda: _number(data, place(), rng),
        lambda: data.__delitem__(slice((at := place()), at + int(rng.integers(1, 40)))),
        lambda: data.__setitem__(slice(at := place(), at), data[at : at + int(rng.integers(1, 40))]),
        lambda: data.__setitem__(slice((at := place()), at + 8), bytes(rng.integers(0, 256, 8, np.uint8))),
        lambda: data.__delitem__(slice(int(rng.integers(8, max(len(data), 9))), None)),
    ]
    for _ in range(int(rng.integers(1, 5))):
        if len(data) > 8:
            changes[int(rng.integers(len(changes)))]()
            head = min(len(data), 200)
    return suffix, bytes(data)


def _number(data: bytearray, at: int, rng: np.random.Generator) -> None:
    """Put an integer that parsers stumble over."""
    value = int(rng.choice([0, 1, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 100_000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]))
    size = 4 if value > 0xFFFF else 2
    data[at : at + size] = value.to_bytes(size, "little" if rng.random() < 0.5 else "big")


def read_mutated(numbers: list[int], folder: Path) -> dict[str, int]:
    """Read each mutation; counts of pictures and errors. Anything but an ImageError is raised with its number."""
    from karyoview.io.images import ImageError, count_pages, read_image

    files = originals()
    outcome = {"picture": 0, "error": 0}
    for number in numbers:
        suffix, data = mutated(number, files)
        path = folder / f"fuzz{suffix}"
        path.write_bytes(data)
        try:
            for page in range(min(count_pages(path), 2)):
                image = read_image(path, page=page)
                assert image.pixels.ndim == 2, number
            outcome["picture"] += 1
        except ImageError as error:
            if path.name not in str(error) or "\n" in str(error):
                raise AssertionError(f"mutation {number}: not one sentence that names the file: {error}") from error
            outcome["error"] += 1
        except Exception as error:
            raise AssertionError(f"mutation {number} ({suffix}) raised {type(error).__name__}: {error}") from error
    return outcome


def run_apart(first: int, last: int, folder: Path) -> dict[str, int]:
    """:func:`read_mutated` in its own process with 3 GiB of memory."""
    command = [sys.executable, "-X", "faulthandler", str(Path(__file__)), str(first), str(last), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, f"{done.stdout[-300:]}\n{done.stderr[-3000:]}"
    pictures, errors = done.stdout.split()[-2:]
    return {"picture": int(pictures), "error": int(errors)}


def test_mutated_files_give_a_picture_or_an_error(tmp_path: Path) -> None:
    outcome = run_apart(0, QUICK, tmp_path)
    assert sum(outcome.values()) == QUICK + len(KEPT)
    assert min(outcome.values()) > QUICK // 20, f"the mutations are too mild or too wild: {outcome}"


@pytest.mark.long
@pytest.mark.parametrize("part", range(8))
def test_many_mutated_files(tmp_path: Path, part: int) -> None:
    step = LONG // 8
    first = QUICK + part * step
    assert sum(run_apart(first, first + step, tmp_path).values()) == step + len(KEPT)


def main() -> None:
    first, last, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
    outcome = read_mutated([*range(first, last), *KEPT], folder)
    print(outcome["picture"], outcome["error"])


if __name__ == "__main__":
    main()
