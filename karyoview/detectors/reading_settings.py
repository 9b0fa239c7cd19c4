"""How the default engine reads a cell, apart from its networks: what a person sets, what was fitted with the weights,
and how often each effort looks. Without torch, so that every runtime of these networks can read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from karyoview.core.assignment import COPY_PENALTIES
from karyoview.detectors.protocol import EngineError

_PRECISIONS: Final = ("auto", "fp32", "bf16", "int8")
_RENAMED_SETTINGS: Final = {"together": "joint_assignment"}
_SURELY_NONE, _SURELY_ONE = 0.15, 0.85  # scores below and above which a candidate leaves no doubt


@dataclass(frozen=True, slots=True)
class Settings:
    """What a person may set: ``threshold`` [0, 1] (None: the card's), ``quality`` fast, balanced or best
    (views averaged), ``precision`` fp32, bf16, int8 (exported networks, on a processor) or auto (int8 where an
    export of the weights is at hand, else bf16), ``joint_assignment`` whether the cell decides the classes,
    ``check_metaphase`` whether a picture that shows none gets no boxes (detectors.metaphase_check)."""

    threshold: float | None = None
    quality: str = "balanced"
    precision: str = "auto"
    joint_assignment: bool = True
    check_metaphase: bool = True

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Settings:
        """Checked settings; EngineError for unknown names or values."""
        known = set(cls.__dataclass_fields__)
        values = {_RENAMED_SETTINGS.get(name, name): value for name, value in values.items()}
        if unknown := sorted(set(values) - known):
            raise EngineError(f"karyoview has no setting {unknown[0]!r}; it has {', '.join(sorted(known))}.")
        settings = cls(**values)  # type: ignore[arg-type]
        if settings.quality not in EFFORTS:
            raise EngineError(f"quality must be fast, balanced or best, got {settings.quality!r}.")
        if settings.precision not in _PRECISIONS:
            raise EngineError(f"precision must be {', '.join(_PRECISIONS[:-1])} or int8, got {settings.precision!r}.")
        return settings


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted for these weights on held-back cells, from ``config`` of their card.

    ``finder_threshold`` is the finder's own score cut; regions down to ``outlined`` of it are outlined.
    ``soft_sigma`` is the width of Soft-NMS where there is no learned one, ``rescoring`` the weights (8,)
    of the logistic fit where there is no cell context, None for neither. Temperatures divide logits.
    ``crop_columns`` is how many columns of a crop the cell's median width takes (None: crops have one scale),
    ``connected_pieces`` whether lone pieces are candidates too, ``scale_by_area`` whether the cell's scale is
    read from the area of its chromosomes: as the networks were taught. ``novel_temperature``: by so much more is the
    temperature of the context for each unit by which a cell's novelty is above 1 (nets.appearance). ``score_offset``
    is added to the context's log odds, so that general networks and specialist are cut at one threshold.
    ``view_scales``: by so much larger are the pictures that the finder's augmented views take in turn.
    """

    finder_threshold: float
    outlined: float = 0.4
    soft_sigma: float = 0.5
    temperature: float = 1.0
    context_temperature: float = 1.0
    rescoring: tuple[float, ...] | None = None
    copy_penalties: tuple[float, ...] = COPY_PENALTIES
    crop_columns: float | None = None
    connected_pieces: bool = False
    scale_by_area: bool = False
    novel_temperature: float = 0.0
    score_offset: float = 0.0
    view_scales: tuple[float, ...] = (1.0,)

    @classmethod
    def of_card(cls, card: Mapping[str, Any]) -> Calibration:
        """From a card; what its config does not hold is as above, the finder's threshold the engine's."""
        config: dict[str, Any] = {"finder_threshold": float(card["operating_threshold"])}
        config |= {k: v for k, v in card.get("config", {}).items() if k in cls.__dataclass_fields__}
        config |= {k: tuple(map(float, v)) for k, v in config.items() if isinstance(v, list | tuple)}
        return cls(**config)


@dataclass(frozen=True, slots=True)
class Effort:
    """How often the networks look at augmented views: the finder at ``views``, the classifier at ``crop_views``.

    Where more than ``undecided`` regions are neither chromosomes nor none for sure when all of the cell was judged
    together, it is read once more with the effort ``again`` (None: never); not in 8 bits, which are for
    speed.
    """

    views: int
    crop_views: int
    undecided: int = 0
    again: Effort | None = None

    def after(self, scores: npt.NDArray[np.float64]) -> Effort | None:
        """With what the cell is read again whose regions got these ``scores`` (N,) in the end; None: not again."""
        return self.again if doubts(scores) > self.undecided else None


def doubts(scores: npt.NDArray[np.float64]) -> int:
    """How many of the scores (N,) are neither those of a chromosome nor of none for sure."""
    return int(((scores > _SURELY_NONE) & (scores < _SURELY_ONE)).sum())


_BEST: Final = Effort(8, 4)
EFFORTS: Final = {"fast": Effort(1, 1), "balanced": Effort(4, 2, 1, _BEST), "best": _BEST}
