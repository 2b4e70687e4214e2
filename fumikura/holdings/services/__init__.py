"""Adding, changing, withdrawing and looking for items.

Functions below `lock_item` are steps of a verb of a room above, which has asked for the
right and holds the item's lock.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from fumikura.catalogue.models import BibliographicRecord
from fumikura.holdings.call_numbers import Unreadable, rules_of
from fumikura.holdings.events import (
    CallNumberRulesSet,
    DepositEnded,
    ItemAdded,
    ItemChanged,
    ItemFound,
    ItemMissing,
    ItemsAdded,
    ItemSeen,
    ItemWithdrawn,
    LocationAdded,
    StockFrozen,
    StockThawed,
)
from fumikura.holdings.models import (
    CallNumberRules,
    Deposit,
    FrozenStock,
    Item,
    KeptAside,
    Missing,
    ShelvingLocation,
    Withdrawal,
)
from fumikura.holdings.services.relocating import end_relocation
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean, is_valid
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Agency, Facility
from fumikura.statements.writes import prepared_update

CHANGEABLE = frozenset({
    "location", "call_number", "material", "collection", "volume", "reference_only", "in_house_only", "is_latest_issue",
    "lendable_from", "age_from", "parts", "parts_words", "record", "home",
    "return_to",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NewItem:
    """One copy to add. Codes, dates and marks as in models.Item."""

    barcode: str
    record: BibliographicRecord
    home: Facility
    agency: Agency
    location: ShelvingLocation | None = None
    call_number: str = ""
    material: str = "book"
    collection: str = ""
    volume: str = ""
    reference_only: bool = False
    in_house_only: bool = False
    is_latest_issue: bool = False
    lendable_from: date | None = None
    age_from: int | None = None
    origin: str = "own"
    return_to: Facility | None = None
    parts: int = 1


@transaction.atomic
def add_location(
    *, facility: Facility, code: str, name: str, by: Actor, at: datetime, name_en: str = "", is_open: bool = True
) -> ShelvingLocation:
    """Add a part of a facility where items stand. Refused: code-taken, site-holds-no-stock."""
    by.require("organisation.configure")
    if not facility.holds_stock:
        raise Refused(Reason.of("site-holds-no-stock", site=facility.code))
    if ShelvingLocation.objects.filter(facility=facility, code=code).exists():
        raise Refused(Reason.of("code-taken", taken=code))
    location = ShelvingLocation.objects.create(
        facility=facility, code=code, name=name, name_en=name_en, is_open=is_open
    )
    record(
        LocationAdded(facility=facility.code, location=code),
        by=by,
        at=at,
        subject=f"organisation.facility:{facility.code}",
    )
    return location


@transaction.atomic
def add_item(new: NewItem, *, by: Actor, at: datetime) -> Item:
    """Put one copy into the stock. Refused: barcode-misread, barcode-taken, site-holds-no-stock."""
    by.require("holdings.add-item")
    _refuse_if_unfit([new])
    item = _row(new, at)
    item.save(force_insert=True)
    record(ItemAdded(item=item.pk, record=item.record_id), by=by, at=at, subject=f"holdings.item:{item.pk}")
    return item


@transaction.atomic
def set_call_number_rules(agency: Agency, *, text: str, by: Actor, at: datetime) -> None:
    """Say how call numbers are made from now on; empty = the standard rules. Refused: call-number-rules."""
    by.require("holdings.set-call-numbers")
    try:
        rules_of(text)
    except Unreadable as error:
        raise Refused(Reason.of("call-number-rules", line=error.line, text=error.about)) from error
    if text.strip():
        facts = {"text": text, "set_at": at, "set_by": by.ref}
        CallNumberRules.objects.update_or_create(agency=agency, defaults=facts)
    else:
        CallNumberRules.objects.filter(agency=agency).delete()
    subject = f"organisation.agency:{agency.code}"
    record(CallNumberRulesSet(agency=agency.code), by=by, at=at, subject=subject)


@transaction.atomic
def add_items(new: Sequence[NewItem], *, by: Actor, at: datetime) -> list[Item]:
    """Put many copies into the stock with one journal entry: all of them or, when any is unfit, none."""
    by.require("holdings.add-item")
    if not new:
        return []
    _refuse_if_unfit(new)
    items = Item.objects.bulk_create([_row(one, at) for one in new], batch_size=500)
    record(
        ItemsAdded(
            count=len(items),
            items=tuple(item.pk for item in items),
            records=tuple(sorted({item.record_id for item in items})),
        ),
        by=by,
        at=at,
    )
    return items


def _refuse_if_unfit(new: Sequence[NewItem]) -> None:
    reasons = [
        *(
            Reason.of("barcode-misread", barcode=one.barcode)
            for one in new
            if not is_valid(one.agency.item_check, clean(one.barcode))
        ),
        *(Reason.of("site-holds-no-stock", site=one.home.code) for one in new if not one.home.holds_stock),
        *(Reason.of("barcode-taken", barcode=number) for number in sorted(_taken(new))),
    ]
    if reasons:
        raise Refused(*dict.fromkeys(reasons))


def _taken(new: Sequence[NewItem]) -> set[str]:
    """Numbers that the agency already uses, or that come twice."""
    numbers = [(one.agency.pk, clean(one.barcode)) for one in new]
    taken = {number for number, times in Counter(numbers).items() if times > 1}
    for start in range(0, len(numbers), 500):
        batch = numbers[start : start + 500]
        rows = Item.objects.filter(barcode__in=[number for _, number in batch]).values_list("agency_id", "barcode")
        taken |= set(rows) & set(batch)
    return {number for _, number in taken}


def _row(new: NewItem, at: datetime) -> Item:
    fields: dict[str, Any] = {**new.__dict__, "barcode": clean(new.barcode)}
    return Item(**fields, added_on=timezone.localdate(at))


@transaction.atomic
def change_item(item: Item, *, by: Actor, at: datetime, **changes: object) -> Item:
    """Set fields of a copy (those in CHANGEABLE). Refused: site-holds-no-stock."""
    by.require("holdings.change-item")
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"not changeable: {', '.join(sorted(unknown))}")
    item = lock_item(item)
    before = item.record_id
    for name, value in changes.items():
        setattr(item, name, value)
    if not item.home.holds_stock:
        raise Refused(Reason.of("site-holds-no-stock", site=item.home.code))
    item.save(update_fields=list(changes))
    if "home" in changes:
        end_relocation(item, at=at)
    record(
        ItemChanged(
            item=item.pk,
            record=item.record_id,
            records=tuple(sorted({before, item.record_id})),
            fields=tuple(sorted(changes)),
        ),
        by=by,
        at=at,
        subject=f"holdings.item:{item.pk}",
    )
    return item


@transaction.atomic
def withdraw_item(item: Item, *, reason: str, by: Actor, at: datetime) -> Withdrawal:
    """除籍. Refused: item-withdrawn. Whether a reader has it or waits for it, circulation asks before."""
    by.require("holdings.withdraw-item")
    item = lock_item(item)
    if Withdrawal.objects.filter(item=item).exists():
        raise Refused(Reason("item-withdrawn"))
    Deposit.objects.filter(item=item, ended_at=None).update(ended_at=at)
    Missing.objects.filter(item=item, found_at=None).update(found_at=at)
    KeptAside.objects.filter(item=item, ended_at=None).update(ended_at=at)
    withdrawal = Withdrawal.objects.create(item=item, withdrawn_at=at, reason=reason)
    record(
        ItemWithdrawn(item=item.pk, record=item.record_id, reason=reason),
        by=by,
        at=at,
        subject=f"holdings.item:{item.pk}",
    )
    return withdrawal


@transaction.atomic
def mark_missing(item: Item, *, by: Actor, at: datetime, last_at: Facility | None = None) -> Missing:
    """不明. Refused: item-withdrawn; a second mark changes nothing. Circulation asks before whether a reader has it."""
    by.require("holdings.mark-missing")
    item = lock_item(item)
    if Withdrawal.objects.filter(item=item).exists():
        raise Refused(Reason("item-withdrawn"))
    if missing := Missing.objects.filter(item=item, found_at=None).first():
        return missing
    return record_missing(item, by=by, at=at, last_at=last_at)


def record_missing(
    item: Item, *, by: Actor, at: datetime, last_at: Facility | None = None, on_the_way_to: Facility | None = None
) -> Missing:
    """The same without looking whether it is missing already. A step of a verb that has looked."""
    missing = Missing.objects.create(item=item, since=at, last_at=last_at or item.home, on_the_way_to=on_the_way_to)
    record(ItemMissing(item=item.pk, record=item.record_id), by=by, at=at, subject=f"holdings.item:{item.pk}")
    return missing


@transaction.atomic
def freeze_stock(facility: Facility, *, by: Actor, at: datetime) -> None:
    """Neither pick from a facility nor return to it. A second time changes nothing."""
    by.require("holdings.freeze-stock")
    if not FrozenStock.objects.filter(facility=facility, ended_at=None).exists():
        FrozenStock.objects.create(facility=facility, since=at)
        record(StockFrozen(facility=facility.code), by=by, at=at, subject=f"organisation.facility:{facility.code}")


@transaction.atomic
def thaw_stock(facility: Facility, *, by: Actor, at: datetime) -> None:
    """Pick from the facility and return to it again. A second time changes nothing."""
    by.require("holdings.freeze-stock")
    if FrozenStock.objects.filter(facility=facility, ended_at=None).update(ended_at=at):
        record(StockThawed(facility=facility.code), by=by, at=at, subject=f"organisation.facility:{facility.code}")


@transaction.atomic
def see_item(item: Item, *, facility: Facility, by: Actor, at: datetime) -> None:
    """A scan on a shelf: remember where and when; a missing item is found by it."""
    by.require("holdings.see-item")
    item = lock_item(item)
    note_seen(item, facility=facility, at=at)
    if not end_missing(item, by=by, at=at):
        record_seen(item, by=by, at=at)


def lock_item(item: Item) -> Item:
    """The item's row, held until the transaction ends. Lock the patron before it, never after."""
    return Item.objects.select_for_update(of=("self",)).select_related("home").get(pk=item.pk)


