"""``karyoview users``: the people who sign."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from karyoview.io.tables import printable

if TYPE_CHECKING:
    from karyoview.accounts.users import Credentials, Users


def register(app: typer.Typer) -> None:
    """Add the command ``users``: ``list``, ``add``, ``passphrase``, ``role``, ``close``, ``reopen`` and ``keys``."""
    users = typer.Typer(
        no_args_is_help=True, help="The people who sign: list, add, passphrase, role, close, reopen, keys."
    )
    app.add_typer(users, name="users")
    url_option = typer.Option("", "--url", metavar="URL", help="The database; default KARYOVIEW_INDEX.")
    fd_option = typer.Option(-1, "--passphrase-fd", metavar="N", help="Read the passphrase from this file descriptor.")

    @users.command("list")
    def list_users(url: str = url_option) -> None:
        """Everybody: login name, printed name, role."""
        with _users(url) as known:
            for user in known.all():
                state = "closed" if user.disabled else ""
                typer.echo("\t".join((printable(user.name), printable(user.printed_name), user.role, state)).rstrip())

    by_option = typer.Option("", "--by", metavar="USER", help="Who agrees: an approver, once one is entered.")
    by_fd_option = typer.Option(-1, "--by-fd", metavar="N", help="Read that person's passphrase from here.")

    @users.command()
    def add(
        name: str = typer.Argument(..., help="Login name."),
        printed: str = typer.Option(..., "--printed", help="Name as printed on reports."),
        role: str = typer.Option("analyst", "--role", help="analyst or approver."),
        passphrase_fd: int = fd_option,
        by: str = by_option,
        by_fd: int = by_fd_option,
        url: str = url_option,
    ) -> None:
        """Enter a person; the passphrase is read from the terminal."""
        from karyoview.accounts.users import Role

        if role not in list(Role):
            raise typer.BadParameter(f"{role!r} is no role; use analyst or approver", param_hint="--role")
        with _users(url) as known:
            voucher = _voucher(by, by_fd)
            user = known.create(name, printed, Role(role), read_passphrase(passphrase_fd, confirm=True), by=voucher)
        typer.echo(f"{user.name}: {user.printed_name}, {user.role}")

    @users.command()
    def passphrase(
        name: str,
        passphrase_fd: int = fd_option,
        by: str = typer.Option("", "--by", metavar="USER", help="An approver, where the present one is forgotten."),
        by_fd: int = typer.Option(-1, "--by-fd", metavar="N", help="Read the present, or that person's, from here."),
        url: str = url_option,
    ) -> None:
        """Give a person another passphrase: by the present one, or by an approver who agrees (and a new key)."""
        from karyoview.accounts.users import Credentials

        with _users(url) as known:
            person = known.get(name)
            who = by or person.name
            present = Credentials(who, read_passphrase(by_fd, of=who))
            known.set_passphrase(name, read_passphrase(passphrase_fd, confirm=True, of="new"), by=present)

    _register_changes(users, url_option, by_option, by_fd_option)


def _register_changes(users: typer.Typer, url_option: Any, by_option: Any, by_fd_option: Any) -> None:
    """Add ``role``, ``close``, ``reopen`` and ``keys``."""

    @users.command()
    def role(
        name: str, role: str = typer.Argument(..., help="analyst or approver."), by: str = by_option,
        by_fd: int = by_fd_option, url: str = url_option,
    ) -> None:  # fmt: skip
        """Change what a person may sign."""
        from karyoview.accounts.users import Credentials, Role

        if role not in list(Role):
            raise typer.BadParameter(f"{role!r} is no role; use analyst or approver", param_hint="ROLE")
        with _users(url) as known:
            known.get(name)
            known.set_role(name, Role(role), by=_voucher(by, by_fd) or Credentials("", ""))

    @users.command()
    def close(name: str, by: str = by_option, by_fd: int = by_fd_option, url: str = url_option) -> None:
        """Close an account; its signatures stay."""
        _set_disabled(name, True, by, by_fd, url)

    @users.command()
    def reopen(name: str, by: str = by_option, by_fd: int = by_fd_option, url: str = url_option) -> None:
        """Open a closed account again."""
        _set_disabled(name, False, by, by_fd, url)

    @users.command()
    def keys(url: str = url_option) -> None:
        """The laboratory's number, and whether the list of keys and the database agree."""
        with _users(url) as known:
            found, problems = known.key_list(), known.problems()
        typer.echo(f"laboratory {found.laboratory or '(nobody is entered yet)'}, {len(found.entries)} entries")
        for problem in problems:
            typer.echo(f"problem: {printable(problem)}")
        raise typer.Exit(1 if problems else 0)


def _set_disabled(name: str, disabled: bool, by: str, by_fd: int, url: str) -> None:
    from karyoview.accounts.users import Credentials

    with _users(url) as known:
        known.get(name)
        known.set_disabled(name, disabled, by=_voucher(by, by_fd) or Credentials("", ""))


def _voucher(by: str, descriptor: int) -> Credentials | None:
    """Who agrees to a change of the list; None where nobody was named."""
    from karyoview.accounts.users import Credentials

    return Credentials(by, read_passphrase(descriptor, of=by)) if by else None


def read_passphrase(descriptor: int = -1, *, confirm: bool = False, of: str = "") -> str:
    """A passphrase from a file descriptor (its first line) or, without one, typed at the terminal unseen."""
    if descriptor < 0:
        return str(
            typer.prompt(
                f"Passphrase ({of})" if of else "Passphrase", hide_input=True, confirmation_prompt=confirm, err=True
            )
        )
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
