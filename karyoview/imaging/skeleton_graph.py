"""The centre lines of a metaphase as a graph, and the ways through it that fit a box.

Chromosomes that cross or touch share one blob of foreground, but each keeps its own centre line:
the skeleton of the blob is a graph whose edges belong to one chromosome (two near a crossing), and
a chromosome is a simple path in it. Which path, is told by its box: it must reach all four sides.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_NEIGHBOURS = ((-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1))
MAX_PATHS = 400


@dataclass(frozen=True, slots=True)
class Edge:
    """One piece of centre line: ``points`` (K, 2) x, y in order, between nodes ``start`` and ``end``."""

    start: int
    end: int
    points: FloatArray
    gap: bool = False

    @property
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
        extents = [(*e.points.min(0).tolist(), *e.points.max(0).tolist()) for _, e in pieces]
        best: dict[frozenset[int], tuple[float, float, tuple[int, ...], tuple[bool, ...]]] = {}
        for used, ways, turn in _walk(pieces, around, width):
            lowest_x, lowest_y, highest_x, highest_y = zip(*(extents[n] for n in used), strict=True)
            misses = (
                abs(min(lowest_x) - x1) / width, abs(min(lowest_y) - y1) / width,
                abs(max(highest_x) - x2) / width, abs(max(highest_y) - y2) / width,
            )  # fmt: skip
            cost = sum(min(m, 3.0) for m in misses) + turn
            key = frozenset(used)
            if key not in best or cost < best[key][0]:
                best[key] = (cost, max(misses), used, ways)
        # points are put together for the few that are kept: most ways are walked in vain
        return [
            Path(_along(pieces, used, ways), tuple(pieces[n][0] for n in used), cost, misfit)
            for cost, misfit, used, ways in sorted(best.values(), key=lambda b: b[0])[:keep]
        ]

    def _clipped(self, frame: tuple[float, float, float, float]) -> list[tuple[int, Edge]]:
        """The runs of edges inside ``frame``, with fresh nodes where an edge was cut."""
        x1, y1, x2, y2 = frame
        b = self.bounds
        meets = (b[:, 0] <= x2) & (b[:, 2] >= x1) & (b[:, 1] <= y2) & (b[:, 3] >= y1)
        fresh = len(self.nodes)
        pieces: list[tuple[int, Edge]] = []
        for index in np.nonzero(meets)[0]:
            edge, p = self.edges[index], self.edges[index].points
            inside = (p[:, 0] >= x1) & (p[:, 0] <= x2) & (p[:, 1] >= y1) & (p[:, 1] <= y2)
            if inside.all():
                pieces.append((int(index), edge))
                continue
            steps = np.diff(np.concatenate([[0], inside.astype(np.int8), [0]]))
            for begin, stop in zip(np.nonzero(steps == 1)[0], np.nonzero(steps == -1)[0], strict=True):
                start = edge.start if begin == 0 else fresh
                end = edge.end if stop == len(p) else fresh + 1
                fresh += 2
                pieces.append((int(index), Edge(start, end, p[begin:stop], edge.gap)))
        return pieces


def _walk(
    pieces: list[tuple[int, Edge]], around: dict[int, list[tuple[int, bool]]], width: float
) -> Iterator[tuple[tuple[int, ...], tuple[bool, ...], float]]:
    """All simple paths, longest-first within a budget: piece numbers, which of them forward, turning cost."""
    budget = MAX_PATHS
    reach = 0.7 * width
    tangents = [
        tuple((_direction(p, reach), -_direction(p[::-1], reach)) for p in (e.points, e.points[::-1]))
        for _, e in pieces
    ]
    # a stack of (node reached, piece numbers, directions, nodes seen, turning cost)
    stack: list[tuple[int, tuple[int, ...], tuple[bool, ...], frozenset[int], float]] = []
    for number, (_, piece) in enumerate(pieces):
        if not piece.gap:
            stack.append((piece.end, (number,), (True,), frozenset((piece.start, piece.end)), 0.0))
            if piece.start != piece.end:
                stack.append((piece.start, (number,), (False,), frozenset((piece.start, piece.end)), 0.0))
    while stack and budget > 0:
        node, used, ways, seen, cost = stack.pop(0)
        budget -= 1
        if not pieces[used[-1]][1].gap:
            yield used, ways, cost
        leaving = tangents[used[-1]][0 if ways[-1] else 1][1]
        for number, forward in around.get(node, ()):
            piece = pieces[number][1]
            target = piece.end if forward else piece.start
            if number in used or (target in seen and piece.start != piece.end):
                continue
            entering = tangents[number][0 if forward else 1][0]
            cosine = float(leaving @ entering) if leaving.any() and entering.any() else 0.7
            step = 0.9 * (1.0 - cosine)
            if piece.gap:
                step += 0.25 + 0.4 * piece.length / width
            if cosine < -0.5 or cost + step > 2.5:
                continue
            stack.append((target, (*used, number), (*ways, forward), seen | {target}, cost + step))


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
    todo = set(zip(cy.tolist(), cx.tolist(), strict=True))
    links = cv2.filter2D(chain.astype(np.uint8), cv2.CV_8U, np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]], np.uint8))
    ly, lx = np.nonzero(chain & (links <= 1))
    loose = list(zip(ly.tolist(), lx.tolist(), strict=True))
    edges: list[Edge] = []

    def walk(first: tuple[int, int]) -> list[tuple[int, int]]:
        line = [first]
        todo.discard(first)
        while True:
            y, x = line[-1]
            step = next(((y + a, x + b) for a, b in _NEIGHBOURS if (y + a, x + b) in todo), None)
            if step is None:
                return line
            todo.discard(step)
            line.append(step)

    def node_of(pixel: tuple[int, int], other: int | None) -> int:
        y, x = pixel
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
        points = [(x - 1.0, y - 1.0) for y, x in line]
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
