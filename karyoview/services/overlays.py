"""Pictures of boxes over a metaphase, drawn without a window."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from karyoview.core.chromosome import CLASSES, GROUP_COLOURS
from karyoview.core.geometry import Box, boxes_from_array, iou_matrix
from karyoview.core.image import MetaphaseImage
from karyoview.core.matching import FloatArray, match_one
from karyoview.core.metrics import ImagePrediction, ImageTruth

NO_CLASS: Final = "#5F6368"
RIGHT, EXTRA, MISSED, WRONG_CLASS = "#0072B2", "#D55E00", "#CC79A7", "#E69F00"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One box of a picture; ``colour`` is #RRGGBB."""

    box: Box
    text: str = ""
    colour: str = NO_CLASS
    dashed: bool = False


def class_drawn(box: Box, label: int | None, *, dashed: bool = False) -> Drawn:
    """A box in the colour of its Denver group with its class in words, ``?`` where there is none."""
    if label is None or label < 0:
        return Drawn(box, "?", NO_CLASS, dashed)
    found = CLASSES[label]
    return Drawn(box, found.label, GROUP_COLOURS[found.group], dashed)


def draw(image: MetaphaseImage, boxes: Iterable[Drawn], caption: str = "", scale: float = 1.0) -> Image.Image:
    """The metaphase in grey with boxes over it and a caption on a strip below; RGB, ``scale`` times as large."""
    grey = Image.fromarray(image.to_uint8())
    if scale != 1.0:
        size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
        grey = grey.resize(size, Image.Resampling.LANCZOS)
    line = max(2, round(max(grey.size) / 600))
    text_height = max(11, round(max(grey.size) / 75))
    font = ImageFont.load_default(text_height)
    strip = round(text_height * 1.8) if caption else 0
    picture = Image.new("RGB", (grey.width, grey.height + strip), "white")
    picture.paste(grey.convert("RGB"))
    pen = ImageDraw.Draw(picture)
    for item in boxes:
        corners = [(x * scale, y * scale) for x, y in item.box.corners()]
        _outline(pen, corners, item.colour, line, item.dashed)
        if item.text:
            _label(pen, corners, item, font)
    if caption:
        pen.text((text_height * 0.5, grey.height + text_height * 0.35), caption, fill="black", font=font)
    return picture


def draw_comparison(image: MetaphaseImage, truth: ImageTruth, found: ImagePrediction, threshold: float) -> Image.Image:
    """Truth against prediction: right, extra, missed and wrongly named boxes, each in words and colour."""
    kept = found.keep(found.scores >= threshold)
    rotated = truth.boxes.shape[1] == 5
    truth_boxes, found_boxes = _boxes(truth.boxes, rotated), _boxes(kept.boxes, rotated)
    iou = iou_matrix(found_boxes, truth_boxes).reshape(len(found_boxes), len(truth_boxes))
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
    """Write a PNG without any tag from elsewhere."""
    picture.save(path, "PNG")


def _boxes(rows: FloatArray, rotated: bool) -> list[Box]:
    return boxes_from_array(rows) if rotated else [Box.from_xyxy(*(float(v) for v in row)) for row in rows]


def _outline(
    pen: ImageDraw.ImageDraw, corners: Sequence[tuple[float, float]], colour: str, width: int, dashed: bool
) -> None:
    for start, end in zip(corners, [*corners[1:], corners[0]], strict=True):
        length = math.dist(start, end)
        steps = max(int(length / (6 * width)), 1) if dashed else 1
        for k in range(0, steps, 2):
            a, b = k / steps, (k + 1) / steps
            pen.line([_between(start, end, a), _between(start, end, b)], fill=colour, width=width)


def _between(start: tuple[float, float], end: tuple[float, float], share: float) -> tuple[float, float]:
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _label(
    pen: ImageDraw.ImageDraw,
    corners: Sequence[tuple[float, float]],
    item: Drawn,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
) -> None:
    """The text beside the topmost corner, outside the box, so that it covers no chromosome."""
    x, y = min(corners, key=lambda p: (p[1], p[0]))
    left, top, right, bottom = pen.textbbox((0, 0), item.text, font=font)
    width, height = right - left, bottom - top
    at = (x - left, max(y - height - 5, 0) - top)
    pen.rectangle((x - 2, at[1] + top - 2, x + width + 2, at[1] + bottom + 2), fill=item.colour)
    pen.text(at, item.text, fill="black" if _is_light(item.colour) else "white", font=font)


def _is_light(colour: str) -> bool:
    r, g, b = ((int(colour[k : k + 2], 16) / 255) ** 2.2 for k in (1, 3, 5))
    return bool(0.2126 * r + 0.7152 * g + 0.0722 * b > 0.2)