def note_seen(item: Item, *, facility: Facility, at: datetime) -> None:
    """It was there: searches in vain are forgotten. No entry; the caller announces what the scan meant."""
    _seen(item=item.pk, facility=facility.pk, at=at)


@prepared_update
def _seen(item: int, facility: int, at: datetime) -> tuple["QuerySet[Item]", dict[str, Any]]:
    seen = {"last_seen_at": at, "last_seen_facility": facility, "searched_in_vain": 0}
    return Item.objects.filter(pk=item), seen


def record_seen(item: Item, *, by: Actor, at: datetime) -> None:
    """Announce that it was seen, where a scan meant nothing else."""
    record(ItemSeen(item=item.pk, record=item.record_id), by=by, at=at, subject=f"holdings.item:{item.pk}")


def end_missing(item: Item, *, by: Actor, at: datetime) -> bool:
    """A missing item was seen. Answers whether it was missing."""
    if not Missing.objects.filter(item=item, found_at=None).update(found_at=at):
        return False
    record(ItemFound(item=item.pk, record=item.record_id), by=by, at=at, subject=f"holdings.item:{item.pk}")
    return True


def keep_aside(item: Item, *, facility: Facility, why: str, at: datetime) -> None:
    """It lies in a place of its own at this facility, for a reason in words, and is lent to nobody. A step of a verb above."""
    KeptAside.objects.create(item=item, facility=facility, why=why, since=at)


