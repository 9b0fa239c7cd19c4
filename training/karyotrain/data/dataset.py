"""Labelled cells in memory: from COCO files, synthetic cases, exported review work and case folders.

Every image is decoded once, to 8-bit grey, scaled and kept; the splits are by case, never by image.
A folder may be a data set (``train.json``, ``val.json`` and ``images/``), one synthetic case
(``truth.json``), a case of KaryoView (``karyoview/case.json``) or a folder of such cases.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from karyotrain.data.coco import CocoDocument, read_coco, rows_by_image
from karyotrain.data.errors import DataError, NoCellsError
from karyotrain.data.manifest import Problem, reviewed_cells
from karyoview.core.chromosome import CLASS_NAMES, parse_class
from karyoview.core.geometry import capsule_bounds, normalise_angle
from karyoview.core.metrics import ImageTruth
from karyoview.core.runlength import decode_mask, encode_mask

CALIBRATION_CASES: Final = 100
SPLITS: Final = ("train", "calibration", "val", "all")
_EARLIER: Final = {"fit": "calibration"}  # as commands and folders of earlier versions call it
_SUFFIXES: Final = (".png", ".webp", ".avif", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One labelled cell.

    ``pixels`` (H, W) uint8, ``scale`` times the original; all boxes are in these pixels. ``boxes``
    (N, 4) float32 x1, y1, x2, y2; ``labels`` (N,) int64 0–23, −1 where nobody gave a class;
    ``rotated`` (N, 5) float32 cx, cy, w, h, angle where ``rotated_valid`` (N,) is true, else the
    horizontal box; ``polarity_valid`` (N,) where its direction to the short arm is known. ``masks``
    are COCO run-length strings of an image of ``mask_size``, or empty; ``axes`` the centre lines in
    these pixels, or empty.
    """

    name: str
    case: str
    pixels: npt.NDArray[np.uint8]
    boxes: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]
    rotated: npt.NDArray[np.float32]
    rotated_valid: npt.NDArray[np.bool_]
    polarity_valid: npt.NDArray[np.bool_]
    scale: float = 1.0
    masks: tuple[str, ...] = ()
    mask_size: tuple[int, int] = (0, 0)
    axes: tuple[npt.NDArray[np.float32], ...] = ()

    def decoded_masks(self) -> npt.NDArray[np.uint8]:
        """Masks (N, H, W) uint8 0 or 1 in the sample's pixels; all 0 where a chromosome has none."""
        out = np.zeros((len(self.boxes), *self.pixels.shape), np.uint8)
        for plane, text in zip(out, self.masks, strict=False):
            if text:
                whole = decode_mask(text, self.mask_size).astype(np.uint8)
                plane[:] = cv2.resize(whole, self.pixels.shape[::-1], interpolation=cv2.INTER_NEAREST)
        return out

    def truth(self, rotated: bool = False) -> ImageTruth:
        """The sample as truth for metrics, in its own pixels."""
        if not rotated:
            return ImageTruth(self.name, self.boxes.astype(np.float64), self.labels, self.case)
        axes = tuple(axis.astype(np.float64) for axis in self.axes)
        return ImageTruth(self.name, self.rotated.astype(np.float64), self.labels, self.case, axes)


