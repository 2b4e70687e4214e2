"""取っておいたさがし方: searches that a reader keeps under a name. Only the reader sees them; nothing else knows of them.

The words of the search stand in this one row and nowhere else: not in the journal, not in a log.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fumikura.catalogue.ordering import as_read
from fumikura.discovery.events import SavedSearchForgotten, SearchSaved
from fumikura.discovery.models import SavedSearch
from fumikura.discovery.queries import parse, search
from fumikura.holdings.queries import items_of_records
from fumikura.journal.services import forget_patron_of, record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron

MOST = 50
LOOKED_AT = 100
"""More new records than this are told as that many."""


def saved_searches(patron: Patron) -> list[SavedSearch]:
    """The reader's own, also from a registration that was joined to this one; in 五十音 order of their names."""
    return sorted(_searches_of(patron), key=lambda saved: (as_read(saved.name), saved.pk))


def find_saved_search(patron: Patron, number: int) -> SavedSearch | None:
    """None when the reader has no such search."""
    return _searches_of(patron).filter(pk=number).first()


def _searches_of(patron: Patron) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(Q(patron=patron) | Q(patron__merged_into=patron))


def new_since_looked(saved: SavedSearch, text: str, filters: Mapping[str, Sequence[str]]) -> int:
    """How many records came new on the shelves since the reader last opened the search, at most LOOKED_AT."""
    arrived = _arrived(text, filters, saved.seen_on)
    return max(sum(arrived.values()) - saved.seen_that_day, 0)


def _arrived(text: str, filters: Mapping[str, Sequence[str]], since: date) -> dict[date, int]:
    """Records by the day on which their newest copy came, from that day on."""
    answer = search(parse(text), rows=LOOKED_AT, sort="arrived", filters=filters, facets=())
    items = items_of_records([hit.record_id for hit in answer.hits])
    found: dict[date, int] = {}
    for copies in items.values():
        day = max((item.added_on for item in copies), default=date.min)
        if day >= since:
            found[day] = found.get(day, 0) + 1
    return found


@transaction.atomic
def save_search(*, patron: Patron, name: str, address: str, seen_that_day: int, by: Actor, at: datetime) -> SavedSearch:
    """Keep a search. `address` is its query string; the same once more gets the new name. Refused("too-many-searches")."""
    by.require("discovery.save-search")
    mine = SavedSearch.objects.filter(patron=patron)
    row = mine.filter(address=address).first()
    if row is None and mine.count() >= MOST:
        raise Refused(Reason.of("too-many-searches", most=MOST))
    row = row or SavedSearch(patron=patron, address=address)
    row.name, row.made_at = name, at
    row.seen_on, row.seen_that_day = timezone.localdate(at), seen_that_day
    row.save()
    record(SearchSaved(), by=by, at=at, subject=_subject(row), patron_key=patron.key)
    return row


def arrived_today(text: str, filters: Mapping[str, Sequence[str]], at: datetime) -> int:
    """How many records of a search came on the day of `at` so far: they are not new to who looks now."""
    return sum(_arrived(text, filters, timezone.localdate(at)).values())


def mark_looked_at(saved: SavedSearch, *, seen_that_day: int, at: datetime) -> None:
    """The reader has opened it. No news for anybody else, so the journal is not told."""
    SavedSearch.objects.filter(pk=saved.pk).update(seen_on=timezone.localdate(at), seen_that_day=seen_that_day)


@transaction.atomic
def forget_search(saved: SavedSearch, *, by: Actor, at: datetime) -> None:
    """Delete it; whose it was is blanked in the journal as well."""
    by.require("discovery.save-search")
    subject = _subject(saved)
    saved.delete()
    record(SavedSearchForgotten(), by=by, at=at, subject=subject)
    forget_patron_of(subject)


def _subject(saved: SavedSearch) -> str:
    return f"discovery.saved-search:{saved.pk}"
