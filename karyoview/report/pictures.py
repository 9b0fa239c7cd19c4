"""Karyogram and metaphase as pictures: for the report, and as PNG, TIFF or SVG of their own."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from karyoview._resources import resource
from karyoview.core.annotation import ImageAnnotation
from karyoview.core.image import MetaphaseImage
from karyoview.core.karyogram import MARKERS, TRAY, Karyogram
from karyoview.core.karyogram_notes import KaryogramNote, notes_of
from karyoview.imaging.karyogram_layout import Layout, Strip, label_room, lay_out, make_strips, render
from karyoview.imaging.karyogram_look import KaryogramLook
from karyoview.imaging.karyogram_shapes import (
    IDEOGRAM_SPACE,
    AreaShape,
    LineShape,
    Shape,
    layout_ideograms,
    note_shapes,
    scaled,
)
from karyoview.imaging.masks import GreyArray
from karyoview.imaging.stored_look import look_of
from karyoview.io.atomic import explain, write_atomic
from karyoview.io.own_pictures import MARK, png_mark
from karyoview.report.content import ReportError
from karyoview.report.styles import font_runs

PRINT_DPI: Final = 600
PRINT_WIDTH: Final = round(170 / 25.4 * PRINT_DPI)
"""Pixels of an exported karyogram: the width of a page between its margins at 600 dpi."""
ASPECT: Final = 1.3
_MIRRORED: Final = "†"
_LARGEST: Final = 8.0
KARYOGRAM_SUFFIXES: Final = (".png", ".tif", ".tiff", ".svg")


@dataclass(frozen=True, slots=True, eq=False)
class KaryogramPicture:
    """A karyogram without text, (H, W) uint8, and what is drawn over it, in the picture's pixels.

    ``labels`` are (text, x middle, y baseline) of ``label_size`` pixels, ``lines`` (x1, y, x2) under the slots,
    ``shapes`` ideograms, arrows and texts; ``inverted`` says that all of it is light on dark; ``applied`` is one
    sentence of what was done to the greys and the bends.
    """

    pixels: GreyArray
    labels: tuple[tuple[str, float, float], ...]
    lines: tuple[tuple[float, float, float], ...]
    zoom: float
    label_size: float = 12.0
    shapes: tuple[Shape, ...] = ()
    inverted: bool = False
    applied: str = ""


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
    zoom is the one that makes the picture so many pixels wide, 1 to 8. A chromosome that a person mirrored has a sign
    over it, which is explained below. Greys, straightening, arrows and texts are those that were chosen on the board.
    """
    look = look_of(annotation)
    strips = make_strips(pixels, annotation, look)
    return picture_of(
        Karyogram.of(annotation), strips, zoom=zoom, withhold_sex=withhold_sex, aspect=aspect, wide=wide, look=look,
        notes=notes_of(annotation),
    )  # fmt: skip


def picture_of(
    karyogram: Karyogram,
    strips: Mapping[str, Strip],
    *,
    zoom: float = 4.0,
    withhold_sex: bool = False,
    aspect: float = ASPECT,
    wide: int = 0,
    look: KaryogramLook | None = None,
    notes: Sequence[KaryogramNote] = (),
    ideograms: int = 0,
) -> KaryogramPicture:
    """As :func:`karyogram_picture`, of strips that are there already and were made with ``look``.

    ``ideograms`` is the band level of the ideograms to draw beside the classes, 0 for none.
    """
    label_height = label_room(strips)
    beside = IDEOGRAM_SPACE if ideograms else 0.0
    layout = lay_out(karyogram, strips, label_height=label_height, aspect=aspect, markers=False, beside=beside)
    if wide:
        zoom = min(max(wide / layout.width, 1.0), _LARGEST)
    layout = without_sex(layout) if withhold_sex else layout
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
    inverted = look is not None and look.inverted
    pixels = render(layout, strips, zoom, tray=tray, inverted=inverted)
    size = 0.55 * label_height * zoom
    if mirrored:  # what the sign means stands on a line of its own below
        labels.append((f"{_MIRRORED} mirror image", 6.0 * size, pixels.shape[0] + 1.1 * size))
        pixels = np.pad(pixels, ((0, round(1.6 * size)), (0, 0)), constant_values=0 if inverted else 255)
    shapes = list(layout_ideograms(layout, ideograms) if ideograms else ())
    hidden = {i for slot in ("X", "Y") for i in karyogram.slots[slot]} if withhold_sex else set()
    for note in notes:
        if note.chromosome not in hidden:
            shapes += note_shapes(note, layout, strips)
    return KaryogramPicture(
        pixels, tuple(labels), tuple(lines), zoom, size, scaled(shapes, zoom), inverted,
        look.sentence() if look is not None else "",
    )  # fmt: skip


