"""The laboratory's database: SQLite on one machine, PostgreSQL (pg8000) for several, through SQLAlchemy."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine, make_url

from karyoview.core.errors import KaryoViewError
from karyoview.io.user_data import INDEX_VARIABLE, workspace

metadata: Final = sa.MetaData()


class DatabaseError(KaryoViewError):
    """The database cannot be opened, read or written."""


def open_engine(url: str | None = None) -> Engine:
    """The database engine for a URL (``sqlite:///…``, ``postgresql://…``). Raises DatabaseError."""
    text = url or os.environ.get(INDEX_VARIABLE) or ""
    try:
        if text:
            parsed = make_url(text)
        else:
            workspace().mkdir(parents=True, exist_ok=True)
            parsed = URL.create("sqlite", database=str(workspace() / "index.sqlite"))
        kind = parsed.get_backend_name()
        if kind == "postgresql":
            engine = sa.create_engine(parsed.set(drivername="postgresql+pg8000"), pool_pre_ping=True)
            sa.event.listen(engine, "handle_error", _connection_is_lost)
            return engine
        if kind == "sqlite":
            _keep_private(parsed.database or "")
            return sa.create_engine(parsed, connect_args={"timeout": 30})
    except (sa.exc.ArgumentError, OSError, ValueError) as error:
        raise DatabaseError(f"The index cannot be opened: {error}. Give sqlite:///FILE or postgresql://…") from error
    except ImportError as error:
        raise DatabaseError("PostgreSQL needs pg8000; install it with: pip install 'karyoview[postgres]'.") from error
    raise DatabaseError(f"The index works on SQLite and PostgreSQL, not on {kind}.")


def _connection_is_lost(context: sa.engine.ExceptionContext) -> None:
    """Let go of a connection whose socket broke: pg8000 hands on the system's error where it reads an answer's head."""
    if isinstance(context.original_exception, OSError):
        context.is_disconnect = True


def _keep_private(database: str) -> None:
    """Let nobody but the person read the file: it holds names, and passphrases as hashes. Raises OSError."""
    if database in ("", ":memory:") or database.startswith("file:"):
        return
    path = Path(database)
    if not path.exists() and path.parent.is_dir():
        # Made here, so that SQLite never makes it readable for others first.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    elif path.is_file() and os.name == "posix" and path.stat().st_uid == os.getuid():
        with contextlib.suppress(OSError):
            path.chmod(0o600)


def create_tables(engine: Engine) -> None:
    """Make the tables that are not there yet. Raises DatabaseError."""
    for attempt in range(5):
        try:
            with database_errors(engine):
                metadata.create_all(engine)
            return
        except DatabaseError as error:
            # PostgreSQL's "if not exists" fails when two workstations make a table at the same moment.
            if attempt == 4 or isinstance(error.__cause__, sa.exc.InterfaceError):
                raise
            time.sleep(0.05 * (attempt + 1))


@contextmanager
def database_errors(engine: Engine) -> Iterator[None]:
    """Turn what a database says into one sentence; passwords in its address are not shown."""
    try:
        yield
    except (sa.exc.SQLAlchemyError, ConnectionError) as error:
        where = engine.url.render_as_string(hide_password=True)
        reason = _reason(error)
        raise DatabaseError(
            f"The index {where} cannot be used ({reason}); check that it runs and is writable."
        ) from error


def _reason(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    reported = cause.args[0] if cause.args else ""
    # pg8000 hands on the server's message as a mapping of one-letter fields.
    text = str(reported.get("M", reported)) if isinstance(reported, dict) else str(cause)
    return text.splitlines()[0][:300] if text else type(cause).__name__
