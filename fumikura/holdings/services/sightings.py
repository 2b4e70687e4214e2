"""Many items seen at once: steps of a stocktake, which has asked for the right and writes the entry of the batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from fumikura.holdings.events import ItemReinstated
from fumikura.holdings.models import Item, Missing, Withdrawal
from fumikura.holdings.services import end_missing, lock_item, record_missing
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility
from fumikura.statements.among import Among, listed
from fumikura.statements.writes import prepared_update


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
    never: dict[int, list[int]] = {}
    for one in before:
        if one.seen_at is None or one.facility is None:
            never.setdefault(one.searched_in_vain, []).append(one.item)
            continue
        facts = {"at": one.seen_at, "facility": one.facility, "in_vain": one.searched_in_vain}
        _put_back(item=one.item, noted_at=noted_at, **facts)
    for in_vain, items in never.items():
        unseen = {"last_seen_at": None, "last_seen_facility": None, "searched_in_vain": in_vain}
        Item.objects.filter(Among("id", listed(items)), last_seen_at=noted_at).update(**unseen)


@prepared_update
def _put_back(
    item: int, noted_at: datetime, at: datetime, facility: int, in_vain: int
) -> tuple["QuerySet[Item]", dict[str, Any]]:
    # Worded once: ten thousand of them would take minutes in one statement of cases.
    was = {"last_seen_at": at, "last_seen_facility": facility, "searched_in_vain": in_vain}
    return Item.objects.filter(pk=item, last_seen_at=noted_at), was


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
