"""What a tool of the metaphase view is, and the registry in which the window finds them all."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol, TypeVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QTransform
from PySide6.QtWidgets import QWidget

from karyoview.core.geometry import Box
from karyoview.gui.canvas.box_layer import BoxLayer


class Canvas(Protocol):
    """What a tool may use of :class:`~karyoview.gui.canvas.view.MetaphaseView`; signals are Qt's.

    ``edit_requested`` takes a function of the :class:`~karyoview.review.session.ReviewSession` that makes one edit
    of the present cell; it is called only where there is a cell, and a KaryoViewError from it is shown.
    """

    layer: BoxLayer
    selected: Any
    added: Any
    reshaped: Any
    split: Any
    marked: Any
    proposed: Any
    overlay_clicked: Any
    edit_requested: Any

    @property
    def scale_factor(self) -> float:
        """Screen pixels per image pixel."""

    def to_image(self, point: QPointF) -> tuple[float, float]:
        """The image point (x, y) under a viewport position."""

    def transform_to_screen(self) -> QTransform:
        """Image pixels → viewport pixels."""

    def set_tool(self, tool: str) -> None:
        """Take up another tool."""

    def preview(self, boxes: dict[str, Box]) -> None:
        """Show boxes at other places while a gesture goes on."""

    def start_pan(self, at: QPointF) -> None:
        """Begin to drag the picture."""

    def viewport(self) -> QWidget:
        """The widget that is painted on."""


class Tool:
    """A gesture in the making; places are viewport pixels. :func:`register_tool` brings it into the window.

    ``id`` names it in settings; ``title`` stands in the menu Edit after the action ``after`` (at the end without
    one), with the default ``shortcuts`` and ``tip``; ``hint`` stands in the status bar while it is in use. Texts are
    English, marked for translation in the contexts ``Actions`` (title, tip) and ``Tools`` (hint).
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    tip: ClassVar[str] = ""
    shortcuts: ClassVar[tuple[str, ...]] = ()
    after: ClassVar[str] = ""
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.CrossCursor
    stays: ClassVar[bool] = False
    """Whether it is still in use in the next cell; drawing ends with the cell that it was taken up for."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas

    def press(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """The left button goes down."""

    def move(self, at: QPointF, buttons: Qt.MouseButton, keys: Qt.KeyboardModifier) -> None:
        """The pointer moves, with or without a button."""

    def release(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """The left button comes up."""

    def double_click(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        """The second press of a double click, by default a press like any other."""
        self.press(at, keys)

    def chosen_again(self) -> None:
        """Its action was triggered while it was in use; by default it begins anew."""
        self.canvas.set_tool(self.id)

    @property
    def begun(self) -> bool:
        """Whether a gesture is half done; a change of cell, tool or focus drops it."""
        return False

    def cancel(self) -> None:
        """Forget what was begun."""

    def paint(self, painter: QPainter, transform: QTransform) -> None:
        """Draw what is in the making, in viewport pixels."""


TOOLS: dict[str, type[Tool]] = {}
"""All registered tools by id, in the order of their registration."""

_T = TypeVar("_T", bound=type[Tool])


def register_tool(tool: _T) -> _T:
    """Class decorator: make a tool known before a window is built. ValueError without id or title or for a taken id."""
    if not tool.id or not tool.title:
        raise ValueError(f"The tool {tool.__name__} needs an id and a title.")
    if TOOLS.get(tool.id, tool) is not tool:
        raise ValueError(f"There is a tool {tool.id!r} already: {TOOLS[tool.id].__name__}.")
    TOOLS[tool.id] = tool
    return tool


def make_tool(tool: str, canvas: Canvas) -> Tool:
    """A tool by its id."""
    return TOOLS[tool](canvas)
