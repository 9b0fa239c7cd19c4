"""Whether what an engine found in a picture is a metaphase: enough chromosomes, which lie anyhow and have bands.

On a picture without chromosomes an engine still finds things that it takes for some. What it then says of their
classes is a guess, and in a karyogram they all stand the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from karyoview.core.detection import Detection

FEWEST_CHROMOSOMES: Final = 12
"""Fewer than these are hardly a metaphase."""
_LONG: Final = 1.5  # length by width, from which a box has a direction
_ALIGNED: Final = 0.75  # mean resultant length of the axes' directions; of 40 random ones it is about 0.16
_SURE_CLASS: Final = 0.62  # mean probability of the likeliest class; only of very short chromosomes it is lower
_SURE_SCORE: Final = 0.9  # mean score; of what is no chromosome it is lower


def refusal(found: Sequence[Detection]) -> str:
    """Why the detections that count in a picture are no metaphase, as a sentence; "" where they may be one."""
    if not found:
        return "No metaphase was found in this picture."
    if len(found) < FEWEST_CHROMOSOMES:
        things = "one thing looks" if len(found) == 1 else f"{len(found)} things look"
        return f"No metaphase was found in this picture: only {things} like a chromosome."
    if _alignment(found) > _ALIGNED:
        return "No metaphase was found in this picture: all chromosomes stand the same way, as in a karyogram."
    certain = [max(d.probabilities) / d.score for d in found if d.probabilities and d.score > 0]
    unsure = float(np.mean([d.score for d in found])) < _SURE_SCORE
    if unsure and certain and float(np.mean(certain)) < _SURE_CLASS:
        return "No metaphase was found in this picture: what is dark in it does not look like chromosomes."
    return ""


def _alignment(found: Sequence[Detection]) -> float:
    """Mean resultant length, 0 to 1, of the directions of the long boxes' axes; 0 where few are long."""
    angles = [
        d.box.angle + (0.0 if d.box.h >= d.box.w else np.pi / 2)
        for d in found
        if max(d.box.w, d.box.h) > _LONG * min(d.box.w, d.box.h)
    ]
    if len(angles) < FEWEST_CHROMOSOMES:
        return 0.0
    return float(np.abs(np.exp(2j * np.array(angles)).mean()))