@dataclass(frozen=True, slots=True, eq=False)
class CellSet(Sequence[Sample]):
    """Labelled cells in a fixed order; ``source`` says in a word where they came from."""

    samples: tuple[Sample, ...]
    source: str = ""

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: Any) -> Any:
        return replace(self, samples=self.samples[index]) if isinstance(index, slice) else self.samples[index]

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def cases(self) -> tuple[str, ...]:
        """Case names, sorted, each once."""
        return tuple(sorted({s.case for s in self.samples}))

    def of_cases(self, cases: Iterable[str]) -> CellSet:
        """The cells of these cases."""
        wanted = frozenset(cases)
        return replace(self, samples=tuple(s for s in self.samples if s.case in wanted))

    def subsample(self, count: int, seed: int = 0) -> CellSet:
        """``count`` cells drawn without replacement (all, in their order, when there are no more)."""
        if count >= len(self.samples):
            return self
        chosen = np.random.default_rng((seed, 17)).permutation(len(self.samples))[:count]
        return replace(self, samples=tuple(self.samples[i] for i in sorted(chosen)))

    def with_boxes(self, *, classes: bool = False, rotated: bool = False) -> CellSet:
        """The cells that can teach: with a box; where asked with the class of every box, or with a rotated box."""
        kept = tuple(
            s
            for s in self.samples
            if len(s.boxes) and (not classes or (s.labels >= 0).all()) and (not rotated or s.rotated_valid.any())
        )
        return replace(self, samples=kept)

    def __add__(self, other: CellSet) -> CellSet:
        return CellSet(self.samples + other.samples, f"{self.source}+{other.source}")

    def statistics(self) -> dict[str, Any]:
        """What a person should know before training: counts, sizes, classes, and how many are rotated."""
        labels = np.concatenate([s.labels for s in self.samples]) if self.samples else np.zeros(0, np.int64)
        boxes = np.concatenate([s.boxes / s.scale for s in self.samples]) if self.samples else np.zeros((0, 4))
        sides = np.sqrt(np.prod(boxes[:, 2:] - boxes[:, :2], 1)) if len(boxes) else np.zeros(1)
        return {
            "images": len(self.samples),
            "cases": len(self.cases()),
            "chromosomes": len(labels),
            "rotated": int(sum(s.rotated_valid.sum() for s in self.samples)),
            "unlabelled": int((labels < 0).sum()),
            "classes": {n: int((labels == i).sum()) for i, n in enumerate(CLASS_NAMES)},
            "median_box": float(np.median(sides)),
            "megabytes": sum(s.pixels.nbytes for s in self.samples) / 1e6,
        }


