"""Many items seen at once: steps of a stocktake, which has asked for the right and writes the entry of the batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fumikura.holdings.events import ItemReinstated
from fumikura.holdings.models import Item, Missing, Withdrawal
from fumikura.holdings.services import end_missing, lock_item, record_missing
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.statements.among import Among, listed


@dataclass(frozen=True, kw_only=True)
class SeenBefore:
    """What an item said of its last sighting, to be put back."""

    item: int
    seen_at: datetime | None
    facility: int | None
    searched_in_vain: int


def note_many_seen(items: Iterable[int], *, facility: Facility, at: datetime) -> None:
    """Here and then; one statement, however many."""
    seen = {"last_seen_at": at, "last_seen_facility": facility, "searched_in_vain": 0}
    Item.objects.filter(Among("id", listed(sorted(items)))).update(**seen)


def put_sightings_back(before: Sequence[SeenBefore], *, noted_at: datetime) -> None:
    """As if they had not been seen at `noted_at`; an item that was seen since keeps that."""
    wanted = {one.item: one for one in before}
    rows = list(Item.objects.filter(Among("id", listed(sorted(wanted))), last_seen_at=noted_at))
    for item in rows:
        was = wanted[item.pk]
        item.last_seen_at, item.last_seen_facility_id = was.seen_at, was.facility
        item.searched_in_vain = was.searched_in_vain
    Item.objects.bulk_update(rows, ["last_seen_at", "last_seen_facility", "searched_in_vain"], batch_size=500)


def find_missing(item: Item, *, by: Actor, at: datetime) -> Missing | None:
    """A missing item was read on a shelf: its search is over. Answers the search, so that it can be opened again."""
    missing = Missing.objects.filter(item=item, found_at=None).first()
    if missing:
        end_missing(item, by=by, at=at)
    return missing


def miss_again(missing: Missing, *, by: Actor, at: datetime) -> None:
    """It had been found by mistake. One that is missing again already stays as it is."""
    item = lock_item(missing.item)
    if Missing.objects.filter(item=item, found_at=None).exists() or Withdrawal.objects.filter(item=item).exists():
        return
    record_missing(item, by=by, at=at, last_at=missing.last_at)


@transaction.atomic
def reinstate_item(item: Item, *, by: Actor, at: datetime) -> None:
    """除籍の取り消し: it belongs to the stock again. Refused("not-undoable") when it was not withdrawn."""
    by.require("holdings.withdraw-item")
    item = lock_item(item)
    if not Withdrawal.objects.filter(item=item).delete()[0]:
        raise Refused(Reason("not-undoable"))
    event = ItemReinstated(item=item.pk, record=item.record_id)
    record(event, by=by, at=at, subject=f"holdings.item:{item.pk}")
