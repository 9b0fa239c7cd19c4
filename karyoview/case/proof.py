"""What makes a signature, an amendment or a report count: the signature of a key that the case's list of keys has.

``keys.json`` beside the record is a copy of the laboratory's signed list of keys, so that nothing but the
folder is needed to check. A statement is the row itself without ``proof``, and what it is for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from karyoview.case.audit import AMENDED, FOUND_MISSING, SIGNED, SignedLine
from karyoview.core.checked_json import MAX_BYTES
from karyoview.io.documents import Document, DocumentError, parse_document
from karyoview.io.key_list import APPROVER, KeyList, KeyListError, read_key_list
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


def proof_problem(purpose: str, row: Mapping[str, Any], keys: KeyList, role: str = "") -> str:
    """Why a row does not count, as the middle of a sentence; empty when its proof holds.

    The person must have had this key, an open account and, where one is asked for, ``role`` in the list as it was
    when they signed.
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
    if role and member.role != role:
        return f"{member.printed_name} was no {role}"
    if row.get("name", member.printed_name) != member.printed_name:
        return f"its name is not that of {member.printed_name}"
    if not is_signed(statement(purpose, row), str(row["proof"]), member.key):
        return "the signature does not fit what it says"
    return ""


def line_problem(line: SignedLine, keys: KeyList, keyed_from: int) -> str:
    """Why a line with a signature or an amendment does not count; empty when it does."""
    if not keyed_from or line.seq < keyed_from:
        return ""  # of an earlier version, which knew no keys: it rests on the record alone
    if line.action == AMENDED:
        return proof_problem(AMENDMENT, line.row, keys)
    if line.action.removeprefix(SIGNED) != line.row.get("meaning"):
        return "the line says another meaning than the signature"
    return proof_problem(SIGNATURE, line.row, keys, APPROVER if line.row.get("meaning") == APPROVED else "")


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
