"""Taking in what other institutions describe."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from fumikura.catalogue.collected import PREFIX
from fumikura.catalogue.events import RecordsCollected
from fumikura.catalogue.marc.arrivals import Decoded
from fumikura.catalogue.models import BibliographicRecord
from fumikura.catalogue.services.drafts import draft_of, fitting_number
from fumikura.catalogue.services.records import write_drafts
from fumikura.journal.services import record as write_down
from fumikura.kernel.actors import Actor


@dataclass(frozen=True)
class Collected:
    """What became of a page of records."""

    rows: dict[str, int] = field(default_factory=dict)
    """Identifier → record, of all that came and are there now."""
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    deleted: int = 0


@transaction.atomic
def collect(
    arrived: Sequence[tuple[str, Decoded]], *, gone: Collection[str], institution: str, by: Actor, at: datetime
) -> Collected:
    """Write records of `institution`, known by their identifiers there (each once), and take out those that are gone.

    What the records themselves say of their numbers (001, 003) is kept in them, but never decides what is written over.
    """
    by.require("catalogue.collect")
    source = f"{PREFIX}{institution}"
    drafts = [
        replace(draft_of(decoded, source=source), source=source, number=fitting_number(identifier))
        for identifier, decoded in arrived
    ]
    written = write_drafts(drafts, by=by, at=at)
    numbers = [fitting_number(identifier) for identifier in gone]
    there = BibliographicRecord.objects.filter(source=source, number__in=numbers, deleted_at=None)
    removed = list(there.values_list("pk", flat=True))
    BibliographicRecord.objects.filter(pk__in=removed).update(deleted_at=at, changed_at=at, written_at=Now())
    if touched := tuple(dict.fromkeys([*written.created, *written.updated, *removed])):
        news = RecordsCollected(institution=institution, records=touched, removed=len(removed))
        write_down(news, by=by, at=at, subject=f"catalogue.institution:{institution}")
    by_number = {fitting_number(identifier): identifier for identifier, _decoded in arrived}
    rows = BibliographicRecord.objects.filter(source=source, number__in=by_number).values_list("number", "pk")
    return Collected(
        {by_number[number]: pk for number, pk in rows},
        len(written.created),
        len(written.updated),
        written.unchanged,
        len(removed),
    )