def calibration_cases(cases: Iterable[str], count: int = CALIBRATION_CASES) -> frozenset[str]:
    """The cases held back from training for thresholds, calibration and choice: the first by hash.

    At most a fifth of all, so that a small set keeps something to train on.
    """
    names = sorted(set(cases), key=lambda c: hashlib.sha256(c.encode()).hexdigest())
    return frozenset(names[: min(count, len(names) // 5)])


def load(
    path: Path | str,
    split: str = "train",
    *,
    scale: float = 1.0,
    width: float | None = None,
    outlines: bool = False,
    limit: int | None = None,
    cases: int = CALIBRATION_CASES,
) -> CellSet:
    """Cells of a file or folder.

    ``split``: ``train`` (without the ``cases`` held back), ``calibration`` (those), ``val`` or ``all`` (train
    and calibration). Where a source has no ``val.json``, ``val`` is ``calibration``. Each image is scaled by
    ``scale`` or, with ``width``, so that its chromosomes are that many pixels wide where this can be
    read from it. ``outlines`` finds masks and rotated boxes where there are only horizontal ones
    (imaging.masks; the uncertain ones stay horizontal). ``limit`` draws that many images before
    they are decoded. Raises DataError when nothing usable is there, NoCellsError when it is only this split.
    """
    path, split = Path(path), _EARLIER.get(split, split)
    if split not in SPLITS:
        raise DataError(f"There is no split {split!r}; choose one of {', '.join(SPLITS)}.")
    rows = _read_rows(path, "val" if split == "val" else "train")
    held_back = calibration_cases((r.case for r in rows), cases)
    if split == "train":
        rows = [r for r in rows if r.case not in held_back]
    elif split == "calibration" or (split == "val" and not (path / "val.json").is_file()):
        rows = [r for r in rows if r.case in held_back]
    if limit is not None and limit < len(rows):
        chosen = np.random.default_rng(17).permutation(len(rows))[:limit]
        rows = [rows[i] for i in sorted(chosen)]
    if not rows:
        raise NoCellsError(
            f"{path}: no labelled cell for the split {split!r}; take another folder or review more cells."
        )
    with ThreadPoolExecutor() as pool:
        samples = tuple(pool.map(lambda row: row.sample(scale, width, outlines), rows))
    return CellSet(samples, path.name)


@dataclass(frozen=True, slots=True)
class _Row:
    """One image before it is decoded, in the pixels of the original."""

    image: str
    case: str
    read: Callable[[], npt.NDArray[np.uint8]]
    size: tuple[int, int] | None  # height, width, when the source says it
    boxes: list[list[float]]
    labels: list[int]
    rotated: list[list[float] | None]
    polarity: list[bool]
    masks: list[str] = field(default_factory=list)
    axes: list[Any] = field(default_factory=list)
    packed: float = 1.0  # the stored image's scale, where a set was made smaller

    def sample(self, wanted: float, width: float | None, outlines: bool) -> Sample:
        pixels = self.read()
        row = self.with_outlines(pixels) if outlines and not any(self.rotated) else self
        scale = (_factor_to(width, pixels) if width else None) or wanted / self.packed
        if abs(scale - 1) < 0.01:
            scale = 1.0
        size = self.size or pixels.shape
        target = (max(round(size[0] * scale), 8), max(round(size[1] * scale), 8))
        if pixels.shape != target:
            shrinks = target[0] < pixels.shape[0]
            kind = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
            pixels = np.asarray(cv2.resize(pixels, target[::-1], interpolation=kind), np.uint8)
        boxes = np.asarray(row.boxes, np.float64).reshape(-1, 4) * scale
        rotated = np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2], boxes[:, :1] * 0], 1)
        for i, own in enumerate(row.rotated):
            if own is not None:
                rotated[i] = [*(scale * np.asarray(own[:4], np.float64)), normalise_angle(float(own[4]))]
        keep = np.flatnonzero(
            np.isfinite(boxes).all(1) & (boxes[:, 2] - boxes[:, 0] > 1) & (boxes[:, 3] - boxes[:, 1] > 1)
        )
        axes = [np.asarray(row.axes[i], np.float32).reshape(-1, 2) * np.float32(scale) for i in keep]
        return Sample(
            name=self.image,
            case=self.case,
            pixels=np.ascontiguousarray(pixels),
            boxes=boxes[keep].astype(np.float32),
            labels=np.asarray(row.labels, np.int64)[keep],
            rotated=rotated[keep].astype(np.float32),
            rotated_valid=np.asarray([r is not None for r in row.rotated], bool)[keep],
            polarity_valid=np.asarray(row.polarity, bool)[keep],
            scale=scale * self.packed,
            masks=tuple(row.masks[i] for i in keep) if any(row.masks) else (),
            mask_size=(int(size[0]), int(size[1])),
            axes=tuple(axes) if any(len(a) for a in axes) else (),
        )

    def with_outlines(self, pixels: npt.NDArray[np.uint8]) -> _Row:
        """The row with masks, centre lines and rotated boxes found in the picture, where they are certain."""
        from karyoview.imaging.masks import masks_from_boxes

        rotated: list[list[float] | None] = []
        masks, axes = [], []
        for found in masks_from_boxes(pixels, self.boxes):
            plane = np.zeros(pixels.shape, bool)
            if found.certain:
                height, width = found.mask.shape
                plane[found.y : found.y + height, found.x : found.x + width] = found.mask
            masks.append(encode_mask(plane) if found.certain else "")
            rotated.append([float(v) for v in found.box.to_array()] if found.certain else None)
            axes.append(found.axis if found.certain else ())
        return replace(self, rotated=rotated, masks=masks, axes=axes)


def _factor_to(width: float, pixels: npt.NDArray[np.uint8]) -> float | None:
    from karyoview.detectors.nets.chromosome_width import scale_factor

    return scale_factor(pixels, width)


def decode_image(path: Path) -> npt.NDArray[np.uint8]:
    """An image file as (H, W) uint8; colour by luminance, 16 bit by its own range. Raises DataError."""
    try:
        raw = np.fromfile(path, np.uint8)
    except OSError as error:
        raise DataError(f"{path}: the image cannot be read ({error.strerror or error}); put it there.") from error
    pixels = cv2.imdecode(raw, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH) if len(raw) else None
    if pixels is None:
        try:
            with Image.open(path) as picture:  # AVIF and others that OpenCV may lack
                pixels = np.asarray(picture.convert("L"))
        except (OSError, ValueError) as error:
            raise DataError(f"{path}: the image cannot be decoded; replace it or take it out of the set.") from error
    if pixels.dtype != np.uint8:
        low, high = float(pixels.min()), float(pixels.max())
        pixels = np.rint((pixels.astype(np.float32) - low) * (255.0 / max(high - low, 1e-6)))
    return pixels.astype(np.uint8)


