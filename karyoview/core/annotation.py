"""A person's work on one image: chromosomes, marks and the state of the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from karyoview.core.errors import KaryoViewError
from karyoview.core.geometry import Box


class ReviewState(StrEnum):
    """Where a cell stands."""

    NEW = "new"
    PROPOSED = "proposed"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who gave a box or a class: ``kind`` is ``engine``, ``person`` or ``import``; ``name`` says which."""

    kind: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Chromosome:
    """A chromosome in an image; use one of the two subclasses, which say whose work it is.

    ``id`` is unique in its image and never reused. ``label`` is the class index 0–23 or None;
    ``label_by`` says who gave the class, ``box_by`` who drew the box. ``mask`` is a COCO
    run-length string (column-major, of the whole image) or empty; ``axis`` the centre line from p
    to q in pixels; ``extra`` keeps what other programs wrote, unread.
    """

    id: str
    box: Box
    label: int | None = None
    box_by: Attribution = Attribution("person")
    label_by: Attribution | None = None
    polarity: float | None = None
    axis: tuple[tuple[float, float], ...] = ()
    mask: str = ""
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_human(self) -> bool:
        return isinstance(self, ReviewedChromosome)


@dataclass(frozen=True, slots=True)
class PredictedChromosome(Chromosome):
    """An engine's proposal that no person has touched; fields as in Detection."""

    score: float = 0.0
    raw_label: int | None = None
    probabilities: tuple[float, ...] = ()
    doubt: float | None = None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewedChromosome(Chromosome):
    """A chromosome that a person drew, changed or accepted.

    ``proposal`` is the proposal it came from, as it was, so that corrections can be counted;
    None when the person added it. ``looked_at`` is False where it was taken over by an act on many at
    once: the doubts of its proposal stay open until a person looks at this one.
    """

    proposal: PredictedChromosome | None = None
    uncertain: bool = False
    looked_at: bool = True


@dataclass(frozen=True, slots=True)
class CountMark:
    """A click of counting without an engine: id and place in pixels."""

    id: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ImageAnnotation:
    """Everything that is known about one image of a case; frozen, each edit makes the next revision.

    ``image`` is the name as in MetaphaseImage, ``size`` (height, width). ``reason`` says why a cell
    was set aside (empty otherwise). Raises KaryoViewError when two chromosomes share an id or a
    cell is set aside without a reason.
    """

    image: str
    size: tuple[int, int] = (0, 0)
    image_sha256: str = ""
    state: ReviewState = ReviewState.NEW
    reason: str = ""
    chromosomes: tuple[Chromosome, ...] = ()
    count_marks: tuple[CountMark, ...] = ()
    revision: int = 0
    notes: str = ""
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        ids = [c.id for c in self.chromosomes]
        if len(set(ids)) != len(ids):
            twice = next(i for i in ids if ids.count(i) > 1)
            raise KaryoViewError(f"{self.image}: two chromosomes have the id {twice!r}; each needs its own.")
        if self.state is ReviewState.SET_ASIDE and not self.reason:
            raise KaryoViewError(f"{self.image}: a cell that is set aside needs a reason.")

    def chromosome(self, chromosome_id: str) -> Chromosome:
        """The chromosome with that id; KeyError when there is none."""
        for item in self.chromosomes:
            if item.id == chromosome_id:
                return item
        raise KeyError(chromosome_id)

    def human(self) -> tuple[Chromosome, ...]:
        """The chromosomes that a person drew, changed or accepted."""
        return tuple(c for c in self.chromosomes if c.is_human)

    def counts(self) -> tuple[int, ...]:
        """Chromosomes of each class, 24 integers in class order (unlabelled ones are left out)."""
        found = [0] * 24
        for item in self.chromosomes:
            if item.label is not None:
                found[item.label] += 1
        return tuple(found)

    def total(self) -> int:
        """The count: chromosomes, or count marks where nothing is boxed."""
        return len(self.chromosomes) or len(self.count_marks)

    def next_revision(self, **changes: Any) -> ImageAnnotation:
        """The revision after this one, with other members."""
        return replace(self, **changes, revision=self.revision + 1)
