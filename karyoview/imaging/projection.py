"""One picture of the planes of a stack: the strongest value of each place, or the plane in focus there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from karyoview.core.errors import KaryoViewError

WAYS: Final = ("focus", "maximum")
_DETAIL_SIGMA: Final = 4.0  # px, over which the sharpness of a place is judged


def project(planes: Sequence[npt.NDArray[Any]], way: str) -> npt.NDArray[Any]:
    """Planes (H, W) of one shape and type as one picture of the same type.

    ``focus`` takes each place from the plane that is sharpest there; ``maximum`` the value that stands out most: the
    brightest where chromosomes are bright on dark ground, the darkest where they are dark. Raises KaryoViewError for
    no plane, planes of several sizes, and another way.
    """
    if way not in WAYS:
        raise KaryoViewError(f"There is no projection {way!r}; choose {' or '.join(WAYS)}.")
    if not planes or len({p.shape for p in planes}) != 1 or planes[0].ndim != 2:
        raise KaryoViewError("A projection needs planes of one size; choose pages of one picture.")
    stack = np.stack(planes)
    if way == "maximum":
        low, ground, high = np.percentile(stack, (0.5, 50, 99.5))
        return np.asarray(stack.max(axis=0) if high - ground > ground - low else stack.min(axis=0))
    detail = np.stack([_detail(p) for p in planes])
    best = np.argmax(detail, axis=0)
    return np.asarray(np.take_along_axis(stack, best[None], axis=0)[0])


def _detail(plane: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """How sharp a plane is around each of its places."""
    edges = cv2.Laplacian(plane.astype(np.float32), cv2.CV_32F, ksize=3)
    return np.asarray(cv2.GaussianBlur(np.abs(edges), (0, 0), _DETAIL_SIGMA), np.float32)
