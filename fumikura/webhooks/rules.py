"""When a message is tried again, and how it is signed. Pure."""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""Between one attempt and the next: three days in all, then it is given up."""
SIGNATURE: Final = "Fumikura-Signature"


def next_attempt(attempts: int, at: datetime) -> datetime | None:
    """When to try again after `attempts` failures; None: give up."""
    return at + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def signature(secret: str, body: bytes, at: int) -> str:
    """`t=SECONDS,v1=HEX`: HMAC-SHA256 over the seconds, a full stop and the body, so that no old message passes for new."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
