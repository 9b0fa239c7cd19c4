"""Reading images: every format, depth, colour and orientation; bad files give one sentence that names them."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import zlib
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from karyoview.io.images import ImageError, count_pages, is_image_file, read_image, sha256_of


def drawing(height: int = 90, width: int = 130) -> np.ndarray:
    """A bright field with a few dark rods and some noise, (H, W) uint8, not symmetric in any way."""
    yy, xx = np.mgrid[:height, :width]
    grey = 225 + np.random.default_rng(5).integers(-6, 7, (height, width))
    for cx, cy, half in ((30, 25, 14), (80, 50, 20), (100, 20, 8)):
        grey[(abs(xx - cx) < 5) & (abs(yy - cy) < half)] -= 120
    return grey.astype(np.uint8)


GREY = drawing()
GREY16 = (GREY.astype(np.uint16) << 4) + 100
COLOUR = np.stack([GREY, np.roll(GREY, 3, 1), 255 - GREY // 2], -1)
LUMINANCE = np.asarray(Image.fromarray(COLOUR).convert("L"))


def save(path: Path, picture: np.ndarray | Image.Image, **options: object) -> Path:
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    image.save(path, **options)
    return path


LOSSLESS = {
    "a.png": lambda p: save(p, GREY),
    "a.bmp": lambda p: save(p, GREY),
    "a.webp": lambda p: save(p, GREY, lossless=True),
    "a.jp2": lambda p: p.write_bytes(imagecodecs.jpeg2k_encode(GREY, level=0, codecformat="jp2")),
    "a.j2k": lambda p: p.write_bytes(imagecodecs.jpeg2k_encode(GREY, level=0, codecformat="j2k")),
    "raw.tif": lambda p: tifffile.imwrite(p, GREY),
    "lzw.tif": lambda p: tifffile.imwrite(p, GREY, compression="lzw"),
    "predicted.tif": lambda p: tifffile.imwrite(p, GREY, compression="lzw", predictor=True),
    "deflate.tiff": lambda p: tifffile.imwrite(p, GREY, compression="deflate", rowsperstrip=16),
    "packbits.tif": lambda p: tifffile.imwrite(p, GREY, compression="packbits"),
    "jpeg2000.tif": lambda p: tifffile.imwrite(p, GREY, compression="jpeg2000"),
    "tiles.tif": lambda p: tifffile.imwrite(p, GREY, compression="deflate", tile=(32, 32)),
    "bigendian.tif": lambda p: tifffile.imwrite(p, GREY, byteorder=">"),
    "big.tif": lambda p: tifffile.imwrite(p, GREY, bigtiff=True),
    "white_is_zero.tif": lambda p: tifffile.imwrite(p, 255 - GREY, photometric="miniswhite"),
    "white_is_zero_lzw.tif": lambda p: tifffile.imwrite(p, 255 - GREY, photometric="miniswhite", compression="lzw"),
    "grey_as_rgb.png": lambda p: save(p, np.stack([GREY] * 3, -1)),
    "grey_as_rgb.bmp": lambda p: save(p, np.stack([GREY] * 3, -1)),
    "grey_palette.png": lambda p: save(p, Image.fromarray(GREY).convert("P")),
    "opaque.png": lambda p: save(p, np.dstack([GREY, np.full_like(GREY, 255)])),
    "empty_alpha.tif": lambda p: tifffile.imwrite(
        p, np.dstack([GREY, GREY, GREY, 0 * GREY]), photometric="rgb", extrasamples=["unassalpha"]
    ),
}


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_formats_give_the_pixels_back(tmp_path: Path, name: str) -> None:
    LOSSLESS[name](tmp_path / name)
    image = read_image(tmp_path / name)
    np.testing.assert_array_equal(image.pixels, GREY)
    assert image.name == name
    assert image.sha256 == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == sha256_of(tmp_path / name)
    assert not image.pixels.flags.writeable


COLOURED = {
    "a.png": lambda p: save(p, COLOUR),
    "a.bmp": lambda p: save(p, COLOUR),
    "a.webp": lambda p: save(p, COLOUR, lossless=True),
    "a.jp2": lambda p: p.write_bytes(imagecodecs.jpeg2k_encode(COLOUR, level=0, codecformat="jp2")),
    "planes.tif": lambda p: tifffile.imwrite(p, np.moveaxis(COLOUR, -1, 0), photometric="rgb", planarconfig="separate"),
    "pixels.tif": lambda p: tifffile.imwrite(p, COLOUR, photometric="rgb", compression="lzw"),
    "jpeg2000.tif": lambda p: tifffile.imwrite(p, COLOUR, photometric="rgb", compression="jpeg2000"),
    "cmyk.tif": lambda p: save(p, Image.fromarray(COLOUR).convert("CMYK")),
}


@pytest.mark.parametrize("name", COLOURED)
def test_colour_becomes_luminance(tmp_path: Path, name: str) -> None:
    COLOURED[name](tmp_path / name)
    assert np.abs(read_image(tmp_path / name).pixels.astype(int) - LUMINANCE).max() <= 1


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpeg_is_close(tmp_path: Path, mode: str) -> None:
    path = save(tmp_path / "a.jpg", Image.fromarray(GREY).convert("RGB").convert(mode), quality=95)
    assert np.abs(read_image(path).pixels.astype(int) - GREY).mean() < 2


@pytest.mark.parametrize("compression", ["jpeg", "tiff_lzw"])
def test_ycbcr_in_tiff_is_close(tmp_path: Path, compression: str) -> None:
    smooth = Image.fromarray(COLOUR).resize((60, 40)).resize((130, 90))
    picture = smooth if compression == "jpeg" else smooth.convert("YCbCr")
    path = save(tmp_path / "a.tif", picture, compression=compression)
    assert np.abs(read_image(path).pixels.astype(int) - np.asarray(smooth.convert("L"))).mean() < 3


SIXTEEN = {
    "a.png": lambda p: save(p, GREY16),
    "a.tif": lambda p: tifffile.imwrite(p, GREY16),
    "lzw.tif": lambda p: tifffile.imwrite(p, GREY16, compression="lzw", predictor=True),
    "big_endian.tif": lambda p: tifffile.imwrite(p, GREY16, byteorder=">", compression="deflate"),
    "jpeg2000.tif": lambda p: tifffile.imwrite(p, GREY16, compression="jpeg2000"),
    "a.jp2": lambda p: p.write_bytes(imagecodecs.jpeg2k_encode(GREY16, level=0, codecformat="jp2")),
    "colour.png": lambda p: p.write_bytes(imagecodecs.png_encode(np.stack([GREY16] * 3, -1))),
    "colour.tif": lambda p: tifffile.imwrite(p, np.stack([GREY16] * 3, -1), photometric="rgb"),
    "signed.tif": lambda p: tifffile.imwrite(p, (GREY16.astype(np.int32) - 32768).astype(np.int16)),
    "inverted.tif": lambda p: tifffile.imwrite(p, 65535 - GREY16, photometric="miniswhite"),
}


@pytest.mark.parametrize("name", SIXTEEN)
def test_sixteen_bit_keeps_its_values_and_shows_its_real_range(tmp_path: Path, name: str) -> None:
    SIXTEEN[name](tmp_path / name)
    image = read_image(tmp_path / name)
    np.testing.assert_array_equal(image.pixels, GREY16)
    assert image.display_range == (GREY16.min(), GREY16.max())
    assert image.to_uint8().min() == 0
    assert image.to_uint8().max() == 255


def test_twelve_bit_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(imagecodecs.jpeg_encode(GREY16, bitspersample=12, level=100))
    image = read_image(path)
    assert image.pixels.dtype == np.uint16
    assert np.abs(image.pixels.astype(int) - GREY16).mean() < 8


@pytest.mark.parametrize("bits", [1, 2, 4, 12])
def test_packed_tiff_samples(tmp_path: Path, bits: int) -> None:
    values = (GREY >> (8 - bits)) if bits < 8 else GREY16
    path = tmp_path / "packed.tif"
    path.write_bytes(packed_tiff(values, bits))
    pixels = read_image(path).pixels
    expected = values * (255 // ((1 << bits) - 1)) if bits < 8 else values
    np.testing.assert_array_equal(pixels, expected)


def packed_tiff(values: np.ndarray, bits: int, photometric: int = 1) -> bytes:
    """A TIFF with ``bits`` per sample, rows padded to whole bytes, as microscope cameras write it."""
    planes = (values[..., None] >> np.arange(bits - 1, -1, -1)) & 1
    rows = np.packbits(planes.reshape(len(values), -1).astype(np.uint8), axis=1).tobytes()
    height, width = values.shape
    tags = [(256, width), (257, height), (258, bits), (259, 1), (262, photometric), (273, 8), (277, 1), (278, height),
            (279, len(rows))]  # fmt: skip
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return struct.pack("<2sHI", b"II", 42, 8 + len(rows)) + rows + struct.pack("<H", len(tags)) + entries + bytes(4)


def test_bilevel_fax_tiff(tmp_path: Path) -> None:
    path = save(tmp_path / "a.tif", Image.fromarray(GREY > 150), compression="group4")
    np.testing.assert_array_equal(read_image(path).pixels, np.where(GREY > 150, 255, 0))


def test_float_tiff_is_brought_to_sixteen_bit_and_says_so(tmp_path: Path) -> None:
    values = GREY.astype(np.float32) / 7
    values[0, 0] = np.nan
    tifffile.imwrite(tmp_path / "a.tif", values)
    image = read_image(tmp_path / "a.tif")
    assert image.pixels.dtype == np.uint16
    assert "16 bit" in image.notes[0]
    assert np.corrcoef(image.pixels[1:].ravel(), GREY[1:].ravel())[0, 1] > 0.9999


def test_palette_and_transparency(tmp_path: Path) -> None:
    coloured = Image.fromarray(COLOUR).quantize(64)
    expected = np.asarray(coloured.convert("RGB").convert("L"))
    for name in ("a.png", "a.tif", "a.bmp"):
        assert np.abs(read_image(save(tmp_path / name, coloured)).pixels.astype(int) - expected).max() <= 1
    alpha = np.where(np.arange(130) < 40, 0, 255).astype(np.uint8) * np.ones((90, 1), np.uint8)
    pixels = read_image(save(tmp_path / "alpha.png", np.dstack([GREY, alpha]))).pixels
    assert (pixels[:, :40] == 255).all(), "transparent places are the white background"
    np.testing.assert_array_equal(pixels[:, 40:], GREY[:, 40:])


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif"])
def test_orientation_is_honoured(tmp_path: Path, suffix: str, orientation: int) -> None:
    turns = {1: 0, 2: None, 3: 2, 6: 3, 8: 1}
    stored = Image.fromarray(np.kron(GREY[::9, ::13], np.ones((16, 16), np.uint8)))
    path = tmp_path / f"a.{suffix}"
    if suffix == "tif":
        tifffile.imwrite(path, np.asarray(stored), extratags=[(274, 3, 1, orientation, True)])
    else:
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored.save(path, exif=exif, **({"quality": 100} if suffix == "jpg" else {}))
    pixels = read_image(path).pixels.astype(int)
    if orientation in (1, 3, 6, 8):
        expected = np.rot90(np.asarray(stored), turns[orientation] or 0)
    else:
        expected = {
            2: np.fliplr, 4: np.flipud, 5: np.transpose, 7: lambda a: np.rot90(a.T, 2),
        }[orientation](np.asarray(stored))  # fmt: skip
    assert pixels.shape == expected.shape
    assert np.abs(pixels - expected).max() <= 6


def test_pages(tmp_path: Path) -> None:
    path = tmp_path / "stack.tif"
    with tifffile.TiffWriter(path) as writer:
        for number in range(3):
            writer.write(np.roll(GREY, number, 0), subfiletype=2, compression="deflate")
        writer.write(GREY[::4, ::4], subfiletype=1)
    assert count_pages(path) == 3, "the thumbnail is no page"
    for number in range(3):
        image = read_image(path, page=number)
        np.testing.assert_array_equal(image.pixels, np.roll(GREY, number, 0))
        assert image.name == ("stack.tif" if number == 0 else f"stack.tif.p{number}")
        assert image.page == number
    with pytest.raises(ImageError, match=r"stack\.tif.*3 pages"):
        read_image(path, page=3)
    with pytest.raises(ImageError, match="one page"):
        read_image(save(tmp_path / "a.png", GREY), page=1)


def test_scale_from_ome_imagej_and_resolution(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "o.ome.tif", GREY, metadata={"axes": "YX", "PhysicalSizeX": 0.065, "PhysicalSizeY": 0.065}
    )
    tifffile.imwrite(
        tmp_path / "nm.ome.tif", GREY, metadata={"axes": "YX", "PhysicalSizeX": 110.0, "PhysicalSizeXUnit": "nm"}
    )
    tifffile.imwrite(tmp_path / "j.tif", GREY, imagej=True, resolution=(1 / 0.1, 1 / 0.1), metadata={"unit": "um"})
    tifffile.imwrite(tmp_path / "cm.tif", GREY, resolution=(1e4 / 0.08, 1e4 / 0.08), resolutionunit="CENTIMETER")
    tifffile.imwrite(tmp_path / "dpi.tif", GREY, resolution=(300, 300), resolutionunit="INCH")
    scales = {p.name: read_image(p).um_per_pixel for p in sorted(tmp_path.iterdir())}
    assert scales.pop("dpi.tif") is None, "a printer's resolution is no microscope's"
    assert scales == pytest.approx({"o.ome.tif": 0.065, "nm.ome.tif": 0.11, "j.tif": 0.1, "cm.tif": 0.08}, rel=1e-4)


def test_ome_xml_with_entities_gives_no_scale(tmp_path: Path) -> None:
    text = '<?xml version="1.0"?><!DOCTYPE o [<!ENTITY a "0.1">]><OME><Pixels PhysicalSizeX="&a;"/></OME>'
    tifffile.imwrite(tmp_path / "a.tif", GREY, description=text)
    assert read_image(tmp_path / "a.tif").um_per_pixel is None


@pytest.mark.parametrize("syntax", ["plain", "jpeg2000", "jpegls", "rle"])
def test_dicom(tmp_path: Path, syntax: str) -> None:
    dicom = dicom_file(syntax, np.stack([GREY16, GREY16[::-1]]))
    path = tmp_path / "a.dcm"
    path.write_bytes(dicom)
    assert count_pages(path) == 2
    image = read_image(path, page=1)
    np.testing.assert_array_equal(image.pixels, 4095 - GREY16[::-1])
    assert image.um_per_pixel == pytest.approx(0.1)
    unnamed = tmp_path / "IM000001"
    unnamed.write_bytes(dicom)
    assert read_image(unnamed).width == 130, "DICOM files often have no suffix"


def dicom_file(syntax: str, frames: np.ndarray) -> bytes:
    pydicom = pytest.importorskip("pydicom", reason="the extra karyoview[dicom] is not installed")
    from pydicom.dataset import FileDataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless, generate_uid

    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["a"])
    dataset = FileDataset("", {}, file_meta=meta, preamble=bytes(128))
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.NumberOfFrames, dataset.Rows, dataset.Columns = frames.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME1"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelSpacing = [0.0001, 0.0001]
    dataset.PixelData = frames.astype("<u2").tobytes()
    dataset["PixelData"].VR = "OW"
    uid = {"jpeg2000": JPEG2000Lossless, "jpegls": JPEGLSLossless, "rle": RLELossless}.get(syntax)
    if uid:
        dataset.compress(uid, generate_instance_uid=False)
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset)
    return buffer.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    data = zlib.compress(bytes(1 << 16))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def bad_files(folder: Path) -> dict[str, Path]:
    """Name → a file that is no readable picture."""
    files: dict[str, bytes] = {
        "empty.png": b"",
        "text.png": b"this is a letter to the laboratory\n" * 20,
        "zeros.tif": bytes(5000),
        "nothing.png": png_of_size(0, 0),
        "bomb.png": png_of_size(100_000, 100_000),
        "wide.png": png_of_size(90_000_000, 1),
        "magic.jpg": b"\xff\xd8\xff",
        "magic.tif": b"II*\x00",
        "magic.jp2": b"\x00\x00\x00\x0cjP  \r\n\x87\n",
        "magic.webp": b"RIFF\x10\x00\x00\x00WEBP",
        "magic.bmp": b"BM" + bytes(12) + b"\x28\x00\x00\x00",
        "magic.dcm": bytes(128) + b"DICM",
        "notes.txt": b"notes",
    }
    for name, write in {**LOSSLESS, "a.jpg": lambda p: save(p, GREY)}.items():
        write(folder / name)
        whole = (folder / name).read_bytes()
        (folder / name).unlink()
        files[f"half_{name}"] = whole[: len(whole) // 2]
        files[f"nearly_{name}"] = whole[: len(whole) - 1200]
    save(folder / "really_png.png", GREY)
    files["really_png.tif"] = (folder / "really_png.png").read_bytes()
    (folder / "really_png.png").unlink()
    tifffile.imwrite(folder / "huge.tif", GREY)
    huge = bytearray((folder / "huge.tif").read_bytes())
    with tifffile.TiffFile(folder / "huge.tif") as tif:
        for tag in (256, 257):
            entry = tif.pages[0].tags[tag]
            huge[entry.valueoffset : entry.valueoffset + 4] = struct.pack("<I", 100_000)
    files["huge.tif"] = bytes(huge)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "folder.png").mkdir()
    return {p.name: p for p in sorted(folder.iterdir())} | {"missing.png": folder / "missing.png"}


def test_bad_files_give_one_sentence_that_names_them(tmp_path: Path) -> None:
    for name, path in bad_files(tmp_path).items():
        with pytest.raises(ImageError) as caught:
            read_image(path)
        message = str(caught.value)
        assert name in message
        assert message.endswith(".")
        assert "\n" not in message
        assert len(message) - len(str(path)) < 260, message


def test_a_truncated_stack_is_refused_when_counted(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_bytes(b"II*\x00\x08\x00\x00\x00")
    with pytest.raises(ImageError, match=r"a\.tif"):
        count_pages(tmp_path / "a.tif")
    with pytest.raises(ImageError, match=r"b\.tif.*no such file"):
        count_pages(tmp_path / "b.tif")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_no_permission(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", GREY)
    path.chmod(0)
    with pytest.raises(ImageError, match="permission"):
        read_image(path)


def test_permission_error_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.png", GREY)

    def refuse(*_args: object, **_options: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(ImageError, match=r"a\.png: there is no permission"):
        read_image(path)


def test_device_files_are_not_opened(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(ImageError, match="ordinary file"):
        read_image(tmp_path / "a.png")


def test_a_flat_result_of_a_full_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200), np.uint8)
    for name, compression in (("a.tif", "jpeg2000"), ("b.tif", "lzw")):
        tifffile.imwrite(tmp_path / name, noise, compression=compression)
    monkeypatch.setattr(tifffile.TiffPage, "asarray", lambda *_a, **_k: np.zeros((200, 200), np.uint8))
    for name in ("a.tif", "b.tif"):
        with pytest.raises(ImageError, match=f"{name}.*flat"):
            read_image(tmp_path / name)


def test_a_palette_that_hides_the_picture_is_an_error(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (300, 300), np.uint8)
    tifffile.imwrite(
        tmp_path / "a.tif", noise, photometric="palette", colormap=np.zeros((3, 256), np.uint16), compression="lzw"
    )
    with pytest.raises(ImageError, match="flat"):
        read_image(tmp_path / "a.tif")


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.jpg", "a.jp2", "a.webp"])
def test_a_truly_blank_picture_opens_with_a_note(tmp_path: Path, name: str) -> None:
    blank = np.full((600, 800), 240, np.uint8)
    if name.endswith("jp2"):
        (tmp_path / name).write_bytes(imagecodecs.jpeg2k_encode(blank, level=0))
    else:
        save(tmp_path / name, blank, **({"compression": "tiff_lzw"} if name == "a.tif" else {}))
    image = read_image(tmp_path / name)
    assert abs(int(image.pixels[0, 0]) - 240) <= 1
    assert "grey value" in image.notes[-1]


def test_names_with_letters_of_any_script(tmp_path: Path) -> None:
    path = save(tmp_path / "Ломоносов 染色体 ü.png", GREY)
    assert read_image(path).name == "Ломоносов 染色体 ü.png"


def test_suffixes() -> None:
    for name in ("a.PNG", "b.TiF", "c.ome.tiff", "d.jp2", "e.WEBP", "f.dcm", "g.jpeg", "h.bmp"):
        assert is_image_file(Path(name)), name
    for name in ("a.txt", "png", "b.json", "c.png.bak", ".png"):
        assert not is_image_file(Path(name)), name


@pytest.mark.real
def test_real_metaphases_open(real_data: Path) -> None:
    for path in sorted((real_data / "taichung" / "images").glob("*.webp"))[:5]:
        image = read_image(path)
        assert 360 <= image.width <= 1360
        assert image.pixels.std() > 10
