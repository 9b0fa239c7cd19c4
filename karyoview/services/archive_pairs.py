"""An archive's metaphases and the karyograms made from them, matched: by name, by number, or by looking.

What a picture is says its name or its folder (``0007.K.png``, ``karyograms/0007.jpg``); where neither does, the picture
is looked at. Names belong together that are the same but for such a word, or of which one begins with the other; then
those with the same numbers; what is left over is tried on each other by a few large chromosomes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from karyoview.case.listing import natural_key
from karyoview.case.location import STORE_NAME
from karyoview.core.errors import KaryoViewError
from karyoview.detectors.protocol import CancelToken
from karyoview.imaging.karyogram_picture import KaryogramPictureError, looks_like_karyogram, read_print
from karyoview.imaging.karyogram_placement import common_chromosomes
from karyoview.imaging.masks import GreyArray
from karyoview.io.images import is_image_file, read_image
from karyoview.services.jobs import user_message

BY_NAME, BY_NUMBER, BY_LOOKING = "name", "number", "looking"
Progress = Callable[[int, int, str], None]

_KARYOGRAM: Final = frozenset(
    {"k", "kar", "karyo", "karyogram", "karyograms", "karyogramm", "karyogramme", "karyotype", "karyotypes", "kgram"}
)
_METAPHASE: Final = frozenset(
    {"a", "m", "met", "meta", "metaphase", "metaphases", "metaphasen", "mp", "raw", "original", "spread", "spreads"}
)
_PARTS: Final = re.compile(r"[0-9]+|[^\W\d_]+")
_MOST: Final = 50_000


class ArchiveError(KaryoViewError):
    """An archive that cannot be read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ArchivePair:
    """A metaphase and its karyogram; ``how`` they were matched, ``case`` the patient they are of, as a folder name.

    ``order`` tells the rows' labels where they cannot be read.
    """

    metaphase: Path
    karyogram: Path
    how: str = BY_NAME
    case: str = ""
    order: str = ""

    @property
    def name(self) -> str:
        """What it is called in lists: the metaphase's file."""
        return self.metaphase.name


@dataclass(frozen=True, slots=True)
class Matching:
    """``pairs`` in the order of their names; ``left`` are pictures without a partner, each with a reason."""

    pairs: tuple[ArchivePair, ...]
    left: tuple[tuple[Path, str], ...] = ()

    def sentence(self) -> str:
        """The outcome for a person."""
        counts = {how: sum(p.how == how for p in self.pairs) for how in (BY_NAME, BY_NUMBER, BY_LOOKING)}
        told = ", ".join(f"{count} by {how}" for how, count in counts.items() if count)
        text = counted(len(self.pairs), "pair") + (f" ({told})" if told else "")
        return f"{text}, {counted(len(self.left), 'picture')} without a partner." if self.left else f"{text}."


@dataclass(frozen=True, slots=True)
class _Picture:
    path: Path
    folder: tuple[str, ...]
    words: tuple[str, ...]
    kind: str

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(int(w) for w in self.words if w.isdigit())

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(str(int(w)) if w.isdigit() else w for w in self.words)


def match_archive(
    folder: Path, *, cancel: CancelToken | None = None, progress: Progress = lambda done, total, name: None
) -> Matching:
    """The pairs in a folder and its subfolders. Raises ArchiveError where it holds no pictures, Cancelled."""
    pictures = _pictures(folder)
    known = [p for p in pictures if p.kind]
    open_ = [p for p in pictures if not p.kind]
    left: list[tuple[Path, str]] = []
    for number, picture in enumerate(open_):
        if cancel is not None:
            cancel.raise_if_cancelled()
        progress(number, len(open_), picture.path.name)
        try:
            karyogram = looks_like_karyogram(read_image(picture.path).to_uint8())
        except Exception as error:
            left.append((picture.path, user_message(error)))
            continue
        known.append(replace(picture, kind="karyogram" if karyogram else "metaphase"))
    karyograms = [p for p in known if p.kind == "karyogram"]
    metaphases = [p for p in known if p.kind == "metaphase"]
    found = _by_name(karyograms, metaphases) + _by_number(karyograms, metaphases)
    found += _by_looking(karyograms, metaphases, cancel, progress)
    left += [(p.path, "no metaphase belongs to this karyogram") for p in karyograms]
    left += [(p.path, "no karyogram belongs to this metaphase") for p in metaphases]
    cases = _cases(found)
    pairs = [
        ArchivePair(m.path, k.path, how, case) for (k, m, how), case in zip(found, cases, strict=True)
    ]  # fmt: skip
    return Matching(tuple(sorted(pairs, key=lambda p: natural_key(str(p.metaphase)))), tuple(left))


def _pictures(folder: Path) -> list[_Picture]:
    if not folder.is_dir():
        raise ArchiveError(f"{folder} is no folder; choose the one that holds the metaphases and their karyograms.")
    found = []
    try:
        for path in sorted(folder.rglob("*")):
            inner = path.relative_to(folder).parts[:-1]
            if any(part == STORE_NAME or part.startswith(".") for part in (*inner, path.name)):
                continue
            if is_image_file(path) and path.is_file():
                found.append(_picture(path, inner))
            if len(found) > _MOST:
                raise ArchiveError(f"{folder} holds more than {_MOST} pictures; choose a part of it.")
    except OSError as error:
        raise ArchiveError(f"{folder} cannot be read ({error.strerror or error}); check its disk.") from error
    if not found:
        raise ArchiveError(f"{folder} holds no pictures; choose the folder with the metaphases and their karyograms.")
    return found


