"""読みたい本: lists of a reader's own. Only the reader sees them, and the journal never says which book."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.discovery.events import WishesChanged
from fumikura.discovery.models import WishedRecord, WishList
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.patrons.models import Patron

MOST_LISTS, MOST_BOOKS = 20, 500


def wish_lists(patron: Patron) -> list[WishList]:
    """The reader's own, also from a registration that was joined to this one."""
    rows = WishList.objects.filter(Q(patron=patron) | Q(patron__merged_into=patron))
    return list(rows.order_by("made_at", "pk"))


def wished_in(wishes: WishList) -> list[WishedRecord]:
    """The latest first; what left the catalogue is left out."""
    rows = wishes.wished.filter(record__deleted_at=None).select_related("record").defer("record__marc")
    return list(rows.order_by("-added_on", "-pk"))


def wished_among(patron: Patron, records: Iterable[int]) -> frozenset[int]:
    """Which of these stand on any of the reader's lists."""
    mine = Q(wishes__patron=patron) | Q(wishes__patron__merged_into=patron)
    rows = WishedRecord.objects.filter(mine, record_id__in=list(records))
    return frozenset(rows.values_list("record_id", flat=True))


@transaction.atomic
def wish_for(
    *, patron: Patron, records: Sequence[int], name: str, by: Actor, at: datetime, notes: Sequence[str] = ()
) -> int:
    """Put records on the list with this name, which is made when there is none. Answers how many were new to it.

    Refused("too-many-wish-lists"), ("wish-list-full").
    """
    by.require("discovery.keep-wishes")
    Patron.objects.select_for_update().get(pk=patron.pk)
    mine = WishList.objects.filter(patron=patron)
    wishes = mine.filter(name=name).first()
    if wishes is None:
        if mine.count() >= MOST_LISTS:
            raise Refused(Reason.of("too-many-wish-lists", most=MOST_LISTS))
        wishes = WishList.objects.create(patron=patron, name=name, made_at=at)
    there = set(wishes.wished.values_list("record_id", flat=True))
    known = set(BibliographicRecord.objects.filter(pk__in=list(records), deleted_at=None).values_list("pk", flat=True))
    said = dict(zip(records, [*notes, *[""] * len(records)], strict=False))
    new = [pk for pk in dict.fromkeys(records) if pk in known - there]
    if len(there) + len(new) > MOST_BOOKS:
        raise Refused(Reason.of("wish-list-full", most=MOST_BOOKS))
    today = timezone.localdate(at)
    WishedRecord.objects.bulk_create(
        [WishedRecord(wishes=wishes, record_id=pk, note=said.get(pk, "")[:200], added_on=today) for pk in new]
    )
    _record(patron, by=by, at=at)
    return len(new)


@transaction.atomic
def wish_no_more(*, patron: Patron, list_id: int, record_id: int, by: Actor, at: datetime) -> None:
    """Take a record off one of the reader's lists; 0 takes the whole list away."""
    by.require("discovery.keep-wishes")
    rows = WishList.objects.filter(patron=patron, pk=list_id)
    if record_id:
        WishedRecord.objects.filter(wishes__in=rows, record_id=record_id).delete()
    else:
        rows.delete()
    _record(patron, by=by, at=at)


def _record(patron: Patron, *, by: Actor, at: datetime) -> None:
    record(WishesChanged(), by=by, at=at, subject=f"patrons.patron:{patron.pk}", patron_key=patron.key)
