"""A PostgreSQL server of a test run's own."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa


class PostgresServer:
    """A running server with its own data and port: ``url`` of its database, and a restart."""

    def __init__(self, programs: Path, root: Path, user: Mapping[str, Any], port: int) -> None:
        self._programs, self._root, self._user = programs, root, user
        self._options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
        made = sa.engine.URL.create("postgresql", "kv", "geheim:@/ä", "127.0.0.1", port, "postgres")
        self.url = made.render_as_string(hide_password=False)

    def call(self, *arguments: str) -> str:
        """Run one of the server's programs; what it complained of, empty when it went well."""
        command = [str(self._programs / arguments[0]), *arguments[1:]]
        done = subprocess.run(
            command, cwd=self._root, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
            timeout=280, **self._user,
        )  # fmt: skip
        return (done.stderr.strip()[-300:] or "it does not say why") if done.returncode else ""

    def control(self, action: str, *more: str) -> str:
        """Start, stop or restart; what went wrong."""
        data = ("-D", str(self._root / "data"), "-w")
        return self.call("pg_ctl", *data, "-l", str(self._root / "log"), "-o", self._options, *more, action)

    @contextlib.contextmanager
    def ended_with_this_process(self) -> Iterator[None]:
        """Stop the server at the end, also where this process is killed: its end closes what the other one reads."""
        end = 'cat > /dev/null; "$0" -D "$1" -w -m immediate stop; rm -rf "$1"/*'
        watching = subprocess.Popen(
            ["sh", "-c", end, str(self._programs / "pg_ctl"), str(self._root / "data")], cwd=self._root,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            **self._user,
        )  # fmt: skip
        try:
            yield
        finally:
            watching.communicate(timeout=280)
