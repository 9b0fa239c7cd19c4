"""The list of a laboratory's signing keys: append-only, each entry chained to the one before and signed.

An entry is one JSON object: ``seq`` from 1, ``time`` (UTC), ``action`` (enter, role, close, reopen, new key),
``name`` (login), ``printed_name``, ``role``, ``key`` (public), ``by`` (login of who vouches), ``prev`` (SHA-256
of the entry before, 64 zeros in the first) and ``proof``, the signature of ``by`` over all the rest. The first
person signs their own entry; until an approver is entered every new person does. From then on an approver
other than the person vouches for each entry; a key that somebody of a database from before there were keys entered for
themself all the same is read, and proves nothing until an approver gives another. The SHA-256 of the first entry names
the laboratory.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import msgspec

from karyoview.core.errors import KaryoViewError
from karyoview.io.documents import Document, compact, sha256_bytes
from karyoview.io.signing_keys import SigningKey, is_signed

APPROVER: Final = "approver"
ROLES: Final = ("analyst", APPROVER)
ENTER: Final = "enter"
ROLE: Final = "role"
CLOSE: Final = "close"
REOPEN: Final = "reopen"
NEW_KEY: Final = "new key"
_NOBODY: Final = "0" * 64


class KeyListError(KaryoViewError):
    """A list of keys is not what it says."""


class _Entry(msgspec.Struct):
    seq: int
    time: str
    action: str
    name: str
    printed_name: str
    role: str
    key: str
    by: str
    prev: str
    proof: str
    adopts: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Member:
    """A person as the list has them: ``keys`` all their public keys with the number of the entry that gave each.

    ``vouched`` is false while nobody but the person answers for the key in use, although an approver could.
    """

    name: str
    printed_name: str
    role: str
    closed: bool = False
    keys: tuple[str, ...] = ()
    since: tuple[int, ...] = ()
    vouched: bool = True

    @property
    def approves(self) -> bool:
        """Whether this is an approver with an open account and a key that counts."""
        return self.role == APPROVER and not self.closed and self.vouched

    @property
    def key(self) -> str:
        """The key in use."""
        return self.keys[-1]


@dataclass(slots=True)
class KeyList:
    """A checked list: ``entries`` as they are written, ``members`` by login name after the last of them.

    ``adopted`` are people of a database from before there were keys, who have none yet: role, SHA-256 of the
    stored passphrase hash and, where the account was closed, the word closed.
    """

    entries: list[Document] = field(default_factory=list)
    members: dict[str, Member] = field(default_factory=dict)
    adopted: dict[str, str] = field(default_factory=dict)
    head: str = _NOBODY

    @property
    def laboratory(self) -> str:
        """SHA-256 of the first entry; empty for an empty list."""
        return entry_hash(self.entries[0]) if self.entries else ""

    @property
    def has_approver(self) -> bool:
        """Whether an approver with an open account is there, who vouches from now on."""
        return any(m.approves for m in self.members.values())

    def next_entry(self, signer: SigningKey, by: str, **members: Any) -> Document:
        """A signed entry that follows the last one; :meth:`add` puts it in."""
        entry: Document = {"seq": len(self.entries) + 1, "by": by, "prev": self.head, **members}
        return {**entry, "proof": signer.sign(entry)}

    def add(self, entry: Document) -> None:
        """Take an entry in; KeyListError says what is wrong with it."""
        number = len(self.entries) + 1
        try:
            row = msgspec.convert(entry, _Entry)
        except (msgspec.ValidationError, RecursionError) as error:
            raise KeyListError(f"entry {number} cannot be read ({error})") from error
        if row.seq != number or row.prev != self.head:
            raise KeyListError(f"entry {number} does not follow the one before: one was removed, added or moved")
        if row.role not in ROLES:
            raise KeyListError(f"entry {number} gives a role that there is not")
        member = self._changed(row, number)
        signer = self._signer(row, member, number)
        if not is_signed({k: v for k, v in entry.items() if k != "proof"}, row.proof, signer):
            raise KeyListError(f"entry {number} ({row.action} {row.name}) is not signed by {row.by}")
        if number == 1:
            self.adopted = dict(row.adopts)
        after = {**self.members, row.name: member}
        if self.has_approver and not any(m.approves for m in after.values()):
            raise KeyListError(f"entry {number} would leave no approver with an open account")
        self.members = after
        self.entries.append(entry)
        self.head = entry_hash(entry)

    def _changed(self, row: _Entry, number: int) -> Member:
        old = self.members.get(row.name)
        if row.action == ENTER:
            if old is not None:
                raise KeyListError(f"entry {number} enters {row.name} a second time")
            vouched = not (self.has_approver and row.by == row.name)
            return Member(row.name, row.printed_name, row.role, False, (row.key,), (number,), vouched)
        if old is None:
            raise KeyListError(f"entry {number} changes {row.name}, who is not entered")
        if row.action == ROLE:
            return replace(old, role=row.role)
        if row.action in (CLOSE, REOPEN):
            return replace(old, closed=row.action == CLOSE)
        if row.action == NEW_KEY:
            return replace(old, keys=(*old.keys, row.key), since=(*old.since, number), vouched=True)
        raise KeyListError(f"entry {number} does what no entry does: {row.action!r}")

    def _signer(self, row: _Entry, member: Member, number: int) -> str:
        """The public key that must have signed an entry."""
        own = row.action == ENTER and row.by == row.name
        # Earlier lists have people of before there were keys who entered their own: nothing shows that it was they, so
        # such an entry is read but not vouched for. A closed account has no way in but through an approver.
        role, *rest = self.adopted.get(row.name, "").split(" ")
        if own and (not self.has_approver or (role == row.role and "closed" not in rest)):
            return row.key
        voucher = self.members.get(row.by)
        if voucher is None or voucher.closed or not voucher.vouched or (self.has_approver and not voucher.approves):
            raise KeyListError(f"entry {number} ({row.action} {row.name}): {row.by} may not vouch for it")
        if self.has_approver and row.by == row.name and row.action in (ROLE, REOPEN, NEW_KEY):
            raise KeyListError(f"entry {number}: {row.by} vouches for themself")
        return voucher.key


def entry_hash(entry: Document) -> str:
    """SHA-256 of an entry as one line of JSON."""
    return sha256_bytes(compact(entry).encode("utf-8", "surrogatepass"))


def read_key_list(entries: Iterable[Any]) -> KeyList:
    """A list whose every entry was checked; raises KeyListError."""
    found = KeyList()
    for entry in entries:
        if not isinstance(entry, dict):
            raise KeyListError("an entry is no object")
        found.add(entry)
    return found
