"""Copies are bound to holds and let go again. Bound is bound: only what is said here ends it.

Locks: the patron, then items, then holds. A copy that a desk holds just now is passed over instead of waited for.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from fumikura.circulation.events import AllotmentMoved, HoldAllotted, HoldRequeued
from fumikura.circulation.models import Allotment, Hold, HoldTitle
from fumikura.circulation.rules.explaining import Chosen, seen_in_hand, seen_when_chosen
from fumikura.circulation.rules.holding import choose_copy
from fumikura.circulation.services.queue import free_copies, next_waiting, route
from fumikura.circulation.services.scene import Scene
from fumikura.circulation.services.turns import turn_seen
from fumikura.holdings.models import Item
from fumikura.statements.reads import prepared
from fumikura.statements.writes import insert, prepared_update

TRIES = 5
"""How often a turn is looked for anew when other desks are quicker; then the copy goes to its shelf, and is offered there."""


@dataclass(frozen=True)
class Bound:
    """What binding did: the open allotment, and the copy on another shelf that the hold no longer needs."""

    allotment: Allotment
    released: Item | None = None
    messages: tuple[str, ...] = field(default=())


def bind(title: HoldTitle, item: Item, scene: Scene, *, picked: bool, chosen: Chosen | None = None) -> Bound:
    """Bind a copy to a hold. A copy that was only on a pick list for it is let go.

    `chosen`: from among which copies; without it the copy is in hand here. It stays with the allotment, so that it can
    be explained later, when the shelves look otherwise.
    """
    before = _allotments_of.first(title=title.pk)
    if before:
        _end(before, scene)
    seen = seen_when_chosen(chosen) if chosen else seen_in_hand(scene.site.code)
    seen |= turn_seen(title, item, scene, before)
    allotment = Allotment(title=title, item=item, since=scene.at, picked_at=scene.at if picked else None, snapshot=seen)
    insert(allotment)
    if before:
        record_moved(title, item, before.item, scene)
        return Bound(allotment, before.item, ("other-copy-released",))
    event = HoldAllotted(hold=title.hold_id, item=item.pk, record=item.record_id)
    scene.record(event, hold_subject(title.hold_id))
    return Bound(allotment)


@prepared
def _allotments_of(title: int) -> "QuerySet[Allotment]":
    return Allotment.objects.open().filter(title=title).select_related("item")


def record_moved(title: HoldTitle, item: Item, instead_of: Item, scene: Scene) -> None:
    event = AllotmentMoved(hold=title.hold_id, item=item.pk, record=item.record_id, instead_of=instead_of.pk)
    scene.record(event, hold_subject(title.hold_id))


def let_go(allotment: Allotment, scene: Scene) -> None:
    """The copy is bound to nobody; where it is does not change."""
    _end(allotment, scene)


def requeue(title: HoldTitle, item: Item, scene: Scene, *, broken_promise: bool = False) -> None:
    """The hold waits again at its old place."""
    hold = title.hold
    event = HoldRequeued(hold=hold.pk, item=item.pk, record=item.record_id, breaks_a_promise=broken_promise)
    key = hold.patron.key if hold.patron else ""
    scene.record(event, hold_subject(hold.pk), patron_key=key)


def replace_copy(allotment: Allotment, scene: Scene, *, broken_promise: bool = False) -> bool:
    """A hold loses the copy that was on its pick list: another one at once, or its old place. Answers whether one was found."""
    title, lost = allotment.title, allotment.item
    let_go(allotment, scene)
    others = [copy for copy in free_copies(lost.record_id, scene.on, only=title.item) if copy.item != lost.pk]
    ring = route()
    pickup = title.hold.pickup.code
    copy = choose_copy(others, pickup=pickup, ring=ring.stops, on_call=ring.on_call)
    if copy is None:
        requeue(title, lost, scene, broken_promise=broken_promise)
        return False
    item = _items(pk=copy.item)[0]
    seen = seen_when_chosen(Chosen(copy, tuple(others), pickup, ring.stops, ring.on_call))
    seen |= turn_seen(title, item, scene, allotment)
    insert(Allotment(title=title, item=item, since=scene.at, snapshot=seen))
    record_moved(title, item, lost, scene)
    return True


def allot(record: int, scene: Scene) -> int:
    """Bind free copies on shelves to those who wait for this title, in turn. Answers how many were bound."""
    bound, tried, ring = 0, set[int](), route()
    while free_copies(record, scene.on):
        title = take_turn(lambda: next_waiting(record, on=scene.on, besides=tried))
        if title is None:
            break
        tried.add(title.pk)
        copies = free_copies(record, scene.on, only=title.item)
        pickup = title.hold.pickup.code
        if copy := choose_copy(copies, pickup=pickup, ring=ring.stops, on_call=ring.on_call):
            chosen = Chosen(copy, tuple(copies), pickup, ring.stops, ring.on_call)
            bind(title, _items(pk=copy.item)[0], scene, picked=False, chosen=chosen)
            bound += 1
    return bound


@prepared
def _items(pk: int) -> "QuerySet[Item]":
    return Item.objects.filter(pk=pk)


def take_turn(find: Callable[[], HoldTitle | None]) -> HoldTitle | None:
    """Lock the hold that `find` answers and look again: another desk may have served it while one waited."""
    for _ in range(TRIES):
        title = find()
        if title is None or not connection.features.has_select_for_update:
            return title
        _hold_under_lock(pk=title.hold_id)
        again = find()
        if again and again.pk == title.pk:
            return again
    return None


@prepared
def _hold_under_lock(pk: int) -> "QuerySet[Hold, tuple[int]]":
    return Hold.objects.select_for_update().filter(pk=pk).values_list("pk")


def hold_subject(hold: int) -> str:
    """What an entry about a hold is about."""
    return f"circulation.hold:{hold}"


def _end(allotment: Allotment, scene: Scene) -> None:
    _ended(allotment=allotment.pk, at=scene.at)


@prepared_update
def _ended(allotment: int, at: datetime) -> tuple["QuerySet[Allotment]", dict[str, Any]]:
    return Allotment.objects.filter(pk=allotment), {"ended_at": at}
