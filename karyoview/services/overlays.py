"""Pictures of boxes over a metaphase, drawn without a window."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from karyoview._resources import resource
from karyoview.core.chromosome import CLASSES, GROUP_COLOURS
from karyoview.core.geometry import Box, boxes_from_array, boxes_to_array
from karyoview.core.image import MetaphaseImage
from karyoview.core.matching import FloatArray, match_one
from karyoview.core.metrics import ImagePrediction, ImageTruth
from karyoview.core.script import drawable
from karyoview.imaging.display import foreground
from karyoview.imaging.label_places import GAPS, BackgroundMap, place
from karyoview.imaging.overlap import boxes_as_outlines, overlap
from karyoview.io.own_pictures import png_mark

NO_CLASS: Final = "#5F6368"
RIGHT, EXTRA, MISSED, WRONG_CLASS = "#0072B2", "#D55E00", "#CC79A7", "#E69F00"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One box of a picture; ``colour`` is #RRGGBB."""

    box: Box
    text: str = ""
    colour: str = NO_CLASS
    dashed: bool = False

    def label_colours(self) -> tuple[str, str]:
        """Fill and ink of the label: hollow for a dashed box."""
        fill = "#FFFFFF" if self.dashed else self.colour
        return fill, "#000000" if _is_light(fill) else "#FFFFFF"


def class_drawn(box: Box, label: int | None, *, dashed: bool = False) -> Drawn:
    """A box in the colour of its Denver group with its class in words, ``?`` where there is none."""
    if label is None or label < 0:
        return Drawn(box, "?", NO_CLASS, dashed)
    found = CLASSES[label]
    return Drawn(box, found.label, GROUP_COLOURS[found.group], dashed)


def draw(image: MetaphaseImage, boxes: Iterable[Drawn], caption: str = "", scale: float = 1.0) -> Image.Image:
    """The metaphase in grey with boxes over it and a caption on a strip below; RGB, ``scale`` times as large.

    Labels stand beside their boxes where no chromosome lies, as in the window; those of dashed boxes are hollow.
    """
    boxes = list(boxes)
    grey = Image.fromarray(image.to_uint8())
    if scale != 1.0:
        size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    sizes = measures(grey.width, grey.height)
    font = _font(sizes.text)
    lines = np.array(grey.convert("RGB"))
    for item in boxes:
        _outline(lines, item, sizes.line, scale)
    strip = round(sizes.text * 1.8) if caption else 0
    picture = Image.new("RGB", (grey.width, grey.height + strip), "white")
    picture.paste(Image.fromarray(lines))
    pen = ImageDraw.Draw(picture)
    for plate in plates(image, boxes, sizes, scale):
        _label(pen, plate, sizes.line, font)
    if caption:
        words = drawable(caption, lambda c: ord(c) in caption_glyphs())
        pen.text((sizes.text * 0.5, grey.height + sizes.text * 0.3), words, fill="black", font=font)
    return picture


@dataclass(frozen=True, slots=True)
class Measures:
    """Width of a line and height of the text, in pixels of the picture."""

    line: float
    text: int


def measures(width: int, height: int) -> Measures:
    """What can be read on a picture of this size."""
    return Measures(max(1.6, max(width, height) / 600), max(11, round(max(width, height) / 75)))


@dataclass(frozen=True, slots=True)
class Plate:
    """Where a label stands: its box's ``item``, the plate's edges, and a point of the box far from it or None."""

    item: Drawn
    x: float
    y: float
    width: float
    height: float
    leader: tuple[float, float] | None


def plates(image: MetaphaseImage, boxes: Sequence[Drawn], sizes: Measures, scale: float = 1.0) -> list[Plate]:
    """The labels of boxes that have a text, placed beside chromosomes; pixels of the picture."""
    named = [b for b in boxes if b.text]
    font = _font(sizes.text)
    height = round(sizes.text * 1.3)
    spans = np.array([(max(font.getlength(b.text) + 0.6 * sizes.text, height), height) for b in named]).reshape(-1, 2)
    rows = boxes_to_array([b.box for b in named])
    ground = BackgroundMap(foreground(image.to_uint8(), 4), 4)
    places = place(rows, spans, scale, ground, (image.height, image.width))
    corners = rows[:, :2] * scale + places.offsets(spans, scale) - spans / 2
    limits = np.array([image.width, image.height]) * scale - spans
    corners = np.clip(corners, 0, np.maximum(limits, 0))
    ends = (rows[:, :2] + places.points) * scale
    return [
        Plate(item, float(x), float(y), float(w), float(h), (float(u), float(v)) if gap > GAPS[1] else None)
        for item, (x, y), (w, h), (u, v), gap in zip(named, corners, spans, ends, places.gaps, strict=True)
    ]


