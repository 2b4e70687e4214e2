"""From a MARC record to the row that keeps it: identity, summary columns, identifiers."""

import hashlib
from dataclasses import dataclass, replace
from typing import Any

from fumikura.catalogue.description import Summary, summary_of
from fumikura.catalogue.fields import Fields
from fumikura.catalogue.headings import Heading, headings_of
from fumikura.catalogue.marc.arrivals import Decoded
from fumikura.catalogue.marc.content import Content
from fumikura.catalogue.works import work_key
from fumikura.kernel.japanese import sort_key

LOCAL = "local"
"""The source of records that say nothing of theirs."""
_SOURCE, _NUMBER, _IDENTIFIER = 40, 80, 60


@dataclass(frozen=True, slots=True)
class Draft:
    """A record ready to be written."""

    source: str
    number: str
    marc: bytes
    columns: dict[str, Any]
    identifiers: tuple[tuple[str, str], ...]
    headings: tuple[Heading, ...] = ()
    """What it names that is under authority."""

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.number


def draft_of(decoded: Decoded, *, source: str = "", number: str = "") -> Draft:
    """`source` stands in for a missing 003, `number` for a missing 001; a record without either is known by its bytes."""
    stated_source, stated_number = _identity(decoded.content)
    fields = Fields(decoded.content)
    summary = summary_of(fields)
    number = stated_number or number or f"sha256-{hashlib.sha256(decoded.marc).hexdigest()[:40]}"
    return Draft(
        source=_fit(stated_source or source or LOCAL, _SOURCE),
        number=fitting_number(number),
        marc=decoded.marc,
        columns=_columns(summary),
        identifiers=_identifiers(summary),
        headings=tuple(map(_plain_heading, headings_of(fields))),
    )


def _identity(content: Content) -> tuple[str, str]:
    found = {"001": "", "003": ""}
    for entry in content.entries:
        if entry.tag in found and not found[entry.tag]:
            found[entry.tag] = _plain(entry.data)
    return found["003"], found["001"]


def _plain(text: str) -> str:
    """Without blanks around it, and without the NUL that PostgreSQL cannot keep."""
    return text.replace("\x00", "").strip()


def fitting_number(number: str) -> str:
    """A number as the row keeps it."""
    return _fit(_plain(number), _NUMBER)


def _fit(text: str, limit: int) -> str:
    """Shorten an over-long identity without letting two become one."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 17]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _columns(summary: Summary) -> dict[str, Any]:
    return {
        "title": _plain(summary.title),
        "volume": _plain(summary.volume)[:100],
        "reading": _plain(summary.reading),
        "creator": _plain(summary.creator),
        "creator_reading": _plain(summary.creator_reading),
        "sort_key": sort_key_of(summary.reading, summary.title),
        "publisher": _plain(summary.publisher),
        "year": summary.year,
        "language": summary.language[:3],
        "kind": summary.kind[:20],
        "ndc": _plain(summary.ndc)[:20],
        "work_key": _plain(work_key(summary.title, summary.creator, summary.publisher)),
    }


def sort_key_of(reading: str, title: str) -> str:
    """For 五十音 order."""
    return _plain(sort_key(reading or title))[:200]


def _identifiers(summary: Summary) -> tuple[tuple[str, str], ...]:
    kept = {(_plain(scheme)[:10], _plain(value)[:_IDENTIFIER]): None for scheme, value in summary.identifiers}
    return tuple(pair for pair in kept if all(pair))


def _plain_heading(heading: Heading) -> Heading:
    if "\x00" not in heading.name + heading.reading + heading.dates + heading.role + heading.number[1]:
        return heading
    name, reading, dates, role = map(_plain, (heading.name, heading.reading, heading.dates, heading.role))
    return replace(heading, name=name, reading=reading, dates=dates, role=role, number=("", ""))
