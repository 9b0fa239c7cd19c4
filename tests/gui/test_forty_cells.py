"""Forty cells of every suffix, name and depth: import, window, report and every export, with nothing silently lost."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import imagecodecs
import numpy as np
import pypdfium2
import pytest
import tifffile
from PIL import Image

from karyoview.case.case import Case
from karyoview.cli import run
from karyoview.core.annotation import ReviewState
from karyoview.io.formats import FORMATS, Remarks, read_annotations
from karyoview.report.content import collect_report
from karyoview.report.export import export_proficiency, report_csv, report_hl7, report_json
from karyoview.report.pdf import report_pdf
from karyoview.services.export import PICTURES, TABLES, ExportOptions, export_case

BOXES = [(20 + 34 * k, 20, 14, 60) for k in range(4)]


def cell(number: int) -> np.ndarray:
    grey = np.full((110, 160), 232, np.uint8)
    for x, y, w, h in BOXES:
        cv2.rectangle(grey, (x + 3, y + 3), (x + w - 4, y + h - 4), 60 + number, -1)
    return grey


Writer = Callable[[Path, np.ndarray], None]


def pillow(mode: str = "L", **options: object) -> Writer:
    def write(path: Path, grey: np.ndarray) -> None:
        kinds = {"jpe": "JPEG", "jfif": "JPEG", "jpg": "JPEG", "dib": "BMP", "tif": "TIFF"}
        kind = path.suffix[1:].lower()
        Image.fromarray(grey).convert(mode).save(path, kinds.get(kind, kind.upper()), **options)

    return write


def jpeg2000(path: Path, grey: np.ndarray) -> None:
    form = "j2k" if path.suffix.lower() in (".j2k", ".j2c", ".jpc") else "jp2"
    path.write_bytes(imagecodecs.jpeg2k_encode(grey, codecformat=form, level=0))


def tiff(scale: float = 1.0, dtype: type = np.uint8, hot: float | None = None, **options: object) -> Writer:
    def write(path: Path, grey: np.ndarray) -> None:
        values = (grey.astype(np.float64) * scale).astype(dtype)
        if hot is not None:
            values[100, 100] = hot
        tifffile.imwrite(path, values, **options)

    return write


def png16(path: Path, grey: np.ndarray) -> None:
    path.write_bytes(imagecodecs.png_encode(grey.astype(np.uint16) * 17))


def blue(path: Path, grey: np.ndarray) -> None:
    colours = np.zeros((*grey.shape, 3), np.uint8)
    colours[..., 2] = 255 - grey
    Image.fromarray(colours).save(path)


def two_pages(path: Path, grey: np.ndarray) -> None:
    tifffile.imwrite(path, np.stack([grey, grey[::-1].copy()[::-1]]), photometric="minisblack")


def dicom(bits: int, **members: object) -> Writer:
    def write(path: Path, grey: np.ndarray) -> None:
        pydicom = pytest.importorskip("pydicom")
        meta = pydicom.dataset.FileMetaDataset()
        meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        meta.MediaStorageSOPClassUID = pydicom.uid.SecondaryCaptureImageStorage
        meta.MediaStorageSOPInstanceUID = pydicom.uid.generate_uid()
        data = pydicom.dataset.FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
        data.Rows, data.Columns, data.SamplesPerPixel, data.PixelRepresentation = *grey.shape, 1, 0
        data.PhotometricInterpretation = "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit = (8 if bits == 8 else 16), bits, bits - 1
        turned = "RescaleSlope" in members or "PresentationLUTShape" in members
        values = (255 - grey if turned else grey).astype(np.uint16) * (1 << (bits - 8))
        data.PixelData = values.astype("u1" if bits == 8 else "<u2").tobytes()
        for name, value in members.items():
            setattr(data, name, value)
        data.save_as(path, enforce_file_format=True)

    return write


CELLS: dict[str, Writer] = {
    "c00.png": pillow(), "c01 with blanks.PNG": pillow("RGB"), "c02.a.b.c.png": pillow("RGBA"), "c03.png": png16,
    "c04.Png": pillow("P"), "c05-blue.png": blue, "c06.jpg": pillow(quality=95), "c07.JPG": pillow("RGB", quality=95),
    "c08.jpeg": pillow(quality=95), "c09.jpe": pillow(quality=95), "c10.jfif": pillow(quality=95),
    "c11.bmp": pillow(), "c12.dib": pillow(), "c13.webp": pillow("RGB", lossless=True), "c14.jp2": jpeg2000,
    "c15.j2k": jpeg2000, "c16.jpx": jpeg2000, "c17.J2C": jpeg2000, "c18.tif": tiff(), "c19.tiff": tiff(),
    "c20.TIF": tiff(16, np.uint16), "c21-hot.tif": tiff(14, np.uint16, hot=65535),
    "c22-float.tif": tiff(0.01, np.float32), "c23-outlier.tif": tiff(1, np.float32, hot=1e12),
    "c24-signed.tif": tiff(100, np.int16),
    "c25-32bit.tif": tiff(1000, np.uint32), "c26-lzw.tif": tiff(compression="lzw"),
    "c27-white-is-zero.tif": tiff(photometric="miniswhite"), "c28.ome.tif": tiff(metadata={"axes": "YX"}),
    "c29-pages.tif": two_pages, "c30.dcm": dicom(8), "c31.DCM": dicom(12), "c32.dicom": dicom(16),
    "c33-slope.dcm": dicom(12, RescaleSlope=-1, RescaleIntercept=4095),
    "c34-shape.dcm": dicom(12, PresentationLUTShape="INVERSE"), "c35 Größe é.png": pillow(),
    "c36 خلية مريض.png": pillow(), "c37 染色体.jpg": pillow(quality=95), "c38 🧬.tif": tiff(),
    "c39 Хромосома.bmp": pillow(),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "Fälle" / "forty"
    place.mkdir(parents=True)
    for number, (name, write) in enumerate(CELLS.items()):
        grey = cell(number)
        write(place / name, 255 - grey if "white-is-zero" in name else grey)
    return place


def coco_of(names: list[str], path: Path) -> Path:
    """Boxes for every cell; every third picture is known by another suffix, as after a conversion."""
    images = [
        {
            "id": k,
            "file_name": name if k % 3 or name.endswith(".p1") else f"set/{Path(name).stem}.tif",
            "width": 160,
            "height": 110,
        }
        for k, name in enumerate(names)
    ]
    rows = [
        {"id": 10 * k + j, "image_id": k, "category_id": j % 3 + 1, "bbox": list(box), "iscrowd": 0}
        for k in range(len(names)) for j, box in enumerate(BOXES)
    ]  # fmt: skip
    categories = [{"id": k, "name": n} for k, n in ((1, "1"), (2, "7"), (3, "X"))]
    path.write_text(json.dumps({"images": images, "annotations": rows, "categories": categories}), encoding="utf-8")
    return path


def pdf_text(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    return text


def review(case: Case, image: str) -> None:
    old = case.annotation(image)
    case.save_annotation(replace(old, state=ReviewState.REVIEWED, revision=old.revision + 1), "reviewed")


def test_forty_cells_go_through_everything(driver, folder: Path, tmp_path: Path, capsys) -> None:
    with Case.open(folder, user="ana") as case:
        names = [c.image for c in case.cells]
        assert len(names) == len(CELLS) + 1, "one file has two pages"
        assert {c.file for c in case.cells} == set(CELLS)
    assert (
        run(["convert", str(coco_of(names, tmp_path / "c.json")), str(folder), "--from", "coco", "--to", "case"]) == 0
    )
    assert f"{len(names)} of {len(names)} annotations were taken" in capsys.readouterr().out

    driver.open(folder)
    assert len(driver.session.images) == len(names)
    seen = []
    for _ in names:
        image = driver.session.current
        driver.until(lambda i=image: driver.window.picture.image == i and driver.view.size_yx == (110, 160))
        screen = driver.view.grab().toImage()
        middle, ground = driver.at(26.5, 50), driver.at(43, 50)
        contrast = screen.pixelColor(ground).lightness() - screen.pixelColor(middle).lightness()
        assert (abs(contrast) if image == "c05-blue.png" else contrast) > 40, image
        assert len(driver.annotation.chromosomes) == len(BOXES), image
        seen.append(image)
        driver.key("D")
    assert sorted(seen) == sorted(names)
    driver.window.close()

    with Case.open(folder, user="ana") as case:
        for record in case.cells:
            image = case.read_image(record.image).to_uint8()
            image = 255 - image if record.image == "c05-blue.png" else image
            assert np.median(image) > 180, record.image
            assert image[50, 26] < 140, record.image
            review(case, record.image)
        content = collect_report(case, pictures=len(names))
        assert content.remarks == () or not any("left" in r for r in content.remarks), content.remarks
        text = pdf_text(report_pdf(content))
        for number in range(len(CELLS)):
            assert f"c{number:02d}" in text
        assert "染色体" in text
        assert "Größe é" in text
        assert "c38 [U+1F9EC].tif" in text
        assert "خلية" in text
        assert "مريض" in text
        report = json.loads(report_json(content))
        assert all(name in json.dumps(report, ensure_ascii=False) for name in names)
        assert all(name in report_csv(content) for name in names)
        message = report_hl7(content)
        assert "OBX" in message
        counted = next(line for line in message.replace("\r", "\n").split("\n") if "KV-CELLS" in line)
        assert str(len(content.tally.counted)) in counted
        assert len(export_proficiency(case, names[:10], tmp_path / "proficiency")) >= 10

        remarks = Remarks()
        annotations = {n: case.annotation(n) for n in names}
        options = ExportOptions(tuple(FORMATS), PICTURES, TABLES)
        files = export_case(case, annotations, options, tmp_path / "out", remarks=remarks)
        assert (remarks.left_out, remarks.changed) == ([], [])
        assert all(f.is_file() and f.stat().st_size for f in files)
    for fmt in FORMATS:
        place = tmp_path / "out" / ("annotations-coco.json" if fmt == "coco" else f"annotations-{fmt}")
        found = read_annotations(place, fmt, images=folder, remarks=remarks)
        assert sorted(a.image for a in found) == sorted(names), fmt
        assert all(len(a.chromosomes) == len(BOXES) for a in found), fmt
    assert remarks.left_out == []
    for kind in PICTURES[:3]:
        assert {p.name for p in (tmp_path / "out" / "overlays").glob(f"*.{kind}")} >= {f"{n}.{kind}" for n in names}
    for kind in ("metaphase", "karyogram"):
        assert {p.name for p in (tmp_path / "out" / "dicom").iterdir()} >= {f"{n}.{kind}.dcm" for n in names}
    with open(tmp_path / "out" / "counts.csv", encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file)][1:] == names


def test_a_vanished_original_and_a_broken_one_stop_nothing(folder: Path, tmp_path: Path, capsys) -> None:
    with Case.open(folder, user="ana") as case:
        names = [c.image for c in case.cells]
    assert (
        run(["convert", str(coco_of(names, tmp_path / "c.json")), str(folder), "--from", "coco", "--to", "case"]) == 0
    )
    with Case.open(folder, user="ana") as case:
        for name in names:
            review(case, name)
    (folder / "c00.png").unlink()
    (folder / "c11.bmp").write_bytes(b"BM broken")
    capsys.readouterr()
    arguments = ["export", str(folder), "-o", str(tmp_path / "out"), "--picture", "png", "--format", "yolo"]
    assert run([*arguments, "--table", "csv"]) == 3
    printed = capsys.readouterr().err
    assert "c00.png" in printed
    assert "c11.bmp" in printed
    drawn = {p.name.removesuffix(".png") for p in (tmp_path / "out" / "overlays").glob("*.png")}
    assert set(names) - drawn == {"c00.png", "c11.bmp"}, printed
    assert len(list((tmp_path / "out" / "annotations-yolo" / "labels").glob("*.txt"))) == len(names)
    with Case.open(folder, read_only=True) as case:
        content = collect_report(case, pictures=len(names))
        assert any("c00.png" in remark for remark in content.remarks)
        assert "c00.png" in pdf_text(report_pdf(content))
