"""How often the end that is p is told right: on real chromosomes oriented by eye, and on drawn ones.

``python -m karyotrain.studies.polarity --engine FILE [--data FOLDER] [--made CELLS]`` prints each class and all
of them with a 95 % interval. The class is given, so that only the direction is judged; with weights of
an engine that names no classes it is not, and the profile is compared with all of them. With
``--detector NAME`` an engine finds the chromosomes itself and the direction of its rotated boxes is
judged, where it found them. The real ones are those of ``oriented_by_eye.json``: annotation ids of the
set in ``--data`` and what an eye saw; the pictures stay where they are.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from karyotrain.data.coco import read_coco, rows_by_image
from karyotrain.data.dataset import decode_image
from karyotrain.data.errors import DataError
from karyotrain.data.synthesis import make_cell
from karyotrain.engines.directions import PREFIX
from karyotrain.studies.common import share
from karyoview.core.chromosome import CLASSES
from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import boxes_to_array, iou_rotated, iou_xyxy
from karyoview.core.image import MetaphaseImage
from karyoview.detectors.orientation import ClassFree, upright_probability
from karyoview.detectors.protocol import Detector
from karyoview.detectors.weights import read_tensors
from karyoview.imaging.aligned import aligned_crop, axis_length, cell_scale, chromosome_axis
from karyoview.imaging.direction import DirectionNet, crop_profile, shipped_direction_net
from karyoview.imaging.masks import InstanceMask, masks_from_boxes

BY_EYE: Final = Path(__file__).parent / "oriented_by_eye.json"


@dataclass(frozen=True, slots=True)
class OrientationLabel:
    """One real chromosome looked at: ``upper_is_p`` of the end higher in its picture, ``sure`` if without doubt."""

    annotation: int
    label: int
    upper_is_p: bool
    sure: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One chromosome whose direction was told: ``probability`` 0–1 that the truth got; above 0.5 is right."""

    label: int
    probability: float
    sure: bool = True

    @property
    def right(self) -> bool:
        return self.probability > 0.5


class Polarity:
    """An engine's own test of direction: ``means`` (24, 128) and ``slopes`` (24,) of the default one's weights,
    or, of an engine without classes, the comparison with ``any_class``; where there is ``learnt``, it decides."""

    def __init__(
        self,
        means: np.ndarray,
        slopes: np.ndarray,
        any_class: ClassFree | None = None,
        learnt: DirectionNet | None = None,
    ) -> None:
        self.means, self.slopes = means.astype(np.float64), slopes.astype(np.float64)
        self.any_class, self.learnt = any_class, learnt

    @classmethod
    def of_engine(cls, path: Path) -> Polarity:
        """From a weights file, with the networks that come with the program; DataError where it holds none."""
        try:
            own = {k.removeprefix(PREFIX): v.numpy() for k, v in read_tensors(path).items() if k.startswith(PREFIX)}
            return cls(own["means"], own["slopes"], ClassFree.of_tensors(own), shipped_direction_net())
        except (KaryoViewError, OSError, KeyError, ValueError) as error:
            raise DataError(f"{path} tells no directions ({error}); give weights of the default engine.") from error

    def upper_is_p(self, crop: np.ndarray, label: int, relative_length: float | None = None) -> float:
        """Probability that the upper end of a crop (2, H, W) of class ``label`` is p; 0.5 where nothing is seen.

        Without classes ``label`` is not looked at, and ``relative_length`` is the length over the cell's median.
        """
        profile = crop_profile(crop)
        if profile is None:
            return 0.5
        if self.learnt is not None:
            classes = np.eye(len(CLASSES))[label]
            if self.any_class is not None:
                classes = self.any_class.classes(profile, relative_length)
            return float(self.learnt.upright_probabilities([crop], classes[None])[0])
        if self.any_class is not None:
            return self.any_class.upright_probability(profile, relative_length)
        return upright_probability(profile, self.means, self.slopes, np.eye(len(CLASSES))[label])


