"""The people who sign: names, roles, passphrases (argon2id) and signing keys, in the same database as the index.

What counts is the signed list of keys (:mod:`karyoview.io.key_list`): a role, a closed account or a key that was
written into the tables by hand is not in it, and is not believed.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, NamedTuple

import argon2
import sqlalchemy as sa
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.engine import Engine

from karyoview.accounts.key_store import KeyStore
from karyoview.core.clock import utc_now
from karyoview.core.errors import KaryoViewError
from karyoview.io.database import create_tables, database_errors, metadata
from karyoview.io.documents import sha256_bytes
from karyoview.io.key_list import CLOSE, ENTER, NEW_KEY, REOPEN, ROLE, KeyList, KeyListError, Member
from karyoview.io.signing_keys import SealError, SigningKey, new_key, seal, unseal

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


class Credentials(NamedTuple):
    """Who a person says they are, and the passphrase that proves it."""

    name: str
    passphrase: str


@dataclass(frozen=True, slots=True)
class User:
    """A person: login name, name as printed on reports, role, and whether the account is closed."""

    name: str
    printed_name: str
    role: Role
    disabled: bool = False
    created: str = ""


class Users:
    """The people known to a laboratory. Every method raises UserError or DatabaseError with a sentence.

    Where ``by`` is asked for, it is whoever answers for the change: an approver other than the person, once one
    is entered; before that anybody who is entered already.
    """

    def __init__(self, engine: Engine, hasher: argon2.PasswordHasher | None = None) -> None:
        self._engine = engine
        self._hasher = hasher or argon2.PasswordHasher()
        create_tables(engine)
        self._store = KeyStore(engine)

    def close(self) -> None:
        """Close the connections to the database."""
        self._engine.dispose()

    def create(
        self, name: str, printed_name: str, role: Role, passphrase: str, *, by: Credentials | None = None
    ) -> User:
        """Enter a person; the login name is unique without regard to capitals."""
        key, printed = _key(name), " ".join(printed_name.split())
        if not key or len(key) > 100 or any(not c.isprintable() for c in key):
            raise UserError("A login name has 1 to 100 printable characters.")
        if not printed or any(not c.isprintable() for c in printed):
            raise UserError("A printed name is needed for reports, of printable characters.")
        values = {
            "name": key,
            "printed_name": printed,
            "role": str(Role(role)),
            "disabled": False,
            "created": utc_now(),
            "passphrase_hash": self._hash(passphrase),
        }
        if self._row(key) is not None:
            raise UserError(f"There is already a user {key!r}.")
        own = new_key()
        keys = self._keys()
        vouching = self._voucher(keys, by) if by is not None or keys.has_approver else (own, key)
        entry = {"action": ENTER, "name": key, "printed_name": printed, "role": values["role"], "key": own.public}

        def also(connection: sa.Connection) -> None:
            connection.execute(sa.insert(_users).values(values))
            self._store.put_seal(connection, key, own.public, seal(own, _normal(passphrase), self._hasher))

        try:
            self._write(printed, vouching, entry, also)
        except KaryoViewError as error:
            if isinstance(error.__cause__, sa.exc.IntegrityError) and self._row(key) is not None:
                raise UserError(f"There is already a user {key!r}.") from error
            raise
        return self.get(key)

    def get(self, name: str) -> User:
        """The person with that login name."""
        found = self._row(name)
        if found is None:
            raise UserError(f"There is no user {_key(name)!r}.")
        return _user(found, self._keys())

    def all(self) -> list[User]:
        """Everybody, by login name."""
        keys = self._keys()
        with database_errors(self._engine), self._engine.connect() as connection:
            rows = connection.execute(sa.select(_users).order_by(_users.c.name)).mappings().all()
        return [_user(row, keys) for row in rows]

    def key_list(self) -> KeyList:
        """The signed list of keys, checked."""
        return self._keys()

    def problems(self) -> list[str]:
        """Where the tables say something else than the signed list, as sentences."""
        keys = self._keys()
        found = []
        with database_errors(self._engine), self._engine.connect() as connection:
            rows = {r["name"]: r for r in connection.execute(sa.select(_users)).mappings()}
        for name, row in rows.items():
            member = keys.members.get(name)
            if member is None:
                if keys.entries and name not in keys.adopted:
                    found.append(f"{name} was put into the database by hand: no signed entry knows the name.")
            elif (row["role"], row["printed_name"], bool(row["disabled"])) != (
                member.role, member.printed_name, member.closed,
            ):  # fmt: skip
                found.append(f"What the database says about {name} was changed by hand; the signed list counts.")
        found += [f"{name} was removed from the database by hand." for name in keys.members if name not in rows]
        return found

    def verify(self, name: str, passphrase: str) -> User:
        """The person, when the passphrase is theirs and the account is open; UserError otherwise.

        The error is the same for an unknown name and a wrong passphrase, and takes as long.
        """
        return self.unlock(Credentials(name, passphrase))[0]

    def unlock(self, who: Credentials) -> tuple[User, SigningKey]:
        """The person and their signing key, opened by the passphrase; errors as of :meth:`verify`."""
        name, passphrase = who.name, _normal(who.passphrase)[:MAX_PASSPHRASE]
        decoy = self._decoy
        row = self._row(name)
        stored = row["passphrase_hash"] if row is not None else decoy
        try:
            self._hasher.verify(stored, passphrase)
        except (VerificationError, InvalidHashError) as error:
            raise UserError("The name or the passphrase is wrong.") from error
        if row is None:
            raise UserError("The name or the passphrase is wrong.")
        keys = self._keys()
        user = _user(row, keys)
        if user.disabled:
            raise UserError(f"The account {user.name!r} is closed; ask who manages the users.")
        member = keys.members.get(user.name)
        if keys.has_approver and not (member and member.vouched):
            raise UserError(
                f"{user.printed_name} has no signing key that an approver vouched for: an approver gives them a new "
                "passphrase in the list of people."
            )
        key = self._open(member, passphrase) if member is not None else self._first_key(keys, row, passphrase)
        if self._hasher.check_needs_rehash(stored):
            with database_errors(self._engine), self._engine.begin() as connection:
                self._set(connection, user.name, passphrase_hash=self._hasher.hash(passphrase))
                self._store.put_seal(connection, user.name, key.public, seal(key, passphrase, self._hasher))
        return user, key

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

    def set_passphrase(self, name: str, passphrase: str, *, by: Credentials) -> None:
        """Give a person another passphrase: with the present one (the key stays), or vouched for (a new key)."""
        new_hash, person = self._hash(passphrase), self.get(name)
        if _key(by.name) == person.name:
            _, key = self.unlock(by)
            with database_errors(self._engine), self._engine.begin() as connection:
                self._set(connection, person.name, passphrase_hash=new_hash)
                self._store.put_seal(connection, person.name, key.public, seal(key, _normal(passphrase), self._hasher))
            return
        own, vouching = new_key(), self._voucher(self._keys(), by)
        # The voucher's own first key may have been entered a moment ago, so the list is read again.
        action = NEW_KEY if person.name in self._keys().members else ENTER
        self._change(vouching, person, action, own, _normal(passphrase), passphrase_hash=new_hash)

    def set_role(self, name: str, role: Role, *, by: Credentials) -> None:
        """Change what a person may sign."""
        self._vouched_change(name, ROLE, by, role=Role(role))

    def set_disabled(self, name: str, disabled: bool, *, by: Credentials) -> None:
        """Close or reopen an account; it is never deleted, for its signatures stay."""
        self._vouched_change(name, CLOSE if disabled else REOPEN, by)

    def _vouched_change(self, name: str, action: str, by: Credentials, role: Role | None = None) -> None:
        person, vouching = self.get(name), self._voucher(self._keys(), by)
        if person.name not in self._keys().members:
            raise UserError(
                f"{person.printed_name} was entered by an earlier version and has no signing key yet: "
                "give them a new passphrase first, and change them then."
            )
        values: dict[str, Any] = {"role": str(role)} if role else {"disabled": action == CLOSE}
        self._change(vouching, person, action, new_role=role, **values)

    def _change(
        self, vouching: tuple[SigningKey, str], person: User, action: str, own: SigningKey | None = None,
        passphrase: str = "", new_role: Role | None = None, **values: Any,
    ) -> None:  # fmt: skip
        """Write a signed entry and what the tables say beside it, together or not at all."""
        member = self._keys().members.get(person.name)
        entry = {
            "action": action, "name": person.name, "printed_name": person.printed_name,
            "role": str(new_role or person.role), "key": own.public if own else member.key if member else "",
        }  # fmt: skip

        def also(connection: sa.Connection) -> None:
            self._set(connection, person.name, **values)
            if own is not None:
                self._store.put_seal(connection, person.name, own.public, seal(own, passphrase, self._hasher))

        self._write(person.printed_name, vouching, entry, also)

    def _write(
        self, printed: str, vouching: tuple[SigningKey, str], entry: dict[str, Any],
        also: Callable[[sa.Connection], None],
    ) -> None:  # fmt: skip
        """Add a signed entry to the list; once more where another workstation added one at the same moment."""
        signer, voucher = vouching
        for attempt in range(5):
            keys = self._keys()
            entry = {**entry, "time": utc_now()}
            if not keys.entries and (others := self._adoptable()):
                entry["adopts"] = others
            try:
                with database_errors(self._engine), self._engine.begin() as connection:
                    self._store.add(connection, keys, keys.next_entry(signer, voucher, **entry))
                    also(connection)
            except KeyListError as error:
                raise UserError(f"{printed} was not changed in the list of people: {error}.") from error
            except KaryoViewError as error:
                taken = isinstance(error.__cause__, sa.exc.IntegrityError)
                if attempt == 4 or not taken or len(self._keys().entries) < len(keys.entries):
                    raise
                time.sleep(0.02 * (attempt + 1))
            else:
                self._store.remember(keys)
                return

    def _voucher(self, keys: KeyList, by: Credentials | None) -> tuple[SigningKey, str]:
        if by is None or not by.name.strip():
            raise UserError("An approver has to agree to this change; give their login name and passphrase.")
        user, key = self.unlock(by)
        if keys.has_approver and user.role is not Role.APPROVER:
            raise UserError(f"{user.printed_name} is no approver; an approver has to agree to this change.")
        return key, user.name

    def _open(self, member: Member, passphrase: str) -> SigningKey:
        try:
            return unseal(self._store.sealed(member.name, member.key), member.key, passphrase)
        except SealError as error:
            raise UserError(
                f"The signing key of {member.printed_name} does not open ({error}): the database was changed by hand. "
                "An approver gives them a new passphrase."
            ) from error

    def _first_key(self, keys: KeyList, row: sa.RowMapping, passphrase: str) -> SigningKey:
        """The key of somebody who was entered before there were keys, made now that the passphrase is here."""
        own, name = new_key(), row["name"]
        if keys.entries and keys.adopted.get(name) != _adoption(row):
            raise UserError(f"{name!r} is not in the signed list of people; an approver enters them.")
        entry = {"action": ENTER, "name": name, "printed_name": row["printed_name"], "role": row["role"]}

        def also(connection: sa.Connection) -> None:
            self._store.put_seal(connection, name, own.public, seal(own, passphrase, self._hasher))

        self._write(row["printed_name"], (own, name), {**entry, "key": own.public}, also)
        return own

    def _adoptable(self) -> dict[str, str]:
        with database_errors(self._engine), self._engine.connect() as connection:
            return {row["name"]: _adoption(row) for row in connection.execute(sa.select(_users)).mappings()}

    def _keys(self) -> KeyList:
        try:
            return self._store.read()
        except KeyListError as error:
            raise UserError(
                f"The list of keys in the database is not whole ({error}); restore the database from a backup."
            ) from error

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("no user has this passphrase")

    def _row(self, name: str) -> sa.RowMapping | None:
        with database_errors(self._engine), self._engine.connect() as connection:
            return connection.execute(sa.select(_users).where(_users.c.name == _key(name))).mappings().first()

    def _set(self, connection: sa.Connection, name: str, **values: object) -> None:
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


def _adoption(row: Mapping[Any, Any]) -> str:
    """What the list keeps about somebody without a key: role, hash of the stored hash, and whether closed."""
    closed = " closed" if row["disabled"] else ""
    return f"{row['role']} {sha256_bytes(str(row['passphrase_hash']).encode())}{closed}"


def _user(row: sa.RowMapping, keys: KeyList) -> User:
    """A person as the signed list has them; those without a key yet as the database of an earlier version did."""
    member = keys.members.get(row["name"])
    if member is not None:
        return User(member.name, member.printed_name, Role(member.role), member.closed, row["created"])
    try:
        role = Role(row["role"])
    except ValueError:
        role = Role.ANALYST
    # Without an entry, and not adopted with the first one, somebody wrote the row by hand.
    closed = bool(row["disabled"]) or (bool(keys.entries) and keys.adopted.get(row["name"]) != _adoption(row))
    return User(row["name"], row["printed_name"], role, closed, row["created"])
