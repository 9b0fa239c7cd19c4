"""An exported finder in the place of nets.finder.Finder, for code that has torch."""

from __future__ import annotations

import torch
from torch import Tensor

from karyoview.detectors.exported_networks import ExportedFinder, View
from karyoview.detectors.nets.finder import FinderRegions


class ExportedFinds:
    """nets.finder.Finder.find by an exported finder; views that were looked at are kept until the next image."""

    def __init__(self, finder: ExportedFinder) -> None:
        self._finder = finder
        self._kept: tuple[Tensor | None, list[View]] = (None, [])

    def find(self, image: Tensor, views: int = 1, proposals: Tensor | None = None) -> FinderRegions:
        """All regions of one (H, W) float image 0–255 before suppression, over the first ``views``."""
        array = image.numpy()
        if self._kept[0] is not image:
            self._kept = (image, [])
        looked = self._kept[1]
        looked += [self._finder.view(array, number) for number in range(len(looked), views)]
        asked = None if proposals is None else proposals.numpy()
        found = self._finder.regions(array, looked[:views], asked)
        return FinderRegions(*(torch.from_numpy(part) for part in found))