def read_by_eye(path: Path = BY_EYE) -> tuple[OrientationLabel, ...]:
    """What was seen; DataError for a file of another form."""
    names = {c.name: c.index for c in CLASSES}
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["crops"]
        return tuple(
            OrientationLabel(int(i), names[name], {"up": True, "down": False}[end], bool(s)) for i, name, end, s in rows
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is no list of chromosomes oriented by eye ({error}).") from error


def judge_real(polarity: Polarity, data: Path, seen: Sequence[OrientationLabel]) -> list[Judged]:
    """The chromosomes that an eye oriented, in the set of folder ``data`` (``train.json`` and ``images/``)."""
    found = []
    for grey, boxes, here in _pictures(data, seen):
        masks = masks_from_boxes(grey, boxes)
        scale = cell_scale(grey, masks)
        usual = _usual_length(masks)
        for k, s in here:
            line = chromosome_axis(masks[k])
            p = polarity.upper_is_p(aligned_crop(grey, masks[k], scale), s.label, axis_length(line) / usual)
            first_is_upper = bool(line[0, 1] < line[-1, 1])
            found.append(Judged(s.label, p if first_is_upper == s.upper_is_p else 1 - p, s.sure))
    return found


def _pictures(
    data: Path, seen: Sequence[OrientationLabel]
) -> Iterator[tuple[npt.NDArray[np.uint8], np.ndarray, list[tuple[int, OrientationLabel]]]]:
    """Each picture with chromosomes that were looked at: (H, W), all boxes (N, 4) x1 y1 x2 y2, and which were seen."""
    wanted = {s.annotation: s for s in seen}
    document = read_coco(data / "train.json")
    missing = len(wanted) - len(wanted.keys() & {a["id"] for a in document["annotations"]})
    if missing:
        raise DataError(f"{data}: {missing} of the chromosomes oriented by eye are not in this set.")
    names = {i["id"]: i["file_name"] for i in document["images"]}
    for image, rows in rows_by_image(document).items():
        here = [(k, wanted[a["id"]]) for k, a in enumerate(rows) if a["id"] in wanted]
        if here:
            boxes = np.array([a["bbox"] for a in rows], dtype=np.float64)
            boxes[:, 2:] += boxes[:, :2]
            yield decode_image(data / "images" / names[image]), boxes, here


def detector_real(detector: Detector, data: Path, seen: Sequence[OrientationLabel]) -> list[Judged]:
    """Of the chromosomes that an eye oriented, those that a detector found, by the direction of its rotated boxes."""
    found = []
    for grey, boxes, here in _pictures(data, seen):
        predicted = detector.predict([MetaphaseImage(grey)])[0]
        best = iou_xyxy(boxes, predicted.bounds()) if predicted.items else np.zeros((len(boxes), 1))
        for k, s in here:
            if best[k].max() >= 0.5:
                up = predicted.items[int(best[k].argmax())].box.p_direction[1] < 0
                found.append(Judged(s.label, float(up == s.upper_is_p), s.sure))
    return found


def detector_made(detector: Detector, cells: int, seed: int = 0) -> list[Judged]:
    """Drawn chromosomes that a detector of rotated boxes found (skew IoU ≥ 0.5), by their boxes' direction."""
    found = []
    for number in range(cells):
        cell = make_cell(("46,XX", "46,XY")[number % 2], seed * 10_000 + number)
        predicted = detector.predict([MetaphaseImage(cell.image)])[0]
        truth = boxes_to_array([t.box for t in cell.truth])
        best = iou_rotated(truth, predicted.boxes()) if predicted.items else np.zeros((len(truth), 1))
        for k, t in enumerate(cell.truth):
            if best[k].max() >= 0.5:
                toward = np.asarray(predicted.items[int(best[k].argmax())].box.p_direction)
                axis = np.asarray(t.axis)
                found.append(Judged(t.label, float(toward @ (axis[0] - axis[-1]) > 0)))
    return found


def judge_made(polarity: Polarity, cells: int, seed: int = 0) -> list[Judged]:
    """Drawn chromosomes whose outline is certain, by their true direction; cells 46,XX and 46,XY in turn."""
    found = []
    for number in range(cells):
        cell = make_cell(("46,XX", "46,XY")[number % 2], seed * 10_000 + number)
        grey = np.asarray(cell.image, np.uint8)
        masks = masks_from_boxes(grey, cell.boxes())
        scale = cell_scale(grey, masks)
        usual = _usual_length(masks)
        for mask, truth in zip(masks, cell.truth, strict=True):
            if mask.certain:
                length = axis_length(chromosome_axis(mask)) / usual
                p = polarity.upper_is_p(aligned_crop(grey, mask, scale), truth.label, length)
                found.append(Judged(truth.label, p if _first_is_p(mask, truth.axis) else 1 - p))
    return found


def _usual_length(masks: Sequence[InstanceMask]) -> float:
    """The median length of a cell's chromosomes in pixels."""
    return max(float(np.median([axis_length(chromosome_axis(m)) for m in masks])), 1.0)


def _first_is_p(mask: InstanceMask, axis: np.ndarray) -> bool:
    """Whether the outline's centre line begins at the p end of the true axis (K, 2), p first."""
    line = chromosome_axis(mask)
    return bool(np.dot(line[0] - line[-1], np.asarray(axis)[0] - np.asarray(axis)[-1]) > 0)


def table(judged: Sequence[Judged], title: str) -> str:
    """Right of all, by class and together, as aligned text."""
    lines = [title]
    for c in CLASSES:
        own = [j for j in judged if j.label == c.index]
        if own:
            lines.append(f"  {c.name:<6}{sum(j.right for j in own):5} of {len(own):<5}")
    lines.append(_total("all", judged))
    if not all(j.sure for j in judged):
        lines.append(_total("where the eye was sure", [j for j in judged if j.sure]))
    return "\n".join(lines)


def _total(name: str, judged: Iterable[Judged]) -> str:
    rows = list(judged)
    right = sum(j.right for j in rows)
    return f"  {name}: {share(right, len(rows))}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="How often the end that is p is told right.")
    parser.add_argument("--engine", type=Path, help="weights whose test of profiles is judged")
    parser.add_argument("--detector", help="an engine that finds rotated boxes itself, as deepchm")
    parser.add_argument("--weights", type=Path, help="weights of the detector instead of its own")
    parser.add_argument("--data", type=Path, help="folder of the real set that oriented_by_eye.json speaks of")
    parser.add_argument("--made", type=int, default=0, help="drawn cells to measure on besides")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args(arguments)
    if (args.engine is None) == (args.detector is None):
        parser.error("give either --engine FILE or --detector NAME")
    real: list[Judged] = []
    made: list[Judged] = []
    if args.engine is not None:
        polarity = Polarity.of_engine(args.engine)
        real = judge_real(polarity, args.data, read_by_eye()) if args.data else []
        made = judge_made(polarity, args.made, args.seed)
    else:
        from karyoview.detectors.registry import load_engine

        detector = load_engine(args.detector, weights=args.weights)
        real = detector_real(detector, args.data, read_by_eye()) if args.data else []
        made = detector_made(detector, args.made, args.seed)
    if args.data:
        print(table(real, "real chromosomes oriented by eye"))
    if args.made:
        print(table(made, f"chromosomes of {args.made} drawn cells"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
