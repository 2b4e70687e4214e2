"""One record laid over another: which fields of which source win. Pure.

A rule names tags as `245`, `590-599`, `9XX`; several stand apart by blanks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from fumikura.catalogue.fields import tidy
from fumikura.catalogue.marc.content import Content, Entry
from fumikura.kernel.japanese import fold

LOCAL_FIELDS: Final = "590-599 690-699 9XX"
ADDED: Final = "010 015 020-024 035 041 084 246 505 520 600-655 856"

_PATTERN: Final = re.compile(r"([0-9X]{3})(?:-([0-9]{3}))?")


class NotTags(ValueError):
    """The text names no tags."""


@dataclass(frozen=True)
class Overlay:
    """What a source may do to a record that is here already."""

    protects: str = LOCAL_FIELDS
    """Tags that nobody overwrites when the source sends the record again: they stay as they are here."""
    adds: str = ADDED
    """Tags of another source's record that are added when the record here does not have the same."""
    overwrites: str = ""
    """Tags of another source's record that take the place of those here."""


def tags_in(text: str) -> tuple[tuple[str, str], ...]:
    """Ranges of tags, (first, last). Raises NotTags for what cannot be understood."""
    ranges = []
    for word in text.split():
        match = _PATTERN.fullmatch(word.upper())
        if not match or (match[2] and "X" in match[1]):
            raise NotTags(word)
        ranges.append((match[1].replace("X", "0"), match[2] or match[1].replace("X", "9")))
    return tuple(ranges)


def _within(tag: str, ranges: Iterable[tuple[str, str]]) -> bool:
    return any(first <= tag <= last for first, last in ranges)


def sent_again(here: Content, arriving: Content, rule: Overlay) -> Content:
    """The arriving record with the protected fields of the one that is here."""
    kept = tags_in(rule.protects)
    mine = [entry for entry in here.entries if _within(tag_of(entry), kept)]
    theirs = [entry for entry in arriving.entries if not _within(tag_of(entry), kept)]
    return _in_order(arriving.leader, [*theirs, *_renumbered(mine, theirs)]) if mine else arriving


def laid_over(here: Content, other: Content, rule: Overlay) -> Content:
    """The record that is here, with what the other may add and overwrite. Fields go with their readings (880)."""
    protected, adds, overwrites = tags_in(rule.protects), tags_in(rule.adds), tags_in(rule.overwrites)
    replaced = {
        tag_of(entry)
        for entry in other.entries
        if _within(tag_of(entry), overwrites) and not _within(tag_of(entry), protected)
    }
    mine = [entry for entry in here.entries if tag_of(entry) not in replaced]
    has = {_said(entry) for entry in mine}
    came = [
        entry
        for entry in other.entries
        if tag_of(entry) in replaced or (entry.tag != "880" and _within(entry.tag, adds) and _said(entry) not in has)
    ]
    links = {_link(entry) for entry in came if entry.tag != "880"} - {""}
    came += [entry for entry in other.entries if entry.tag == "880" and entry not in came and _link(entry) in links]
    return _in_order(here.leader, [*mine, *_renumbered(came, mine)]) if came else here


def tag_of(entry: Entry) -> str:
    """The field's tag; of a linked field (880), that of the field it belongs to."""
    return entry.text("6")[:3] if entry.tag == "880" and entry.text("6")[:3].isdigit() else entry.tag


def _link(entry: Entry) -> str:
    """700-02 for the field and its readings alike; empty when it is not linked."""
    match = re.match(r"([0-9]{3})-([0-9]{2,})", entry.text("6"))
    if not match or match[2] == "00":
        return ""
    return f"{entry.tag}-{match[2]}" if entry.tag != "880" else match[0]


def _said(entry: Entry) -> tuple[str, str]:
    """What a field says, for comparing: without link, source and punctuation."""
    if not entry.marks:
        return entry.tag, entry.data
    return entry.tag, fold(" ".join(tidy(text) for code, text in entry.parts if code not in "0268")).replace(" ", "")


def _renumbered(came: list[Entry], beside: list[Entry]) -> list[Entry]:
    """Links of fields that came from elsewhere, numbered behind those that are here."""
    numbers = [int(match[1]) for entry in beside if (match := re.match(r"[0-9]{3}-([0-9]{2,})", entry.text("6")))]
    following, given = max(numbers, default=0), {}
    renamed = []
    for entry in came:
        match = re.match(r"([0-9]{3})-([0-9]{2,})(.*)", entry.text("6"))
        if not match or match[2] == "00":
            renamed.append(entry)
            continue
        if _link(entry) not in given:
            following += 1
            given[_link(entry)] = f"{following:02}"
        link = f"{match[1]}-{given[_link(entry)]}{match[3]}"
        renamed.append(entry._replace(parts=[(code, link if code == "6" else text) for code, text in entry.parts]))
    return renamed


def _in_order(leader: str, entries: list[Entry]) -> Content:
    return Content(leader, sorted(entries, key=lambda entry: entry.tag))
