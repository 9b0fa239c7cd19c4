"""The people who sign: names, roles and passphrases (argon2id), in the same database as the index."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import argon2
import sqlalchemy as sa
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Engine

from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.io.database import create_tables, database_errors, metadata

MIN_PASSPHRASE: Final = 8
MAX_PASSPHRASE: Final = 1000

_users = sa.Table(
    "karyoview_users",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    sa.Column("printed_name", sa.Text, nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("created", sa.String(40), nullable=False),
    sa.Column("passphrase_hash", sa.Text, nullable=False),
)


class UserError(KaryoViewError):
    """A person cannot be entered, found or recognised."""


class Role(StrEnum):
    """What a person may sign: an analyst analyses and reviews, an approver approves as well."""

    ANALYST = "analyst"
    APPROVER = "approver"


@dataclass(frozen=True, slots=True)
class User:
    """A person: login name, name as printed on reports, role, and whether the account is closed."""

    name: str
    printed_name: str
    role: Role
    disabled: bool = False
    created: str = ""


class Users:
    """The people known to a laboratory. Every method raises UserError or DatabaseError with a sentence."""

    def __init__(self, engine: Engine, hasher: argon2.PasswordHasher | None = None) -> None:
        self._engine = engine
        self._hasher = hasher or argon2.PasswordHasher()
        create_tables(engine)

    def create(self, name: str, printed_name: str, role: Role, passphrase: str) -> User:
        """Enter a person; the login name is unique without regard to capitals."""
        key, printed = _key(name), " ".join(printed_name.split())
        if not key or len(key) > 100 or any(not c.isprintable() for c in key):
            raise UserError("A login name has 1 to 100 printable characters.")
        if not printed:
            raise UserError("A printed name is needed for reports.")
        values = {
            "name": key,
            "printed_name": printed,
            "role": str(Role(role)),
            "disabled": False,
            "created": utc_now(),
            "passphrase_hash": self._hash(passphrase),
        }
        try:
            with database_errors(self._engine), self._engine.begin() as connection:
                connection.execute(sa.insert(_users).values(values))
        except KaryoViewError as error:
            if isinstance(error.__cause__, sa.exc.IntegrityError):
                raise UserError(f"There is already a user {key!r}.") from error
            raise
        return self.get(key)

    def get(self, name: str) -> User:
        """The person with that login name."""
        found = self._row(name)
        if found is None:
            raise UserError(f"There is no user {_key(name)!r}.")
        return _user(found)

    def all(self) -> list[User]:
        """Everybody, by login name."""
        with database_errors(self._engine), self._engine.connect() as connection:
            return [_user(row) for row in connection.execute(sa.select(_users).order_by(_users.c.name)).mappings()]

    def verify(self, name: str, passphrase: str) -> User:
        """The person, when the passphrase is theirs and the account is open; UserError otherwise.

        The error is the same for an unknown name and a wrong passphrase, and takes as long.
        """
        decoy = self._decoy
        found = self._row(name)
        stored = found["passphrase_hash"] if found is not None else decoy
        try:
            self._hasher.verify(stored, _normal(passphrase)[:MAX_PASSPHRASE])
        except (VerificationError, InvalidHashError) as error:
            raise UserError("The name or the passphrase is wrong.") from error
        if found is None:
            raise UserError("The name or the passphrase is wrong.")
        if found["disabled"]:
            raise UserError(f"The account {found['name']!r} is closed; ask who manages the users.")
        if self._hasher.check_needs_rehash(stored):
            self._set(name, passphrase_hash=self._hash(passphrase))
        return _user(found)

    def vouch(self, name: str, passphrase: str) -> User | None:
        """The approver who answers for a change of the list of people; UserError where none does.

        While no approver has an open account anybody may make the first entries, and None is returned.
        """
        if not self.is_managed():
            return None
        user = self.verify(name, passphrase)
        if user.role is not Role.APPROVER:
            raise UserError(f"{user.printed_name} is no approver; an approver has to agree to this change.")
        return user

    def is_managed(self) -> bool:
        """Whether an approver with an open account is entered, who has to agree to changes."""
        return any(user.role is Role.APPROVER and not user.disabled for user in self.all())

    def set_passphrase(self, name: str, passphrase: str) -> None:
        """Give a person another passphrase."""
        self._set(name, passphrase_hash=self._hash(passphrase))

    def set_role(self, name: str, role: Role) -> None:
        """Change what a person may sign."""
        self._set(name, role=str(Role(role)))

    def set_disabled(self, name: str, disabled: bool) -> None:
        """Close or reopen an account; it is never deleted, for its signatures stay."""
        self._set(name, disabled=disabled)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("no user has this passphrase")

    def _row(self, name: str) -> sa.RowMapping | None:
        with database_errors(self._engine), self._engine.connect() as connection:
            return connection.execute(sa.select(_users).where(_users.c.name == _key(name))).mappings().first()

    def _set(self, name: str, **values: object) -> None:
        with database_errors(self._engine), self._engine.begin() as connection:
            if not connection.execute(sa.update(_users).where(_users.c.name == _key(name)).values(values)).rowcount:
                raise UserError(f"There is no user {_key(name)!r}.")

    def _hash(self, passphrase: str) -> str:
        text = _normal(passphrase)
        if not MIN_PASSPHRASE <= len(text) <= MAX_PASSPHRASE:
            raise UserError(f"A passphrase has {MIN_PASSPHRASE} to {MAX_PASSPHRASE} characters.")
        return self._hasher.hash(text)


def _normal(passphrase: str) -> str:
    # The same keys give composed or decomposed letters on different systems.
    return unicodedata.normalize("NFC", passphrase)


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _user(row: sa.RowMapping) -> User:
    return User(row["name"], row["printed_name"], Role(row["role"]), bool(row["disabled"]), row["created"])
