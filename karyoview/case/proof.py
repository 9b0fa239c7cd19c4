"""What makes a signature, an amendment or a report count: the signature of a key that the case's list of keys has.

``keys.json`` beside the record is a copy of the laboratory's signed list of keys, so that nothing but the
folder is needed to check. A statement is the row itself without ``proof``, and what it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from karyoview.case.audit import AMENDED, FOUND_MISSING, SIGNED, SKEW_S, SignedLine, moment
from karyoview.core.checked_json import MAX_BYTES
from karyoview.io.documents import Document, DocumentError, parse_document
from karyoview.io.key_list import APPROVER, CLOSE, NEW_KEY, ROLE, KeyList, KeyListError, Member, read_key_list
from karyoview.io.own_folder import OwnFolder
from karyoview.io.signing_keys import is_signed

KEYS_FILE: Final = "keys.json"
SIGNATURE: Final = "signature of a case"
AMENDMENT: Final = "amendment of a case"
REPORT: Final = "report of a case"
APPROVED: Final = "approved"


def statement(purpose: str, row: Mapping[str, Any]) -> Document:
    """What a key signs for a row of the record."""
    return {"purpose": purpose, **{key: value for key, value in row.items() if key != "proof"}}


def read_keys(folder: OwnFolder) -> KeyList:
    """The list of keys beside a record, checked; empty where there is none. Raises KeyListError."""
    try:
        document = parse_document(folder.read(KEYS_FILE, MAX_BYTES), folder.root / KEYS_FILE)
    except FileNotFoundError:
        return KeyList()
    except (OSError, DocumentError) as error:
        raise KeyListError(f"it cannot be read ({error})") from error
    entries = document.get("entries")
    if not isinstance(entries, list):
        raise KeyListError("it has no entries")
    return read_key_list(entries)


def proof_problem(purpose: str, row: Mapping[str, Any], keys: KeyList, role: str = "", at: str = "") -> str:
    """Why a row does not count, as the middle of a sentence; empty when its proof holds.

    The person must have had this key, an open account and, where one is asked for, ``role`` in the list as it was
    when they signed, and ``at`` the time (UTC) of the line that carries the row nothing of that had been taken away.
    """
    if not row.get("proof"):
        return "no key signed it"
    if row.get("laboratory") != keys.laboratory:
        return "it is of another laboratory than the case's list of keys" if keys.entries else "its keys are missing"
    then = _list_at(keys, row.get("key_list"))
    if then is None:
        return "the case's list of keys does not reach to where it was given"
    member = then.members.get(str(row.get("user")))
    if member is None or member.closed:
        return f"{row.get('user')!r} had no open account"
    if member.key != row.get("key"):
        return f"its key is not that of {member.printed_name}"
    if not member.vouched:
        return f"it is not proven: no approver vouched for the key of {member.printed_name}"
    if role and member.role != role:
        return f"{member.printed_name} was no {role}"
    if row.get("name", member.printed_name) != member.printed_name:
        return f"its name is not that of {member.printed_name}"
    if not is_signed(statement(purpose, row), str(row["proof"]), member.key):
        return "the signature does not fit what it says"
    return _taken_away(keys, member, len(then.entries), at)


def line_problem(line: SignedLine, keys: KeyList, keyed_from: int) -> str:
    """Why a line with a signature or an amendment does not count; empty when it does."""
    if not keyed_from or line.seq < keyed_from:
        return ""  # of an earlier version, which knew no keys: it rests on the record alone
    if line.action == AMENDED:
        return proof_problem(AMENDMENT, line.row, keys, at=line.time) or _moved(line)
    if line.action.removeprefix(SIGNED) != line.row.get("meaning"):
        return "the line says another meaning than the signature"
    role = APPROVER if line.row.get("meaning") == APPROVED else ""
    return proof_problem(SIGNATURE, line.row, keys, role, line.time) or _moved(line)


def report_problem(line: SignedLine, keys: KeyList) -> str:
    """Why a line about a report does not count as vouched for by an approver; empty when it does."""
    return proof_problem(REPORT, line.row, keys, APPROVER, line.time) or _moved(line)


def counted_rows(lines: Iterable[SignedLine], keys: KeyList, keyed_from: int) -> list[Document]:
    """The signatures that count, in their order."""
    return [line.row for line in lines if line.action.startswith(SIGNED) and not line_problem(line, keys, keyed_from)]


def is_locked(lines: Iterable[SignedLine], keys: KeyList, keyed_from: int) -> bool:
    """Whether an approval closed the case and no amendment that counts has opened it since.

    An approval that cannot be checked closes it too: taking the list of keys away opens nothing.
    """
    locked = False
    for line in lines:
        if line.action == FOUND_MISSING:
            locked = locked or bool(line.row.get("locked"))  # such a line closes, and never opens
        elif line.action == SIGNED + APPROVED:
            locked = True
        elif line.action == AMENDED and not line_problem(line, keys, keyed_from):
            locked = False
    return locked


def _moved(line: SignedLine) -> str:
    """Whether a row that somebody signed was put into another line than the one that it was signed for."""
    if line.follows(line.row.get("chain_head")):
        return ""
    return "it was given on another line of the record than the one before it"


def _taken_away(keys: KeyList, member: Member, known: int, at: str) -> str:
    """Whether the list took the account, role or key of somebody away after its entry ``known`` and before ``at``.

    A list that is older than it was lets somebody sign who may no more. Clocks of two computers may differ a little.
    """
    for entry in keys.entries[known:]:
        if entry["name"] != member.name or entry["action"] not in (CLOSE, ROLE, NEW_KEY):
            continue
        begun, then = moment(str(entry["time"])), moment(at)
        if begun is None or then is None or (then - begun).total_seconds() <= SKEW_S:
            return ""
        return f"the list of keys that it names was out of date: {member.printed_name} had been changed in it since"
    return ""


def _list_at(keys: KeyList, head: object) -> KeyList | None:
    """The list as it was when its last entry was the one with this hash."""
    if head == keys.head:
        return keys
    then = KeyList()
    for entry in keys.entries:
        then.add(entry)
        if then.head == head:
            return then
    return None
