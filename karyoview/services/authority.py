"""Who may do what: the one check that window, command line and Python pass before an act that others rely on.

Signing, approving, amending, activating weights and rolling them back need a person whose passphrase opens their
signing key. What they did carries the signature of that key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from karyoview.accounts.key_store import expected_laboratory
from karyoview.accounts.users import Credentials, Role, User, UserError, Users
from karyoview.case.proof import statement
from karyoview.core.errors import KaryoViewError
from karyoview.io.database import open_engine
from karyoview.io.documents import Document
from karyoview.io.key_list import KeyList
from karyoview.io.signing_keys import SigningKey
from karyoview.io.user_data import index_exists

ACTIVATE: Final = "activate"
ROLL_BACK: Final = "roll back"
AMEND: Final = "amend"
NEEDS_APPROVER: Final = frozenset({"approved", ACTIVATE, ROLL_BACK})
"""Acts for which the role of an approver is needed; the others need any open account."""
WEIGHTS: Final = "change of weights"
"""What a signature over a change of weights is for."""


class AuthorityError(KaryoViewError):
    """Somebody may not do what they asked for."""


@dataclass(frozen=True)
class Authority:
    """A person who proved who they are, with their opened key, for one act."""

    user: User
    key: SigningKey
    keys: KeyList

    def proven(self, purpose: str, row: Mapping[str, Any]) -> Document:
        """The row with who did it and the signature of their key over all of it."""
        whole = {**row, **self.member(), "key": self.key.public}
        return {**whole, "proof": self.key.sign(statement(purpose, whole))}

    def member(self) -> Document:
        """Who it is, of which laboratory, and up to which entry of its list of keys."""
        return {
            "user": self.user.name, "name": self.user.printed_name, "laboratory": self.keys.laboratory,
            "key_list": self.keys.head,
        }  # fmt: skip


def authorise(users: Users, who: Credentials, act: str) -> Authority:
    """The person, when they may do ``act`` (a meaning of a signature, or one of this module's acts).

    Raises AuthorityError, UserError or DatabaseError with a sentence.
    """
    if not who.name.strip():
        raise AuthorityError("Say who you are: a login name and its passphrase are needed.")
    user, key = users.unlock(who)
    keys = users.key_list()
    if act in NEEDS_APPROVER and user.role is not Role.APPROVER:
        doing = {"approved": "approve the case", ACTIVATE: "activate weights", ROLL_BACK: "roll weights back"}[act]
        raise AuthorityError(f"{user.printed_name} is no approver; another person has to {doing}.")
    expected = expected_laboratory()
    if expected and not keys.laboratory.startswith(expected):
        raise AuthorityError(
            f"These people are of the laboratory {keys.laboratory[:16]}, but this account signs for {expected[:16]}: "
            "use that laboratory's index, or set KARYOVIEW_LABORATORY to the one you mean."
        )
    return Authority(user, key, keys)


def authorise_where_managed(who: Credentials | None, act: str, users: Callable[[], Users | None]) -> Authority | None:
    """As :func:`authorise`; None where nobody is entered at all, so that nobody could be asked."""
    known = users()
    if known is None or not known.all():
        return None
    if who is None:
        raise AuthorityError("People are entered here, so an approver has to do this: give login name and passphrase.")
    return authorise(known, who, act)


def known_users(url: str = "") -> Users:
    """The people of this computer or laboratory, or of the database at ``url``."""
    return Users(open_engine(url or None))


def users_if_any() -> Users | None:
    """The people, without making a database where there is none yet."""
    return known_users() if index_exists() else None


__all__ = [
    "ACTIVATE", "AMEND", "NEEDS_APPROVER", "ROLL_BACK", "WEIGHTS", "Authority", "AuthorityError", "Credentials",
    "UserError", "authorise", "authorise_where_managed", "known_users", "users_if_any",
]  # fmt: skip
