"""What was done without a line: in which order it is entered, at what time, and whether the list is the terminal's own."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

RANK = {"register": 0, "loan": 1, "hold": 2, "return": 3, "undo": 4}
"""Registrations, then loans, then holds, then returns. What a later line takes back is left out before."""
NOTABLE_SKEW = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing done at a counter without a line. Empty is what the kind does not need."""

    key: str
    """Chosen by the terminal, once for ever: one key, one effect."""
    kind: str
    """register, loan, hold, return or undo."""
    at: datetime
    """By the terminal's clock."""
    card: str = ""
    item: str = ""
    """Barcode as scanned."""
    record: int = 0
    """The title of a hold."""
    pickup: str = ""
    name: str = ""
    reading: str = ""
    category: str = ""
    phone: str = ""
    born_on: str = ""
    words: str = ""
    """What a hold slip says when no copy is at hand: a title, or an ISBN."""
    undoes: str = ""
    """Key of the line that this one takes back."""
    due: str = ""
    """The day that was printed on the slip."""
    staff: str = ""
    """Who was signed in when it was written, "staff:12"; empty when nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """An append-only list of one terminal, or a stretch of it."""

    terminal: str
    site: str
    skew_seconds: int
    """How far the terminal's clock was ahead."""
    lines: tuple[Line, ...]
    signature: str


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A line with the time that is believed, and what was done to it."""

    line: Line
    terminal: str
    site: str
    at: datetime
    was_corrected: bool = False
    was_in_future: bool = False


def written(line: Line) -> str:
    """The line as it is signed: compact JSON with sorted names and without what is empty."""
    facts = {name: value for name, value in asdict(line).items() if value}
    facts["at"] = line.at.isoformat()
    return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def signature_of(lines: Iterable[str], secret: str) -> str:
    """The last link of the chain over these lines as written."""
    link = ""
    for line in lines:
        link = next_link(link, line, secret)
    return link


def next_link(link: str, line: str, secret: str) -> str:
    """HMAC-SHA256 over the link before and the line as written; nothing can be left out or put between."""
    return hmac.new(secret.encode(), f"{link}\n{line}".encode(), hashlib.sha256).hexdigest()


def is_genuine(batch: Batch, secret: str) -> bool:
    return hmac.compare_digest(signature_of(map(written, batch.lines), secret), batch.signature)


def dated(batch: Batch, *, now: datetime) -> tuple[Dated, ...]:
    """The lines at their corrected times: a time still to come is set to `now`."""
    skew = timedelta(seconds=batch.skew_seconds)
    return tuple(
        Dated(
            line=line,
            terminal=batch.terminal,
            site=batch.site,
            at=min(line.at - skew, now),
            was_corrected=abs(skew) >= NOTABLE_SKEW,
            was_in_future=line.at - skew > now,
        )
        for line in batch.lines
    )


def in_order(lines: Iterable[Dated]) -> tuple[Dated, ...]:
    """By kind, then by time; but lines on one item keep their order of time among themselves.

    The same lines give the same order however they were batched.
    """
    ranked = sorted(lines, key=_turn)
    slots: dict[str, list[int]] = {}
    for place, one in enumerate(ranked):
        if one.line.item:
            slots.setdefault(one.line.item, []).append(place)
    ordered = list(ranked)
    for places in slots.values():
        by_time = sorted((ranked[place] for place in places), key=lambda one: (one.at, *_turn(one)))
        for place, one in zip(places, by_time, strict=True):
            ordered[place] = one
    return tuple(ordered)


def what_is_taken_back(lines: Iterable[Dated]) -> frozenset[str]:
    """Keys of the lines that later lines take back."""
    return frozenset(one.line.undoes for one in lines if one.line.kind == "undo")


def _turn(one: Dated) -> tuple[int, datetime, str, str]:
    return (RANK.get(one.line.kind, len(RANK)), one.at, one.terminal, one.line.key)


@dataclass(frozen=True, kw_only=True)
class LineAnswer:
    """What became of a line."""

    key: str
    status: str
    """applied, already-applied, applied-with-note or set-aside."""
    why: str = ""
    """The note or the reason."""

    def __str__(self) -> str:
        return f"{self.status}:{self.why}" if self.why else self.status


def note_of(one: Dated, notes: Sequence[str]) -> str:
    """The one note that a person reads first: what was done with the thing before what was done with the clock."""
    if notes:
        return notes[0]
    if one.was_in_future:
        return "time-in-future"
    return "clock-corrected" if one.was_corrected else ""


def again(answer: LineAnswer) -> LineAnswer:
    """What a line is answered that comes a second time."""
    return answer if answer.status == "set-aside" else replace(answer, status="already-applied", why="")


def answer_from(kept: Mapping[str, str]) -> LineAnswer:
    return LineAnswer(key=kept["key"], status=kept["status"], why=kept["why"])
