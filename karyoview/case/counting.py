"""The cells of a case counted under its protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from karyoview.case.case import Case
from karyoview.case.schema import CellRecord
from karyoview.core.annotation import ImageAnnotation, ReviewState
from karyoview.core.karyogram import MARKERS, TRAY, Karyogram
from karyoview.core.tally import PROTOCOLS, CaseTally, CellCount, Protocol, tally_case

STRUCTURAL: Final = "structural"
"""Key beside the chromosomes of a cell: the structural changes that a person typed for it."""


def count_cells(case: Case) -> list[CellCount]:
    """The cells of a case for its tally: reviewed ones, and those set aside with their reasons."""
    found = []
    for record in case.cells:
        if record.state not in (ReviewState.REVIEWED, ReviewState.SET_ASIDE):
            continue
        found.append(count_cell(record, case.annotation(record.image)))
    return found


def count_cell(record: CellRecord, annotation: ImageAnnotation) -> CellCount:
    """One cell for the tally. Count marks alone make a cell without classes."""
    karyogram = Karyogram.of(annotation)
    typed = annotation.extra.get(STRUCTURAL)
    structural = tuple(t for t in typed if isinstance(t, str)) if isinstance(typed, (list, tuple)) else ()
    unclassed = len(karyogram.slots[TRAY]) if annotation.chromosomes else annotation.total()
    return CellCount(
        image=record.image,
        counts=annotation.counts(),
        markers=len(karyogram.slots[MARKERS]),
        structural=structural,
        analysed=record.analysed,
        karyotyped=record.karyotyped,
        culture=record.culture,
        slide=record.slide,
        set_aside=annotation.reason if annotation.state is ReviewState.SET_ASIDE else "",
        unclassed=unclassed,
    )


def tally_of(case: Case) -> CaseTally:
    """The tally of a case under its own protocol."""
    sex = case.settings.details.get("sex")
    return tally_case(count_cells(case), protocol_of(case), sex if sex in ("female", "male") else None)


def protocol_of(case: Case) -> Protocol:
    """The case's protocol preset; numbers in ``details["protocol"]`` replace its own."""
    preset = PROTOCOLS.get(case.settings.protocol, PROTOCOLS["constitutional"])
    own = case.settings.details.get("protocol")
    if not isinstance(own, Mapping):
        return preset
    numbers = {
        k: v for k, v in own.items() if k in ("count", "analyse", "karyograms") and isinstance(v, int) and v >= 0
    }
    return Protocol(**{**{f: getattr(preset, f) for f in Protocol.__dataclass_fields__}, **numbers})
