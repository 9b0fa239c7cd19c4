"""Real chromosomes whose masks are certain, cut from a real case, and its backgrounds without them.

A box counts as isolated when one blob of foreground fills it, no other box shares the blob and the
blob touches no frame. What is cut stays on the disk of whoever owns the pictures.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.chromosome import CLASSES, parse_class
from karyoview.core.errors import KaryoViewError
from karyoview.imaging.axis import line_length, medial_axis
from karyoview.imaging.ideogram import load_bands
from karyoview.imaging.masks import find_foreground
from karyoview.io.images import read_image

FloatArray = npt.NDArray[np.float64]
GreyArray = npt.NDArray[np.uint8]

_VERSION: Final = 6
_BORDER: Final = 8  # pixels around a piece's mask
_AXIS_POINTS: Final = 48
_SLACK: Final = 14  # experts' boxes stand off the blob by up to so many pixels a side


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One real chromosome: ``absorbance`` (h, w) float32 and ``mask`` bool, ``axis`` (K, 2) x, y in the crop (its
    direction is open), ``label`` 0–23, the index of its picture and its place (x, y) there."""

    absorbance: npt.NDArray[np.float32]
    mask: npt.NDArray[np.bool_]
    axis: FloatArray
    label: int
    picture: int
    place: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class PasteLibrary:
    """Pieces and backgrounds of a real set, read from one npz file (no pickle in it).

    ``labels`` and ``pictures`` are (P,) class and picture of each piece; ``scales`` (I,) pixels a
    relative length (share of the autosomes' length) of each picture, ``tones`` (I,) the median
    absorbance of its chromosomes; ``backgrounds`` the pictures that have a background.
    """

    labels: npt.NDArray[np.int64]
    pictures: npt.NDArray[np.int64]
    scales: FloatArray
    tones: FloatArray
    names: tuple[str, ...]
    backgrounds: npt.NDArray[np.int64]
    digest: str
    _crops: _Packed
    _masks: _Packed
    _grounds: _Packed
    _axes: FloatArray
    _levels: npt.NDArray[np.float32]
    _places: npt.NDArray[np.int64]

    @classmethod
    def build(
        cls, images_dir: Path, coco_json: Path, out_dir: Path, limit: int | None = None, workers: int = 1
    ) -> PasteLibrary:
        """Cut the library from the first ``limit`` pictures (shuffled by name) of a COCO file, or read it where
        ``out_dir`` already holds it. Raises KaryoViewError when nothing isolated is found."""
        images_dir, coco_json, out_dir = Path(images_dir), Path(coco_json), Path(out_dir)
        rows = _rows_of(coco_json, limit)
        key = json.dumps([_VERSION, [[n, np.round(b, 2).tolist(), label.tolist()] for n, b, label in rows]])
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        path = out_dir / _file_name(digest)
        if not path.is_file():
            out_dir.mkdir(parents=True, exist_ok=True)
            jobs = [(str(images_dir / name), boxes, labels) for name, boxes, labels in rows]
            if workers > 1:
                with ProcessPoolExecutor(workers) as pool:
                    found = list(pool.map(_cut_picture, jobs, chunksize=8))
            else:
                found = [_cut_picture(job) for job in jobs]
            _save(path, found, [name for name, _, _ in rows], digest, coco_json)
        return cls.read(path)

    @classmethod
    def read(cls, path: Path) -> PasteLibrary:
        """A library from its npz file; KaryoViewError when it is none."""
        try:
            with np.load(path, allow_pickle=False) as data:
                rows = {k: data[k] for k in data.files}
            return cls(
                rows["labels"], rows["pictures"], rows["scales"], rows["tones"], tuple(str(n) for n in rows["names"]),
                rows["backgrounds"], str(rows["digest"]),
                _Packed(rows["crops"], rows["crop_ends"]), _Packed(rows["masks"], rows["mask_ends"]),
                _Packed(rows["grounds"], rows["ground_ends"]), rows["axes"], rows["levels"], rows["places"],
            )  # fmt: skip
        except (OSError, ValueError, KeyError) as error:
            raise KaryoViewError(f"{path} is no library of cut chromosomes; delete it and build it again.") from error

    @property
    def file_name(self) -> str:
        """Name of its file in the folder it was built in."""
        return _file_name(self.digest)

    def __len__(self) -> int:
        return len(self.labels)

    def piece(self, index: int) -> Piece:
        """One piece, decoded."""
        pixels = self._crops[index].astype(np.float32)
        level = float(self._levels[index])
        absorbance = np.log(level / np.maximum(pixels, 4.0))
        return Piece(
            absorbance, self._masks[index] > 0, self._axes[index], int(self.labels[index]),
            int(self.pictures[index]), (int(self._places[index][0]), int(self._places[index][1])),
        )  # fmt: skip

    def background(self, index: int) -> GreyArray:
        """The background number ``index`` (of picture ``backgrounds[index]``), (H, W) uint8, without chromosomes."""
        return self._grounds[index]


