"""The webhook of the LINE Messaging API: a signed body with events. Pure."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class Said:
    """Somebody wrote to the library, became its friend, or left."""

    kind: Literal["text", "follow", "unfollow"]
    user: str
    reply_token: str = ""
    text: str = ""


def is_signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether X-Line-Signature is that of our channel secret."""
    mine = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return bool(secret) and hmac.compare_digest(mine.encode(), signature.encode())


def read(body: bytes) -> list[Said]:
    """The events we know, in order; anything else, and what is no JSON of this shape, is left out."""
    try:
        told = json.loads(body)
    except ValueError:
        return []
    events = told.get("events") if isinstance(told, dict) else None
    found = (_said(event) for event in events) if isinstance(events, list) else ()
    return [one for one in found if one is not None]


def _said(event: Any) -> Said | None:
    if not isinstance(event, dict) or not isinstance(source := event.get("source"), dict):
        return None
    user, token = source.get("userId"), event.get("replyToken", "")
    if source.get("type") != "user" or not isinstance(user, str) or not user or not isinstance(token, str):
        return None
    message = event.get("message")
    match event.get("type"):
        case "message" if isinstance(message, dict) and isinstance(text := message.get("text"), str):
            return Said("text", user, token, text[:200])
        case "follow":
            return Said("follow", user, token)
        case "unfollow":
            return Said("unfollow", user)
    return None
