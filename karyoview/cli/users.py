"""``karyoview users``: the people who sign."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from karyoview.accounts.users import Users


def register(app: typer.Typer) -> None:
    """Add the command ``users`` with ``list``, ``add``, ``passphrase``, ``close`` and ``reopen``."""
    users = typer.Typer(no_args_is_help=True, help="The people who sign: list, add, passphrase, close, reopen.")
    app.add_typer(users, name="users")
    url_option = typer.Option("", "--url", metavar="URL", help="The database; default KARYOVIEW_INDEX.")
    fd_option = typer.Option(-1, "--passphrase-fd", metavar="N", help="Read the passphrase from this file descriptor.")

    @users.command("list")
    def list_users(url: str = url_option) -> None:
        """Everybody: login name, printed name, role."""
        with _users(url) as known:
            for user in known.all():
                state = "closed" if user.disabled else ""
                typer.echo("\t".join((user.name, user.printed_name, user.role, state)).rstrip())

    @users.command()
    def add(
        name: str = typer.Argument(..., help="Login name."),
        printed: str = typer.Option(..., "--printed", help="Name as printed on reports."),
        role: str = typer.Option("analyst", "--role", help="analyst or approver."),
        passphrase_fd: int = fd_option,
        url: str = url_option,
    ) -> None:
        """Enter a person; the passphrase is read from the terminal."""
        from karyoview.accounts.users import Role

        if role not in list(Role):
            raise typer.BadParameter(f"{role!r} is no role; use analyst or approver", param_hint="--role")
        with _users(url) as known:
            user = known.create(name, printed, Role(role), read_passphrase(passphrase_fd, confirm=True))
        typer.echo(f"{user.name}: {user.printed_name}, {user.role}")

    @users.command()
    def passphrase(name: str, passphrase_fd: int = fd_option, url: str = url_option) -> None:
        """Give a person another passphrase."""
        with _users(url) as known:
            known.get(name)
            known.set_passphrase(name, read_passphrase(passphrase_fd, confirm=True))

    @users.command()
    def close(name: str, url: str = url_option) -> None:
        """Close an account; its signatures stay."""
        with _users(url) as known:
            known.set_disabled(name, True)

    @users.command()
    def reopen(name: str, url: str = url_option) -> None:
        """Open a closed account again."""
        with _users(url) as known:
            known.set_disabled(name, False)


def read_passphrase(descriptor: int = -1, *, confirm: bool = False) -> str:
    """A passphrase from a file descriptor (its first line) or, without one, typed at the terminal unseen."""
    if descriptor < 0:
        return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True))
    try:
        with os.fdopen(descriptor, encoding="utf-8", closefd=descriptor > 2) as file:
            return file.readline(4096).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(
            f"descriptor {descriptor} cannot be read ({error})", param_hint="--passphrase-fd"
        ) from error


@contextmanager
def _users(url: str) -> Iterator[Users]:
    from karyoview.accounts.users import Users
    from karyoview.io.database import open_engine

    engine = open_engine(url or None)
    try:
        yield Users(engine)
    finally:
        engine.dispose()
