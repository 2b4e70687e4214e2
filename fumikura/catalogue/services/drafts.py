"""From a MARC record to the row that keeps it: identity, summary columns, identifiers."""

import hashlib
from dataclasses import dataclass
from typing import Any

from pymarc import Record

from fumikura.catalogue.description import Description, description_of
from fumikura.catalogue.marc.arrivals import Decoded
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

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.number


def draft_of(decoded: Decoded, *, source: str = "", number: str = "") -> Draft:
    """`source` stands in for a missing 003, `number` for a missing 001; a record without either is known by its bytes."""
    stated_source, stated_number = _identity(decoded.record)
    description = description_of(decoded.record)
    number = stated_number or number or f"sha256-{hashlib.sha256(decoded.marc).hexdigest()[:40]}"
    return Draft(
        source=_fit(stated_source or source or LOCAL, _SOURCE),
        number=_fit(number, _NUMBER),
        marc=decoded.marc,
        columns=_columns(description),
        identifiers=_identifiers(description),
    )


def _identity(record: Record) -> tuple[str, str]:
    found = {"001": "", "003": ""}
    for field in record.fields:
        if field.tag in found and not found[field.tag]:
            found[field.tag] = _plain(field.data or "")
    return found["003"], found["001"]


def _plain(text: str) -> str:
    """Without blanks around it, and without the NUL that PostgreSQL cannot keep."""
    return text.replace("\x00", "").strip()


def _fit(text: str, limit: int) -> str:
    """Shorten an over-long identity without letting two become one."""
    if len(text) <= limit:
        return text
    return f"{text[: limit - 17]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def _columns(description: Description) -> dict[str, Any]:
    first = description.creators[0] if description.creators else None
    return {
        "title": _plain(description.title),
        "volume": _plain(description.volume)[:100],
        "reading": _plain(description.title_reading),
        "creator": _plain(first.name if first else ""),
        "creator_reading": _plain(first.reading if first else ""),
        "sort_key": _plain(sort_key(description.title_reading or description.title))[:200],
        "publisher": _plain(description.publisher),
        "year": description.year,
        "language": description.language[:3],
        "kind": description.kind[:20],
        "ndc": _plain(description.ndc[0] if description.ndc else "")[:20],
    }


def _identifiers(description: Description) -> tuple[tuple[str, str], ...]:
    kept = {(_plain(scheme)[:10], _plain(value)[:_IDENTIFIER]): None for scheme, value in description.identifiers}
    return tuple(pair for pair in kept if all(pair))