def _read_rows(path: Path, split: str) -> list[_Row]:
    if path.is_file() and path.suffix == ".json":
        return _coco_rows(path, _image_folder(path), path.parent.name)
    if not path.is_dir():
        raise DataError(f"{path}: no such file or folder; give a COCO file, a data set or a case folder.")
    for listed in (path / f"{split}.json", path / "train.json", path / "truth.json"):
        if listed.is_file():
            return _coco_rows(listed, _image_folder(listed), path.name)
    if (path / "karyoview" / "case.json").is_file():
        return _case_rows(path)
    rows = [row for folder in sorted(p for p in path.iterdir() if p.is_dir()) for row in _rows_below(folder)]
    if not rows:
        raise DataError(f"{path}: neither a COCO data set nor a case folder, and no folder in it is one.")
    return rows


def _rows_below(folder: Path) -> list[_Row]:
    is_case = (folder / "truth.json").is_file() or (folder / "karyoview" / "case.json").is_file()
    rows = _read_rows(folder, "train") if is_case else []
    return [replace(r, image=f"{folder.name}/{r.image}") for r in rows]


def _image_folder(coco: Path) -> Path:
    beside = coco.parent / "images"
    return beside if beside.is_dir() else coco.parent


def _coco_rows(path: Path, images: Path, fallback_case: str) -> list[_Row]:
    document = read_coco(path)
    try:
        classes = _class_table(document.get("categories", ()), path)
        found = rows_by_image(document)
        own = _Common(images, classes, fallback_case, float(document.get("scale", 1.0)))
        return [_coco_row(info, found.get(info["id"], []), own) for info in document["images"]]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{path}: not a COCO detection file ({error}); export it again.") from error


def _class_table(categories: Iterable[Mapping[str, Any]], path: Path) -> dict[int, int]:
    """Category id → class index; a single category of another name means boxes without class (−1)."""
    table = {}
    for category in categories:
        known = parse_class(str(category["name"]))
        table[int(category["id"])] = known.index if known is not None else -1
    if not table:
        raise DataError(f"{path}: the file lists no categories; name the 24 classes (A1 … Y) or one 'chromosome'.")
    return table


@dataclass(frozen=True, slots=True)
class _Common:
    """What all images of a COCO file share."""

    images: Path
    classes: Mapping[int, int]
    case: str
    packed: float


def _coco_row(info: Mapping[str, Any], annotations: Sequence[Mapping[str, Any]], common: _Common) -> _Row:
    name = str(info["file_name"])
    place = (common.images / name).resolve()
    if not place.is_relative_to(common.images.resolve()):
        raise ValueError(f"{name!r} leaves the folder of images")
    boxes, labels, rotated, polarity, masks, axes = [], [], [], [], [], []
    for a in annotations:
        own = a.get("rotated_box")
        if "bbox" in a:
            x, y, w, h = (float(v) for v in a["bbox"])
            boxes.append([x, y, x + w, y + h])
        else:
            boxes.append([float(v) for v in capsule_bounds(np.asarray([own], np.float64))[0]])
        labels.append(common.classes[int(a["category_id"])])
        rotated.append([float(v) for v in own] if own else None)
        polarity.append(bool(own) and bool(a.get("polarity_known", True)))
        mask = a.get("segmentation")
        counts = mask.get("counts", "") if isinstance(mask, Mapping) else ""
        masks.append(counts if isinstance(counts, str) else "")
        axes.append(a.get("axis") or ())
    size = (int(info["height"]), int(info["width"])) if info.get("height") and info.get("width") else None
    case = str(info.get("case", common.case))
    read = partial(decode_image, place)
    return _Row(name, case, read, size, boxes, labels, rotated, polarity, masks, axes, common.packed)


def _case_rows(folder: Path) -> list[_Row]:
    """Cells of a case that a person reviewed whole, if its settings allow training; see karyotrain.data.manifest."""
    rows = []
    for cell in reviewed_cells(folder):
        if isinstance(cell, Problem):
            if cell.kind == "consent":
                raise DataError(f"{folder.name}: {cell.text}; allow it there or leave the case out.")
            continue
        items, pixels = cell.chromosomes, partial(np.asarray, cell.pixels)
        labels = [-1 if c.label is None else c.label for c in items]
        rotated = [c.box.to_array().tolist() if c.box.is_rotated else None for c in items]
        polarity = [c.box.is_rotated and c.polarity is not None for c in items]
        masks, axes = [c.mask for c in items], [c.axis for c in items]
        boxes = cell.bounds().tolist()
        rows.append(
            _Row(cell.image, cell.case, pixels, cell.pixels.shape, boxes, labels, rotated, polarity, masks, axes)
        )
    return rows


