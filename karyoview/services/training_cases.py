"""What stands between a case and a training on it, known before the training is started; and the consent to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from karyoview.case.case import Case
from karyoview.core.annotation import ReviewState
from karyoview.core.errors import KaryoViewError


@dataclass(frozen=True, slots=True)
class CaseReadiness:
    """One case as training would find it; ``problem`` is a sentence where it cannot be read, ``reviewed`` a number."""

    folder: Path
    name: str
    reviewed: int = 0
    consent: bool = False
    problem: str = ""

    @property
    def usable(self) -> bool:
        """Whether a training can learn from it."""
        return self.consent and self.reviewed > 0 and not self.problem


def readiness(folders: Sequence[Path]) -> list[CaseReadiness]:
    """How each of these cases stands; the folders are only read."""
    found = []
    for folder in folders:
        try:
            with Case.open(folder, read_only=True) as case:
                reviewed = sum(c.state is ReviewState.REVIEWED and not c.missing for c in case.cells)
                found.append(CaseReadiness(folder, folder.name, reviewed, case.settings.training_consent))
        except KaryoViewError as error:
            found.append(CaseReadiness(folder, folder.name, problem=str(error)))
    return found


def allow_training(folder: Path, user: str) -> None:
    """Let the corrections of a case train engines, an approved one too. Raises KaryoViewError."""
    with Case.open(folder, user=user) as case:
        case.allow_training(True)
