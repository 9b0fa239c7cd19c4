"""A signing key per person: Ed25519 (RFC 8032), its private half sealed by the passphrase.

The passphrase gives, by argon2id, the key of an AES-256-GCM seal over the 32 bytes of the private key, so
that whoever has the database has no key, and a wrong passphrase is noticed without any stored hash of it.
"""

from __future__ import annotations

import json
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

import argon2
import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from karyoview.core.errors import KaryoViewError
from karyoview.io.documents import compact

_MAX_COST: Final = 2**22
"""KiB of memory that a seal may ask for: more would be an attack on whoever opens it."""


class SealError(KaryoViewError):
    """A signing key cannot be opened."""


class _Sealed(msgspec.Struct):
    salt: str
    nonce: str
    time: int
    memory: int
    lanes: int
    box: str


@dataclass(frozen=True)
class SigningKey:
    """A private key that was opened; ``public`` is the other half as 64 hexadecimal digits."""

    public: str
    private: Ed25519PrivateKey

    def sign(self, statement: dict[str, Any]) -> str:
        """The signature over a statement: 128 hexadecimal digits."""
        return self.private.sign(statement_bytes(statement)).hex()


def new_key() -> SigningKey:
    """A key that nobody had before."""
    return _opened(Ed25519PrivateKey.generate())


def seal(key: SigningKey, passphrase: str, hasher: argon2.PasswordHasher) -> str:
    """The key under a passphrase, as text for the database; ``hasher`` says how much work a guess takes."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    cost = (hasher.time_cost, hasher.memory_cost, hasher.parallelism)
    box = AESGCM(_derived(passphrase, salt, *cost)).encrypt(nonce, key.private.private_bytes_raw(), key.public.encode())
    sealed = _Sealed(salt.hex(), nonce.hex(), *cost, box.hex())
    return json.dumps(msgspec.to_builtins(sealed))


def unseal(sealed: str, public: str, passphrase: str) -> SigningKey:
    """The key that was sealed with this passphrase; SealError for another passphrase or a damaged seal."""
    try:
        found = msgspec.json.decode(sealed, type=_Sealed)
        if not (1 <= found.time <= 100 and 8 <= found.memory <= _MAX_COST and 1 <= found.lanes <= 64):
            raise ValueError("its costs are out of range")
        secret = _derived(passphrase, bytes.fromhex(found.salt), found.time, found.memory, found.lanes)
        raw = AESGCM(secret).decrypt(bytes.fromhex(found.nonce), bytes.fromhex(found.box), public.encode())
        key = _opened(Ed25519PrivateKey.from_private_bytes(raw))
    except InvalidTag as error:
        raise SealError("The passphrase does not open the signing key.") from error
    except (ValueError, msgspec.DecodeError, argon2.exceptions.HashingError) as error:
        raise SealError(f"The signing key in the database is damaged ({error}).") from error
    if key.public != public:
        raise SealError("The signing key in the database is not the one in the list of keys.")
    return key


def is_signed(statement: dict[str, Any], signature: str, public: str) -> bool:
    """Whether ``signature`` over a statement was made with the private half of ``public``; never raises."""
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
        key.verify(bytes.fromhex(signature), statement_bytes(statement))
    except (InvalidSignature, ValueError, TypeError, KaryoViewError):
        return False
    return True


def statement_bytes(statement: dict[str, Any]) -> bytes:
    """What is signed: the statement as one line of JSON, members in alphabetical order, UTF-8."""
    return compact(statement).encode("utf-8", "surrogatepass")


def _opened(private: Ed25519PrivateKey) -> SigningKey:
    return SigningKey(private.public_key().public_bytes_raw().hex(), private)


def _derived(passphrase: str, salt: bytes, time: int, memory: int, lanes: int) -> bytes:
    # The same keys give composed or decomposed letters on different systems.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(secret, salt, time, memory, lanes, 32, Type.ID)
