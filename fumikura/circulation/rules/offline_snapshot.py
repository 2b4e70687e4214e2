"""What an offline counter takes along, as bytes: cards as hashes with a status, items only where they differ, due days.

Four bytes with the length of the head; the head as JSON; then people, `PERSON` bytes each, and items, `THING` bytes each,
both sorted by hash so that a browser finds them by halving. No name, no number, no title is in it.
"""

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fumikura.circulation.rules.sealing import NUMBER_BYTES

PERSON, THING = NUMBER_BYTES + 5, NUMBER_BYTES + 1
OK, EXPIRED, BLOCKED, OVERDUE, STOPPED = range(5)
"""Status of a card, the gravest last."""
MANY = 255
"""Unlimited loans left; or the card is good for longer than anybody asks."""
PEOPLE_LAST_DAYS, DATES_LAST_DAYS = 3, 31

Row = tuple[int, ...]
"""Due day for each day from the first, counted from the first; empty when such a loan is not allowed."""


@dataclass(frozen=True, kw_only=True)
class Person:
    hidden: bytes
    status: int
    left: int
    """Loans left, at most 254; MANY when unlimited."""
    good_for: int
    """Days from the first day through the card's last day."""
    band: int


@dataclass(frozen=True)
class DueTable:
    """Due days by band of readers and class of things; equal rows once."""

    rows: tuple[Row, ...]
    cells: tuple[tuple[int, ...], ...]
    bands: Mapping[Any, int] = field(default_factory=dict)
    """Which band a kind of reader is in."""
    classes: Mapping[Any, int] = field(default_factory=dict)


def due_table(readers: Sequence[Any], things: Sequence[Any], rows: Mapping[tuple[Any, Any], Row]) -> DueTable:
    """Readers to whom all the same is lent alike are one band; things lent alike to everybody are one class."""
    columns = {thing: tuple(rows[reader, thing] for reader in readers) for thing in things}
    first_of = {column: thing for thing, column in reversed(columns.items())}
    kept = [thing for thing in things if first_of[columns[thing]] is thing]
    classes = {thing: kept.index(first_of[columns[thing]]) for thing in things}
    lines = {reader: tuple(rows[reader, thing] for thing in kept) for reader in readers}
    distinct = list(dict.fromkeys(lines.values()))
    all_rows = list(dict.fromkeys(row for line in distinct for row in line))
    return DueTable(
        rows=tuple(all_rows),
        cells=tuple(tuple(all_rows.index(row) for row in line) for line in distinct),
        bands={reader: distinct.index(line) for reader, line in lines.items()},
        classes=classes,
    )


def status_of(*, stopped: bool, blocked: bool, overdue: bool, expires_on: date, on: date) -> int:
    if stopped:
        return STOPPED
    if overdue:
        return OVERDUE
    if blocked:
        return BLOCKED
    return EXPIRED if expires_on < on else OK


def packed(head: Mapping[str, Any], people: Iterable[Person], items: Iterable[tuple[bytes, int]]) -> bytes:
    """`items`: hash and class of those that are not of class 0."""
    person = struct.Struct(f">{NUMBER_BYTES}sBBBH")
    thing = struct.Struct(f">{NUMBER_BYTES}sB")
    all_people = _sorted(
        (person.pack(one.hidden, one.status, one.left, one.good_for, one.band) for one in people), PERSON
    )
    all_items = _sorted((thing.pack(hidden, number) for hidden, number in items), THING)
    said = json.dumps(
        {**head, "people": len(all_people) // PERSON, "items": len(all_items) // THING},
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode()
    return b"".join([struct.pack(">I", len(said)), said, all_people, all_items])


def _sorted(rows: Iterable[bytes], size: int) -> bytearray:
    """Rows of one size end to end, in order. By their first byte into 256 heaps: only one is ever held row by row."""
    heaps = [bytearray() for _ in range(256)]
    for row in rows:
        heaps[row[0]] += row
    ordered = bytearray()
    for number, heap in enumerate(heaps):
        ordered += b"".join(sorted(bytes(heap[at : at + size]) for at in range(0, len(heap), size)))
        heaps[number] = bytearray()
    return ordered


def shapes(numbers: Iterable[tuple[int, str]]) -> list[list[Any]]:
    """(length, first two letters) of the numbers in use, the list a browser tells cards from items by."""
    return [list(one) for one in sorted(set(numbers)) if one[0]][:MOST_SHAPES]


MOST_SHAPES = 200
