"""When a message may leave, when it is tried again, and which words a text may use. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from string import Formatter
from typing import Final

KINDS: Final = (
    "hold-ready", "due-soon", "overdue", "hold-over", "loans-paused", "replacement-asked", "card-expiry", "closing",
    "suggestion-answered",
)  # fmt: skip
"""What a reader is told of, and chooses a way for."""
CHOSEN_WITH: Final[Mapping[str, str]] = {
    "dates-back": "closing",
    "list-answered": "suggestion-answered",
    "holds-paused": "loans-paused",
    "lost-item-came-back": "replacement-asked",
    "claim-resolved": "replacement-asked",
}
"""Kinds that are told by the ways that the reader chose for another."""
SENT: Final = (*KINDS, *CHOSEN_WITH, "dates-moved")
"""Texts that leave by themselves, each a message of its own."""
DIGESTED: Final = frozenset({*KINDS, *CHOSEN_WITH}) - {"hold-ready", "closing", "dates-back"}
"""What may wait for the next morning's one message."""
WITH_TITLES: Final = frozenset({"hold-ready", "due-soon", "overdue", "replacement-asked"})
CHANNELS: Final = ("e-mail", "push", "line", "sms", "telephone", "letter")
BY_HAND: Final = frozenset({"telephone", "letter"})
"""Somebody calls, or prints and posts."""
HANDED: Final[Mapping[str, tuple[str, ...]]] = {
    "hold-ready": ("telephone", "letter"),
    "hold-over": ("telephone",),
    "loans-paused": ("telephone",),
    "holds-paused": ("telephone",),
    "replacement-asked": ("telephone",),
    "lost-item-came-back": ("telephone",),
    "claim-resolved": ("telephone",),
    "closing": ("telephone",),
    "dates-back": ("telephone",),
    "card-expiry": ("letter",),
}
"""Of which kinds staff tell by hand. (What is overdue has stages of its own: circulation.)"""
PUBLIC_SCREENS: Final = frozenset({"push", "line", "sms"})
"""Others may read over the shoulder: no title unless the reader asks."""
TRIES: Final = 6
_PAUSES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
VARIABLES: Final[Mapping[str, frozenset[str]]] = {
    kind: frozenset({"name", "library", "phone", "count", "link", *more})
    for kind, more in {
        "hold-ready": ("titles", "place", "until", "card"),
        "due-soon": ("titles", "until"),
        "overdue": ("titles",),
        "hold-over": (),
        "card-expiry": ("until",),
        "closing": ("place", "since", "until", "due", "kept"),
        "dates-moved": ("due",),
        "dates-back": ("place", "due", "kept"),
        "loans-paused": ("until",),
        "holds-paused": ("until",),
        "replacement-asked": ("titles",),
        "lost-item-came-back": (),
        "claim-resolved": (),
        "suggestion-answered": (),
        "list-answered": (),
        "digest": ("notices",),
        "overdue-letter": ("titles",),
        "overdue-postcard": ("place", "since"),
        "letter-hold-ready": ("titles", "place", "until", "card"),
        "letter-card-expiry": ("until",),
        "telephone-hold-ready": ("titles", "place", "until", "card"),
        "telephone-hold-over": (),
        "telephone-closing": ("place", "since", "until", "due"),
        "telephone-dates-back": ("place", "due", "kept"),
        "telephone-loans-paused": ("until",),
        "telephone-holds-paused": ("until",),
        "telephone-replacement-asked": ("titles",),
        "telephone-lost-item-came-back": (),
        "telephone-claim-resolved": (),
        "telephone-overdue": (),
        "telephone-message": (),
    }.items()
} | {
    "loan-slip": frozenset({"library", "place", "phone", "day", "why", "titles", "count", "printed"}),
    "kiosk-slip": frozenset({"library", "place", "phone", "day", "titles", "count", "printed"}),
    "hold-slip": frozenset({"library", "place", "slot", "until"}),
    "hold-slip-waiting": frozenset({"library", "place", "slot"}),
    "hold-slip-call": frozenset({"library", "place", "slot"}),
    "line-welcome": frozenset({"library", "link"}),
    "line-connected": frozenset({"library", "link"}),
}
NEEDED: Final[Mapping[str, str]] = {
    "loan-slip": "day",
    "kiosk-slip": "day",
    "hold-slip": "slot",
    "hold-slip-waiting": "slot",
    "hold-slip-call": "slot",
}
"""Without this a slip would be of no use."""
WITHOUT_SUBJECT: Final = frozenset({"line-welcome", "line-connected"})
LARGE: Final = frozenset({"{day}", "{slot}", "{until}"})
"""A line of a slip that is nothing else is printed large."""
RULE: Final = "----"
LONGEST: Final = 4_000
"""Characters of a text."""
LONGEST_SENTENCE: Final = 200
"""Characters of a refusal or a why, and of its way out."""


def chosen_with(kind: str) -> str:
    """The kind among KINDS whose ways this one goes by."""
    return CHOSEN_WITH.get(kind, kind)


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


def faults_of_sentence(text: str, always: Collection[str], sometimes: Collection[str]) -> list[tuple[str, str]]:
    """(fault, figure it is about) of a sentence of a refusal or a why. What is known `sometimes` stands in [ ]."""
    if len(text) > LONGEST_SENTENCE:
        return [("sentence-too-long", str(LONGEST_SENTENCE))]
    faults = []
    bare = re.sub(r"\[[^\[\]]*\]", "", text)
    if "[" in bare or "]" in bare:
        faults.append(("sentence-bracket-open", ""))
    if re.search(r"[{}]", re.sub(r"\{\w+\}", "", text)):
        faults.append(("wording-brace-open", ""))
    named = dict.fromkeys(re.findall(r"\{(\w+)\}", text))
    faults += [("wording-variable-unknown", name) for name in named if name not in always and name not in sometimes]
    holes = dict.fromkeys(re.findall(r"\{(\w+)\}", bare))
    return faults + [("sentence-figure-bare", name) for name in holes if name in sometimes and name not in always]


@dataclass(frozen=True)
class SlipLine:
    """One line of a slip. `size` is "rule", "large", "middle" (before what is large, centred) or "" (after it)."""

    size: str
    words: str


def slip_lines(body: str, values: Mapping[str, str], days: Sequence[Mapping[str, str]] = ()) -> list[SlipLine]:
    """A slip as lines: the part between two rules that has {day} stands once for every one of `days`."""
    lines: list[SlipLine] = []
    parts = re.split(rf"^{RULE}-*\s*$", body.strip(), flags=re.MULTILINE)
    for part in parts:
        has_large = any(line.strip() in LARGE for line in part.splitlines())
        is_after = not has_large and any(line.size == "large" for line in lines)
        for more in days if "{day}" in part else ({},):
            said = list(_part(part, {**values, **more}, "" if is_after else "middle"))
            lines += [SlipLine("rule", ""), *said] if lines and said else said
    return lines


def _part(part: str, values: Mapping[str, str], usual: str) -> Iterator[SlipLine]:
    for line in part.strip().splitlines():
        size = "large" if line.strip() in LARGE else "" if line.strip() == "{titles}" else usual
        words = filled(line, values).strip()
        if words:
            yield from (SlipLine(size, one) for one in words.splitlines())


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables; a line whose variables are all empty is left out."""
    lines = []
    for line in text.splitlines():
        names = re.findall(r"\{(\w+)\}", line)
        if names and not any(values.get(name) for name in names):
            continue
        lines.append(re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], ""), line))
    return "\n".join(lines).strip() + "\n"
