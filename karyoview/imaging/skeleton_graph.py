"""The centre lines of a metaphase as a graph, and the ways through it that fit a box.

Chromosomes that cross or touch share one blob of foreground, but each keeps its own centre line:
the skeleton of the blob is a graph whose edges belong to one chromosome (two near a crossing), and
a chromosome is a simple path in it. Which path, is told by its box: it must reach all four sides.
"""

from __future__ import annotations

import functools
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Extent = tuple[float, float, float, float]
Tangents = tuple[tuple[float, float], tuple[float, float]]

_NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))
MAX_PATHS = 400


@dataclass(frozen=True, eq=False)
class Edge:
    """One piece of centre line: ``points`` (K, 2) x, y in order, between nodes ``start`` and ``end``."""

    start: int
    end: int
    points: FloatArray
    gap: bool = False

    @functools.cached_property
    def length(self) -> float:
        return _length(self.points)


@dataclass(frozen=True, slots=True)
class Path:
    """A way through the graph: ``points`` (K, 2) x, y; the edges it uses; its cost (0 is a perfect fit)."""

    points: FloatArray
    edges: tuple[int, ...]
    cost: float
    misfit: float


@dataclass(slots=True)
class SkeletonGraph:
    """Nodes (J, 2) x, y and the edges between them; ``bounds`` (E, 4) x1, y1, x2, y2 of the edges."""

    nodes: FloatArray
    edges: list[Edge]
    bounds: FloatArray
    _known: dict[int, Tangents] = field(default_factory=dict)

    @classmethod
    def from_skeleton(cls, skeleton: BoolArray, width: float) -> SkeletonGraph:
        """The graph of a one-pixel skeleton (H, W).

        ``width`` is the chromosomes' width in pixels: spurs shorter than 0.6 of it are dropped and
        ends that face one another within 1.5 of it are joined by a gap edge.
        """
        nodes, edges = _trace(skeleton)
        edges = _without_spurs(edges, len(nodes), 0.6 * width)
        edges += _gap_edges(nodes, edges, width)
        bounds = np.array([[*e.points.min(0), *e.points.max(0)] for e in edges], dtype=np.float64).reshape(-1, 4)
        return cls(nodes, edges, bounds)

    def paths_in(self, window: tuple[float, float, float, float], width: float, keep: int = 6) -> list[Path]:
        """The cheapest paths inside ``window`` (x1, y1, x2, y2), at most ``keep``, by rising cost.

        ``window`` is where the centre line must lie: the box, less the margin and half the width.
        The cost adds, in chromosome widths, how far the path stays from the window's four sides,
        and the sharpness of its turns and the gaps it jumps.
        """
        x1, y1, x2, y2 = window
        slack = 0.5 * width
        frame = (x1 - slack, y1 - slack, x2 + slack, y2 + slack)
        pieces = self._clipped(frame)
        if not pieces:
            return []
        around: dict[int, list[tuple[int, bool]]] = {}
        for number, (_, piece) in enumerate(pieces):
            around.setdefault(piece.start, []).append((number, True))
            around.setdefault(piece.end, []).append((number, False))
        extents = [self._extent(index, edge) for index, edge in pieces]
        tangents = [self._tangents(index, edge, width) for index, edge in pieces]
        best: dict[frozenset[int], tuple[float, Extent, tuple[int, ...], tuple[bool, ...]]] = {}
        for used, ways, turn, extent in _walk(pieces, around, width, extents, tangents):
            cost = 0.0
            for reached, wanted in zip(extent, window, strict=True):
                miss = abs(reached - wanted) / width
                cost += miss if miss < 3.0 else 3.0
            cost += turn
            key = frozenset(used)
            if key not in best or cost < best[key][0]:
                best[key] = (cost, extent, used, ways)
        # points are put together for the few that are kept: most ways are walked in vain
        return [
            Path(
                _along(pieces, used, ways), tuple(pieces[n][0] for n in used), cost,
                max(abs(reached - wanted) / width for reached, wanted in zip(extent, window, strict=True)),
            )
            for cost, extent, used, ways in sorted(best.values(), key=lambda b: b[0])[:keep]
        ]  # fmt: skip

    def _extent(self, index: int, piece: Edge) -> Extent:
        """Bounds x1, y1, x2, y2 of a piece of the edge ``index``; of a whole edge they are known."""
        if piece is self.edges[index]:
            left, top, right, bottom = self.bounds[index].tolist()
            return left, top, right, bottom
        x, y = piece.points.T
        return float(x.min()), float(y.min()), float(x.max()), float(y.max())

    def _tangents(self, index: int, piece: Edge, width: float) -> Tangents:
        """Directions at both ends of a piece of the edge ``index``; those of whole edges are found once."""
        if piece is not self.edges[index]:
            return _tangents(piece.points, 0.7 * width)
        if index not in self._known:
            self._known[index] = _tangents(piece.points, 0.7 * width)
        return self._known[index]

    def _clipped(self, frame: tuple[float, float, float, float]) -> list[tuple[int, Edge]]:
        """The runs of edges inside ``frame``, with fresh nodes where an edge was cut."""
        x1, y1, x2, y2 = frame
        b = self.bounds
        meets = (b[:, 0] <= x2) & (b[:, 2] >= x1) & (b[:, 1] <= y2) & (b[:, 3] >= y1)
        whole = (b[:, 0] >= x1) & (b[:, 2] <= x2) & (b[:, 1] >= y1) & (b[:, 3] <= y2)
        fresh = len(self.nodes)
        pieces: list[tuple[int, Edge]] = []
        for index in np.nonzero(meets)[0]:
            edge, p = self.edges[index], self.edges[index].points
            if whole[index]:
                pieces.append((int(index), edge))
                continue
            inside = (p[:, 0] >= x1) & (p[:, 0] <= x2) & (p[:, 1] >= y1) & (p[:, 1] <= y2)
            steps = np.diff(np.concatenate([[0], inside.astype(np.int8), [0]]))
            for begin, stop in zip(np.nonzero(steps == 1)[0], np.nonzero(steps == -1)[0], strict=True):
                start = edge.start if begin == 0 else fresh
                end = edge.end if stop == len(p) else fresh + 1
                fresh += 2
                pieces.append((int(index), Edge(start, end, p[begin:stop], edge.gap)))
        return pieces


