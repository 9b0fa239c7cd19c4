"""All boxes of a cell as one item: cached lines per colour, labels beside, handles on the selected one.

One item for all boxes instead of one each keeps 500 boxes smooth: panning and zooming only redraw
cached lines under another transform.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPixmap, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget
from shiboken6 import isValid

from karyoview.core.geometry import Box, boxes_to_array, corners
from karyoview.gui.colours import AMBER_DOUBT, RED_DOUBT, SELECTED, class_colour, ink_on
from karyoview.imaging.label_places import GAPS, BackgroundMap, Places, place

HANDLE = 9.0
ROTATE_REACH = 24.0
_MANY = 200
_LEGIBLE = 26.0
# Opaque colours: translucent pens cost ten times as much, and were the dearest part of a frame.
UNDERLAY = "#F4F6F8"
HALOS, HALO_WIDTHS = {1: "#FFB95C", 2: "#F0668A"}, {1: 2.4, 2: 3.4}
"""What stands around the box of a doubt, amber or red: colour, and screen pixels."""


@dataclass(frozen=True, slots=True)
class ShownBox:
    """One box as it is drawn: ``text`` its label, ``doubt`` 0, 1 (amber) or 2 (red)."""

    id: str
    box: Box
    label: int | None = None
    text: str = ""
    human: bool = True
    doubt: int = 0


@dataclass(frozen=True, slots=True)
class OverlayBox:
    """Something another opinion sees: drawn dotted, ``text`` below it, wider when it is the ``chosen`` one."""

    box: Box
    text: str = ""
    colour: str = "#FFFFFF"
    chosen: bool = False


@dataclass(slots=True)
class _Labels:
    """Label places found at the zoom ``scale`` (0: not found yet), with what they were found for."""

    scale: float = 0.0
    sizes: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))
    places: Places = field(default_factory=lambda: Places(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0)))


class BoxLayer(QGraphicsItem):
    """Draws boxes, labels, doubts, overlays, the selection and its handles; knows nothing of the mouse."""

    def __init__(self) -> None:
        super().__init__()
        self.size = (1, 1)
        self.boxes: tuple[ShownBox, ...] = ()
        self.rows = np.zeros((0, 5))
        self.selected: tuple[str, ...] = ()
        self.overlays: tuple[OverlayBox, ...] = ()
        self.preview: Mapping[str, Box] = {}
        self.show_boxes = True
        self.only_selected = False
        self.show_labels = True
        self.font = QFont()
        self.ground: BackgroundMap | None = None
        self._sides: dict[tuple[str, bool], list[QLineF]] = {}
        self._halos: tuple[float, dict[int, list[QLineF]]] = (0.0, {})
        self._pixmaps: dict[tuple[str, str, bool, int, float], QPixmap] = {}
        self._shown_labels: tuple[float, list[QPixmap]] = (0.0, [])
        self._labels = _Labels()
        self._typical = 0.0
        self._resting = False
        self._rest = QTimer(singleShot=True, interval=120)
        self._rest.timeout.connect(self._rested)
        self.setZValue(10)

    def set_boxes(self, boxes: Sequence[ShownBox], size: tuple[int, int]) -> None:
        """Show these boxes on an image of ``size`` (height, width)."""
        if size != self.size:
            self.prepareGeometryChange()
            self.size = size
        self.boxes = tuple(boxes)
        self.rows = boxes_to_array([b.box for b in self.boxes])
        self._rebuild()

    def set_selected(self, ids: tuple[str, ...]) -> None:
        """Mark these boxes as selected."""
        self.selected, self.preview = ids, {}
        self._rebuild(labels=False)

    def set_font(self, font: QFont) -> None:
        """The font of labels."""
        self.font = font
        self._pixmaps.clear()
        self._shown_labels = (0.0, [])
        self._labels.scale = 0.0
        self.update()

    def box(self, box_id: str) -> Box | None:
        """A shown box as it is now, a preview included."""
        return self.preview.get(box_id) or next((b.box for b in self.boxes if b.id == box_id), None)

    def hits(self, x: float, y: float, slack: float) -> list[str]:
        """Ids of the boxes that hold a point (pixels, with ``slack``), the smallest first."""
        if not len(self.rows) or not self.show_boxes:
            return []
        s, c = np.sin(self.rows[:, 4]), np.cos(self.rows[:, 4])
        dx, dy = x - self.rows[:, 0], y - self.rows[:, 1]
        inside = (np.abs(dx * c + dy * s) <= self.rows[:, 2] / 2 + slack) & (
            np.abs(-dx * s + dy * c) <= self.rows[:, 3] / 2 + slack
        )
        found = np.flatnonzero(inside)
        return [self.boxes[i].id for i in found[np.argsort(self.rows[found, 2] * self.rows[found, 3], kind="stable")]]

    def handles(self, transform: QTransform) -> dict[str, QPointF]:
        """Screen places of the single selected box's handles by name (``p-left`` …, ``rotate``)."""
        if len(self.selected) != 1 or (box := self.box(self.selected[0])) is None:
            return {}
        # They stand a little outside the box, and on an edge only where there is room, so that nothing is hidden.
        out = HANDLE * 0.7 / (abs(transform.m11()) or 1.0)
        grown = Box(box.cx, box.cy, box.w + 2 * out, box.h + 2 * out, box.angle, box.is_rotated)
        p = [transform.map(QPointF(*map(float, q))) for q in grown.corners()]
        found = dict(zip(("p-left", "p-right", "q-right", "q-left"), p, strict=True))
        for name, a, b in (("p", 0, 1), ("right", 1, 2), ("q", 2, 3), ("left", 3, 0)):
            if math.hypot(*(p[a] - p[b]).toTuple()) >= 4 * HANDLE:
                found[name] = (p[a] + p[b]) / 2
        head, centre = (p[0] + p[1]) / 2, (p[0] + p[2]) / 2
        up = head - centre
        found["rotate"] = head + up * (ROTATE_REACH / (math.hypot(up.x(), up.y()) or 1.0))
        return found

    def boundingRect(self) -> QRectF:
        margin = 0.25 * max(self.size)
        return QRectF(0, 0, self.size[1], self.size[0]).adjusted(-margin, -margin, margin, margin)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        transform = painter.worldTransform()
        if self.show_boxes and not self.only_selected:
            self._paint_outlines(painter)
            if self.show_labels and self._room_for_labels(abs(transform.m11())):
                self._paint_labels(painter, transform)
        self._paint_overlays(painter)
        painter.setWorldTransform(QTransform())
        self._paint_selection(painter, transform)
        painter.setWorldTransform(transform)

    def label_rects(self, transform: QTransform) -> list[QRectF]:
        """Where labels are on the screen (for tests that look whether they cover a chromosome)."""
        self._labels.scale = 0.0
        self._place(abs(transform.m11()))
        corner, _ = self._label_places(transform)
        return [QRectF(*at, *size) for at, size in zip(corner.tolist(), self._labels.sizes.tolist(), strict=True)]

    def _rebuild(self, labels: bool = True) -> None:
        chosen = set(self.selected)
        self._sides = {}
        self._halos = (0.0, {})
        for shown, quad in zip(self.boxes, corners(self.rows).tolist(), strict=True):
            if shown.id in chosen:
                continue
            sides = self._sides.setdefault((class_colour(shown.label).name(), shown.human), [])
            sides += _lines(quad)
        if labels:
            self._labels.scale = 0.0
            self._shown_labels = (0.0, [])
            self._typical = float(np.median(self.rows[:, 2:4].max(1))) if len(self.rows) else math.inf
        self.update()

    def _paint_outlines(self, painter: QPainter) -> None:
        for doubt, sides in self._halo_lines(abs(painter.worldTransform().m11())).items():
            painter.setPen(_pen(QColor(HALOS[doubt]), HALO_WIDTHS[doubt]))
            painter.drawLines(sides)
        # Straight lines: Qt's rasteriser takes many times longer for one path of many outlines.
        if len(self.boxes) <= _MANY:
            painter.setPen(_pen(QColor(UNDERLAY), 3.2, cap=Qt.PenCapStyle.FlatCap))
            for sides in self._sides.values():
                painter.drawLines(sides)
        for (name, human), sides in self._sides.items():
            painter.setPen(_pen(QColor(name).darker(108), 1.8, None if human else [5.0, 3.0]))
            painter.drawLines(sides)

    def _halo_lines(self, scale: float) -> dict[int, list[QLineF]]:
        """What stands around doubtful boxes at this zoom: outside of them, so that nothing is hidden."""
        if self._halos[0] != scale:
            lines: dict[int, list[QLineF]] = {}
            chosen = set(self.selected)
            for doubt, width in HALO_WIDTHS.items():
                rows = self.rows[[b.doubt == doubt and b.id not in chosen for b in self.boxes]].reshape(-1, 5)
                rows[:, 2:4] += (width + 1.4) / (scale or 1.0)
                lines[doubt] = [side for quad in corners(rows).tolist() for side in _lines(quad)]
            self._halos = (scale, lines)
        return self._halos[1]

    def _room_for_labels(self, scale: float) -> bool:
        """Far out, labels would be larger than chromosomes and only hide them."""
        return self._typical * scale >= _LEGIBLE

    def _paint_overlays(self, painter: QPainter) -> None:
        transform, ratio = painter.worldTransform(), painter.device().devicePixelRatioF()
        painter.setWorldTransform(QTransform())
        for overlay in sorted(self.overlays, key=lambda g: g.chosen):
            polygon = transform.map(QPolygonF([QPointF(x, y) for x, y in overlay.box.corners().tolist()]))
            wide = 1.8 if overlay.chosen else 1.0
            painter.setPen(_pen(QColor("#202124"), 3.4 * wide))
            painter.drawPolygon(polygon)
            painter.setPen(_pen(QColor(overlay.colour), 2.0 * wide, [1.5, 2.0]))
            painter.drawPolygon(polygon)
            if overlay.text:
                picture = self._overlay_label(overlay, ratio)
                at = polygon.boundingRect()
                left = at.center().x() - picture.deviceIndependentSize().width() / 2
                painter.drawPixmap(QPointF(round(left), round(at.bottom()) + 6), picture)
        painter.setWorldTransform(transform)

    def _paint_labels(self, painter: QPainter, transform: QTransform) -> None:
        self._place(abs(transform.m11()))
        ratio = painter.device().devicePixelRatioF()
        painter.setWorldTransform(QTransform())
        # Whole pixels and no smoothing: Qt then copies the pictures instead of resampling each.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        corner, anchors = self._label_places(transform)
        leaders = [
            QLineF(*corner[i] + self._labels.sizes[i] / 2, *anchors[i])
            for i in np.flatnonzero(self._labels.places.gaps > GAPS[1])
        ]
        if leaders:
            painter.setPen(QPen(QColor(40, 40, 40, 150), 1.0))
            painter.drawLines(leaders)
        pictures, seen = self._label_pictures(ratio), painter.viewport()
        inside = (corner + self._labels.sizes >= (seen.left(), seen.top())) & (corner <= (seen.right(), seen.bottom()))
        near = np.flatnonzero(inside.all(1))
        chosen = set(self.selected)
        for i, (x, y) in zip(near.tolist(), np.rint(corner[near]).astype(int).tolist(), strict=True):
            if not chosen or self.boxes[i].id not in chosen:
                painter.drawPixmap(x, y, pictures[i])
        painter.setWorldTransform(transform)

    def _paint_selection(self, painter: QPainter, transform: QTransform) -> None:
        by_id = {b.id: b for b in self.boxes}
        ratio = painter.device().devicePixelRatioF()
        for box_id in self.selected:
            shown, box = by_id.get(box_id), self.box(box_id)
            if shown is None or box is None:
                continue
            polygon = transform.map(QPolygonF([QPointF(x, y) for x, y in box.corners().tolist()]))
            for colour, width in ((QColor(255, 255, 255, 220), 5.0), (QColor(SELECTED), 2.4)):
                pen = QPen(colour, width)
                if width < 3 and not shown.human:
                    pen.setDashPattern([5.0, 3.0])
                painter.setPen(pen)
                painter.drawPolygon(polygon)
            if box.is_rotated:
                # The short arm's end carries a small triangle, so that polarity can be seen.
                painter.setBrush(QColor(SELECTED))
                painter.drawPolygon(_arrow(polygon))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            picture = self._pixmap(shown, ratio)
            size = picture.deviceIndependentSize()
            bounds = polygon.boundingRect()
            painter.drawPixmap(QPointF(bounds.center().x() - size.width() / 2, bounds.bottom() + 7), picture)
        if len(self.selected) == 1:
            self._paint_handles(painter, transform)

    def _paint_handles(self, painter: QPainter, transform: QTransform) -> None:
        places = self.handles(transform)
        painter.setPen(QPen(QColor(SELECTED), 1.6))
        painter.setBrush(QColor("white"))
        if places:
            painter.drawLine((places["p-left"] + places["p-right"]) / 2, places["rotate"])
        for name, p in places.items():
            if name == "rotate":
                painter.drawEllipse(p, HANDLE / 2 + 0.5, HANDLE / 2 + 0.5)
            else:
                painter.drawRect(QRectF(p.x() - HANDLE / 2, p.y() - HANDLE / 2, HANDLE, HANDLE))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _sizes(self) -> np.ndarray:
        metrics = QFontMetricsF(self.font)
        height = metrics.height() + 2
        texts = [b.text + "?" * bool(b.doubt) for b in self.boxes]
        widths = {t: max(metrics.horizontalAdvance(t) + 9, height) for t in set(texts)}
        return np.array([(widths[t], height) for t in texts]).reshape(-1, 2)

    def _place(self, scale: float) -> None:
        """Find label places for this zoom. While somebody zooms, labels keep their side until the hand rests."""
        labels = self._labels
        if abs(labels.scale - scale) < 1e-9:
            return
        if labels.scale and self._rest.isActive():
            self._rest.start()
            return
        if labels.scale and not self._resting:
            self._rest.start()
            return
        self._resting = False
        sizes = self._sizes()
        self._labels = _Labels(scale, sizes, place(self.rows, sizes, scale, self.ground, self.size))

    def _rested(self) -> None:
        self._resting = True
        if isValid(self):  # the scene may be gone before the hand rests
            self.update()

    def _label_places(self, transform: QTransform) -> tuple[np.ndarray, np.ndarray]:
        """Left upper corners of the labels and the points of the boxes they belong to, on the screen, (N, 2) each."""
        labels = self._labels
        matrix = np.array([[transform.m11(), transform.m12()], [transform.m21(), transform.m22()]])
        anchors = self.rows[:, :2] @ matrix + (transform.dx(), transform.dy())
        scale = abs(transform.m11())
        offsets = labels.places.offsets(labels.sizes, scale)
        return anchors + offsets - labels.sizes / 2, anchors + labels.places.points * scale

    def _overlay_label(self, overlay: OverlayBox, ratio: float) -> QPixmap:
        key = (overlay.text, overlay.colour, True, -1, ratio)
        if key not in self._pixmaps:
            colour = QColor(overlay.colour)
            self._pixmaps[key] = _pill(overlay.text, colour, QPen(QColor("#202124"), 1.4), self.font, ratio)
        return self._pixmaps[key]

    def _label_pictures(self, ratio: float) -> list[QPixmap]:
        """The labels' pictures in the order of the boxes, found once and not in every frame."""
        if self._shown_labels[0] != ratio:
            self._shown_labels = (ratio, [self._pixmap(b, ratio) for b in self.boxes])
        return self._shown_labels[1]

    def _pixmap(self, shown: ShownBox, ratio: float) -> QPixmap:
        colour = class_colour(shown.label)
        key = (shown.text, colour.name(), shown.human, shown.doubt, ratio)
        if key not in self._pixmaps:
            self._pixmaps[key] = _label_picture(shown, colour, self.font, ratio)
        return self._pixmaps[key]


