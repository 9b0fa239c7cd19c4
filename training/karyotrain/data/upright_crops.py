"""Chromosomes of other laboratories' karyograms, which stand upright: straightened crops and profiles along the axis.

The folder holds ``labs.csv`` (lab, split, cell, class, file) and grey crops, dark on white, the short arm up.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from karyotrain.data.errors import DataError
from karyoview.core.chromosome import CLASSES
from karyoview.core.geometry import Box
from karyoview.imaging.aligned import MEDIAN_LENGTH, aligned_crop, axis_length, cell_scale, chromosome_axis
from karyoview.imaging.axis import medial_axis
from karyoview.imaging.direction import crop_profile
from karyoview.imaging.masks import InstanceMask

_BORDER = 6


@dataclass(frozen=True, slots=True, eq=False)
class UprightProfiles:
    """Upright chromosomes: ``profiles`` (N, 128) float64 as karyoview.imaging.direction.crop_profile gives them.

    ``crops`` (N, 2, 192, 32) uint8 are aligned, ``labels`` (N,) class indices, ``cells`` (N,) numbers of their cells.
    """

    profiles: npt.NDArray[np.float64]
    crops: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    cells: npt.NDArray[np.int64]

    def of(self, chosen: npt.NDArray[np.bool_]) -> UprightProfiles:
        """Those that are ``chosen`` (N,)."""
        return UprightProfiles(self.profiles[chosen], self.crops[chosen], self.labels[chosen], self.cells[chosen])


def read_upright(folder: Path, labs: Sequence[str], cells: int | None = None) -> UprightProfiles:
    """The chromosomes of these laboratories, of at most ``cells`` cells each. Raises DataError where there is none."""
    names = {c.label: c.index for c in CLASSES}
    groups: dict[tuple[str, str], list[tuple[Path, int]]] = defaultdict(list)
    try:
        with (folder / "labs.csv").open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                if row["lab"] in labs and row["class"] in names:
                    groups[row["lab"], row["cell"]].append((folder / row["file"], names[row["class"]]))
    except (OSError, KeyError) as error:
        raise DataError(f"{folder} holds no labs.csv of upright chromosomes ({error}).") from error
    chosen = [key for lab in labs for key in [k for k in groups if k[0] == lab][:cells]]
    rows = [(*row, number) for number, key in enumerate(chosen) for row in _cell(groups[key])]
    if not rows:
        raise DataError(f"{folder} holds no chromosomes of {', '.join(labs)}.")
    profiles, crops, labels, numbers = zip(*rows, strict=True)
    return UprightProfiles(np.stack(profiles), np.stack(crops), np.array(labels), np.array(numbers))


def _cell(files: Sequence[tuple[Path, int]]) -> list[tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8], int]]:
    """The profiles and crops of one cell's chromosomes, at one scale, and their classes."""
    read = [(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), label) for path, label in files]
    crops = [(np.asarray(grey, np.uint8), label) for grey, label in read if grey is not None]
    found = [(g, m, label) for g, m, label in ((*_outlined(grey), label) for grey, label in crops) if m is not None]
    lengths = [axis_length(chromosome_axis(m)) for _, m, _ in found]
    rows = []
    for grey, mask, label in found:
        usual = cell_scale(grey, [mask])
        scale = replace(usual, background=255.0, zoom=MEDIAN_LENGTH / max(float(np.median(lengths)), 8.0))
        crop, line = aligned_crop(grey, mask, scale), chromosome_axis(mask)
        crop = crop[:, ::-1, ::-1] if line[0, 1] > line[-1, 1] else crop
        profile = crop_profile(crop)
        if profile is not None:
            rows.append((profile, crop, label))
    return rows


def _outlined(grey: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], InstanceMask | None]:
    """A crop with a white border, and the mask of what is dark in it; None where nothing is."""
    grey = np.pad(grey, _BORDER, constant_values=255)
    level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_OTSU)
    dark = (cv2.GaussianBlur(grey, (0, 0), 0.8) < min((255 + level) / 2 + 15, 248)).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dark)
    if count < 2:
        return grey, None
    best = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    x, y, w, h, _ = (int(v) for v in stats[best])
    mask = labels[y : y + h, x : x + w] == best
    box = Box.rotated(x + w / 2, y + h / 2, w, h, 0.0)
    return grey, InstanceMask(mask, x, y, 1.0, True, True, box, medial_axis(mask) + np.array([x, y]))