def _walk(
    pieces: list[tuple[int, Edge]],
    around: dict[int, list[tuple[int, bool]]],
    width: float,
    extents: list[Extent],
    tangents: list[Tangents],
) -> Iterator[tuple[tuple[int, ...], tuple[bool, ...], float, Extent]]:
    """All simple paths, longest-first within a budget: piece numbers, which of them forward, turning cost, bounds.

    ``tangents`` are of each piece the directions at its start and at its end, as one walks forward; backward they
    are these reversed.
    """
    budget = MAX_PATHS
    # a queue of (node reached, piece numbers, directions, nodes seen, turning cost, bounds)
    queue: deque[tuple[int, tuple[int, ...], tuple[bool, ...], frozenset[int], float, Extent]] = deque()
    for number, (_, piece) in enumerate(pieces):
        if not piece.gap:
            both = frozenset((piece.start, piece.end))
            queue.append((piece.end, (number,), (True,), both, 0.0, extents[number]))
            if piece.start != piece.end:
                queue.append((piece.start, (number,), (False,), both, 0.0, extents[number]))
    while queue and budget > 0:
        node, used, ways, seen, cost, extent = queue.popleft()
        budget -= 1
        if not pieces[used[-1]][1].gap:
            yield used, ways, cost, extent
        first, last = tangents[used[-1]]
        leave_x, leave_y = last if ways[-1] else (-first[0], -first[1])
        for number, forward in around.get(node, ()):
            piece = pieces[number][1]
            target = piece.end if forward else piece.start
            if number in used or (target in seen and piece.start != piece.end):
                continue
            first, last = tangents[number]
            enter_x, enter_y = first if forward else (-last[0], -last[1])
            known = (leave_x or leave_y) and (enter_x or enter_y)
            cosine = leave_x * enter_x + leave_y * enter_y if known else 0.7
            step = 0.9 * (1.0 - cosine)
            if piece.gap:
                step += 0.25 + 0.4 * piece.length / width
            if cosine < -0.5 or cost + step > 2.5:
                continue
            (left, top, right, bottom), more = extent, extents[number]
            grown = (
                left if left < more[0] else more[0], top if top < more[1] else more[1],
                right if right > more[2] else more[2], bottom if bottom > more[3] else more[3],
            )  # fmt: skip
            queue.append((target, (*used, number), (*ways, forward), seen | {target}, cost + step, grown))


def _tangents(points: FloatArray, reach: float) -> Tangents:
    """Directions x, y of a chain at its start and at its end, both forward; 0, 0 for a single point."""
    begin, end = _direction(points, reach), _direction(points[::-1], reach)
    return (float(begin[0]), float(begin[1])), (-float(end[0]), -float(end[1]))


def _along(pieces: list[tuple[int, Edge]], used: tuple[int, ...], ways: tuple[bool, ...]) -> FloatArray:
    """The points (K, 2) of some pieces one after the other, forward or backward."""
    runs = (pieces[n][1].points for n in used)
    return np.concatenate([run if forward else run[::-1] for run, forward in zip(runs, ways, strict=True)])


