"""Walking along the shelves for those who wait: the pick list, and what happens when a copy is not there."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from fumikura.circulation.events import ItemNotFound
from fumikura.circulation.models import Allotment
from fumikura.circulation.rules.policies import plain
from fumikura.circulation.services.binding import allot as allot_copies
from fumikura.circulation.services.binding import copies_instead, replace_copy
from fumikura.circulation.services.queue import records_to_allot
from fumikura.circulation.services.scene import Scene, find
from fumikura.holdings.models import Item
from fumikura.holdings.services import record_missing, search_in_vain
from fumikura.kernel.actors import Actor
from fumikura.kernel.refusals import Reason, Refused
from fumikura.organisation.models import Facility


def pick_list(facility: Facility) -> list[Item]:
    """Copies to fetch at a facility, in the order of the walk along the shelves. It says for nobody whom."""
    allotted = Allotment.objects.open().filter(picked_at=None).values("item")
    here = Q(stands_at=facility) | Q(stands_at=None, home=facility)
    items = Item.objects.filter(here, pk__in=allotted).select_related("location", "record")
    return sorted(
        items, key=lambda item: (item.location.walk_order if item.location else 0, item.call_number, item.barcode)
    )


@transaction.atomic
def allot(*, record: int, by: Actor, at: datetime) -> int:
    """Bind free copies of a title to those who wait. Answers how many were bound."""
    by.require("circulation.allot")
    return allot_copies(record, Scene(by, at))


@transaction.atomic
def bind_new_copies(*, record: int, by: Actor, at: datetime) -> int:
    """Copies of a title have just joined the stock: those who wait get them before anybody sees them on a shelf.

    For whoever may add copies. Answers how many were bound, and stand on the pick lists of their libraries now.
    """
    by.require("holdings.add-item")
    return allot_copies(record, Scene(by, at))


def allot_everywhere(*, by: Actor, at: datetime) -> int:
    """The night job: what any scan, arrival or end of a suspension has left over. Each title is a verb of its own,
    so that a desk never waits for the whole city. Answers how many copies were bound."""
    by.require("circulation.allot")
    return sum(allot(record=record, by=by, at=at) for record in records_to_allot(timezone.localdate(at)))


@transaction.atomic
def not_found(*, item: Item, by: Actor, at: datetime) -> tuple[str, ...]:
    """A picked copy is not on its shelf: another takes its turn at once; after so many searches it is missing."""
    by.require("circulation.pick")
    scene = Scene(by, at)
    where = find(item)
    if where.allotment is None or where.transit or where.shelf_place:
        raise Refused(Reason("not-on-pick-list"))
    scene.record(ItemNotFound(item=item.pk, record=where.item.record_id), where.subject)
    values = plain(scene.rules.rule_set.decide({"material": item.material}, scene.on))
    if search_in_vain(where.item) >= values["shelf.not_found_tries"]:
        record_missing(where.item, by=by, at=at, last_at=where.item.stands_at or where.item.home)
        replace_copy(where.allotment, scene, broken_promise=True)
        return ()
    if copies_instead(where.allotment, scene.on):
        replace_copy(where.allotment, scene)
    return ("search-again",)