def _label_picture(shown: ShownBox, colour: QColor, font: QFont, ratio: float) -> QPixmap:
    """A pill: filled in the group's colour for a person's work, hollow for a proposal, with ? for a doubt."""
    doubt = {0: None, 1: QColor(AMBER_DOUBT), 2: QColor(RED_DOUBT)}[shown.doubt]
    fill = colour if shown.human else QColor(255, 255, 255, 235)
    frame = QPen(doubt or colour.darker(115), 2.0 if doubt else 1.4)
    return _pill(shown.text + ("?" if shown.doubt else ""), fill, frame, font, ratio)


def _pill(text: str, fill: QColor, frame: QPen, font: QFont, ratio: float) -> QPixmap:
    metrics = QFontMetricsF(font)
    h = metrics.height() + 2
    w = max(metrics.horizontalAdvance(text) + 9, h)
    picture = QPixmap(math.ceil(w * ratio), math.ceil(h * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.setBrush(fill)
    painter.setPen(frame)
    painter.drawRoundedRect(QRectF(1, 1, w - 2, h - 2), h / 3, h / 3)
    painter.setFont(font)
    painter.setPen(ink_on(fill))
    painter.drawText(QRectF(0, 0, w, h), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return picture


def _lines(quad: Sequence[Sequence[float]]) -> list[QLineF]:
    """The four sides of a box, corner to corner."""
    return [QLineF(*p, *q) for p, q in zip(quad, (*quad[1:], quad[0]), strict=True)]


def _pen(
    colour: QColor,
    width: float,
    dashes: list[float] | None = None,
    cap: Qt.PenCapStyle = Qt.PenCapStyle.SquareCap,
) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap if dashes else cap)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if dashes:
        pen.setDashPattern(dashes)
    return pen


def _arrow(polygon: QPolygonF) -> QPolygonF:
    """A small triangle inside the p end of a box on the screen."""
    a, b, c = (polygon.at(i) for i in range(3))
    across, along = b - a, c - b
    length, width = math.hypot(along.x(), along.y()) or 1.0, math.hypot(across.x(), across.y()) or 1.0
    middle = (a + b) / 2
    side = across * (min(5.0, width / 3) / width)
    foot = middle + along * (min(8.0, length / 3) / length)
    return QPolygonF([middle, foot + side, foot - side])
