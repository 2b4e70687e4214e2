"""ICタグ貼り: which tag a copy carries, that it cannot carry one, and the way back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fumikura.holdings.events import ItemNotTaggable, ItemTagged, TaggingUndone
from fumikura.holdings.models import Item, ItemIdentifier, Tagging, Withdrawal
from fumikura.holdings.rules import tag_number
from fumikura.holdings.services import lock_item
from fumikura.journal.services import record
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility

TAG = "tag"
"""The scheme of a tag's number among the further numbers of an item: what finds it by its tag."""


@transaction.atomic
def tag_item(item: Item, *, tag: str, facility: Facility, by: Actor, at: datetime, replacing: str = "") -> Tagging:
    """Note that this copy carries this tag; `replacing` names the one it carried.

    Refused: tag-unreadable, item-not-taggable, tag-of-another-item, item-tagged-so, item-tagged-already.
    """
    by.require("holdings.tag")
    item = lock_item(item)
    number = tag_number(tag)
    if not number:
        raise Refused(Reason.of("tag-unreadable", scanned=tag[:40]))
    _refuse_if_not_ours(item)
    if other := _carrier_of(number, besides=item):
        raise Refused(Reason.of("tag-of-another-item", barcode=other.barcode))
    standing = Tagging.objects.filter(item=item, ended_at=None).first()
    before = standing.tag if standing else ""
    if before == number:
        raise Refused(Reason("item-tagged-so"))
    if standing and before and tag_number(replacing) != before:
        raise Refused(Reason.of("item-tagged-already", tag=before, day=standing.tagged_on.isoformat()))
    made = _note(item, number, standing, facility=facility, at=at)
    event = ItemTagged(item=item.pk, tag=number, replaced=before)
    record(event, by=by, at=at, subject=f"holdings.item:{item.pk}")
    return made


@transaction.atomic
def mark_not_taggable(item: Item, *, facility: Facility, by: Actor, at: datetime) -> Tagging:
    """A copy that cannot carry a tag. Refused: item-not-taggable, item-tagged-already."""
    by.require("holdings.tag")
    item = lock_item(item)
    _refuse_if_not_ours(item)
    standing = Tagging.objects.filter(item=item, ended_at=None).first()
    if standing and standing.tag:
        raise Refused(Reason.of("item-tagged-already", tag=standing.tag, day=standing.tagged_on.isoformat()))
    if standing:
        raise Refused(Reason("item-not-taggable"))
    made = _note(item, "", None, facility=facility, at=at)
    record(ItemNotTaggable(item=item.pk), by=by, at=at, subject=f"holdings.item:{item.pk}")
    return made


@transaction.atomic
def undo_tagging(tagging: int, *, by: Actor, at: datetime) -> Item:
    """Take back what was noted, on the same day; a tag that was replaced is the item's again. Refused("not-undoable")."""
    by.require("holdings.tag")
    made = Tagging.objects.select_related("item", "replaces").filter(pk=tagging, ended_at=None).first()
    if made is None or made.tagged_on != timezone.localdate(at):
        raise Refused(Reason("not-undoable"))
    item, before = lock_item(made.item), made.replaces
    if before and before.tag and _carrier_of(before.tag, besides=item):
        raise Refused(Reason("not-undoable"))
    ItemIdentifier.objects.filter(item=item, scheme=TAG, value=made.tag).delete()
    if not Tagging.objects.filter(pk=tagging, ended_at=None).delete()[0]:
        raise Refused(Reason("not-undoable"))
    if before:
        Tagging.objects.filter(pk=before.pk).update(ended_at=None)
        _find_by(before.tag, item)
    record(TaggingUndone(item=item.pk, tag=made.tag), by=by, at=at, subject=f"holdings.item:{item.pk}")
    return item


def _refuse_if_not_ours(item: Item) -> None:
    if item.origin != "own" or Withdrawal.objects.filter(item=item).exists():
        raise Refused(Reason("item-not-taggable"))


def _carrier_of(number: str, *, besides: Item) -> Item | None:
    """Another copy that is known by this tag."""
    by_tagging = Item.objects.filter(taggings__tag=number, taggings__ended_at=None)
    by_number = Item.objects.filter(identifiers__value=number)
    return by_tagging.exclude(pk=besides.pk).first() or by_number.exclude(pk=besides.pk).first()


def _note(item: Item, number: str, standing: Tagging | None, *, facility: Facility, at: datetime) -> Tagging:
    if standing:
        Tagging.objects.filter(pk=standing.pk).update(ended_at=at)
        ItemIdentifier.objects.filter(item=item, scheme=TAG, value=standing.tag).delete()
    _find_by(number, item)
    day = timezone.localdate(at)
    return Tagging.objects.create(item=item, tag=number, facility=facility, tagged_on=day, replaces=standing)


def _find_by(number: str, item: Item) -> None:
    if number and not ItemIdentifier.objects.filter(item=item, value=number).exists():
        ItemIdentifier.objects.create(item=item, scheme=TAG, value=number)
