"""The tools of the metaphase view: each turns presses, moves and releases into one gesture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QApplication

from karyoview.core.geometry import Box, iou_matrix
from karyoview.gui.application import mark as _T
from karyoview.gui.canvas.box_layer import HANDLE
from karyoview.gui.canvas.tool import Canvas, Tool, register_tool
from karyoview.gui.colours import SELECTED
from karyoview.review.edits import MATCH_IOU, directed

_MIN_SIDE = 4.0


@register_tool
class SelectTool(Tool):
    """Click selects, again the next one below; dragging moves, resizes or rotates; on empty ground it pans."""

    id = "select"
    title = _T("Actions", "&Select")
    tip = _T("Actions", "Back to selecting; drops what was begun.")
    shortcuts = ("V", "Esc")
    after = "delete"
    stays = True
    cursor = Qt.CursorShape.ArrowCursor

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._from: QPointF | None = None
        self._handle = ""
        self._start: dict[str, Box] = {}
        self._dragged = False
        self._cycle_at: QPointF | None = None
        self._click_next = False

    def press(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        layer = self.canvas.layer
        self._from, self._dragged, self._click_next = at, False, False
        self._handle = self._handle_at(at)
        if self._handle:
            self._start = self._boxes()
            return
        x, y = self.canvas.to_image(at)
        hits = layer.hits(x, y, 3 / self.canvas.scale_factor)
        adding = bool(keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier))
        if not hits:
            self._start = {}
            if (overlay := self._overlay_at(x, y)) is not None:
                self._from = None
                self.canvas.overlay_clicked.emit(overlay)
            elif not adding:
                self.canvas.selected.emit(())
            return
        walked_to = None if adding else self._overlay_at(x, y, chosen=True)
        if walked_to is not None and not self._has_box(walked_to, hits):
            self._from = None  # the difference that the list stands at, also where another box lies below it
            self.canvas.overlay_clicked.emit(walked_to)
            return
        if adding:
            chosen = layer.selected
            self.canvas.selected.emit(
                tuple(i for i in chosen if i != hits[0]) if hits[0] in chosen else (*chosen, hits[0])
            )
        elif not set(hits) & set(layer.selected):
            self.canvas.selected.emit((hits[0],))
            self._cycle_at = at
        else:
            # On what is selected a drag moves it; only a click without a drag goes to the next below.
            self._click_next = True
        self._start = self._boxes()

    def move(self, at: QPointF, buttons: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        if self._from is None or not buttons & Qt.MouseButton.LeftButton:
            self.canvas.viewport().setCursor(self._hover_cursor(at))
            return
        far = (at - self._from).manhattanLength() >= QApplication.startDragDistance() * 0.5
        if not self._dragged and not far:
            return
        self._dragged = True
        if not self._start:
            self.canvas.start_pan(self._from)
            self._from = None
            return
        self.canvas.preview(self._changed(at, keys))

    def release(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        if self._from is None:
            return
        changed = self._changed(at, keys) if self._dragged and self._start else {}
        self._from = None
        self.canvas.preview({})
        if changed and not all(self.canvas.layer.box(k) == b for k, b in changed.items()):
            action = "rotate" if self._handle == "rotate" else "resize" if self._handle else "move"
            self.canvas.reshaped.emit(changed, action)
        elif self._click_next and not self._dragged:
            self._next_below(at)

    def double_click(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        x, y = self.canvas.to_image(at)
        if self.canvas.layer.hits(x, y, 3 / self.canvas.scale_factor) or self._handle_at(at):
            self.press(at, keys)
        else:
            self._from = None
            self.canvas.proposed.emit(x, y)

    def chosen_again(self) -> None:
        super().chosen_again()
        self.canvas.selected.emit(())

    @property
    def begun(self) -> bool:
        return self._from is not None and self._dragged and bool(self._start)

    def cancel(self) -> None:
        self._from = None
        self.canvas.preview({})

    def _next_below(self, at: QPointF) -> None:
        x, y = self.canvas.to_image(at)
        hits = self.canvas.layer.hits(x, y, 3 / self.canvas.scale_factor)
        if not hits:
            return
        moved_on = self._cycle_at is None or (at - self._cycle_at).manhattanLength() > 8
        present = next((i for i, h in enumerate(hits) if h in self.canvas.layer.selected), -1)
        self._cycle_at = at
        self.canvas.selected.emit((hits[0 if moved_on and present != 0 else (present + 1) % len(hits)],))

    def _boxes(self) -> dict[str, Box]:
        layer = self.canvas.layer
        return {i: b for i in layer.selected if (b := layer.box(i)) is not None}

    def _changed(self, at: QPointF, keys: Qt.KeyboardModifier) -> dict[str, Box]:
        if self._from is None:
            return {}
        x0, y0 = self.canvas.to_image(self._from)
        x, y = self.canvas.to_image(at)
        if not self._handle:
            return {i: b.moved(x - x0, y - y0) for i, b in self._start.items()}
        ((box_id, box),) = self._start.items()
        if self._handle == "rotate":
            box = directed(box)
            angle = math.atan2(x - box.cx, -(y - box.cy))
            if keys & Qt.KeyboardModifier.ShiftModifier:
                angle = math.radians(round(math.degrees(angle) / 15) * 15)
            return {box_id: Box.rotated(box.cx, box.cy, box.w, box.h, angle)}
        return {box_id: resized(box, self._handle, x - x0, y - y0)}

    def _handle_at(self, at: QPointF) -> str:
        for name, p in self.canvas.layer.handles(self.canvas.transform_to_screen()).items():
            if max(abs(p.x() - at.x()), abs(p.y() - at.y())) <= HANDLE * 0.8:
                return name
        return ""

    def _has_box(self, overlay: int, hits: Sequence[str]) -> bool:
        """Whether one of the boxes ``hits`` is the chromosome of that overlay."""
        layer = self.canvas.layer
        below = [b.box for b in layer.boxes if b.id in hits]
        return bool((iou_matrix([layer.overlays[overlay].box], below) >= MATCH_IOU).any())

    def _overlay_at(self, x: float, y: float, chosen: bool = False) -> int | None:
        overlays = enumerate(self.canvas.layer.overlays)
        found = [(g.box.area, i) for i, g in overlays if g.box.contains(x, y) and (g.chosen or not chosen)]
        return min(found)[1] if found else None

    def _hover_cursor(self, at: QPointF) -> Qt.CursorShape:
        handle = self._handle_at(at)
        if handle:
            return Qt.CursorShape.PointingHandCursor if handle == "rotate" else Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.ArrowCursor


@register_tool
class BoxTool(Tool):
    """Drag from corner to corner: a horizontal box."""

    id = "box"
    title = _T("Actions", "&Horizontal box")
    hint = _T("Tools", "Horizontal box: drag from corner to corner")
    tip = _T("Actions", "Drag from corner to corner.")
    shortcuts = ("R",)
    after = "select"

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._from: QPointF | None = None
        self._to = QPointF()

    def press(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._from = self._to = at

    def move(self, at: QPointF, buttons: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        self._to = at
        if self._from is not None:
            self.canvas.viewport().update()

    def release(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        if self._from is None:
            return
        a, b = self.canvas.to_image(self._from), self.canvas.to_image(at)
        self._from = None
        self.canvas.viewport().update()
        if min(abs(a[0] - b[0]), abs(a[1] - b[1])) >= _MIN_SIDE:
            self.canvas.added.emit(Box.from_xyxy(*a, *b))

    @property
    def begun(self) -> bool:
        return self._from is not None

    def cancel(self) -> None:
        self._from = None
        self.canvas.viewport().update()

    def paint(self, painter: QPainter, transform: QTransform) -> None:
        if self._from is not None:
            _outline(painter, QPolygonF(QRectF(self._from, self._to).normalized()))


@register_tool
class RotatedTool(Tool):
    """Drag the axis from the short arm's end to the long arm's, then the width, and click."""

    id = "rotated"
    title = _T("Actions", "R&otated box")
    hint = _T("Tools", "Rotated box: drag the axis from the short arm, then the width, and click")
    tip = _T("Actions", "Drag the axis from the short arm's end, then the width, and click.")
    shortcuts = ("O",)
    after = "box"

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._p: tuple[float, float] | None = None
        self._q: tuple[float, float] | None = None
        self._at = (0.0, 0.0)

    def press(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        point = self.canvas.to_image(at)
        if self._p is None or self._q is None:
            self._p, self._at = point, point
            return
        self._at = point
        box = self._box()
        self.cancel()
        if box is not None:
            self.canvas.added.emit(box)

    def move(self, at: QPointF, buttons: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        self._at = self.canvas.to_image(at)
        if self._p is not None:
            self.canvas.viewport().update()

    def release(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        if self._p is None or self._q is not None:
            return
        point = self.canvas.to_image(at)
        if math.dist(point, self._p) >= _MIN_SIDE:
            self._q = point
        else:
            self._p = None
        self.canvas.viewport().update()

    @property
    def begun(self) -> bool:
        return self._p is not None

    def cancel(self) -> None:
        self._p = self._q = None
        self.canvas.viewport().update()

    def paint(self, painter: QPainter, transform: QTransform) -> None:
        if self._p is None:
            return
        p = transform.map(QPointF(*self._p))
        q = transform.map(QPointF(*(self._q or self._at)))
        _outline(painter, QPolygonF([p, q]))
        box = self._box()
        if box is not None:
            _outline(painter, transform.map(QPolygonF([QPointF(*map(float, c)) for c in box.corners()])))

    def _box(self) -> Box | None:
        if self._p is None or self._q is None:
            return None
        (px, py), (qx, qy), (x, y) = self._p, self._q, self._at
        length = math.hypot(qx - px, qy - py)
        half = abs((qx - px) * (py - y) - (px - x) * (qy - py)) / length
        return Box.from_axis(self._p, self._q, max(2 * half, _MIN_SIDE))


@register_tool
class CountTool(Tool):
    """Each click is one chromosome; a click on a mark takes it away."""

    id = "count"
    title = _T("Actions", "&Count by clicks")
    hint = _T("Tools", "Count: click each chromosome, click a mark to take it away")
    tip = _T("Actions", "Each click is one chromosome; a click on a mark takes it away.")
    shortcuts = ("C",)
    after = "propose_here"
    stays = True

    def press(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        x, y = self.canvas.to_image(at)
        self.canvas.marked.emit(x, y, 8 / self.canvas.scale_factor)

    def chosen_again(self) -> None:
        self.canvas.set_tool(SelectTool.id)


@register_tool
class SplitTool(Tool):
    """Draw a stroke across a box, or a contour around a part of it; it becomes two."""

    id = "split"
    title = _T("Actions", "Spl&it by a stroke")
    hint = _T("Tools", "Split: draw a stroke across a box, or around a part of it (S again: in the middle)")
    tip = _T("Actions", "Draw across a box or around a part of it; again cuts the selected box in the middle.")
    shortcuts = ("S",)
    after = "count"

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._points: list[tuple[float, float]] = []
        self._drawing = False

    def press(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        self._points, self._drawing = [self.canvas.to_image(at)], True

    def move(self, at: QPointF, buttons: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        if self._drawing:
            self._points.append(self.canvas.to_image(at))
            self.canvas.viewport().update()

    def release(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        if not self._drawing:
            return
        points = [*self._points, self.canvas.to_image(at)]
        self.cancel()
        if target := self._target(points):
            self.canvas.split.emit(target, points)

    def chosen_again(self) -> None:
        """Cut the one selected box in the middle, across its long side."""
        layer = self.canvas.layer
        box = layer.box(layer.selected[0]) if len(layer.selected) == 1 else None
        if box is None:
            super().chosen_again()
            return
        s, c = math.sin(box.angle), math.cos(box.angle)
        tall = box.is_rotated or box.h >= box.w
        dx, dy = (c * box.w, s * box.w) if tall else (-s * box.h, c * box.h)
        self.canvas.split.emit(layer.selected[0], [(box.cx - dx, box.cy - dy), (box.cx + dx, box.cy + dy)])

    @property
    def begun(self) -> bool:
        return self._drawing

    def cancel(self) -> None:
        self._points, self._drawing = [], False
        self.canvas.viewport().update()

    def paint(self, painter: QPainter, transform: QTransform) -> None:
        if self._drawing:
            _outline(painter, QPolygonF([transform.map(QPointF(*p)) for p in self._points]), closed=False)

    def _target(self, points: list[tuple[float, float]]) -> str:
        """The box that holds most of the line, the selected one where it is crossed."""
        votes: dict[str, int] = {}
        for k in range(41):
            x, y = _along(points, k / 40)
            for box_id in self.canvas.layer.hits(x, y, 0.0):
                votes[box_id] = votes.get(box_id, 0) + (100 if box_id in self.canvas.layer.selected else 1)
        return max(votes, key=lambda k: votes[k]) if votes else ""


def _along(points: list[tuple[float, float]], share: float) -> tuple[float, float]:
    """The point at a share of a line's length, from 0 to 1."""
    steps = [math.dist(a, b) for a, b in pairwise(points)]
    left = share * sum(steps)
    for (a, b), step in zip(pairwise(points), steps, strict=True):
        if left <= step and step:
            t = left / step
            return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t
        left -= step
    return points[-1]