@dataclass(frozen=True, slots=True, eq=False)
class _Packed:
    """Pictures as PNG, one after the other in one array."""

    data: npt.NDArray[np.uint8]
    ends: npt.NDArray[np.int64]

    def __getitem__(self, index: int) -> GreyArray:
        start = int(self.ends[index - 1]) if index else 0
        return np.asarray(cv2.imdecode(self.data[start : int(self.ends[index])], cv2.IMREAD_GRAYSCALE), dtype=np.uint8)

    @staticmethod
    def pack(pictures: Sequence[GreyArray]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        coded = [cv2.imencode(".png", p)[1].ravel() for p in pictures]
        return np.concatenate(coded), np.cumsum([len(c) for c in coded]).astype(np.int64)


def _file_name(digest: str) -> str:
    return f"pieces-{digest}.npz"


def _rows_of(coco_json: Path, limit: int | None) -> list[tuple[str, FloatArray, npt.NDArray[np.int64]]]:
    """Name, boxes x1 y1 x2 y2 and classes of each picture, in an order that only its name decides."""
    try:
        document = json.loads(coco_json.read_text(encoding="utf-8"))
        classes = {c["id"]: parse_class(c["name"]) for c in document["categories"]}
        by_image: dict[int, list[tuple[list[float], int]]] = {}
        for a in document["annotations"]:
            known = classes.get(a["category_id"])
            by_image.setdefault(a["image_id"], []).append((a["bbox"], -1 if known is None else known.index))
        images = [(i["id"], str(i["file_name"])) for i in document["images"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise KaryoViewError(f"{coco_json} is no COCO file with boxes and classes; export the case as COCO.") from error
    images.sort(key=lambda row: hashlib.sha256(row[1].encode()).digest())
    rows = []
    for number, name in images[:limit]:
        boxed = by_image.get(number, [])
        boxes = np.asarray([b for b, _ in boxed], dtype=np.float64).reshape(-1, 4)
        boxes[:, 2:] += boxes[:, :2]
        rows.append((name, boxes, np.asarray([label for _, label in boxed], dtype=np.int64)))
    return rows


def _cut_picture(job: tuple[str, FloatArray, npt.NDArray[np.int64]]) -> dict[str, Any]:
    """The pieces, background, scale and tone of one picture."""
    path, boxes, labels = job
    grey = read_image(Path(path)).to_uint8()
    front = find_foreground(grey, boxes)
    ground = _bare_background(grey, front.mask, boxes)
    _, blobs, stats, _ = cv2.connectedComponentsWithStats(front.mask.astype(np.uint8), connectivity=8)
    table = load_bands(850)
    relative = np.array([table.relative_length(c.label) for c in CLASSES])
    known = labels >= 0
    sides = (boxes[:, 2:] - boxes[:, :2]).max(1) if len(boxes) else np.zeros(0)
    scale = float(np.median(sides[known] / relative[labels[known]])) if known.any() else 0.0
    depth = np.log(np.maximum(ground, 30.0) / np.maximum(grey, 4.0))[front.mask & (ground > grey)]
    tone = float(np.median(depth)) if len(depth) else 0.0
    pieces = []
    for index, blob in _isolated(front.mask, np.asarray(blobs, np.int32), np.asarray(stats, np.int32), boxes, labels):
        x, y, w, h, _ = (int(v) for v in stats[blob])
        mask = _smoothed(blobs[y : y + h, x : x + w] == blob, front.width)
        axis = medial_axis(mask)
        if not _is_plain(mask, axis, front.width):
            continue
        b = _BORDER
        crop = grey[y - b : y + h + b, x - b : x + w + b]
        around = blobs[y - b : y + h + b, x - b : x + w + b]
        others = ((around > 0) & (around != blob)).astype(np.uint8)
        padded = np.pad(mask, b)
        if (cv2.dilate(padded.astype(np.uint8), np.ones((7, 7), np.uint8)) & others).any():
            continue  # another chromosome's blur lies on the edge
        level = float(np.median(ground[y : y + h, x : x + w]))
        even = axis[np.rint(np.linspace(0, len(axis) - 1, _AXIS_POINTS)).astype(int)] + b
        pieces.append((crop, padded, even, int(labels[index]), level, (x - b, y - b)))
    return {"pieces": pieces, "ground": ground, "scale": scale, "tone": tone}


def _isolated(
    mask: npt.NDArray[np.bool_], blobs: npt.NDArray[np.int32], stats: npt.NDArray[np.int32], boxes: FloatArray,
    labels: npt.NDArray[np.int64],
) -> Iterator[tuple[int, int]]:  # fmt: skip
    """Boxes that one blob fills and no other box shares: (box, blob)."""
    height, width = mask.shape
    whole = np.rint(boxes).astype(int)
    shares = []
    for x1, y1, x2, y2 in whole:
        inside = blobs[max(y1, 0) : y2, max(x1, 0) : x2]
        numbers = np.bincount(inside.ravel(), minlength=len(stats))
        numbers[0] = 0
        shares.append(numbers)
    for index, (x1, y1, x2, y2) in enumerate(whole.tolist()):
        if labels[index] < 0 or not shares[index].any():
            continue
        blob = int(shares[index].argmax())
        x, y, w, h, area = (int(v) for v in stats[blob])
        slack = (x - x1, y - y1, x2 - x - w, y2 - y - h)
        if min(slack) < -2 or max(slack) > _SLACK or area < 150:
            continue
        b = _BORDER
        if x < b or y < b or x + w > width - b or y + h > height - b:
            continue
        shared = any(n[blob] > 0.35 * max(n.sum(), 1) for other, n in enumerate(shares) if other != index)
        if not shared:
            yield index, blob


def _smoothed(mask: npt.NDArray[np.bool_], width: float) -> npt.NDArray[np.bool_]:
    """The mask without thin whiskers of stain."""
    side = max(int(0.4 * width) | 1, 3)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    opened = cv2.morphologyEx(np.pad(mask, side).astype(np.uint8), cv2.MORPH_OPEN, kernel)
    return opened[side:-side, side:-side] > 0


def _is_plain(mask: npt.NDArray[np.bool_], axis: FloatArray, usual: float) -> bool:
    """Whether a blob looks like one chromosome: one even strip along its axis."""
    if len(axis) < 4:
        return False
    depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)
    limit = np.array(depth.shape[::-1]) - 1
    x, y = np.clip(axis + 1.0, 0, limit).astype(int).T
    widths = 2 * depth[y, x]
    middle = float(np.percentile(widths, 70))  # the ends taper, and are half of a short one
    if not 0.55 * usual < middle < 1.6 * usual or 2 * depth.max() > 1.35 * middle:
        return False
    filled = float(mask.sum()) / max((line_length(axis) + 0.6 * middle) * middle, 1.0)
    return 0.68 < filled < 1.2


def _bare_background(grey: GreyArray, mask: npt.NDArray[np.bool_], boxes: FloatArray) -> GreyArray:
    """The picture with its chromosomes filled in: smooth background from around, grain from elsewhere.

    Nuclei and debris outside all boxes stay.
    """
    height, width = grey.shape
    inside = np.zeros(grey.shape, dtype=np.uint8)
    for x1, y1, x2, y2 in np.rint(boxes).astype(int).tolist():
        inside[max(y1, 0) : y2, max(x1, 0) : x2] = 1
    hole = cv2.dilate((mask & (inside > 0)).astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))) > 0
    known = (~hole).astype(np.float32)
    smooth = grey.astype(np.float32) * known
    level = np.zeros_like(smooth)
    weight = np.zeros_like(smooth)
    for sigma in (3.0, 8.0, 24.0, 80.0):
        small = 1 if sigma < 8 else 4
        size = (max(width // small, 1), max(height // small, 1))
        sums = cv2.GaussianBlur(cv2.resize(smooth, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / small)
        counts = cv2.GaussianBlur(cv2.resize(known, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / small)
        sums, counts = (cv2.resize(v, (width, height), interpolation=cv2.INTER_LINEAR) for v in (sums, counts))
        trust = np.clip(counts * 4, 0, 1) * (1 - weight)
        level += trust * sums / np.maximum(counts, 1e-6)
        weight += trust
    level = np.where(weight > 0, level / np.maximum(weight, 1e-6), 230.0)
    grain = grey.astype(np.float32) - cv2.GaussianBlur(grey, (0, 0), 3.0)
    quiet = known * (cv2.dilate(hole.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0) * (np.abs(grain) < 12)
    filled = np.zeros_like(grain)
    missing = hole.copy()
    for shift in range(1, 40):
        dy, dx = (shift * 97) % height, (shift * 61) % width
        moved, good = np.roll(grain, (dy, dx), (0, 1)), np.roll(quiet, (dy, dx), (0, 1)) > 0
        take = missing & good
        filled[take] = moved[take]
        missing &= ~good
        if not missing.any():
            break
    soft = cv2.GaussianBlur(hole.astype(np.float32), (0, 0), 1.5)
    out = grey * (1 - soft) + (level + filled) * soft
    return np.clip(np.rint(np.where(hole, level + filled, out)), 0, 255).astype(np.uint8)


def _save(path: Path, found: Sequence[dict[str, Any]], names: Sequence[str], digest: str, origin: Path) -> None:
    pieces = [(*p, i) for i, row in enumerate(found) for p in row["pieces"]]
    if not pieces:
        raise KaryoViewError(f"No isolated chromosome was found in the pictures of {origin}; take more pictures.")
    crops, crop_ends = _Packed.pack([p[0] for p in pieces])
    masks, mask_ends = _Packed.pack([p[1].astype(np.uint8) * 255 for p in pieces])
    # Backgrounds are the large part; a few hundred are enough.
    usable = [i for i, row in enumerate(found) if row["scale"] > 0 and row["tone"] > 0][:400]
    grounds, ground_ends = _Packed.pack([found[i]["ground"] for i in usable])
    columns: dict[str, Any] = {
        name: np.array([piece[place] for piece in pieces], kind)
        for name, place, kind in (
            ("axes", 2, None), ("labels", 3, np.int64), ("levels", 4, np.float32), ("places", 5, np.int64),
            ("pictures", 6, np.int64),
        )
    }  # fmt: skip
    temporary = path.with_suffix(".tmp")
    with temporary.open("wb") as file:
        np.savez(
            file, crops=crops, crop_ends=crop_ends, masks=masks, mask_ends=mask_ends, grounds=grounds,
            ground_ends=ground_ends, **columns, scales=np.array([r["scale"] for r in found]),
            tones=np.array([r["tone"] for r in found]), names=np.array(list(names)),
            backgrounds=np.array(usable, dtype=np.int64), digest=np.array(digest),
        )  # fmt: skip
    temporary.replace(path)
