"""The look of a cell's karyogram as it is kept beside its chromosomes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from karyoview.core.annotation import ImageAnnotation
from karyoview.imaging.karyogram_look import KaryogramLook

LOOK_KEY: Final = "karyogram_look"


def look_of(annotation: ImageAnnotation) -> KaryogramLook:
    """The look that a person chose for the karyogram of a cell, else the usual one; unreadable members are usual."""
    stored = annotation.extra.get(LOOK_KEY)
    known: Mapping[str, Any] = stored if isinstance(stored, Mapping) else {}
    usual = KaryogramLook()
    present = {c.id for c in annotation.chromosomes}
    strength = known.get("contrast", usual.strength)
    if isinstance(strength, bool) or not isinstance(strength, (int, float)) or not math.isfinite(strength):
        strength = usual.strength
    return KaryogramLook(
        strength=min(max(float(strength), 0.0), 1.0),
        inverted=_flag(known.get("inverted"), usual.inverted),
        straight=_flag(known.get("straight"), usual.straight),
        unlike=_ids(known.get("unlike")) & present,
        original=_ids(known.get("original")) & present,
    )


def with_look(annotation: ImageAnnotation, look: KaryogramLook) -> ImageAnnotation:
    """The annotation whose karyogram has this look; the usual one leaves nothing behind."""
    extra = {key: value for key, value in annotation.extra.items() if key != LOOK_KEY}
    if look != KaryogramLook():
        row: dict[str, Any] = {
            "contrast": round(look.strength, 3), "inverted": look.inverted, "straight": look.straight,
        }  # fmt: skip
        row |= {key: sorted(ids) for key, ids in (("unlike", look.unlike), ("original", look.original)) if ids}
        extra[LOOK_KEY] = row
    return replace(annotation, extra=extra)


def _flag(value: object, usual: bool) -> bool:
    return value if isinstance(value, bool) else usual


def _ids(value: object) -> frozenset[str]:
    rows = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return frozenset(i for i in rows if isinstance(i, str))
