"""People with signing keys, without a database: for tests of what a case does with signatures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from karyoview.accounts.users import Credentials, Users
from karyoview.case.case import Case
from karyoview.case.proof import AMENDMENT, SIGNATURE, statement
from karyoview.case.schema import Signature, signature_row
from karyoview.core.clock import utc_now
from karyoview.io.key_list import ENTER, KeyList
from karyoview.io.signing_keys import SigningKey, new_key
from karyoview.services.signing import shortfalls, sign_case


class Laboratory:
    """A signed list of an analyst, eva, and an approver, bob, whose keys lie open."""

    def __init__(self, people: Iterable[tuple[str, str]] = (("eva", "analyst"), ("bob", "approver"))) -> None:
        self.keys = KeyList()
        self.own: dict[str, SigningKey] = {}
        for name, role in people:
            self.enter(name, role)

    def enter(self, name: str, role: str, by: str = "", **members: Any) -> None:
        """Enter somebody; by themselves unless somebody vouches."""
        key = new_key()
        self.own[name] = key
        signer = self.own[by] if by else key
        entry = {
            "action": ENTER, "name": name, "printed_name": name.title(), "role": role, "key": key.public,
            "time": utc_now(), **members,
        }  # fmt: skip
        self.keys.add(self.keys.next_entry(signer, by or name, **entry))

    def signature(self, case: Case, name: str = "eva", meaning: str = "analysed", **members: Any) -> Signature:
        """A signature over the present state."""
        case.prepare_signing()
        unsigned = Signature(
            name, self.keys.members[name].printed_name, meaning, utc_now(), case.state_sha256(), case.chain_head,
            laboratory=self.keys.laboratory, key_list=self.keys.head, key=self.own[name].public,
        )  # fmt: skip
        unsigned = replace(unsigned, **members)
        return replace(unsigned, proof=self.own[name].sign(statement(SIGNATURE, signature_row(unsigned))))

    def sign(self, case: Case, name: str = "eva", meaning: str = "analysed", **members: Any) -> Signature:
        """Sign a case; an approval closes it."""
        made = self.signature(case, name, meaning, **members)
        case.add_signature(made, self.keys)
        return made

    def proven(self, purpose: str, row: dict[str, Any], name: str = "bob") -> dict[str, Any]:
        """The row with who vouches for it, and the proof."""
        whole = {
            **row, "user": name, "name": name.title(), "laboratory": self.keys.laboratory, "key_list": self.keys.head,
            "key": self.own[name].public,
        }  # fmt: skip
        return {**whole, "proof": self.own[name].sign(statement(purpose, whole))}

    def amend(self, case: Case, reason: str, name: str = "bob", **members: Any) -> None:
        """Open a case again."""
        case.prepare_amending()
        row = {
            "reason": reason, "user": name, "name": name.title(), "chain_head": case.chain_head,
            "laboratory": self.keys.laboratory, "key_list": self.keys.head, "key": self.own[name].public, **members,
        }  # fmt: skip
        case.amend({**row, "proof": self.own[name].sign(statement(AMENDMENT, row))}, self.keys)


def sign_all_the_same(case: Case, users: Users, name: str, passphrase: str, meaning: str) -> Signature:
    """Sign with everything confirmed that falls short, as a person who was shown it would."""
    confirmed = [s.text for s in shortfalls(case)]
    return sign_case(case, users, Credentials(name, passphrase), meaning, confirmed=confirmed)
