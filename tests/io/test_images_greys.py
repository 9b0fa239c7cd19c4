"""Greys for eyes: hot pixels, one colour, DICOM's ways to turn greys, and which pages of a TIFF are cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from karyoview.io.images import ImageError, list_pictures, read_image


def cell(light: float = 3500, dark: float = 900, shape: tuple[int, int] = (48, 64)) -> np.ndarray:
    grey = np.full(shape, light, np.float64)
    for k in range(4):
        grey[8:30, 6 + 14 * k : 12 + 14 * k] = dark + 60 * k
    return grey


@pytest.mark.parametrize(("dtype", "hot"), [(np.uint16, 65535), (np.float32, 1e9), (np.int32, 2_000_000)])
@pytest.mark.parametrize("cold", [False, True])
def test_a_hot_pixel_leaves_the_picture_readable(tmp_path: Path, dtype: type, hot: float, cold: bool) -> None:
    grey = cell() if not cold else cell(50_000, 47_000)
    grey[40, 40] = 0 if cold else hot
    if cold and dtype is not np.uint16:
        grey[40, 40] = -hot
    tifffile.imwrite(tmp_path / "a.tif", grey.astype(dtype))
    image = read_image(tmp_path / "a.tif")
    shown = image.to_uint8()
    assert int(shown[0, 0]) - int(shown[10, 8]) > 150
    assert any("few pixels" in n for n in image.notes)


def test_small_and_dark_things_are_no_outliers(tmp_path: Path) -> None:
    grey = np.full((400, 400), 3500, np.uint16)
    grey[10:16, 10:16] = 900
    tifffile.imwrite(tmp_path / "a.tif", grey)
    image = read_image(tmp_path / "a.tif")
    assert image.display_range == (900, 3500)
    assert image.notes == ()


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_the_channel_that_carries_the_picture_is_shown(tmp_path: Path, channel: int) -> None:
    colours = np.zeros((48, 64, 3), np.uint8)
    colours[..., channel] = 255 - cell(230, 20).astype(np.uint8)
    Image.fromarray(colours).save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png")
    assert np.array_equal(image.pixels, colours[..., channel])
    assert any("channel carries" in n for n in image.notes)


def test_coloured_pictures_stay_as_they_were(tmp_path: Path) -> None:
    colours = np.stack([cell(230, 20), cell(220, 60), cell(240, 90)], -1).astype(np.uint8)
    Image.fromarray(colours).save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png")
    assert image.notes == ()
    assert abs(int(image.pixels[0, 0]) - round(0.299 * 230 + 0.587 * 220 + 0.114 * 240)) <= 1


@pytest.mark.parametrize(
    ("members", "stored"),
    [
        ({}, "light"),
        ({"RescaleSlope": -1, "RescaleIntercept": 4095}, "dark"),
        ({"PresentationLUTShape": "INVERSE"}, "dark"),
        ({"PhotometricInterpretation": "MONOCHROME1"}, "dark"),
        ({"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}, "dark"),
        ({"PhotometricInterpretation": "MONOCHROME1", "RescaleSlope": -1, "RescaleIntercept": 4095}, "light"),
        ({"PixelPaddingValue": 0}, "padded"),
        (
            {"PixelPaddingValue": 0, "PixelPaddingRangeLimit": 3, "PhotometricInterpretation": "MONOCHROME1"},
            "padded dark",
        ),
    ],
)  # fmt: skip
def test_dicom_comes_out_on_light_ground(tmp_path: Path, members: dict[str, object], stored: str) -> None:
    pydicom = pytest.importorskip("pydicom")
    grey = cell() if stored in ("light", "padded") else 4095 - cell()
    if "padded" in stored:
        grey[:, 60:] = 0
    meta = pydicom.dataset.FileMetaDataset()
    meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = pydicom.uid.SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
    dataset = pydicom.dataset.FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = *grey.shape, 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 12, 11, 0
    dataset.PixelData = grey.astype("<u2").tobytes()
    for name, value in members.items():
        setattr(dataset, name, value)
    dataset.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    shown = read_image(tmp_path / "a.dcm").to_uint8()
    assert np.median(shown) > 200
    assert shown[10, 8] < 60
    assert shown[10, 62] > 200


def test_smaller_copies_as_pages_are_no_cells(tmp_path: Path) -> None:
    grey = cell(230, 20).astype(np.uint8)
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for page in (grey, grey[::2, ::2], grey[::4, ::4], 255 - grey):
            file.write(page, contiguous=False)
    pages, words = list_pictures(tmp_path / "a.tif")
    assert pages == [0, 3]
    assert "2 smaller copies" in words
    assert read_image(tmp_path / "a.tif", page=1).width == 32


@pytest.mark.parametrize("kind", ["ome", "imagej"])
def test_planes_and_channels_are_one_cell_the_sharpest(tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(1)
    sharp = rng.integers(0, 255, (48, 64)).astype(np.uint8)
    flat = np.full((48, 64), 120, np.uint8)
    stack = np.stack([[flat, flat], [flat, sharp], [flat, flat // 2 + sharp // 2]])
    path = tmp_path / ("a.ome.tif" if kind == "ome" else "a.tif")
    tifffile.imwrite(path, stack, metadata={"axes": "ZCYX"}, **({"imagej": True} if kind == "imagej" else {}))
    pages, words = list_pictures(path)
    assert pages == [3]
    assert "5 planes or channels" in words


def test_plain_pages_and_times_are_cells(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    stack = rng.integers(0, 255, (3, 48, 64)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", stack, photometric="minisblack")
    assert list_pictures(tmp_path / "a.tif") == ([0, 1, 2], "")
    tifffile.imwrite(tmp_path / "b.ome.tif", stack, metadata={"axes": "TYX"}, photometric="minisblack")
    assert list_pictures(tmp_path / "b.ome.tif") == ([0, 1, 2], "")


def test_each_scene_has_its_own_scale(tmp_path: Path) -> None:
    path = tmp_path / "a.ome.tif"
    with tifffile.TiffWriter(path, ome=True) as file:
        for scale in (0.065, 0.26):
            file.write(cell(230, 20).astype(np.uint8), metadata={"axes": "YX", "PhysicalSizeX": scale,
                       "PhysicalSizeXUnit": "µm"})  # fmt: skip
    assert [read_image(path, page=k).um_per_pixel for k in (0, 1)] == [0.065, 0.26]


def test_scenes_of_a_czi_are_cells_with_their_sharpest_plane() -> None:
    pytest.importorskip("czifile")
    path = Path(__file__).parents[1] / "fixtures" / "pictures" / "two-scenes.czi"
    assert list_pictures(path) == ([0, 1], "")
    for page in (0, 1):
        image = read_image(path, page=page)
        assert image.pixels.shape == (40, 50)
        assert image.um_per_pixel == pytest.approx(0.1)
        assert (image.pixels[0, 0], image.pixels[10, 10]) == (220 * 16, 60 * 16)
        assert "sharpest of 3 planes" in image.notes[0]


def test_a_damaged_czi_is_one_sentence(tmp_path: Path) -> None:
    pytest.importorskip("czifile")
    data = (Path(__file__).parents[1] / "fixtures" / "pictures" / "two-scenes.czi").read_bytes()
    for end in (20, 600, len(data) // 2):
        (tmp_path / "a.czi").write_bytes(data[:end])
        with pytest.raises(ImageError, match=r"a\.czi"):
            read_image(tmp_path / "a.czi")