def to_target(sample: Sample, *, masks: bool = False) -> dict[str, Any]:
    """The dict that losses read: boxes, labels, rotated, rotated_valid, polarity_valid, image, and masks.

    ``masks`` (N, H, W) uint8 are there where asked for and where the cell has any.
    """
    target: dict[str, Any] = {
        name: torch.from_numpy(np.ascontiguousarray(getattr(sample, name)))
        for name in ("boxes", "labels", "rotated", "rotated_valid", "polarity_valid")
    } | {"image": sample.name}
    if masks and sample.masks:
        target["masks"] = torch.from_numpy(sample.decoded_masks())
    return target


def pack(
    path: Path,
    output: Path,
    *,
    scale: float,
    splits: Sequence[str] = ("train", "val"),
    quality: int = 85,
    outlines: bool = False,
    limit: int | None = None,
) -> dict[str, float]:
    """Write a smaller COCO set with scaled WebP images, to be carried to another machine; → megabytes by split.

    The scale is written into the set, so that ``load`` gives the same cells at the same ``scale``
    from either (to half a pixel).
    """
    sizes = {}
    for split in splits:
        cells = load(path, "all" if split == "train" else split, scale=scale, outlines=outlines, limit=limit)
        encoding = (".webp", [cv2.IMWRITE_WEBP_QUALITY, quality])
        sizes[split] = write_set(cells, output, split, encoding=encoding, scale=scale) / 1e6
    return sizes


def write_set(
    cells: Iterable[Sample],
    output: Path,
    split: str = "train",
    *,
    encoding: tuple[str, Sequence[int]] = (".png", ()),
    **members: Any,
) -> int:
    """Write cells with all that is known of them as a split of the data set ``output``; → bytes of their pictures.

    ``encoding`` is a suffix and OpenCV's options; ``members`` go into the COCO file.
    """
    (output / "images").mkdir(parents=True, exist_ok=True)
    document, total = CocoDocument(**members), 0
    for s in cells:
        name = f"{Path(s.name).with_suffix('').as_posix().replace('/', '-')}{encoding[0]}"
        ok, data = cv2.imencode(encoding[0], s.pixels, encoding[1])
        if not ok:
            raise DataError(f"{s.name}: cannot be encoded as {encoding[0][1:]}; its sides must be below 16384 pixels.")
        (output / "images" / name).write_bytes(data.tobytes())
        total += len(data)
        size = (int(s.pixels.shape[0]), int(s.pixels.shape[1]))
        document.add_image(name, size, case=s.case)
        planes = s.decoded_masks() if s.masks else ()
        for i, (box, label) in enumerate(zip(s.boxes.round(2).tolist(), s.labels.tolist(), strict=True)):
            known: dict[str, Any] = {}
            if s.rotated_valid[i]:
                known["rotated_box"] = [round(float(v), 4) for v in s.rotated[i]]
                known["polarity_known"] = bool(s.polarity_valid[i])
            if len(planes) and planes[i].any():
                known["segmentation"] = {"size": list(size), "counts": encode_mask(planes[i])}
            if s.axes and len(s.axes[i]):
                known["axis"] = s.axes[i].round(2).tolist()
            document.add_box(box, label, **known)
    (output / f"{split}.json").write_text(json.dumps(document.to_dict()))
    return total


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Statistics of a labelled set, or a smaller copy of it.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pack", type=Path, help="write a scaled copy into this folder")
    parser.add_argument("--scale", type=float, default=0.5)
    parser.add_argument("--quality", type=int, default=85)
    parser.add_argument("--outlines", action="store_true", help="find masks and rotated boxes in the pictures")
    parser.add_argument("--limit", type=int)
    args = parser.parse_args(arguments)
    if args.pack:
        how = {name: getattr(args, name) for name in ("scale", "quality", "outlines", "limit")}
        result: Any = pack(args.data, args.pack, **how)
    else:
        result = {s: load(args.data, s, limit=args.limit).statistics() for s in ("train", "calibration", "val")}
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
