"""Sealing for マイ本棚: anybody can put something in, only the pass phrase takes it out. Pure.

Each shelf has a pair of X25519 keys. The public one seals (a fresh key a sheet, HKDF-SHA256, ChaCha20-Poly1305). The private
one is locked with what scrypt makes of the pass phrase and is in clear only in memory, while its owner reads.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SHORTEST_PHRASE = 10
WORK = 2**14
"""scrypt's n: some 50 ms and 16 MB for each try at a pass phrase."""
PADDED_TO = 256
"""Bytes: a sheet's length says nothing about its title."""


def new_keys(phrase: str) -> tuple[str, str, str]:
    """(public key, locked private key, salt), each as text."""
    private, salt = X25519PrivateKey.generate(), os.urandom(16)
    nonce = os.urandom(12)
    locked = nonce + ChaCha20Poly1305(_from_phrase(phrase, salt)).encrypt(nonce, private.private_bytes_raw(), None)
    return _text(private.public_key().public_bytes_raw()), _text(locked), _text(salt)


def seal(public_key: str, sheet: Mapping[str, str]) -> str:
    """One sheet for the shelf with this public key."""
    owner, fresh = X25519PublicKey.from_public_bytes(b64decode(public_key)), X25519PrivateKey.generate()
    inside = json.dumps(dict(sheet), ensure_ascii=False).encode()
    inside += b" " * (-len(inside) % PADDED_TO)
    mine = fresh.public_key().public_bytes_raw()
    return _text(mine + ChaCha20Poly1305(_derived(fresh.exchange(owner), mine)).encrypt(bytes(12), inside, None))


def unlock(phrase: str, *, locked_key: str, salt: str) -> bytes | None:
    """The private key, or None when it is another pass phrase."""
    locked = b64decode(locked_key)
    try:
        return ChaCha20Poly1305(_from_phrase(phrase, b64decode(salt))).decrypt(locked[:12], locked[12:], None)
    except InvalidTag:
        return None


def unseal(private_key: bytes, sealed: str) -> dict[str, str]:
    raw = b64decode(sealed)
    shared = X25519PrivateKey.from_private_bytes(private_key).exchange(X25519PublicKey.from_public_bytes(raw[:32]))
    inside = ChaCha20Poly1305(_derived(shared, raw[:32])).decrypt(bytes(12), raw[32:], None)
    return {str(name): str(value) for name, value in json.loads(inside).items()}


def _from_phrase(phrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=WORK, r=8, p=1).derive(phrase.encode())


def _derived(shared: bytes, fresh: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=fresh, info=b"fumikura.shelf").derive(shared)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
