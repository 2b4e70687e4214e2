"""What an offline counter keeps and carries is sealed: AES-256-GCM under keys that belong to one terminal.

The browser gets the keys once, keeps them where no script can read them out (WebCrypto, not extractable), and opens the
same bytes. A sealed text is twelve random bytes and the cipher's output.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12
NUMBER_BYTES = 6
"""Of a hashed number: one unknown card in a thousand million looks like a known one among 300,000."""


def key_for(purpose: str, secret: str) -> bytes:
    """A key of its own for each purpose: "seal", "numbers"."""
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


def seal(data: bytes, secret: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key_for("seal", secret)).encrypt(nonce, data, None)


def unseal(data: bytes, secret: str) -> bytes:
    """ValueError when it was sealed with another key or changed since."""
    try:
        return AESGCM(key_for("seal", secret)).decrypt(data[:NONCE], data[NONCE:], None)
    except InvalidTag as broken:
        raise ValueError("not sealed by this terminal") from broken


def hidden_number(number: str, key: bytes) -> bytes:
    """A card's or an item's number as the snapshot knows it."""
    return hmac.digest(key, number.encode(), hashlib.sha256)[:NUMBER_BYTES]