def end_kept_aside(item: Item, *, at: datetime) -> bool:
    """It lies there no longer. Answers whether it did."""
    return bool(KeptAside.objects.filter(item=item, ended_at=None).update(ended_at=at))


def search_in_vain(item: Item) -> int:
    """Looked for and not there. Answers how often by now."""
    Item.objects.filter(pk=item.pk).update(searched_in_vain=F("searched_in_vain") + 1)
    return Item.objects.values_list("searched_in_vain", flat=True).get(pk=item.pk)


def stand_at(item: Item, facility: Facility) -> None:
    """Remember where it stands now; standing at home is not remembered."""
    where = None if facility.pk == item.home_id else facility
    if item.stands_at_id != (where.pk if where else None):
        Item.objects.filter(pk=item.pk).update(stands_at=where)


def end_deposit(deposit: Deposit, *, by: Actor, at: datetime) -> None:
    """The term elsewhere is over: it belongs home again."""
    Deposit.objects.filter(pk=deposit.pk).update(ended_at=at)
    event = DepositEnded(item=deposit.item_id, record=deposit.item.record_id)
    record(event, by=by, at=at, subject=f"holdings.item:{deposit.item_id}")


def repoint_items(
    *, old: BibliographicRecord, new: BibliographicRecord, only: Sequence[int] | None = None
) -> list[int]:
    """Let the copies of one record (of these row numbers, when given) be copies of another; answer which they were.

    A step of a verb of a room above, which writes the entry of the merge.
    """
    items = Item.objects.select_for_update().filter(record=old).order_by("pk")
    if only is not None:
        items = items.filter(pk__in=only)
    moved = list(items.values_list("pk", flat=True))
    Item.objects.filter(pk__in=moved).update(record=new)
    return moved
