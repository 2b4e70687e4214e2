"""When a message is tried again, and how it is signed: as Standard Webhooks 1.0 says (standardwebhooks.com). Pure."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

PAUSES: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720, 1440, 1440))
"""Between one attempt and the next: three days in all, then it is given up."""
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_BEFORE_A_KEY: Final = "whsec_"


def next_attempt(attempts: int, at: datetime) -> datetime | None:
    """When to try again after `attempts` failures; None: give up."""
    return at + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None


def secret_text(key: bytes) -> str:
    """The key as the other program's library takes it; 24 to 64 bytes."""
    return _BEFORE_A_KEY + base64.b64encode(key).decode()


def signed_headers(key: bytes, *, message: str, body: bytes, at: int) -> dict[str, str]:
    """HMAC-SHA256 over message, seconds and body. `message` names it at every attempt and holds no full stop."""
    digest = hmac.new(key, f"{message}.{at}.".encode() + body, hashlib.sha256).digest()
    return {ID: message, TIMESTAMP: str(at), SIGNATURE: f"v1,{base64.b64encode(digest).decode()}"}
