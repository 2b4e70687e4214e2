"""組・学級セット: items under one label that are lent and come back together."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fumikura.holdings.events import SetMade
from fumikura.holdings.models import Item, ItemSet, ItemSetMember
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.barcodes import clean
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility


@transaction.atomic
def make_set(*, number: str, name: str, home: Facility, items: Sequence[Item], by: Actor, at: datetime) -> ItemSet:
    """Make a set, or say anew what is in the one with this number. Refused: set-unknown (no number), item-in-another-set, set-empty."""
    by.require("holdings.make-set")
    label = clean(number)[:30]
    if not label:
        raise Refused(Reason("set-unknown"))
    wanted = {item.pk: item for item in items}
    if not wanted:
        raise Refused(Reason("set-empty"))
    elsewhere = ItemSetMember.objects.filter(item__in=wanted, set__ended_at=None).exclude(set__number=label)
    if taken := [member.item.barcode for member in elsewhere.select_related("item")]:
        raise Refused(*(Reason.of("item-in-another-set", barcode=barcode) for barcode in taken))
    facts = {"name": name.strip()[:100] or label, "home": home, "ended_at": None}
    made, _new = ItemSet.objects.update_or_create(
        number=label, defaults=facts, create_defaults={**facts, "made_at": at}
    )
    ItemSetMember.objects.filter(set=made).exclude(item__in=wanted).delete()
    ItemSetMember.objects.filter(item__in=wanted).exclude(set=made).delete()
    there = set(ItemSetMember.objects.filter(set=made).values_list("item", flat=True))
    ItemSetMember.objects.bulk_create(
        [ItemSetMember(set=made, item=item) for pk, item in wanted.items() if pk not in there]
    )
    event = SetMade(set=made.pk, items=len(wanted))
    record(event, by=by, at=at, subject=f"holdings.set:{made.pk}")
    return made


def find_set(scanned: str) -> ItemSet:
    """The set with this label. Refused("set-unknown")."""
    number = clean(scanned)
    if found := ItemSet.objects.filter(number=number, ended_at=None).select_related("home").first():
        return found
    raise Refused(Reason.of("set-unknown", number=number[:30]))


def members_of(one: ItemSet) -> list[Item]:
    rows = Item.objects.in_stock().filter(set_places__set=one).select_related("record", "home").defer("record__marc")
    return list(rows.order_by("call_number", "barcode"))
