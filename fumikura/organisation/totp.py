"""Codes of an authenticator app: TOTP, RFC 6238 with SHA-1, six digits, thirty seconds, as every app knows it. Pure."""

import base64
import hashlib
import hmac
import struct
from datetime import datetime
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6
DRIFT = 1
"""So many steps a clock may go wrong, before and after."""


def step_at(at: datetime) -> int:
    """The number of the thirty seconds in which `at` lies."""
    return int(at.timestamp()) // SECONDS


def code(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """HOTP (RFC 4226) of the step."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def matching_step(secret: bytes, typed: str, at: datetime, *, after: int) -> int | None:
    """The step whose code was typed, or None. Steps up to `after` were used already: no code is good twice."""
    now = step_at(at)
    for step in range(now - DRIFT, now + DRIFT + 1):
        if step > after and hmac.compare_digest(code(secret, step), typed):
            return step
    return None


def written(secret: bytes) -> str:
    """Base32 without padding, as a person types it into an app."""
    return base64.b32encode(secret).decode().rstrip("=")


def read(text: str) -> bytes:
    return base64.b32decode(text + "=" * (-len(text) % 8))


def address(secret: bytes, *, account: str, issuer: str) -> str:
    """What the QR code holds: an otpauth address."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': written(secret), 'issuer': issuer})}"