def without_sex(layout: Layout) -> Layout:
    """The layout without the places of the sex chromosomes."""
    return replace(
        layout,
        placed=tuple(p for p in layout.placed if p.slot not in ("X", "Y")),
        slots=tuple(s for s in layout.slots if s.slot not in ("X", "Y")),
    )


def export_karyogram(picture: KaryogramPicture, path: Path, title: str = "") -> None:
    """Write a karyogram as PNG, TIFF (both at 600 dpi) or SVG; raises ReportError for another suffix."""
    suffix = path.suffix.lower()
    if suffix not in KARYOGRAM_SUFFIXES:
        raise ReportError(
            f"{path.name}: a karyogram is written as .png, .tif or .svg, not {suffix or 'without a suffix'}."
        )
    if suffix == ".svg":
        data = karyogram_svg(picture, title).encode("utf-8")
    else:
        buffer = io.BytesIO()
        kind = "PNG" if suffix == ".png" else "TIFF"
        tiff = {"compression": "tiff_deflate", "software": MARK}
        options: dict[str, Any] = {"pnginfo": png_mark()} if kind == "PNG" else tiff
        karyogram_image(picture, title).save(buffer, kind, dpi=(PRINT_DPI, PRINT_DPI), **options)
        data = buffer.getvalue()
    try:
        write_atomic(path, data)
    except OSError as error:
        raise ReportError(f"{path} was not written: {explain(error, path)}.") from error


def karyogram_image(picture: KaryogramPicture, title: str = "") -> Image.Image:
    """The karyogram with all that is drawn over it, 8 bit grey; what was applied stands below where it has a title."""
    size = round(picture.label_size)
    head = round(2.2 * size) if title else 0
    foot = round(1.6 * size) if title and picture.applied else 0
    height, width = picture.pixels.shape
    ink, paper = (255, 0) if picture.inverted else (0, 255)
    image = Image.new("L", (width, height + head + foot), paper)
    image.paste(Image.fromarray(picture.pixels), (0, head))
    draw = ImageDraw.Draw(image)
    font = _pil_font(size)
    for text, x, y in picture.labels:
        draw.text((x, y + head), text, fill=ink, font=font, anchor="ms")
    for x1, y, x2 in picture.lines:
        draw.line((x1, y + head, x2, y + head), fill=ink, width=max(round(picture.zoom * 0.6), 1))
    for shape in picture.shapes:
        _draw_shape(draw, shape, head, picture.inverted)
    if title:
        _draw_text(draw, (0.6 * size, 1.4 * size), title, size, ink)
    if foot:
        _draw_text(draw, (0.6 * size, height + head + 0.9 * size), picture.applied, round(0.7 * size), ink)
    return image


def _draw_shape(draw: ImageDraw.ImageDraw, shape: Shape, down: float, inverted: bool) -> None:
    ink = 255 if inverted else 0
    if isinstance(shape, LineShape):
        place = (shape.x1, shape.y1 + down, shape.x2, shape.y2 + down)
        draw.line(place, fill=ink, width=max(round(shape.width), 1))
    elif isinstance(shape, AreaShape):
        points = [(x, y + down) for x, y in shape.points]
        fill = shape.fill if shape.fill is None or not inverted else 255 - shape.fill
        draw.polygon(points, fill=fill)
        if shape.edge:
            draw.line([*points, points[0]], fill=ink, width=max(round(shape.edge), 1))
    else:
        _draw_text(draw, (shape.x, shape.y + down), shape.text, round(shape.size), ink, shape.anchor)