def draw_comparison(image: MetaphaseImage, truth: ImageTruth, found: ImagePrediction, threshold: float) -> Image.Image:
    """Truth against prediction: right, extra, missed and wrongly named boxes, each in words and colour."""
    kept = found.keep(found.scores >= threshold)
    truth_boxes, found_boxes = _boxes(truth.boxes), _boxes(kept.boxes)
    iou = overlap(boxes_as_outlines(found_boxes), boxes_as_outlines(truth_boxes))
    taken = match_one(iou, kept.scores)
    drawn = []
    for box, label, target in zip(found_boxes, kept.labels, taken, strict=True):
        name = CLASSES[label].label if label >= 0 else ""
        if target < 0:
            drawn.append(Drawn(box, f"+{name}", EXTRA))
        elif label >= 0 and truth.labels[target] >= 0 and label != truth.labels[target]:
            drawn.append(Drawn(box, f"{name}, is {CLASSES[truth.labels[target]].label}", WRONG_CLASS))
        else:
            drawn.append(Drawn(box, name, RIGHT))
    for index in sorted(set(range(len(truth_boxes))) - set(taken.tolist())):
        label = int(truth.labels[index])
        drawn.append(Drawn(truth_boxes[index], f"missed {CLASSES[label].label if label >= 0 else ''}", MISSED, True))
    wrong = sum(d.colour == WRONG_CLASS for d in drawn)
    extra, missed = (sum(d.colour == colour for d in drawn) for colour in (EXTRA, MISSED))
    counts = f"{len(truth_boxes)} true, {len(found_boxes)} found"
    caption = f"{counts}: {extra} extra, {missed} missed, {wrong} of another class"
    return draw(image, drawn, caption, scale=2.0 if max(image.width, image.height) < 1200 else 1.0)


def save_picture(picture: Image.Image, path: Path) -> None:
    """Write a PNG without any tag from elsewhere; it is known again as no cell."""
    picture.save(path, "PNG", pnginfo=png_mark())


def _boxes(rows: FloatArray) -> list[Box]:
    return boxes_from_array(rows) if rows.shape[1] == 5 else [Box.from_xyxy(*(float(v) for v in row)) for row in rows]


def _outline(pixels: npt.NDArray[np.uint8], item: Drawn, width: float, scale: float) -> None:
    """Smooth lines in place; dashes are as long on every side, however short it is."""
    corners = item.box.corners() * scale
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        length = float(np.hypot(*(end - start))) or 1.0
        period = 6.0 * width
        starts = np.arange(0.0, length, period) if item.dashed else np.zeros(1)
        stops = np.minimum(starts + 0.6 * period, length) if item.dashed else np.full(1, length)
        for a, b in zip(starts, stops, strict=True):
            ends = [np.rint((start + (end - start) * t / length) * 16).astype(int).tolist() for t in (a, b)]
            cv2.line(pixels, ends[0], ends[1], _rgb(item.colour), max(round(width - 0.6), 1), cv2.LINE_AA, 4)


def _label(pen: ImageDraw.ImageDraw, plate: Plate, line: float, font: ImageFont.FreeTypeFont) -> None:
    item, middle = plate.item, (plate.x + plate.width / 2, plate.y + plate.height / 2)
    if plate.leader is not None:
        pen.line([middle, plate.leader], fill="#606468", width=1)
    fill, ink = item.label_colours()
    edges = (plate.x, plate.y, plate.x + plate.width - 1, plate.y + plate.height - 1)
    pen.rounded_rectangle(edges, plate.height / 3, fill=fill, outline=item.colour, width=max(round(line * 0.7), 1))
    pen.text(middle, item.text, fill=ink, font=font, anchor="mm")


@cache
def caption_glyphs() -> frozenset[int]:
    """The characters that the captions' font has."""
    from reportlab.pdfbase.ttfonts import TTFontFile

    return frozenset(TTFontFile(str(resource("fonts", "DejaVuSans.ttf"))).charToGlyph)


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(resource("fonts", "DejaVuSans.ttf")), size, layout_engine=ImageFont.Layout.BASIC)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _is_light(colour: str) -> bool:
    r, g, b = ((v / 255) ** 2.2 for v in _rgb(colour))
    return bool(0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2)
