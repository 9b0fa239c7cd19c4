"""Where labels go: beside their box, never over a chromosome, never over each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

GAPS = (3.0, 14.0, 28.0, 46.0, 70.0, 100.0)
# Where a label may hang: a point of the border as shares of half width and half length, and the way out of the box.
_SPOTS = np.array(
    [
        (0, -1, 0, -1), (1, 0, 1, 0), (-1, 0, -1, 0), (0, 1, 0, 1),
        (1, -0.6, 1, 0), (-1, -0.6, -1, 0), (1, 0.6, 1, 0), (-1, 0.6, -1, 0),
    ],
    float,
)  # fmt: skip


class BackgroundMap:
    """Answers how much of a rectangle is chromosome, from a coarse mask, in constant time."""

    def __init__(self, mask: npt.NDArray[np.bool_], step: int) -> None:
        self._step = step
        self._sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1))
        self._sums[1:, 1:] = mask.cumsum(0).cumsum(1)

    def covered(self, rects: FloatArray) -> FloatArray:
        """Pixels of chromosome, in mask cells, in (…, 4) rectangles x1, y1, x2, y2 of image pixels."""
        h, w = self._sums.shape
        x1, y1 = (np.clip(np.floor(rects[..., k] / self._step), 0, n - 1).astype(int) for k, n in ((0, w), (1, h)))
        x2, y2 = (np.clip(np.ceil(rects[..., k] / self._step), 0, n - 1).astype(int) for k, n in ((2, w), (3, h)))
        s = self._sums
        return np.asarray(s[y2, x2] - s[y1, x2] - s[y2, x1] + s[y1, x1])


@dataclass(frozen=True, slots=True)
class Places:
    """Chosen places, good at any zoom: a point of each box's border, the way out of the box, and the gap.

    ``points`` (N, 2) image pixels from the box's centre, ``ways`` (N, 2) unit vectors, ``gaps`` (N,)
    screen pixels between border and label.
    """

    points: FloatArray
    ways: FloatArray
    gaps: FloatArray

    def offsets(self, sizes: FloatArray, scale: float) -> FloatArray:
        """(N, 2) screen pixels from each box's centre to its label's centre."""
        reach = (np.abs(self.ways) * sizes).sum(-1) / 2
        return np.asarray(self.points * scale + self.ways * (self.gaps + reach)[:, None])


def place(
    boxes: FloatArray, sizes: FloatArray, scale: float, ground: BackgroundMap | None, image: tuple[int, int] = (0, 0)
) -> Places:
    """Where each label goes.

    ``boxes`` (N, 5) cx, cy, w, h, angle in image pixels, ``sizes`` (N, 2) of the labels in screen pixels,
    ``scale`` screen pixels per image pixel, ``image`` its (height, width). The nearest place that covers
    no chromosome and no other label and lies in the image wins; where there is none, the least bad one.
    """
    n = len(boxes)
    if not n:
        return Places(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))
    s, c = np.sin(boxes[:, 4])[:, None], np.cos(boxes[:, 4])[:, None]

    def turned(x: FloatArray, y: FloatArray) -> FloatArray:
        return np.stack([x * c - y * s, x * s + y * c], -1)

    points = turned(_SPOTS[:, 0] * boxes[:, 2:3] / 2, _SPOTS[:, 1] * boxes[:, 3:4] / 2)
    ways = turned(np.broadcast_to(_SPOTS[:, 2], (n, len(_SPOTS))), np.broadcast_to(_SPOTS[:, 3], (n, len(_SPOTS))))
    points, ways = np.tile(points, (1, len(GAPS), 1)), np.tile(ways, (1, len(GAPS), 1))
    gaps = np.repeat(np.asarray(GAPS), len(_SPOTS))
    rings = np.repeat(np.arange(len(GAPS)), len(_SPOTS)).astype(float)
    reach = (np.abs(ways) * sizes[:, None]).sum(-1) / 2
    middle = (boxes[:, None, :2] + points) * scale + ways * (gaps + reach)[..., None]
    rects = np.concatenate([middle - sizes[:, None] / 2, middle + sizes[:, None] / 2], -1)
    cost = np.broadcast_to(rings[None] + np.tile(np.arange(len(_SPOTS)) * 0.05, len(GAPS)), rects.shape[:2]).copy()
    if ground is not None:
        covered = ground.covered(rects / scale)
        cost += np.where(covered > 0, 50.0, 0.0) + covered
    if image[0]:
        edge = np.array([image[1], image[0]]) * scale
        cost += 8.0 * ((rects[..., :2] < 0).any(-1) | (rects[..., 2:] > edge).any(-1))
    chosen = np.zeros(n, int)
    placed = np.zeros((n, 4))
    for done, i in enumerate(np.argsort(-cost.min(1), kind="stable")):
        r, p = rects[i][:, None], placed[:done]
        clash = (r[..., 0] < p[:, 2]) & (r[..., 2] > p[:, 0]) & (r[..., 1] < p[:, 3]) & (r[..., 3] > p[:, 1])
        chosen[i] = int((cost[i] + 30.0 * clash.sum(1)).argmin())
        placed[done] = rects[i, chosen[i]]
    rows = np.arange(n)
    return Places(points[rows, chosen], ways[rows, chosen], gaps[chosen])