def karyogram_svg(picture: KaryogramPicture, title: str = "") -> str:
    """The karyogram as SVG: chromosomes as one embedded picture, the rest as text and vectors, sized for 600 dpi."""
    ok, coded = cv2.imencode(".png", picture.pixels)
    if not ok:
        raise ReportError("The karyogram could not be written as a picture; try again or choose PNG.")
    height, width = picture.pixels.shape
    size = picture.label_size
    head = 2.2 * size if title else 0.0
    foot = 1.6 * size if title and picture.applied else 0.0
    ink, paper = ("white", "black") if picture.inverted else ("black", "white")
    source = "data:image/png;base64," + base64.b64encode(coded.tobytes()).decode()
    whole = height + head + foot
    inches = f'width="{width / PRINT_DPI:.4f}in" height="{whole / PRINT_DPI:.4f}in"'
    rows = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {-head:g} {width} {whole:g}" {inches}>',
        f"<title>{escape(title or 'Karyogram')}</title>",
        f'<rect y="{-head:g}" width="{width}" height="{whole:g}" fill="{paper}"/>',
        f'<image width="{width}" height="{height}" href={quoteattr(source)}/>',
        f'<g font-family="DejaVu Sans, sans-serif" font-size="{size:g}" text-anchor="middle" fill="{ink}">',
        *(f'<text x="{x:.1f}" y="{y:.1f}">{escape(text)}</text>' for text, x, y in picture.labels),
        "</g>",
        f'<g stroke="{ink}" stroke-width="{picture.zoom * 0.6:g}">',
        *(f'<line x1="{x1:.1f}" y1="{y:.1f}" x2="{x2:.1f}" y2="{y:.1f}"/>' for x1, y, x2 in picture.lines),
        "</g>",
        f'<g font-family="DejaVu Sans, sans-serif" fill="{ink}">',
        *(_svg_shape(shape, picture.inverted) for shape in picture.shapes),
    ]
    if title:
        rows.append(f'<text x="{0.6 * size:g}" y="{-0.8 * size:g}" font-size="{size:g}">{escape(title)}</text>')
    if foot:
        place = f'x="{0.6 * size:g}" y="{height + 0.9 * size:g}" font-size="{0.7 * size:g}"'
        rows.append(f"<text {place}>{escape(picture.applied)}</text>")
    return "\n".join([*rows, "</g>", "</svg>"])


def _svg_shape(shape: Shape, inverted: bool) -> str:
    ink = "white" if inverted else "black"
    if isinstance(shape, LineShape):
        ends = f'x1="{shape.x1:.1f}" y1="{shape.y1:.1f}" x2="{shape.x2:.1f}" y2="{shape.y2:.1f}"'
        return f'<line {ends} stroke="{ink}" stroke-width="{shape.width:g}"/>'
    if isinstance(shape, AreaShape):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        grey = None if shape.fill is None else 255 - shape.fill if inverted else shape.fill
        fill = "none" if grey is None else f"#{grey:02X}{grey:02X}{grey:02X}"
        edge = f' stroke="{ink}" stroke-width="{shape.edge:g}"' if shape.edge else ""
        return f'<polygon points="{points}" fill="{fill}"{edge}/>'
    place = f'x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size:g}" text-anchor="{shape.anchor}"'
    return f"<text {place}>{escape(shape.text)}</text>"


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


def _draw_text(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, size: int, ink: int, anchor: str = "start"
) -> None:
    """A text run by run, each in a font that has its letters, as the report's text is."""
    runs = [(words, _pil_font(size, file)) for file, words in font_runs(text)]
    whole = sum(font.getlength(words) for words, font in runs)
    x, y = place
    x -= {"start": 0.0, "middle": whole / 2, "end": whole}[anchor]
    for words, font in runs:
        draw.text((x, y), words, fill=ink, font=font, anchor="ls")
        x += font.getlength(words)
