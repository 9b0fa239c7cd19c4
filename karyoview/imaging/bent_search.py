"""Where a chromosome that a program straightened may lie bent: by its band profile along centre lines of the ink.

The centre lines are ways through the skeleton of the ink that is left over, which go straight on where chromosomes
cross. The profile of the chromosome is correlated with that along each line, both ways up; where they agree, the line
gives the pose from which the fit of the grey values starts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from skimage.morphology import skeletonize

from karyoview.imaging.axis import line_length, smooth_line
from karyoview.imaging.correlation_search import Float32Array, Template
from karyoview.imaging.karyogram_segmentation import ink_limit
from karyoview.imaging.skeleton_graph import Edge, SkeletonGraph
from karyoview.imaging.straighten import points_along
from karyoview.imaging.template_fit import TERMS, Pose, bend_terms

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_WAYS: Final = 60  # of one connected part
_AHEAD: Final = 0.2  # cosine of the sharpest turn at a crossing
_LIKE: Final = 0.4  # correlation of band profiles from which a place is worth fitting


def is_straight(template: Template, width: float) -> bool:
    """Whether a chromosome stands straight and upright, so that it may have been straightened."""
    own = template.own
    rows, columns = np.flatnonzero(own.any(1)), np.flatnonzero(own.any(0))
    tall, wide = rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1
    middles = [float(np.flatnonzero(row).mean()) for row in own[rows[0] : rows[-1] + 1] if row.any()]
    return bool(tall > 1.2 * wide and wide < 1.7 * width and np.std(middles) < 0.3 * width)


@dataclass(frozen=True, slots=True, eq=False)
class CentreLine:
    """A way along ink: ``points`` (K, 2) x, y one px apart, half a chromosome's width beyond the skeleton's ends.

    ``profile`` (K,) is the mean ink across the middle of the line at each point.
    """

    points: FloatArray
    profile: FloatArray


def centre_lines(depth: Float32Array, width: float) -> list[CentreLine]:
    """The ways that chromosomes of ``width`` px may take along the ink of ``depth`` (H, W) float32."""
    smooth = cv2.GaussianBlur(depth, (0, 0), width / 8).astype(np.float32)
    ink = (smooth > 1.5 * ink_limit(depth)).astype(np.uint8)
    ink = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    large = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] > 0.8 * width**2)
    kept = _filled(np.isin(parts, large[large > 0]), width)
    graph = SkeletonGraph.from_skeleton(np.asarray(skeletonize(kept), bool), width)
    return [_centre_line(way, smooth, width) for way in _ways(graph, width)]


def _filled(ink: BoolArray, width: float) -> BoolArray:
    """Ink without the small holes that pale bands are."""
    _, parts, stats, _ = cv2.connectedComponentsWithStats((~ink).astype(np.uint8), connectivity=4)
    small = np.flatnonzero(stats[:, cv2.CC_STAT_AREA] < 0.3 * width**2)
    return np.asarray(ink | np.isin(parts, small[small > 0]))


def _centre_line(way: FloatArray, smooth: Float32Array, width: float) -> CentreLine:
    line = smooth_line(way, 1.0, 0.35 * width)
    length = line_length(line)
    places = np.arange(-0.5 * width, length + 0.5 * width)
    points, normals = points_along(line, places)
    across = np.linspace(-0.25, 0.25, 5) * width
    at = (points[:, None] + normals[:, None] * across[None, :, None] - 0.5).astype(np.float32)
    profile = cv2.remap(smooth, at[..., 0], at[..., 1], cv2.INTER_LINEAR).mean(1)
    return CentreLine(points, profile.astype(np.float64))


def _ways(graph: SkeletonGraph, width: float) -> list[FloatArray]:
    """Ways (K, 2) from end to end of the skeleton that make no sharp turns, without going anywhere twice."""
    around: dict[int, list[tuple[int, bool]]] = {}
    for number, edge in enumerate(graph.edges):
        around.setdefault(edge.start, []).append((number, True))
        around.setdefault(edge.end, []).append((number, False))
    found: dict[frozenset[int], FloatArray] = {}
    for first, edge in enumerate(graph.edges):
        for forward in (True, False):
            stack: list[tuple[tuple[int, ...], int, FloatArray]] = [
                ((first,), edge.end if forward else edge.start, _directed(edge, forward))
            ]
            begun = len(found)
            while stack and len(found) - begun < _WAYS:
                used, node, points = stack.pop()
                grown = []
                for number, onward in around[node]:
                    own = _directed(graph.edges[number], onward)
                    if number not in used and _turn(points, own, width) > _AHEAD:
                        end = graph.edges[number].end if onward else graph.edges[number].start
                        grown.append(((*used, number), end, np.concatenate([points, own])))
                stack += grown
                if not grown:
                    found.setdefault(frozenset(used), points)
    ways = [w for used, w in found.items() if not any(used < other for other in found)]
    return [w for w in ways if len(w) > 3 and line_length(w) > 0.5 * width]


def _directed(edge: Edge, forward: bool) -> FloatArray:
    return edge.points if forward else edge.points[::-1]


def _turn(before: FloatArray, after: FloatArray, width: float) -> float:
    """The cosine of the turn from one line's end to the next one's beginning."""
    reach = max(round(0.6 * width), 2)
    a = before[-1] - before[max(len(before) - reach, 0)]
    b = after[min(reach, len(after) - 1)] - after[0]
    return float(a @ b / max(float(np.hypot(*a) * np.hypot(*b)), 1e-6))


def poses_along(template: Template, lines: Sequence[CentreLine], zoom: float, count: int) -> list[Pose]:
    """The best ``count`` poses of a straight template along centre lines, by band profile, best first.

    ``zoom`` is metaphase px a template px.
    """
    rows = np.flatnonzero(template.own.any(1))
    half = float(rows[-1] - rows[0] + 1) / 2
    samples = max(round(2 * half * zoom), 6)
    own = _profile_of(template, samples)
    found: list[tuple[float, CentreLine, int, bool]] = []
    for line in lines:
        if len(line.points) < 0.93 * samples:
            continue
        for up in (True, False):
            likeness = _likeness(line.profile if up else line.profile[::-1], own)
            for _ in range(2):
                place = int(likeness.argmax())
                if likeness[place] < _LIKE:
                    break
                found.append((float(likeness[place]), line, place, up))
                likeness[max(place - samples // 8, 0) : place + samples // 8 + 1] = -1
    found.sort(key=lambda f: -f[0])
    poses: list[Pose] = []
    for _, line, place, up in found:
        points = (line.points if up else line.points[::-1])[place : place + samples]
        pose = _pose_of(points, half, zoom)
        if all(np.hypot(pose.x - p.x, pose.y - p.y) > 3 or np.cos(pose.angle - p.angle) < 0.9 for p in poses):
            poses.append(pose)
        if len(poses) == count:
            break
    return poses


def _likeness(profile: FloatArray, own: FloatArray) -> FloatArray:
    """Correlation of ``own`` (n,), standardised, with each stretch of n of a profile; one value where it is shorter."""
    n = len(own)
    if len(profile) < n:
        profile = np.pad(profile, (0, n - len(profile)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(profile, n)
    centred = windows - windows.mean(1, keepdims=True)
    return np.asarray(centred @ own / (np.sqrt(n) * np.maximum(np.linalg.norm(centred, axis=1), 1e-6)))


def _pose_of(line: FloatArray, half: float, zoom: float) -> Pose:
    """The pose whose bend follows a line (K, 2), its first point being the upper end."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    step = np.diff(line, axis=0)
    # Straight down is 0; a turn clockwise on the screen is positive.
    direction = np.unwrap(np.arctan2(-step[:, 0], step[:, 1]))
    s = ((along[1:] + along[:-1]) / 2 - along[-1] / 2) / (half * zoom)
    basis = np.stack([np.ones(len(s)), *bend_terms(s)], 1)
    solved = np.linalg.lstsq(basis.T @ basis + 0.05 * np.eye(TERMS + 1), basis.T @ direction, rcond=None)[0]
    middle = np.array([np.interp(along[-1] / 2, along, line[:, k]) for k in (0, 1)])
    return Pose(float(middle[0]), float(middle[1]), float(solved[0]), zoom, tuple(solved[1:].tolist()))


def _profile_of(template: Template, samples: int) -> FloatArray:
    """The template's mean ink across at ``samples`` places from its upper end, mean 0 and deviation 1."""
    own = template.own.astype(np.float64)
    filled = own.sum(1)
    rows = np.flatnonzero(filled)
    mean = (template.depth * own).sum(1)[rows] / filled[rows]
    every = len(mean) / samples
    mean = cv2.GaussianBlur(mean[None], (0, 0), max(0.5 * every, 0.3), borderType=cv2.BORDER_REPLICATE)[0]
    even = np.interp((np.arange(samples) + 0.5) * every - 0.5, np.arange(len(mean)), mean)
    even = even - even.mean()
    return np.asarray(even / max(float(even.std()), 1e-6))