def _trace(skeleton: BoolArray) -> tuple[FloatArray, list[Edge]]:
    """Nodes and edges of a skeleton: junction clusters, ends, and the pixel chains between them."""
    marks = np.pad(skeleton, 1).astype(np.uint8)
    degree = cv2.filter2D(marks, cv2.CV_8U, np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8)) * marks
    junction = ((degree >= 3) & (marks > 0)).astype(np.uint8)
    count, clusters = cv2.connectedComponents(junction, connectivity=8)
    nodes: list[tuple[float, float]] = [(0.0, 0.0)] * (count - 1)
    ys, xs = np.nonzero(junction)
    if len(ys):
        owner = clusters[ys, xs] - 1
        size = np.maximum(np.bincount(owner, minlength=count - 1), 1)
        mean_x, mean_y = np.bincount(owner, xs, count - 1) / size, np.bincount(owner, ys, count - 1) / size
        nodes = list(zip((mean_x - 1).tolist(), (mean_y - 1).tolist(), strict=True))
    chain = (marks > 0) & (junction == 0)
    cy, cx = np.nonzero(chain)
    # pixels by their place in the flattened picture: walking takes most of the time
    columns = marks.shape[1]
    around = [a * columns + b for a, b in _NEIGHBOURS]
    todo = set((cy * columns + cx).tolist())
    links = cv2.filter2D(chain.astype(np.uint8), cv2.CV_8U, np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8))
    ly, lx = np.nonzero(chain & (links <= 1))
    loose = (ly * columns + lx).tolist()
    edges: list[Edge] = []

    def walk(first: int) -> list[int]:
        line = [first]
        todo.discard(first)
        place = first
        while True:
            for offset in around:
                if place + offset in todo:
                    break
            else:
                return line
            place += offset
            todo.discard(place)
            line.append(place)

    def node_of(pixel: int, other: int | None) -> int:
        y, x = divmod(pixel, columns)
        near = {int(clusters[y + a, x + b]) - 1 for a, b in _NEIGHBOURS} - {-1}
        choice = sorted(near - {other}) or sorted(near)
        if choice:
            return choice[0]
        nodes.append((x - 1.0, y - 1.0))
        return len(nodes) - 1

    for pixel in loose + sorted(todo):
        if pixel not in todo:
            continue
        line = walk(pixel)
        start = node_of(line[0], None)
        end = node_of(line[-1], start)
        points = [(x - 1.0, y - 1.0) for y, x in (divmod(pixel, columns) for pixel in line)]
        if start < count - 1:
            points.insert(0, nodes[start])
        if end < count - 1:
            points.append(nodes[end])
        edges.append(Edge(start, end, np.array(points, dtype=np.float64)))
    return np.array(nodes, dtype=np.float64).reshape(-1, 2), edges


def _without_spurs(edges: list[Edge], count: int, shortest: float) -> list[Edge]:
    """The edges less those that end freely after fewer than ``shortest`` pixels at a junction."""
    degree = np.zeros(count, dtype=int)
    for e in edges:
        degree[e.start] += 1
        degree[e.end] += 1
    kept = []
    for e in edges:
        free = (degree[e.start] == 1) != (degree[e.end] == 1)
        if free and e.length < shortest:
            continue
        kept.append(e)
    return kept


def _gap_edges(nodes: FloatArray, edges: list[Edge], width: float) -> list[Edge]:
    """Straight edges between free ends that lie within 1.5 widths and face one another."""
    ends: dict[int, list[FloatArray]] = {}
    for e in edges:
        ends.setdefault(e.start, []).append(-_direction(e.points, 0.7 * width))
        ends.setdefault(e.end, []).append(-_direction(e.points[::-1], 0.7 * width))
    free = [n for n, directions in ends.items() if len(directions) == 1]
    if len(free) < 2:
        return []
    at = nodes[free]
    outward = np.array([ends[n][0] for n in free])
    step = at[None] - at[:, None]
    distance = np.linalg.norm(step, axis=-1)
    unit = step / np.maximum(distance, 1e-9)[..., None]
    faces = (unit * outward[:, None]).sum(-1)
    blunt = np.logical_not(np.any(outward, axis=1))[:, None]
    fits = (distance > 0) & (distance < 1.5 * width) & ((faces > 0.5) | (distance < 0.3 * width) | blunt)
    fits &= fits.T
    joined = []
    for i, j in zip(*np.nonzero(np.triu(fits, 1)), strict=True):
        k = max(int(distance[i, j]), 2)
        joined.append(Edge(free[i], free[j], np.linspace(at[i], at[j], k), gap=True))
    return joined


def _direction(points: FloatArray, reach: float) -> FloatArray:
    """Unit vector of a chain's beginning, measured over ``reach`` pixels; zero for a single point."""
    k = min(len(points) - 1, max(int(reach), 1))
    step = points[k] - points[0]
    norm = math.hypot(step[0], step[1])
    return step / norm if norm > 0 else np.zeros(2)


def _length(points: FloatArray) -> float:
    return float(np.hypot(*np.diff(points, axis=0).T).sum()) if len(points) > 1 else 0.0
