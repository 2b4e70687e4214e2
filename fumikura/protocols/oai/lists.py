"""The records that a list is made of, page by page, by keyset: the millionth page costs what the first does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from fumikura.catalogue.collected import PREFIX
from fumikura.catalogue.models import BibliographicRecord
from fumikura.protocols.oai.arguments import Asked, Position, Wrong

PAGE: Final = {"ListRecords": 500, "ListIdentifiers": 2000}
SETTLED_AFTER: Final = timedelta(seconds=10)
"""What was written less than this ago may belong to a transaction whose earlier records cannot be seen yet. Answers are
true as of then, and say so in responseDate: whoever goes on from there misses nothing."""
KINDS: Final[Sequence[str]] = (
    "book", "large-print", "picture-book", "comic", "magazine", "newspaper", "map", "score", "cd", "dvd", "video",
    "e-book", "braille", "daisy", "other",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    rows: Sequence[BibliographicRecord]
    total: int
    cursor: int
    next: Position | None


def page_of(wish: Asked, *, horizon: datetime) -> Page:
    """The next page of a list, with `marc` only for whole records. Raises Wrong("noRecordsMatch")."""
    until = min(wish.until or horizon, horizon)
    written = BibliographicRecord.objects.filter(written_at__gte=wish.since, written_at__lt=until)
    rows = _in_set(written.exclude(source__startswith=PREFIX), wish.set)
    place = wish.position
    total = place.total if place else rows.count()
    if place:
        rows = rows.filter(Q(written_at__gt=place.written_at) | Q(written_at=place.written_at, pk__gt=place.record))
        rows = rows.filter(written_at__gte=place.written_at)
    columns = ["written_at", "deleted_at", "source", "kind", "reading", "reading_is_draft"] + (
        ["marc"] if wish.verb == "ListRecords" else []
    )
    size = PAGE[wish.verb]
    found = list(rows.order_by("written_at", "pk").only(*columns)[: size + 1])
    cursor = place.cursor if place else 0
    if not found and not place:
        raise Wrong("noRecordsMatch", "no record fits")
    shown = found[:size]
    behind = None
    if len(found) > size:
        last = shown[-1]
        behind = Position(written_at=last.written_at, record=last.pk, cursor=cursor + size, total=total)
    return Page(shown, total, cursor, behind)


def _in_set(rows: QuerySet[BibliographicRecord], spec: str) -> QuerySet[BibliographicRecord]:
    name, _, value = spec.partition(":")
    match name:
        case "":
            return rows
        case "kind" if value in KINDS:
            return rows.filter(kind=value)
        case "kind" if not value:
            return rows
    raise Wrong("noRecordsMatch", "there is no such set")


def sets_of(row: BibliographicRecord) -> tuple[str, ...]:
    return (f"kind:{row.kind}",) if row.kind in KINDS else ()