def resized(box: Box, handle: str, dx: float, dy: float) -> Box:
    """The box after dragging a handle by dx, dy pixels; the opposite edge or corner stays where it is."""
    s, c = math.sin(box.angle), math.cos(box.angle)
    across, along = dx * c + dy * s, -dx * s + dy * c
    grow_w = across * (("right" in handle) - ("left" in handle))
    grow_h = along * (handle.startswith("q") - handle.startswith("p"))
    w, h = max(box.w + grow_w, _MIN_SIDE), max(box.h + grow_h, _MIN_SIDE)
    shift_w = (w - box.w) / 2 * (("right" in handle) - ("left" in handle))
    shift_h = (h - box.h) / 2 * (handle.startswith("q") - handle.startswith("p"))
    cx, cy = box.cx + shift_w * c - shift_h * s, box.cy + shift_w * s + shift_h * c
    return Box(cx, cy, w, h, box.angle, box.is_rotated)


def _outline(painter: QPainter, polygon: QPolygonF, closed: bool = True) -> None:
    for colour, width in ((QColor(255, 255, 255, 220), 4.0), (QColor(SELECTED), 2.0)):
        painter.setPen(QPen(colour, width))
        if closed:
            painter.drawPolygon(polygon)
        else:
            painter.drawPolyline(polygon)
