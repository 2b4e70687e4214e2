"""When a message may leave, when it is tried again, and which words a text may use. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from string import Formatter
from typing import Final

KINDS: Final = (
    "hold-ready", "due-soon", "overdue", "hold-over", "card-expiry", "closing", "suggestion-answered",
)  # fmt: skip
"""What a reader is told of, and chooses a way for."""
DIGESTED: Final = frozenset(KINDS) - {"hold-ready", "closing"}
"""What may wait for the next morning's one message."""
WITH_TITLES: Final = frozenset({"hold-ready", "due-soon", "overdue"})
CHANNELS: Final = ("e-mail", "push", "line", "sms", "telephone", "letter")
BY_HAND: Final = frozenset({"telephone", "letter"})
"""Somebody calls, or prints and posts."""
HANDED: Final[Mapping[str, tuple[str, ...]]] = {
    "hold-ready": ("telephone", "letter"),
    "hold-over": ("telephone",),
    "closing": ("telephone",),
    "card-expiry": ("letter",),
}
"""Of which kinds staff tell by hand. (What is overdue has stages of its own: circulation.)"""
PUBLIC_SCREENS: Final = frozenset({"push", "line", "sms"})
"""Others may read over the shoulder: no title unless the reader asks."""
TRIES: Final = 6
_PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    kind: frozenset({"name", "library", "count", "link", *more})
    for kind, more in {
        "hold-ready": ("titles", "place", "until"),
        "due-soon": ("titles", "until"),
        "overdue": ("titles",),
        "hold-over": (),
        "card-expiry": ("until",),
        "closing": ("place", "since", "until"),
        "suggestion-answered": (),
        "digest": ("notices",),
        "overdue-letter": ("titles",),
    }.items()
}
LONGEST: Final = 4_000
"""Characters of a text."""


def next_try(tries: int, at: datetime) -> datetime | None:
    """After so many failed tries: when next, or None when it is given up."""
    return None if tries >= TRIES else at + _PAUSES[min(tries, len(_PAUSES)) - 1]


def may_leave_at(at: datetime, opens: time, closes: time) -> datetime:
    """`at` itself in the hours in which people may be disturbed (local time), else the next opening."""
    start = at.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
    if at < start:
        return start
    return at if at.time() < closes else start + timedelta(days=1)


def next_opening(at: datetime, opens: time) -> datetime:
    """The next time that the hours begin in which people may be disturbed."""
    start = at.replace(hour=opens.hour, minute=opens.minute, second=0, microsecond=0)
    return start if at <= start else start + timedelta(days=1)


def ways_of(kind: str) -> tuple[str, ...]:
    """The ways by which a kind can be told, whether the library has them or not."""
    return tuple(way for way in CHANNELS if way not in BY_HAND or way in HANDED.get(kind, ()))


def faults_of(kind: str, text: str) -> list[str]:
    """What is wrong with a text: an unknown variable by name, "{" for a brace that is not closed, "long", "empty"."""
    if not text.strip():
        return ["empty"]
    if len(text) > LONGEST:
        return ["long"]
    try:
        named = [name for _before, name, spec, conversion in Formatter().parse(text) if name is not None]
    except ValueError:
        return ["{"]
    return [name or "{" for name in named if name not in VARIABLES[kind]]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables; a line whose variables are all empty is left out."""
    lines = []
    for line in text.splitlines():
        names = re.findall(r"\{(\w+)\}", line)
        if names and not any(values.get(name) for name in names):
            continue
        lines.append(re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], ""), line))
    return "\n".join(lines).strip() + "\n"
