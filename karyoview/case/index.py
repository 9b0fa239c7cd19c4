"""The list of cases: a database that is only an index, and can be deleted and rebuilt from the folders.

SQLite on one machine, PostgreSQL (pg8000) for a laboratory, through the same SQLAlchemy code.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import sqlalchemy as sa

from karyoview.case import known_heads, worklist
from karyoview.case.audit import FOLDER_SET_BACK
from karyoview.case.case import Case
from karyoview.case.known_heads import KnownHead
from karyoview.case.location import SOURCE_FILE, STORE_NAME, read_source
from karyoview.case.lock import read_lock
from karyoview.case.schema import CASE_FILE
from karyoview.core.annotation import ReviewState
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.io.database import DatabaseError, create_tables, database_errors, metadata, open_engine
from karyoview.io.user_data import workspace

SCHEMA: Final = 1
RECORD_FILE: Final = "audit.jsonl"
_MAX_DEPTH: Final = 8

_about = sa.Table(
    "karyoview_about",
    metadata,
    sa.Column("key", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
_cases = sa.Table(
    "karyoview_cases",
    metadata,
    sa.Column("folder", sa.String(1000), primary_key=True),
    sa.Column("case_id", sa.String(200), nullable=False, index=True),
    sa.Column("protocol", sa.Text, nullable=False),
    sa.Column("karyotype", sa.Text, nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("cells", sa.Integer, nullable=False),
    sa.Column("reviewed", sa.Integer, nullable=False),
    sa.Column("set_aside", sa.Integer, nullable=False),
    sa.Column("signatures", sa.Integer, nullable=False),
    sa.Column("locked", sa.Boolean, nullable=False),
    sa.Column("training_consent", sa.Boolean, nullable=False),
    sa.Column("open_by", sa.Text, nullable=False),
    sa.Column("problem", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("indexed", sa.String(40), nullable=False),
)


@dataclass(frozen=True, slots=True)
class IndexedCase:
    """One case as the index knows it; counts are of cells, ``open_by`` who has it open, empty if nobody.

    ``problem`` is a sentence when the folder could not be read; the other values are then empty.
    """

    folder: str
    case_id: str = ""
    protocol: str = ""
    karyotype: str = ""
    created: str = ""
    cells: int = 0
    reviewed: int = 0
    set_aside: int = 0
    signatures: int = 0
    locked: bool = False
    training_consent: bool = False
    open_by: str = ""
    problem: str = ""
    indexed: str = ""


@dataclass(slots=True)
class RebuildReport:
    """How many cases were found, and a sentence for each that could not be read."""

    cases: int = 0
    problems: list[str] = field(default_factory=list)


class CaseIndex:
    """The index at a database URL; without one, ``KARYOVIEW_INDEX`` or a file in the user's workspace.

    Every method raises DatabaseError with a sentence when the database cannot be reached.
    """

    def __init__(self, url: str | None = None) -> None:
        self.engine = open_engine(url)
        try:
            create_tables(self.engine)
            self._check_schema()
        except DatabaseError:
            self.engine.dispose()
            raise

    def __enter__(self) -> CaseIndex:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    def record_difference(self, folder: Path, store: Path) -> str:
        """A sentence where the record in ``store`` is behind, or other than, what this index saw of it; else empty.

        Raises KaryoViewError where the record cannot be read.
        """
        return self._compare(folder, store)[2]

    def follow_record(self, case: Case) -> str:
        """Remember how far the record of an open case goes; → a sentence where this index saw later or other lines.

        In a case that can be written a line then says so for ever, and the index follows the record from there on.
        """
        own, known, notice = self._compare(case.folder, case.store)
        if notice and known is not None and own is not None:
            if case.read_only or known.folder != own.folder:
                return notice
            case.record(FOLDER_SET_BACK, known.detail())
            own = self._compare(case.folder, case.store)[0]
        if own is not None:
            with self._guarded(), self.engine.begin() as connection:
                known_heads.keep(connection, own, back=bool(notice))
        return notice

    def _compare(self, folder: Path, store: Path) -> tuple[KnownHead | None, KnownHead | None, str]:
        """How far a record goes, how far it went when this index saw it last, and where these differ a sentence."""
        if store != Path(os.path.abspath(folder)) / STORE_NAME:
            return None, None, ""  # a copy of a time when the folder could not be written is joined by a person
        own, known = known_heads.head_of(known_heads.read_record(store / RECORD_FILE), os.path.abspath(folder)), None
        if own is None:
            return None, None, ""
        with self._guarded(), self.engine.connect() as connection:
            known = known_heads.read(connection, own.first)
        # read after what is known of it: another workstation may just have written a line
        found = known_heads.read_record(store / RECORD_FILE)
        own = known_heads.head_of(found, own.folder) or own
        return own, known, "" if known is None else known_heads.difference(known, found, own.folder)

    def update(self, case: Case) -> IndexedCase:
        """Enter what an open case is now."""
        row = _summary(case)
        self._put(_cases, _row(row, _words(case)))
        self._put(worklist.work, worklist.row_of(worklist.item_of(case)))
        return row

    def remove(self, folder: Path) -> bool:
        """Forget a case (its folder is not touched); whether it was known."""
        with self._guarded(), self.engine.begin() as connection:
            name = os.path.abspath(folder)
            connection.execute(sa.delete(worklist.work).where(worklist.work.c.folder == name))
            return bool(connection.execute(sa.delete(_cases).where(_cases.c.folder == name)).rowcount)

    def cases(self, search: str = "", *, limit: int = 1000) -> list[IndexedCase]:
        """Cases whose folder, id, protocol, karyotype, slides, cultures or details hold every word of ``search``.

        The order is by folder. Capitals do not matter.
        """
        query = sa.select(*(_cases.c[name.name] for name in fields(IndexedCase))).order_by(_cases.c.folder).limit(limit)
        for word in search.casefold().split():
            query = query.where(_cases.c.words.contains(word, autoescape=True))
        with self._guarded(), self.engine.connect() as connection:
            return [IndexedCase(**row) for row in connection.execute(query).mappings()]

    def work_items(self) -> dict[str, worklist.WorkItem]:
        """What the worklist knows, by folder."""
        with self._guarded(), self.engine.connect() as connection:
            rows = connection.execute(sa.select(worklist.work)).mappings()
            return {row["folder"]: worklist.item_from(dict(row)) for row in rows}

    def rebuild(self, roots: Iterable[Path] = ()) -> RebuildReport:
        """Forget all cases and read them anew: those below ``roots``, known before, or in the workspace.

        Users stay. Folders are only read. A known folder that cannot be reached stays listed with its problem.
        """
        with self._guarded(), self.engine.connect() as connection:
            known = [Path(folder) for (folder,) in connection.execute(sa.select(_cases.c.folder))]
        report = RebuildReport()
        folders = dict.fromkeys(Path(os.path.abspath(p)) for p in (*known, *_workspace_folders()))
        for root in roots:
            if not root.is_dir():
                report.problems.append(f"{root} is no folder that can be read.")
            folders.update(dict.fromkeys(find_cases(Path(os.path.abspath(root)))))
        rows, items = [], []
        for folder in folders:
            try:
                with Case.open(folder, read_only=True) as case:
                    rows.append((_summary(case), _words(case)))
                    items.append(worklist.row_of(worklist.item_of(case)))
                    report.cases += 1
            except KaryoViewError as error:
                report.problems.append(str(error))
                rows.append(
                    (IndexedCase(folder=str(folder), problem=str(error), indexed=utc_now()), str(folder).casefold())
                )
        with self._guarded(), self.engine.begin() as connection:
            connection.execute(sa.delete(_cases))
            connection.execute(sa.delete(worklist.work))
            if rows:
                connection.execute(sa.insert(_cases), [_row(row, words) for row, words in rows])
            if items:
                connection.execute(sa.insert(worklist.work), items)
        return report

    def _check_schema(self) -> None:
        with self._guarded(), self.engine.begin() as connection:
            found = connection.execute(sa.select(_about.c.value).where(_about.c.key == "schema")).scalar()
            if found is None:
                _insert_once(connection, _about, {"key": "schema", "value": str(SCHEMA)})
            elif found != str(SCHEMA):
                raise DatabaseError(f"The index has version {found}, this KaryoView uses {SCHEMA}; update KaryoView.")

    def _put(self, table: sa.Table, values: dict[str, Any]) -> None:
        with self._guarded(), self.engine.begin() as connection:
            change = sa.update(table).where(table.c.folder == values["folder"]).values(values)
            if not connection.execute(change).rowcount and not _insert_once(connection, table, values):
                connection.execute(change)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with database_errors(self.engine):
            yield


def find_cases(root: Path) -> Iterator[Path]:
    """The folders below ``root`` that are cases; links and hidden folders are not followed."""
    stack = [(root, 0)]
    while stack:
        folder, depth = stack.pop()
        try:
            names = sorted(e.name for e in os.scandir(folder) if e.is_dir(follow_symlinks=False))
        except OSError:
            continue
        if STORE_NAME in names and (folder / STORE_NAME / CASE_FILE).is_file():
            yield folder
        if depth < _MAX_DEPTH:
            inside = [name for name in names if name != STORE_NAME and not name.startswith(".")]
            stack += [(folder / name, depth + 1) for name in reversed(inside)]


def _workspace_folders() -> Iterator[Path]:
    for source in sorted((workspace() / "cases").glob(f"*/{SOURCE_FILE}")):
        folder = read_source(source)
        if folder is not None:
            yield folder


def _insert_once(connection: sa.Connection, table: sa.Table, values: dict[str, Any]) -> bool:
    """Insert a row; False when another workstation inserted it a moment ago."""
    try:
        with connection.begin_nested():
            connection.execute(sa.insert(table).values(values))
        return True
    except sa.exc.IntegrityError:
        return False


def _row(row: IndexedCase, words: str) -> dict[str, Any]:
    return {name.name: getattr(row, name.name) for name in fields(row)} | {"words": words}


def _summary(case: Case) -> IndexedCase:
    settings = case.settings
    states = [cell.state for cell in case.cells]
    holder = read_lock(case.store / "lock.json")
    return IndexedCase(
        folder=str(case.folder),
        case_id=settings.id,
        protocol=settings.protocol,
        karyotype=settings.karyotype,
        created=settings.created,
        cells=len(states),
        reviewed=states.count(ReviewState.REVIEWED),
        set_aside=states.count(ReviewState.SET_ASIDE),
        signatures=len(settings.signatures),
        locked=settings.locked,
        training_consent=settings.training_consent,
        open_by=f"{holder.user} on {holder.host}" if holder else "",
        indexed=utc_now(),
    )


def _words(case: Case) -> str:
    settings = case.settings
    parts = [str(case.folder), settings.id, settings.protocol, settings.karyotype, settings.notes]
    parts += [str(value) for value in settings.details.values() if isinstance(value, str | int | float)]
    parts += sorted({text for cell in case.cells for text in (cell.slide, cell.culture) if text})
    return "\n".join(parts).casefold().replace("\x00", "")