def _picture(path: Path, inner: tuple[str, ...]) -> _Picture:
    words = tuple(w.lower() for w in _PARTS.findall(path.stem))
    # A single letter says what a picture is only where it stands last, as in 0007.K.png.
    roles = [w for k, w in enumerate(words) if len(w) > 1 or k == len(words) - 1 > 0]
    within = [w.lower() for part in inner for w in _PARTS.findall(part) if len(w) > 1]
    kind = ""
    for source in (roles, within):
        if any(w in _KARYOGRAM for w in source):
            kind = "karyogram"
        elif any(w in _METAPHASE for w in source):
            kind = "metaphase"
        if kind:
            break
    own = tuple(
        w for k, w in enumerate(words) if w not in _KARYOGRAM | _METAPHASE or (len(w) == 1 and k < len(words) - 1)
    )
    folder = tuple(p for p in inner if not {w.lower() for w in _PARTS.findall(p)} & (_KARYOGRAM | _METAPHASE))
    return _Picture(path, folder, own or words, kind)


_Found = tuple[_Picture, _Picture, str]


def _by_name(karyograms: list[_Picture], metaphases: list[_Picture]) -> list[_Found]:
    """Pairs of one name within one folder, then anywhere, then where one name begins with the other; taken out."""
    found = _equal(karyograms, metaphases, lambda p: (p.folder, p.key), BY_NAME)
    found += _equal(karyograms, metaphases, lambda p: p.key, BY_NAME)
    by_key = defaultdict(list)
    for metaphase in metaphases:
        by_key[metaphase.key].append(metaphase)
    for karyogram in list(karyograms):
        for length in range(len(karyogram.key) - 1, 0, -1):
            fitting = by_key.get(karyogram.key[:length], [])
            if len(fitting) == 1 and any(w.isdigit() for w in fitting[0].words):
                found.append((karyogram, fitting[0], BY_NAME))
                karyograms.remove(karyogram)
                metaphases.remove(fitting[0])
                by_key[fitting[0].key].clear()
                break
    return found


def _by_number(karyograms: list[_Picture], metaphases: list[_Picture]) -> list[_Found]:
    found = _equal(karyograms, metaphases, lambda p: (p.folder, p.numbers) if p.numbers else None, BY_NUMBER)
    return found + _equal(karyograms, metaphases, lambda p: p.numbers or None, BY_NUMBER)


def _equal(
    karyograms: list[_Picture], metaphases: list[_Picture], key: Callable[[_Picture], object], how: str
) -> list[_Found]:
    """Pairs whose key, which is not None, one karyogram and one metaphase have; they are taken out of the lists."""
    sides: list[dict[object, list[_Picture]]] = []
    for pictures in (karyograms, metaphases):
        by_key: dict[object, list[_Picture]] = defaultdict(list)
        for picture in pictures:
            by_key[key(picture)].append(picture)
        sides.append(by_key)
    found = [
        (own[0], sides[1][value][0], how)
        for value, own in sides[0].items()
        if value is not None and len(own) == 1 and len(sides[1].get(value, [])) == 1
    ]
    for karyogram, metaphase, _ in found:
        karyograms.remove(karyogram)
        metaphases.remove(metaphase)
    return found


def _by_looking(
    karyograms: list[_Picture], metaphases: list[_Picture], cancel: CancelToken | None, progress: Progress
) -> list[_Found]:
    """Pairs whose large chromosomes are the very same; they are taken out of the lists."""
    found: list[_Found] = []
    if not metaphases:
        return found
    fields: dict[Path, GreyArray] = {}
    total = len(karyograms)
    for number, karyogram in enumerate(list(karyograms)):
        progress(number, total, karyogram.path.name)
        try:
            shown = read_print(read_image(karyogram.path).to_uint8())
        except (KaryogramPictureError, KaryoViewError, OSError):
            continue
        # Of the same folder first: pictures of one patient lie together.
        for metaphase in sorted(metaphases, key=lambda m: m.folder != karyogram.folder):
            if cancel is not None:
                cancel.raise_if_cancelled()
            if metaphase.path not in fields:
                fields[metaphase.path] = read_image(metaphase.path).to_uint8()
            if common_chromosomes(shown.picture, shown.pieces, fields[metaphase.path]):
                found.append((karyogram, metaphase, BY_LOOKING))
                karyograms.remove(karyogram)
                metaphases.remove(metaphase)
                break
    return found


def _cases(found: Sequence[_Found]) -> list[str]:
    """The patient of each pair: its folder; or what its name has before the last number, where several are alike."""
    stems = [_stem(m) for _, m, _ in found]
    patients = set(stems)
    grouped = 2 < len(patients) < len(found)
    names = []
    for (_, metaphase, _), stem in zip(found, stems, strict=True):
        inner = " ".join(metaphase.folder)
        own = stem if grouped else " ".join(metaphase.key)
        names.append(safe_name(inner or own))
    return names


def _stem(picture: _Picture) -> str:
    key = picture.key
    return " ".join(key[:-1] if len(key) > 1 and key[-1].isdigit() else key)


def counted(number: int, thing: str) -> str:
    """``1 pair``, ``2 pairs``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def safe_name(text: str) -> str:
    """A folder's name for a text: letters, digits, blanks, ``-`` and ``.`` only; never empty."""
    kept = re.sub(r"[^\w .-]+", "_", text).strip(" .")
    return kept[:80] or "case"
