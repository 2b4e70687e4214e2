"""When a message may leave, when it is tried again, and which words a text may use. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from string import Formatter
from typing import Final

KINDS: Final = ("hold-ready", "due-soon", "overdue", "hold-over", "card-expiry", "suggestion-answered")
CHANNELS: Final = ("e-mail", "sms", "line", "none")
"""none: the reader does not want to be told."""
PUBLIC_SCREENS: Final = frozenset({"sms", "line"})
"""Others may read over the shoulder: no title unless the reader asks."""
TRIES: Final = 6
_PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    kind: frozenset({"name", "library", "count", "titles", "link"}) | more
    for kind, more in {
        "hold-ready": frozenset({"place", "until"}),
        "due-soon": frozenset({"until"}),
        "overdue": frozenset({"until"}),
        "hold-over": frozenset[str](),
        "card-expiry": frozenset({"until"}),
        "suggestion-answered": frozenset[str](),
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
