"""Karyogram and metaphase as pictures: for the report, and as PNG, TIFF or SVG of their own."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from karyoview._resources import resource
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.image import MetaphaseImage
from karyoview.core.karyogram import MARKERS, TRAY, Karyogram
from karyoview.imaging.karyogram_layout import Strip, label_room, lay_out, make_strips, render
from karyoview.imaging.masks import FloatArray, GreyArray
from karyoview.imaging.profile import band_level
from karyoview.io.atomic import write_atomic
from karyoview.report.content import ReportError
from karyoview.report.styles import font_runs

PRINT_DPI: Final = 300
ASPECT: Final = 1.3
_MIRRORED: Final = "†"
KARYOGRAM_SUFFIXES: Final = (".png", ".tif", ".tiff", ".svg")


@dataclass(frozen=True, slots=True, eq=False)
class KaryogramPicture:
    """A karyogram without text, (H, W) uint8, and where its labels stand, in the picture's pixels.

    ``labels`` are (text, x middle, y baseline) of ``label_size`` pixels, ``lines`` (x1, y, x2) under the slots;
    ``band_level`` the bands seen in a haploid set, None where too few classes are there.
    """

    pixels: GreyArray
    labels: tuple[tuple[str, float, float], ...]
    lines: tuple[tuple[float, float, float], ...]
    zoom: float
    band_level: int | None = None
    label_size: float = 12.0


def karyogram_picture(
    pixels: GreyArray,
    annotation: ImageAnnotation,
    *,
    zoom: float = 4.0,
    withhold_sex: bool = False,
    aspect: float = ASPECT,
    wide: int = 0,
) -> KaryogramPicture:
    """The karyogram of a cell at ``zoom`` pixels an image pixel; the tray is left out where it is empty.

    ``withhold_sex`` leaves the sex chromosomes out; ``aspect`` is the least width over height. With ``wide`` the
    zoom is the one that makes the picture so many pixels wide, 1 to 6. A chromosome that a person mirrored has a sign
    over it, which is explained below.
    """
    karyogram = Karyogram.of(annotation)
    strips = make_strips(pixels, annotation)
    return picture_of(karyogram, strips, zoom=zoom, withhold_sex=withhold_sex, aspect=aspect, wide=wide)


def picture_of(
    karyogram: Karyogram,
    strips: Mapping[str, Strip],
    *,
    zoom: float = 4.0,
    withhold_sex: bool = False,
    aspect: float = ASPECT,
    wide: int = 0,
) -> KaryogramPicture:
    """As :func:`karyogram_picture`, of strips that are there already."""
    label_height = label_room(strips)
    layout = lay_out(karyogram, strips, label_height=label_height, aspect=aspect, markers=False)
    if wide:
        zoom = min(max(wide / layout.width, 1.0), 6.0)
    hidden = {"X", "Y"} if withhold_sex else set()
    layout = replace(
        layout,
        placed=tuple(p for p in layout.placed if p.slot not in hidden),
        slots=tuple(s for s in layout.slots if s.slot not in hidden),
    )
    tray = bool(karyogram.slots[TRAY])
    labels, lines = [], []
    for area in layout.slots:
        if (area.slot == TRAY and not tray) or (area.slot == MARKERS and not karyogram.slots[MARKERS]):
            continue
        text = {TRAY: "not assigned"}.get(area.slot, area.slot)
        labels.append((text, area.label_x * zoom, area.label_y * zoom))
        line_y = (area.y + area.height + 4) * zoom
        lines.append(((area.label_x - area.line) * zoom, line_y, (area.label_x + area.line) * zoom))
    mirrored = [p for p in layout.placed if p.id in karyogram.mirrored and (tray or p.slot != TRAY)]
    labels += [(_MIRRORED, (p.x + p.width / 2) * zoom, (p.y - 2) * zoom) for p in mirrored]
    profiles: dict[str, list[FloatArray]] = {}
    for strip in strips.values():
        if strip.label and len(strip.profile):
            profiles.setdefault(strip.label, []).append(strip.profile)
    pixels = render(layout, strips, zoom, tray=tray)
    if mirrored:  # what the sign means stands on a line of its own below
        size = 0.55 * label_height * zoom
        labels.append((f"{_MIRRORED} mirror image", 6.0 * size, pixels.shape[0] + 1.1 * size))
        pixels = np.pad(pixels, ((0, round(1.6 * size)), (0, 0)), constant_values=255)
    return KaryogramPicture(pixels, tuple(labels), tuple(lines), zoom, band_level(profiles), 0.55 * label_height * zoom)


def export_karyogram(picture: KaryogramPicture, path: Path, title: str = "") -> None:
    """Write a karyogram as PNG, TIFF (both at 300 dpi) or SVG; raises ReportError for another suffix."""
    suffix = path.suffix.lower()
    if suffix not in KARYOGRAM_SUFFIXES:
        raise ReportError(
            f"{path.name}: a karyogram is written as .png, .tif or .svg, not {suffix or 'without a suffix'}."
        )
    if suffix == ".svg":
        write_atomic(path, karyogram_svg(picture, title).encode("utf-8"))
        return
    image = karyogram_image(picture, title)
    buffer = io.BytesIO()
    kind = "PNG" if suffix == ".png" else "TIFF"
    options = {} if kind == "PNG" else {"compression": "tiff_deflate"}
    image.save(buffer, kind, dpi=(PRINT_DPI, PRINT_DPI), **options)
    write_atomic(path, buffer.getvalue())


def karyogram_image(picture: KaryogramPicture, title: str = "") -> Image.Image:
    """The karyogram with its labels drawn in, 8 bit grey."""
    head = round(26 * picture.zoom) if title else 0
    height, width = picture.pixels.shape
    image = Image.new("L", (width, height + head), 255)
    image.paste(Image.fromarray(picture.pixels), (0, head))
    draw = ImageDraw.Draw(image)
    font = _pil_font(round(picture.label_size))
    for text, x, y in picture.labels:
        draw.text((x, y + head), text, fill=0, font=font, anchor="ms")
    for x1, y, x2 in picture.lines:
        draw.line((x1, y + head, x2, y + head), fill=0, width=max(round(picture.zoom * 0.6), 1))
    if title:
        _draw_title(draw, (8 * picture.zoom, 18 * picture.zoom), title, font)
    return image


def karyogram_svg(picture: KaryogramPicture, title: str = "") -> str:
    """The karyogram as SVG: chromosomes as one embedded picture, labels and lines as text and vectors."""
    ok, coded = cv2.imencode(".png", picture.pixels)
    if not ok:
        raise ReportError("The karyogram could not be written as a picture; try again or choose PNG.")
    height, width = picture.pixels.shape
    size = picture.label_size
    source = "data:image/png;base64," + base64.b64encode(coded.tobytes()).decode()
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">',
        f"<title>{escape(title or 'Karyogram')}</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<image width="{width}" height="{height}" href={quoteattr(source)}/>',
        f'<g font-family="DejaVu Sans, sans-serif" font-size="{size:g}" text-anchor="middle">',
        *(f'<text x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>' for text, x, y in picture.labels),
        "</g>",
        f'<g stroke="black" stroke-width="{picture.zoom * 0.6:g}">',
        *(f'<line x1="{x1:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}"/>' for x1, y, x2 in picture.lines),
        "</g>",
        "</svg>",
    ]
    return "\n".join(rows)


def metaphase_picture(image: MetaphaseImage, least: int = 900) -> tuple[GreyArray, float]:
    """The metaphase at print resolution, (H, W) uint8, and its zoom; nothing is drawn into it."""
    pixels = image.to_uint8()
    zoom = max(1.0, least / max(pixels.shape))
    if zoom == 1.0:
        return pixels, 1.0
    size = (round(pixels.shape[1] * zoom), round(pixels.shape[0] * zoom))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8), zoom


def scale_bar(um_per_pixel: float, width_px: float) -> tuple[float, float]:
    """A round length in µm of about a fifth of a picture of ``width_px`` image pixels, and its pixels."""
    target = um_per_pixel * width_px / 5
    power = 10.0 ** math.floor(math.log10(target))
    length = max(step * power for step in (1.0, 2.0, 5.0) if step * power <= target)
    return length, length / um_per_pixel


@lru_cache(maxsize=24)
def _pil_font(size: int, file: str = "report-sans.ttf") -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(resource("fonts", file)), max(size, 6), layout_engine=ImageFont.Layout.BASIC)


def _draw_title(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], title: str, font: ImageFont.FreeTypeFont
) -> None:
    """A title run by run, each in a font that has its letters, as the report's text is."""
    x, y = place
    for file, words in font_runs(title):
        own = _pil_font(round(font.size), file)
        draw.text((x, y), words, fill=0, font=own, anchor="ls")
        x += own.getlength(words)
