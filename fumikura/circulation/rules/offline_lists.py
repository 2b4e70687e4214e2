"""A stretch of a terminal's list as it travels: a signed head and the lines as they were signed, read back into lines.

A terminal counts its lines from 1. The head says where the stretch begins and the chain's link before it; the signature
covers the head and the last link, so that a line left out, put between, changed or dated anew is seen.
"""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from fumikura.circulation.rules.offline import RANK, Line, next_link

MOST_LINES = 1000
"""In one stretch."""
MOST_LETTERS = 2000
"""In one line."""
MOST_AHEAD = 400 * 24 * 3600
"""Seconds; a clock further away than a year is no clock."""
YEARS = range(2000, 2100)
NO_TIME = datetime(2000, 1, 2, tzinfo=UTC)
MOST_KEY = 50
_LENGTHS = {
    "kind": 10, "card": 40, "item": 40, "pickup": 20, "category": 20, "staff": 20, "name": 100, "reading": 100,
    "phone": 20, "born_on": 10, "due": 10,
}  # fmt: skip
"""Letters that the tables have room for; 200 for the rest."""
_NAMES = frozenset(field.name for field in fields(Line)) - {"at", "record"}


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a terminal says about a stretch of its list."""

    terminal: str
    site: str
    first: int
    after: str
    """The chain's link before the first line; empty before line 1."""
    ahead_seconds: int
    """How far the terminal's clock was ahead when it last heard the server."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """As received."""

    head: str
    lines: tuple[str, ...]
    signature: str


def read_head(text: str) -> Head:
    """ValueError when it is not the head of a list."""
    try:
        said = json.loads(text)
        head = Head(
            terminal=str(said["terminal"])[:40],
            site=str(said["site"])[:20],
            first=int(said["first"]),
            after=str(said["after"])[:64],
            ahead_seconds=int(said["ahead_seconds"]),
        )
    except (TypeError, KeyError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if not 1 <= head.first < 2**31 or abs(head.ahead_seconds) > MOST_AHEAD:
        raise ValueError(text)
    return head


def links_of(head: Head, lines: Sequence[str], secret: str) -> tuple[str, ...]:
    """The link before the first line, and the link after each line."""
    links = [head.after]
    for line in lines:
        links.append(next_link(links[-1], line, secret))
    return tuple(links)


def signed(head: str, last_link: str, secret: str) -> str:
    return next_link(last_link, head, secret)


def objection(stretch: Stretch, head: Head, *, secret: str, site: str, is_revoked: bool) -> str:
    """Why nothing of it may be entered: a reason's code, or empty when it is the terminal's own."""
    last = links_of(head, stretch.lines, secret)[-1]
    if not hmac.compare_digest(signed(stretch.head, last, secret).encode(), stretch.signature.encode()):
        return "batch-signature-broken"
    if is_revoked:
        return "terminal-revoked"
    return "" if head.site == site else "terminal-elsewhere"


def read_line(text: str, *, number: int, terminal: str) -> Line:
    """One line as written. One that makes no sense comes back as a line of kind "unreadable" for a person."""
    try:
        said = json.loads(text)
        at = datetime.fromisoformat(said["at"])
        if at.tzinfo is None or at.year not in YEARS or said["kind"] not in RANK:
            raise ValueError(text)
        if not 0 < len(said["key"]) <= MOST_KEY:
            raise ValueError(text)
        if said.get("born_on"):
            date.fromisoformat(said["born_on"])
        record = int(said.get("record") or 0)
        return Line(at=at, record=record, **{name: _text(said, name) for name in _NAMES if name in said})
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return Line(key=f"{terminal}-{number}", kind="unreadable", at=_any_time(text), words=text[:MOST_LETTERS])


def _text(said: dict[str, Any], name: str) -> str:
    value = said[name]
    if not isinstance(value, str):
        raise ValueError(name)
    return "".join(letter for letter in value if letter.isprintable())[: _LENGTHS.get(name, 200)]


def _any_time(text: str) -> datetime:
    """The time of a line that cannot be read otherwise, when that part of it can."""
    try:
        at = datetime.fromisoformat(json.loads(text)["at"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return NO_TIME
    return at if at.tzinfo and at.year in YEARS else NO_TIME
